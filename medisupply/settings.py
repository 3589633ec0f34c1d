"""Every setting of the project; those that the environment may change are declared in `medisupply/environment`."""

import logging
from pathlib import Path
from typing import Any

import django_stubs_ext
from botocore.config import Config
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF

from medisupply.api import framework
from medisupply.backends.connections import postgresql_options, session_settings, sqlite_options
from medisupply.environment.loading import load_environment
from medisupply.environment.metrics import Metrics
from medisupply.environment.retention import Retention, days_within
from medisupply.environment.services import Aws, Services
from medisupply.environment.site import Api, Application, Transport
from medisupply.environment.uploads import Uploads

# Makes Django's generic classes subscriptable at run time, as the annotations use them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# Ends the process in words when anything in the environment makes no sense.
load_environment(BASE_DIR / ".env")

# --- The application -------------------------------------------------------------------------

DEBUG = Application.DEBUG.read()
SECRET_KEY = Application.SECRET_KEY.read()
ALLOWED_HOSTS = Application.ALLOWED_HOSTS.read()
CSRF_TRUSTED_ORIGINS = Application.CSRF_TRUSTED_ORIGINS.read()

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "medisupply.apps.MediSupplyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "medisupply.apps.MediSupplyConfig",
    "catalog",
    "bulk_upload",
]

MIDDLEWARE = [
    "medisupply.api.request_id.RequestIdMiddleware",
    # Around all others, so that their answers have it, too.
    "medisupply.web.cache_control.CacheControlMiddleware",
    # Before whatever asks for an allowed host or for TLS.
    "medisupply.health.HealthMiddleware",
    "medisupply.metrics_page.MetricsMiddleware",
    "medisupply.web.request_metrics.RequestMetricsMiddleware",
    "medisupply.web.request_log.RequestLogMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "medisupply.web.database_away.DatabaseAwayMiddleware",
    "medisupply.web.oversized.OversizedBodyMiddleware",
    "medisupply.web.encoded_bodies.EncodedBodyMiddleware",
    "medisupply.web.not_found.NotFoundMiddleware",
]

ROOT_URLCONF = "medisupply.urls"
WSGI_APPLICATION = "medisupply.wsgi.application"
APPEND_SLASH = True

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
            ],
        },
    },
]

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# What a person has chosen on a page stays for a year, and goes before what the browser asks for.
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = Application.TIME_ZONE.read()
USE_I18N = True
FORMAT_MODULE_PATH = "medisupply.formats"
USE_TZ = True

# --- Database --------------------------------------------------------------------------------

DATABASES = {"default": Services.DATABASE_URL.read()}
# Apart from the address where a manager of secrets gives the password alone.
if password := Services.DATABASE_PASSWORD.read():
    DATABASES["default"]["PASSWORD"] = password
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BULK_UPLOAD_LEASE_SECONDS = Uploads.BULK_UPLOAD_LEASE_SECONDS.read()
# What a session must keep to, in milliseconds.
DATABASE_SESSION_SETTINGS = {}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = sqlite_options()
else:
    DATABASE_SESSION_SETTINGS = session_settings(BULK_UPLOAD_LEASE_SECONDS)
    DATABASES["default"]["OPTIONS"] = postgresql_options(
        DATABASES["default"].get("OPTIONS", {}), BULK_UPLOAD_LEASE_SECONDS
    )

# --- Cache: the live snapshots that clients poll ---------------------------------------------

REDIS_URL = Services.REDIS_URL.read()
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": Services.CACHE_KEY_PREFIX.read(),
            "OPTIONS": {
                "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
                # None: the one that the address has, if any.
                "PASSWORD": Services.REDIS_PASSWORD.read() or None,
                "SOCKET_CONNECT_TIMEOUT": 1,
                # A cache that is slower than this is no help.
                "SOCKET_TIMEOUT": 1,
            },
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- AWS: the files in S3, the work in SQS ---------------------------------------------------
# Credentials, region and AWS_ENDPOINT_URL are read by boto3 itself, for both services.

AWS_ENDPOINT_URL = Aws.AWS_ENDPOINT_URL.read()
AWS_DEFAULT_REGION = Aws.AWS_DEFAULT_REGION.read()
S3_BUCKET_NAME = Aws.S3_BUCKET_NAME.read()
S3_KEY_PREFIX = Aws.S3_KEY_PREFIX.read()
SQS_QUEUE_URL = Aws.SQS_QUEUE_URL.read()
SQS_QUEUE_NAME = Aws.SQS_QUEUE_NAME.read()

STORAGES = {
    "default": {
        "BACKEND": "bulk_upload.storage.SharedSessionStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET_NAME,
            "region_name": AWS_DEFAULT_REGION,
            "file_overwrite": False,
            "default_acl": None,
            # django-storages then ignores its own `signature_version` and `addressing_style`.
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if AWS_ENDPOINT_URL else "auto"},
                # Two attempts: a store that accepts connections and never answers costs 15 s, not minutes.
                connect_timeout=3,
                read_timeout=7,
                retries={"total_max_attempts": 2, "mode": "standard"},
            ),
            "querystring_expire": 300,
            # Without a limit django-storages keeps a whole download in memory.
            "max_memory_size": 8 * 1024 * 1024,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# --- Bulk uploads ----------------------------------------------------------------------------

# Whose uploads are, as AUTH_USER_MODEL says whose sessions are: see `bulk_upload.owners`.
BULK_UPLOAD_OWNER_MODEL = "catalog.Supplier"
# What workers do while no message comes, in short steps: functions that return how much they did, 0 for nothing.
BULK_UPLOAD_IDLE_TASKS = ["catalog.search_filling.fill_some"]
BULK_UPLOAD_WRITER = Uploads.BULK_UPLOAD_WRITER.read()
BULK_UPLOAD_MAX_BYTES = Uploads.BULK_UPLOAD_MAX_BYTES.read()
BULK_UPLOAD_MAX_ROWS = Uploads.BULK_UPLOAD_MAX_ROWS.read()
BULK_UPLOAD_CHUNK_ROWS = Uploads.BULK_UPLOAD_CHUNK_ROWS.read()
BULK_UPLOAD_MAX_NEW_CATEGORIES = Uploads.BULK_UPLOAD_MAX_NEW_CATEGORIES.read()
BULK_UPLOAD_LARGE_PRICE_CHANGE = Uploads.BULK_UPLOAD_LARGE_PRICE_CHANGE.read()
BULK_UPLOAD_MAX_ATTEMPTS = Uploads.BULK_UPLOAD_MAX_ATTEMPTS.read()
BULK_UPLOAD_GIVE_UP_SECONDS = Uploads.BULK_UPLOAD_GIVE_UP_SECONDS.read()
BULK_UPLOAD_SHORT_BYTES = Uploads.BULK_UPLOAD_SHORT_BYTES.read()
BULK_UPLOAD_WAIT_SECONDS = Uploads.BULK_UPLOAD_WAIT_SECONDS.read()
BULK_UPLOAD_SWEEP_SECONDS = Uploads.BULK_UPLOAD_SWEEP_SECONDS.read()
BULK_UPLOAD_WAITING_SECONDS = Uploads.BULK_UPLOAD_WAITING_SECONDS.read()
BULK_UPLOAD_TEMP_DIR = Uploads.BULK_UPLOAD_TEMP_DIR.read() or None

# Days for which `purge_bulk_uploads` keeps what has ended; 0: for ever.
BULK_UPLOAD_KEEP_UPLOADS_DAYS = Retention.BULK_UPLOAD_KEEP_UPLOADS_DAYS.read()
BULK_UPLOAD_KEEP_FILES_DAYS = days_within(Retention.BULK_UPLOAD_KEEP_FILES_DAYS)
BULK_UPLOAD_KEEP_ERRORS_DAYS = days_within(Retention.BULK_UPLOAD_KEEP_ERRORS_DAYS)
BULK_UPLOAD_KEEP_CHANGES_DAYS = days_within(Retention.BULK_UPLOAD_KEEP_CHANGES_DAYS)
BULK_UPLOAD_KEEP_PLANS_DAYS = days_within(Retention.BULK_UPLOAD_KEEP_PLANS_DAYS)
BULK_UPLOAD_KEEP_DRAFTS_DAYS = Retention.BULK_UPLOAD_KEEP_DRAFTS_DAYS.read()
BULK_UPLOAD_KEEP_PREPARED_DAYS = days_within(Retention.BULK_UPLOAD_KEEP_PREPARED_DAYS)
BULK_UPLOAD_KEEP_DEAD_LETTERS_DAYS = Retention.BULK_UPLOAD_KEEP_DEAD_LETTERS_DAYS.read()
BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS = Retention.BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS.read()
BULK_UPLOAD_PURGE_ROWS = Retention.BULK_UPLOAD_PURGE_ROWS.read()
BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS = Retention.BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS.read()

FILE_UPLOAD_TEMP_DIR = BULK_UPLOAD_TEMP_DIR
FILE_UPLOAD_HANDLERS = [
    "bulk_upload.receiving.upload_size.UploadSizeGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- The REST API ----------------------------------------------------------------------------

TRUSTED_PROXIES = Transport.TRUSTED_PROXIES.read()
REST_FRAMEWORK = {**framework.REST_FRAMEWORK, "NUM_PROXIES": TRUSTED_PROXIES}
SPECTACULAR_SETTINGS = framework.SPECTACULAR_SETTINGS

# Requests in a window of time, for each user (or address, for logins, refused tokens and strangers). Empty: no limit.
API_THROTTLES = {
    "all": Api.API_THROTTLE_ALL.read(),
    "exports": Api.API_THROTTLE_EXPORTS.read(),
    "uploads": Api.API_THROTTLE_UPLOADS.read(),
    "status": Api.API_THROTTLE_STATUS.read(),
    "login": Api.API_THROTTLE_LOGIN.read(),
    "refused": Api.API_THROTTLE_REFUSED.read(),
}

REQUEST_BODY_SECONDS = Api.REQUEST_BODY_SECONDS.read()

# The first one counts attempts and ends the guessing of passwords, in API and admin.
AUTHENTICATION_BACKENDS = ["medisupply.api.throttles.LoginGuard", "django.contrib.auth.backends.ModelBackend"]

# Where a login leads that was told no page of this site.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Browser front ends on other origins: none unless named.
CORS_ALLOWED_ORIGINS = Api.CORS_ALLOWED_ORIGINS.read()
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-none-match", "x-request-id"]
CORS_EXPOSE_HEADERS = ["content-disposition", "etag", "idempotency-replayed", "location", "retry-after", "x-request-id"]

# --- Files that the browser asks for ---------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = DEBUG

# --- Security --------------------------------------------------------------------------------

# No page needs anything from elsewhere, nor code or style of its own that is not a file.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

if not DEBUG:
    SECURE_SSL_REDIRECT = Transport.SECURE_SSL_REDIRECT.read()
    SECURE_HSTS_SECONDS = Transport.SECURE_HSTS_SECONDS.read()
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    # Without a proxy it is the client who says so.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
    CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
    LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT

# --- Metrics ---------------------------------------------------------------------------------

# What Prometheus sends as its bearer token, to web and workers. Empty: there are no metrics.
METRICS_TOKEN = Metrics.METRICS_TOKEN.read()
# Where a worker answers Prometheus: at this port plus its number on this host. 0: nowhere.
METRICS_PORT = Metrics.METRICS_PORT.read()
METRICS_WORKER_NUMBER = Metrics.METRICS_WORKER_NUMBER.read()
METRICS_HOST = Metrics.METRICS_HOST.read()

# --- Logging ---------------------------------------------------------------------------------

LOG_LEVEL = Application.LOG_LEVEL.read()
# One event a line: `json` for programs, `console` for people.
LOG_FORMAT = Application.LOG_FORMAT.read() or ("console" if DEBUG else "json")
LOGGING_CONFIG = "medisupply.logs.configuration.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "medisupply.logs.configuration.line_formatter", "log_format": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Without Django's own handlers, which would write each line a second time in another form.
        "django": {"handlers": []},
        "django.server": {"handlers": []},
        # Says again what django_structlog says of each request, without its identifiers.
        "django.request": {"level": "CRITICAL"},
        "botocore": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}

# Of a request that went well gunicorn's access log has a line, where it is wanted.
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = logging.DEBUG
# The addresses of clients are in the access log. To ask for the user would cost a query where no view asks for it.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
