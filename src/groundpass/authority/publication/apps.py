"""Django's description of this part."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Compile, assess, release."""

    name = "groundpass.authority.publication"
    label = "publication"
    default_auto_field = "django.db.models.BigAutoField"
