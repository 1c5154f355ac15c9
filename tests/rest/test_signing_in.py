"""Who calls: a session with its token, or a password; never a password alone where two factors lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

if TYPE_CHECKING:
    from rest.conftest import Caller
    from support.world import Desk


def test_a_password_opens_what_its_person_may(desk: Desk, api: Caller) -> None:
    assert api.get("/applications", as_=desk.cast.reviewer).status_code == 200
    refused = api.get("/applications", as_=desk.cast.clerk)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:groundpass:problem:no-right"


def test_a_wrong_password_opens_nothing(desk: Desk, api: Caller) -> None:
    response = api.get("/applications", headers={"authorization": "Basic cmV2aWV3ZXI6d3Jvbmc="})
    assert response.status_code == 401


def test_guessing_is_locked_as_on_the_page(desk: Desk, api: Caller) -> None:
    wrong = {"authorization": "Basic cmV2aWV3ZXI6d3Jvbmc="}
    statuses = [api.get("/applications", headers=wrong).status_code for _ in range(6)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    locked = api.get("/applications", as_=desk.cast.reviewer)
    assert locked.status_code == 429
    assert locked["Content-Type"] == "application/problem+json"


def test_a_session_changes_nothing_without_its_token(desk: Desk) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desk.cast.reviewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/api/v1/applications").status_code == 200
    address = f"/api/v1/applications/{desk.applications[0].uuid}/approve"
    refused = browser.post(address, content_type="application/json")
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(desk: Desk, api: Caller) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    assert api.get("/applications", as_=desk.cast.reviewer).status_code == 200
    TOTP.activate(desk.cast.reviewer, generate_totp_secret())
    assert api.get("/applications", as_=desk.cast.reviewer).status_code == 401


def test_the_secret_of_a_second_factor_is_sealed_in_the_database(desk: Desk) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(desk.cast.reviewer, secret)
    stored = str(Authenticator.objects.get(user=desk.cast.reviewer).data)
    assert secret not in stored
