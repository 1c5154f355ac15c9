"""An application as somebody fills it in, and how it is read.

1. Everything wrong is told at once, each thing with its field, what is wrong and the likely fix.
2. Nothing is corrected silently but blanks, case, dashes and the `ut` in front: look-alikes are suggested.
3. A protected holder gives a sealed reference and no name, number or document; anybody else the reverse.
4. No message repeats a name, a tax number or a document.
"""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from groundpass.authority.register.domain.country import ClassRules, Country, UsageRules
from groundpass.authority.register.domain.taxid import read_tax_id
from groundpass.kernel.core.errors import BadIdentifier, BadInput
from groundpass.kernel.core.ids import Identifier, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")

MAX_NAME: Final = 200  # characters
MAX_REFERENCE: Final = 100  # characters
LAST: Final = range(2, 5)  # how many last characters of a document are kept


@dataclass(frozen=True, slots=True)
class Submission:
    """What is filled in, as text. `shown`: the terminal was seen at the counter. `office`: its code."""

    terminal: str
    holder_class: str
    usage_class: str
    tax_id: str = ""
    name: str = ""
    shown: bool = False
    document_type: str = ""
    document_last: str = ""
    kit: str = ""
    office: str = ""
    sealed_reference: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: a sentence, what to do, and the likely value where there is one."""

    field: str
    what: str
    todo: str = ""
    suggestion: str | None = None


class BadSubmission(BadInput):
    """An application does not read; `problems` has all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.what, todo=first.todo)


@dataclass(frozen=True, slots=True)
class Ready:
    """An application that reads. `identity`: scheme and value from which the holder's blind index is made."""

    terminal: Identifier
    kit: Identifier | None
    holder_class: ClassRules
    usage_class: UsageRules
    identity: tuple[str, str]
    name: str
    shown: bool
    document_type: str
    document_last: str


def read(data: Submission, country: Country) -> Ready:
    """Read an application. Raises BadSubmission with everything that is wrong."""
    reading = _Reading(data, country)
    ready = reading.read()
    if reading.problems or ready is None:
        raise BadSubmission(reading.problems)
    return ready


class _Reading:
    """One application on its way from text to values; collects what is wrong."""

    def __init__(self, data: Submission, country: Country) -> None:
        self.data = data
        self.country = country
        self.problems: list[Problem] = []

    def read(self) -> Ready | None:
        data = self.data
        terminal = self.identifier("terminal", data.terminal, "utid")
        kit = self.identifier("kit", data.kit, "kit") if data.kit.strip() else None
        holder_class = self.choice("holder_class", data.holder_class, self.country.holders)
        usage_class = self.choice("usage_class", data.usage_class, self.country.usages)
        if holder_class is None:
            return None
        identity, name = self.protected() if holder_class.protected else self.person(holder_class)
        document_type, document_last = self.document(holder_class)
        if terminal is None or usage_class is None:
            return None
        return Ready(
            terminal,
            kit,
            holder_class,
            usage_class,
            identity,
            name,
            data.shown,
            document_type,
            document_last,
        )

    def wrong(self, field: str, what: str, todo: str = "", suggestion: str | None = None) -> None:
        self.problems.append(Problem(field, what, todo, suggestion))

    def identifier(self, field: str, text: str, scheme: str) -> Identifier | None:
        try:
            return normalise(text, scheme)
        except BadIdentifier as error:
            self.wrong(field, _what(error), error.todo, error.suggestion)
            return None

    def choice(self, field: str, text: str, known: Mapping[str, T]) -> T | None:
        code = text.strip().lower()
        if code in known:
            return known[code]
        close = difflib.get_close_matches(code, known, n=1)
        title = field.replace("_", " ")
        what = f"There is no {title} {text!r}" if code else f"The {title} is missing"
        self.wrong(field, what, f"Choose one of {', '.join(known)}", close[0] if close else None)
        return None

    def protected(self) -> tuple[tuple[str, str], str]:
        for field in ("name", "tax_id", "document_type", "document_last"):
            if str(getattr(self.data, field)).strip():
                self.wrong(field, "The protected channel takes a sealed reference alone", "Leave it empty")
        reference = self.text("sealed_reference", self.data.sealed_reference, MAX_REFERENCE)
        return ("reference", reference), ""

    def person(self, rules: ClassRules) -> tuple[tuple[str, str], str]:
        if self.data.sealed_reference.strip():
            self.wrong(
                "sealed_reference", "Only the protected channel takes a sealed reference", "Leave it empty"
            )
        name = self.text("name", self.data.name, MAX_NAME)
        try:
            return (rules.tax_id_scheme, read_tax_id(self.data.tax_id, rules.tax_id_scheme)), name
        except BadInput as error:
            self.wrong("tax_id", _what(error), error.todo)
            return ("", ""), name

    def document(self, rules: ClassRules) -> tuple[str, str]:
        kind, last = self.data.document_type.strip().lower(), self.data.document_last.strip().upper()
        if not rules.documents:
            return kind, last[-LAST.stop + 1 :]
        if kind not in rules.documents:
            accepted = f"Choose one of {', '.join(rules.documents)}"
            self.wrong("document_type", "The kind of document is missing or not accepted", accepted)
        if len(last) not in LAST or not last.isalnum():
            what = "The last characters of the document are missing or too many"
            self.wrong("document_last", what, "Give its last four")
        return kind, last

    def text(self, field: str, text: str, longest: int) -> str:
        clean = " ".join(unicodedata.normalize("NFC", text).split())
        title = field.replace("_", " ")
        if not clean:
            self.wrong(field, f"The {title} is missing", "Fill it in")
        elif len(clean) > longest:
            self.wrong(field, f"The {title} is longer than {longest} characters", "Shorten it")
        elif not clean.isprintable():
            self.wrong(field, f"The {title} has characters that cannot be printed", "Type it again")
        return clean


def _what(error: BadInput) -> str:
    return f"{error.what}: {error.why}" if error.why else error.what
