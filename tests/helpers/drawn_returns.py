"""Returns drawn as text tables, and the book that they are merged into, drawn the same way."""

# ruff: noqa: A002 - the field's word for it is round

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from xlsflow.checks.frame import frame_of
from xlsflow.fileformat.baseline import Baseline, comparison_text
from xlsflow.fileformat.stamp import COORDINATOR_KIND
from xlsflow.intake.read_rows import ledger_line
from xlsflow.intake.touched import compared, content_digest
from xlsflow.merge.carried_rows import carried_on
from xlsflow.merge.from_consolidated import returns_of
from xlsflow.merge.merge import make_book
from xlsflow.merge.union_of_returns import BlockTable, gather, outline_of, union
from xlsflow.model.consolidated_book import Book, ReturnSet
from xlsflow.model.proposals import Decision
from xlsflow.model.returns import BlockRows, FileRecord, JoinedRows, Return, Stamp
from xlsflow.template.model import TableBlock

FIELDS = ("no", "what", "who", "due", "state", "share")
KINDS = {"due": "date", "share": "percent"}
TASKS = "s.tasks"
NOTES = "s.notes"
REGIONS = ("HD", "HB", "HN")
_BLOCK = TableBlock.model_validate(
    {
        "name": "tasks", "type": "table", "key": "no",
        "follow": {"title": "what", "owner": "who", "due": "due", "status": "state", "done": ["done"]},
        "fields": [{"name": n, "kind": KINDS.get(n, "text"), "label": {"zh": n, "en": n}} for n in FIELDS],
    }
)  # fmt: skip
_NOTES = TableBlock.model_validate(
    {"name": "notes", "type": "table", "fields": [{"name": "note", "kind": "text", "label": {"zh": "n", "en": "n"}}]}
)
# As an earlier version of the template had it.
_OLDER = _BLOCK.model_copy(update={"fields": tuple(field for field in _BLOCK.fields if field.name != "share")})
BLOCKS: Mapping[str, TableBlock] = {TASKS: _BLOCK, NOTES: _NOTES}
OUTLINES = {name: outline_of(block) for name, block in BLOCKS.items()}
Rows = Sequence[Mapping[str, Any]]


def rows(text: str) -> list[dict[str, Any]]:
    """Return the rows of a drawing: one a line, cells between bars in the order of FIELDS; `-` is a blank cell."""
    found = []
    for line in filter(None, map(str.strip, text.strip().split("\n"))):
        cells = [cell.strip() for cell in line.split("|")]
        found.append({name: _value(name, cell) for name, cell in zip(FIELDS, cells, strict=False) if cell != "-"})
    return found


def _value(name: str, cell: str) -> Any:  # noqa: ANN401 - a cell
    if name == "due":
        month, day = map(int, cell.split("-"))
        return date(2026, month, day)
    return float(cell) if name == "share" else cell


def a_return(  # noqa: PLR0913 - what a return is made of
    name: str, region: str, drawn: str | Rows, *, sent: str | Rows = "", by: str = "", at: int | None = 1,
    round: str = "W47", corrects: Return | None = None, notes: Sequence[str] = (), decisions: Sequence[Decision] = (),
    kind: str = "", older: bool = False,
) -> Return:  # fmt: skip
    """Return a return as the step for one file hands it on.

    Args:
        name: Name of the file.
        region: Code of its region.
        drawn: Its rows.
        sent: The rows that its workbook was sent out with.
        by: Who filled it in.
        at: The day of the month that it was saved; None if the file does not say.
        round: Its round.
        corrects: The return whose marked copy it is.
        notes: Rows of a block without a key.
        decisions: What the coordinator has decided.
        kind: Kind of the stamp.
        older: Whether its workbook is of an earlier version of the template, which has no share.
    """
    now = rows(drawn) if isinstance(drawn, str) else list(drawn)
    before = rows(sent) if isinstance(sent, str) else list(sent)
    saved = datetime(2026, 11, at, tzinfo=UTC) if at else None
    stamp = Stamp("p", project="P", round=round, region=region, corrects=corrects.record.sha256 if corrects else "")
    stamp = replace(stamp, kind=kind) if kind else stamp
    tables = tuple(
        table
        for table in (_table(_OLDER if older else _BLOCK, now), _table(_NOTES, [{"note": note} for note in notes]))
        if table.rows or table.block == "tasks"
    )
    baseline = Baseline.from_rows({TASKS: before}, {TASKS: "no"})
    touched, gone = compared(tables, BLOCKS, baseline)
    content = content_digest(stamp, tables)
    digest = hashlib.sha256(f"bytes of {name} {content}".encode()).hexdigest()
    record = FileRecord(name, digest, stamp, saved, content=content, filler=by)
    return Return(
        record,
        (),
        tuple(ledger_line(name, table, BLOCKS[table.full_name]) for table in tables),
        blocks=tables,
        positions={("表", table.full_name): table.positions for table in tables},
        touched=touched,
        gone=gone,
        decisions=tuple(decisions),
    )


def an_edit(
    region: str, drawn: str | Rows, shown: str | Rows, *, at: int = 28, round: str = "W47",
    **more: Any,  # noqa: ANN401
) -> Return:  # fmt: skip
    """Return the coordinator's edits of rows that a book showed in another way."""
    return a_return(
        f"book.xlsx [{region}]", region, drawn, sent=shown, at=at, round=round, kind=COORDINATOR_KIND, **more
    )


def _table(block: TableBlock, drawn: Rows) -> BlockRows:
    columns = {field.name: [row.get(field.name) for row in drawn] for field in block.columns}
    positions = {field.name: (None, col) for col, field in enumerate(block.columns)}
    numbers = [5 + number for number in range(len(drawn))]
    return BlockRows("表", "s", block.name, numbers, columns, positions, len(drawn), 0, values=columns)


def gathered(*returns: Return) -> ReturnSet:
    """Return returns as they are joined after the checks."""
    blocks = []
    for name, block in (*BLOCKS.items(), (TASKS, _OLDER)):
        names = {field.name for field in block.columns}
        numbered = [
            (number, table)
            for number, r in enumerate(returns)
            for table in r.blocks
            if table.full_name == name and table.columns.keys() == names
        ]
        joined = JoinedRows.of(numbered, [field.name for field in block.columns])
        blocks.append(BlockTable(name, block, joined, frame_of(joined, block)))
    return gather(returns, blocks)


def merged(*returns: Return, earlier: Sequence[Book] = (), as_of: int = 20, round: str = "W47") -> Book:
    """Return the book of returns.

    Args:
        returns: The returns.
        earlier: Books of earlier rounds.
        as_of: The as-of day in November.
        round: The project's round.
    """
    whole = union([gathered(*returns), *carried_on(earlier)])
    return make_book(replace(whole, round=round, day=date(2026, 11, as_of)), REGIONS)


def read_back(book: Book) -> ReturnSet:
    """Return the returns of a book as if it had been written and read."""
    return returns_of(replace(book, source=None), OUTLINES)


def drawn(book: Book) -> str:
    """Return the tasks of a book: region, round, then the cells."""
    lines = []
    table = book.tables[TASKS]
    for row in table.to_dict("records"):
        cells = ["-" if _blank(row[name]) else _short(name, row[name]) for name in FIELDS]
        lines.append(" | ".join([row["_region"], row["_round"], *cells]))
    return "\n".join(lines)


def _blank(value: Any) -> bool:  # noqa: ANN401 - a cell
    return value is None or value != value  # noqa: PLR0124 - a missing value


def _short(name: str, value: Any) -> str:  # noqa: ANN401 - a cell
    return f"{value:%m-%d}" if name == "due" else comparison_text(value)


def proposals(book: Book) -> str:
    """Return what a book proposes: kind, key, field, the other value, and the file that it is from."""
    lines = []
    for p in book.proposals:
        value = "-" if p.value is None else _short(p.field or ("due" if p.kind == "redated" else ""), p.value)
        lines.append(" | ".join([p.kind, p.key, p.field or "-", value, p.file or "-"]))
    return "\n".join(lines)


def text(table: str) -> str:
    """Return a drawing without indentation and with single blanks around bars."""
    lines = filter(None, map(str.strip, table.strip().split("\n")))
    return "\n".join(re.sub(r"\s*\|\s*", " | ", line) for line in lines)


def fates(book: Book) -> dict[str, dict[str, int]]:
    """Return file -> the counts of its tasks in the ledger that are not zero."""
    names = ("merged", "unchanged", "duplicate", "superseded", "carried", "set_aside")
    return {
        line.file: {name: getattr(line, name) for name in names if getattr(line, name)}
        for line in book.ledger
        if line.block == TASKS
    }
