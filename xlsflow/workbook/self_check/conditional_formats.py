"""Colours of a workbook that change while it is filled in (status, findings, due dates, progress), and the KPI line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.template.kinds import FieldBase
from xlsflow.workbook.outgoing.plan import AS_OF
from xlsflow.workbook.self_check.formula import Addresses, text_literal
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import KEEP_FORMULA
from xlsflow.workbook.style.theme import CellTone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.layout.sheet_layout import TableLayout
    from xlsflow.template.model import DataBlock, Follow, TableBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter
    from xlsflow.workbook.self_check.data_validations import CellBlock

Edges = tuple[int, int, int, int]
"""First row, first column, last row, last column of a range."""

_DEFAULT_SOON_DAYS = 7
_PROGRESS_BAR = "#8DBBE3"
_KPI_TEXTS = (texts.KPI_TOTAL, texts.KPI_DONE, texts.KPI_OVERDUE, texts.KPI_SOON, texts.KPI_BLOCKED)


def add_sign_colours(drawer: SheetDrawer, edges: Edges) -> None:
    """Colour cells by the sign that their text contains: a mark beside a row, a sheet's completeness."""
    signs: tuple[tuple[str, CellTone], ...] = (("▲", "due_soon"), ("●", "done"))
    for sign, tone in signs:
        tone_format = drawer.formats.rule(tone, sign=False)
        _add_rule(drawer, edges, {"type": "text", "criteria": "containing", "value": sign, "format": tone_format})


def row_in_use(block: DataBlock, addresses: Addresses) -> str:
    """Return the formula, without its `=`, that says whether a row is in use."""
    content = [field.name for field in block.columns if field.counts_as_content]
    return f"COUNTA({','.join(addresses.runs(content))})>0" if content else "FALSE"


def add_field_colours(
    drawer: SheetDrawer, field: FieldBase, cells: CellBlock, cell: str, conditions: Sequence[str]
) -> None:
    """Add the colours of a field's cells: findings, progress bar, status, alarm.

    Args:
        drawer: The sheet.
        field: The field.
        cells: Its cells.
        cell: Address of the first of them, relative so that Excel adjusts it for the others.
        conditions: Formulas, without their `=`, that are true if the first cell has a finding.
    """
    edges = cells.first_row, cells.first_col, cells.last_row, cells.last_col
    # Findings before tones: of several rules that set the fill, Excel shows the first that holds.
    for condition in conditions:
        _add_rule(drawer, edges, {"type": "formula", "criteria": f"={condition}", "format": drawer.formats.missing()})
    if field.display_format.endswith("%"):
        # From 0 to 1: by default, Excel scales a bar by the largest value of the column.
        # A solid bar would need an extension, which other programs drop.
        bar = {"type": "data_bar", "bar_color": _PROGRESS_BAR, "min_type": "num", "max_type": "num"}
        _add_rule(drawer, edges, {**bar, "min_value": 0, "max_value": 1})
    choices = drawer.plan.outgoing.scope.lists.get(field.list_name())
    labels_by_tone: dict[CellTone, list[str]] = {}
    for choice in choices.values if choices else ():
        if choice.tone:
            labels_by_tone.setdefault(choice.tone, []).append(choice.label.say(drawer.lang))
    for tone, labels in labels_by_tone.items():
        tests = [f"{cell}={text_literal(label)}" for label in labels]
        test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        _add_rule(drawer, edges, {"type": "formula", "criteria": f"={test}", "format": drawer.formats.rule(tone)})
    if field.alarm:
        alarm = f"=AND(ISNUMBER({cell}),N({cell})>0)"
        alarm_format = drawer.formats.rule("overdue", sign=False)
        _add_rule(drawer, edges, {"type": "formula", "criteria": alarm, "format": alarm_format})


def add_due_colours(drawer: SheetDrawer, block: TableBlock, addresses: Addresses, layout: TableLayout) -> None:
    """Colour the due dates of tracked items: overdue, and due soon."""
    follow = block.follow
    if follow is None:
        return
    due, status = addresses.cell(follow.due), addresses.cell(follow.status)
    span = layout.columns[follow.due]
    edges = layout.first_row, span.first, layout.last_row, span.last
    closed = ",".join(f"{status}={label}" for label in _labels(drawer, block, (*follow.done, *follow.dropped)))
    # FALSE keeps OR() valid for a table in which no status closes an item.
    is_open = f"ISNUMBER({due}),NOT(OR({closed},FALSE))"
    tests: tuple[tuple[CellTone, str], ...] = (
        ("overdue", f"{due}<{AS_OF}"),
        ("due_soon", f"{due}<{AS_OF}+{_soon_days(drawer) + 1}"),
    )
    for tone, test in tests:
        tone_format = drawer.formats.rule(tone, sign=False)
        criteria = f"=AND({is_open},{test})"
        # Overdue is tested first and stops the evaluation: an overdue date is also before the end of the soon days.
        rule = {"type": "formula", "criteria": criteria, "format": tone_format, "stop_if_true": True}
        _add_rule(drawer, edges, rule)


def kpi_formula(writer: SheetWriter, block: TableBlock, addresses: Addresses) -> str:
    """Return the formula of the counts above a table of tracked items."""
    follow = block.follow
    assert follow is not None
    title, due, status = (addresses.column(name) for name in (follow.title, follow.due, follow.status))
    closed = _any_of(status, _labels(writer, block, (*follow.done, *follow.dropped)))
    done = _any_of(status, _labels(writer, block, follow.done))
    blocked = _any_of(status, _labels(writer, block, follow.blocked))
    is_open = f'(TRIM({title})<>"")*ISNUMBER({due})*(({closed})=0)'
    counts = (
        f'SUMPRODUCT(--(TRIM({title})<>""))',
        f'SUMPRODUCT((TRIM({title})<>"")*({done}))',
        f"SUMPRODUCT({is_open}*({due}<{AS_OF}))",
        f"SUMPRODUCT({is_open}*({due}>={AS_OF})*({due}<{AS_OF}+{_soon_days(writer) + 1}))",
        f'SUMPRODUCT((TRIM({title})<>"")*({blocked}))',
    )
    return "=" + "&".join(f'"{writer.say(text)}"&{count}' for text, count in zip(_KPI_TEXTS, counts, strict=True))


def kpi_text(writer: SheetWriter, block: TableBlock, rows: Sequence[Mapping[str, object]]) -> str:
    """Return the result of `kpi_formula` for the rows that the workbook is sent out with."""
    assert block.follow is not None
    counts = _kpi_counts(writer, block.follow, rows)
    return "".join(f"{writer.say(text)}{count}" for text, count in zip(_KPI_TEXTS, counts, strict=True))


def _any_of(status: str, labels: Sequence[str]) -> str:
    """Return the formula, without its `=`, that is 1 for each row whose status is one of some labels."""
    return "+".join(f"({status}={label})" for label in labels) or "0"


def _kpi_counts(
    writer: SheetWriter, follow: Follow, rows: Sequence[Mapping[str, object]]
) -> tuple[int, int, int, int, int]:
    # The same counts as in `kpi_formula`: programs that compute no formulas (previews, readers) show the stored result.
    today = writer.plan.outgoing.day
    last = today + timedelta(days=_soon_days(writer))
    titled = [row for row in rows if row.get(follow.title) not in (None, "")]
    open_rows = [row for row in titled if row.get(follow.status) not in (*follow.done, *follow.dropped)]
    due_days = [_day(value) for row in open_rows if isinstance(value := row.get(follow.due), date)]
    return (
        len(titled),
        sum(row.get(follow.status) in follow.done for row in titled),
        sum(day < today for day in due_days),
        sum(today <= day <= last for day in due_days),
        sum(row.get(follow.status) in follow.blocked for row in titled),
    )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _soon_days(writer: SheetWriter) -> int:
    """Return how many days ahead count as due soon."""
    return int(writer.plan.outgoing.scope.settings.get("due_soon_days", _DEFAULT_SOON_DAYS))


def _labels(writer: SheetWriter, block: TableBlock, codes: Sequence[str]) -> list[str]:
    """Return the labels of status codes as text literals."""
    assert block.follow is not None
    status = block.field(block.follow.status)
    return [text_literal(str(status.write(code, writer.lang, writer.plan.outgoing.scope))) for code in codes]


def _add_rule(drawer: SheetDrawer, edges: Edges, rule: dict[str, object]) -> None:
    """Add a conditional format.

    Raises:
        ValueError: xlsxwriter refused it, for which it only warns.
    """
    rule = {**rule, **_without_continued_rows(drawer, edges)}
    if rule["type"] == "formula":
        rule["criteria"] = f"{rule['criteria']}{KEEP_FORMULA}"
    if drawer.sheet.conditional_format(*edges, rule) != 0:
        raise ValueError(f"xlsxwriter refuses the conditional format at {a1(*edges[:2])}: {rule}")


def _without_continued_rows(drawer: SheetDrawer, edges: Edges) -> dict[str, str]:
    """Return the option that leaves out rows which only continue the texts of the row above."""
    top, left, bottom, right = edges
    continued = sorted(row for row in drawer.continued if top <= row <= bottom)
    if not continued:
        return {}
    firsts, lasts = [top, *(row + 1 for row in continued)], [*(row - 1 for row in continued), bottom]
    runs = [(first, last) for first, last in zip(firsts, lasts, strict=True) if first <= last]
    return {"multi_range": " ".join(f"{a1(first, left)}:{a1(last, right)}" for first, last in runs)}
