"""Books to go on from, made of a few cells: the built-in sheets of a pack, and rows as text tables."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from tests.workbook.outgoing_example import LIBRARY, PROJECT
from xlsflow.model.consolidated_book import ORIGIN, Book
from xlsflow.model.returns import FileRecord, Stamp
from xlsflow.prefill.prefill import Prefill

if TYPE_CHECKING:
    from xlsflow.template.model import Template

REGIONS = ("HD", "HN", "XN")
NOW, BEFORE, NEXT = "2026-W47", "2026-W46", "2026-W48"
YEAR = 2026


@cache
def templates(pack: str = "coordination") -> tuple[Template, ...]:
    """Return the sheets of a pack."""
    definition = LIBRARY.pack(pack)
    return LIBRARY.sheets(definition, LIBRARY.scope(PROJECT.lists(), definition.settings))


def cells(text: str) -> list[dict[str, object]]:
    """Return the rows of a text table: a header of field names, cells between bars; days and numbers as such."""
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [
        {name: _value(cell) for name, cell in zip(header, line, strict=True) if cell not in ("", "-")} for line in lines
    ]


def _value(cell: str) -> object:
    if len(cell) == 10 and cell[4] == cell[7] == "-":
        return datetime.fromisoformat(cell)
    return float(cell) if cell.replace(".", "").isdecimal() else cell


def book(pack: str = "coordination", **tables: str) -> Book:
    """Return a book of text tables.

    Args:
        pack: The pack.
        tables: Full name of a block, its dot as two underscores -> its rows. Besides fields, a row may say the region
            that it comes from (`from`; the first one), its round (`round`; the last one) and its file (`file`).
    """
    made, files = {}, set()
    for name, text in tables.items():
        sheet, _, block_name = name.partition("__")
        template = next(template for template in templates(pack) if template.name == sheet)
        block = template.block(block_name)
        rows = []
        for number, row in enumerate(cells(text)):
            region, round_id = str(row.pop("from", REGIONS[0])), str(row.pop("round", NOW))
            file = str(row.pop("file", f"{round_id}-{region}.xlsx"))
            files.add((file, region, round_id))
            origin = dict(zip(ORIGIN, (file, template.tab.zh, number + 6, region, round_id), strict=True))
            rows.append({**origin, **{field.name: row.get(field.name) for field in block.columns}})
            assert set(row) <= {field.name for field in block.columns}
        made[template.full_name(block)] = pd.DataFrame(rows)
    records = [
        FileRecord(file, stamp=Stamp(pack=pack, region=region, round=round_id))
        for file, region, round_id in sorted(files)
    ]
    return Book(tuple(records), made)


def prefill(given: Book, pack: str = "coordination", **options: object) -> Prefill:
    """Return the prefill of the next round."""
    return Prefill(given, templates(pack), REGIONS, **{"round": NEXT, **options})  # type: ignore[arg-type]


def drawn(prefilled: Prefill, block: str, *fields: str) -> dict[str, list[str]]:
    """Return region -> its rows of a block as texts, the values of some fields between bars."""
    found = {}
    for region in REGIONS:
        rows = prefilled.of(region, YEAR).rows.get(block, ())
        if rows:
            found[region] = [" | ".join(_shown(row.get(field)) for field in fields) for row in rows]
    return found


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else "-" if value is None else str(value)
