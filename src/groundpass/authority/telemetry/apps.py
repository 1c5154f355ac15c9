"""Django's description of this part."""

from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    """Activity of terminals, where the authority receives it."""

    name = "groundpass.authority.telemetry"
    label = "telemetry"
    default_auto_field = "django.db.models.BigAutoField"
