"""Every setting of the project, read once from the environment (names in `.env.example`)."""

import logging
from pathlib import Path

import django_stubs_ext
from botocore.config import Config
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF

from medisupply.api import framework
from medisupply.backends.connections import postgresql_options, session_settings, sqlite_options
from medisupply.environment import Environment, refused

# Makes Django's generic classes subscriptable at run time, as the annotations use them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- The application -------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-development-key" if DEBUG else Environment.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

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
TIME_ZONE = env.time_zone("TIME_ZONE", default="America/Bogota")
USE_I18N = True
FORMAT_MODULE_PATH = "medisupply.formats"
USE_TZ = True

# --- Database --------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'medisupply.sqlite3'}")}
# Apart from the address where a manager of secrets gives the password alone.
if password := env.str("DATABASE_PASSWORD", default=""):
    DATABASES["default"]["PASSWORD"] = password
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Seconds that a claim and its message stay with a worker unless it renews them (SQS allows 12 hours at most).
BULK_UPLOAD_LEASE_SECONDS = env.positive("BULK_UPLOAD_LEASE_SECONDS", default=30, most=43_200)
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

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="medisupply"),
            "OPTIONS": {
                "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
                # None: the one that the address has, if any.
                "PASSWORD": env.str("REDIS_PASSWORD", default="") or None,
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

AWS_ENDPOINT_URL = env.str("AWS_ENDPOINT_URL", default="")
AWS_DEFAULT_REGION = env.str("AWS_DEFAULT_REGION", default="us-east-1")
S3_BUCKET_NAME = env.str("S3_BUCKET_NAME", default="medisupply-bulk-uploads")
# Begins every key: each system that shares the bucket needs its own.
S3_KEY_PREFIX = env.str("S3_KEY_PREFIX", default="medisupply")
SQS_QUEUE_URL = env.str("SQS_QUEUE_URL", default="")
SQS_QUEUE_NAME = env.str("SQS_QUEUE_NAME", default="medisupply-bulk-upload-queue.fifo")

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

# Largest file that is accepted, in bytes.
BULK_UPLOAD_MAX_BYTES = env.positive("BULK_UPLOAD_MAX_BYTES", default=200 * 1024 * 1024)
# Whose uploads are, as AUTH_USER_MODEL says whose sessions are: see `bulk_upload.owners`.
BULK_UPLOAD_OWNER_MODEL = "catalog.Supplier"
# How rows are written: `copy` where the database is PostgreSQL, or `orm`.
BULK_UPLOAD_WRITER = env.choice("BULK_UPLOAD_WRITER", ["copy", "orm"], default="copy")
# What workers do while no message comes, in short steps: functions that return how much they did, 0 for nothing.
BULK_UPLOAD_IDLE_TASKS = ["catalog.search_filling.fill_some"]
# Most data rows in one file: what a sheet of Excel holds below its header.
BULK_UPLOAD_MAX_ROWS = env.positive("BULK_UPLOAD_MAX_ROWS", default=1_048_575)
# Rows per transaction. From 7,500 on a chunk of nothing but the longest texts may not fit into one message of
# its reader (`protocol.MAX_MESSAGE`).
BULK_UPLOAD_CHUNK_ROWS = env.positive("BULK_UPLOAD_CHUNK_ROWS", default=2500)
# Most categories that one file may create; further unknown ones are errors of their rows.
BULK_UPLOAD_MAX_NEW_CATEGORIES = env.not_negative("BULK_UPLOAD_MAX_NEW_CATEGORIES", default=50)
# A new price that is so many times the old one, or the old one so many times it, is marked as a large change.
BULK_UPLOAD_LARGE_PRICE_CHANGE = env.factor("BULK_UPLOAD_LARGE_PRICE_CHANGE", default="2")
# Attempts in a row without a committed chunk, in which something unforeseen happened, before an upload fails for good.
BULK_UPLOAD_MAX_ATTEMPTS = env.positive("BULK_UPLOAD_MAX_ATTEMPTS", default=5)
# Seconds for which an upload is tried in spite of passing faults (S3, database, disk) before it fails for good.
BULK_UPLOAD_GIVE_UP_SECONDS = env.positive("BULK_UPLOAD_GIVE_UP_SECONDS", default=24 * 3600)
# Largest file, in bytes, that a worker imports while another supplier's longer one waits between two chunks.
BULK_UPLOAD_SHORT_BYTES = env.not_negative("BULK_UPLOAD_SHORT_BYTES", default=1024 * 1024)
# Seconds of one long poll (SQS allows 20 at most).
BULK_UPLOAD_WAIT_SECONDS = env.not_negative("BULK_UPLOAD_WAIT_SECONDS", default=20, most=20)
# Seconds between two looks for uploads that were never published or whose worker is gone.
BULK_UPLOAD_SWEEP_SECONDS = env.positive("BULK_UPLOAD_SWEEP_SECONDS", default=15)
# Seconds for which an upload may wait for a worker before `/health/ready` calls the system degraded.
BULK_UPLOAD_WAITING_SECONDS = env.positive("BULK_UPLOAD_WAITING_SECONDS", default=900)
# Where a worker keeps the file that it is reading; the system's folder when empty.
BULK_UPLOAD_TEMP_DIR = env.str("BULK_UPLOAD_TEMP_DIR", default="") or None

FILE_UPLOAD_TEMP_DIR = BULK_UPLOAD_TEMP_DIR
FILE_UPLOAD_HANDLERS = [
    "bulk_upload.receiving.upload_size.UploadSizeGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- The REST API ----------------------------------------------------------------------------

# Proxies in front of us that add to X-Forwarded-For; with 0 the header is not used.
REST_FRAMEWORK = {**framework.REST_FRAMEWORK, "NUM_PROXIES": env.not_negative("TRUSTED_PROXIES", default=0)}
SPECTACULAR_SETTINGS = framework.SPECTACULAR_SETTINGS

# Requests in a window of time, for each user (or address, for logins, refused tokens and strangers). Empty: no limit.
API_THROTTLES = {
    "all": env.rate("API_THROTTLE_ALL", default="600/min"),
    "exports": env.rate("API_THROTTLE_EXPORTS", default="30/min"),
    "uploads": env.rate("API_THROTTLE_UPLOADS", default="60/min"),
    "status": env.rate("API_THROTTLE_STATUS", default="1200/min"),
    "login": env.rate("API_THROTTLE_LOGIN", default="20/min"),
    "refused": env.rate("API_THROTTLE_REFUSED", default="60/min"),
}

# Seconds that the body of a request may take to arrive, plus a second for each 20 KB that have arrived.
REQUEST_BODY_SECONDS = env.positive("REQUEST_BODY_SECONDS", default=20)

# The first one counts attempts and ends the guessing of passwords, in API and admin.
AUTHENTICATION_BACKENDS = ["medisupply.api.throttles.LoginGuard", "django.contrib.auth.backends.ModelBackend"]

# Where a login leads that was told no page of this site.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Browser front ends on other origins: none unless named.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
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
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.not_negative("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
    CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT

# --- Metrics ---------------------------------------------------------------------------------

# What Prometheus sends as its bearer token, to web and workers. Empty: there are no metrics.
METRICS_TOKEN = env.token("METRICS_TOKEN")
# Where a worker answers Prometheus: at this port plus its number on this host. 0: nowhere.
METRICS_PORT = env.not_negative("METRICS_PORT", default=0, most=64_000)
METRICS_WORKER_NUMBER = env.not_negative("METRICS_WORKER_NUMBER", default=0, most=999)
METRICS_HOST = env.ip_address("METRICS_HOST", default="127.0.0.1")
if METRICS_PORT and not METRICS_TOKEN:
    raise refused("METRICS_PORT", str(METRICS_PORT), "set together with METRICS_TOKEN")

# --- Logging ---------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], default="INFO")
# One event a line: `json` for programs, `console` for people.
LOG_FORMAT = env.log_format("LOG_FORMAT", debug=DEBUG)
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
