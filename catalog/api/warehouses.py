"""`bodegas`: list the warehouses, see one, add one."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.sheet.text_cleaning import BadCharacter, clean_text
from catalog.checked_texts import checked
from catalog.models import Warehouse, WarehouseType, warehouse_code
from catalog.models.warehouses import COUNTRY, WAREHOUSE_CODE
from medisupply.api.errors import FieldConflict
from medisupply.api.filters import TrueOrFalseFilter, filter_parameters, filtered
from medisupply.api.json import valid
from medisupply.api.paging import Body, NumberedMeta, PageParams, numbered, page_answer
from medisupply.api.schema import JSON, MEDIA_TYPE, ErrorCase, answer, example_of, in_path, operation

TAG: Final = "Bodegas"
WAREHOUSE_ID: Final = in_path("bodega_id", "El código de la bodega; da igual en mayúsculas o minúsculas.")
COUNTRY_HELP: Final = "País de la bodega: código ISO de dos letras."


class CodeField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        code = checked(warehouse_code, super().to_internal_value(data))
        # Here, not among the validators: the schema's patterns are JavaScript's, which knows other letters.
        WAREHOUSE_CODE(code)
        return code


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        return checked(clean_text, super().to_internal_value(data))


class CountryField(TextField):
    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).upper()


class WarehouseBody(serializers.Serializer[Any]):
    codigo = CodeField(
        initial="BOG_CENTRAL",
        max_length=64,
        help_text="Letras, dígitos, espacios, puntos y guiones, desde una letra o un dígito. Queda en mayúsculas.",
    )
    nombre = TextField(initial="Centro de distribución Bogotá", max_length=255)
    pais = CountryField(initial="CO", max_length=2, validators=[COUNTRY], help_text="Código ISO de dos letras.")
    ciudad = TextField(initial="Bogotá", max_length=128, allow_blank=True, default="")
    direccion = TextField(initial="Calle 13 # 68-20", max_length=255, allow_blank=True, default="")
    tipo = serializers.ChoiceField(initial="PRINCIPAL", choices=WarehouseType.choices, default=WarehouseType.MAIN)
    activo = serializers.BooleanField(initial=True, default=True)


class WarehouseFilters(FilterSet):
    pais = CharFilter(method="_of_country", max_length=2, help_text=COUNTRY_HELP)
    activo = TrueOrFalseFilter(help_text="Solo activas (true) o inactivas (false).")
    tipo = ChoiceFilter(choices=WarehouseType.choices, help_text="Tipo de bodega.")

    def _of_country(self, rows: QuerySet[Warehouse], name: str, value: str) -> QuerySet[Warehouse]:
        return rows.filter(pais=value.upper())


# Pages whose time is called `tookMs`, as the clients of warehouses and stock know it.
class TimedMeta(NumberedMeta):
    took_ms: Any = None  # for DRF: not this inherited field
    tookMs = serializers.FloatField(initial=3.2, help_text="Milisegundos que tomó la consulta.")  # noqa: N815


def timed(page: Body, **more: Any) -> Body:
    """The page with the keys of `TimedMeta`, and `more`."""
    meta = dict(page["meta"])
    took = meta.pop("took_ms")
    return {**page, "meta": {**meta, **more, "tookMs": took}}


TAKEN: Final = ErrorCase(409, "duplicate_warehouse", "Ya existe una bodega con el código «BOG_CENTRAL».", "codigo")


class WarehouseListView(APIView):
    @operation(
        "listar_bodegas",
        "Listar las bodegas",
        tag=TAG,
        parameters=[*filter_parameters(WarehouseFilters), PageParams],
        answers=page_answer("WarehousePage", "Una página de bodegas.", WarehouseBody, meta=TimedMeta),
    )
    def get(self, request: Request) -> Response:
        warehouses = filtered(request, WarehouseFilters, Warehouse.objects.order_by("codigo"))
        return Response(timed(numbered(request, warehouses, WarehouseBody().to_representation)))

    @operation(
        "crear_bodega",
        "Crear una bodega",
        tag=TAG,
        description="Para el personal de MediSupply que tenga el permiso.",
        request={JSON: WarehouseBody},
        examples=[OpenApiExample("Una bodega", example_of(WarehouseBody), request_only=True)],
        answers={201: answer(WarehouseBody, "Creada.")},
        errors=[400, 403, TAKEN, MEDIA_TYPE],
    )
    def post(self, request: Request) -> Response:
        if not (request.user.is_staff and request.user.has_perm("catalog.add_warehouse")):
            raise PermissionDenied
        warehouse = _create(valid(WarehouseBody, request.data))
        address = f"{request.path.rstrip('/')}/{quote(warehouse.pk)}"
        return Response(WarehouseBody(warehouse).data, status=201, headers={"Location": address})


class WarehouseView(APIView):
    @operation(
        "ver_bodega",
        "Ver una bodega",
        tag=TAG,
        parameters=[WAREHOUSE_ID],
        answers={200: answer(WarehouseBody, "La bodega.")},
    )
    def get(self, request: Request, bodega_id: str) -> Response:
        return Response(WarehouseBody(warehouse_named(bodega_id)).data)


def warehouse_named(code: str) -> Warehouse:
    """The warehouse with this code, in capitals or not. Raises `NotFound`."""
    try:
        return Warehouse.objects.get(pk=warehouse_code(code))
    except (BadCharacter, Warehouse.DoesNotExist) as error:
        raise NotFound(_("No hay una bodega con el código «%(code)s».") % {"code": code}) from error


def _create(values: dict[str, Any]) -> Warehouse:
    """The insertion itself finds a code that exists: also one that somebody else takes at the same moment."""
    try:
        with transaction.atomic():
            return Warehouse.objects.create(**values)
    except IntegrityError as error:
        if not Warehouse.objects.filter(pk=values["codigo"]).exists():
            raise
        message = _("Ya existe una bodega con el código «%(code)s».") % {"code": values["codigo"]}
        raise FieldConflict({"codigo": [ErrorDetail(message, TAKEN.code)]}) from error
