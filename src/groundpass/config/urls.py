"""Where each door stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("groundpass.doors.rest.urls")),
    path("", include("groundpass.doors.web.urls")),
]

handler400 = "groundpass.config.failures.bad_request"
handler403 = "groundpass.config.failures.forbidden"
handler404 = "groundpass.config.failures.not_found"
handler500 = "groundpass.config.failures.server_error"
