"""Django's description of this part."""

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """Operators' reports, reconciliation, cases, effect."""

    name = "groundpass.authority.enforcement"
    label = "enforcement"
    default_auto_field = "django.db.models.BigAutoField"
