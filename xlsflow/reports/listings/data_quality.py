"""Makes the listings on the quality of returns: findings, row ledger, and rows set aside."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.findings import SEVERITY_ORDER, Finding, Location
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.finding_groups import grouped
from xlsflow.model.report_model import Listing, ReportColumn, RowSource
from xlsflow.reports import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.i18n import LocalizedText
    from xlsflow.model.ledger import AsideRow
    from xlsflow.model.report_model import Mark
    from xlsflow.reports.hidden_pages import LongText
    from xlsflow.reports.labels import Labels

_SEVERITY_MARKS: Mapping[str, Mark] = {"error": "error", "warning": "warning", "info": "info"}


def findings_listing(labels: Labels, long_cells: Sequence[LongText] = ()) -> Listing:
    """Return the listing of findings, most severe first, then by file, sheet and cell.

    Equal findings in adjacent rows of a column share one line.

    Args:
        labels: Labels in the language of the report.
        long_cells: Texts that do not fit into a cell of the data pages; each one is a finding.
    """
    inputs, lang = labels.inputs, labels.lang
    found = sorted((*inputs.book.findings, *_cut(labels, long_cells)), key=lambda finding: finding.order())
    # sort() is stable: within a severity the order by file, sheet and cell stays.
    found.sort(key=lambda finding: SEVERITY_ORDER[finding.severity])
    groups = grouped(found)
    severities = [group.severity.value for group in groups]
    region = {record.file: record.stamp.region for record in inputs.book.files}
    marks: list[Mark | None] = [_SEVERITY_MARKS[severity] for severity in severities]
    shown = {severity: words.say(lang) for severity, words in texts.SEVERITY_NAMES.items()}
    locations = [group.first.location for group in groups]
    fields = [(location.label.say(lang) if location.label else location.field) or None for location in locations]
    columns = (
        labels.column(
            "severity",
            texts.COL_SEVERITY,
            [shown[s] for s in severities],
            "text",
            13,
            marks=marks,
            with_symbols=True,
            codes=severities,
        ),
        labels.region_column([region.get(location.file, "") for location in locations]),
        labels.column("file", texts.COL_FILE, [location.file or None for location in locations], "text", 28),
        labels.column("sheet", texts.COL_SHEET, [location.sheet or None for location in locations], "text", 13),
        labels.column("cell", texts.COL_CELL, [group.cells or None for group in groups], "id", 9),
        labels.column("places", texts.COL_COUNT, [group.count for group in groups], "integer", 7),
        labels.column("field", texts.COL_FIELD, fields, "text", 16, codes=[at.field or None for at in locations]),
        labels.column("value", texts.COL_VALUE, [group.value or None for group in groups], "text", 20),
        labels.column("message", texts.COL_MESSAGE, [group.message(lang) for group in groups], "text", 62),
        labels.column("code", texts.COL_CODE, [group.first.code for group in groups], "text", 18, role="made"),
    )
    counts = Counter(finding.severity.value for finding in found)
    note = texts.NOTE_FINDINGS.format(lang, errors=counts["error"], warnings=counts["warning"], infos=counts["info"])
    name = texts.PAGE_FINDINGS.say(lang)
    return Listing(name, name, note, columns, "quality", 1, key="findings", sources=_sources(labels, locations))


def _sources(labels: Labels, locations: Sequence[Location]) -> list[RowSource | None]:
    """Return the row of the data that each location lies in."""
    return [
        labels.source(at.block, (at.file, at.sheet, int(row))) if (row := _digits(at.cell)).isdecimal() else None
        for at in locations
    ]


def _cut(labels: Labels, long_cells: Sequence[LongText]) -> Iterator[Finding]:
    """Yield a finding for each text that is too long for a cell, located in the file it comes from."""
    book = labels.inputs.book
    for name, key, number, text in long_cells:
        file, sheet, row = (str(book.tables[name][column].iloc[number]) for column in ORIGIN[:3])
        fixed, col = book.positions.get((file, sheet, name), {}).get(key, (None, 0))
        label = next((field.label for field in labels.inputs.fields(name) if field.name == key), None)
        at = Location(file, sheet, a1(int(row) - 1 if fixed is None else fixed, col), name, key, label)
        yield Finding("text_cut", at, text, {"length": str(len(text))})


_LEDGER_COLUMNS: tuple[tuple[str, LocalizedText], ...] = (
    ("seen", texts.COL_SEEN),
    ("blank", texts.COL_BLANK),
    ("merged", texts.COL_MERGED),
    ("unchanged", texts.COL_UNCHANGED),
    ("carried", texts.COL_CARRIED),
    ("superseded", texts.COL_SUPERSEDED),
    ("duplicate", texts.COL_DUPLICATE),
    ("set_aside", texts.COL_SET_ASIDE),
)


def ledger_listing(labels: Labels) -> Listing:
    """Return the row ledger: one line for each block of each file, and the totals."""
    lang, lines = labels.lang, labels.inputs.book.ledger
    where = {line.block: labels.sheet(line.block) for line in lines}
    balanced = [line.balanced for line in lines]
    marks: list[Mark | None] = ["done" if even else "error" for even in (*balanced, all(balanced))]
    columns = [
        labels.column("file", texts.COL_FILE, [*(line.file for line in lines), texts.COL_SUM.say(lang)], "text", 34),
        labels.column("sheet", texts.COL_SHEET, [*(line.sheet for line in lines), None], "text", 16),
        labels.column(
            "block",
            texts.COL_SOURCE_SHEET,
            [*(where[line.block] for line in lines), None],
            "text",
            20,
            codes=[*(line.block for line in lines), None],
        ),
    ]
    for key, title in _LEDGER_COLUMNS:
        counts = [getattr(line, key) for line in lines]
        columns.append(ReportColumn(key, title.say(lang), [*counts, sum(counts)], "integer", 11))
    even_lines = [*balanced, all(balanced)]
    answers = [texts.YES.say(lang) if even else texts.NO.say(lang) for even in even_lines]
    columns.append(
        labels.column(
            "balanced", texts.COL_BALANCED, answers, "text", 10, marks=marks, with_symbols=True, codes=even_lines
        )
    )
    name = texts.PAGE_LEDGER.say(lang)
    return Listing(name, name, texts.NOTE_LEDGER.say(lang), tuple(columns), "quality", 1, key="ledger")


def aside_listing(labels: Labels) -> Listing:
    """Return the listing of rows that were not merged, with their raw texts."""
    lang, rows = labels.lang, labels.inputs.book.aside
    where = {row.block: labels.sheet(row.block) for row in rows}
    # The finding about a row has its full sentence; without one, the sentence is made from the reason alone.
    known = {
        (f.code, f.location.file, f.location.sheet, _digits(f.location.cell)): f for f in labels.inputs.book.findings
    }
    found = [known.get((row.code, row.file, row.sheet, str(row.row))) for row in rows]
    reasons = [
        (finding or Finding(row.code, _place(labels, row))).message(lang)
        for finding, row in zip(found, rows, strict=True)
    ]
    columns = (
        labels.column("file", texts.COL_FILE, [row.file for row in rows], "text", 30),
        labels.column("sheet", texts.COL_SHEET, [row.sheet for row in rows], "text", 14),
        labels.column("row", texts.COL_ROW, [row.row for row in rows], "integer", 8),
        labels.column(
            "block",
            texts.COL_SOURCE_SHEET,
            [where[row.block] for row in rows],
            "text",
            16,
            codes=[row.block for row in rows],
        ),
        labels.column("reason", texts.COL_REASON, reasons, "text", 40, codes=[row.code for row in rows]),
        labels.column("texts", texts.COL_RAW_TEXTS, [_texts(labels, row.block, row.texts) for row in rows], "text", 70),
    )
    name = texts.PAGE_ASIDE.say(lang)
    return Listing(
        name, name, texts.NOTE_ASIDE.format(lang, count=len(rows)), columns, "quality", 3, key="aside", optional=True
    )


def _digits(cell: str) -> str:
    """Return the row number in a cell reference."""
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _place(labels: Labels, row: AsideRow) -> Location:
    """Return the location of a row; findings about a row refer to its key."""
    _, block = labels.inputs.blocks.get(row.block, (None, None))
    if block is None or not block.key:
        return Location(row.file, row.sheet, block=row.block)
    return Location(row.file, row.sheet, block=row.block, field=block.key, label=block.label_of(block.key))


def _texts(labels: Labels, block: str, raw: Mapping[str, str]) -> str:
    """Return the raw texts of a row in one line, each after its label."""
    _, defined = labels.inputs.blocks.get(block, (None, None))
    known = {field.name: field.label.say(labels.lang) for field in defined.columns} if defined else {}
    colon, between = ("：", "；") if labels.lang == "zh" else (": ", "; ")
    return between.join(f"{known.get(name, name)}{colon}{text}" for name, text in raw.items() if text)
