"""The reads of policy. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from django.conf import settings
from django.db.models import Exists, OuterRef

from groundpass.authority.audit.api import utc
from groundpass.authority.policy.domain.country import Country, load
from groundpass.authority.policy.models import RuleRow, RuleSet, Territory
from groundpass.authority.policy.moments import interval
from groundpass.kernel.core import state
from groundpass.kernel.core.errors import NotFound, Refused
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.core.verdicts import UNLISTED, Action, Verdict, WhenUncertain
from groundpass.kernel.territory.faces import Face, faces

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Options:
    """What a release takes from the rule set besides territories and rules. `profiles[0]` is `unlisted`."""

    ruleset: int
    profiles: tuple[str, ...]
    timers: state.Timers
    unlocated_listed: Verdict
    unlocated_others: Verdict
    after_hold_others: Verdict | None


def country() -> Country:
    """The data of the country: its box and its profiles."""
    chosen = getattr(settings, "GROUNDPASS_POLICY_DATA", "")
    return load(Path(chosen)) if chosen else load()


def known_profiles() -> tuple[str, ...]:
    """Every profile in the order of its number; number 0 is `unlisted`."""
    return (UNLISTED, *country().profiles)


def latest() -> QuerySet[Territory]:
    """The latest version of each territory, by code."""
    later = Territory.objects.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
    return Territory.objects.filter(~Exists(later)).order_by("code")


def territory(code: str, version: int | None = None) -> Territory:
    """One territory, at its latest version unless told. Raises NotFound."""
    rows = Territory.objects.filter(code=code)
    found = (rows if version is None else rows.filter(version=version)).order_by("-version").first()
    if found is None:
        raise NotFound(f"There is no territory {code!r}" + (f" at version {version}" if version else ""))
    return found


def versions(code: str) -> list[Territory]:
    """Every version of one territory, the newest first. Raises NotFound."""
    found = list(Territory.objects.filter(code=code).select_related("imported_by").order_by("-version"))
    if not found:
        raise NotFound(f"There is no territory {code!r}")
    return found


def territory_at(code: str, second: int) -> tuple[Territory, RuleSet | None]:
    """The version that governed at that second, with the rule set that pinned it.

    Where no rule set in force spoke of the territory, the newest version that was imported by then, and None.
    Raises NotFound where there was none yet.
    """
    governing = ruleset_at(second)
    pinned = governing.territories.filter(code=code).first() if governing else None
    if pinned is not None:
        return pinned, governing
    known = Territory.objects.filter(code=code, imported_at__lte=utc(second)).order_by("-version").first()
    if known is None:
        raise NotFound(f"There was no territory {code!r} at {show_time(second)}")
    return known, None


def shape_of(row: Territory) -> shapely.Geometry:
    """The polygons of a territory."""
    return shapely.from_wkb(bytes(row.wkb))


def faces_at(second: int) -> list[Face]:
    """Who governs where at that second, by the rule set in force. Raises Refused where there is none."""
    return faces(state_parts(second)[0], second)


def geojson(row: Territory, *, tolerance: float = 0.0) -> dict[str, Any]:
    """A territory as a GeoJSON feature for a map. `tolerance`, in degrees, thins its edges for the eye."""
    shape = shape_of(row)
    shown = shapely.simplify(shape, tolerance) if tolerance else shape
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shown),
        "properties": {
            "code": row.code,
            "version": row.version,
            "name": row.name,
            "precedence": row.precedence,
        },
    }


def ruleset(number: int) -> RuleSet:
    """One rule set. Raises NotFound."""
    found = RuleSet.objects.select_related("proposed_by", "approved_by").filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no rule set {number}", todo="See them with: groundpass policy list")
    return found


def rulesets() -> QuerySet[RuleSet]:
    """All rule sets, the newest first."""
    return RuleSet.objects.select_related("proposed_by", "approved_by").order_by("-number")


def ruleset_at(second: int) -> RuleSet | None:
    """The rule set in force: of the approved ones the last to have come into force; of two the newer."""
    approved = RuleSet.objects.filter(state=RuleSet.State.APPROVED, effective_from__lte=utc(second))
    return approved.order_by("-effective_from", "-number").first()


def state_parts(second: int) -> tuple[tuple[state.Territory, ...], tuple[state.Rule, ...], Options]:
    """What a release compiled at that second says of places: territories, rules, options, in canonical order.

    Raises Refused where no rule set is in force: a release without rules would govern nothing.
    """
    found = ruleset_at(second)
    if found is None:
        raise Refused(
            f"No rule set is in force at {show_time(second)}",
            todo="Propose one with: groundpass policy propose FILE, and let a second officer approve it",
        )
    rows = found.territories.order_by("code")
    rules = found.rules.select_related("territory").defer("territory__wkb")
    return (
        tuple(as_value(row) for row in rows),
        tuple(sorted(map(rule_value, rules), key=_rule_order)),
        _options(found),
    )


def _options(found: RuleSet) -> Options:
    after = found.after_hold_others
    return Options(
        ruleset=found.number,
        profiles=known_profiles(),
        timers=state.Timers(**found.timers),
        unlocated_listed=Verdict(found.unlocated_listed),
        unlocated_others=Verdict(found.unlocated_others),
        after_hold_others=None if after is None else Verdict(after),
    )


def as_value(row: Territory) -> state.Territory:
    """A stored territory as the kernel's value; its id is its code."""
    return state.Territory(
        id=row.code,
        name=row.name,
        wkb=bytes(row.wkb),
        effective=interval(row.starts, row.ends),
        precedence=row.precedence,
        when_uncertain=WhenUncertain(row.when_uncertain),
        settle=row.settle,
        country=row.country,
    )


def rule_value(row: RuleRow) -> state.Rule:
    """A stored rule as the kernel's value."""
    return state.Rule(
        territory=row.territory.code,
        profile=row.profile,
        action=Action(row.action),
        effective=interval(row.starts, row.ends),
        speed_cap=row.speed_cap,
        sustained=row.sustained,
        release=row.release,
        permitted=None if row.permitted is None else tuple(row.permitted),
        grace=row.grace,
    )


def _rule_order(rule: state.Rule) -> tuple[str, str, int]:
    return rule.territory, rule.profile, rule.effective.start
