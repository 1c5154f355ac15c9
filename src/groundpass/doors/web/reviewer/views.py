"""The reviewer: the queue, one application, approve or refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from groundpass.authority.register import api as register
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.acts import attempt
from groundpass.doors.web.clerk.forms import title
from groundpass.doors.web.reviewer.forms import RefusalForm
from groundpass.kernel.core.errors import NoRight, NotFound
from groundpass.kernel.core.ids import show
from groundpass.kernel.core.intervals import to_seconds

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

PAGE: Final = 25  # applications


@require_safe
@needs("register.approve")
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits, the oldest first, with its age."""
    page = Paginator(register.queue(actor(request)), PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    rows = [(row, title(row.usage_class), now - to_seconds(row.submitted_at)) for row in page]
    return render(request, "web/reviewer/queue.html", {"page": page, "rows": rows})


@require_safe
@needs("register.approve")
def application(request: HttpRequest, application: UUID) -> HttpResponse:
    """Show one application with its holder's record; that somebody looked is written down."""
    return _page(request, application, RefusalForm())


def _page(request: HttpRequest, uuid: UUID, form: RefusalForm) -> HttpResponse:
    found = register.find_application(uuid)
    context = {
        "application": found,
        "usage": title(found.usage_class),
        **_record(request, found),
        "mine": found.submitted_by == actor(request),
        "form": form,
    }
    return render(request, "web/reviewer/application.html", context, status=422 if form.errors else 200)


def _record(request: HttpRequest, found: register.Application) -> dict[str, object]:
    """Open the record; `record` is None where it is not this person's to see (the protected channel's)."""
    text = show(found.terminal.value, found.terminal.scheme)
    purpose = f"deciding application {found.uuid}"
    try:
        return {"record": register.show(text, actor=actor(request), purpose=purpose, now=clock.now())}
    except (NoRight, NotFound):
        return {"record": None}


@require_POST
@needs("register.approve")
def approve(request: HttpRequest, application: UUID) -> HttpResponse:
    """Approve, as somebody else than who took it."""
    found = register.find_application(application)
    done = attempt(
        request,
        lambda: register.approve(found, actor=actor(request), now=clock.now()),
        lambda _done: _("Approved. The terminal goes into the next release."),
    )
    return redirect("reviewer-queue") if done else redirect("reviewer-application", application=application)


@require_POST
@needs("register.approve")
def refuse(request: HttpRequest, application: UUID) -> HttpResponse:
    """Refuse, with the reason that the holder is told."""
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, application, form)
    found = register.find_application(application)
    reason = form.cleaned_data["reason"]
    done = attempt(
        request,
        lambda: register.refuse(found, reason, actor=actor(request), now=clock.now()),
        lambda _done: _("Refused. The holder is told the reason."),
    )
    return redirect("reviewer-queue") if done else redirect("reviewer-application", application=application)
