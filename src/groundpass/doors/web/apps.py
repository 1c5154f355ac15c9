"""Django's description of this door."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages: templates, static files, words."""

    name = "groundpass.doors.web"
    label = "web"
