"""Releases: build one, see who would lose service, agree to it, publish it."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from groundpass.authority.accounts.api import has_right
from groundpass.authority.policy import api as policy
from groundpass.authority.publication import api as publication
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.acts import attempt
from groundpass.doors.web.drawing.brake import gauge
from groundpass.doors.web.officer.rules import profile_title
from groundpass.doors.web.sentences import said
from groundpass.kernel.core.errors import BrakeEngaged, GroundpassError, NoRight, SecondPerson

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

SHOWN = 20  # releases of a feed in the list
OPEN = frozenset({"built", "assessed", "consented"})
MAX_APPROVAL = 4096  # bytes of an approval that somebody uploads


@require_safe
@needs("release.read")
def releases(request: HttpRequest) -> HttpResponse:
    """List the releases of every feed, the newest first."""
    feeds = [(feed, publication.releases(feed)[:SHOWN]) for feed in publication.feeds()]
    may_build = has_right(actor(request), "release.build")
    return render(request, "web/officer/releases.html", {"feeds": feeds, "may_build": may_build})


@require_safe
@needs("release.read")
def release(request: HttpRequest, feed: str, serial: int) -> HttpResponse:
    """Show one release: its impact, who has agreed, and what it still needs."""
    found = publication.find_release(publication.find_feed(feed), serial)
    impact = publication.impact_of(found)
    person = actor(request)
    consents = list(found.consents.all())
    context: dict[str, Any] = {
        "release": found,
        "consents": consents,
        "agreed": person in {consent.user for consent in consents},
        "open": found.state in OPEN,
        "may_assess": has_right(person, "release.assess"),
        "may_publish": has_right(person, "release.publish"),
    }
    if impact:
        context |= _impact(impact)
    return render(request, "web/officer/release.html", context)


def _impact(impact: publication.Impact) -> dict[str, Any]:
    language = (get_language() or "en")[:2]
    label = _("The brake: %(losing)s terminals lose service within 24 hours")
    shown = number_format(impact.losing_in_day, force_grouping=True)
    return {
        "impact": impact,
        "causes": [(cause, cause.sentence.get(language, cause.sentence["en"])) for cause in impact.causes],
        "by_profile": [(profile_title(name), number) for name, number in impact.by_profile.items()],
        "by_territory": [(_territory(code), number) for code, number in impact.by_territory.items()],
        "gauge": gauge(_measured(impact), impact.bound_people, impact.bound_keys, label % {"losing": shown}),
        "hardened": [(profile_title(row.profile), _territory(row.territory), row) for row in impact.hardened],
    }


def _territory(code: str) -> str:
    """Name a territory; codes that are none stand for terminals that no territory governs."""
    names = {row.code: row.name for row in policy.territories().defer("wkb")}
    return names.get(code, code) or _("nowhere")


def _measured(impact: publication.Impact) -> int:
    """The count that the needle stands at: each field of the gauge has a count of its own."""
    beyond = impact.losing_unkeyed > impact.bound_keys
    return impact.losing_unkeyed if beyond else min(impact.losing_in_day, impact.bound_keys)


@require_POST
@needs("release.build")
def build(request: HttpRequest, feed: str) -> HttpResponse:
    """Build the next release, and assess it at once where this person may."""
    found = publication.find_feed(feed)
    now = clock.now()
    made = attempt(
        request,
        lambda: publication.build(found, actor=actor(request), now=now),
        lambda done: _("Release %(serial)s is built.") % {"serial": done.serial},
    )
    if made is None:
        return redirect("officer-releases")
    if has_right(actor(request), "release.assess"):
        publication.assess(made, actor=actor(request), now=now)
    return redirect("officer-release", feed=feed, serial=made.serial)


@require_POST
@needs("release.assess")
def assess(request: HttpRequest, feed: str, serial: int) -> HttpResponse:
    """Count the effect again."""
    found = publication.find_release(publication.find_feed(feed), serial)
    attempt(
        request,
        lambda: publication.assess(found, actor=actor(request), now=clock.now()),
        lambda _done: _("The effect was counted."),
    )
    return redirect("officer-release", feed=feed, serial=serial)


@require_POST
@needs("release.publish")
def publish(request: HttpRequest, feed: str, serial: int) -> HttpResponse:
    """Agree to a release; it goes out where that is enough."""
    found = publication.find_release(publication.find_feed(feed), serial)
    try:
        with tempfile.TemporaryDirectory(prefix="groundpass-approvals-") as folder:
            brought = _store(Path(folder), request.FILES.getlist("approvals"))
            publication.publish(found, actor=actor(request), now=clock.now(), offline_keys=brought)
        messages.success(request, _("Release %(serial)s is published.") % {"serial": serial})
    except NoRight:
        raise
    except (SecondPerson, BrakeEngaged) as error:
        kept = _("Your agreement is kept.")
        messages.warning(request, kept + " " + said(error))
    except GroundpassError as error:
        messages.error(request, said(error))
    return redirect("officer-release", feed=feed, serial=serial)


def _store(folder: Path, files: list[UploadedFile[Any]]) -> Path | None:
    """Put approvals that were signed elsewhere into a folder; None where there are none."""
    for file in files:
        content = file.read(MAX_APPROVAL + 1)
        # Named by what it says: what another holder brought before must not be overwritten.
        (folder / f"{hashlib.sha256(content).hexdigest()[:16]}.approval.json").write_bytes(content)
    return folder if files else None


@require_safe
@needs("release.publish")
def approval_request(request: HttpRequest, feed: str, serial: int) -> HttpResponse:
    """Give what holders of the offline keys sign."""
    found = publication.find_release(publication.find_feed(feed), serial)
    name = f"{feed}-{serial}.approval-request.json"
    return HttpResponse(
        publication.approval_request(found),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
