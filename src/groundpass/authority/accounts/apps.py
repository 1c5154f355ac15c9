"""Django's description of this part."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organisations, offices, roles, the second person."""

    name = "groundpass.authority.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
