"""Feeds come from folders and web servers alike, within bounds of time."""

from __future__ import annotations

import functools
import http.server
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.operator.fetch import BoundedFetcher, feed_address
from groundpass.operator.sync import sync
from support.times import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from groundpass.operator.store import Store
    from support.publisher import Publisher


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/public"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def dripping(head: bytes, drop: bytes) -> Iterator[str]:
    """A server that answers `head` at once and then a drop every now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            try:
                connection.sendall(head)
                while not stop.wait(0.02):
                    connection.sendall(drop)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/file"
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_a_feed_is_synced_from_a_web_server(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    with web_server(publisher.folder) as address:
        assert sync(address, store.folder, now=NOW).serial == 1
        publisher.publish()
        assert sync(f"{address}/", store.folder, now=NOW).how == "delta"


def test_a_server_that_is_gone_leaves_the_last_good_release(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    with web_server(publisher.folder) as address:
        sync(address, store.folder, now=NOW)
    with pytest.raises(CannotRun, match=r"cannot be fetched.*Connection refused.*Serial 1 stays in force"):
        sync(address, store.folder, now=NOW)


def test_a_folder_that_is_no_feed_says_what_it_lacks(tmp_path: Path, store: Store) -> None:
    with pytest.raises(CannotRun, match=r"lacks a file.*timestamp\.json"):
        sync(str(tmp_path / "nowhere"), store.folder, now=NOW)


@pytest.mark.parametrize(
    ("head", "drop"),
    [(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"), (b"", b"H")],
    ids=["body", "headers", "status"],
)
def test_a_server_that_drips_for_ever_is_cut_off_in_time(head: bytes, drop: bytes) -> None:
    started = time.monotonic()
    with dripping(head, drop) as address, pytest.raises((SlowRetrievalError, DownloadError)):
        BoundedFetcher(seconds=0.3).download_bytes(address, 1_000_000)
    assert time.monotonic() - started < 5


def test_a_file_longer_than_it_may_be_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(bytes(3_000_000))
    with pytest.raises(DownloadError, match="exceeding"):
        BoundedFetcher().download_bytes((tmp_path / "long").as_uri(), 1_000)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DownloadError, match="not a file"):
        BoundedFetcher().download_bytes((tmp_path / "pipe").as_uri(), 1_000)
    with pytest.raises(DownloadHTTPError):
        BoundedFetcher().download_bytes((tmp_path / "none").as_uri(), 1_000)


def test_addresses_of_feeds_are_paths_files_or_web_folders(tmp_path: Path) -> None:
    assert feed_address(str(tmp_path / "a b")) == (tmp_path / "a b").as_uri() + "/"
    assert feed_address((tmp_path / "a b").as_uri()) == (tmp_path / "a b").as_uri() + "/"
    assert feed_address("https://feed.example/ua") == "https://feed.example/ua/"
    for wrong in ("ftp://feed.example/ua", "http:///ua", "file://server/ua"):
        with pytest.raises(BadInput, match="no address that can be fetched"):
            feed_address(wrong)
