"""All settings, one file. Every environment variable is read here, once, and stands in
``.env.example``; without any, the house runs on SQLite and a folder queue under ``./var``.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("RMSREVIEW_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
BIND = env.str("BIND", default="127.0.0.1")
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
PUBLIC_READ = env.bool("PUBLIC_READ", default=False)
IS_EMBEDDED = not DATABASE_URL

# The sources. A key that is set is never shown; NCBI_EMAIL is the address of who runs this library.
NCBI_EMAIL = env.str("NCBI_EMAIL", default="")
NCBI_API_KEY = env.str("NCBI_API_KEY", default="")
NCBI_BASE_URL = env.str("NCBI_BASE_URL", default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils/")
NCBI_REQUESTS_PER_SECOND = env.float(
    "NCBI_REQUESTS_PER_SECOND", default=10.0 if NCBI_API_KEY else 3.0
)
SEMANTIC_SCHOLAR_API_KEY = env.str("SEMANTIC_SCHOLAR_API_KEY", default="")
SEMANTIC_SCHOLAR_BASE_URL = env.str(
    "SEMANTIC_SCHOLAR_BASE_URL", default="https://api.semanticscholar.org/graph/v1/"
)
SEMANTIC_SCHOLAR_REQUESTS_PER_SECOND = env.float(
    "SEMANTIC_SCHOLAR_REQUESTS_PER_SECOND", default=1.0
)
# Seconds for which one question is asked again before its pull is put off.
SOURCE_PATIENCE_S = env.float("SOURCE_PATIENCE_S", default=90.0)

for name in ("NCBI_REQUESTS_PER_SECOND", "SEMANTIC_SCHOLAR_REQUESTS_PER_SECOND"):
    if not 0 < locals()[name] <= 100_000:
        raise ImproperlyConfigured(f"{name} is not a number of requests above 0.")

for folder in ("", "files", "queue", "queue/processed", "cache", "static", "pace"):
    (DATA_DIR / folder).mkdir(parents=True, exist_ok=True, mode=0o750)


def _secret_key() -> str:
    """SECRET_KEY, or one that is made once and kept in the data folder."""
    given = env.str("SECRET_KEY", default="")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured(
                "SECRET_KEY is shorter than 32 characters. Leave it out to have one made, or make "
                "one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
            )
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        # Several processes may start at once: the first to link its file wins, whole.
        draft = DATA_DIR / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            kept.hardlink_to(draft)
        draft.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret_key()

if not IS_EMBEDDED and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is '*'. Name the hosts that serve this library, for example "
        "ALLOWED_HOSTS=review.example.org"
    )
if not IS_EMBEDDED and DEBUG:
    raise ImproperlyConfigured("DEBUG is on with DATABASE_URL set. Turn one of them off.")

INSTALLED_APPS = [
    "regimens.apps.RegimensConfig",
    "papers.apps.PapersConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "django_celery_beat",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "rmsreview.urls"
WSGI_APPLICATION = "rmsreview.wsgi.application"

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
                "papers.views.context.house",
            ],
        },
    }
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "library.sqlite3",
    "OPTIONS": {
        # Without IMMEDIATE, two writers that both began by reading fail as "locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
            # A large import writes the same pages again and again: fewer, larger checkpoints.
            "PRAGMA wal_autocheckpoint=8000;"
        ),
    },
    "TEST": {"NAME": str(DATA_DIR / "test-library.sqlite3")},
}
DATABASES = {"default": SQLITE if IS_EMBEDDED else env.db_url_config(DATABASE_URL)}
if not IS_EMBEDDED:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One cache for all processes: sign-in limits are counted there.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rmsreview",
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}

# People
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "papers.views.accounts.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "RMS Review"
# Where mail goes, as smtp+tls://user:password@host:587. Without one no page promises any.
EMAIL_URL = env.str("EMAIL_URL", default="")
CAN_SEND_MAIL = bool(EMAIL_URL)
_mail = env.email_url("EMAIL_URL", default=f"filemail://{DATA_DIR / 'mail'}")
EMAIL_BACKEND, EMAIL_FILE_PATH = _mail["EMAIL_BACKEND"], str(DATA_DIR / "mail")
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="RMS Review <library@localhost>")

# Headers
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = False  # the reverse proxy's work
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Words and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "files"
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_MB", default=512) << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 << 20
# A folder of exports at once; each large file keeps a file open until all have arrived.
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "files")

# Jobs. Messages carry only the id of a job row; the row is the truth (design.md invariant 6).
CELERY_BROKER_URL = REDIS_URL or "folder://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 6 * 3600, "unacked_restore_interval": 5}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "processed_folder": str(DATA_DIR / "queue/processed"),
        "store_processed": False,
        "control_folder": str(DATA_DIR / "queue/control"),
        "polling_interval": 0.1,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = bool(REDIS_URL)
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SYNC_EVERY = 1  # write down at once what was started: its health check reads it
CELERY_BEAT_SCHEDULE = {
    "pick up what a dead worker left": {
        "task": "papers.tasks.sweep_jobs",
        "schedule": 10.0,
        # While no worker runs, sweeps must not heap up in the queue.
        "options": {"expires": 30},
    },
    "suggest tags for papers that nobody has read": {
        "task": "papers.tasks.suggest_for_papers",
        "schedule": 20.0,
        "options": {"expires": 15},
    },
    "learn from the team's tags": {
        "task": "papers.tasks.learn_from_tags",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "start the searches that are due": {
        "task": "papers.tasks.start_due_searches",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
}
JOB_LEASE_S = env.int("JOB_LEASE_S", default=60)

# The queue: seconds for which a paper lies on a curator's desk without a sign of life.
CURATE_LEASE_S = env.int("CURATE_LEASE_S", default=600)
if CURATE_LEASE_S < 1:
    raise ImproperlyConfigured("CURATE_LEASE_S is not a number of seconds above 0.")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "papers.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["papers.permissions.RolePermission"],
    "DEFAULT_PAGINATION_CLASS": "papers.pagination.PageNumberPagination",
    "PAGE_SIZE": 25,
    "DEFAULT_FILTER_BACKENDS": ["papers.api.parameters.StrictFilterBackend"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "papers.api.parameters.Negotiation",
    "EXCEPTION_HANDLER": "papers.api.errors.answer",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {
    "TOKEN_TTL": None,
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_PREFIX": "rms_",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "RMS Review",
    "DESCRIPTION": "The tagged library of metastatic rhabdomyosarcoma pharmacotherapy.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobState": "papers.models.job.Job.State",
        "TagState": "papers.models.tag.Tag.State",
        "Source": "papers.models.search.Sources",
        "CandidateState": "papers.models.candidate.Candidate.State",
        "PullKind": "papers.models.search.Pull.Kind",
        "StandingState": "papers.serializers.tags.STANDING",
        "StateBeforeOrAfter": "papers.serializers.tags.BEFORE_AND_AFTER",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "papers.api.schema.describe_all",
    ],
}

SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
