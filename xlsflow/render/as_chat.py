"""Renders the first page of a report as a message for a chat: plain text that a chat takes in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.messages.single_line import single_line
from xlsflow.render.as_markdown import value_text
from xlsflow.workbook.style.symbols import values_with_symbols, with_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import Listing, Overview, Report

MAX_CHARACTERS = 2000
"""Length that a message does not exceed; WeCom, DingTalk and Feishu take as much at least."""

_LONGEST_LINE = 160
_LEFT_OUT = LocalizedText("（其余见报告）", "(more in the report)")


def chat_message(report: Report) -> str:
    """Return the first page of a report as a message: sentence, figures, decisions, overdue items, regions."""
    end = _LEFT_OUT.say(report.lang)
    room = MAX_CHARACTERS - len(end) - 2
    made, whole = "", True
    for line in _lines(report.overview):
        # A line that does not fit ends the message: what follows matters less.
        if len(made) + len(line) + 1 > room:
            whole = False
            break
        made += line + "\n"
    return made.strip() + ("\n" if whole else f"\n{end}\n")


def _lines(first: Overview) -> Iterator[str]:
    yield single_line(" · ".join(filter(None, (first.title, first.round_text))), _LONGEST_LINE)
    yield single_line(first.facts[0], _LONGEST_LINE) if first.facts else ""
    yield single_line(with_symbol(first.mark, first.conclusion), 2 * _LONGEST_LINE)
    yield ""
    for figure in first.figures:
        details = "; ".join(filter(None, (figure.small, figure.basis, figure.before)))
        yield single_line(f"{figure.label} {figure.figure} ({details})", _LONGEST_LINE)
    for table in (first.decisions or first.attention, first.overdue, first.signals):
        yield ""
        yield single_line(table.title, _LONGEST_LINE)
        yield from _rows(table)


def _rows(table: Listing) -> Iterator[str]:
    """Yield the rows of a table, each cell that is no dash behind its title where that is needed to understand it."""
    columns = [(column, values_with_symbols(column)) for column in table.shown]
    for row in range(table.rows):
        cells = []
        for column, shown in columns:
            text = value_text(shown[row], column.format)
            needs_title = column.format in {"integer", "number", "percent"}
            if text and text != _DASH:
                cells.append(f"{column.title} {text}" if needs_title else text)
        yield single_line(" · ".join(cells), _LONGEST_LINE)


_DASH = "–"
