"""Django's description of this part."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Territories and rules."""

    name = "groundpass.authority.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"
