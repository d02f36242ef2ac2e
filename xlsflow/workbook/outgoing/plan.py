"""What one outgoing workbook is made of, and where everything in it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from xlsflow.i18n import Lang
from xlsflow.layout.sheet_layout import (
    ColumnSpan,
    FormLayout,
    LayoutSizes,
    SheetLayout,
    TableLayout,
    data_layouts,
    lay_out,
)
from xlsflow.model.returns import Stamp
from xlsflow.template.expressions.evaluate_row import (
    ExpressionValue,
    RowContext,
    compile_value,
)
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.model import ContentsBlock, DataBlock, Pack, Template
from xlsflow.workbook.style import texts

Record = Mapping[str, object]
Computed = tuple[str, Callable[[RowContext], ExpressionValue]]
"""A field that is worked out, and how."""
AS_OF = "as_of"
"""The workbook's name for the one as-of day, and what a field says that it `defines`."""
SPARE_ROWS, SPARE_ROWS_STACKED = 10, 4
"""Blank rows that stay for new entries below those a table is issued with; fewer where other blocks follow it."""
ROUND_ROWS, ROUND_ROWS_STACKED = 10, 5
"""A table that needs more rows than its definition has is made as long as that: sheets of many regions are alike."""
BAND_FACTS = ("region.code", "round.id", "document.number")
"""What the band under a title says, where the cover is issued with it."""
BLANK_ON_PAPER = 3
"""Blank rows on paper of a table that nobody has filled in, to be filled by hand."""


class Typed(str):
    """What a person typed that could not be understood: it is shown as it is, and counts as no value."""

    __slots__ = ()


@dataclass(frozen=True)
class Edition:
    """One workbook for one region, or the project workbook itself.

    Attributes:
        pack: The pack.
        templates: Its sheets, resolved for the project.
        scope: The project's lists and figures.
        lang: The language that it is written in.
        stamp: Who it is.
        facts: What cells are issued with, by the name that a definition's `fill` calls it.
        rows: Full block name -> the rows that it is issued with, as data: codes, numbers, dates.
        as_of: The as-of day; None leaves it to the day on which the workbook is looked at.
        created: The moment that the file says it was made at.
        numbers: Full block name -> the first running number for a new row, where earlier numbers are taken.
        for_print: Whether it is only printed: no blank rows, results instead of formulas, rows as high as their texts.
    """

    pack: Pack
    templates: tuple[Template, ...]
    scope: Scope
    lang: Lang
    stamp: Stamp
    facts: Mapping[str, object]
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    as_of: date | None = None
    created: datetime = datetime(2000, 1, 1)  # noqa: DTZ001 - a file's date bears no zone
    numbers: Mapping[str, int] = field(default_factory=dict)
    for_print: bool = False

    @property
    def day(self) -> date:
        """The day that stored results are worked out for."""
        return self.as_of or self.created.date()


@dataclass(frozen=True)
class SheetPlan:
    """One sheet: its definition, its name, where things lie.

    Attributes:
        template: The definition.
        layout: Where things lie.
        tab: The sheet's name.
    """

    template: Template
    layout: SheetLayout
    tab: str

    @property
    def lone(self) -> bool:
        """Whether it is one table and nothing else, so that it can be frozen, filtered and run over pages."""
        return self.layout.frozen[0] > 0

    def width(self, span: ColumnSpan) -> float:
        """Return the width of columns in units; each further column brings its own padding along."""
        widths = self.layout.widths[span.first : span.last + 1]
        return sum(widths) + (len(widths) - 1) * 5 / 7

    def at(self, cells: str) -> str:
        """Return cells of this sheet as a formula on any sheet names them."""
        quoted = self.tab.replace("'", "''")
        return f"'{quoted}'!{cells}"

    def link(self) -> str:
        """Return where a link to this sheet leads."""
        quoted = self.tab.replace("'", "''")
        return f"internal:'{quoted}'!A1"


@dataclass(frozen=True)
class Plan:
    """A whole workbook: its sheets in order, the cover first."""

    edition: Edition
    sheets: tuple[SheetPlan, ...]
    _known: dict[tuple[str, int], list[dict[str, object]]] = field(default_factory=dict, repr=False, compare=False)
    _given: dict[str, tuple[Sequence[Record], Record]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def home(self) -> SheetPlan:
        """The sheet that the others lead back to: the cover, where there is one."""
        return self.sheets[0]

    @property
    def listed(self) -> tuple[SheetPlan, ...]:
        """The sheets that the list of contents names."""
        return tuple(sheet for sheet in self.sheets if not sheet.template.cover)

    def records(self, sheet: SheetPlan, block: DataBlock) -> list[dict[str, object]]:
        """Return the rows that a block is issued with; a form is one row, be it blank."""
        given = self.edition.rows.get(sheet.template.full_name(block), ())
        if not block.has_rows:
            return self.lines(sheet, block, 1)
        place = sheet.layout.table(block.name)  # all its rows are asked for sooner or later
        return self.lines(sheet, block, max(len(given), place.last_row - place.first_row + 1))[: len(given)]

    def lines(self, sheet: SheetPlan, block: DataBlock, count: int) -> list[dict[str, object]]:
        """Return what stands in each of a block's rows: what it is given, what all are issued with, what follows."""
        name = sheet.template.full_name(block)
        if (name, count) not in self._known:
            self._known[name, count] = self._lines(name, block, count)
        return self._known[name, count]

    def _lines(self, name: str, block: DataBlock, count: int) -> list[dict[str, object]]:
        given, blank = self._read(name, block)
        lines = [dict(line) for line in given[:count]]
        lines += [dict(blank) for _ in range(count - len(lines))]
        for one in block.columns:
            number = self.edition.numbers.get(name, 1)
            if one.preset_value(number, self.edition.day.year, self.edition.stamp.region) is None:
                continue
            taken = {line.get(one.name) for line in lines}
            for line in lines:
                if one.name in line:
                    continue
                while (
                    issued := one.preset_value(number, self.edition.day.year, self.edition.stamp.region)
                ) in taken and issued:
                    number += 1
                if issued is None:
                    break
                line[one.name] = issued
                number += 1
        return lines

    def _read(self, name: str, block: DataBlock) -> tuple[Sequence[Record], Record]:
        """Return the rows that a block is given, with what is issued and follows; and the same of a blank row."""
        if name not in self._given:
            issued = self._issued(block)
            computed = [(one.name, compile_value(one.expression)) for one in block.columns if one.expression is not None]
            given = [self._whole(block, {**issued, **row}, computed) for row in self.edition.rows.get(name, ())]
            self._given[name] = given, self._whole(block, issued, computed)
        return self._given[name]

    def _issued(self, block: DataBlock) -> Record:
        """Return what every row of a block is issued with."""
        edition = self.edition
        issued: dict[str, object] = {one.name: edition.facts.get(one.fill) for one in block.columns if one.fill}
        return issued | {one.name: edition.as_of for one in block.columns if one.defines == AS_OF}

    def _whole(self, block: DataBlock, given: Record, computed: Sequence[Computed]) -> dict[str, object]:
        """Return a row without its blanks, and with what follows from it where it is in use."""
        edition = self.edition
        row = {name: value for name, value in given.items() if value is not None and value != ""}
        if not computed or not is_used(block, row):
            return row
        read = row
        if Typed in map(type, row.values()):
            read = {name: value for name, value in row.items() if not isinstance(value, Typed)}
        known = RowContext(read, edition.day, edition.scope.settings, block.groups)
        for name, worked_out in computed:
            row[name] = read[name] = worked_out(known)
        return row

    def shown(self, one: FieldBase, value: object) -> object:
        """Return what a cell shows for a field's value: a label for a code."""
        if value is None or isinstance(value, Typed):
            return value
        return one.write(value, self.edition.lang, self.edition.scope)

    def all_shown(self, block: DataBlock, row: Record) -> dict[str, object]:
        """Return what the cells of a row show, by the name of the field."""
        return {one.name: self.shown(one, row.get(one.name)) for one in block.columns}

    @cached_property
    def facts(self) -> Sequence[str]:
        """What every sheet belongs to, in the cover's own words; the as-of day stands last because it is worked out."""
        lang, issued = self.edition.lang, dict[str, str]()
        between = texts.FACT_COLON.say(lang)
        for block in self.home.template.data:
            values = self.records(self.home, block) if not block.has_rows else []
            for one in block.columns if values else ():
                named = AS_OF if one.defines == AS_OF else one.fill
                shown = self.shown(one, values[0].get(one.name)) or ""
                issued[named] = f"{one.label.say(lang)}{between}{shown}"
        if AS_OF not in issued:
            return []
        day = issued[AS_OF].partition(between)[0] + between
        return [*(issued[fact] for fact in BAND_FACTS if fact in issued), day]

    def blocks(self) -> list[tuple[SheetPlan, DataBlock, FormLayout | TableLayout]]:
        """Return every block that holds data, with its sheet and place."""
        return [(s, block, place) for s in self.sheets for block, place in data_layouts(s.template, s.layout)]


def is_used(block: DataBlock, row: Record) -> bool:
    """Return whether a row counts as used: something stands in it that was not issued, numbered or worked out."""
    makers = block.content_fields
    for name, value in row.items():  # noqa: SIM110 - asked of every row several times; a third faster than any()
        if name in makers and value is not None and value != "":
            return True
    return False


def plan(edition: Edition, more: Mapping[str, int] | None = None) -> Plan:
    """Return where everything in a workbook lies.

    Args:
        edition: What it is made of.
        more: Full block name -> rows that it takes besides those it is given, where a row takes several.
    """
    ordered = in_order(edition.templates)
    contents = sum(not template.cover for template in ordered)
    return Plan(edition, tuple(_sheet(edition, template, contents, more or {}) for template in ordered))


def in_order(templates: Sequence[Template]) -> Sequence[Template]:
    """Return the sheets in the order of the workbook: the cover first."""
    return sorted(templates, key=lambda template: not template.cover)


def row_counts(edition: Edition, template: Template, more: Mapping[str, int] | None = None) -> Mapping[str, int]:
    """Return block name -> rows, where an edition asks for another number than the definition."""
    rows = {}
    spare = SPARE_ROWS if len(template.blocks) == 1 else SPARE_ROWS_STACKED
    for block in template.data:
        name = template.full_name(block)
        given = len(edition.rows.get(name, ()))
        if block.has_rows and edition.for_print:
            rows[block.name] = (given or BLANK_ON_PAPER) + (more or {}).get(name, 0)
        elif block.has_rows and given and given + spare > getattr(block, "rows", 0):
            step = ROUND_ROWS if len(template.blocks) == 1 else ROUND_ROWS_STACKED
            rows[block.name] = -(-(given + spare) // step) * step
    return rows


def _sheet(edition: Edition, template: Template, contents: int, more: Mapping[str, int]) -> SheetPlan:
    rows = row_counts(edition, template, more)
    listed = contents if any(isinstance(block, ContentsBlock) for block in template.blocks) else 0
    layout = lay_out(template, edition.lang, edition.scope, LayoutSizes(rows, listed, edition.stamp.region))
    return SheetPlan(template, layout, template.tab.say(edition.lang))
