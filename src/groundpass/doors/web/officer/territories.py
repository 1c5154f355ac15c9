"""Territories: a map with a table beside it, and the import of a border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groundpass.authority.accounts.api import has_right
from groundpass.authority.policy import api as policy
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.drawing.territories import draw
from groundpass.doors.web.officer.forms import TerritoryForm
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import WhenUncertain

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN: Final = 0.002  # degrees: how much the edges of a territory are thinned for a map of the eye


@require_safe
@needs("policy.read")
def territories(request: HttpRequest) -> HttpResponse:
    """Show every territory at its latest version."""
    rows = list(policy.territories())
    context: dict[str, Any] = {
        "territories": [(row, WhenUncertain(row.when_uncertain).name) for row in rows],
        "may_import": has_right(actor(request), "territory.import"),
    }
    if rows:
        features = [policy.geojson(row, tolerance=SHOWN) for row in rows]
        context["drawing"] = draw(features, _("Map of the territories"))
    return render(request, "web/officer/territories.html", context)


@require_safe
@needs("policy.read")
def as_geojson(request: HttpRequest) -> HttpResponse:
    """Give the territories to the map of that page."""
    features = [policy.geojson(row, tolerance=SHOWN) for row in policy.territories()]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


@require_http_methods(["GET", "POST"])
@needs("territory.import")
def import_territory(request: HttpRequest) -> HttpResponse:
    """Take a file with a border; a fault is said at the file, with its place."""
    form = TerritoryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            policy.import_territory(
                told["file"],
                code=told["code"],
                name=told["name"],
                precedence=told["precedence"],
                country=told["country"],
                when_uncertain=told["when_uncertain"],
                source=told["source"],
                licence=told["licence"],
                buffer=told["buffer"],
                along=told["along"],
                actor=actor(request),
                now=clock.now(),
            )
            return redirect("officer-territories")
        except BadInput as error:
            form.refuse(error, "file")
    status = 422 if form.errors else 200
    return render(request, "web/officer/territory_import.html", {"form": form}, status=status)
