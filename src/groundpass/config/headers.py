"""Headers that Django does not set by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# The camera reads a number from a box at the counter; nothing else of the device is ours to ask for.
PERMISSIONS: Final = (
    "camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), "
    + ", ".join(
        f"{name}=()" for name in ("accelerometer", "geolocation", "gyroscope", "microphone", "payment", "usb")
    )
)


class SafeHeaders:
    """Middleware: what the page may ask of the device, and that pages of signed-in people are not kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the class says it
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.user.is_authenticated:
            # A counter's computer is shared: the back button must not show the last holder's name.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
