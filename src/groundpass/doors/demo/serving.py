"""Serving the pages by granian, from one process: enough for a demo and for a small authority."""

from __future__ import annotations

import errno
import os
import socket
from typing import Final

from groundpass.kernel.core.errors import CannotRun

MOST_THREADS: Final = 8  # requests at once; each holds a connection to the database


def check_free(host: str, port: int) -> None:
    """See that somebody may listen there, before any long work. Raises CannotRun."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise CannotRun(
            f"Nothing can listen at {host}:{port}",
            why="another program does already" if taken else (error.strerror or str(error)),
            todo="Stop it, or choose another: --port" if taken else "Choose another --host or --port",
        ) from error


def serve(host: str, port: int) -> None:
    """Serve until a signal stops it. Django's settings are named in the environment by the caller."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundpass.config.settings")
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "django.core.wsgi:get_wsgi_application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        blocking_threads=min(MOST_THREADS, 2 * (os.cpu_count() or 1)),
        log_level=LogLevels.warning,
    ).serve()
