"""The words of a decision: verdict, reason, flags, usage class, action.

The numbers are part of the wire format and of every stored file: a number is never given to another
word, a word never gets another number; new words get new numbers.
Sentences for people, in each language, are data beside this file: `reasons.toml`.
"""

from __future__ import annotations

import enum
import tomllib
from functools import cache
from importlib import resources
from typing import Final


class Verdict(enum.IntEnum):
    """What the operator does with a terminal at that report."""

    UNGOVERNED = 0  # no territory of this authority: none of our business
    ALLOW = 1
    DENY = 2


class Reason(enum.IntEnum):
    """Why. The first step of the decision that gave a verdict names it."""

    BLOCKED = 1
    UNLOCATED = 2
    OUTSIDE = 3
    UNLISTED = 4
    NOT_YET_VALID = 5
    EXPIRED = 6
    PROFILE_DENIED = 7
    OUT_OF_AREA = 8
    TOO_FAST = 9
    LISTED = 10


class Flag(enum.IntFlag):
    """Said beside a verdict; never a verdict by itself."""

    GRACE = 1
    WATCH = 2
    BORDER_UNCERTAIN = 4
    SPOOF_SUSPECTED = 8
    CLONE_SUSPECTED = 16
    HELD = 32


class Action(enum.IntEnum):
    """What a rule says of a profile in a territory."""

    ALLOW = 0
    WATCH = 1
    DENY = 2


class WhenUncertain(enum.IntEnum):
    """How a territory counts a position that straddles its edge."""

    OUTSIDE = 0
    INSIDE = 1
    MAJORITY = 2


UNLISTED: Final = "unlisted"  # the profile of every terminal that no entry names; index 0 of every release

LANGUAGES: Final = ("en", "uk")


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    """Read `reasons.toml` once: section → word → language → sentence."""
    path = resources.files("groundpass.kernel.core").joinpath("reasons.toml")
    return tomllib.loads(path.read_text("utf-8"))


def sentence(reason: Reason, verdict: Verdict, language: str = "en") -> str:
    """Give the one sentence for a citizen; the same on the page, the command line and in the tests.

    Raises KeyError for a language that is not in LANGUAGES. `unlisted` under an allowing rule reads
    differently from `unlisted` under a denying one, hence the verdict.
    """
    words = _texts()["reason"]
    key = f"{reason.name}.{verdict.name}"
    chosen = words.get(key) or words[reason.name]
    return chosen[language]


def flag_sentence(flag: Flag, language: str = "en") -> str:
    """Give the one sentence of a single flag."""
    return _texts()["flag"][str(flag.name)][language]


def flag_names(flags: int) -> list[str]:
    """Names of the flags set, in the order of their bits."""
    return [str(flag.name) for flag in Flag if flags & flag]
