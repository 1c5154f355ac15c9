"""Where the API stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from groundpass.doors.rest.api import api

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
