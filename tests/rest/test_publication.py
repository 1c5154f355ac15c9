"""Releases, the log, enforcement and audit by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

if TYPE_CHECKING:
    from pathlib import Path

    from rest.conftest import Caller
    from support.world import World


def test_a_release_is_built_assessed_and_published(world: World, api: Caller) -> None:
    officer = world.cast.officer
    made = api.post("/feeds/northwind/releases", as_=officer)
    assert made.status_code == 201
    assert made.json()["impact"] is None
    serial = made.json()["serial"]
    early = api.post(f"/feeds/northwind/releases/{serial}/publish", as_=officer)
    assert early.status_code == 409
    assessed = api.post(f"/feeds/northwind/releases/{serial}/assess", as_=officer).json()
    assert assessed["impact"]["losing"] == 1
    assert assessed["demand"] == "none"
    published = api.post(f"/feeds/northwind/releases/{serial}/publish", as_=officer).json()
    assert (published["state"], published["consents"]) == ("published", ["officer"])
    states = [one["state"] for one in api.get("/feeds/northwind/releases", as_=world.cast.auditor).json()]
    assert states == ["published", "superseded", "published"]
    feed = api.get("/feeds", as_=world.cast.engineer).json()[0]
    assert (feed["name"], feed["serial"]) == ("northwind", serial)


def test_a_release_that_does_not_exist_is_not_found(world: World, api: Caller) -> None:
    assert api.get("/feeds/northwind/releases/99", as_=world.cast.officer).status_code == 404


def test_the_checkpoint_of_the_log_is_for_everybody(world: World, api: Caller) -> None:
    from groundpass.kernel.trust.checkpoint import LogKey

    told = api.get("/feeds/northwind/checkpoint").json()
    assert told["note"].startswith("groundpass/northwind\n")
    assert LogKey.parse(told["key"])


def test_a_signed_report_gives_public_figures(world: World, api: Caller, tmp_path: Path) -> None:
    from support.world import signed_report

    content = signed_report(world, tmp_path).read_bytes()
    file = {"file": SimpleUploadedFile("report.json", content)}
    taken = api.upload("/enforcement/reports", file, as_=world.cast.engineer)
    assert taken.status_code == 201
    assert taken.json()["figures"]["leak_rate"]["value"] == 0.2
    figures = api.get("/effect").json()
    assert figures["leak_rate"]["numerator"] == 1
    assert figures["leak_rate"]["denominator"] == 5
    assert figures["history"][0]["serials"] == [1]
    listed = api.get("/feeds/northwind/enforcement/reports", as_=world.cast.officer).json()
    assert [one["serial"] for one in listed] == [1]


def test_a_forged_report_is_not_verified(world: World, api: Caller, tmp_path: Path) -> None:
    from support.world import signed_report

    content = signed_report(world, tmp_path).read_bytes().replace(b'"sig"', b'"gis"')
    file = {"file": SimpleUploadedFile("report.json", content)}
    refused = api.upload("/enforcement/reports", file, as_=world.cast.engineer)
    assert refused.status_code in {422, 502}
    assert api.get("/effect").json()["history"] == []


def test_the_auditor_reads_events_and_checks_the_chain(world: World, api: Caller) -> None:
    auditor = world.cast.auditor
    events = api.get("/audit/events?subject=ruleset:1", as_=auditor).json()
    assert [one["verb"] for one in events] == ["policy.propose", "policy.approve"]
    later = api.get(f"/audit/events?after={events[0]['seq']}&limit=1", as_=auditor).json()
    assert later[0]["seq"] == events[0]["seq"] + 1
    assert api.get("/audit/chain", as_=auditor).json()["ok"] is True
    assert api.get("/audit/events", as_=world.cast.officer).status_code == 403
