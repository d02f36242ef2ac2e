"""What a person can do on the sheets that go out, and what the workbook says where rows run out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.helpers.returns import opened_by_openpyxl
from tests.office import text
from tests.workbook.outgoing_example import example_outgoing
from xlsflow.fileformat.cells import a1
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import write_workbook
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

PACK, TRACKING = "coordination", "执行跟踪"
TASK = "任务第{}件"


def filled(rows: range) -> dict[str, str | date]:
    """Return the cells of tasks in some sheet rows, from 1."""
    sheet = next(s for s in plan(example_outgoing(PACK)).sheets if s.tab == TRACKING)
    columns = sheet.layout.table("tasks").columns
    values: dict[str, str | date] = {"region": "华东", "owner": "张立诚", "due": date(2026, 4, 1), "progress": "未启动"}
    cells: dict[str, str | date] = {}
    for row in rows:
        said = {
            "task_id": f"HD-2026-{row:03}",
            "task": TASK.format(f"{row:03}"),
            "reported": date(2026, 3, 20),
            **values,
        }
        cells |= {a1(row - 1, columns[name].first): value for name, value in said.items()}
    return cells


def test_every_filled_row_is_printed_and_rows_that_run_out_say_so(office: Office, tmp_path: Path) -> None:
    """A table with its last row filled, and two more tasks written below it: in the table, on the cover, on paper."""
    path = tmp_path / "out.xlsx"
    write_workbook(path, example_outgoing(PACK))
    last = opened_by_openpyxl(path)[TRACKING].max_row
    said, ready = [], []
    with office.open(path) as document:
        for rows in (range(6, 7), range(6, last + 1), range(last + 1, last + 3)):
            document.fill(TRACKING, filled(rows))
            document.calculate()
            said.append(document.cell(TRACKING, "A3").text)
            ready.append(document.cell("填写说明", "A3").text.partition("\n")[0])
        lines = [str(cell) for row in document.values("填写说明", "A1:F40") for cell in row]
        document.save(tmp_path / "out.pdf")

    assert said[0].startswith("每周五")
    assert said[1:] == [texts.HINT_USED_UP.zh, texts.HINT_NO_CHECKS.zh]
    assert "2 行没有自检" not in ready[1]
    assert "2 行没有自检" in ready[2]
    assert any("行已用完" in line and "未自检 2 行" in line for line in lines)
    printed = text(tmp_path / "out.pdf").replace("\n", "")
    assert [row for row in range(6, last + 3) if TASK.format(f"{row:03}") not in printed] == []


def test_typing_is_refused_where_the_workbook_fills_the_cells_itself(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_workbook(path, example_outgoing(PACK))
    book = opened_by_openpyxl(path)

    for sheet in (s for s in plan(example_outgoing(PACK)).sheets if s.is_single_table):
        block, place = sheet.template.data[0], sheet.layout.table(sheet.template.data[0].name)
        guards = [r for r in book[sheet.tab].data_validations.dataValidation if r.errorTitle == texts.GUARDED_TITLE.zh]
        assert {(r.type, r.formula1, r.errorStyle) for r in guards} == {("custom", "FALSE", None)}
        guarded = {cell for rule in guards for area in rule.sqref.ranges for cells in area.rows for cell in cells}
        own = [field.name for field in block.columns if field.computed or field.fill]
        rows = range(place.first_row + 1, place.last_row + 2)
        assert {(row, place.columns[name].first + 1) for name in own for row in rows} <= guarded
        assert {(place.header_row + 1, span.first + 1) for span in place.columns.values()} <= guarded
