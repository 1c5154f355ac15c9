"""Who may open a page. What they may do there is decided again by the command that the page calls."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login

from groundpass.authority.accounts.api import User, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")


def needs(
    *rights: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let people with every one of these rights open a page; send strangers to sign in.

    No right at all means "anybody who is signed in". A missing right raises NoRight, a page of its own.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            for right in rights:
                require(actor(request), right)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def actor(request: HttpRequest) -> User:
    """Give the person who is signed in; for views behind `needs`."""
    return cast("User", request.user)
