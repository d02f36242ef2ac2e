"""Chooses the rows that a region's next workbook is prefilled with: its own open rows, under their present ids.

A row is open until its status, or the `open_until` of its block, closes it, whichever round it was last reported in.
Rows of other tables are prefilled if the caller names the table. Values that are true of one round only stay out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.layout.sheet_sizes import name_on_sheet, without_sheet
from xlsflow.model.consolidated_book import EarlierValue
from xlsflow.model.history import round_order
from xlsflow.prefill.actions import NewRow, NewRows, find_new_rows
from xlsflow.prefill.book_rows import BookRows, Row
from xlsflow.prefill.clashes import Clash, find_clashes
from xlsflow.prefill.forms import OpenForm, open_forms

if TYPE_CHECKING:
    from xlsflow.model.consolidated_book import Book
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import Template

# More open forms of one sort than this in a workbook would only make it slow.
_MAX_SHEETS = 20


class NewId(NamedTuple):
    """A row that goes out under another id, since another row keeps its own.

    Attributes:
        old: The id that it had.
        new: The id that it has now.
        title: What it is about.
        keeper: Code of the region of the other row.
    """

    old: str
    new: str
    title: str
    keeper: str


class SharedRow(NamedTuple):
    """A row that another region's workbook has, since both are one item.

    Attributes:
        key: Its key.
        title: What it is about.
        region: Code of the region that has it; a region's own if it reported the item twice.
    """

    key: str
    title: str
    region: str


@dataclass(frozen=True)
class PrefilledRows:
    """The rows of one region's workbook.

    Attributes:
        rows: Full block name -> its rows, as data.
        earlier: Full block name -> for each of its rows, field -> round and value that its cell goes out without.
        numbers: Full block name -> the first running number that no row has used.
        found: Whether there is anything of the region.
        new_ids: Rows that go out under another id.
        shared: Rows that another workbook has.
        waiting: Open forms that the workbook has no room for.
        became: Rows that were rows of another table.
    """

    rows: Mapping[str, Sequence[Row]]
    earlier: Mapping[str, Sequence[Mapping[str, EarlierValue]]]
    numbers: Mapping[str, int]
    found: bool
    new_ids: Sequence[NewId] = ()
    shared: Sequence[SharedRow] = ()
    waiting: Sequence[OpenForm] = ()
    became: Sequence[NewRow] = ()


@dataclass(frozen=True)
class Prefill:
    """The book of an earlier round, and which of its rows are prefilled.

    Attributes:
        book: The book.
        templates: The sheets that go out.
        regions: Codes of the project's regions, in its order.
        round: Id of the round that they go out for.
        closed: Whether rows of tables that are done or dropped are prefilled too.
        also: Sheets or blocks whose rows are prefilled whether or not anything says when they are closed.
    """

    book: Book
    templates: Sequence[Template]
    regions: Sequence[str] = ()
    round: str = ""
    closed: bool = False
    also: frozenset[str] = frozenset()

    def of(self, region: str, year: int) -> PrefilledRows:
        """Return the rows of a region's workbook.

        Args:
            region: Its code.
            year: The year of the ids of new rows.
        """
        return _RegionRows(self, region, year).prefilled()

    @cached_property
    def since(self) -> str:
        """Id of the latest round that the book has returns of."""
        return max((record.stamp.round for record in self.book.counted), key=round_order, default="")

    @cached_property
    def homeless(self) -> tuple[NewRow, ...]:
        """Rows that would become rows of another table, if their region were in the project."""
        return self.new_rows.homeless

    @cached_property
    def blocks(self) -> Mapping[str, BookRows]:
        """Full block name -> its rows, for every block that goes out and is in the book."""
        return {
            name: BookRows.of(template, block, self.book.tables[name])
            for template in self.templates
            for block in template.data
            if (name := template.full_name(block)) in self.book.tables
        }

    @cached_property
    def new_rows(self) -> NewRows:
        """What rows of the book become."""
        return find_new_rows(self.blocks, self.regions, self.round)

    @cached_property
    def forms(self) -> Mapping[str, Mapping[str, Sequence[OpenForm]]]:
        """Sheet -> region -> its open forms."""
        return {template.name: open_forms(template, self.blocks) for template in self.templates}

    @cached_property
    def given(self) -> Mapping[str, Mapping[str, Sequence[int]]]:
        """Full block name -> region -> its rows that come back, before any clash of ids is settled."""
        given: dict[str, Mapping[str, Sequence[int]]] = {}
        for template in self.templates:
            forms = self.forms[template.name]
            for block in template.data:
                name = template.full_name(block)
                if name in self.blocks:
                    given[name] = {
                        **(dict(self._table_rows(template, self.blocks[name])) if block.has_rows else {}),
                        **{region: of_region[0].rows.get(name, ()) for region, of_region in forms.items() if of_region},
                    }
        return given

    def _table_rows(self, template: Template, rows: BookRows) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield region and rows of a table that come back."""
        asked = bool(self.also & {template.name, rows.name})
        if not asked and rows.block.is_closed is None:
            return
        for region, positions in rows.by_region.items():
            latest = rows.latest(positions)
            yield region, latest if asked or self.closed else [p for p in latest if p in rows.open]

    @cached_property
    def clashes(self) -> Mapping[str, Mapping[str, Sequence[Clash]]]:
        """Full block name -> region -> its rows whose key another row keeps."""
        order = {code: place for place, code in enumerate(self.regions)}
        # The id of a form is not locked, so a region can change it.
        return {
            name: find_clashes(self.blocks[name], given, order)
            for name, given in self.given.items()
            if self.blocks[name].block.has_rows
        }

    @cached_property
    def taken(self) -> frozenset[str]:
        """Every key in the book: new ids differ from all of them."""
        keys = (rows.columns.get(rows.block.key, ()) for rows in self.blocks.values())
        return frozenset(str(key) for column in keys for key in column if key is not None)


class _RegionRows:
    """The rows of one region's workbook while they are put together."""

    def __init__(self, prefill: Prefill, region: str, year: int) -> None:
        self.prefill, self.region, self.year = prefill, region, year
        self.rows: dict[str, list[Row]] = {}
        self.earlier: dict[str, list[Mapping[str, EarlierValue]]] = {}
        self.numbers: dict[str, int] = {}
        self.new_ids: list[NewId] = []
        self.shared: list[SharedRow] = []
        # Field that other fields refer to (`tracking.tasks.task_id`) -> id of a row of this region -> its new id.
        self.renamed: dict[str, dict[object, object]] = {}

    def prefilled(self) -> PrefilledRows:
        """Return the rows."""
        prefill, region = self.prefill, self.region
        new = prefill.new_rows.given.get(region, {})
        for name, rows in prefill.blocks.items():
            self._add(rows, prefill.given[name].get(region, ()), new.get(name, ()))
        forms: list[OpenForm] = []
        for of_sheet in prefill.forms.values():
            further, rest = of_sheet.get(region, ())[1:_MAX_SHEETS], of_sheet.get(region, ())[_MAX_SHEETS:]
            forms += rest
            for copy, form in enumerate(further, start=1):
                for name, positions in form.rows.items():
                    self._add(prefill.blocks[name], positions, (), copy)
        self._follow_references()
        returned = any(record.stamp.region == region for record in prefill.book.counted)
        return PrefilledRows(
            self.rows, self.earlier, self.numbers, returned or bool(self.rows), self.new_ids, self.shared, forms,
            [row for of_block in new.values() for row in of_block],
        )  # fmt: skip

    def _add(self, rows: BookRows, given: Sequence[int], new: Sequence[NewRow], copy: int = 0) -> None:
        """Add the rows of a block, on one of the sheets of a form."""
        key, name = rows.block.key, rows.name
        clashes = {c.position: c for c in self.prefill.clashes.get(name, {}).get(self.region, ())}
        ids = self._free_ids(rows)
        found: list[tuple[Row, Mapping[str, EarlierValue]]] = []
        for position in given:
            clash = clashes.get(position)
            if clash and clash.is_same:
                self.shared.append(SharedRow(rows.key(position), rows.title(position), clash.keeper))
                continue
            values, earlier = self._without_round_values(rows, position)
            if clash and (number := next(ids, "")):
                self.new_ids.append(NewId(rows.key(position), number, rows.title(position), clash.keeper))
                earlier[key] = EarlierValue(rows.round(position), values[key])
                if clash.keeper != self.region:
                    self.renamed.setdefault(f"{name}.{key}", {})[values[key]] = number
                values[key] = number
            found.append((values, earlier))
        found += [({key: next(ids, ""), **row.values}, {}) for row in new]
        if found:
            self.rows[name_on_sheet(name, copy)] = [values for values, _ in found]
            self.earlier[name_on_sheet(name, copy)] = [earlier for _, earlier in found]
        if next_number := self._next_number(rows, [field for field in rows.block.columns if self._is_preset(field)]):
            self.numbers[name] = next_number

    def _without_round_values(self, rows: BookRows, position: int) -> tuple[Row, dict[str, EarlierValue]]:
        """Return a row without what was true of its round only, and that; in its own round nothing is left out."""
        values, round_id = rows.typed(position), rows.round(position)
        if round_id == self.prefill.round:
            return values, {}
        names = [field.name for field in rows.block.columns if field.per_round and field.name in values]
        return values, {name: EarlierValue(round_id, values.pop(name)) for name in names}

    def _follow_references(self) -> None:
        """Let the references among this region's rows follow the rows that have new ids."""
        for name, lines in self.rows.items():
            for field in self.prefill.blocks[without_sheet(name)].block.columns:
                renamed = self.renamed.get(field.to, {})
                for line in lines if renamed else ():
                    if line.get(field.name) in renamed:
                        line[field.name] = renamed[line[field.name]]

    def _free_ids(self, rows: BookRows) -> Iterator[str]:
        """Yield ids for new rows of a block, after those that the region has used; none if its keys are no ids."""
        if not rows.block.key:
            return
        field = rows.block.field(rows.block.key)
        for number in count(self._next_number(rows, [field]) or 1):
            value = field.numbered_value(number, self.year, self.region)
            if value is None:
                return
            if value not in self.prefill.taken:
                yield value

    def _is_preset(self, field: FieldBase) -> bool:
        return field.preset_value(1, self.year, self.region) is not None

    def _next_number(self, rows: BookRows, fields: Sequence[FieldBase]) -> int:
        """Return the number after the highest that the region has used this year; 0 if it has used none."""
        used = (
            field.running_number(value, self.year, self.region)
            for field in fields
            for position in rows.by_region.get(self.region, ())
            if (value := rows.value(field.name, position)) is not None
        )
        return max((number + 1 for number in used if number is not None), default=0)
