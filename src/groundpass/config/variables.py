"""What a person may set, as environment variables: the one list, read by settings and printed by the docs.

A missing variable has a good value: nothing here has to be set for `make demo`. `docs/reference/settings.md`
is compared with this list by a test.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its default as text ("" is "not set"), and what it means."""

    name: str
    default: str
    meaning: str


VARIABLES: Final = {
    variable.name: variable
    for variable in (
        Variable(
            "GROUNDPASS_HOME",
            "",
            "Folder of everything that the embedded default keeps: database, keys, feeds. "
            "Not set: the platform's data folder for `groundpass`.",
        ),
        Variable(
            "DATABASE_URL",
            "",
            "The register's database, as `postgresql://user@host/name`. "
            "Not set: SQLite in `GROUNDPASS_HOME/register.sqlite3`.",
        ),
        Variable(
            "GROUNDPASS_SECRET_KEY",
            "",
            "Secret that signs sessions and seals sign-in codes, at least 32 characters. "
            "Not set: made once in `GROUNDPASS_HOME/keys/django-secret`.",
        ),
        Variable(
            "GROUNDPASS_ALLOWED_HOSTS",
            "127.0.0.1,localhost,[::1],testserver",
            "Host names under which the pages may be asked for, joined by commas.",
        ),
        Variable(
            "GROUNDPASS_HTTPS",
            "0",
            "`1`: the pages are reached by https only; cookies are marked secure, http is redirected, "
            "HSTS is sent.",
        ),
        Variable(
            "GROUNDPASS_BEHIND_PROXY",
            "0",
            "`1`: a proxy of ours stands in front and sets `X-Real-IP` and `X-Forwarded-Proto`; "
            "they are believed.",
        ),
        Variable(
            "GROUNDPASS_CACHE_URL",
            "",
            "Where rate limits are counted, as `redis://host/0`. Not set: in each server process for itself.",
        ),
        Variable(
            "GROUNDPASS_CHECK_RATE",
            "20/m",
            "How often one address may use the self-check: a number, `/`, and `s`, `m`, `h` or `d`.",
        ),
        Variable("GROUNDPASS_LOG", "console", "Form of the log: `console` for people, `json` for machines."),
        Variable(
            "GROUNDPASS_LOG_LEVEL", "INFO", "Least level that is logged: DEBUG, INFO, WARNING or ERROR."
        ),
        Variable(
            "GROUNDPASS_USER",
            "",
            "User name under which the command line acts where `--as` is not given. "
            "Not set: `--as` is needed.",
        ),
        Variable(
            "GROUNDPASS_POLICY_DATA",
            "",
            "TOML file with a country's profiles and its rough box. "
            "Not set: the one that comes with the program.",
        ),
        Variable(
            "GROUNDPASS_TIME_ZONE", "Europe/Kyiv", "Time zone in which pages show times; files are UTC."
        ),
        Variable(
            "GROUNDPASS_DEBUG", "0", "`1`: pages for developers on an error. Never where others can reach it."
        ),
    )
}


def value(name: str) -> str:
    """Give what is set, or the default. Raises KeyError for a name that is not in the list."""
    return os.environ.get(name) or VARIABLES[name].default


def is_on(name: str) -> bool:
    """Whether a switch is set to `1`."""
    return value(name) == "1"


def listed(name: str) -> list[str]:
    """Give the parts of a value that are joined by commas."""
    return [part.strip() for part in value(name).split(",") if part.strip()]
