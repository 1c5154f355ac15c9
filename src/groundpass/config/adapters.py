"""Where we differ from allauth: nobody signs up by themselves, and secrets of sign-in codes are sealed."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """An account is made by an administrator, with an audit event; there is no sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never."""
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seals TOTP secrets and recovery seeds: a stolen database alone gives no sign-in code."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed."""
        return _box().decrypt(encrypted_text.encode("ascii")).decode()


@cache
def _box() -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"groundpass/mfa/1").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
