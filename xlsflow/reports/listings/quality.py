"""How good the returns are: the listings of findings, of what became of every row, and of the rows set aside."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.findings import (
    SEVERITY_ORDER,
    Finding,
    Location,
)
from xlsflow.model.book import ORIGIN
from xlsflow.model.finding_groups import grouped
from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.reports import texts as w

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.i18n import LocalizedText
    from xlsflow.model.ledger import AsideRow
    from xlsflow.model.report_model import Mark
    from xlsflow.reports.hidden_pages import LongText
    from xlsflow.reports.labels import Labels

SEVERITY_MARKS: Mapping[str, Mark] = {"error": "error", "warning": "warning", "info": "info"}


def findings_listing(labels: Labels, long: Sequence[LongText] = ()) -> Listing:
    """Return every fault, the gravest first, then by file, sheet and cell; one down a column is one line.

    Args:
        labels: The words.
        long: The texts that do not fit into a cell of the data's pages: each is a finding too.
    """
    basis, say = labels.basis, labels.lang
    found = sorted((*basis.book.findings, *_cut(labels, long)), key=lambda one: one.order())
    found.sort(key=lambda one: SEVERITY_ORDER[one.severity])
    groups = grouped(found)
    severities = [one.severity.value for one in groups]
    region = {record.file: labels.region(record.stamp.region) for record in basis.book.files}
    marks: list[Mark | None] = [SEVERITY_MARKS[severity] for severity in severities]
    shown = {severity: words.say(say) for severity, words in w.SEVERITIES.items()}
    places = [one.first.location for one in groups]
    fields = [(one.label.say(say) if one.label else one.field) or None for one in places]
    columns = (
        Column("severity", w.SEVERITY.say(say), [shown[s] for s in severities], "text", 13, marks=marks, signed=True),
        Column("region", w.REGION.say(say), [region.get(one.file) or None for one in places], "text", 10),
        Column("file", w.FILE.say(say), [one.file or None for one in places], "text", 28),
        Column("sheet", w.SHEET.say(say), [one.sheet or None for one in places], "text", 13),
        Column("cell", w.CELL.say(say), [one.cells or None for one in groups], "id", 9),
        Column("places", w.PLACES.say(say), [one.count for one in groups], "integer", 7),
        Column("field", w.FIELD.say(say), fields, "text", 16),
        Column("value", w.FOUND.say(say), [one.value or None for one in groups], "text", 20),
        Column("message", w.MESSAGE.say(say), [one.message(say) for one in groups], "text", 62),
        Column("code", w.CODE.say(say), [one.first.code for one in groups], "text", 18, role="made"),
    )
    counts = Counter(one.severity.value for one in found)
    note = w.FINDINGS_NOTE.say(say).format(errors=counts["error"], warnings=counts["warning"], infos=counts["info"])
    name = w.FINDINGS.say(say)
    return Listing(name, name, note, columns, "quality", 1)


def _cut(labels: Labels, long: Sequence[LongText]) -> Iterator[Finding]:
    """Yield that a text is too long for its cell, where it stands in the file that it is from."""
    book = labels.basis.book
    for name, key, number, text in long:
        file, sheet, row = (str(book.tables[name][column].iloc[number]) for column in ORIGIN[:3])
        fixed, col = book.places.get((file, sheet, name), {}).get(key, (None, 0))
        label = next((field.label for field in labels.basis.fields(name) if field.name == key), None)
        place = Location(file, sheet, a1(int(row) - 1 if fixed is None else fixed, col), name, key, label)
        yield Finding("text_cut", place, text, {"length": str(len(text))})


LEDGER_PARTS: tuple[tuple[str, LocalizedText], ...] = (
    ("seen", w.SEEN),
    ("blank", w.BLANK),
    ("merged", w.MERGED),
    ("superseded", w.SUPERSEDED),
    ("duplicate", w.DUPLICATE),
    ("set_aside", w.SET_ASIDE),
)


def ledger_listing(labels: Labels) -> Listing:
    """Return what became of every row, a line for each block of each file, and the totals."""
    say, lines = labels.lang, labels.basis.book.ledger
    where = {line.block: labels.sheet(line.block) for line in lines}
    balanced = [line.balanced for line in lines]
    marks: list[Mark | None] = ["done" if even else "error" for even in (*balanced, all(balanced))]
    columns = [
        Column("file", w.FILE.say(say), [*(line.file for line in lines), w.SUM.say(say)], "text", 34),
        Column("sheet", w.SHEET.say(say), [*(line.sheet for line in lines), None], "text", 16),
        Column("block", w.WHERE.say(say), [*(where[line.block] for line in lines), None], "text", 20),
    ]
    for key, words in LEDGER_PARTS:
        counts = [getattr(line, key) for line in lines]
        columns.append(Column(key, words.say(say), [*counts, sum(counts)], "integer", 11))
    said = [w.YES.say(say) if even else w.NO.say(say) for even in (*balanced, all(balanced))]
    columns.append(Column("balanced", w.BALANCED.say(say), said, "text", 10, marks=marks, signed=True))
    name = w.LEDGER.say(say)
    return Listing(name, name, w.LEDGER_NOTE.say(say), tuple(columns), "quality", 1)


def aside_listing(labels: Labels) -> Listing:
    """Return the rows that are not in the data, with their raw texts."""
    say, rows = labels.lang, labels.basis.book.aside
    where = {row.block: labels.sheet(row.block) for row in rows}
    told = {
        (f.code, f.location.file, f.location.sheet, _digits(f.location.cell)): f for f in labels.basis.book.findings
    }
    found = [told.get((row.code, row.file, row.sheet, str(row.row))) for row in rows]
    reasons = [
        (one or Finding(row.code, _place(labels, row))).message(say) for one, row in zip(found, rows, strict=True)
    ]
    columns = (
        Column("file", w.FILE.say(say), [row.file for row in rows], "text", 30),
        Column("sheet", w.SHEET.say(say), [row.sheet for row in rows], "text", 14),
        Column("row", w.ROW.say(say), [row.row for row in rows], "integer", 8),
        Column("block", w.WHERE.say(say), [where[row.block] for row in rows], "text", 16),
        Column("reason", w.WHY.say(say), reasons, "text", 40),
        Column("texts", w.TEXTS.say(say), [_texts(labels, row.block, row.texts) for row in rows], "text", 70),
    )
    name = w.ASIDE.say(say)
    return Listing(name, name, w.ASIDE_NOTE.say(say).format(count=len(rows)), columns, "quality", 3)


def _digits(cell: str) -> str:
    """Return the row of an address."""
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _place(labels: Labels, row: AsideRow) -> Location:
    """Return where a row stood; what is said of it is said of its key."""
    _, block = labels.basis.blocks.get(row.block, (None, None))
    if block is None or not block.key:
        return Location(row.file, row.sheet, block=row.block)
    return Location(row.file, row.sheet, block=row.block, field=block.key, label=block.label_of(block.key))


def _texts(labels: Labels, block: str, texts: Mapping[str, str]) -> str:
    """Return a row's raw texts in one line, each behind its label."""
    _, defined = labels.basis.blocks.get(block, (None, None))
    known = {field.name: field.label.say(labels.lang) for field in defined.columns} if defined else {}
    colon, between = ("：", "；") if labels.lang == "zh" else (": ", "; ")
    return between.join(f"{known.get(name, name)}{colon}{text}" for name, text in texts.items() if text)
