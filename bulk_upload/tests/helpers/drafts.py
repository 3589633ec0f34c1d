"""Drafts whose previews are there without a worker, and a remembered mapping."""

from __future__ import annotations

from bulk_upload.models import RememberedMapping, UploadDraft
from bulk_upload.previews.request import PreviewAnswer, keep, request_for
from bulk_upload.sheet.preview import IgnoredRow, PreviewColumn, PreviewWarning, Reason, Sample, SheetPreview
from bulk_upload.tests.helpers.erp_files import MAPPING
from catalog.models import Supplier

COLUMNS = [
    PreviewColumn("A", "Ref.", "Ref.", None, Reason.SIMILAR, "id", samples=[Sample(5, "PROD00001", "PROD00001")]),
    PreviewColumn(
        "B",
        "Valor de lista sin impuestos",
        "Valor de lista sin impuestos",
        "precio_unitario",
        Reason.MAPPING,
        samples=[
            Sample(5, "1.250,50", "1250.50"),
            Sample(6, "caro", None, "not_a_number", {"columna": "precio_unitario", "valor": "caro"}),
        ],
    ),
    PreviewColumn(
        "C", "Vence", "Vence", "registro_vence", Reason.MAPPING, samples=[Sample(5, "31/03/2027", "2027-03-31")]
    ),
    PreviewColumn("D", "", "D", None, Reason.NONE, samples=[Sample(5, "x", None)]),
]
PREVIEW = SheetPreview(
    ["Lista", "Notas"],
    "Lista",
    4,
    2,
    "",
    "",
    COLUMNS,
    ["id", "nombre"],
    [IgnoredRow(1, "title", "Lista de precios"), IgnoredRow(90, "totals", "Total")],
    [PreviewWarning("unknown_column", {"columna": "Obs"})],
)


def make_draft(supplier: Supplier, answer: PreviewAnswer | None = None) -> UploadDraft:
    draft = UploadDraft.objects.create(
        proveedor=supplier, sheet_name="productos", filename="lista.xlsx", file_format="xlsx", s3_key="k", size=1
    )
    UploadDraft.objects.filter(pk=draft.pk).update(s3_key=f"k{draft.pk}")
    draft.refresh_from_db()
    if answer:
        keep(request_for(draft, None), answer)
    return draft


def make_mapping(supplier: Supplier, name: str = "ERP", signature: str = "x") -> RememberedMapping:
    headers = [
        {"letter": letter, "header": header, "key": header}
        for letter, header in zip("ABCDEFGHI", MAPPING["columnas"], strict=True)
    ]
    return RememberedMapping.objects.create(
        proveedor=supplier, sheet_name="productos", name=name, signature=signature, headers=headers, mapping=MAPPING
    )
