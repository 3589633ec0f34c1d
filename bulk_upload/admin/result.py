"""What came of an upload, for its page: problems by kind, a page of them, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.functional import cached_property

from bulk_upload.exports import cell_address
from bulk_upload.kinds import kind_title
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.problems import text_of

PAGE_ROWS: Final = 50
EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One problem, worded."""

    fila: int
    celda: str
    columna: str
    valor: str
    kind: str
    text: str
    warning: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """All problems of one code: how many, and the first few."""

    code: str
    title: str
    count: int
    examples: list[Line]


class Result:
    """The problems of one upload in the reader's language. Nothing is asked of the database before it is needed."""

    def __init__(self, upload: BulkUpload, language: str, kind: str = "", page: str = "1") -> None:
        self._upload = upload
        self._language = language
        self.kind = kind
        self._page = page

    @cached_property
    def errors(self) -> list[Kind]:
        return self._kinds(Severity.ERROR)

    @cached_property
    def warnings(self) -> list[Kind]:
        return self._kinds(Severity.WARNING)

    @cached_property
    def page(self) -> Page[RowError]:
        """The chosen page of the table: the problems of the chosen kind, else all errors, else all warnings."""
        problems = self._problems()
        if self.kind:
            problems = problems.filter(codigo=self.kind)
        else:
            problems = problems.filter(severity=Severity.ERROR if self.errors else Severity.WARNING)
        return CountedPaginator(problems, self._count).get_page(self._page)

    @property
    def lines(self) -> list[Line]:
        return [self._line(problem) for problem in self.page.object_list]

    @property
    def pages(self) -> list[int | str]:
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @cached_property
    def corrected_rows(self) -> int:
        """How many rejected rows later uploads have corrected."""
        errors = self._upload.row_errors.filter(severity=Severity.ERROR, corregida=True)
        return errors.aggregate(rows=Count("fila", distinct=True))["rows"] or 0

    @property
    def rows_to_correct(self) -> int:
        return max(0, self._upload.rechazados - self.corrected_rows)

    def count_of(self, code: str) -> int:
        """How many errors have this code."""
        return next((kind.count for kind in self.errors if kind.code == code), 0)

    @property
    def _count(self) -> int:
        if not self.kind:
            return sum(kind.count for kind in self.errors or self.warnings)
        return sum(kind.count for kind in (*self.errors, *self.warnings) if kind.code == self.kind)

    def _kinds(self, severity: Severity) -> list[Kind]:
        problems = self._problems().filter(severity=severity)
        counted = problems.order_by().values_list("codigo").annotate(count=Count("pk")).order_by("-count", "codigo")
        return [Kind(code, kind_title(code), count, self._examples(problems, code)) for code, count in counted]

    def _examples(self, problems: QuerySet[RowError], code: str) -> list[Line]:
        return [self._line(problem) for problem in problems.filter(codigo=code)[:EXAMPLES]]

    def _problems(self) -> QuerySet[RowError]:
        return RowError.objects.filter(upload=self._upload).order_by("fila", "pk")

    def _line(self, problem: RowError) -> Line:
        return Line(
            fila=problem.fila,
            celda=cell_address(self._upload.header_positions, problem.columna, problem.fila) or "",
            columna=problem.columna,
            valor=problem.valor,
            kind=kind_title(problem.codigo),
            text=text_of(problem.codigo, problem.params, self._language),
            warning=problem.severity == Severity.WARNING,
            corrected=problem.corregida,
        )


class CountedPaginator(Paginator[RowError]):
    """A paginator that is told how many there are: the kinds have been counted already."""

    def __init__(self, problems: QuerySet[RowError], count: int) -> None:
        super().__init__(problems, PAGE_ROWS)
        self.count = count
