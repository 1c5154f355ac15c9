"""Who calls: a session of the pages (with its CSRF token), or HTTP Basic for programs.

Basic takes the user name and password of an account. One that is protected by a second factor cannot be used
so: a password alone must not open what a person locked with two.
What the caller may do is decided by the commands, by their appointments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from ninja.security import HttpBasicAuth, SessionAuth

from groundpass.authority.accounts.api import User

if TYPE_CHECKING:
    from django.http import HttpRequest


class PasswordAuth(HttpBasicAuth):
    """HTTP Basic, behind the same lock against guessing as the sign-in page."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> User | None:
        """Give the person, or None."""
        user = authenticate(request, username=username, password=password)
        if not isinstance(user, User) or is_mfa_enabled(user):
            return None
        return user


ways = (SessionAuth(), PasswordAuth())


def caller(request: HttpRequest) -> User:
    """Give the person who calls; for operations that ask for authentication."""
    return cast("User", request.auth)  # type: ignore[attr-defined]  # set by ninja
