"""Everything that differs between machines comes from the environment; all of it is listed in
docs/reference/settings.md. Without any variable this is a safe single-machine server on SQLite.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from sapar.config.sign_on import read_sign_on
from sapar.config.storage import file_storage

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PROJECT_DIR = PACKAGE_DIR.parent.parent
DATA_DIR = Path(os.environ.get("SAPAR_DATA_DIR", PROJECT_DIR / "var")).resolve()


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def _secret() -> str:
    """The key from the environment, or one made once and kept in the data folder for its owner only."""
    if key := os.environ.get("SAPAR_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


DEBUG = _flag("SAPAR_DEBUG")
SECRET_KEY = _secret()
# Newest first; the others can still read. Empty: derived from the secret key.
FIELD_KEYS = _words("SAPAR_FIELD_KEYS")
ALLOWED_HOSTS = _words("SAPAR_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _words("SAPAR_ORIGINS")
BASE_URL = os.environ.get("SAPAR_BASE_URL", "http://127.0.0.1:8000")
BEHIND_TLS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "sapar.web",
    "sapar.api",
    "sapar.interop",
    "sapar.reporting",
    "sapar.mobility",
    "sapar.partners",
    "sapar.directory",
    "sapar.files",
    "sapar.audit",
    "sapar.accounts",
    "sapar.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "sapar.web.health.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sapar.web.plain.PlainText",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "sapar.config.urls"
WSGI_APPLICATION = "sapar.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["sapar.web.templatetags.marks"],
        },
    },
]

# A pooler between here and PostgreSQL: none, or one that lends connections by "session" or by "transaction".
POOLER = os.environ.get("SAPAR_POOLER", "").strip().lower()
if POOLER not in {"", "session", "transaction"}:
    raise ValueError("SAPAR_POOLER is neither empty nor session nor transaction")
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("SAPAR_DATABASE_URL", f"sqlite:///{DATA_DIR / 'sapar.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=268435456; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    # A database machine that went away is told in seconds, not when the network gives up.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    if not POOLER:
        # Compiling a query takes PostgreSQL longer than any page of a large office takes to read. Poolers take no
        # such options.
        DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
    if POOLER == "transaction":
        DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        # A connection meets the same queries again and again: from the sixth time on they are read already, and
        # planned, where PostgreSQL finds that one plan does for all offices.
        DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "sapar.accounts.adapters.ClosedDoorAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "change_password": "sapar.accounts.passwords.OtherPassword",
    "reset_password": "sapar.accounts.passwords.AskForPassword",
    "reset_password_from_key": "sapar.accounts.passwords.NewPassword",
}
# Letters about the account begin with what they are about, as all our letters do.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
SIGN_ON = read_sign_on(Path(os.environ["SAPAR_SIGN_ON"]) if os.environ.get("SAPAR_SIGN_ON") else None)
SOCIALACCOUNT_ADAPTER = "sapar.accounts.adapters.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = SIGN_ON.providers
SAML_APP = "allauth.socialaccount.providers.saml"
if SIGN_ON.uses_saml:  # its libraries take 15 MB of each process
    INSTALLED_APPS.append(SAML_APP)
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Whoever sits down at an open session links no sign-on of their own to it.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # Letters with links that anybody may ask for; a computer room on the last day stays below.
    "ask_for_link": "60/m/ip",
}
# Counted in the database, so that several processes and machines count together.
# Beyond so many entries a part of them is thrown away, other people's counters among them: whoever tries many
# addresses must not come so far.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sapar_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
# How many proxies of ours stand before the server: as many of the last addresses in X-Forwarded-For are theirs.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SAPAR_PROXIES", "0"))
MFA_ADAPTER = "sapar.accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The library notes an address as doubtful when somebody asks for a new password. Nobody signs up here by
# themselves, so an address is what an administrator wrote, and a second step is never refused for it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "sapar.accounts.authenticator_apps.AddApp",
    "add_webauthn": "sapar.accounts.passkeys.AddPasskey",
    "edit_webauthn": "sapar.accounts.passkeys.NamePasskey",
    "authenticate_webauthn": "sapar.accounts.passkeys.PasskeySecondStep",
    "login_webauthn": "sapar.accounts.passkeys.PasskeySignIn",
    "reauthenticate_webauthn": "sapar.accounts.passkeys.PasskeyAgain",
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Signing in through a university leads from our form to its pages.
        "form-action": [SELF, *SIGN_ON.origins],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ru", "Русский"),
    ("ky", "Кыргызча"),
    ("kk", "Қазақша"),
    ("uz", "Oʻzbekcha"),
]
LANGUAGE_COOKIE_NAME = "sapar_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
TIME_ZONE = os.environ.get("SAPAR_TIME_ZONE", "Asia/Bishkek")
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["sapar.config.formats"]
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    ("fonts/inter", PROJECT_DIR / "node_modules" / "@fontsource-variable" / "inter" / "files"),
    ("echarts", PROJECT_DIR / "node_modules" / "echarts" / "dist"),
]
STATICFILES_DIRS = [(prefix, path) for prefix, path in STATICFILES_DIRS if path.exists()]
ICONS = PROJECT_DIR / "node_modules" / "lucide-static" / "icons"
WORLD_ATLAS = PROJECT_DIR / "node_modules" / "world-atlas"
STORAGES = {
    "default": file_storage(os.environ, DATA_DIR / "files"),
    "staticfiles": {"BACKEND": "sapar.config.static_storage.Statics"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
MAX_UPLOAD_BYTES = int(os.environ.get("SAPAR_MAX_UPLOAD_MB", "25")) * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("SAPAR_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "outbox"
EMAIL_HOST = os.environ.get("SAPAR_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SAPAR_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SAPAR_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SAPAR_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("SAPAR_SMTP_TLS", default=True)
# A mail server that says nothing keeps no worker waiting: the letter is tried again later.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("SAPAR_MAIL_FROM", "Sapar <sapar@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "sapar.core.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SAPAR_LOG_LEVEL", "WARNING")},
    "loggers": {
        "sapar": {"level": os.environ.get("SAPAR_LOG_LEVEL", "INFO")},
        # Who asks for a name that is not ours gets 400; the internet does so all day.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# Without a token only the machine itself may read /metrics.
METRICS_TOKEN = os.environ.get("SAPAR_METRICS_TOKEN", "")
# Only for trying out: messages to addresses of the own machine or network.
WEBHOOKS_MAY_BE_LOCAL = _flag("SAPAR_WEBHOOKS_MAY_BE_LOCAL")
