"""Mistakes in rows, headers and sheets: what becomes of the shape of a workbook."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.helpers import files
from tests.mistakes.in_cells import Mistake
from tests.mistakes.parcel import Held, Parcel, part_of
from tests.mistakes.sheetxml import edited, exchanged, hidden, merged, moved_down, texts, with_rows
from xlsflow.fileformat.cells import (a1, column_letters,)
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.template.kinds.ids import IdField
from xlsflow.template.kinds.text import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.mistakes.parcel import Parts
    from xlsflow.template.kinds import FieldBase


def _change(parcel: Parcel, sheet: str, change: Callable[..., str], *how: object) -> bool:
    """Do something to the XML of a sheet, and leave that sheet alone from then on."""
    parcel.touched.add(sheet)
    parcel.edits.append(lambda parts: edited(part_of(parts, sheet), lambda xml: change(xml, *how))(parts))
    return True


def _below(held: Held) -> int:
    """Return the first row of a table in which nothing was typed, counted from 0."""
    return held.first + len(held.rows)


def _makers(held: Held) -> list[FieldBase]:
    return [one for one in held.block.columns if one.counts_as_content]


def _leftmost(held: Held, column: int) -> int:
    """Return the first filled column of a row that was numbered beforehand and bears one text more."""
    numbered = [
        held.table.columns[one.name].first
        for one in held.block.columns
        if isinstance(one, IdField) and one.numbered and not one.to
    ]
    return min([column, *numbered])


def _row_of(text: str, code: str) -> Mistake:
    """Return the mistake that one text stands in a row below the others."""

    def plant(parcel: Parcel) -> bool:
        for held in parcel.lone_tables():
            words = [one for one in _makers(held) if isinstance(one, TextField)]
            if len(_makers(held)) < 4 or not words or _below(held) >= held.table.last_row:
                continue
            col = held.table.columns[words[0].name].first
            row = _below(held)
            parcel.want(code, held.sheet, a1(row, _leftmost(held, col)))
            return _change(parcel, held.sheet, texts, {a1(row, col): text})
        return False

    return plant


def _notes_of_two_lines(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        words = [one for one in _makers(held) if isinstance(one, TextField)]
        row = _below(held)
        if len(_makers(held)) < 4 or not words or row + 1 >= held.table.last_row:
            continue
        col = held.table.columns[words[0].name].first
        for number in (row, row + 1):
            parcel.want("note_row", held.sheet, a1(number, _leftmost(held, col)))
        lines: dict[str, str | None] = {a1(row, col): "注：一、每周五前报送", a1(row + 1, col): "二、逾期不候"}
        return _change(parcel, held.sheet, texts, lines)
    return False


def _another_table(parcel: Parcel) -> bool:
    """Write a table of one's own below, behind a blank row."""
    for held in parcel.lone_tables():
        figures = [one for one in _makers(held) if one.always_has_digits and one.name != held.block.key]
        words = [one for one in _makers(held) if isinstance(one, TextField)]
        first = _below(held) + 1
        key = held.block.key
        if (
            not key
            or not held.block.field(key).always_has_digits
            or not figures
            or not words
            or first + 1 >= held.table.last_row
        ):
            continue
        cols = [held.table.columns[name].first for name in (key, words[0].name, figures[0].name)]
        cells: dict[str, str | None] = {}
        for row, line in enumerate((("品名", "用途", "单位"), ("螺丝", "安装", "盒")), first):
            cells |= {a1(row, col): text for col, text in zip(cols, line, strict=True)}
            parcel.want("other_table", held.sheet, a1(row, min(cols)))
        return _change(parcel, held.sheet, texts, cells)
    return False


def _label_in_two(parcel: Parcel) -> bool:
    """Break a label over two rows, as a group and its part: it is read all the same, without a word."""
    for held in parcel.lone_tables():
        for one in _makers(held):
            label = one.label.say(parcel.edition.lang)
            upper, _, lower = label.partition(" ") if parcel.en else (label[:2], "", label[2:])
            if lower:
                head, col = held.table.header_row, held.table.columns[one.name].first
                return _change(parcel, held.sheet, _broken, head, col, upper, lower)
    return False


def _broken(xml: str, head: int, col: int, upper: str, lower: str) -> str:
    xml = texts(moved_down(xml, head + 2, 1), {a1(head, col): upper})
    return with_rows(xml, {head + 2: {column_letters(col): lower}})


def _header_again(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        row = _below(held)
        if row >= held.table.last_row:
            continue
        cells: dict[str, str | None] = {
            a1(row, held.table.columns[one.name].first): one.label.say(parcel.edition.lang)
            for one in held.block.columns
            if not one.computed
        }
        parcel.want("header_again", held.sheet, min(cells, key=lambda cell: (len(cell), cell)))
        return _change(parcel, held.sheet, texts, cells)
    return False


def _merged_down(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        for one in _makers(held):
            first, second = (row.get(one.name) for row in held.rows[:2])
            if not isinstance(one, TextField) or one.required or one.name == held.block.key or not first or not second:
                continue
            top, under = (held.cell(number, one.name) for number in (0, 1))
            parcel.want("merged_rows", held.sheet, f"{top}:{under}")
            return _change(parcel, held.sheet, _merged_under, top, under)
    return False


def _merged_under(xml: str, top: str, under: str) -> str:
    return merged(texts(xml, {under: None}), f"{top}:{under}")


def _titled(xml: str, title: Mapping[int, Mapping[str, str]]) -> str:
    return with_rows(moved_down(xml, 1, len(title)), title)


def _merged_over(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        order = sorted(_makers(held), key=lambda one: held.table.columns[one.name].first)
        for left, right in pairwise(order):
            beside = held.table.columns[right.name].first - held.table.columns[left.name].first == 1
            row = held.rows[0]
            if not beside or row.get(left.name) is None or row.get(right.name) is not None or right.name not in row:
                continue
            ref = f"{held.cell(0, left.name)}:{held.cell(0, right.name)}"
            parcel.want("merged_across", held.sheet, ref)
            return _change(parcel, held.sheet, merged, ref)
    return False


def _hidden_row(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        parcel.want("hidden_rows", held.sheet)
        return _change(parcel, held.sheet, hidden, held.first + 1)
    return False


def _key_twice(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        key = held.block.key
        if not key or len(held.rows) < 2 or not isinstance(held.block.field(key), IdField):
            continue
        spots = parcel.spots(lambda one: isinstance(one, IdField) and not one.to)
        spot = next((s for s in spots if (s.block, s.field.name) == (held.full, key) and s.number), None)
        if spot is None or parcel.referred(spot):
            continue
        parcel.touched.add((held.sheet, held.full, 0))
        return parcel.put(spot, held.rows[0][key], "not_unique")
    return False


def _key_blank(parcel: Parcel) -> bool:
    for spot in parcel.spots(lambda one: isinstance(one, IdField) and one.required and not one.to):
        held = next(one for one in parcel.blocks if one.full == spot.block)
        if held.block.key == spot.field.name and held.block.has_rows and not parcel.referred(spot):
            return parcel.put(spot, None, "required_blank")
    return False


# --- headers ---
def _without_keys(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        row = held.table.key_row
        keys: dict[str, str | None] = {a1(row, span.first): None for span in held.table.columns.values()}
        parcel.want("key_row_missing", held.sheet)
        return _change(parcel, held.sheet, texts, keys)
    return False


def _columns_exchanged(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        words = [one for one in _makers(held) if isinstance(one, TextField)]
        if len(words) < 2:
            continue
        head = held.table.header_row
        cols = sorted(held.table.columns[one.name].first for one in words[:2])
        for col in cols:
            parcel.want("header_moved", held.sheet, a1(head, col))
        one, other = map(column_letters, cols)
        return _change(parcel, held.sheet, exchanged, one, other, head + 1, 10_000)
    return False


def _column_lost(*, required: bool) -> Mistake:
    def plant(parcel: Parcel) -> bool:
        for held in parcel.lone_tables():
            for one in _makers(held):
                if one.required is not required or one.name == held.block.key or not isinstance(one, TextField):
                    continue
                col = held.table.columns[one.name].first
                rows = (held.table.key_row, *range(held.table.header_row, _below(held)))
                gone: dict[str, str | None] = {a1(row, col): None for row in rows}
                parcel.want("column_missing" if required else "column_gone", held.sheet)
                return _change(parcel, held.sheet, texts, gone)
        return False

    return plant


def _column_without_key(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        cell = a1(held.table.key_row, held.table.columns[_makers(held)[-1].name].first)
        parcel.want("column_by_header", held.sheet)
        return _change(parcel, held.sheet, texts, {cell: None})
    return False


def _column_added(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        col = max(span.last for span in held.table.columns.values()) + 12  # beyond the columns of the self-check
        first = held.first
        cells: dict[str, str | None] = {
            a1(held.table.header_row, col): "合同号",
            a1(first, col): "A1",
            a1(first + 1, col): "A2",
        }
        parcel.want("column_extra", held.sheet, f"{a1(first, col)}:{a1(first + 1, col)}")
        return _change(parcel, held.sheet, texts, cells)
    return False


def _header_gone(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        if _referred_to(parcel, held):
            continue
        rows = held.table.key_row, held.table.header_row
        gone: dict[str, str | None] = {
            a1(row, span.first): None for row in rows for span in held.table.columns.values()
        }
        parcel.want("header_missing", held.sheet)
        return _change(parcel, held.sheet, texts, gone)
    return False


def _header_dressed(parcel: Parcel) -> bool:
    """Write a header with blanks, a line break and a hint: it is read all the same, without a word."""
    for held in parcel.lone_tables():
        lang = parcel.edition.lang
        cells: dict[str, str | None] = {
            a1(held.table.header_row, held.table.columns[one.name].first): f" {one.label.say(lang)}＊\n（必填）"
            for one in _makers(held)
        }
        return _change(parcel, held.sheet, texts, cells)
    return False


def _label_changed(parcel: Parcel) -> bool:
    forms = [
        one
        for one in parcel.blocks
        if isinstance(one.location, FormLayout) and one.rows and one.sheet not in parcel.touched
    ]
    parcel.dice.shuffle(forms)
    for held in forms:
        assert isinstance(held.location, FormLayout)
        asked = {one.name for one in held.block.columns if one.counts_as_content and held.rows[0].get(one.name) is not None}
        cells = [one for one in held.location.cells if one.field in asked]
        if len(cells) < 4 or any((held.sheet, held.full, 0) == mark for mark in parcel.touched):
            continue
        at = a1(cells[2].row, cells[2].label.first)
        parcel.want("label_changed", held.sheet, at)
        return _change(parcel, held.sheet, texts, {at: "（已改）事项名"})
    return False


# --- sheets ---
def _title_above(parcel: Parcel) -> bool:
    """Put two rows of a title above everything: all is read from where it lies now, without a word."""
    for held in parcel.lone_tables():
        title = {1: {"A": "关于报送本周情况的通知"}, 2: {"A": "（内部资料）"}}
        return _change(parcel, held.sheet, _titled, title)
    return False


def _blank_between(parcel: Parcel) -> bool:
    """Leave a blank row in the middle of the rows."""
    for held in parcel.lone_tables():
        if len(held.rows) > 2:
            return _change(parcel, held.sheet, moved_down, held.first + 2, 1)
    return False


def _renamed(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        new = f"{held.sheet}最终"
        parcel.touched.add(held.sheet)
        parcel.want("sheet_renamed", new)

        def rename(parts: Parts, old: str = held.sheet, new: str = new) -> None:
            book = parts["xl/workbook.xml"].decode()
            parts["xl/workbook.xml"] = book.replace(
                f'<sheet name="{escape(old)}"', f'<sheet name="{escape(new)}"'
            ).encode()

        parcel.edits.append(rename)
        return True
    return False


def _added(parts: Parts, name: str, xml: bytes) -> None:
    """Add a sheet to a workbook."""
    part = f"xl/worksheets/sheet{sum('/worksheets/' in one for one in parts) + 1}.xml"
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
    def plant(parcel: Parcel) -> bool:
        for held in parcel.lone_tables():
            words = [one for one in _makers(held) if isinstance(one, TextField)]
            if not words:
                continue
            name, cell = f"{held.sheet} (2)", held.cell(0, words[0].name)
            parcel.touched.add(held.sheet)
            parcel.want("sheet_copy_same" if same else "sheet_copy_differs", name)

            def copy(parts: Parts, sheet: str = held.sheet, name: str = name, cell: str = cell) -> None:
                xml = parts[part_of(parts, sheet)].decode()
                _added(parts, name, (xml if same else texts(xml, {cell: "另一份里的内容"})).encode())

            parcel.edits.append(copy)
            return True
        return False

    return plant


def _deleted(parcel: Parcel) -> bool:
    for held in parcel.lone_tables():
        if _referred_to(parcel, held):
            continue
        parcel.touched.add(held.sheet)
        parcel.want("sheet_missing")

        def drop(parts: Parts, sheet: str = held.sheet) -> None:
            book = parts["xl/workbook.xml"].decode()
            parts["xl/workbook.xml"] = re.sub(rf'<sheet name="{re.escape(escape(sheet))}"[^>]*/>', "", book).encode()

        parcel.edits.append(drop)
        return True
    return False


def _referred_to(parcel: Parcel, held: Held) -> bool:
    return any(
        column.to.startswith(f"{held.full}.") for one in parcel.blocks for column in one.block.columns if column.to
    )


def _notes_sheet(parcel: Parcel) -> bool:
    parcel.want("sheet_extra", "我的备忘")
    xml = texts(files.sheet('<row r="1"/>'), {"A1": "周五前要问财务"})
    parcel.edits.append(lambda parts: _added(parts, "我的备忘", xml.encode()))
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
"""What it is called -> how it is made; whether it could be."""
SILENT = frozenset(("header dressed up", "label broken over two rows", "title put above", "blank row between"))
"""What is read all the same, without a word."""
