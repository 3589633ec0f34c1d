"""What the schema says of each operation on uploads."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from bulk_upload.api import bodies, examples
from bulk_upload.models import Severity, Status
from bulk_upload.wording import text_of
from bulk_upload.workbooks.row_errors import CONTENT_TYPES
from medisupply.api.schema import JSON, NUMBERED_META, PAGE, SIZE, Describe, answer, header, operation, query

UPLOADS: Final = "Cargas"
HELP: Final = "Ayudas"
XLSX: Final = CONTENT_TYPES["xlsx"]
OCTETS: Final = "application/octet-stream"
TASK: Final = OpenApiParameter("task_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="La tarea.")
SUPPLIER: Final = query(
    "proveedor_id", "El proveedor, si el usuario tiene varios.", {"type": "string", "maxLength": 32}
)
AWAY: Final = [
    ("storage_unavailable", "El almacén de archivos no responde: intente de nuevo en un momento."),
    ("database_unavailable", "La base de datos no responde: intente de nuevo en un momento."),
]
UNKNOWN: Final = [
    (
        "not_found",
        "No hay una carga con ese «task_id» para su usuario: revise que sea el que llegó al enviar el archivo, y que "
        "el token sea del mismo proveedor.",
    )
]
FORBIDDEN: Final = [("permission_denied", "No puede actuar por el proveedor «PROV002».")]


def _file(description: str, kind: OpenApiTypes = OpenApiTypes.BINARY) -> OpenApiResponse:
    example = OpenApiExample(description, "(el contenido del archivo)", response_only=True)
    return OpenApiResponse(kind, description, examples=[example])


def _workbook(description: str) -> dict[Any, OpenApiResponse]:
    """A workbook. It is never sent as `OCTETS`: generated clients that do not know Excel's type read bytes by it."""
    return {(200, XLSX): _file(description), (200, OCTETS): _file(description)}


def _text(description: str) -> OpenApiResponse:
    """A CSV file: a text, as generated clients read what is `text/…`."""
    return _file(description, OpenApiTypes.STR)


_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "El archivo .xlsx o .csv, uno solo."},
        "proveedor_id": {"type": "string", "maxLength": 32},
        "reemplazar_duplicados": {"type": "boolean", "default": False},
    },
    "required": ["file"],
}

UPLOAD = operation(
    "enviar_catalogo",
    "Enviar un catálogo",
    tag=UPLOADS,
    description=(
        "Recibe el archivo, responde de inmediato con la tarea y lo importa después. Las filas buenas se importan "
        "aunque otras tengan errores.\n\n"
        "Con `Idempotency-Key`, repetir la petición devuelve la primera respuesta; sin ella, el mismo archivo con las "
        "mismas opciones es la misma tarea mientras no termine."
    ),
    parameters=[
        SUPPLIER,
        query(
            "reemplazar_duplicados",
            "Con «true», los productos que ya existen se actualizan; si no, esas filas se rechazan.",
            bool,
        ),
        header("Idempotency-Key", "Nombre único de esta petición, de 1 a 255 caracteres; por ejemplo un UUID."),
    ],
    request={"multipart/form-data": _FORM},
    examples=[
        OpenApiExample("Un archivo", {"file": "(contenido)"}, request_only=True, media_type="multipart/form-data")
    ],
    answers={202: answer(bodies.Accepted, "Recibido: pregunte por la tarea en status_url.", examples.ACCEPTED)},
    failures=[400, 403, 408, 411, 413, 415, 422],
    codes={
        400: [
            ("file_required", "Falta el archivo: envíelo en el campo «file»."),
            ("too_many_files", "Envíe un solo archivo por petición; llegaron 2."),
            ("bad_filename", "El nombre del archivo no se admite: cámbielo y envíelo otra vez."),
            ("unknown_supplier", "El proveedor «PROV999» no existe."),
        ],
        403: FORBIDDEN,
        415: [
            ("unsupported_format", "Se admiten archivos .xlsx y .csv; «precios.pdf» no lo es: guárdelo como .xlsx."),
            ("content_mismatch", "El contenido no es texto CSV: guárdelo como «CSV UTF-8» y súbalo otra vez."),
            ("encrypted_file", text_of("encrypted_file", {}, "es")),
            ("unsupported_encoding", "El cuerpo llegó comprimido (Content-Encoding: gzip): envíelo sin comprimir."),
        ],
        422: [
            (
                "idempotency_key_reused",
                "Esta Idempotency-Key ya se usó con otro archivo u otras opciones: use una clave nueva.",
            )
        ],
        503: AWAY,
    },
)

LIST = operation(
    "listar_cargas",
    "Listar las cargas",
    tag=UPLOADS,
    description="Las propias, de la más nueva a la más antigua.",
    parameters=[
        query("status", "Estado.", {"type": "string", "enum": list(Status.values)}),
        query("proveedor_id", "Proveedor.", {"type": "string", "maxLength": 32}),
        query("created_after", "Recibidas desde este momento (ISO 8601), incluido.", OpenApiTypes.DATETIME),
        query("created_before", "Recibidas antes de este momento (ISO 8601).", OpenApiTypes.DATETIME),
        query("cursor", "El «meta.next» de la página anterior.", {"type": "string", "maxLength": 200}),
        SIZE,
    ],
    answers={200: answer(bodies.UploadPage, "Una página de cargas.", examples.UPLOAD_PAGE)},
    failures=[400],
    codes={400: [("invalid_cursor", "El cursor no es válido: use el que vino en «meta.next».")]},
)


def _state(name: str, summary: str) -> Describe:
    return operation(
        name,
        summary,
        tag=UPLOADS,
        description=(
            "Mientras la carga no termine, `Retry-After` dice en cuántos segundos volver a preguntar. Envíe el `ETag` "
            "recibido en `If-None-Match`: si nada cambió la respuesta es 304, sin cuerpo, "
            "y nunca se responde un estado anterior a ese.\n\n"
            "`bulk-upload/{task_id}` y `bulk-upload/status/{task_id}` responden lo mismo."
        ),
        parameters=[TASK, header("If-None-Match", "El ETag de la respuesta anterior.")],
        answers={
            200: OpenApiResponse(
                bodies.State,
                "El estado.",
                examples=[
                    OpenApiExample("Terminada", examples.COMPLETED, response_only=True),
                    OpenApiExample("En proceso", examples.PROCESSING, response_only=True),
                ],
            ),
            304: OpenApiResponse(None, "Nada cambió desde ese ETag."),
        },
        failures=[404],
        codes={404: UNKNOWN},
    )


STATE = _state("estado_de_carga", "Estado de una carga")
DETAIL = _state("ver_carga", "Ver una carga (lo mismo que su estado)")

_CHOICE: Final = (
    TASK,
    query("code", "Solo los de este código.", {"type": "string", "maxLength": 32}),
    query("column", "Solo los de esta columna.", {"type": "string", "maxLength": 64}),
    query("severity", "Solo errores o solo advertencias.", {"type": "string", "enum": list(Severity.values)}),
)

PROBLEMS = operation(
    "errores_de_carga",
    "Errores y advertencias de una carga",
    tag=UPLOADS,
    description=(
        "En páginas. Todos en un archivo: `errors.csv`, `errors.xlsx` o `errors.json` (`?format=csv`, `xlsx` o `json` "
        "en esta dirección da lo mismo)."
    ),
    parameters=[*_CHOICE, PAGE, SIZE],
    answers={
        200: answer(bodies.ProblemPage, "Una página.", {"items": [examples.PROBLEM], "meta": NUMBERED_META}),
    },
    failures=[400, 404],
    codes={404: UNKNOWN},
)


def _problems_file(file_format: str, answers: dict[Any, OpenApiResponse]) -> Describe:
    return operation(
        f"errores_de_carga_{file_format}",
        f"Todos los errores y advertencias de una carga, en un archivo {file_format.upper()}",
        tag=UPLOADS,
        parameters=_CHOICE,
        answers=answers,
        failures=[400, 404],
        codes={404: UNKNOWN},
    )


PROBLEMS_CSV = _problems_file(
    "csv", {(200, "text/csv"): _text("Todos, en CSV (UTF-8, separado por «;»; en inglés, por «,»).")}
)
PROBLEMS_XLSX = _problems_file("xlsx", _workbook("Todos, en Excel."))
PROBLEMS_JSON = _problems_file("json", {200: answer(bodies.Problem(many=True), "La lista completa.", examples.PROBLEM)})

CORRECTIONS = operation(
    "filas_por_corregir",
    "Descargar las filas rechazadas para corregirlas",
    tag=UPLOADS,
    description=(
        "Un libro de Excel con las filas rechazadas y qué les falta: corríjalo y envíelo como otra carga.\n\n"
        "La primera petición lo manda preparar y responde **202**; repítala cada `Retry-After` segundos hasta que "
        "responda **200** con el libro. Se prepara una sola vez, y otra cuando se hayan corregido filas. Tiene a lo "
        "sumo 200 MB: si no caben todas las filas, una hoja «Faltan filas» dice desde cuál faltan, y vienen en el "
        "siguiente, cuando las primeras se hayan corregido."
    ),
    parameters=[TASK],
    answers={
        **_workbook("El libro por corregir."),
        (202, JSON): answer(bodies.Preparation, "Se está preparando.", examples.PREPARATION),
    },
    failures=[404, 409, 410, 422],
    codes={
        404: UNKNOWN,
        409: [
            ("not_finished", "La carga no ha terminado: espere a que termine."),
            ("nothing_to_correct", "La carga no tiene filas por corregir."),
        ],
        422: [("damaged_file", "El archivo está dañado o incompleto y no se puede leer.")],
        503: [
            *AWAY,
            ("not_prepared", "El archivo no se pudo preparar por una falla del sistema: intente más tarde."),
        ],
    },
)

ORIGINAL = operation(
    "archivo_original",
    "Descargar el archivo enviado",
    tag=UPLOADS,
    parameters=[TASK],
    answers={
        **_workbook("El archivo, tal como llegó."),
        (200, "text/csv"): _text("El archivo, tal como llegó."),
    },
    failures=[404, 410, 422],
    codes={
        404: UNKNOWN,
        422: [("file_replaced", text_of("file_replaced", {}, "es"))],
        503: AWAY,
    },
)

CANCEL = operation(
    "cancelar_carga",
    "Cancelar una carga",
    tag=UPLOADS,
    description="Lo ya importado se conserva.",
    parameters=[TASK],
    answers={202: answer(bodies.Accepted, "Cancelada.", examples.CANCELLED)},
    failures=[403, 404, 409],
    codes={404: UNKNOWN, 409: [("already_ended", "La carga ya terminó: no hay nada que cancelar.")]},
)

RETRY = operation(
    "reintentar_carga",
    "Reintentar una carga",
    tag=UPLOADS,
    description="Una carga fallida o cancelada continúa donde quedó.",
    parameters=[TASK],
    answers={202: answer(bodies.Accepted, "Encolada de nuevo.", examples.RETRIED)},
    failures=[403, 404, 409],
    codes={
        404: UNKNOWN,
        409: [
            ("not_retryable", "Solo una carga fallida o cancelada puede reintentarse."),
            ("same_file_running", "El mismo archivo ya se está importando en otra carga."),
        ],
    },
)

TEMPLATE = operation(
    "plantilla",
    "Descargar la plantilla",
    tag=HELP,
    parameters=[query("ejemplo", "Con «true», trae productos de ejemplo.", bool)],
    answers=_workbook("La plantilla de Excel."),
    failures=[400],
)

COLUMNS = operation(
    "columnas",
    "Las columnas de la hoja y sus reglas",
    tag=HELP,
    answers={200: answer(bodies.Columns, "Las columnas, en su orden.", examples.COLUMNS)},
)
