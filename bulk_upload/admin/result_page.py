"""What came of an upload, for its page: problems by code, a page of them, what corrections have left open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property

from bulk_upload.admin.paging import CountedPaginator, page_numbers
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.wording import title_of, worded_error

EXAMPLES: Final = 3
OPEN: Final = "pendientes"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which problems a person wants to see: ``""`` is all codes, all columns."""

    code: str = ""
    column: str = ""
    only_open: bool = False
    page: str = "1"

    @classmethod
    def of(cls, query: QueryDict) -> Chosen:
        """What an address names."""
        return cls(
            query.get("tipo", ""), query.get("columna", ""), query.get("estado") == OPEN, query.get("pagina", "1")
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many problems have these in common."""

    severity: str
    code: str
    column: str
    corrected: bool
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One problem, worded."""

    fila: int
    celda: str
    columna: str
    valor: str
    title: str
    text: str
    warning: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """All problems of one code: how many, how many of them are still open, and the first few (open ones, if any)."""

    code: str
    title: str
    count: int
    open: int
    examples: list[Line]


class Result:
    """The problems of one upload in the reader's language. Nothing is asked of the database before it is needed."""

    def __init__(self, upload: BulkUpload, language: str, chosen: Chosen = Chosen()) -> None:  # frozen
        self._upload = upload
        self._language = language
        self.chosen = chosen

    @cached_property
    def errors(self) -> list[ErrorGroup]:
        return self._grouped(Severity.ERROR)

    @cached_property
    def warnings(self) -> list[ErrorGroup]:
        return self._grouped(Severity.WARNING)

    @cached_property
    def columns(self) -> list[str]:
        """The sheet's columns that have problems, in its order."""
        found = {group.column for group in self._groups}
        return [name for name in registry.get(self._upload.sheet_name).sheet.names if name in found]

    @cached_property
    def page(self) -> Page[RowError]:
        """The chosen page of the table: the problems of the chosen code, else all errors, else all warnings."""
        problems, chosen = self._problems(), self.chosen
        problems = problems.filter(codigo=chosen.code) if chosen.code else problems.filter(severity=self._severity)
        if chosen.column:
            problems = problems.filter(columna=chosen.column)
        if chosen.only_open:
            problems = problems.filter(corregida=False)
        count = sum(group.count for group in self._groups if self._is_chosen(group))
        return CountedPaginator(problems, count).get_page(chosen.page)

    @property
    def lines(self) -> list[Line]:
        return [self._line(problem) for problem in self.page.object_list]

    @property
    def pages(self) -> list[int | str]:
        return page_numbers(self.page)

    @cached_property
    def corrected_rows(self) -> int:
        """How many rejected rows later uploads have corrected."""
        errors = self._upload.row_errors.filter(severity=Severity.ERROR, corregida=True)
        return errors.aggregate(rows=Count("fila", distinct=True))["rows"] or 0

    @property
    def rows_to_correct(self) -> int:
        """How many are open; 0 when they cannot be given any more, and of an undo, which has no file."""
        if self._upload.is_undo or self._upload.file_purged_at or self._upload.errors_purged_at:
            return 0
        return max(0, self._upload.rechazados - self.corrected_rows)

    def count_of(self, code: str) -> int:
        """How many errors have this code."""
        return next((group.count for group in self.errors if group.code == code), 0)

    @property
    def _severity(self) -> Severity:
        return Severity.ERROR if self.errors else Severity.WARNING

    def _is_chosen(self, group: Counted) -> bool:
        chosen = self.chosen
        of_code = group.code == chosen.code if chosen.code else group.severity == self._severity
        return of_code and chosen.column in ("", group.column) and not (chosen.only_open and group.corrected)

    @cached_property
    def _groups(self) -> list[Counted]:
        """One look at all problems, which answers every question of how many."""
        counted = self._problems().order_by().values_list("severity", "codigo", "columna", "corregida")
        return [Counted(*group) for group in counted.annotate(count=Count("pk"))]

    def _grouped(self, severity: Severity) -> list[ErrorGroup]:
        groups = [group for group in self._groups if group.severity == severity]
        found = [self._group(severity, code, groups) for code in {group.code for group in groups}]
        return sorted(found, key=lambda group: (-group.count, group.code))

    def _group(self, severity: Severity, code: str, groups: Iterable[Counted]) -> ErrorGroup:
        of_code = [group for group in groups if group.code == code]
        still_open = sum(group.count for group in of_code if not group.corrected)
        examples: dict[str, Any] = {"severity": severity, "codigo": code, "corregida": not still_open}
        found = self._problems().filter(**examples)[:EXAMPLES]
        count = sum(group.count for group in of_code)
        return ErrorGroup(
            code, title_of(code, self._language), count, still_open, [self._line(problem) for problem in found]
        )

    def _problems(self) -> QuerySet[RowError]:
        if self._upload.errors_purged_at:
            return RowError.objects.none()  # some may not be removed yet
        return RowError.objects.filter(upload=self._upload).order_by("fila", "pk")

    def _line(self, problem: RowError) -> Line:
        worded = worded_error(problem, self._upload.header_positions, self._language)
        return Line(
            fila=problem.fila,
            celda=worded["celda"] or "",
            columna=problem.columna,
            valor=problem.valor,
            title=title_of(problem.codigo, self._language),
            text=worded["mensaje"],
            warning=problem.severity == Severity.WARNING,
            corrected=problem.corregida,
        )
