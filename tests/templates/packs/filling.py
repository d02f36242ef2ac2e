"""Fills in the workbooks of a pack without errors: valid rows for every block, typed through LibreOffice."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.helpers.expressions import expression_value
from xlsflow.checks.constraints import constraints_of, fields_involved
from xlsflow.checks.context import CheckContext
from xlsflow.fileformat.cells import a1
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns
from xlsflow.intake.recognition.placed_block import PlacedBlock
from xlsflow.intake.recognition.recogniser import Recogniser
from xlsflow.template.expressions.evaluate_row import RowContext, compile_violation
from xlsflow.template.kinds.choices import ChoiceField
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.text import TextField
from xlsflow.template.rules import RowConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.office import Document, Office
    from xlsflow.model.project import Region
    from xlsflow.pipeline.definitions import PackDefinitions
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock

Values = dict[str, object]
Rows = dict[str, list[Values]]
ROWS = 3
TRIES = 4000
AROUND = 20
"""Samples of dates are within this number of days around the as-of date."""


@dataclass(frozen=True)
class Filler:
    """Creates rows that satisfy every rule of a pack.

    Attributes:
        opened: The pack with the project's columns in place.
        region: Whose rows they are: ids bear its code.
        as_of: The as-of day.
        rows: Rows of a table.
    """

    opened: PackDefinitions
    region: Region
    as_of: date
    rows: int = ROWS

    def fill(self) -> Rows:
        """Return full name of a block -> rows; the result is the same in every run."""
        rng = random.Random(self.region.code)  # noqa: S311 - samples, not secrets
        return {full: self._block(block, full, rng) for full, block in self._blocks()}

    def _blocks(self) -> Iterator[tuple[str, DataBlock]]:
        for template in self.opened.templates:
            yield from ((template.full_name(block), block) for block in template.data)

    def _block(self, block: DataBlock, full: str, rng: random.Random) -> list[Values]:
        rows: list[Values] = []
        for number in range(self.rows if block.has_rows else 1):
            rows.append(self._row(block, full, number, rows, rng))
            _wait_for_what_has_ended(block, full, rows)
        return rows

    def _row(self, block: DataBlock, full: str, number: int, before: Sequence[Values], rng: random.Random) -> Values:
        """Return a row that violates no constraint, drawing fields of violated constraints again until none is left."""
        fields = [field for field in block.columns if field.counts_as_content or isinstance(field, IdField)]
        fields = [field for field in fields if not field.fill and not field.defines and not field.retired]
        row = {field.name: self._value(field, number, rng) for field in fields}
        fixed = {field.name for field in fields if isinstance(field, IdField) and not field.to}
        free = {field.name: field for field in fields if field.name not in fixed}
        constraints = [
            constraint
            for constraint in constraints_of(block, CheckContext(self.opened.scope))
            if isinstance(constraint, RowConstraint)
        ]
        for _ in range(TRIES):
            facts = self._facts(block, row, before)
            violated = [
                constraint for constraint in constraints if compile_violation(constraint.must, constraint.when)(facts)
            ]
            if not violated:
                break
            names = sorted(fields_involved(rng.choice(violated), block) & free.keys())
            name = rng.choice(names)
            row[name] = self._value(free[name], number, rng)
        else:
            remaining = [constraint.sentence or constraint.code for constraint in violated]
            raise AssertionError(f"{full}: no row satisfies {remaining}")
        if block.key and isinstance(block.field(block.key), TextField):
            row[block.key] = f"{row[block.key]} {self.region.code}{number + 1}"  # unique across regions
        return row | self._reporter(block, rng)

    def _reporter(self, block: DataBlock, rng: random.Random) -> Values:
        """Return the fields for people of the form that says whose workbook it is: someone of the region."""
        if not any(field.fill == "region.code" for field in block.columns):
            return {}
        people = [one.code for one in self.opened.scope.lists["people"].values if one.group == self.region.code]
        return {field.name: rng.choice(people) for field in block.columns if field.names_a_person} if people else {}

    def _facts(self, block: DataBlock, row: Values, before: Sequence[Values]) -> RowContext:
        values = {name: _moment(value) for name, value in row.items()}
        others = {name: frozenset(_moment(earlier[name]) for earlier in before) for name in row}
        now = datetime.combine(self.as_of, datetime.min.time())
        facts = RowContext(values, now, self.opened.scope.settings, block.groups, others)
        for field in block.columns:
            if field.expression is not None:
                values[field.name] = expression_value(field.expression, facts)
        return facts

    def _value(self, field: FieldBase, number: int, rng: random.Random) -> object:
        if isinstance(field, IdField) and not field.to:
            return field.example_of(number + 1, self.as_of.year, self.region.code)
        if not field.required and rng.random() < 0.2:
            return None
        if isinstance(field, ChoiceField) and field.of == "regions":
            return self.region.code  # rows that are mostly another region's are a finding
        if field.to:
            target, count = self._target(field.to)
            return target.example_of(rng.randint(1, count), self.as_of.year, self.region.code)
        if field.dtype == "datetime":
            day = datetime.combine(self.as_of, datetime.min.time()) + timedelta(days=rng.randint(-AROUND, AROUND))
            moment = isinstance(field.sample(rng, self.opened.scope), datetime)
            return day + timedelta(hours=rng.randrange(9, 18)) if moment else day.date()
        return field.sample(rng, self.opened.scope)

    def _target(self, to: str) -> tuple[IdField, int]:
        """Return the id field that a reference leads to, and its number of rows."""
        sheet, name, field = to.split(".")
        _, block = self.opened.blocks[f"{sheet}.{name}"]
        found = block.field(field)
        assert isinstance(found, IdField)
        return found, self.rows if block.has_rows else 1


def _wait_for_what_has_ended(block: DataBlock, full: str, rows: Sequence[Values]) -> None:
    """Take out of the last row whom it waits for, unless that is an earlier row that has ended when it begins."""
    follow = getattr(block, "follow", None)
    ended = {row[block.key]: row.get(follow.due) for row in rows[:-1]} if follow and follow.start else {}
    row = rows[-1]
    for name in (field.name for field in block.columns if field.to == f"{full}.{block.key}"):
        start, end = row.get(getattr(follow, "start", "")), ended.get(row.get(name))
        if not (isinstance(start, date) and isinstance(end, date) and end <= start):
            row[name] = None


def _moment(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, datetime.min.time())
    return value


def places(sent: Path, opened: PackDefinitions) -> Mapping[str, PlacedBlock]:
    """Return full name -> position of each block in an outgoing workbook."""
    (book,) = open_returns([sent])
    assert isinstance(book, RawWorkbook)
    found = Recogniser(opened.templates, opened.scope).place(book, None)
    return {block.template.full_name(block.block): block for block in found if isinstance(block, PlacedBlock)}


def put(
    document: Document, at: PlacedBlock, rows: Sequence[Mapping[str, object]], opened: PackDefinitions, lang: str
) -> None:
    """Type rows into a block, with codes as labels in the workbook's language."""
    cells = {}
    for number, row in enumerate(rows):
        for name, value in row.items():
            fixed, col = at.columns[name]
            shown = at.block.field(name).write(value, "en" if lang == "en" else "zh", opened.scope)
            if shown is not None:
                cells[a1(at.first_row + number if fixed is None else fixed, col)] = shown
    document.fill(at.grid.name, cells)  # type: ignore[arg-type]  # a kind writes what a cell can hold


def send_back(
    office: Office,
    sent: Path,
    back: Path,
    opened: PackDefinitions,
    rows: Mapping[str, Sequence[Mapping[str, object]]],
    lang: str,
) -> Path:
    """Open an outgoing workbook in LibreOffice, type rows into it and save it as a return."""
    there = places(sent, opened)
    with office.open(sent) as document:
        for full, lines in rows.items():
            put(document, there[full], lines, opened, lang)
        document.calculate()
        document.save(back)
    return back
