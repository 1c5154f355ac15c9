"""Say exactly what is wrong with an identifier, where, and what was probably meant.

In this order; the first that fits speaks:
1. nothing was given, or far too much;
2. the text is another scheme's by its telltale: say which, and its field;
3. a likely fix gives a value that reads: letters of another alphabet, look-alikes, a keyboard left in another
   layout, missing or wrong separators, words around the id. Say what differs and where;
4. the text would read whole under another scheme;
5. the first character that the scheme does not have; else the lengths of the groups; else the example.
A fix is never applied, only suggested: a guess that is wrong is another person's terminal.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadIdentifier
from groundpass.kernel.core.schemes import Scheme, schemes, strip

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 200  # characters of a text that are looked at; no id is nearly as long
MENTIONED: Final = 2  # wrong characters that are named one by one
SHOWN: Final = 40  # characters of a text that are quoted back

# Cyrillic and Greek letters that look like a Latin letter or a digit.
_TWINS: Final = str.maketrans(
    "АВСЕНІЈКМОРЅТХУЗавсеіјкморѕтхузбΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρ",
    "ABCEHIJKMOPSTXY3abceijkmopstxy36ABEZHIKMNOPTYXaovp",
)
# Where each Latin letter lies on a Ukrainian (or Russian) keyboard: what the fingers meant.
_LAYOUT: Final = str.maketrans(
    "йцукенгшщзхїфівапролджєячсмитьбюыэъё" + "ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮЫЭЪЁ",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.s']`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>S"}~',
)
_SEPARATORS: Final = re.compile(r"[\s\-._:/\\,;]+")


def diagnose(text: str, scheme: Scheme) -> BadIdentifier:
    """Make the refusal of a text that does not read under a scheme."""
    typed = strip(text)
    if not typed:
        return BadIdentifier(f"No {scheme.title['en']} was given", todo=f"Write it as {scheme.example}")
    what = f"{_quote(typed)} is not {_named(scheme)}"
    if len(typed) > MOST:
        return BadIdentifier(what, why=f"it is {len(typed)} characters long", todo=_write_like(scheme))
    foreign = _foreign(typed, scheme, whole=False)
    if foreign is not None:
        return _misplaced(what, foreign, typed)
    for candidate in _candidates(typed, scheme):
        value = scheme.reads(candidate)
        if value is not None:
            meant = scheme.prefix + value
            return BadIdentifier(
                what,
                why=_difference(text, candidate, scheme) or _misshape(typed, scheme),
                todo=f"Did you mean {meant}? {scheme.where or 'Compare it with the original'}",
                suggestion=meant,
            )
    foreign = _foreign(typed, scheme, whole=True)
    if foreign is not None:
        return _misplaced(what, foreign, typed)
    return BadIdentifier(
        what, why=_stranger(text, scheme) or _misshape(typed, scheme), todo=_write_like(scheme)
    )


def _named(scheme: Scheme) -> str:
    """The scheme's title behind its article; a UTID is spoken with a Y."""
    title = scheme.title["en"]
    return f"an {title}" if title[0] in "aeioAEIO" else f"a {title}"


def _quote(text: str) -> str:
    """The text between quotes, cut where it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def _write_like(scheme: Scheme) -> str:
    """Where to read the id, and how it looks."""
    return f"{scheme.where or 'Read it again'}; it looks like {scheme.example}"


def _foreign(typed: str, scheme: Scheme, *, whole: bool) -> Scheme | None:
    """The other scheme whose id this is: by its telltale, or because the whole text reads under it."""
    for other in schemes().values():
        if other.code == scheme.code:
            continue
        for text in (typed, typed.translate(_TWINS)):
            cleaned = other.clean(text)
            told = bool(other.telltale) and re.fullmatch(other.telltale, text, re.IGNORECASE)
            if other.matcher.fullmatch(cleaned) if whole else told:
                return other
    return None


def _misplaced(what: str, other: Scheme, typed: str) -> BadIdentifier:
    """An id in another scheme's field."""
    value = other.reads(typed) or other.reads(typed.translate(_TWINS))
    return BadIdentifier(
        what,
        why=f"this is {_named(other)}",
        todo=f"Write it into the field for the {other.title['en']}",
        suggestion=other.prefix + value if value else None,
    )


def _candidates(typed: str, scheme: Scheme) -> Iterator[str]:
    """What may have been meant, the likeliest first. None of them need read."""
    folded = unicodedata.normalize("NFKC", typed)
    for text in (folded.translate(_TWINS), folded.translate(_LAYOUT)):
        yield text
        for stage in scheme.look_alikes:
            yield _replaced(text, scheme, stage)
        bare = _SEPARATORS.sub("", text)
        for rebuilt in (bare, _grouped(bare, scheme), _SEPARATORS.sub("-", text)):
            yield rebuilt
            for stage in scheme.look_alikes:
                yield _replaced(rebuilt, scheme, stage)
        yield _inside(text, scheme)


def _inside(text: str, scheme: Scheme) -> str:
    """The id among other words, or the text itself."""
    spaced = scheme.clean(text)
    if scheme.prefix:
        spaced = re.sub(rf"(?<![0-9A-Za-z]){scheme.prefix}", " ", spaced, flags=re.IGNORECASE)
    found = re.search(rf"(?<![0-9A-Za-z-])(?:{scheme.pattern})(?![0-9A-Za-z-])", spaced)
    return found.group() if found else text


def _replaced(text: str, scheme: Scheme, stage: dict[str, str]) -> str:
    """A text with one stage of look-alikes replaced behind its head and its prefix."""
    cleaned = scheme.clean(text)
    head = scheme.head if cleaned.startswith(scheme.head) else ""
    return head + cleaned[len(head) :].translate({ord(seen): meant for seen, meant in stage.items()})


def _grouped(bare: str, scheme: Scheme) -> str:
    """Put the dashes of the scheme's groups into a text without separators, where the length allows it."""
    bare = scheme.clean(bare)
    if len(bare) != sum(scheme.groups):
        return bare
    parts, start = [], 0
    for count in scheme.groups:
        parts.append(bare[start : start + count])
        start += count
    return "-".join(parts)


def _difference(text: str, candidate: str, scheme: Scheme) -> str:
    """Name the characters in which the text differs from the fix; "" where they do not stand side by side."""
    seen, meant = scheme.clean(text), scheme.clean(candidate)
    if meant in seen:
        return "it stands among other words"
    pairs = list(zip(seen, meant, strict=False))
    if len(seen) != len(meant) or any(have == "-" != want for have, want in pairs):
        return ""
    shift = _shift(text, seen)
    wrong = [
        f"{_place(text, index + shift)} where {want!r} is likely meant"
        for index, (have, want) in enumerate(pairs)
        if have != want
    ]
    more = f", and {len(wrong) - MENTIONED} more" if len(wrong) > MENTIONED else ""
    return "; ".join(wrong[:MENTIONED]) + more


def _shift(text: str, cleaned: str) -> int:
    """How many characters cleaning took off the front, so that positions count in the text as typed."""
    end = text.index(strip(text)) + len(strip(text))
    return max(0, end - len(cleaned))


def _place(text: str, index: int) -> str:
    """Where a character is, counted from one, and its name."""
    character = text[index]
    return f"character {index + 1} is {character!r} ({unicodedata.name(character, 'without a name')})"


def _stranger(text: str, scheme: Scheme) -> str:
    """Name the first character that the scheme does not have; "" where there is none."""
    cleaned = scheme.clean(text)
    found = re.search(rf"[^{scheme.alphabet}]", cleaned)
    if found is None:
        return ""
    have = " ".join(re.findall(".-.|.", scheme.alphabet))
    return f"{_place(text, found.start() + _shift(text, cleaned))}, and {_named(scheme)} has only {have}"


def _misshape(typed: str, scheme: Scheme) -> str:
    """Say how the lengths differ from what the scheme wants."""
    cleaned = scheme.clean(typed)
    form = f"{_named(scheme)} is {scheme.form or f'written like {scheme.example}'}"
    have = [len(part) for part in cleaned.split("-")]
    if len(scheme.groups) <= 1:
        return f"it is {len(cleaned)} characters long; {form}"
    if len(have) != len(scheme.groups):
        return f"it has {sum(have)} characters in {len(have)} group{'s'[: len(have) > 1]}; {form}"
    return "; ".join(
        f"group {index} has {got} characters instead of {want}"
        for index, (got, want) in enumerate(zip(have, scheme.groups, strict=True), 1)
        if got != want
    )
