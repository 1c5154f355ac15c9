"""The figures in public, and the report that they come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from groundpass.authority.enforcement import api as enforcement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk, World

REPORTS = "/operator/feeds/northwind/reports/"


def words_of(client: Client, url: str, language: str = "en") -> str:
    page = client.get(url, headers={"accept-language": language}).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def send(client: Client, path: Path) -> tuple[int, str]:
    response = client.post(REPORTS, {"report": SimpleUploadedFile("r.json", path.read_bytes())}, follow=True)
    return response.status_code, response.content.decode()


def test_without_a_report_nothing_is_claimed(desk: Desk, visit: Client) -> None:
    assert "nothing is measured" in words_of(visit, "/effect/")


def test_a_report_gives_figures_with_how_they_were_counted(
    world: World, as_: Callable[[User], Client], tmp_path: Path
) -> None:
    from support.world import signed_report

    status, page = send(as_(world.cast.engineer), signed_report(world, tmp_path))
    assert status == 200
    assert "held against the releases" in page
    said = words_of(as_(world.cast.clerk), "/effect/")
    assert "Leak 20.0 %" in said
    assert "1 of 5; true value between" in said
    assert "False cut not known" in said
    assert "Releases 1" in said
    assert "from 9 February 2026, 15:00 until 9 February 2026, 16:00" in said


def test_the_figures_are_for_everybody_in_both_languages(
    world: World, as_: Callable[[User], Client], tmp_path: Path
) -> None:
    from support.world import signed_report

    send(as_(world.cast.engineer), signed_report(world, tmp_path))
    browser = as_(world.cast.engineer)
    browser.logout()
    assert "Витік 20,0 %" in words_of(browser, "/effect/", "uk")


def test_simulated_figures_say_so(world: World, as_: Callable[[User], Client], tmp_path: Path) -> None:
    from groundpass.authority.publication.api import entry_key_of
    from support.world import signed_report

    engineer, now = world.cast.engineer, world.now
    report = enforcement.ingest(signed_report(world, tmp_path), actor=engineer, now=now)
    truth = {entry_key_of(world.feed, row.terminal.value): True for row in world.registrations[1:3]}
    enforcement.reconcile(report, actor=engineer, now=now, truth=truth)
    said = words_of(as_(world.cast.officer), "/effect/")
    assert "Simulated: the terminals behind these figures are invented" in said
    assert "False cut simulated 50.0 %" in said
    first = words_of(as_(world.cast.officer), "/")
    assert "Wrongly cut 50.0 % of all entitled" in first
    assert "The figures of effect are simulated" in first


def test_a_report_with_another_hash_is_refused_and_said_in_ukrainian(
    world: World, as_: Callable[[User], Client], tmp_path: Path
) -> None:
    from support.world import signed_report

    forged = signed_report(world, tmp_path, state_hash="0" * 64)
    engineer = as_(world.cast.engineer)
    response = engineer.post(
        REPORTS,
        {"report": SimpleUploadedFile("r.json", forged.read_bytes())},
        headers={"accept-language": "uk"},
    )
    assert response.status_code == 422
    assert enforcement.reports().count() == 0
    assert "id_report_error" in response.content.decode()


def test_what_came_back_stands_on_the_engineer_s_page(
    world: World, as_: Callable[[User], Client], tmp_path: Path
) -> None:
    from support.world import signed_report

    engineer = as_(world.cast.engineer)
    assert "The operator has not reported yet" in words_of(engineer, "/operator/feeds/northwind/")
    send(engineer, signed_report(world, tmp_path))
    assert "Enforcement reports, the newest first" in words_of(engineer, "/operator/feeds/northwind/")
