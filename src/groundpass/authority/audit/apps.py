"""Django's description of this part."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only events and the outbox."""

    name = "groundpass.authority.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
