"""The figures in public: leak, false cut, time to enforce; each with how it was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groundpass.authority.enforcement import api as enforcement
from groundpass.doors.web.drawing.history import Point, plot
from groundpass.doors.web.templatetags.groundpass import share
from groundpass.doors.web.words import span

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

PLOTTED: Final = 12  # measurements in a plot; the table below has as many
STAGES: Final[dict[str, _StrPromise]] = {
    "approval_to_published": gettext_lazy("from approval to publication"),
    "published_to_received": gettext_lazy("from publication to the operator"),
    "received_to_verified": gettext_lazy("checking the signatures"),
    "verified_to_applied": gettext_lazy("putting it in force"),
    "applied_to_verdict": gettext_lazy("until the terminal was next decided"),
}


@require_safe
def effect(request: HttpRequest) -> HttpResponse:
    """Show the newest figures and how they went."""
    found = enforcement.effect()
    history = list(reversed(found.history[:PLOTTED]))
    context: dict[str, Any] = {"effect": found, "history": found.history[:PLOTTED]}
    if found.newest is not None:
        context |= {
            "shares": _shares(found),
            "delays": found.time_to_enforce,
            "delays_truth": _said(found.time_to_enforce.ground_truth) if found.time_to_enforce else "",
            "stages": _stages(found.time_to_enforce),
            "differences": _differences(found.newest),
            "plots": _plots(history),
        }
    return render(request, "web/effect.html", context)


def _said(texts: dict[str, str]) -> str:
    return texts.get((get_language() or "en")[:2], texts["en"])


def _shares(found: enforcement.Effect) -> list[tuple[str, str, enforcement.Share, str]]:
    """Title, meaning, figure, ground truth of each share that is there."""
    named = (
        (
            _("Leak"),
            _("Denied for over five minutes, and still seen active, of all that were denied"),
            found.leak_rate,
        ),
        (
            _("False cut"),
            _("Entitled at that time and denied all the same, of all that were entitled"),
            found.false_cut_rate,
        ),
    )
    return [
        (title, meaning, figure, _said(figure.ground_truth))
        for title, meaning, figure in named
        if figure is not None
    ]


def _stages(delays: enforcement.Delays | None) -> list[tuple[str, enforcement.Spread]]:
    told = delays.stages if delays else {}
    return [(str(STAGES.get(name, name)), spread) for name, spread in told.items()]


def _differences(reading: enforcement.Reading) -> list[tuple[str, int, int]]:
    """What each kind of difference means, how many terminals were found, how many cases opened."""
    return [
        (_said(enforcement.kind_text(kind)), counts["found"], counts["opened"])
        for kind, counts in reading.figures.differences.items()
    ]


def _plots(history: list[enforcement.Reading]) -> list[Any]:
    """Small multiples of one form: leak, false cut, time to enforce."""
    leaks = [_share_point(one, one.figures.leak_rate) for one in history]
    cuts = [_share_point(one, one.figures.false_cut_rate) for one in history]
    times = [
        Point(_name(one), one.figures.time_to_enforce.p50, None, one.figures.time_to_enforce.p95)
        for one in history
    ]
    return [
        (_("Leak"), plot(leaks, _("Leak by release, with its uncertainty"), share)),
        (_("False cut"), plot(cuts, _("False cut by release, with its uncertainty"), share)),
        (_("Time to enforce"), plot(times, _("Time to enforce by release, the median"), span)),
    ]


def _name(reading: enforcement.Reading) -> str:
    return str(reading.serials[-1])


def _share_point(reading: enforcement.Reading, figure: enforcement.Share) -> Point:
    return Point(_name(reading), figure.value, figure.low, figure.high)
