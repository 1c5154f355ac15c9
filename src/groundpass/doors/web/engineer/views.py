"""What an operator can fetch, and what came back. An engineer sees the feeds of their own operator alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from groundpass.authority.accounts.api import has_right, require
from groundpass.authority.enforcement import api as enforcement
from groundpass.authority.publication import api as publication
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.engineer.forms import ReportForm
from groundpass.kernel.core.errors import GroundpassError, NoRight

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN: Final = 10  # reports


@require_safe
@needs("log.read")
def feeds(request: HttpRequest) -> HttpResponse:
    """List the feeds that are this person's to see."""
    mine = [
        (feed, publication.notification_of(feed))
        for feed in publication.feeds()
        if has_right(actor(request), "log.read", organisation=feed.operator)
    ]
    return render(request, "web/engineer/feeds.html", {"feeds": mine})


@require_safe
@needs("log.read")
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Show one feed: what is public, its files, its timers, what was reported back."""
    found = publication.find_feed(name)
    require(actor(request), "log.read", organisation=found.operator)
    return _page(request, found, ReportForm())


@require_POST
@needs("enforcement.ingest")
def report(request: HttpRequest, name: str) -> HttpResponse:
    """Take a signed report, and hold it against what was promised."""
    found = publication.find_feed(name)
    require(actor(request), "enforcement.ingest", organisation=found.operator)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with form.on_disk() as path:
                came = enforcement.ingest(path, actor=actor(request), now=clock.now())
            if not came.reconciliations.exists():
                enforcement.reconcile(came, actor=actor(request), now=clock.now())
            messages.success(request, _("The report is taken in and held against the releases."))
            return redirect("engineer-feed", name=name)
        except NoRight:
            raise
        except GroundpassError as error:
            form.refuse(error, "report")
    return _page(request, found, form)


def _page(request: HttpRequest, found: publication.Feed, form: ReportForm) -> HttpResponse:
    name = found.name
    notification = publication.notification_of(found)
    context: dict[str, Any] = {
        "feed": found,
        "form": form,
        "may_report": has_right(actor(request), "enforcement.ingest", organisation=found.operator),
        "reports": enforcement.reports(found)[:SHOWN],
        "notification": notification,
        "release": publication.latest_published(found),
        "log_key": publication.log_key(found).text(),
        "downloads": [_download(name, path) for path in ("metadata/1.root.json", "metadata/timestamp.json")],
        "checkpoint": _download(name, "log/checkpoint"),
    }
    if notification:
        snapshot = notification.snapshot
        context["files"] = [
            (snapshot.name, snapshot.size, _target(name, snapshot.sha256, snapshot.name)),
            *(
                (delta.name, delta.size, _target(name, delta.sha256, delta.name))
                for delta in reversed(notification.deltas)
            ),
        ]
    return render(request, "web/engineer/feed.html", context, status=422 if form.errors else 200)


def _download(name: str, path: str) -> tuple[str, str]:
    return path, reverse("feed-file", args=[name, path])


def _target(name: str, digest: str, file: str) -> str:
    return reverse("feed-file", args=[name, f"targets/{digest}.{file}"])
