"""What is checked when the program starts: an id and a hint for each thing that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings as real

from groundpass.config import checks
from groundpass.config.variables import VARIABLES, is_on, listed, value

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings


def ids(found: list[checks.CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_a_short_secret_is_an_error(settings: Settings) -> None:
    settings.SECRET_KEY = "short"
    assert ids(checks.check_secret()) == ["groundpass.E001"]


def test_a_made_secret_is_long_enough() -> None:
    assert checks.check_secret() == []


def test_a_home_that_others_can_read_is_warned_of(settings: Settings, home: Path) -> None:
    assert checks.check_home() == []
    home.chmod(0o755)
    assert ids(checks.check_home()) == ["groundpass.W001"]


def test_a_home_that_cannot_be_written_is_an_error(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.os, "access", lambda _path, _mode: False)  # root may write anywhere
    assert ids(checks.check_home()) == ["groundpass.E002"]


@pytest.mark.parametrize(
    ("rate", "found"),
    [("20/m", []), ("5/10s", []), ("often", ["groundpass.E003"]), ("0/m", ["groundpass.E003"])],
)
def test_the_rate_of_the_self_check_reads(settings: Settings, rate: str, found: list[str]) -> None:
    settings.GROUNDPASS_CHECK_RATE = rate
    assert ids(checks.check_rate()) == found


def test_what_set_up_makes_is_missed(settings: Settings, tmp_path: Path) -> None:
    assert checks.check_front_end() == []
    assert checks.check_translations() == []
    catalogue = tmp_path / "doors" / "web" / "locale" / "uk" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    settings.PACKAGE = tmp_path
    assert ids(checks.check_front_end()) == ["groundpass.W002"]
    assert ids(checks.check_translations()) == ["groundpass.W003"]


def test_a_server_that_others_reach_wants_https_and_no_developers_pages(settings: Settings) -> None:
    assert checks.check_exposure() == []
    settings.ALLOWED_HOSTS = ["register.example"]
    settings.DEBUG = True
    assert ids(checks.check_exposure()) == ["groundpass.W004", "groundpass.W005"]
    settings.DEBUG = False
    settings.SESSION_COOKIE_SECURE = True
    assert checks.check_exposure() == []


def test_every_id_is_in_the_table_of_the_module() -> None:
    for name in ("E001", "E002", "E003", "W001", "W002", "W003", "W004", "W005"):
        assert f"groundpass.{name}" in (checks.__doc__ or "")


def test_a_variable_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDPASS_HTTPS", raising=False)
    assert not is_on("GROUNDPASS_HTTPS")
    monkeypatch.setenv("GROUNDPASS_HTTPS", "1")
    assert is_on("GROUNDPASS_HTTPS")
    monkeypatch.setenv("GROUNDPASS_ALLOWED_HOSTS", "a.example, b.example")
    assert listed("GROUNDPASS_ALLOWED_HOSTS") == ["a.example", "b.example"]
    with pytest.raises(KeyError):
        value("GROUNDPASS_NOTHING")


def test_every_variable_says_what_it_means() -> None:
    for name, variable in VARIABLES.items():
        assert name == variable.name
        assert variable.meaning.endswith(".")


def test_no_admin_of_django_is_there() -> None:
    assert "django.contrib.admin" not in real.INSTALLED_APPS
