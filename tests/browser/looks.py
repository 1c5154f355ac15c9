"""What is asked of every page that a browser shows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

from browser.conftest import IMAGES, SCREENSHOTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Axe()


def complaints(page: Page) -> list[str]:
    """What axe-core finds, all of its rules asked; a line for each place."""
    found = AXE.run(page).response["violations"]
    return [
        f"{page.url}: {rule['id']}: {node['html'][:160]}: {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Say where a page is wider than its window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url}: {wider} pixels wider than the window"] if wider > 0 else []


def picture(page: Page, name: str) -> None:
    """Take a picture for the docs, where pictures are asked for."""
    if SCREENSHOTS:
        IMAGES.mkdir(parents=True, exist_ok=True)
        png = page.screenshot(full_page=True, animations="disabled")
        (IMAGES / f"{name}.webp").write_bytes(_webp(page, png))


def _webp(page: Page, png: bytes) -> bytes:
    """Let the browser write the picture again at a quarter of its size."""
    painter = page.context.browser
    assert painter
    blank = painter.new_page()
    encoded = blank.evaluate(
        """async (source) => {
            const bitmap = await createImageBitmap(await (await fetch(source)).blob());
            const scale = bitmap.width > 700 ? 0.75 : 1;
            const canvas = new OffscreenCanvas(bitmap.width * scale, bitmap.height * scale);
            const painter = canvas.getContext("2d");
            painter.imageSmoothingQuality = "high";
            painter.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
            const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.7 });
            const bytes = new Uint8Array(await blob.arrayBuffer());
            return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        }""",
        "data:image/png;base64," + base64.b64encode(png).decode("ascii"),
    )
    blank.close()
    return base64.b64decode(encoded)
