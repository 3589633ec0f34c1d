"""Every setting of the project, read once from the environment (names in `.env.example`)."""

from decimal import Decimal
from pathlib import Path

import django_stubs_ext
import environ
from botocore.config import Config
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF

# Makes Django's generic classes subscriptable at run time, as the annotations use them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- The application -------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-development-key" if DEBUG else environ.Env.NOTSET)
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
TIME_ZONE = env.str("TIME_ZONE", default="America/Bogota")
USE_I18N = True
FORMAT_MODULE_PATH = "medisupply.formats"
USE_TZ = True

# --- Database --------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'medisupply.sqlite3'}")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What a session must keep to, in milliseconds: see `medisupply.backends.pooler`.
DATABASE_SESSION_SETTINGS = {}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # One writer at a time: take the write lock when a transaction begins (no upgrade, no "database
    # is locked" in the middle) and let readers go on beside it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _lease = env.int("BULK_UPLOAD_LEASE_SECONDS", default=30) * 1000
    # A worker that stops in the middle of a transaction keeps its locks no longer than its claim, and
    # whoever waits for such a lock gets a fault that can be tried again.
    DATABASE_SESSION_SETTINGS = {"idle_in_transaction_session_timeout": _lease, "lock_timeout": _lease}
    # Either end notices within 25 seconds that the other one's host or network is gone.
    _server_keepalives = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
    _given = DATABASES["default"].get("OPTIONS", {})
    _session = {**DATABASE_SESSION_SETTINGS, **_server_keepalives, "tcp_user_timeout": _lease}
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": _lease,
        **_given,
        "options": " ".join([_given.get("options", ""), *(f"-c {name}={_session[name]}" for name in _session)]).strip(),
    }

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
BULK_UPLOAD_MAX_BYTES = env.int("BULK_UPLOAD_MAX_BYTES", default=200 * 1024 * 1024)
# Whose uploads are, as AUTH_USER_MODEL says whose sessions are: see `bulk_upload.owners`.
BULK_UPLOAD_OWNER_MODEL = "catalog.Supplier"
# How rows are written: `copy` where the database is PostgreSQL, or `orm`.
BULK_UPLOAD_WRITER = env.str("BULK_UPLOAD_WRITER", default="copy")
# What workers do while no message comes, in short steps: functions that return how much they did, 0 for nothing.
BULK_UPLOAD_IDLE_TASKS = ["catalog.search_filling.fill_some"]
# Most data rows in one file: what a sheet of Excel holds below its header.
BULK_UPLOAD_MAX_ROWS = env.int("BULK_UPLOAD_MAX_ROWS", default=1_048_575)
# Rows per transaction. From 7,500 on a chunk of nothing but the longest texts may not fit into one message of
# its reader (`protocol.MAX_MESSAGE`).
BULK_UPLOAD_CHUNK_ROWS = env.int("BULK_UPLOAD_CHUNK_ROWS", default=2500)
# Most categories that one file may create; further unknown ones are errors of their rows.
BULK_UPLOAD_MAX_NEW_CATEGORIES = env.int("BULK_UPLOAD_MAX_NEW_CATEGORIES", default=50)
# A new price that is so many times the old one, or the old one so many times it, is marked as a large change.
BULK_UPLOAD_LARGE_PRICE_CHANGE = Decimal(env.str("BULK_UPLOAD_LARGE_PRICE_CHANGE", default="2"))
# Seconds that a claim and its message stay with a worker unless it renews them.
BULK_UPLOAD_LEASE_SECONDS = env.int("BULK_UPLOAD_LEASE_SECONDS", default=30)
# Attempts in a row without a committed chunk, in which something unforeseen happened, before an upload fails for good.
BULK_UPLOAD_MAX_ATTEMPTS = env.int("BULK_UPLOAD_MAX_ATTEMPTS", default=5)
# Seconds for which an upload is tried in spite of passing faults (S3, database, disk) before it fails for good.
BULK_UPLOAD_GIVE_UP_SECONDS = env.int("BULK_UPLOAD_GIVE_UP_SECONDS", default=24 * 3600)
# Largest file, in bytes, that a worker imports while another supplier's longer one waits between two chunks.
BULK_UPLOAD_SHORT_BYTES = env.int("BULK_UPLOAD_SHORT_BYTES", default=1024 * 1024)
# Seconds of one long poll (SQS allows 20 at most).
BULK_UPLOAD_WAIT_SECONDS = env.int("BULK_UPLOAD_WAIT_SECONDS", default=20)
# Seconds between two looks for uploads that were never published or whose worker is gone.
BULK_UPLOAD_SWEEP_SECONDS = env.int("BULK_UPLOAD_SWEEP_SECONDS", default=15)
# Seconds for which an upload may wait for a worker before `/health/ready` calls the system degraded.
BULK_UPLOAD_WAITING_SECONDS = env.int("BULK_UPLOAD_WAITING_SECONDS", default=900)
# Where a worker keeps the file that it is reading; the system's folder when empty.
BULK_UPLOAD_TEMP_DIR = env.str("BULK_UPLOAD_TEMP_DIR", default="") or None

FILE_UPLOAD_TEMP_DIR = BULK_UPLOAD_TEMP_DIR
FILE_UPLOAD_HANDLERS = [
    "bulk_upload.receiving.upload_size.UploadSizeGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- The REST door ---------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["medisupply.api.json.JsonLineRenderer"],
    "DEFAULT_PARSER_CLASSES": ["medisupply.api.json.JsonObjectParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "medisupply.api.json.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # `?format=csv` is a choice of ours, not of DRF's renderers.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "medisupply.api.errors.exception_handler",
    "DATETIME_FORMAT": "iso-8601",
    "DEFAULT_THROTTLE_CLASSES": ["medisupply.api.throttles.GeneralThrottle"],
    # Proxies in front of us that add to X-Forwarded-For; with 0 the header is not believed.
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
}

# Requests in a window of time, for each user (or address, for logins, refused tokens and strangers). Empty: no limit.
API_THROTTLES = {
    "all": env.str("API_THROTTLE_ALL", default="600/min"),
    "exports": env.str("API_THROTTLE_EXPORTS", default="30/min"),
    "uploads": env.str("API_THROTTLE_UPLOADS", default="60/min"),
    "status": env.str("API_THROTTLE_STATUS", default="1200/min"),
    "login": env.str("API_THROTTLE_LOGIN", default="20/min"),
    "refused": env.str("API_THROTTLE_REFUSED", default="60/min"),
}

# Seconds that the body of a request may take to arrive, plus a second for each 20 KB that have arrived.
REQUEST_BODY_SECONDS = env.int("REQUEST_BODY_SECONDS", default=20)

# The first one counts attempts and ends the guessing of passwords, at every door.
AUTHENTICATION_BACKENDS = ["medisupply.api.throttles.LoginGuard", "django.contrib.auth.backends.ModelBackend"]

# Where a login leads that was told no page of this site.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Browser front ends on other origins: none unless named.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-none-match", "x-request-id"]
CORS_EXPOSE_HEADERS = ["content-disposition", "etag", "idempotency-replayed", "location", "retry-after", "x-request-id"]

SPECTACULAR_SETTINGS = {
    "TITLE": "MediSupply: carga masiva de catálogos",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # With it there are links within the buttons of the operations, which nobody reaches by keyboard.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["medisupply.api.schema.only_the_long_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "medisupply.api.schema.describe_headers",
        "medisupply.api.schema.describe_access",
        "medisupply.api.introduction.introduce",
    ],
    "ENUM_NAME_OVERRIDES": {"EstadoDeCarga": "bulk_upload.models.Status", "Gravedad": "bulk_upload.models.Severity"},
}

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
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
    CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT

# --- Logging ---------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "medisupply.api.request_id.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"botocore": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
