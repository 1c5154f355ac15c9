"""Will my terminal work? One box, one sentence, and what to do. Nothing is said of who holds it.

1. What is asked is in the body of a POST: no number in an address, a history or a log.
2. A number that the register does not know gets the answer of one that is not registered: the box tells
   nobody whether a terminal exists.
3. The box is rate-limited by address: it is for people, not for walking through all numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from groundpass.authority.enforcement import api as enforcement
from groundpass.authority.register import api as register
from groundpass.doors.web import clock
from groundpass.doors.web.citizen.forms import CheckForm
from groundpass.doors.web.forms import accepted
from groundpass.doors.web.problems import too_often
from groundpass.kernel.core.errors import BadIdentifier

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# How an answer looks: good, wait, bad.
LOOKS: Final = {
    "registered": "ok",
    "pending": "wait",
    "expired": "wait",
    "suspended": "wait",
    "revoked": "no",
    "unlisted": "no",
}


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the box and the public figures."""
    context = {"form": CheckForm(), "figures": register.public_figures(), "effect": enforcement.effect()}
    return render(request, "web/citizen/front.html", context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Answer for one terminal."""
    if request.method == "GET":
        return render(request, "web/citizen/check.html", {"form": CheckForm()})
    rate = settings.GROUNDPASS_CHECK_RATE
    if is_ratelimited(request, group="self-check", key="ip", rate=rate, increment=True):
        return too_often(request)
    form = CheckForm(accepted(request.POST))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        text = form.cleaned_data["terminal"]
        try:
            status = register.public_status(text, now=clock.now())
            context |= {
                "asked": text.strip(),
                "look": LOOKS[status.state],
                "state": status.state,
                "answer": status.sentence((get_language() or "en")[:2]),
            }
        except BadIdentifier as error:
            form.refuse(error, "terminal")
    return render(request, "web/citizen/check.html", context, status=422 if form.errors else 200)
