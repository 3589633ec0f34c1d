"""What random files must come to, in plain Python: rows are taken one after another, over dictionaries.

It knows nothing of chunks and claims: the outcome follows from the file and the table alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from catalog.tests.random_files.cells import Cell
from catalog.tests.random_files.files import File, Line
from catalog.tests.random_files.plan import Column, Plan

OURS, THEIRS = "PROV001", "PROV002"
# The number of a change that is later than every file.
LATER: Final = 10**12
SEPARATOR: Final = " · "

Values = dict[str, Any]
Key = tuple[Any, ...]
Finding = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """A row of the table, with the places of the files that created and changed it; `number` is the last change's."""

    values: Values
    owner: str = OURS
    version: int = 1
    created_by: int | None = None
    changed_by: int | None = None
    number: int = 0


@dataclass
class Account:
    """What a file must come to. Errors and warnings are (row, column, code)."""

    total: int = 0
    creados: int = 0
    actualizados: int = 0
    sin_cambios: int = 0
    rechazados: int = 0
    duplicados: int = 0
    categorias_creadas: int = 0
    cambios_grandes_de_precio: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    warnings: list[tuple[int, str, str]] = field(default_factory=list)
    # Keys as people read them, in the order of the file.
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    # row → the names of the columns that it changed
    changes: dict[int, list[str]] = field(default_factory=dict)


class Rejected(Exception):
    """The row is rejected for this finding, which is about a row that exists if it is `known`."""

    def __init__(self, column: str, code: str, *, known: bool = False) -> None:
        super().__init__(column, code)
        self.finding = (column, code)
        self.known = known


class Oracle:
    """The table of one sheet, and what is created on the way, through several files."""

    def __init__(self, plan: Plan, existing: Iterable[Kept]) -> None:
        self.plan = plan
        self.rows: dict[Key, Kept] = {self.key(kept.values): kept for kept in existing}
        self.names = set(plan.created.known) if plan.created else set()

    def key(self, values: Values) -> Key:
        return tuple(values[name] for name in self.plan.row_key)

    def take(self, file: File, place: int) -> Account:
        """Import the file that was accepted as number `place`, beginning with 1."""
        return _Taking(self, file, place).run()


class _Taking:
    def __init__(self, oracle: Oracle, file: File, place: int) -> None:
        self._oracle = oracle
        self._plan = oracle.plan
        self._file = file
        self._place = place
        self._account = Account()
        self._seen: set[tuple[Any, ...]] = set()
        # Rows of the table that an earlier row of this file has landed on.
        self._landed: set[Key] = set()

    def run(self) -> Account:
        account = self._account
        for row, line in self._file.rows():
            account.total += 1
            findings = self._of_cells(line)
            repeated = list(self._repetitions(line, findings))
            findings += repeated
            try:
                if findings:
                    account.duplicados += bool(repeated)
                    account.rechazados += 1
                else:
                    self._land(row, {name: cell.value for name, cell in line.cells.items()})
            except Rejected as rejected:
                findings = [rejected.finding]
                account.duplicados += rejected.known
                account.rechazados += 1
            account.errors += [(row, *finding) for finding in findings]
        # In which order the problems of one row stand is not said.
        account.errors.sort()
        account.warnings.sort()
        return account

    # --- What the file alone says ---

    def _of_cells(self, line: Line) -> list[Finding]:
        cells = line.cells
        found = [(column.name, code) for column in self._plan.columns if (code := self._code_of(column, cells))]
        if line.beyond:
            found.append(("", "extra_cells"))
        group = self._plan.exactly_one
        given = [name for name in group if cells[name].value is not None]
        if group and not found and len(given) != 1:
            found.append((group[0], "several_of" if given else "none_of"))
        return found

    @staticmethod
    def _code_of(column: Column, cells: Mapping[str, Cell]) -> str:
        cell = cells[column.name]
        return cell.code or ("required_blank" if column.is_required and cell.value is None else "")

    def _repetitions(self, line: Line, findings: list[Finding]) -> Iterator[Finding]:
        """A finding for each key that an earlier row has, too; whatever becomes of either."""
        wrong = {column for column, _ in findings}
        for columns in filter(None, (self._plan.key, self._plan.unique_columns)):
            if wrong & set(columns):
                continue
            key = (*columns, *(line.cells[name].value for name in columns))
            if key in self._seen:
                yield next(name for name in columns if line.cells[name].value is not None), "duplicate_in_file"
            self._seen.add(key)

    # --- What the table says ---

    def _land(self, row: int, cells: Values) -> None:
        plan, rows = self._plan, self._oracle.rows
        said_by, values = self._resolved(cells)
        key = self._oracle.key(values)
        holder_key = self._holder(values)
        own_column, unique_column = said_by[plan.row_key[0]], plan.unique
        found = [(own_column, key)] if key in rows else []
        found += [(unique_column, holder_key)] if holder_key else []
        for column, known in found:
            if plan.is_owned and rows[known].owner != OURS:
                raise Rejected(column, "other_supplier", known=True)
        # What was changed after this file is left as it is, however often it is named.
        if plan.is_named_variously and key in self._landed and rows[key].number <= self._place:
            raise Rejected(own_column, "named_before", known=True)
        if key in rows and holder_key and holder_key != key:
            raise Rejected(unique_column, "code_conflict", known=True)
        if not found:
            self._create(row, key, values)
            self._landed.add(key)
            return
        column, known = found[0]
        if not self._file.replace:
            raise Rejected(column, plan.exists, known=True)
        self._update(row, column, known, values)
        self._landed.add(known)
        self._account.duplicados += 1
        if known != key:
            self._warn(row, plan.row_key[0], "id_kept")

    def _resolved(self, cells: Values) -> tuple[dict[str, str], Values]:
        """The column that says each field, and the fields' values."""
        said_by: dict[str, str] = {}
        values: Values = {}
        for name in self._plan.fields:
            reference = self._plan.references.get(name)
            if reference is None:
                said_by[name], values[name] = name, cells[name]
                continue
            column = next(column for column in reference.columns if cells[column] is not None)
            key = reference.columns[column].get(cells[column])
            if key is None:
                raise Rejected(column, reference.similar.get(cells[column], reference.unknown))
            if key in reference.theirs:
                raise Rejected(column, reference.other_owner)
            said_by[name], values[name] = column, key
        for name in self._plan.row_key:
            if values[name] is None:
                values[name] = self._plan.defaults[name]
        return said_by, values

    def _holder(self, values: Values) -> Key | None:
        """The row that has the value of the unique column."""
        for name in self._plan.unique_columns:
            for key, kept in self._oracle.rows.items():
                if kept.values[name] == values[name]:
                    return key
        return None

    def _create(self, row: int, key: Key, values: Values) -> None:
        complete = _filled(values, self._plan.defaults)
        self._check_needs(complete, known=False)
        self._check_order(complete, known=False)
        self._create_name(row, complete)
        self._warn_of(row, complete)
        place = self._place
        self._oracle.rows[key] = Kept(complete, OURS, 1, place, place, place)
        self._account.creados += 1
        self._account.created.append(self._key_text(complete))

    def _update(self, row: int, column: str, key: Key, values: Values) -> None:
        before = self._oracle.rows[key]
        own = dict(zip(self._plan.row_key, key, strict=True))
        complete = _filled(values, before.values) | own
        if complete == before.values:
            self._warn_of(row, complete)
            self._oracle.rows[key] = replace(before, number=max(before.number, self._place))
            self._account.sin_cambios += 1
            return
        if before.number > self._place:
            raise Rejected(column, "superseded", known=True)
        self._check_needs(complete, known=True)
        self._check_order(complete, known=True)
        self._create_name(row, complete)
        self._warn_of(row, complete)
        changed = replace(before, values=complete, version=before.version + 1)
        self._oracle.rows[key] = replace(changed, changed_by=self._place, number=self._place)
        self._account.actualizados += 1
        self._account.updated.append(self._key_text(complete))
        self._account.changes[row] = sorted(name for name in complete if complete[name] != before.values[name])
        if name := self._plan.watched:
            self._account.cambios_grandes_de_precio += _is_large(before.values[name], complete[name])

    # --- Rules about complete rows ---

    def _check_needs(self, values: Values, *, known: bool) -> None:
        for name, code, referring, needing in self._plan.needs:
            if values[referring] in needing and values[name] in ("", None):
                raise Rejected(name, code, known=known)

    def _check_order(self, values: Values, *, known: bool) -> None:
        for column, bound, code in self._plan.in_order:
            if is_reversed(values[column], values[bound]):
                raise Rejected(column, code, known=known)

    def _create_name(self, row: int, values: Values) -> None:
        created = self._plan.created
        if created is None or values[created.column] in self._oracle.names:
            return
        name = values[created.column]
        if self._account.categorias_creadas == created.most:
            raise Rejected(created.column, created.similar.get(name, created.too_many))
        self._oracle.names.add(name)
        self._account.categorias_creadas += 1
        self._warn(row, created.column, created.warning)

    def _warn_of(self, row: int, values: Values) -> None:
        for column, bound, code in self._plan.not_above:
            if values[column] > values[bound]:
                self._warn(row, column, code)
        for column, value, code in self._plan.odd:
            if column in self._file.header and values[column] == value:
                self._warn(row, column, code)

    def _warn(self, row: int, column: str, code: str) -> None:
        self._account.warnings.append((row, column, code))

    def _key_text(self, values: Values) -> str:
        return SEPARATOR.join(str(values[name]) for name in self._plan.row_key if values[name] != "")


def is_reversed(value: Any, bound: Any) -> bool:
    return value is not None and bound is not None and bool(value > bound)


def _filled(values: Values, blanks: Values) -> Values:
    return {name: blanks.get(name) if value is None else value for name, value in values.items()}


def _is_large(before: Any, after: Any) -> bool:
    return before != after and (after >= 2 * before or before >= 2 * after)
