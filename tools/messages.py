"""The words of the pages: collect them from templates and code, and bring the Ukrainian catalogue up to date.

    .venv/bin/python tools/messages.py          write new messages into the catalogue, untranslated
    .venv/bin/python tools/messages.py --check  say what is missing, and end with 1 where something is

Rules. No gettext of the system is needed: Django turns templates into code, Babel reads the code. Words that
allauth's pages say and its own Ukrainian catalogue lacks are collected too, from the pages that we mount.
A fuzzy match is never written: a wrong sentence is worse than an English one. Plurals have three forms.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import allauth
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "groundpass"
WEB: Final = SOURCE / "doors" / "web"
CATALOGUE: Final = WEB / "locale" / "uk" / "LC_MESSAGES" / "django.po"
# Slavic plurals: 1 термінал, 2 термінали, 5 терміналів.
PLURALS: Final = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
ALLAUTH: Final = Path(allauth.__file__).parent
# What our address list mounts of allauth: its templates (less those that ours stand in for) and its forms.
ALLAUTH_TEMPLATES: Final = (
    "account/reauthenticate.html",
    "account/password_change.html",
    "account/logout.html",
    "account/account_inactive.html",
    "mfa/**/*.html",
)
ALLAUTH_CODE: Final = (
    "account/adapter.py",
    "account/fields.py",
    "account/forms.py",
    "mfa/adapter.py",
    "mfa/base/forms.py",
    "mfa/totp/forms.py",
    "mfa/webauthn/forms.py",
    "mfa/recovery_codes/forms.py",
)

# Words that allauth's catalogue writes with capitals as English headings have them; Ukrainian has none.
SAID_BETTER: Final = frozenset(
    {
        "Account Inactive",
        "Activate Authenticator App",
        "Add Security Key",
        "Authenticator App",
        "Change Password",
        "Current Password",
        "Deactivate Authenticator App",
        "Edit Security Key",
        "New Password",
        "New Password (again)",
        "Recovery Codes",
        "Remove Security Key",
        "Security Keys",
    }
)

Message = tuple[str, int, str | tuple[str, ...], str | None]  # place, line, text, context


def ours() -> Iterator[Message]:
    """Give every message of our templates and of the code of the pages."""
    for path in sorted(WEB.rglob("*.html")):
        yield from _of_template(path, path.relative_to(ROOT))
    for path in sorted(WEB.rglob("*.py")):
        yield from _of_code(path.read_text("utf-8"), path.relative_to(ROOT))


def borrowed() -> Iterator[Message]:
    """Give the messages of allauth's pages that its own Ukrainian catalogue lacks, or that we say better."""
    with (ALLAUTH / "locale" / "uk" / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = read_po(file, locale="uk")
    for message in _of_allauth():
        _, _, text, context = message
        there = known.get(text if isinstance(text, str) else text[0], context)
        if text in SAID_BETTER or there is None or there.fuzzy or not _translated(there.string):
            yield message


def _of_allauth() -> Iterator[Message]:
    stand_ins = {path.relative_to(WEB / "templates") for path in (WEB / "templates").rglob("*.html")}
    for pattern in ALLAUTH_TEMPLATES:
        for path in sorted((ALLAUTH / "templates").glob(pattern)):
            if path.relative_to(ALLAUTH / "templates") not in stand_ins:
                yield from _of_template(path, path.relative_to(ALLAUTH.parent))
    for name in ALLAUTH_CODE:
        path = ALLAUTH / name
        yield from _of_code(path.read_text("utf-8"), path.relative_to(ALLAUTH.parent))


def _of_template(path: Path, place: Path) -> Iterator[Message]:
    code = templatize(path.read_text("utf-8"))
    # What is not a message is crossed out, in columns of its own: to Python's reader that is bad indentation.
    yield from _of_code("\n".join(line.strip() for line in code.splitlines()), place)


def _of_code(code: str, place: Path) -> Iterator[Message]:
    for line, text, _comments, context in extract(
        "python", io.BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield place.as_posix(), line, text, context


def collected() -> Catalog:
    """Give a catalogue of all messages, without translations."""
    catalogue = Catalog(locale="uk", charset="utf-8", fuzzy=False)
    for _place, _line, text, context in (*ours(), *borrowed()):
        plain = text if isinstance(text, str) else tuple(text)
        flags = ["python-format"] if "%(" in str(plain) else []
        catalogue.add(plain, context=context, flags=flags)
    return catalogue


def stored() -> Catalog:
    """Read the Ukrainian catalogue."""
    if not CATALOGUE.exists():
        return Catalog(locale="uk", charset="utf-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="uk")


def untranslated(wanted: Catalog, known: Catalog) -> list[str]:
    """Say which messages lack a translation, or have one that is fuzzy."""
    found = []
    for message in wanted:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        there = known.get(key, message.context)
        if there is None or there.fuzzy or not _translated(there.string):
            found.append(key)
    return found


def _translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if isinstance(text, str) or text is None else all(text)


def write(wanted: Catalog, known: Catalog) -> None:
    """Write the catalogue: all that is wanted and no more, with the translations that are known."""
    for message in wanted:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        there = known.get(key, message.context)
        if there is not None and not there.fuzzy:
            message.string = there.string
    buffer = io.BytesIO()
    write_po(buffer, wanted, width=110, no_location=True, omit_header=True, sort_output=True)
    header = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: groundpass\\n"\n"Language: uk\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS}\\n"\n\n'
    )
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(header + buffer.getvalue().decode(), encoding="utf-8")


def main() -> int:
    """Do what the head of this file says."""
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    wanted, known = collected(), stored()
    missing = untranslated(wanted, known)
    if "--check" not in sys.argv:
        write(wanted, known)
    for text in missing:
        print(f"not translated: {text!r}")
    print(f"{len(wanted)} messages, {len(missing)} not translated")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
