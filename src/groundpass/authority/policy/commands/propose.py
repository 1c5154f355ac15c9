"""Propose a rule set: the first of two officers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.policy.domain import form
from groundpass.authority.policy.domain.overlap import check_precedence
from groundpass.authority.policy.models import RuleRow, RuleSet, RuleSetTerritory, Territory
from groundpass.authority.policy.moments import columns
from groundpass.authority.policy.queries import as_value, known_profiles, latest
from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.core.state import Rule


@transaction.atomic
def propose(source: str | Path, *, actor: User, now: int) -> RuleSet:
    """Store a rule set as proposed, with the latest versions of its territories pinned.

    `source`: the YAML text, or the path of a file with it. Raises BadInput with the line at fault, NoRight.
    """
    require(actor, "policy.propose")
    text = _text(source)
    proposal = form.read(text, known_profiles())
    pinned = _pin(proposal.territories)
    check_precedence([as_value(territory) for territory in pinned.values()])
    ruleset = RuleSet.objects.create(
        number=(RuleSet.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=proposal.title,
        text=text,
        timers={name: getattr(proposal.timers, name) for name in ("refresh", "alarm", "hold")},
        unlocated_listed=proposal.unlocated_listed,
        unlocated_others=proposal.unlocated_others,
        after_hold_others=proposal.after_hold_others,
        effective_from=None if proposal.effective_from is None else utc(proposal.effective_from),
        proposed_at=utc(now),
        proposed_by=actor,
    )
    RuleSetTerritory.objects.bulk_create(
        RuleSetTerritory(ruleset=ruleset, territory=territory) for territory in pinned.values()
    )
    RuleRow.objects.bulk_create(_row(ruleset, pinned, rule) for rule in proposal.rules)
    record(
        "policy.propose",
        f"ruleset:{ruleset.number}",
        actor=actor.username,
        now=now,
        detail={"title": ruleset.title, "pins": {code: row.version for code, row in pinned.items()}},
        topic="policy.proposed",
    )
    return ruleset


def _text(source: str | Path) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The rule set {source} cannot be read", why=str(error)) from error


def _pin(codes: tuple[str, ...]) -> dict[str, Territory]:
    known = {territory.code: territory for territory in latest()}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise BadInput(
            f"There is no territory {', '.join(unknown)}",
            why=f"known are {', '.join(known)}" if known else "none was imported yet",
            todo="Import it with: groundpass territory import FILE --id CODE --name NAME",
        )
    return {code: known[code] for code in codes}


def _row(ruleset: RuleSet, pinned: dict[str, Territory], rule: Rule) -> RuleRow:
    starts, ends = columns(rule.effective)
    return RuleRow(
        ruleset=ruleset,
        territory=pinned[rule.territory],
        profile=rule.profile,
        starts=starts,
        ends=ends,
        action=rule.action,
        speed_cap=rule.speed_cap,
        sustained=rule.sustained,
        release=rule.release,
        permitted=None if rule.permitted is None else list(rule.permitted),
        grace=rule.grace,
    )
