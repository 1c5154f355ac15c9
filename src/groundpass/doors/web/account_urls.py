"""Sign-in, from allauth: the pages that staff need, and no other.

Left out on purpose: sign-up (an administrator makes accounts), e-mail addresses and password reset by mail (a
register must not hang on a mailbox), social accounts.
"""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
