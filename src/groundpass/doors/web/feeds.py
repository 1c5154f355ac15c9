"""A feed's static files over HTTP. Any web server may stand in for this: nothing here decides anything.

1. What is not a plain file below the feed's public folder is not found: no listing, no link out, no "..".
2. Names that carry a hash or a version never change their content and may be kept for ever; the others are
   asked for again each time, and answered 304 where nothing changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404
from django.utils._os import safe_join
from django.utils.http import http_date
from django.views.decorators.http import condition, require_safe

from groundpass.authority.publication import api as publication
from groundpass.kernel.core.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest

LASTING: Final = re.compile(r"targets/[0-9a-f]{64}\.[^/]+|metadata/[0-9]+\.[a-z]+\.json")
YEAR: Final = 31_536_000  # seconds


def _place(name: str, path: str) -> Path:
    """Find the file. Raises Http404 by rule 1."""
    try:
        root = publication.public_folder(publication.find_feed(name)).resolve()
        place = (root / safe_join(root, path)).resolve()
    except (NotFound, SuspiciousFileOperation, ValueError, OSError) as error:
        raise Http404 from error
    if not place.is_relative_to(root) or not place.is_file():
        raise Http404
    return place


def _etag(request: HttpRequest, name: str, path: str) -> str:
    status = _place(name, path).stat()
    return f'"{status.st_size:x}-{status.st_mtime_ns:x}"'


@require_safe
@condition(etag_func=_etag)
def feed_file(request: HttpRequest, name: str, path: str) -> FileResponse:
    """Give one file."""
    place = _place(name, path)
    kind = "application/json" if place.suffix == ".json" else "application/octet-stream"
    response = FileResponse(place.open("rb"), content_type=kind)
    response["Last-Modified"] = http_date(place.stat().st_mtime)
    response["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if LASTING.fullmatch(path) else "public, no-cache"
    )
    return response
