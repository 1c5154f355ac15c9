"""The pages are complete in both languages: no message without a Ukrainian one, none guessed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from groundpass.doors.web import words

if TYPE_CHECKING:
    from types import ModuleType

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalogue(messages: ModuleType) -> Any:
    return messages.stored()


def test_every_message_of_templates_and_code_has_a_ukrainian_one(
    messages: ModuleType, catalogue: Any
) -> None:
    missing = messages.untranslated(messages.collected(), catalogue)
    assert missing == [], "run tools/messages.py and translate"


def test_the_catalogue_has_no_fuzzy_and_no_forgotten_message(messages: ModuleType, catalogue: Any) -> None:
    wanted = {(message.id, message.context) for message in messages.collected()}
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    assert {(message.id, message.context) for message in catalogue if message.id} <= wanted


def test_a_translation_has_the_variable_parts_of_its_message(catalogue: Any) -> None:
    # "CYRILLIC CAPITAL LETTER O" is said without its O: that is beside it in quotes.
    wrong = [
        (message.id, [str(error) for error in message.check()])
        for message in catalogue
        if message.id and "LETTER" not in str(message.id) and list(message.check())
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 день"),
        (2, "2 дні"),
        (5, "5 днів"),
        (11, "11 днів"),
        (21, "21 день"),
        (24, "24 дні"),
        (112, "112 днів"),
    ],
)
def test_ukrainian_plurals_are_right(number: int, said: str) -> None:
    with translation.override("uk"):
        assert ngettext("%d day", "%d days", number) % number == said


@pytest.mark.parametrize(
    ("seconds", "english", "ukrainian"),
    [
        (0.89, "0.9 s", "0,9 \N{CYRILLIC SMALL LETTER ES}"),
        (0.44, "0.4 s", "0,4 \N{CYRILLIC SMALL LETTER ES}"),
        (61, "1 minute 1 second", "1 хвилина 1 секунда"),
        (900, "15 minutes", "15 хвилин"),
        (93_784, "1 day 2 hours", "1 день 2 години"),
        (259_217, "3 days", "3 дні"),
    ],
)
def test_a_span_of_time_is_said_in_two_units(seconds: float, english: str, ukrainian: str) -> None:
    with translation.override("en"):
        assert words.span(seconds) == english
    with translation.override("uk"):
        assert words.span(seconds) == ukrainian


def test_the_compiled_catalogue_is_the_one_that_is_used() -> None:
    with translation.override("uk"):
        assert gettext("Will my terminal work?") == "Чи працюватиме мій термінал?", "run `make setup`"
