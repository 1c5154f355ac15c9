"""Operations on policy: territories and rule sets."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field

from groundpass.authority.accounts.api import require
from groundpass.authority.policy import api as policy
from groundpass.doors.rest import clock
from groundpass.doors.rest.auth import caller
from groundpass.kernel.core.intervals import to_seconds
from groundpass.kernel.core.verdicts import WhenUncertain

if TYPE_CHECKING:
    from groundpass.authority.policy.api import RuleSet as RuleSetRow
    from groundpass.authority.policy.api import Territory as TerritoryRow

router = Router(tags=["policy"])


class TerritoryIn(Schema):
    """A territory: polygons and what is said of them.

    `buffer`: what to make of the polygons, as "band 50 km inside", "band 12 nmi outside", "grow 12 nmi" or
    "shrink 5 km"; `along`: the lines, or polygons, that its distance counts from.
    """

    model_config = ConfigDict(extra="forbid")

    geojson: dict[str, Any]
    code: str
    name: str
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    precedence: int = 0
    country: str = ""
    when_uncertain: Literal["outside", "inside", "majority"] = "outside"
    settle: Annotated[int, Field(ge=1)] = 1
    source: str = ""
    licence: str = ""
    buffer: Annotated[str, Field(max_length=100)] = ""
    along: dict[str, Any] | None = None


class Territory(Schema):
    """A territory at one version; `buffer_error_m` is by how many metres its edge may be off."""

    code: str
    version: int
    name: str
    starts: dt.datetime | None
    ends: dt.datetime | None
    precedence: int
    country: str
    when_uncertain: str
    settle: int
    bbox: tuple[float, float, float, float]
    source: str
    licence: str
    buffer: str
    buffer_error_m: float | None


class Proposal(Schema):
    """A rule set as YAML."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=2**20)]


class Reason(Schema):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RuleSet(Schema):
    """A rule set; `text` is what was proposed."""

    number: int
    title: str
    state: str
    effective_from: dt.datetime | None
    proposed_by: str
    proposed_at: dt.datetime
    approved_by: str | None
    approved_at: dt.datetime | None
    text: str


def _territory(row: TerritoryRow) -> Territory:
    return Territory(
        code=row.code,
        version=row.version,
        name=row.name,
        starts=row.starts,
        ends=row.ends,
        precedence=row.precedence,
        country=row.country,
        when_uncertain=WhenUncertain(row.when_uncertain).name.lower(),
        settle=row.settle,
        bbox=(row.west, row.south, row.east, row.north),
        source=row.source,
        licence=row.licence,
        buffer=row.buffer,
        buffer_error_m=row.buffer_error_m,
    )


def _ruleset(row: RuleSetRow) -> RuleSet:
    return RuleSet(
        number=row.number,
        title=row.title,
        state=row.state,
        effective_from=row.effective_from,
        proposed_by=row.proposed_by.username,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by.username if row.approved_by else None,
        approved_at=row.approved_at,
        text=row.text,
    )


@router.get("/territories", response=list[Territory], summary="List the territories")
def territories(request: HttpRequest, code: str | None = None) -> list[Territory]:
    """Give each at its latest version; of a `code` every version, the newest first."""
    require(caller(request), "policy.read")
    rows = policy.territories() if code is None else policy.versions(code)
    return [_territory(row) for row in rows]


@router.post("/territories", response={201: Territory}, summary="Import a territory")
def import_territory(request: HttpRequest, body: TerritoryIn) -> Status[Territory]:
    """Store polygons as the next version of a code; the latest is given where nothing changed."""
    told = body.model_dump(exclude={"geojson", "starts", "ends"})
    made = policy.import_territory(
        body.geojson,
        **told,
        starts=to_seconds(body.starts) if body.starts else None,
        ends=to_seconds(body.ends) if body.ends else None,
        actor=caller(request),
        now=clock.now(),
    )
    return Status(201, _territory(made))


@router.get("/territories/{code}", response=dict[str, Any], summary="Get a territory as GeoJSON")
def territory(request: HttpRequest, code: str, version: int | None = None) -> dict[str, Any]:
    """Give its exact polygons."""
    require(caller(request), "policy.read")
    return policy.geojson(policy.territory(code, version))


@router.get("/rulesets", response=list[RuleSet], summary="List the rule sets")
def rulesets(request: HttpRequest) -> list[RuleSet]:
    """Give all of them, the newest first."""
    require(caller(request), "policy.read")
    return [_ruleset(row) for row in policy.rulesets()]


@router.post("/rulesets", response={201: RuleSet}, summary="Propose a rule set")
def propose(request: HttpRequest, body: Proposal) -> Status[RuleSet]:
    """Propose, as the first of two officers."""
    made = policy.propose(body.text, actor=caller(request), now=clock.now())
    return Status(201, _ruleset(made))


@router.get("/rulesets/{number}", response=RuleSet, summary="Get a rule set")
def ruleset(request: HttpRequest, number: int) -> RuleSet:
    """Give one."""
    require(caller(request), "policy.read")
    return _ruleset(policy.ruleset(number))


@router.post("/rulesets/{number}/approve", response=RuleSet, summary="Approve a rule set")
def approve(request: HttpRequest, number: int) -> RuleSet:
    """Approve, as the second of two officers."""
    return _ruleset(policy.approve(number, actor=caller(request), now=clock.now()))


@router.post("/rulesets/{number}/withdraw", response=RuleSet, summary="Withdraw a proposal")
def withdraw(request: HttpRequest, number: int, body: Reason) -> RuleSet:
    """Take a proposal back."""
    return _ruleset(policy.withdraw(number, body.reason, actor=caller(request), now=clock.now()))
