"""The law of a country is a file; changing it is one more line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundpass.authority.register.api import (
    holder_classes,
    load_classes,
    submit,
    usage_classes,
)
from groundpass.authority.register.models import Terms
from groundpass.authority.register.queries.country import country_at
from groundpass.kernel.core.errors import BadInput, CannotRun, NoRight, Refused
from support.register import UTIDS, person, registered
from support.times import DAY, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from support.cast import Cast

pytestmark = pytest.mark.django_db

FILE = """
format: groundpass/country/1
country: ZZ
usage_classes:
  fixed: {profile: standard, title: {en: Fixed, uk: Стаціонарний}}
holder_classes:
  person:
    title: {en: Person, uk: Людина}
    tax_id: {scheme: ua.rntrc, title: {en: RNOKPP, uk: РНОКПП}}
    documents: [id_card]
    terms:
      - {quota_unseen: 1, quota_shown: 1, validity_days: 10, until: "2026-03-01T00:00:00Z"}
      - {quota_unseen: 2, quota_shown: 2, validity_days: 20, from: "2026-03-01T00:00:00Z"}
"""


def _file(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "zz.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_packaged_file_has_the_published_limits(country: Cast):
    rules = country_at(NOW).holders
    limits = {code: (rule.quota.unseen, rule.quota.shown) for code, rule in rules.items()}
    assert limits == {
        "person": (1, 3),
        "sole_proprietor": (1, 3),
        "company": (10, 10),
        "critical_company": (None, None),
        "defence": (None, None),
    }
    assert [rule.code for rule in rules.values() if rule.protected] == ["defence"]
    profiles = {row.code: row.profile for row in usage_classes()}
    assert profiles["portable"] == "standard"
    assert {profiles[code] for code in ("vehicle", "rail", "vessel")} == {"mobile"}


def test_loading_it_again_changes_nothing(country: Cast):
    before = (list(holder_classes().values()), country_at(NOW))
    load_classes(actor=country.officer, now=NOW + DAY)
    assert (list(holder_classes().values()), country_at(NOW)) == before


def test_a_change_of_law_takes_effect_on_its_date(cast: Cast, tmp_path: Path):
    load_classes(_file(tmp_path), actor=cast.admin, now=NOW)
    registration = registered(cast)
    assert (registration.valid_until - registration.valid_from).days == 10
    with pytest.raises(Refused):
        submit(person(UTIDS[1]), actor=cast.clerk, now=NOW + DAY)
    assert submit(person(UTIDS[1]), actor=cast.clerk, now=NOW + 30 * DAY)


def test_without_a_country_nothing_is_taken_in(cast: Cast):
    with pytest.raises(CannotRun, match="no holder classes in force"):
        submit(person(), actor=cast.clerk, now=NOW)


def test_only_who_may_configure_loads(cast: Cast, tmp_path: Path):
    for actor in (cast.clerk, cast.reviewer, cast.auditor):
        with pytest.raises(NoRight, match=r"register\.configure"):
            load_classes(_file(tmp_path), actor=actor, now=NOW)
    assert not holder_classes()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("country/1", "country/2"), "does not read"),
        (("documents:", "papers:"), "unknown field `papers`"),
        (("scheme: ua.rntrc", "scheme: ua.nothing"), "no tax number scheme 'ua.nothing'"),
        (("scheme: ua.rntrc", "scheme: os.system"), "no tax number scheme 'os.system'"),
        (("    documents:", "    protected: true\n    documents:"), "both of tax_id and protected"),
        (('from: "2026-03-01', 'from: "2026-02-01'), "two are in force at the same time"),
        (('until: "2026-03-01T00:00:00Z"', "until: yesterday"), "does not read"),
        (("holder_classes:", "holder_classes: ["), "does not read"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_with_the_place(
    cast: Cast, tmp_path: Path, change: tuple[str, str], fault: str
):
    with pytest.raises(BadInput, match=fault):
        load_classes(_file(tmp_path, change), actor=cast.officer, now=NOW)
    assert not holder_classes()
    assert not Terms.objects.exists()
    load_classes(_file(tmp_path), actor=cast.officer, now=NOW)
