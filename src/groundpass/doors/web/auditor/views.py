"""The audit chain: its events, filtered by what they are about, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from groundpass.authority.audit import api as audit
from groundpass.doors.web.access import needs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE: Final = 25  # events


@require_safe
@needs("audit.read")
def events(request: HttpRequest) -> HttpResponse:
    """List events, the newest first, of all things or of one."""
    subject = request.GET.get("subject", "").strip()
    found = (audit.events_for(subject) if subject else audit.events()).order_by("-seq")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "web/auditor/events.html", {"page": page, "subject": subject})


@require_POST
@needs("audit.read")
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain; that reads every event, hence a button and not every visit."""
    return render(request, "web/auditor/chain.html", {"report": audit.verify_chain()})
