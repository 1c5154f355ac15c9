"""Files that come with a request, on disk for the time of the call."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ninja.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from ninja import UploadedFile


def need_multipart(request: HttpRequest) -> None:
    """Refuse a body that is no form with files: 415, not a field that seems to be missing."""
    if request.content_type != "multipart/form-data":
        raise HttpError(415, f"Send multipart/form-data, not {request.content_type or 'nothing'}")


@contextmanager
def on_disk(upload: UploadedFile) -> Iterator[Path]:
    """Give the path of an uploaded file under the ending that it came with; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="groundpass-") as folder:
        ending = "".join(Path(upload.name or "").suffixes[-1:])
        path = Path(folder) / f"upload{ending}"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path
