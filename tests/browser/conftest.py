"""What the browser tests share: Chromium, a server with a register at work, and what no page may do.

Without Chromium they are not run, and say so by name; where GROUNDPASS_REQUIRE_ALL is set they fail instead.
With GROUNDPASS_SCREENSHOTS=1 (`make screenshots`) the pictures of docs/images are taken again.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import time_machine
from django.core.cache import cache

from support.times import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright
    from pytest_django.live_server_helper import LiveServer

    from groundpass.authority.accounts.api import User
    from support.cast import Cast
    from support.world import World

logging.getLogger("groundpass.request").setLevel(logging.WARNING)
ROOT: Final = Path(__file__).resolve().parents[2]
IMAGES: Final = ROOT / "docs" / "images"
SCREENSHOTS: Final = os.environ.get("GROUNDPASS_SCREENSHOTS") == "1"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)
SOFTWARE_GL: Final = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_GL: Final = ("--disable-gpu", "--disable-webgl", "--disable-webgl2", "--disable-software-rasterizer")
DESKTOP: Final = {"width": 1120, "height": 800}
PHONE: Final = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def executable() -> str:
    """The path of Chromium; else the test is not run, or fails where all must run."""
    asked = os.environ.get("GROUNDPASS_CHROMIUM", "")
    found = asked or next((path for name in NAMES if (path := shutil.which(name))), "")
    if found:
        return found
    if os.environ.get("GROUNDPASS_REQUIRE_ALL"):
        pytest.fail("Chromium is missing, and GROUNDPASS_REQUIRE_ALL allows none: apt install chromium")
    pytest.skip("not run: Chromium is missing (apt install chromium, or name it in GROUNDPASS_CHROMIUM)")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver. Its event loop runs in this thread, and so does the ORM of the tests: both know of it."""
    path = executable()
    assert path
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with WebGL in software."""
    found = playwright.chromium.launch(executable_path=executable(), args=[*QUIET, *SOFTWARE_GL])
    yield found
    found.close()


@pytest.fixture
def moment() -> Iterator[int]:
    """The server's clock: the same in every run, so that pictures do not change by themselves."""
    cache.clear()
    with time_machine.travel(dt.datetime.fromtimestamp(NOW + 20 * DAY, tz=dt.UTC), tick=True):
        yield NOW + 20 * DAY


class Site:
    """A server with a register at work, and browsers that visit it."""

    def __init__(self, browser: Browser, server: LiveServer, world: World) -> None:
        self.browser, self.server, self.world = browser, server, world
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def visit(
        self,
        user: User | None = None,
        *,
        language: str = "en",
        viewport: dict[str, int] | None = None,
        javascript: bool = True,
        dark: bool = False,
        browser: Browser | None = None,
    ) -> Page:
        """Open a browser as somebody, or as nobody; what a page must never do is noted in `faults`."""
        context = (browser or self.browser).new_context(
            base_url=self.server.url,
            locale={"en": "en-GB", "uk": "uk-UA"}[language],
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]  # a plain dict of the right form
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": self._session(user), "url": self.server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked)
        return page

    def _session(self, user: User) -> str:
        from django.test import Client

        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.cookies["sessionid"].value

    def _heard(self, message: object) -> None:
        text = f"{getattr(message, 'type', '')}: {getattr(message, 'text', '')}"
        # A refused form is answered by 422, which Chromium writes into its console.
        if text.startswith(("error", "warning")) and "status of 4" not in text and "GPU stall" not in text:
            self.faults.append(text)

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.server.url, "data:", "blob:")):
            self.faults.append(f"asked for {url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def site(
    browser: Browser, live_server: LiveServer, transactional_db: None, home: Path, moment: int
) -> Iterator[Site]:
    """A register with the demo's territory, a release of each kind, an operator's report, and a server."""
    from groundpass.authority.enforcement import api as enforcement
    from support.cast import assemble as people
    from support.world import assemble, signed_report

    border = ROOT / "src" / "groundpass" / "doors" / "demo" / "built" / "ukraine.geojson"
    cast: Cast = people()
    world = assemble(cast, home / "offline", moment, border)
    report = enforcement.ingest(signed_report(world, home), actor=cast.engineer, now=moment)
    enforcement.reconcile(report, actor=cast.engineer, now=moment)
    made = Site(browser, live_server, world)
    yield made
    made.close()
    assert made.faults == []
