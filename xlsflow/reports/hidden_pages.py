"""Makes the hidden pages of a consolidated workbook, from which `merge --from` and `report` restore it without loss.

Pages and columns are named in `fileformat.hidden_pages`; `intake.hidden` reads them.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, cast

from xlsflow.fileformat import hidden_pages
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT, excel_length
from xlsflow.fileformat.stamp import CONSOLIDATED_KIND, PROPERTY_PREFIX
from xlsflow.fileformat.written_rows import packed_rows
from xlsflow.model.consolidated_book import ROW_SOURCE
from xlsflow.model.history import HistoryLine, RegionRound
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.model.returns import Stamp
from xlsflow.reports.figures.columns import column_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.model.report_model import ReportValue
    from xlsflow.reports.labels import Labels


def document_properties(labels: Labels) -> Mapping[str, str]:
    """Return the custom document properties: kind, pack, project, round and as-of instant of the workbook."""
    book, project = labels.inputs.book, labels.inputs.project
    # The first return stands for all: the workbook has one stamp.
    # Where no region has returned anything in this round, the files of earlier ones say of which pack the book is.
    read = [record.stamp for record in (*book.counted, *book.files) if record.stamp.pack]
    like = read[0] if read else Stamp(pack=project.project.pack)
    stamp = replace(
        like,
        project=project.project.code or project.project.name,
        round=project.round.id,
        region="",
        lang=labels.lang,
        document="",
        kind=CONSOLIDATED_KIND,
        base="",
        corrects="",
    )
    facts = {**asdict(stamp), hidden_pages.AS_OF_FACT: labels.inputs.as_of.isoformat()}
    return {f"{PROPERTY_PREFIX}{name}": fact for name, fact in facts.items() if fact}


def hidden_listings(
    labels: Labels,
    data: Sequence[Listing],
    long_cells: Sequence[LongText] = (),
    rounds: Sequence[RegionRound] = (),
) -> Iterator[Listing]:
    """Yield the hidden pages; the first says how many rows each of the others has.

    Args:
        labels: Labels in the language of the report.
        data: Listings of the data, in the order of the blocks.
        long_cells: The texts that do not fit into their cells.
        rounds: How the regions stood in every round that is known.
    """
    pages = [*_pages(labels, data, long_cells), _rounds(rounds)]
    facts = {
        **document_properties(labels),
        **{f"{hidden_pages.ROWS_FACT}{page.name}": str(page.rows) for page in pages},
    }
    yield _page(hidden_pages.META_PAGE, {"fact": list(facts), "value": list(facts.values())})
    yield from pages


def _pages(labels: Labels, data: Sequence[Listing], long_cells: Sequence[LongText]) -> Iterator[Listing]:
    book = labels.inputs.book
    yield from _projects(labels.inputs.project)
    yield _blocks(labels, data)
    yield _codes(labels, data)
    yield _lines(hidden_pages.LONG_TEXTS_PAGE, ("block", "field", "record", "text"), long_cells)
    yield _files(book)
    yield _findings(book)
    yield _page(
        hidden_pages.LEDGER_PAGE, {f.name: [getattr(line, f.name) for line in book.ledger] for f in fields(LedgerLine)}
    )
    aside: dict[str, list[ReportValue]] = {
        name: [getattr(row, name) for row in book.aside] for name in ("file", "sheet", "block", "row", "code")
    }
    yield _page(
        hidden_pages.SET_ASIDE_PAGE,
        {**aside, "texts": [hidden_pages.facts_text(dict(row.texts)) for row in book.aside]},
    )
    yield _lines(hidden_pages.DUPLICATES_PAGE, _DUPLICATE_KEYS, ())  # of earlier versions; leaf rows say more
    yield _locations(book)
    yield _written(labels, data)
    yield _leaf_rows(book)
    yield from _memory(book)
    waivers = [
        (file, hidden_pages.facts_text(asdict(waiver))) for file, waivers in book.waivers.items() for waiver in waivers
    ]
    yield _lines(hidden_pages.WAIVERS_PAGE, ("file", "record"), waivers)


def _project_lines(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the blocks and rows of a project, so that a report needs no file besides the workbook."""
    blocks = {field.name: getattr(project, field.name) for field in fields(project) if field.name != "parts"}
    for name, rows in blocks.items():
        for row in rows if isinstance(rows, tuple) else (rows,):
            yield name, hidden_pages.facts_text(asdict(row))


def _projects(project: Project) -> Iterator[Listing]:
    """Yield the project of the workbook, and the projects within it if there are any."""
    yield _lines(hidden_pages.PROJECT_PAGE, ("block", "record"), [*_project_lines(project)])
    if project.parts:
        parts = [(part.project.code, *line) for part in project.parts for line in _project_lines(part)]
        yield _lines(hidden_pages.PARTS_PAGE, ("part", "block", "record"), parts)


def _blocks(labels: Labels, data: Sequence[Listing]) -> Listing:
    """Return the page and the keys of each block; a block is found by its keys if users have renamed its page."""
    return _page(
        hidden_pages.BLOCKS_PAGE,
        {
            "block": list(labels.inputs.blocks),
            "sheet": [listing.name for listing in data],
            "rows": [listing.rows for listing in data],
            "keys": [" ".join(column.key for column in listing.columns) for listing in data],
        },
    )


def _codes(labels: Labels, data: Sequence[Listing]) -> Listing:
    """Return the code behind each label shown, so that later changes of the definitions do not matter."""
    lines: list[tuple[str, str, ReportValue, ReportValue]] = []
    for name, listing in zip(labels.inputs.blocks, data, strict=True):
        shown = {column.key: column.values for column in listing.columns}
        for field in labels.inputs.fields(name):
            if field.list_name():
                codes = column_values(labels.inputs.book.tables[name][field.name])
                pairs = dict.fromkeys(zip(shown[field.name], codes, strict=True))
                lines += [(name, field.name, label, code) for label, code in pairs if label != code]
    return _lines(hidden_pages.CODES_PAGE, ("block", "field", "shown", "code"), lines)


LongText = tuple[str, str, int, str]
"""Block, field, index of the row, and text."""


def long_texts(labels: Labels, data: Sequence[Listing]) -> Iterator[LongText]:
    """Yield the texts that exceed the length limit of a cell."""
    for name, listing in zip(labels.inputs.blocks, data, strict=True):
        for column in listing.columns:
            if _longest(column.values) > hidden_pages.CHUNK_LENGTH:
                for number, value in enumerate(column.values):
                    if isinstance(value, str) and _is_too_long(value):
                        yield name, column.key, number, value


def _longest(values: Sequence[ReportValue]) -> int:
    """Return the length of the longest text; a column of only texts and blanks, the usual case, takes a fast path."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return max(map(len, cast("Iterator[str]", filter(None, values))), default=0)
    return max((len(value) for value in values if isinstance(value, str)), default=0) if str in kinds else 0


def _is_too_long(text: str) -> bool:
    return len(text) > hidden_pages.CHUNK_LENGTH and excel_length(text) > MAX_CELL_TEXT


_DUPLICATE_KEYS = ("block", "file", "sheet", "row", "first_file", "first_sheet", "first_row")


def _written(labels: Labels, data: Sequence[Listing]) -> Listing:
    """Return the rows of the data pages as they are written, so that edits can be told from them."""
    lines = [
        (name, packed_rows({column.key: column.values for column in listing.columns}))
        for name, listing in zip(labels.inputs.blocks, data, strict=True)
    ]
    return _lines(hidden_pages.WRITTEN_PAGE, ("block", "rows"), lines)


def _leaf_rows(book: Book) -> Listing:
    """Return the rows of returns that the data pages do not show as they are."""
    part, *where = ROW_SOURCE
    lines: list[tuple[ReportValue, ...]] = []
    for name, table in book.leaf_rows.items():
        fields = [column for column in table.columns if column not in ROW_SOURCE]
        columns = [column_values(table[column]) for column in (part, *where, *fields)]
        for file, sheet, row, cell, *values in zip(*columns, strict=True):
            texts = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
            lines.append((name, file, sheet, row, cell, hidden_pages.facts_text(texts)))
    return _lines(hidden_pages.LEAF_ROWS_PAGE, ("block", "file", "sheet", "row", "cell", "values"), lines)


def _memory(book: Book) -> Iterator[Listing]:
    """Yield what later merges need to know of the returns, of earlier rounds and of decisions."""
    returns = {returned.record.file: returned for returned in book.returns}
    touched = [
        (file, hidden_pages.facts_text({"touched": _sorted(returned.touched), "gone": returned.gone}))
        for file, returned in returns.items()
        if returned.touched or returned.gone
    ]
    yield _lines(hidden_pages.TOUCHED_PAGE, ("file", "record"), touched)
    # As cells, the lines of a year would be most of the workbook.
    columns = (
        dict(zip(HistoryLine._fields, zip(*book.history_lines, strict=True), strict=True)) if book.history_lines else {}
    )
    yield _lines(hidden_pages.HISTORY_PAGE, ("lines",), [(packed_rows(columns),)])
    proposals = [(proposal.id, hidden_pages.facts_text(asdict(proposal))) for proposal in book.proposals]
    yield _lines(hidden_pages.PROPOSALS_PAGE, (hidden_pages.PROPOSAL_ID, "record"), proposals)
    decisions = [
        (file, hidden_pages.facts_text(asdict(decision)))
        for file, returned in returns.items()
        for decision in returned.decisions
    ]
    yield _lines(hidden_pages.DECISIONS_PAGE, ("file", "record"), decisions)


def _rounds(rounds: Sequence[RegionRound]) -> Listing:
    columns = dict(zip(RegionRound._fields, zip(*rounds, strict=True), strict=True)) if rounds else {}
    return _lines(hidden_pages.ROUNDS_PAGE, ("lines",), [(packed_rows(columns),)])


def _sorted(touched: Mapping[str, Mapping[str, frozenset[str]]]) -> Mapping[str, Mapping[str, list[str]]]:
    return {block: {key: sorted(names) for key, names in rows.items()} for block, rows in touched.items()}


def _locations(book: Book) -> Listing:
    """Return the cells of the fields in each file, so that findings of a later merge can name cells too."""
    lines = [
        (*at, " ".join(f"{name}={a1(row or 0, col)}{'' if row is None else '!'}" for name, (row, col) in cells.items()))
        for at, cells in book.positions.items()
    ]
    return _lines(hidden_pages.ROW_ORIGINS_PAGE, ("file", "sheet", "block", "spots"), lines)


def _files(book: Book) -> Listing:
    parts = ("file", "sha256", "writer", "status", "reason", "recognised", "content", "filler", "part")
    columns: dict[str, list[ReportValue]] = {name: [getattr(record, name) for record in book.files] for name in parts}
    columns["saved"] = [_instant(record.saved) for record in book.files]
    columns["received"] = [_instant(record.received) for record in book.files]
    stamped = [asdict(record.stamp) for record in book.files]
    columns |= {f"stamp.{f.name}": [facts[f.name] for facts in stamped] for f in fields(Stamp)}
    return _page(hidden_pages.FILES_PAGE, columns)


def _findings(book: Book) -> Listing:
    found = book.findings
    columns: dict[str, list[ReportValue]] = {
        "code": [finding.code for finding in found],
        "value": [finding.value for finding in found],
    }
    for name in ("file", "sheet", "cell", "block", "field"):
        columns[name] = [getattr(finding.location, name) for finding in found]
    labels = [finding.location.label for finding in found]
    columns["label_zh"] = [label.zh if label else "" for label in labels]
    columns["label_en"] = [label.en if label else "" for label in labels]
    columns["facts"] = [hidden_pages.facts_text(dict(finding.facts)) if finding.facts else "" for finding in found]
    return _page(hidden_pages.FINDINGS_PAGE, columns)


def _lines(name: str, keys: Sequence[str], lines: Sequence[tuple[ReportValue, ...]]) -> Listing:
    columns = zip(*lines, strict=True) if lines else ((),) * len(keys)
    return _page(name, {key: list(values) for key, values in zip(keys, columns, strict=True)})


def _page(name: str, columns: Mapping[str, Sequence[ReportValue]]) -> Listing:
    # Formatted as ids: that skips measuring and wrapping of texts, which nobody reads on a hidden page.
    hidden_columns = tuple(
        ReportColumn(title, title, values, "id")
        for key, whole in columns.items()
        for title, values in _pieces(key, [v if v != "" else None for v in whole])
    )
    return Listing(name, name, "", hidden_columns, hidden=True)


def _pieces(key: str, values: Sequence[ReportValue]) -> Iterator[tuple[str, Sequence[ReportValue]]]:
    """Yield a column, split into several where a text exceeds the length limit of a cell."""
    longest = _longest(values)
    if longest <= hidden_pages.CHUNK_LENGTH:
        yield key, values
        return
    for number, start in enumerate(range(0, longest, hidden_pages.CHUNK_LENGTH), start=1):
        cut = [(v[start : start + hidden_pages.CHUNK_LENGTH] or None) if isinstance(v, str) else v for v in values]
        yield (f"{key}{hidden_pages.CONTINUATION_SIGN}{number}" if start else key), cut


def _instant(saved: datetime | None) -> str:
    return saved.isoformat() if saved else ""
