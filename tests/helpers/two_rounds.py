"""A round that goes on from the book of the one before, from the project workbook on."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.helpers.returned_rows import PROJECT, TASKS, Row, a_return, a_return_of
from tests.helpers.returns import opened_by_openpyxl
from xlsflow import View
from xlsflow.api import merge_to

BEFORE, NOW = datetime(2026, 11, 20, 18), datetime(2026, 11, 27, 18)  # noqa: DTZ001 - project time


@dataclass(frozen=True)
class TwoRounds:
    """What two rounds need and make.

    Attributes:
        project: The project workbook, in its second round.
        came: The return of the second round.
        before: The book of the first round.
        now: The book of the second round.
    """

    project: Path
    came: Path
    before: Path
    now: Path


def two_rounds(folder: Path, before: list[Row], now: list[Row], setting: tuple[str, int] | None = None) -> TwoRounds:
    """Merge two rounds of one region.

    Args:
        folder: Where everything is written: the books are `w47.xlsx` and `w48.xlsx`.
        before: Its tasks in the first round.
        now: Its tasks in the second one.
        setting: Label and value of a setting that the project enters for the second round.
    """
    made = TwoRounds(*(folder / name for name in ("project.xlsx", "48/hd.xlsx", "w47.xlsx", "w48.xlsx")))
    shutil.copy(PROJECT, made.project)
    enter_round(made.project, "2026-W48")
    if setting is not None:
        _enter_setting(made.project, *setting)
    merge_to([a_return(folder / "47" / "hd.xlsx", "HD", *before)], made.before, project=PROJECT, view=View(BEFORE))
    a_return_of(made.came, "HD", {TASKS: now}, day=26, workbook=made.project)
    merge_to([made.came], made.now, project=made.project, view=View(NOW, previous=made.before))
    return made


def enter_round(project: Path, round_id: str) -> None:
    """Enter a round in a project workbook, as a coordinator does."""
    book = opened_by_openpyxl(project)
    (cell,) = (cell for row in book.worksheets[0] for cell in row if re.fullmatch(r"2026-W\d\d", str(cell.value)))
    cell.value = round_id
    book.save(project)


def _enter_setting(project: Path, label: str, value: int) -> None:
    book = opened_by_openpyxl(project)
    sheet = book["参数"]
    keys = {cell.value: cell for row in sheet for cell in row if str(cell.value).startswith("key:")}
    for key, entry in (("key:name", label), ("key:value", value)):
        sheet.cell(keys[key].row + 2, keys[key].column).value = entry
    book.save(project)
