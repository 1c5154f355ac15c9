"""Django's settings. What a person may set is an environment variable: `variables.py` lists them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from groundpass.config.home import home, secret_file
from groundpass.config.logs import logging_settings
from groundpass.config.variables import is_on, listed, value

GROUNDPASS_HOME = home()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = is_on("GROUNDPASS_DEBUG")
SECRET_KEY = value("GROUNDPASS_SECRET_KEY") or secret_file(GROUNDPASS_HOME / "keys" / "django-secret")
ALLOWED_HOSTS = listed("GROUNDPASS_ALLOWED_HOSTS")
GROUNDPASS_CHECK_RATE = value("GROUNDPASS_CHECK_RATE")
GROUNDPASS_POLICY_DATA = value("GROUNDPASS_POLICY_DATA")

INSTALLED_APPS = [
    # Before allauth: our templates stand in for its own.
    "groundpass.config",
    "groundpass.doors.web",
    "django.forms",
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
    "groundpass.config.logs.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "groundpass.config.headers.SafeHeaders",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "groundpass.doors.web.problems.ProblemPages",
    # The last: it replaces the answer to a sign-in that has failed too often.
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "groundpass.doors.web.context.page",
            ]
        },
    }
]
FORM_RENDERER = "groundpass.doors.web.forms.Renderer"

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        value("DATABASE_URL") or f"sqlite:///{GROUNDPASS_HOME / 'register.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start: two clerks wait for each other instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": value("GROUNDPASS_CACHE_URL"),
    }
    if value("GROUNDPASS_CACHE_URL")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "groundpass.config.urls"
WSGI_APPLICATION = "groundpass.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Languages and times. Stored and sent times are UTC; pages show the country's.
USE_TZ = True
TIME_ZONE = value("GROUNDPASS_TIME_ZONE")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Static files are built under names that change with their content, and served by the program itself.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+\.[0-9a-f]{12}\.[a-z0-9]+$"
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".geojson": "application/geo+json"}

# Sign-in: user name and password, then a code or a passkey. Accounts are made by an administrator.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "groundpass.config.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# By address alone: wrong passwords for a name are counted below, in the database, for every process together.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip", "login": "60/m/ip"}
MFA_ADAPTER = "groundpass.config.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Groundpass"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not is_on("GROUNDPASS_HTTPS")

# Five wrong passwords for one name from one address lock that pair for a quarter of an hour: a stranger
# cannot lock a clerk out of the counter's own computer.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "groundpass.config.failures.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# Sessions end with the browser, and after a working day.
SESSION_COOKIE_AGE = 12 * 3600  # seconds
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "groundpass.config.failures.csrf_failure"

# Behind https, everything is.
_HTTPS = is_on("GROUNDPASS_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_PROXY = is_on("GROUNDPASS_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _PROXY else None
RATELIMIT_IP_META_KEY = "HTTP_X_REAL_IP" if _PROXY else None
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_REAL_IP"] if _PROXY else ["REMOTE_ADDR"]

# Nothing from elsewhere, nothing inline: no script, style or frame that is not a file of ours.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: the QR code with which a sign-in app is set up
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20  # bytes of a form; files go to disk
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = None

LOGGING = logging_settings(value("GROUNDPASS_LOG"), value("GROUNDPASS_LOG_LEVEL"))
