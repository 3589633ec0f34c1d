"""Name and password: for a token, and in the forms of the admin."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.exceptions import Throttled
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from medisupply.api.json import JsonLineRenderer, JsonObjectParser
from medisupply.api.schema import MEDIA_TYPE, ErrorCase, answer, operation
from medisupply.api.throttles import LoginThrottle, count_password_change, login_wait


class Login(serializers.Serializer[Any]):
    username = serializers.CharField()
    password = serializers.CharField()


class TokenBody(serializers.Serializer[Any]):
    token = serializers.CharField()


class Credentials(AuthTokenSerializer):
    """Name and password; after too many attempts it says so, whether they are right or not."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            known: dict[str, Any] = super().validate(attrs)
        except serializers.ValidationError:
            if wait := login_wait(self.context["request"]):
                raise Throttled(wait) from None
            raise
        return known


class LoginForm(AdminAuthenticationForm):
    """The admin's, which says when there were too many attempts."""

    def get_invalid_login_error(self) -> ValidationError:
        if wait := login_wait(self.request):
            message = _("Demasiados intentos desde su dirección: espere %(seconds)s segundos e intente de nuevo.")
            return ValidationError(message, code="throttled", params={"seconds": wait})
        return super().get_invalid_login_error()


class PasswordForm(AdminPasswordChangeForm):
    """The admin's, which does not look at the old password after too many attempts."""

    def __init__(self, *args: Any, wait: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wait = wait

    def clean_old_password(self) -> str:
        if self._wait:
            message = _("Demasiados intentos: espere %(seconds)s segundos e intente de nuevo.")
            raise ValidationError(message, code="throttled", params={"seconds": self._wait})
        return str(super().clean_old_password())


class PasswordPage(PasswordChangeView):
    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.request.method == "POST":
            count_password_change(self.request)
        return {**super().get_form_kwargs(), "wait": login_wait(self.request)}


def refused_as_throttled(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """`response`, the page of a form above: with status 429 when it was refused because of too many attempts."""
    if wait := login_wait(request):
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
    return response


class TokenView(ObtainAuthToken):
    """Each user has one token; asking again gives the same one."""

    serializer_class = Credentials

    throttle_classes = [LoginThrottle]
    parser_classes = [JsonObjectParser, FormParser]
    renderer_classes = [JsonLineRenderer]

    @operation(
        "obtener_token",
        "Obtener el token",
        tag="Acceso",
        description="Envíelo después en cada petición: `Authorization: Token …`.",
        answers={
            200: answer(TokenBody, "El token del usuario.", {"token": "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"})
        },
        errors=[
            ErrorCase(400, "authorization", "No puede iniciar sesión con las credenciales proporcionadas.", ""),
            MEDIA_TYPE,
        ],
        request=Login,
        examples=[OpenApiExample("Ejemplo", {"username": "proveedor", "password": "…"}, request_only=True)],
        public=True,
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)
