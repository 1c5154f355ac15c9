"""`user`, `organisation`, `office`, `migrate`, `audit verify`: a real register can start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Run, RunJson
    from support.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_first_person_becomes_the_administrator_and_appoints_the_others(run_json: RunJson) -> None:
    first = run_json("user", "add", "ada")
    assert first["administrator"] is True
    assert len(first["password"]) >= 16
    assert run_json("user", "add", "olha", "--as", "ada")["administrator"] is False
    run_json("organisation", "add", "register", "State Register", "--kind", "authority", "--as", "ada")
    run_json("office", "add", "register", "kyiv-1", "Service centre 1", "--place", "Kyiv", "--as", "ada")
    given = run_json("user", "appoint", "olha", "clerk", "--office", "kyiv-1", "--as", "ada")
    assert given == {"username": "olha", "role": "clerk", "organisation": "register", "office": "kyiv-1"}
    people = run_json("user", "list", "--as", "ada")["people"]
    assert [(row["username"], row["role"]) for row in people] == [("ada", "admin"), ("olha", "clerk")]
    (organisation,) = run_json("organisation", "list", "--as", "ada")["organisations"]
    assert organisation["offices"] == "kyiv-1"


def test_nobody_joins_without_an_administrator_once_somebody_is_there(
    cast: Cast, refused: Callable[..., str]
) -> None:
    assert "The register has people already" in refused("user", "add", "eve")
    assert "does not have the right accounts.manage" in refused("user", "add", "eve", "--as", "clerk")
    assert "There is a user 'clerk' already" in refused("user", "add", "clerk", "--as", "admin")


def test_an_act_without_a_name_is_refused_with_a_sentence(cast: Cast, refused: Callable[..., str]) -> None:
    assert "Nobody is named as the acting person" in refused("user", "list")
    assert "There is no user 'nobody'" in refused("user", "list", "--as", "nobody")


def test_the_acting_person_may_come_from_the_environment(
    cast: Cast, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPASS_USER", "admin")
    assert run("user", "list").exit_code == 0


def test_nobody_appoints_themselves_and_no_role_is_invented(cast: Cast, refused: Callable[..., str]) -> None:
    assert "cannot be the second person" in refused("user", "appoint", "admin", "officer", "--as", "admin")
    assert "There is no role 'king'" in refused("user", "appoint", "clerk", "king", "--as", "admin")
    assert "There is no office 'nowhere'" in refused(
        "user", "appoint", "clerk", "clerk", "--office", "nowhere", "--as", "admin"
    )


def test_an_organisation_comes_once(cast: Cast, refused: Callable[..., str]) -> None:
    words = ("organisation", "add", "register", "Twin", "--kind", "authority", "--as", "admin")
    assert "'register' cannot be added" in refused(*words)
    assert "There is no organisation 'none'" in refused("office", "add", "none", "x", "X", "--as", "admin")


def test_the_audit_trail_holds_and_only_an_auditor_reads_it(
    cast: Cast, run_json: RunJson, refused: Callable[..., str]
) -> None:
    report = run_json("audit", "verify", "--as", "auditor")
    assert report["holds"] is True
    assert report["events"] > 10
    assert "does not have the right audit.read" in refused("audit", "verify", "--as", "clerk")


def test_an_audit_trail_that_was_altered_is_found(cast: Cast, refused: Callable[..., str]) -> None:
    from django.db import connection

    from support import triggers

    triggers.drop()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET actor = 'somebody else' WHERE seq = 3")
    assert "Event 3 was altered" in refused("audit", "verify", "--as", "auditor")


def test_migrating_twice_does_nothing_the_second_time(run_json: RunJson) -> None:
    assert run_json("migrate") == {"applied": 0, "waiting": 0}
