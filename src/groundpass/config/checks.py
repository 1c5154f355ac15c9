"""What is checked when the program starts: each has an id, and a hint that says what to do.

| id | what is wrong |
|---|---|
| groundpass.E001 | the secret key is too short to sign with |
| groundpass.E002 | the home folder cannot be written |
| groundpass.E003 | the rate of the self-check does not read |
| groundpass.W001 | others of this machine can read the home folder |
| groundpass.W002 | the front end is not built |
| groundpass.W003 | the translations are not compiled |
| groundpass.W004 | developers' pages are on where others can reach them |
| groundpass.W005 | others can reach the pages, and not by https |
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name for it

if TYPE_CHECKING:
    from pathlib import Path

SECRET_LENGTH: Final = 32  # characters
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
_SET_UP: Final = "Run `make setup`."


@register()
def check_secret(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.E001."""
    if len(settings.SECRET_KEY) >= SECRET_LENGTH:
        return []
    hint = f"Give GROUNDPASS_SECRET_KEY at least {SECRET_LENGTH} random characters, or unset it: one is made."
    return [Error("The secret key is too short to sign sessions with.", hint, id="groundpass.E001")]


@register()
def check_home(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.E002 and groundpass.W001."""
    home: Path = settings.GROUNDPASS_HOME
    if not os.access(home, os.W_OK | os.X_OK):
        hint = "Make it writable for this user, or name another folder in GROUNDPASS_HOME."
        return [Error(f"The folder {home} cannot be written.", hint, id="groundpass.E002")]
    if os.name == "posix" and stat.S_IMODE(home.stat().st_mode) & 0o077:
        hint = f"Keys and the register lie in it: chmod 700 {home}"
        return [Warning(f"Others of this machine can read {home}.", hint, id="groundpass.W001")]
    return []


@register()
def check_rate(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.E003."""
    if re.fullmatch(r"[1-9][0-9]*/[1-9]?[0-9]*[smhd]", settings.GROUNDPASS_CHECK_RATE):
        return []
    hint = "Write GROUNDPASS_CHECK_RATE as 20/m: a number, a slash, and s, m, h or d."
    return [Error("The rate of the self-check does not read.", hint, id="groundpass.E003")]


@register()
def check_front_end(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.W002."""
    if (settings.PACKAGE / "doors" / "web" / "static" / "built" / "manifest.json").is_file():
        return []
    return [Warning("The front end is not built: pages have no style.", _SET_UP, id="groundpass.W002")]


@register()
def check_translations(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.W003."""
    catalogues = list((settings.PACKAGE / "doors").rglob("locale/*/LC_MESSAGES/*.po"))
    missing = [po for po in catalogues if not po.with_suffix(".mo").is_file()]
    if not missing:
        return []
    return [
        Warning(
            "The translations are not compiled: pages are in English alone.", _SET_UP, id="groundpass.W003"
        )
    ]


@register()
def check_exposure(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's signature
    """groundpass.W004 and groundpass.W005."""
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        hint = "Unset GROUNDPASS_DEBUG: its pages show settings and data to whoever meets an error."
        found.append(
            Warning("Developers' pages are on where others can reach them.", hint, id="groundpass.W004")
        )
    if not settings.SESSION_COOKIE_SECURE:
        hint = "Put a proxy with a certificate in front, and set GROUNDPASS_HTTPS=1."
        found.append(Warning("Others can reach the pages, and not by https.", hint, id="groundpass.W005"))
    return found
