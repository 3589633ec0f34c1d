"""The uploads that one may see, the newest first."""

from __future__ import annotations

from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from rest_framework.fields import CharField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import snapshots
from bulk_upload.api import examples
from bulk_upload.api.result import Resumen
from bulk_upload.api.schema import UPLOADS
from bulk_upload.api.status import Failure, Head, OfSheet, Origin, PlanState, Retention, status_address
from bulk_upload.models import BulkUpload, Operation, Status
from medisupply.api.filters import MomentFilter, filter_parameters, filtered
from medisupply.api.paging import INVALID_CURSOR, CursorMeta, CursorParams, newest_first, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import operation
from medisupply.api.throttles import StatusThrottle


class Counted(Rendered):
    resumen = Resumen(source="counts")
    status_url = CharField()

    get_status_url = staticmethod(status_address)


class Listed(Head, Failure, Counted, Retention, PlanState, OfSheet, Origin):
    pass


class UploadFilters(FilterSet):
    status = ChoiceFilter(choices=Status.choices, help_text="Estado.")
    operacion = ChoiceFilter(field_name="operation", choices=Operation.choices, help_text="Qué hace con las filas.")
    proveedor_id = CharFilter(max_length=32, help_text="Proveedor.")
    created_after = MomentFilter(
        field_name="created_at", lookup_expr="gte", help_text="Recibidas desde este momento (ISO 8601), incluido."
    )
    created_before = MomentFilter(
        field_name="created_at", lookup_expr="lt", help_text="Recibidas antes de este momento (ISO 8601)."
    )


class UploadListView(APIView):
    throttle_classes = [StatusThrottle]

    @operation(
        "listar_cargas",
        "Listar las cargas",
        tag=UPLOADS,
        description="Las propias, de la más nueva a la más antigua.",
        parameters=[*filter_parameters(UploadFilters), CursorParams],
        answers=page_answer(
            "UploadPage",
            "Una página de cargas.",
            Listed,
            Listed.render(snapshots.head(examples.UPLOAD), "es"),
            CursorMeta,
        ),
        errors=[INVALID_CURSOR],
    )
    def get(self, request: Request) -> Response:
        visible = BulkUpload.objects.for_user(request.user)
        # Lists of up to a thousand entries; of what follows an upload only its key is asked for.
        unseen = ["productos_creados", "productos_actualizados"]
        uploads = visible.select_related("followed_by").defer(*unseen, *(f"followed_by__{name}" for name in unseen))
        found = filtered(request, UploadFilters, uploads)
        return Response(newest_first(request, found, lambda upload: Listed.render(snapshots.head(upload))))
