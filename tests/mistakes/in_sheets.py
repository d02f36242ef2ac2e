"""Mistakes in rows, headers and sheets: how people change the structure of a workbook."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.helpers import files
from tests.mistakes.faulty_return import FaultyReturn, FilledBlock, part_of
from tests.mistakes.in_cells import Mistake
from tests.mistakes.sheetxml import edited, exchanged, hidden, merged, moved_down, texts, with_rows
from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.text import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.mistakes.faulty_return import Parts
    from xlsflow.template.kinds import FieldBase


def _change(faulty: FaultyReturn, sheet: str, change: Callable[..., str], *how: object) -> bool:
    """Change the XML of a sheet, and mark that sheet as touched."""
    faulty.touched.add(sheet)
    faulty.edits.append(lambda parts: edited(part_of(parts, sheet), lambda xml: change(xml, *how))(parts))
    return True


def _below(placed: FilledBlock) -> int:
    """Return the first blank row of a table, counted from 0."""
    return placed.first + len(placed.rows)


def _makers(placed: FilledBlock) -> list[FieldBase]:
    return [field for field in placed.block.columns if field.counts_as_content]


def _leftmost(placed: FilledBlock, column: int) -> int:
    """Return the first filled column of a row with one text, of which an id may be prefilled."""
    numbered = [
        placed.table.columns[field.name].first
        for field in placed.block.columns
        if isinstance(field, IdField) and field.numbered and not field.to
    ]
    return min([column, *numbered])


def _row_of(text: str, code: str) -> Mistake:
    """Return the mistake of a single text in the row below the data."""

    def plant(faulty: FaultyReturn) -> bool:
        for placed in faulty.lone_tables():
            words = [field for field in _makers(placed) if isinstance(field, TextField)]
            if len(_makers(placed)) < 4 or not words or _below(placed) >= placed.table.last_row:
                continue
            col = placed.table.columns[words[0].name].first
            row = _below(placed)
            faulty.expect(code, placed.sheet, a1(row, _leftmost(placed, col)))
            return _change(faulty, placed.sheet, texts, {a1(row, col): text})
        return False

    return plant


def _notes_of_two_lines(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        words = [field for field in _makers(placed) if isinstance(field, TextField)]
        row = _below(placed)
        if len(_makers(placed)) < 4 or not words or row + 1 >= placed.table.last_row:
            continue
        col = placed.table.columns[words[0].name].first
        for number in (row, row + 1):
            faulty.expect("note_row", placed.sheet, a1(number, _leftmost(placed, col)))
        lines: dict[str, str | None] = {a1(row, col): "注：一、每周五前报送", a1(row + 1, col): "二、逾期不候"}
        return _change(faulty, placed.sheet, texts, lines)
    return False


def _another_table(faulty: FaultyReturn) -> bool:
    """Write another table below, after a blank row."""
    for placed in faulty.lone_tables():
        figures = [field for field in _makers(placed) if field.always_has_digits and field.name != placed.block.key]
        words = [field for field in _makers(placed) if isinstance(field, TextField)]
        first = _below(placed) + 1
        key = placed.block.key
        if (
            not key
            or not placed.block.field(key).always_has_digits
            or not figures
            or not words
            or first + 1 >= placed.table.last_row
        ):
            continue
        cols = [placed.table.columns[name].first for name in (key, words[0].name, figures[0].name)]
        cells: dict[str, str | None] = {}
        for row, line in enumerate((("品名", "用途", "单位"), ("螺丝", "安装", "盒")), first):
            cells |= {a1(row, col): text for col, text in zip(cols, line, strict=True)}
            faulty.expect("other_table", placed.sheet, a1(row, min(cols)))
        return _change(faulty, placed.sheet, texts, cells)
    return False


def _label_in_two(faulty: FaultyReturn) -> bool:
    """Split a label over two rows, as a group and its part: it is read without a finding."""
    for placed in faulty.lone_tables():
        for field in _makers(placed):
            label = field.label.say(faulty.outgoing.lang)
            upper, _, lower = label.partition(" ") if faulty.en else (label[:2], "", label[2:])
            if lower:
                head, col = placed.table.header_row, placed.table.columns[field.name].first
                return _change(faulty, placed.sheet, _broken, head, col, upper, lower)
    return False


def _broken(xml: str, head: int, col: int, upper: str, lower: str) -> str:
    xml = texts(moved_down(xml, head + 2, 1), {a1(head, col): upper})
    return with_rows(xml, {head + 2: {column_letters(col): lower}})


def _header_again(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        row = _below(placed)
        if row >= placed.table.last_row:
            continue
        cells: dict[str, str | None] = {
            a1(row, placed.table.columns[field.name].first): field.label.say(faulty.outgoing.lang)
            for field in placed.block.columns
            if not field.computed
        }
        faulty.expect("header_again", placed.sheet, min(cells, key=lambda cell: (len(cell), cell)))
        return _change(faulty, placed.sheet, texts, cells)
    return False


def _merged_down(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        for field in _makers(placed):
            first, second = (row.get(field.name) for row in placed.rows[:2])
            if (
                not isinstance(field, TextField)
                or field.required
                or field.name == placed.block.key
                or not first
                or not second
            ):
                continue
            top, under = (placed.cell(number, field.name) for number in (0, 1))
            faulty.expect("merged_rows", placed.sheet, f"{top}:{under}")
            return _change(faulty, placed.sheet, _merged_under, top, under)
    return False


def _merged_under(xml: str, top: str, under: str) -> str:
    return merged(texts(xml, {under: None}), f"{top}:{under}")


def _titled(xml: str, title: Mapping[int, Mapping[str, str]]) -> str:
    return with_rows(moved_down(xml, 1, len(title)), title)


def _merged_over(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        order = sorted(_makers(placed), key=lambda field: placed.table.columns[field.name].first)
        for left, right in pairwise(order):
            beside = placed.table.columns[right.name].first - placed.table.columns[left.name].first == 1
            row = placed.rows[0]
            if not beside or row.get(left.name) is None or row.get(right.name) is not None or right.name not in row:
                continue
            ref = f"{placed.cell(0, left.name)}:{placed.cell(0, right.name)}"
            faulty.expect("merged_across", placed.sheet, ref)
            return _change(faulty, placed.sheet, merged, ref)
    return False


def _hidden_row(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        faulty.expect("hidden_rows", placed.sheet)
        return _change(faulty, placed.sheet, hidden, placed.first + 1)
    return False


def _key_twice(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        key = placed.block.key
        if not key or len(placed.rows) < 2 or not isinstance(placed.block.field(key), IdField):
            continue
        targets = faulty.targets(lambda field: isinstance(field, IdField) and not field.to)
        target = next((s for s in targets if (s.block, s.field.name) == (placed.full, key) and s.number), None)
        if target is None or faulty.is_referenced(target):
            continue
        faulty.touched.add((placed.sheet, placed.full, 0))
        return faulty.put(target, placed.rows[0][key], "not_unique")
    return False


def _key_blank(faulty: FaultyReturn) -> bool:
    for target in faulty.targets(lambda field: isinstance(field, IdField) and field.required and not field.to):
        placed = next(placed for placed in faulty.blocks if placed.full == target.block)
        if placed.block.key == target.field.name and placed.block.has_rows and not faulty.is_referenced(target):
            return faulty.put(target, None, "required_blank")
    return False


# --- headers ---
def _without_keys(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        row = placed.table.key_row
        keys: dict[str, str | None] = {a1(row, span.first): None for span in placed.table.columns.values()}
        faulty.expect("key_row_missing", placed.sheet)
        return _change(faulty, placed.sheet, texts, keys)
    return False


def _columns_exchanged(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        words = [field for field in _makers(placed) if isinstance(field, TextField)]
        if len(words) < 2:
            continue
        head = placed.table.header_row
        cols = sorted(placed.table.columns[field.name].first for field in words[:2])
        for col in cols:
            faulty.expect("header_moved", placed.sheet, a1(head, col))
        left, right = map(column_letters, cols)
        return _change(faulty, placed.sheet, exchanged, left, right, head + 1, 10_000)
    return False


def _column_lost(*, required: bool) -> Mistake:
    def plant(faulty: FaultyReturn) -> bool:
        for placed in faulty.lone_tables():
            for field in _makers(placed):
                if field.required is not required or field.name == placed.block.key or not isinstance(field, TextField):
                    continue
                col = placed.table.columns[field.name].first
                rows = (placed.table.key_row, *range(placed.table.header_row, _below(placed)))
                gone: dict[str, str | None] = {a1(row, col): None for row in rows}
                faulty.expect("column_missing" if required else "column_gone", placed.sheet)
                return _change(faulty, placed.sheet, texts, gone)
        return False

    return plant


def _column_without_key(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        cell = a1(placed.table.key_row, placed.table.columns[_makers(placed)[-1].name].first)
        faulty.expect("column_by_header", placed.sheet)
        return _change(faulty, placed.sheet, texts, {cell: None})
    return False


def _column_added(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        col = max(span.last for span in placed.table.columns.values()) + 12  # beyond the columns of the self-check
        first = placed.first
        cells: dict[str, str | None] = {
            a1(placed.table.header_row, col): "合同号",
            a1(first, col): "A1",
            a1(first + 1, col): "A2",
        }
        faulty.expect("column_extra", placed.sheet, f"{a1(first, col)}:{a1(first + 1, col)}")
        return _change(faulty, placed.sheet, texts, cells)
    return False


def _header_gone(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        if _referred_to(faulty, placed):
            continue
        rows = placed.table.key_row, placed.table.header_row
        gone: dict[str, str | None] = {
            a1(row, span.first): None for row in rows for span in placed.table.columns.values()
        }
        faulty.expect("header_missing", placed.sheet)
        return _change(faulty, placed.sheet, texts, gone)
    return False


def _header_dressed(faulty: FaultyReturn) -> bool:
    """Write a header with spaces, a line break and a hint: it is read without a finding."""
    for placed in faulty.lone_tables():
        lang = faulty.outgoing.lang
        cells: dict[str, str | None] = {
            a1(placed.table.header_row, placed.table.columns[field.name].first): f" {field.label.say(lang)}＊\n（必填）"
            for field in _makers(placed)
        }
        return _change(faulty, placed.sheet, texts, cells)
    return False


def _label_changed(faulty: FaultyReturn) -> bool:
    forms = [
        placed
        for placed in faulty.blocks
        if isinstance(placed.location, FormLayout) and placed.rows and placed.sheet not in faulty.touched
    ]
    faulty.rng.shuffle(forms)
    for placed in forms:
        assert isinstance(placed.location, FormLayout)
        asked = {
            field.name
            for field in placed.block.columns
            if field.counts_as_content and placed.rows[0].get(field.name) is not None
        }
        cells = [cell for cell in placed.location.cells if cell.field in asked]
        if len(cells) < 4 or any((placed.sheet, placed.full, 0) == mark for mark in faulty.touched):
            continue
        at = a1(cells[2].row, cells[2].label.first)
        faulty.expect("label_changed", placed.sheet, at)
        return _change(faulty, placed.sheet, texts, {at: "（已改）事项名"})
    return False


# --- sheets ---
def _title_above(faulty: FaultyReturn) -> bool:
    """Insert two title rows at the top: everything is read from its new position, without a finding."""
    for placed in faulty.lone_tables():
        title = {1: {"A": "关于报送本周情况的通知"}, 2: {"A": "（内部资料）"}}
        return _change(faulty, placed.sheet, _titled, title)
    return False


def _blank_between(faulty: FaultyReturn) -> bool:
    """Leave a blank row in the middle of the rows."""
    for placed in faulty.lone_tables():
        if len(placed.rows) > 2:
            return _change(faulty, placed.sheet, moved_down, placed.first + 2, 1)
    return False


def _renamed(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        new = f"{placed.sheet}最终"
        faulty.touched.add(placed.sheet)
        faulty.expect("sheet_renamed", new)

        def rename(parts: Parts, old: str = placed.sheet, new: str = new) -> None:
            book = parts["xl/workbook.xml"].decode()
            parts["xl/workbook.xml"] = book.replace(
                f'<sheet name="{escape(old)}"', f'<sheet name="{escape(new)}"'
            ).encode()

        faulty.edits.append(rename)
        return True
    return False


def _added(parts: Parts, name: str, xml: bytes) -> None:
    """Add a sheet to a workbook."""
    part = f"xl/worksheets/sheet{sum('/worksheets/' in name for name in parts) + 1}.xml"
    parts[part] = xml
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    link, number = f"{files.LINKS}/worksheet", 90 + len(parts)
    more = {
        "[Content_Types].xml": f'<Override PartName="/{part}" ContentType="{kind}"/></Types>',
        "xl/workbook.xml": f'<sheet name="{escape(name)}" sheetId="{number}" r:id="new{number}"/></sheets>',
        "xl/_rels/workbook.xml.rels": f'<Relationship Id="new{number}" Type="{link}" Target="{part[3:]}"/>'
        "</Relationships>",
    }
    for where, text in more.items():
        end = text[text.rindex("</") :]
        parts[where] = parts[where].decode().replace(end, text, 1).encode()


def _copied(*, same: bool) -> Mistake:
    def plant(faulty: FaultyReturn) -> bool:
        for placed in faulty.lone_tables():
            words = [field for field in _makers(placed) if isinstance(field, TextField)]
            if not words:
                continue
            name, cell = f"{placed.sheet} (2)", placed.cell(0, words[0].name)
            faulty.touched.add(placed.sheet)
            faulty.expect("sheet_copy_same" if same else "sheet_copy_differs", name)

            def copy(parts: Parts, sheet: str = placed.sheet, name: str = name, cell: str = cell) -> None:
                xml = parts[part_of(parts, sheet)].decode()
                _added(parts, name, (xml if same else texts(xml, {cell: "另一份里的内容"})).encode())

            faulty.edits.append(copy)
            return True
        return False

    return plant


def _deleted(faulty: FaultyReturn) -> bool:
    for placed in faulty.lone_tables():
        if _referred_to(faulty, placed):
            continue
        faulty.touched.add(placed.sheet)
        faulty.expect("sheet_missing")

        def drop(parts: Parts, sheet: str = placed.sheet) -> None:
            book = parts["xl/workbook.xml"].decode()
            parts["xl/workbook.xml"] = re.sub(rf'<sheet name="{re.escape(escape(sheet))}"[^>]*/>', "", book).encode()

        faulty.edits.append(drop)
        return True
    return False


def _referred_to(faulty: FaultyReturn, placed: FilledBlock) -> bool:
    fields = (field for block in faulty.blocks for field in block.block.columns)
    return any(field.to.startswith(f"{placed.full}.") for field in fields)


def _notes_sheet(faulty: FaultyReturn) -> bool:
    faulty.expect("sheet_extra", "我的备忘")
    xml = texts(files.sheet('<row r="1"/>'), {"A1": "周五前要问财务"})
    faulty.edits.append(lambda parts: _added(parts, "我的备忘", xml.encode()))
    return True


IN_SHEETS: Mapping[str, Mistake] = {
    "sum below the rows": _row_of("合计", "subtotal_row"),
    "part sum below the rows": _row_of("本周小计：", "subtotal_row"),
    "grand total below the rows": _row_of("Grand total", "subtotal_row"),
    "note below the rows": _row_of("注：数据截至周五", "note_row"),
    "who filled it, below the rows": _row_of("填表人：张三    联系电话：021-5550-0101", "note_row"),
    "notes of two lines below the rows": _notes_of_two_lines,
    "another table below": _another_table,
    "label broken over two rows": _label_in_two,
    "header pasted again": _header_again,
    "cells merged down": _merged_down,
    "cells merged over columns": _merged_over,
    "row hidden": _hidden_row,
    "key used twice": _key_twice,
    "key blank": _key_blank,
    "row of keys cleared": _without_keys,
    "columns exchanged": _columns_exchanged,
    "required column deleted": _column_lost(required=True),
    "column deleted": _column_lost(required=False),
    "column that lost its key": _column_without_key,
    "column added": _column_added,
    "header deleted": _header_gone,
    "header dressed up": _header_dressed,
    "label of a form changed": _label_changed,
    "title put above": _title_above,
    "blank row between": _blank_between,
    "sheet renamed": _renamed,
    "sheet copied": _copied(same=True),
    "sheet copied and changed": _copied(same=False),
    "sheet deleted": _deleted,
    "sheet added": _notes_sheet,
}
"""Name of a mistake -> the function that makes it."""
SILENT = frozenset(("header dressed up", "label broken over two rows", "title put above", "blank row between"))
"""Mistakes that are read correctly, without a finding."""
