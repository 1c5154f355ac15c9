"""Django's description of this part."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Terminals, holders, applications, registrations."""

    name = "groundpass.authority.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
