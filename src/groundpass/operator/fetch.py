"""Fetching for the TUF client: folders, file:// and http(s):// alike, within bounds of bytes and time.

1. The bytes are bounded by the TUF client, which knows how long each file may be.
2. The time of a whole sync is bounded here: one deadline for all its fetches. A server that sends a byte now
   and then is cut off by a timer that closes the connection, since no socket timeout would ever pass.
3. No redirects, no proxies: a feed is one folder of static files, and a mirror is another folder.
"""

from __future__ import annotations

import http.client
import socket
import stat
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 60.0  # that a sync may spend on fetching
_SILENCE: Final = 10.0  # s without a byte
_CHUNK: Final = 1 << 18  # bytes
_OK: Final = 200
_MISSING: Final = 404


def feed_address(feed: str) -> str:
    """Give the address of a feed's folder, ending in a slash. Raises BadInput for another scheme."""
    parts = urlsplit(feed)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return feed.rstrip("/") + "/"
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return Path(url2pathname(parts.path)).absolute().as_uri().rstrip("/") + "/"
    if "://" in feed:
        raise BadInput(
            f"The feed {feed!r} has no address that can be fetched", todo="Give a path, file:// or http(s)://"
        )
    return Path(feed).absolute().as_uri().rstrip("/") + "/"


class BoundedFetcher(FetcherInterface):
    """Fetches until `seconds` have passed since it was made."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def _fetch(self, url: str) -> Iterator[bytes]:
        parts = urlsplit(url)
        chunks = self._local(url2pathname(parts.path)) if parts.scheme == "file" else self._remote(url)
        return self._in_time(chunks, url)

    def _in_time(self, chunks: Iterator[bytes], url: str) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._left(url)
        self._left(url)  # a connection that was cut looks like one that ended

    def _left(self, url: str) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise SlowRetrievalError(f"{url} did not arrive in time")
        return left

    def _local(self, name: str) -> Iterator[bytes]:
        path = Path(name)
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
                raise DownloadError(f"{path} is not a file")
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except FileNotFoundError as error:
            raise DownloadHTTPError(f"There is no file {path}", _MISSING) from error
        except OSError as error:
            raise DownloadError(f"{path} cannot be read: {error}") from error

    def _remote(self, url: str) -> Iterator[bytes]:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=min(_SILENCE, self._left(url)))
        with closing(connection), self._guard(connection, url):
            connection.request("GET", parts.path, headers={"Accept-Encoding": "identity"})
            response = connection.getresponse()
            if response.status != _OK:
                raise DownloadHTTPError(f"{url} answered {response.status}", response.status)
            while chunk := response.read1(_CHUNK):
                yield chunk

    @contextmanager
    def _guard(self, connection: http.client.HTTPConnection, url: str) -> Iterator[None]:
        """Close the connection at the deadline, whatever it waits for then."""

        def cut() -> None:
            with suppress(OSError, AttributeError):  # closed already, or not connected yet
                connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self._left(url), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            self._left(url)
            raise DownloadError(f"{url} cannot be fetched: {error}") from error
        finally:
            timer.cancel()
