"""Django's description of the wiring: it brings the start-up checks."""

from __future__ import annotations

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Settings, URLs, start-up checks."""

    name = "groundpass.config"
    label = "groundpass_config"

    def ready(self) -> None:
        """Register the checks."""
        from groundpass.config import checks  # noqa: F401 - importing registers them
