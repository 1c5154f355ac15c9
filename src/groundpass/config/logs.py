"""How the server logs: what happened and how long it took, never who or which terminal.

1. A request is logged by its route (`clerk/receipt/<uuid:application>/`), never by its path or query: those
   hold identifiers of terminals and people.
2. No address, no user name, no body. Who did what is in the audit chain, behind its own right.
3. Django's own lines about requests are not written, for they name the path; our edges log what failed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_log = structlog.get_logger("groundpass.request")


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Give Django's LOGGING, and set structlog to write through it. `form`: "console" or "json"."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "groundpass": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    last,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "groundpass"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": "WARNING"},
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "ERROR"},
            # Their lines name the user and the address.
            "axes": {"level": "CRITICAL"},
        },
    }


class RequestLog:
    """Middleware: one line a request, by route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the class says it
        start = time.perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else "(no route)"
        milliseconds = round((time.perf_counter() - start) * 1000)
        _log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=milliseconds,
        )
        return response
