"""What a refusal says, in the reader's language.

Below a door every error speaks English, with its variable parts inside the sentence. `sentence_list.py` lists
those sentences with the parts named; each is a msgid of the catalogue. A sentence is found by turning its
msgid into a regular expression, and said by its translation. One that is not in the list is shown as it is,
marked as English, so that a screen reader pronounces it right; `tests/web/test_sentences.py` keeps that set
empty for what pages can call.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from groundpass.doors.web.sentence_list import REPHRASED, SENTENCES
from groundpass.kernel.core.ids import schemes

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from groundpass.kernel.core.errors import GroundpassError

# Parts that are words themselves, and are translated before they are put in.
_WORDS: Final = frozenset({"where", "form", "name", "state", "thing", "at"})
# Parts that somebody wrote: they may hold the mark between two clauses, which the others never do.
_FREE: Final = frozenset({"text", "file", "crs", "fault"})
# Lists of such parts, joined by commas.
_LISTS: Final = frozenset({"roles", "states"})


def said(error: GroundpassError) -> SafeString:
    """Say what happened, why, and what to do."""
    return said_parts(error.what, error.why, error.todo)


def said_parts(*parts: str) -> SafeString:
    """Say the parts of a refusal as sentences."""
    given = [part for part in parts if part]
    # What comes first is a sentence already, or begins with a name; reasons and advice are clauses.
    return format_html_join(" ", "{}", ((_part(part, first=not index),) for index, part in enumerate(given)))


def _part(text: str, *, first: bool) -> SafeString:
    bare = text.rstrip(".")
    known = translated(bare)
    told = known or bare
    begun = told if first else told[0].upper() + told[1:]
    ended = begun if begun.endswith("?") else begun + "."
    if known is None and _language() != "en":
        return format_html('<span lang="en">{}</span>', ended)
    return format_html("{}", ended)


def _language() -> str:
    return (get_language() or "en")[:2]


def _ended(text: str, *, capital: bool = False) -> str:
    """End with a mark, and begin with a capital where asked."""
    begun = text[0].upper() + text[1:] if capital else text
    return begun if text.endswith("?") else begun + "."


def translated(text: str) -> str | None:
    """Say a sentence in the reader's language: whole, else clause by clause; None where we do not know it."""
    whole = _match(text)
    if whole is not None:
        return whole
    for mark in ("; ", ": "):
        if mark in text:
            head, tail = text.split(mark, 1)
            clauses = translated(head), translated(tail)
            if None not in clauses:
                return mark.join(str(clause) for clause in clauses)
    return None


def _match(text: str) -> str | None:
    for pattern, msgid in _patterns(_language()):
        found = pattern.fullmatch(text)
        if found:
            return gettext(msgid) % {key: _value(key, part) for key, part in found.groupdict().items()}
    return None


def _value(key: str, part: str) -> str:
    """Say a variable part; those that are words are translated, and words that we do not know stay."""
    kind = key.rstrip("0123456789")
    if kind == "scheme":
        return _scheme(part)
    if kind in _LISTS:
        return ", ".join(_word(one) for one in part.split(", "))
    return _word(part) if kind in _WORDS else part


def _word(part: str) -> str:
    known = translated(part)
    return known if known is not None else gettext(part)


def _scheme(named: str) -> str:
    """Give the title of a scheme in the reader's language, by its English one."""
    titles = {scheme.title["en"]: scheme.title for scheme in schemes().values()}
    return titles.get(named, {}).get(_language(), named)


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Give each pattern with what it is said by; in English only what a page says otherwise."""
    known = {**REPHRASED, **({} if language == "en" else dict(zip(SENTENCES, SENTENCES, strict=True)))}
    return tuple((_compiled(pattern), said_by) for pattern, said_by in known.items())


def _compiled(msgid: str) -> re.Pattern[str]:
    """Turn `group %(n)s has %(got)s` into a regular expression with those groups."""
    literal = re.split(r"%\((\w+)\)s", msgid)
    pieces = [
        f"(?P<{piece}>{'.+?' if piece in _FREE else '(?:(?!; ).)+?'})" if index % 2 else re.escape(piece)
        for index, piece in enumerate(literal)
    ]
    return re.compile("".join(pieces), re.DOTALL)
