"""Rule sets: read them as a table, propose one, approve a colleague's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundpass.authority.accounts.api import has_right
from groundpass.authority.policy import api as policy
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.acts import attempt
from groundpass.doors.web.officer.forms import ProposalForm, ReasonForm
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import UNLISTED, Action, Verdict

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

EXAMPLE: Final = """\
title: Closed list from 5 February
territories: [ua]
rules:
  - {territory: ua, profile: unlisted, action: allow, speed_cap: 75, until: "2026-02-05T03:00:00Z"}
  - {territory: ua, profile: unlisted, action: deny, from: "2026-02-05T03:00:00Z"}
  - {territory: ua, profile: standard, action: allow, speed_cap: 75, sustained: 120, release: 60}
  - {territory: ua, profile: mobile, action: allow}
"""


def profile_title(profile: str) -> str:
    """Say a profile in the reader's language."""
    if profile == UNLISTED:
        return _("not registered")
    title = policy.country().profiles.get(profile)
    if title is None:
        return profile
    return title.uk if (get_language() or "en").startswith("uk") else title.en


@require_safe
@needs("policy.read")
def rules(request: HttpRequest) -> HttpResponse:
    """List the rule sets, the newest first, and say which is in force."""
    context = {
        "rulesets": policy.rulesets(),
        "in_force": policy.ruleset_at(clock.now()),
        "may_propose": has_right(actor(request), "policy.propose"),
    }
    return render(request, "web/officer/rules.html", context)


@require_safe
@needs("policy.read")
def ruleset(request: HttpRequest, number: int) -> HttpResponse:
    """Show one rule set as a table that people read."""
    found = policy.ruleset(number)
    rows = found.rules.select_related("territory").order_by("territory__code", "profile", "starts")
    after = found.after_hold_others
    context = {
        "ruleset": found,
        "rows": [(row, profile_title(row.profile), Action(row.action).name) for row in rows],
        "pins": found.territories.defer("wkb"),
        "unlocated_listed": Verdict(found.unlocated_listed).name,
        "unlocated_others": Verdict(found.unlocated_others).name,
        "after_hold_others": None if after is None else Verdict(after).name,
        "in_force": policy.ruleset_at(clock.now()) == found,
        "proposed_by_me": found.proposed_by == actor(request),
        "may_approve": has_right(actor(request), "policy.approve"),
        "reason_form": ReasonForm(),
    }
    return render(request, "web/officer/ruleset.html", context)


@require_http_methods(["GET", "POST"])
@needs("policy.propose")
def propose(request: HttpRequest) -> HttpResponse:
    """Take a rule set as YAML; a fault is said with its line."""
    form = ProposalForm(request.POST or None, initial={"text": EXAMPLE})
    if request.method == "POST" and form.is_valid():
        try:
            made = policy.propose(form.cleaned_data["text"], actor=actor(request), now=clock.now())
            return redirect("officer-ruleset", number=made.number)
        except BadInput as error:
            form.refuse(error, "text")
    status = 422 if form.errors else 200
    return render(request, "web/officer/propose.html", {"form": form}, status=status)


@require_POST
@needs("policy.approve")
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Approve as the second of two officers."""
    attempt(
        request,
        lambda: policy.approve(number, actor=actor(request), now=clock.now()),
        lambda _done: _("The rule set is approved."),
    )
    return redirect("officer-ruleset", number=number)


@require_POST
@needs("policy.propose")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a proposal back."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: policy.withdraw(number, reason, actor=actor(request), now=clock.now()),
        lambda _done: _("The proposal is withdrawn."),
    )
    return redirect("officer-ruleset", number=number)
