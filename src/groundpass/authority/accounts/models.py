"""People, organisations, offices, roles."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in."""

    PERSONAL_DATA: ClassVar[str] = "user name, name and e-mail address of a member of staff"
