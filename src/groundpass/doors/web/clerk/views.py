"""The counter: take an application, hand out a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from groundpass.authority.register import api as register
from groundpass.doors.web import clock
from groundpass.doors.web.access import actor, needs
from groundpass.doors.web.clerk.forms import RegisterForm, title
from groundpass.doors.web.forms import accepted
from groundpass.kernel.core.errors import NotFound, Refused

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@needs("register.submit")
def submit(request: HttpRequest) -> HttpResponse:
    """Take an application; everything that is wrong with it is said at once, beside its field."""
    form = RegisterForm(actor(request), accepted(request.POST) if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = register.submit(form.submission(), actor=actor(request), now=clock.now())
            return redirect("clerk-receipt", application=made.uuid)
        except register.BadSubmission as error:
            form.show_problems(error)
        except Refused as error:
            form.refuse(error)
    return render(request, "web/clerk/register.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs("register.submit")
def receipt(request: HttpRequest, application: UUID) -> HttpResponse:
    """Show the receipt of an application that this person took."""
    found = register.find_application(application)
    if found.submitted_by != actor(request):
        raise NotFound(f"There is no application {application}")
    code = segno.make(str(found.uuid), error="m").svg_inline(border=0, dark="#000000", omitsize=True)
    context = {
        "application": found,
        "usage": title(found.usage_class),
        # segno draws paths and nothing that somebody typed.
        "code": mark_safe(code),  # noqa: S308 - as said above
    }
    return render(request, "web/clerk/receipt.html", context)
