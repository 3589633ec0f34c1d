"""How the API behaves and is documented: settings of Django REST framework and of drf-spectacular."""

from __future__ import annotations

from typing import Any, Final

from medisupply.api.introduction import INTRODUCTION

REST_FRAMEWORK: Final[dict[str, Any]] = {
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
}

SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "MediSupply: carga masiva de catálogos",
    "VERSION": "1.0.0",
    "DESCRIPTION": INTRODUCTION,
    "SERVERS": [
        {"url": "/", "description": "El sitio que sirve este esquema."},
        {
            "url": "https://{host}",
            "description": "Un sitio de MediSupply.",
            "variables": {"host": {"default": "medisupply.example", "description": "Su nombre."}},
        },
    ],
    "OAS_VERSION": "3.1.0",
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # With it there are links within the buttons of the operations, which nobody reaches by keyboard.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["medisupply.api.schema_hooks.only_the_long_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "medisupply.api.schema_hooks.describe_all",
    ],
    "ENUM_NAME_OVERRIDES": {"EstadoDeCarga": "bulk_upload.models.Status", "Gravedad": "bulk_upload.models.Severity"},
}
