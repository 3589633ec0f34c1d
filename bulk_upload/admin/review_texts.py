"""What the review page says of a preview, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload.admin.header_report import COLUMNS_MISSING
from bulk_upload.admin.mapping_form import ColumnRow, MappingForm
from bulk_upload.previews.answers import problem_sentence
from bulk_upload.previews.request import PreviewAnswer
from bulk_upload.sheet.preview import IgnoredRow, Reason, Sample
from bulk_upload.wording import text_of


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A cell as it is written and as it is read, or why it cannot be read; `read` is ``""`` where nothing reads it."""

    row: int
    written: str
    read: str
    problem: str


@dataclass(frozen=True, slots=True)
class ColumnLine:
    row: ColumnRow
    samples: list[SampleLine]
    # Why it is what is chosen in the form.
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    columns: list[ColumnLine] = field(default_factory=list)
    place: str = ""
    remembered: str = ""
    missing: list[str] = field(default_factory=list)
    ignored_rows: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problem: str = ""


def found_in_words(answer: PreviewAnswer, form: MappingForm | None = None) -> Found:
    language = get_language() or settings.LANGUAGE_CODE
    preview = answer.preview
    if preview is None:
        return Found(problem=problem_sentence(answer.code, answer.params, language))
    suggested = set(form.suggested.values()) if form else set()
    # Which columns are missing is shown by itself.
    problem = preview.problem if preview.problem and preview.problem.code not in COLUMNS_MISSING else None
    return Found(
        columns=[_column(row, form, language) for row in form.rows] if form else [],
        place=_place(answer),
        remembered=answer.remembered,
        missing=[name for name in preview.missing if name not in suggested],
        ignored_rows=[_ignored(row) for row in preview.ignored_rows],
        warnings=[text_of(warning.code, warning.params, language) for warning in preview.warnings],
        problem=problem_sentence(problem.code, problem.params, language) if problem else "",
    )


def missing_sentence(names: list[str]) -> str:
    text = _("Nada llena estas columnas obligatorias: %(names)s. Elija qué columna del archivo es cada una.")
    return text % {"names": ", ".join(names)}


def _column(row: ColumnRow, form: MappingForm, language: str) -> ColumnLine:
    column = row.column
    is_read = bool(column.target or form.suggested.get(column.letter))
    samples = [_sample(sample, language, is_read=is_read) for sample in column.samples]
    return ColumnLine(row, samples, _note(column.letter in form.suggested, column.reason))


def _note(is_suggested: bool, reason: Reason) -> str:
    if not is_suggested:
        return ""
    if reason == Reason.VALUES:
        return _("Sugerida por sus valores: confírmela.")
    return _("Sugerida por su nombre: confírmela.")


def _sample(sample: Sample, language: str, *, is_read: bool) -> SampleLine:
    problem = text_of(sample.code, sample.params, language) if sample.code and is_read else ""
    return SampleLine(sample.row, sample.written, _read(sample.read) if is_read else "", problem)


def _read(value: Any) -> str:
    if value is None:
        return _("(vacía)")
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    return str(value)


def _place(answer: PreviewAnswer) -> str:
    preview = answer.preview
    if preview is None or not preview.header_row:
        return ""
    values = {"sheet": preview.worksheet, "row": preview.header_row, "first": preview.header_row - 1}
    if preview.header_rows > 1:
        text = _("Encabezados en las filas %(first)s y %(row)s.")
    else:
        text = _("Encabezados en la fila %(row)s.")
    if preview.worksheets:
        text = _("Hoja «%(sheet)s».") + " " + text
    return text % values


def _ignored(row: IgnoredRow) -> str:
    if row.reason == "totals":
        text = _("Fila %(row)s: totales («%(text)s»). No se importa.")
    else:
        text = _("Fila %(row)s: título («%(text)s»). No se importa.")
    return text % {"row": row.row, "text": row.text}
