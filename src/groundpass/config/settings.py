"""Django's settings. What a person may set is an environment variable (docs/reference/settings.md)."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from groundpass.config.home import home, secret_file

GROUNDPASS_HOME = home()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("GROUNDPASS_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("GROUNDPASS_SECRET_KEY") or secret_file(
    GROUNDPASS_HOME / "keys" / "django-secret"
)
ALLOWED_HOSTS = os.environ.get("GROUNDPASS_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "groundpass.authority.audit",
    "groundpass.authority.accounts",
    "groundpass.authority.register",
    "groundpass.authority.policy",
    "groundpass.authority.publication",
    "groundpass.authority.telemetry",
    "groundpass.authority.enforcement",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{GROUNDPASS_HOME / 'register.sqlite3'}",
        conn_max_age=60,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start: two clerks wait for each other instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }

AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "groundpass.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська")]
