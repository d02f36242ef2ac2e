"""Plans an outgoing workbook: its content, its sheets, the layout of each, the values of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from xlsflow.fileformat.baseline import Baseline
from xlsflow.fileformat.cells import PercentNumber, display_text
from xlsflow.fileformat.excel_limits import MAX_SHEET_NAME
from xlsflow.fileformat.stamp import RETURN_KIND
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
from xlsflow.layout.sheet_sizes import WorkbookSizes, name_on_sheet, without_sheet
from xlsflow.model.consolidated_book import EarlierValue
from xlsflow.model.returns import Stamp
from xlsflow.template.expressions.evaluate_row import ExpressionValue, RowContext, compile_value
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.lists import fold_text
from xlsflow.template.model import ContentsBlock, DataBlock, Pack, Template
from xlsflow.workbook.style import texts

Record = Mapping[str, object]
"""Field -> value of a row, as data."""

AS_OF = "as_of"
"""The defined name of the as-of day, and the `defines` of the field that holds it."""

# A longer text does not fit into the box of a note.
_MAX_NOTE = 500
# What the band below a title shows, if the cover has a field for it.
_BAND_FACTS = ("region.code", "round.id", "document.number")

_ComputedField = tuple[str, Callable[[RowContext], ExpressionValue]]


class UnparsedText(str):
    """A text that a person typed and that could not be parsed: it is shown, and counts as no value."""

    __slots__ = ()


@dataclass(frozen=True)
class OutgoingWorkbook:
    """The content of one outgoing workbook: one region's, or the project workbook.

    Attributes:
        pack: The pack.
        templates: Its sheets, resolved for the project.
        scope: The project's lists and settings.
        lang: The language of the workbook.
        stamp: Which workbook it is.
        facts: What prefilled cells hold, by the name in a template's `fill`.
        rows: Full block name -> prefilled rows, as data: codes, numbers, dates. Those of a further sheet of a form are
            under `name_on_sheet`.
        as_of: The as-of day; None means the current day when the workbook is opened.
        created: The time of creation that the file states.
        numbers: Full block name -> the first running number for new rows, if earlier numbers are taken.
        for_print: Whether it is only printed: no spare rows, results instead of formulas, rows as high as their texts.
        since: Round that the prefilled rows are from; empty where it is not known.
        earlier: Full block name -> for each of its prefilled rows, field -> what an earlier round's cell held.
    """

    pack: Pack
    templates: tuple[Template, ...]
    scope: Scope
    lang: Lang
    stamp: Stamp
    facts: Mapping[str, object]
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    as_of: date | None = None
    created: datetime = datetime(2000, 1, 1)  # noqa: DTZ001 - the date of a file has no zone
    numbers: Mapping[str, int] = field(default_factory=dict)
    for_print: bool = False
    since: str = ""
    earlier: Mapping[str, Sequence[Mapping[str, EarlierValue]]] = field(default_factory=dict)

    @cached_property
    def sizes(self) -> WorkbookSizes:
        """What decides how many sheets and rows it has."""
        counts = {name: len(rows) for name, rows in self.rows.items()}
        return WorkbookSizes(self.templates, counts, self.scope.settings, self.for_print)

    @cached_property
    def baseline(self) -> Baseline:
        """The rows that it goes out with and that a merge can recognise by their key."""
        # A workbook that is printed, and the project workbook, never come back as a return.
        if self.for_print or self.stamp.kind != RETURN_KIND:
            return Baseline()
        blocks = [(template, block) for template in self.templates for block in template.data]
        keys = {template.full_name(block): block.key for template, block in blocks}
        # A return may have the sheets of a form in any order, so the rows of all of them are compared by their keys.
        rows: dict[str, list[Record]] = {}
        for name, records in self.rows.items():
            if (block_name := without_sheet(name)) in keys:
                rows.setdefault(block_name, []).extend(records)
        return Baseline.from_rows(rows, keys, self.since)

    @property
    def day(self) -> date:
        """The day for which stored results are computed."""
        return self.as_of or self.created.date()


@dataclass(frozen=True)
class SheetPlan:
    """One sheet: its template, its layout, its name.

    Attributes:
        template: The template.
        layout: The layout.
        tab: The sheet's name.
        copy: Its number among the sheets of its template, from 0.
    """

    template: Template
    layout: SheetLayout
    tab: str
    copy: int = 0

    def rows_name(self, block: DataBlock) -> str:
        """Return the name of a block's prefilled rows."""
        return name_on_sheet(self.template.full_name(block), self.copy)

    @property
    def is_single_table(self) -> bool:
        """Whether it is one table and nothing else, so that it can be frozen, filtered and printed over pages."""
        return self.layout.frozen[0] > 0

    def width(self, span: ColumnSpan) -> float:
        """Return the width of columns in units; each column after the first adds its own padding."""
        widths = self.layout.widths[span.first : span.last + 1]
        return sum(widths) + (len(widths) - 1) * 5 / 7

    def at(self, cells: str) -> str:
        """Return cells of this sheet as a formula on any sheet refers to them."""
        quoted = self.tab.replace("'", "''")
        return f"'{quoted}'!{cells}"

    def link(self) -> str:
        """Return the target of a link to this sheet."""
        return f"internal:{self.at('A1')}"


@dataclass(frozen=True)
class Plan:
    """A whole workbook: its sheets in order, the cover first."""

    outgoing: OutgoingWorkbook
    sheets: tuple[SheetPlan, ...]
    _lines: dict[tuple[str, int], list[dict[str, object]]] = field(default_factory=dict, repr=False, compare=False)
    _prefilled: dict[str, tuple[Sequence[Record], Record]] = field(default_factory=dict, repr=False, compare=False)
    _values: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def home(self) -> SheetPlan:
        """The sheet that the others link back to: the cover, if there is one."""
        return self.sheets[0]

    @property
    def listed(self) -> tuple[SheetPlan, ...]:
        """The sheets in the list of contents."""
        return tuple(sheet for sheet in self.sheets if not sheet.template.cover)

    def records(self, sheet: SheetPlan, block: DataBlock) -> list[dict[str, object]]:
        """Return the values of a block's prefilled rows; a form has one row, even if it is blank."""
        rows = self.outgoing.rows.get(sheet.rows_name(block), ())
        if not block.has_rows:
            return self.lines(sheet, block, 1)
        layout = sheet.layout.table(block.name)  # all its rows are asked for sooner or later
        return self.lines(sheet, block, max(len(rows), layout.last_row - layout.first_row + 1))[: len(rows)]

    def lines(self, sheet: SheetPlan, block: DataBlock, count: int) -> list[dict[str, object]]:
        """Return the values of a block's rows: prefilled ones, then blank ones with their facts and numbers."""
        name = sheet.rows_name(block)
        if (name, count) not in self._lines:
            self._lines[name, count] = self._numbered_lines(sheet, block, count)
        return self._lines[name, count]

    def _numbered_lines(self, sheet: SheetPlan, block: DataBlock, count: int) -> list[dict[str, object]]:
        name = sheet.rows_name(block)
        prefilled, blank = self._prefilled_and_blank(name, block)
        # Copies: numbers are added below, and the prefilled rows are shared between counts.
        lines = [dict(line) for line in prefilled[:count]]
        lines += [dict(blank) for _ in range(count - len(lines))]
        year, region = self.outgoing.day.year, self.outgoing.stamp.region
        for column in block.columns:
            number = self.outgoing.numbers.get(sheet.template.full_name(block), 1) + self._numbered_before(sheet, block)
            if column.preset_value(number, year, region) is None:
                continue
            taken = {line.get(column.name) for line in lines} | {
                row.get(column.name) for rows in self._rows_of_all_sheets(sheet, block) for row in rows
            }
            for line in lines:
                if column.name in line:
                    continue
                while (preset := column.preset_value(number, year, region)) in taken and preset:
                    number += 1
                if preset is None:
                    break
                line[column.name] = preset
                number += 1
        return lines

    def _numbered_before(self, sheet: SheetPlan, block: DataBlock) -> int:
        """Return how many numbers the sheets of the same form before this one may take."""
        before = (one for one in self.sheets if one.template is sheet.template and one.copy < sheet.copy)
        if not block.has_rows:
            return sheet.copy
        tables = (one.layout.table(block.name) for one in before)
        return sum(table.last_row - table.first_row + 1 for table in tables)

    def _rows_of_all_sheets(self, sheet: SheetPlan, block: DataBlock) -> list[Sequence[Record]]:
        """Return the prefilled rows of a block on each sheet of a form."""
        sheets = (one for one in self.sheets if one.template is sheet.template)
        return [self.outgoing.rows.get(one.rows_name(block), ()) for one in sheets]

    def _prefilled_and_blank(self, name: str, block: DataBlock) -> tuple[Sequence[Record], Record]:
        """Return the prefilled rows with facts and computed values applied, and the same for a blank row."""
        if name not in self._prefilled:
            facts = self._row_facts(block)
            computed = [
                (column.name, compile_value(column.expression))
                for column in block.columns
                if column.expression is not None
            ]
            rows = [self._complete(block, {**facts, **row}, computed) for row in self.outgoing.rows.get(name, ())]
            self._prefilled[name] = rows, self._complete(block, facts, computed)
        return self._prefilled[name]

    def _row_facts(self, block: DataBlock) -> Record:
        """Return the facts that every row of a block goes out with."""
        outgoing = self.outgoing
        facts: dict[str, object] = {
            column.name: outgoing.facts.get(column.fill) for column in block.columns if column.fill
        }
        return facts | {column.name: outgoing.as_of for column in block.columns if column.defines == AS_OF}

    def _complete(self, block: DataBlock, values: Record, computed: Sequence[_ComputedField]) -> dict[str, object]:
        """Return a row without its blanks, with its computed values if it is in use."""
        outgoing = self.outgoing
        row = {name: value for name, value in values.items() if value is not None and value != ""}
        if not computed or not is_used(block, row):
            return row
        # An unparsed text is shown, but no expression computes with it.
        parsed = row
        if UnparsedText in map(type, row.values()):
            parsed = {name: value for name, value in row.items() if not isinstance(value, UnparsedText)}
        context = RowContext(parsed, outgoing.day, outgoing.scope.settings, block.groups)
        for name, compute in computed:
            row[name] = parsed[name] = compute(context)
        return row

    def shown(self, field: FieldBase, value: object) -> object:
        """Return what a cell shows for a field's value, such as the label of a code."""
        if value is None or isinstance(value, UnparsedText):
            return value
        return field.write(value, self.outgoing.lang, self.outgoing.scope)

    def notes(self, sheet: SheetPlan, block: DataBlock) -> Sequence[Mapping[str, str]]:
        """Return for each prefilled row field -> the note of its cell; paper has none."""
        if self.outgoing.for_print:
            return ()
        rows = self.outgoing.earlier.get(sheet.rows_name(block), ())
        return [{name: self._note(block.field(name), earlier) for name, earlier in row.items()} for row in rows]

    def _note(self, field: FieldBase, earlier: EarlierValue) -> str:
        shown = self.shown(field, earlier.value)
        if field.is_share and isinstance(shown, float):
            shown = PercentNumber(shown)
        text = display_text(shown)  # type: ignore[arg-type]  # what a cell shows
        text = text if len(text) <= _MAX_NOTE else f"{text[: _MAX_NOTE - 1]}…"
        return texts.EARLIER.format(self.outgoing.lang, round=earlier.round, value=text)

    def all_shown(self, block: DataBlock, row: Record) -> dict[str, object]:
        """Return field -> what its cell shows, for a row."""
        return {column.name: self.shown(column, row.get(column.name)) for column in block.columns}

    @cached_property
    def facts(self) -> Sequence[str]:
        """What the band of every sheet shows, with the cover's labels; the as-of day is last: a formula follows it."""
        lang, facts = self.outgoing.lang, dict[str, str]()
        colon = texts.FACT_COLON.say(lang)
        for block in self.home.template.data:
            values = self.records(self.home, block) if not block.has_rows else []
            for column in block.columns if values else ():
                fact = AS_OF if column.defines == AS_OF else column.fill
                shown = self.shown(column, values[0].get(column.name)) or ""
                facts[fact] = f"{column.label.say(lang)}{colon}{shown}"
        if AS_OF not in facts:
            return []
        day = facts[AS_OF].partition(colon)[0] + colon
        return [*(facts[fact] for fact in _BAND_FACTS if fact in facts), day]

    def values_of(self, name: str) -> frozenset[str]:
        """Return the values that a field goes out with, folded, by its full name; ids of blank rows are among them."""
        if name not in self._values:
            self._values[name] = frozenset(fold_text(str(value)) for value in self._values_of(name))
        return self._values[name]

    def has_rows_with(self, name: str) -> bool:
        """Return whether a row in use has this field, given its full name; a required form is in use even if blank."""
        return any(
            is_used(block, row) or bool(not block.has_rows and getattr(block, "required", False))
            for sheet, block, _ in self.blocks()
            if sheet.template.full_name(block) == name.rpartition(".")[0]
            for row in self.records(sheet, block)
        )

    def _values_of(self, name: str) -> list[object]:
        return [
            line[field.name]
            for sheet, block, layout in self.blocks()
            for field in block.columns
            if f"{sheet.template.full_name(block)}.{field.name}" == name
            for line in self.lines(sheet, block, layout.last_row - layout.first_row + 1 if block.has_rows else 1)
            if field.name in line
        ]

    def blocks(self) -> list[tuple[SheetPlan, DataBlock, FormLayout | TableLayout]]:
        """Return every block that holds data, with its sheet and its layout."""
        return [
            (sheet, block, layout)
            for sheet in self.sheets
            for block, layout in data_layouts(sheet.template, sheet.layout)
        ]


def is_used(block: DataBlock, row: Record) -> bool:
    """Return whether a row is in use: it has a value that is no fact, no number and not computed."""
    content = block.content_fields
    for name, value in row.items():  # noqa: SIM110 - called for every row several times; a third faster than any()
        if name in content and value is not None and value != "":
            return True
    return False


def plan(outgoing: OutgoingWorkbook, extra: Mapping[str, int] | None = None) -> Plan:
    """Return the plan of a workbook.

    Args:
        outgoing: The content of the workbook.
        extra: Full block name -> rows in addition to its prefilled ones, because some are split.
    """
    sheets = outgoing.sizes.sheets
    contents = sum(not template.cover for template, _ in sheets)
    return Plan(outgoing, tuple(_plan_sheet(outgoing, sheet, contents, extra or {}) for sheet in sheets))


def _plan_sheet(
    outgoing: OutgoingWorkbook, sheet: tuple[Template, int], contents: int, extra: Mapping[str, int]
) -> SheetPlan:
    template, copy = sheet
    counts = outgoing.sizes.row_counts(template, copy, extra)
    # Only the sheet with the list of contents grows with the number of sheets.
    listed = contents if any(isinstance(block, ContentsBlock) for block in template.blocks) else 0
    layout = lay_out(template, outgoing.lang, outgoing.scope, LayoutSizes(counts, listed, outgoing.stamp.region))
    tab = template.tab.say(outgoing.lang)
    ending = f" {copy + 1}" if copy else ""
    return SheetPlan(template, layout, f"{tab[: MAX_SHEET_NAME - len(ending)]}{ending}", copy)
