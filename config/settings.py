"""Settings: one flat file, driven by the environment, the same for laptop and production.

`config.launch` sets the environment for `make run`, `make test` and `manage.py`; in
production docs/deploy.md says what to set.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from config import env
from config.console import UNFOLD as UNFOLD
from config.kernel import keyring

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of installation this is -------------------------------------------------
# "demo": a laptop (make run); "production": everything that makes a demo easy is off.
INSTALLATION = env.text("CHANGKE_INSTALLATION", "production")
DEMO = INSTALLATION == "demo"
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000")

# --- Secrets: VAR/keys.json on a laptop, the environment in production ------------------
SECRET_KEY = env.text("SECRET_KEY")
# Not a traceback but a sentence: whoever starts web, workers or a command reads it first.
keyring.refuse_without_keys()
ENCRYPTION_KEYS: dict[str, str] = json.loads(env.text("ENCRYPTION_KEYS"))
ENCRYPTION_PRIMARY = env.text("ENCRYPTION_PRIMARY")
BLIND_INDEX_KEY = env.text("BLIND_INDEX_KEY")
# One line in an environment file: line ends may be written as \\n.
IDP_OIDC_PRIVATE_KEY = env.text("OIDC_PRIVATE_KEY", "").replace("\\n", "\n")

# --- Applications -----------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    # Screens are looked for with the URLs: workers and commands need none.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "simple_history",
    "guardian",
    "django_celery_beat",
    "django_htmx",
    "config.kernel",
    "config.pages",
    "members.programmes",
    "members",
    "members.belongings",
    "members.commerce",
    "members.kinds",
    "points",
    "points.mall",
    "benefits",
    "loyalty",
    "loyalty.earning",
    "loyalty.settlement",
    "messaging",
    "analytics",
    "campaigns",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.kernel.api.gate.ApiGate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.pages.security.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.pages.console.ConsoleZone",
    "members.staffing.StaffDoor",
    "simple_history.middleware.HistoryRequestMiddleware",
    "members.origins.OriginMiddleware",
    "config.kernel.pages.RefusalPages",
    "members.steps.StepUpPages",
]

# How long a process may trust what it remembers of programmes, ladders and earn rules: an
# operator who publishes expects the next order to go by it, in whichever process it lands.
MEMORY_SECONDS = 1.0

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]


# --- Database: the application acts as a role that cannot change ledger entries ---------
def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        # Django's own, but it looks at a pooled connection without asking the server.
        "ENGINE": "config.kernel.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Plans of what goes past Django's cursor (kernel.statements) are kept by connection.
        "OPTIONS": {"prepare_threshold": 3, **query},
    }


DATABASE_URL = env.text("DATABASE_URL")
# Migrations and partitions run as the owner of the schema.
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", DATABASE_URL)
APP_ROLE = "changke_app"
AS_OWNER = env.flag("CHANGKE_AS_OWNER", default=False)
# Nobody waits longer than this for a row that another transaction holds.
LOCK_TIMEOUT_MS = 3000
DATABASES = {"default": _database(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL)}
if not AS_OWNER:
    _options = DATABASES["default"]["OPTIONS"]
    _options["options"] = f"{_options.get('options', '')} -c lock_timeout={LOCK_TIMEOUT_MS}".strip()
if pool_size := env.number("DATABASE_POOL", 0):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis protocol: one server, a database each for broker, cache ------------------------
REDIS_URL = env.text("REDIS_URL").rstrip("/")


def _redis(number: int) -> str:
    """Return the URL of database `number` counted from the one REDIS_URL names."""
    parts = urlsplit(REDIS_URL)
    base = int(parts.path.lstrip("/") or 0)
    return parts._replace(path=f"/{base + number}").geturl()


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis(1),
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
# Encrypted where it is stored: what a flow keeps in a session may name a person.
SESSION_ENGINE = "config.kernel.sessions"

# --- Celery -------------------------------------------------------------------------------
CELERY_BROKER_URL = _redis(0)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task longer than this would be started a second time: every task is bounded well below.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
# Wake the relay after each commit with events; without, its sweep finds them in a second.
OUTBOX_WAKE = env.flag("OUTBOX_WAKE", default=True)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"

# --- People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
# What allauth's tables tell of a person is kept encrypted: members.account.
MIGRATION_MODULES = {
    "account": "members.account.migrations",
    "mfa": "members.account.mfa.migrations",
    "usersessions": "members.account.usersessions.migrations",
}
ACCOUNT_ADAPTER = "members.account.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
HEADLESS_ADAPTER = "members.account.adapter.AppAdapter"
HEADLESS_CLIENTS = ("app",)
IDP_OIDC_ADAPTER = "members.account.oidc.MemberProvider"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 90 * 86400
MFA_ADAPTER = "members.account.adapter.ProofAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Phones whose clock is a little off; a code is good once all the same.
MFA_TOTP_TOLERANCE = 1
# Who confirms real names: a class with `verify(name, id_number)`. The local one looks at the
# form alone, and says so wherever the name is shown.
REAL_NAME_PROVIDER = env.text("REAL_NAME_PROVIDER", "members.realname.LocalVerifier")
# Who confirms students and companies: a class with `verify(proof, given)`. The local one looks
# at the form alone, and says so wherever the kind is shown.
KIND_PROOF_PROVIDER = env.text("KIND_PROOF_PROVIDER", "members.kinds.verifying.LocalProvider")
# Accounts elsewhere to sign in with; without an app id there is none (in the demo a stand-in).
SOCIAL_WECHAT = {
    "web_app_id": env.text("WECHAT_WEB_APP_ID", ""),
    "web_secret": env.text("WECHAT_WEB_SECRET", ""),
    "official_app_id": env.text("WECHAT_OFFICIAL_APP_ID", ""),
    "official_secret": env.text("WECHAT_OFFICIAL_SECRET", ""),
    "mini_app_id": env.text("WECHAT_MINI_APP_ID", ""),
    "mini_secret": env.text("WECHAT_MINI_SECRET", ""),
    "open_url": env.text("WECHAT_OPEN_URL", "https://open.weixin.qq.com"),
    "api_url": env.text("WECHAT_API_URL", "https://api.weixin.qq.com"),
}
SOCIAL_QQ = {
    "app_id": env.text("QQ_APP_ID", ""),
    "secret": env.text("QQ_SECRET", ""),
    "graph_url": env.text("QQ_GRAPH_URL", "https://graph.qq.com"),
}
SOCIAL_ALIPAY = {
    "app_id": env.text("ALIPAY_APP_ID", ""),
    "private_key": env.text("ALIPAY_PRIVATE_KEY", "").replace("\\n", "\n"),
    "alipay_public_key": env.text("ALIPAY_PUBLIC_KEY", "").replace("\\n", "\n"),
    "gateway": env.text("ALIPAY_GATEWAY", "https://openapi.alipay.com/gateway.do"),
    "auth_url": env.text(
        "ALIPAY_AUTH_URL", "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm"
    ),
}
# Staff give a second proof in the console, everywhere but in the demo.
STAFF_SECOND_PROOF = not DEMO
# From which risk a sign-in is told to the member, and from which a second proof is asked for.
SIGN_IN_RISK_TOLD = env.number("SIGN_IN_RISK_TOLD", 40)
SIGN_IN_RISK_CHALLENGED = env.number("SIGN_IN_RISK_CHALLENGED", 70)
# Where networks are, for the speed between two sign-ins: a class with `locate(ip)`.
SIGN_IN_LOCATOR = env.text("SIGN_IN_LOCATOR", "")
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
# Grants on stores are for staff alone: nobody is granted anything without signing in.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "/sign-in"
# The storefront whose member center this site is.
MEMBER_CENTER_STOREFRONT = env.text("MEMBER_CENTER_STOREFRONT", "demo")
# The version of the terms a member agrees to at the first sign-in, and after a change.
TERMS_VERSION = env.text("TERMS_VERSION", "2026-11")
# How many proxies of ours stand in front and add to X-Forwarded-For: the limits below
# count the address that the outermost of them saw.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
# Sign-in codes: from one network an hour, and altogether (messages cost money). When the last
# one is spent, codes stop and operators are told; from a half of it on, all read a picture.
SIGN_IN_CODES_PER_IP_HOUR = env.number("SIGN_IN_CODES_PER_IP_HOUR", 100 if DEMO else 30)
SIGN_IN_CODES_PER_HOUR = env.number("SIGN_IN_CODES_PER_HOUR", 5000)
SIGN_IN_CODES_PER_DAY = env.number("SIGN_IN_CODES_PER_DAY", 40000)
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # For 256-bit secrets that machines made, never for passwords.
    "members.programmes.hashers.MachineSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Messages -----------------------------------------------------------------------------
# EMAIL_URL is smtp://user:password@host:587?tls=1 (or ssl=1); without it, and for SMS
# until a provider is named, messages stay in the local outbox that the console shows.
_mail = urlsplit(env.text("EMAIL_URL", ""))
_mail_options = dict(parse_qsl(_mail.query))
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or 587
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail_options.get("tls") == "1"
EMAIL_USE_SSL = _mail_options.get("ssl") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Changke <no-reply@localhost>")
_LOCAL = "messaging.providers.local.LocalProvider"
MESSAGING_PROVIDERS = {
    "sms": env.text("SMS_PROVIDER", _LOCAL),
    "email": "messaging.providers.smtp.SmtpProvider" if _mail.hostname else _LOCAL,
}

# --- Languages and time -------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True
TIME_ZONE = "UTC"
# Where a day begins when no programme says otherwise: schedules, and dates on command lines.
DEFAULT_ZONE = "Asia/Shanghai"

# --- Static files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Transport and browser safety -----------------------------------------------------------
_TLS = not DEMO
SECURE_SSL_REDIRECT = _TLS and env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _TLS
SECURE_HSTS_PRELOAD = _TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SECURE = _TLS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = _TLS
# The language is no secret; a cookie that scripts and other sites can do without is kept from them.
LANGUAGE_COOKIE_SECURE = _TLS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Pictures of the mall, drawn anew by us. All web processes must share this folder.
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))

# Copies of their data that members asked for, encrypted. Web and workers must share this folder.
EXPORT_FOLDER = Path(env.text("EXPORT_FOLDER", str(BASE_DIR / "var" / "exports")))

# Files that operators upload to be imported. Web and workers must share this folder.
IMPORT_FOLDER = Path(env.text("IMPORT_FOLDER", str(BASE_DIR / "var" / "imports")))
IMPORT_UPLOAD_LIMIT = 200 * 1024 * 1024

# --- The storefront API -----------------------------------------------------------------------
API_BODY_LIMIT = 10 * 1024 * 1024
LIMITER_REDIS_URL = _redis(2)
API_RATE_PER_MINUTE = env.number("API_RATE_PER_MINUTE", 6000)
SPECTACULAR_SETTINGS = {
    "TITLE": "Changke storefront API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
}

# --- Prometheus: whoever brings this token reads /metrics; without one there is no such page ------
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# --- Logging: one line an event, query strings never ---------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # The outbox is swept each second: "received" and "succeeded" would bury the rest.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # It tells at each start that it draws no bitmaps, which nobody asks of it.
        "pyBarcode": {"level": "WARNING"},
    },
}
