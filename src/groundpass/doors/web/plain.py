"""Pages that need nothing of the register: health, static feeds, the home of a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from groundpass.authority.accounts.api import roles_of
from groundpass.doors.web.access import actor, needs

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer whether the program and its database work; for machines, in one word."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@needs()
def home(request: HttpRequest) -> HttpResponse:
    """Show what somebody's roles let them do next."""
    return render(request, "web/home.html", {"roles": sorted(roles_of(actor(request)))})
