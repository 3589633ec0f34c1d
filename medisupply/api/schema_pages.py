"""`/api/schema` and `/api/docs`: what the API is, for programs and for people. Nothing comes from elsewhere."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, Final

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

CONTENT_TYPE: Final = "application/vnd.oai.openapi"


class SchemaView(APIView):
    """The schema in YAML. It is made once in a process: making it takes long, and it does not change."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        response = HttpResponse(schema_yaml(), content_type=CONTENT_TYPE)
        response["Content-Disposition"] = 'inline; filename="medisupply.yaml"'
        return response


# Swagger writes styles into its page; they are its own.
@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger's page, from files of this site."""


def schema_yaml() -> bytes:
    """The schema, always in Spanish, as the repository keeps it in ``docs/openapi.yaml``.

    One thread makes it and the others wait: the library's loading of extensions fails when two begin at once.
    """
    with _making:
        return _schema_yaml()


_making = Lock()


@cache
def _schema_yaml() -> bytes:
    with translation.override("es"):
        make: Any = SchemaGenerator
        schema = make().get_schema(request=None, public=True)
    renderer: Any = OpenApiYamlRenderer()
    rendered: bytes = renderer.render(schema, renderer_context={})
    return rendered
