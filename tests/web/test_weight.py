"""A first visit of a form stays within 150 kB: everything that the page loads, as it goes over the line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk

BUDGET: Final = 150_000  # bytes
REQUESTS: Final = 9  # the page, a style sheet, a script, a sign, four fonts at most, and one to spare


def loaded(client: Client, url: str, language: str) -> dict[str, int]:
    """What a browser fetches with a page, and how many bytes each is on the way."""
    page = client.get(url, headers={"accept-language": language})
    sizes = {url: len(page.content)}
    for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.content.decode()):
        sizes[link] = fetched(client, link)
        if link.endswith(".css"):
            css = client.get(link).getvalue().decode()
            for font in re.findall(r"url\(([^)]+\.woff2)\)", css):
                place = link.rpartition("/")[0] + "/" + font.strip("\"'")
                sizes[place] = fetched(client, place)
    return sizes


def fetched(client: Client, link: str) -> int:
    response = client.get(link, headers={"accept-encoding": "gzip, br"})
    assert response.status_code == 200, link
    assert "immutable" in response["Cache-Control"], link
    return len(response.getvalue())


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_clerk_s_form_is_light(desk: Desk, as_: Callable[[User], Client], language: str) -> None:
    sizes = loaded(as_(desk.cast.clerk), "/clerk/register/", language)
    assert sum(sizes.values()) <= BUDGET, sizes
    assert len(sizes) <= REQUESTS


def test_the_citizen_s_box_is_light(desk: Desk, visit: Client) -> None:
    sizes = loaded(visit, "/", "uk")
    assert sum(sizes.values()) <= BUDGET, sizes
    assert len(sizes) <= REQUESTS
