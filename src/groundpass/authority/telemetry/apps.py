"""Django's description of this part."""

from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    """Activity of terminals, where the authority receives it."""

    name = "groundpass.authority.telemetry"
    label = "telemetry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the brake, which lies below, where to ask who is active."""
        from groundpass.authority.publication.api import use_activity
        from groundpass.authority.telemetry.queries import active_since

        use_activity(active_since)
