"""What a table shows of itself while it is filled: colours of status, what is missing, progress, counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import (
    a1,
    letters,
)
from xlsflow.template.kinds import FieldBase
from xlsflow.workbook.outgoing.plan import AS_OF
from xlsflow.workbook.self_check.formula import Addresses
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import KEEP_FORMULA
from xlsflow.workbook.style.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.layout.sheet_layout import TableLayout
    from xlsflow.template.model import DataBlock, Follow, TableBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_writer import SheetWriter
    from xlsflow.workbook.self_check.validations import Cells

SOON_DAYS = 7
BAR = "#8DBBE3"
"""The colour of a progress bar."""


def colour_signs(hand: SheetDrawer, edges: tuple[int, int, int, int]) -> None:
    """Colour cells that say in words how complete something is, by the sign they begin with or hold."""
    signs: tuple[tuple[str, Tone], ...] = (("▲", "due_soon"), ("●", "done"))
    for sign, tone in signs:
        look = hand.ink.rule(tone, sign=False)
        _format(hand, edges, {"type": "text", "criteria": "containing", "value": sign, "format": look})


def started(block: DataBlock, at: Addresses) -> str:
    """Return the formula, without its `=`, that says whether something stands in a row that makes it a used one."""
    making = [one.name for one in block.columns if one.makes_row]
    return f"COUNTA({','.join(at.runs(making))})>0" if making else "FALSE"


def colour_cell(hand: SheetDrawer, one: FieldBase, cells: Cells, cell: str, faults: Sequence[str]) -> None:
    """Lay the live colours over the cells of a field.

    Args:
        hand: The sheet.
        one: The field.
        cells: Its cells.
        cell: The first of them, as a formula names it from there.
        faults: Formulas that say whether it is at fault.
    """
    edges = cells.first_row, cells.first_col, cells.last_row, cells.last_col
    for fault in faults:
        _format(hand, edges, {"type": "formula", "criteria": f"={fault}", "format": hand.ink.missing()})
    if one.display_format.endswith("%"):
        bar = {"type": "data_bar", "bar_solid": True, "bar_color": BAR, "min_type": "num", "max_type": "num"}
        _format(hand, edges, {**bar, "min_value": 0, "max_value": 1, "bar_border_color": BAR})
    choices = hand.plan.edition.scope.lists.get(one.list_name())
    tones: dict[Tone, list[str]] = {}
    for choice in choices.values if choices else ():
        if choice.tone:
            tones.setdefault(choice.tone, []).append(choice.label.say(hand.lang))
    for tone, labels in tones.items():
        tests = [f"{cell}={_quoted(label)}" for label in labels]
        test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        _format(hand, edges, {"type": "formula", "criteria": f"={test}", "format": hand.ink.rule(tone)})
    if one.alarm:
        alarm = f"=AND(ISNUMBER({cell}),N({cell})>0)"
        _format(hand, edges, {"type": "formula", "criteria": alarm, "format": hand.ink.rule("overdue", sign=False)})


def colour_due(hand: SheetDrawer, block: TableBlock, at: Addresses, place: TableLayout) -> None:
    """Colour the due day of a table that is followed up: overdue, and due soon."""
    follow = block.follow
    if follow is None:
        return
    due, status = at.cell(follow.due), at.cell(follow.status)
    column = place.columns[follow.due]
    edges = place.first_row, column.first, place.last_row, column.last
    closed = ",".join(f"{status}={label}" for label in _labels(hand, block, (*follow.done, *follow.dropped)))
    open_ = f"ISNUMBER({due}),NOT(OR({closed},FALSE))"
    tests: tuple[tuple[Tone, str], ...] = (
        ("overdue", f"{due}<{AS_OF}"),
        ("due_soon", f"{due}<{AS_OF}+{_soon(hand) + 1}"),
    )
    for tone, test in tests:
        look = hand.ink.rule(tone, sign=False)
        _format(
            hand, edges, {"type": "formula", "criteria": f"=AND({open_},{test})", "format": look, "stop_if_true": True}
        )


def kpi(hand: SheetWriter, block: TableBlock, at: Addresses) -> str:
    """Return the formula of the counts above a table that is followed up."""
    follow = block.follow
    assert follow is not None
    title, due, status = (at.column(name) for name in (follow.title, follow.due, follow.status))
    closed = "+".join(f"({status}={x})" for x in _labels(hand, block, (*follow.done, *follow.dropped))) or "0"
    done = "+".join(f"({status}={label})" for label in _labels(hand, block, follow.done)) or "0"
    blocked = "+".join(f"({status}={label})" for label in _labels(hand, block, follow.blocked)) or "0"
    open_ = f'(TRIM({title})<>"")*ISNUMBER({due})*(({closed})=0)'
    parts = (
        (texts.KPI_TOTAL, f'SUMPRODUCT(--(TRIM({title})<>""))'),
        (texts.KPI_DONE, f'SUMPRODUCT((TRIM({title})<>"")*({done}))'),
        (texts.KPI_OVERDUE, f"SUMPRODUCT({open_}*({due}<{AS_OF}))"),
        (texts.KPI_SOON, f"SUMPRODUCT({open_}*({due}>={AS_OF})*({due}<{AS_OF}+{_soon(hand) + 1}))"),
        (texts.KPI_BLOCKED, f'SUMPRODUCT((TRIM({title})<>"")*({blocked}))'),
    )
    return "=" + "&".join(f'"{hand.say(words)}"&{count}' for words, count in parts)


def kpi_text(hand: SheetWriter, block: TableBlock, rows: Sequence[Mapping[str, object]]) -> str:
    """Return what that formula gives for the rows as issued."""
    assert block.follow is not None
    said = (texts.KPI_TOTAL, texts.KPI_DONE, texts.KPI_OVERDUE, texts.KPI_SOON, texts.KPI_BLOCKED)
    counts = _counts(hand, block.follow, rows)
    return "".join(f"{hand.say(words)}{count}" for words, count in zip(said, counts, strict=True))


def _counts(hand: SheetWriter, follow: Follow, rows: Sequence[Mapping[str, object]]) -> tuple[int, int, int, int, int]:
    """Return the same counts of rows as they are issued."""
    day = hand.plan.edition.day
    last = day + timedelta(days=_soon(hand))
    titled = [row for row in rows if row.get(follow.title) not in (None, "")]
    open_ = [row for row in titled if row.get(follow.status) not in (*follow.done, *follow.dropped)]
    due = [_day(value) for row in open_ if isinstance(value := row.get(follow.due), date)]
    return (
        len(titled),
        sum(row.get(follow.status) in follow.done for row in titled),
        sum(one < day for one in due),
        sum(day <= one <= last for one in due),
        sum(row.get(follow.status) in follow.blocked for row in titled),
    )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _soon(hand: SheetWriter) -> int:
    """Return how many days ahead count as soon."""
    return int(hand.plan.edition.scope.settings.get("due_soon_days", SOON_DAYS))


def _labels(hand: SheetWriter, block: TableBlock, codes: Sequence[str]) -> list[str]:
    """Return the labels of status codes as a formula writes them."""
    assert block.follow is not None
    status = block.field(block.follow.status)
    return [_quoted(str(status.write(code, hand.lang, hand.plan.edition.scope))) for code in codes]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _format(hand: SheetDrawer, edges: tuple[int, int, int, int], rule: dict[str, object]) -> None:
    """Add a conditional format.

    Raises:
        ValueError: xlsxwriter would not take it.
    """
    rule = {**rule, **_passing_over(hand, edges)}
    if rule["type"] == "formula":
        rule["criteria"] = f"{rule['criteria']}{KEEP_FORMULA}"
    if hand.sheet.conditional_format(*edges, rule) != 0:
        raise ValueError(f"Excel takes no such conditional format at {letters(edges[1])}{edges[0] + 1}: {rule}")


def _passing_over(hand: SheetDrawer, edges: tuple[int, int, int, int]) -> dict[str, str]:
    """Return the option that leaves out rows in which only the texts of the row above go on."""
    top, left, bottom, right = edges
    gaps = sorted(row for row in hand.continued if top <= row <= bottom)
    if not gaps:
        return {}
    firsts, lasts = [top, *(row + 1 for row in gaps)], [*(row - 1 for row in gaps), bottom]
    runs = [(first, last) for first, last in zip(firsts, lasts, strict=True) if first <= last]
    return {"multi_range": " ".join(f"{a1(first, left)}:{a1(last, right)}" for first, last in runs)}
