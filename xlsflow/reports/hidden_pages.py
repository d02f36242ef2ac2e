"""What a consolidated workbook keeps out of sight, so that nothing is lost when it is read back."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, cast

from xlsflow.fileformat import hidden_pages
from xlsflow.fileformat.cells import a1
from xlsflow.model.ledger import LedgerLine
from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.model.returns import Stamp
from xlsflow.reports.figures.tracked_items import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from xlsflow.model.book import Book
    from xlsflow.model.project import Project
    from xlsflow.model.report_model import Value
    from xlsflow.reports.labels import Labels


WORDS = frozenset(("text", "long", "id"))
"""Shapes of a column that holds texts."""


def stamp(labels: Labels) -> Mapping[str, str]:
    """Return what the workbook says of itself: what it is, of which pack, project and round, as of when."""
    book, project = labels.basis.book, labels.basis.project
    read = [record.stamp for record in book.counted if record.stamp.pack]
    like = read[0] if read else Stamp(pack=project.project.pack)
    one = replace(
        like,
        project=project.project.code or project.project.name,
        round=project.round.id,
        region="",
        lang=labels.lang,
        document="",
        kind=hidden_pages.BOOK,
    )
    facts = {**asdict(one), hidden_pages.INSTANT: labels.basis.as_of.isoformat()}
    return {f"{hidden_pages.PROPERTY}{name}": fact for name, fact in facts.items() if fact}


def kept_listings(labels: Labels, data: Sequence[Listing], long: Sequence[LongText] = ()) -> Iterator[Listing]:
    """Yield the hidden pages.

    Args:
        labels: The words.
        data: The listings of the data, in the order of the blocks.
        long: The texts that are too long for a cell of theirs.
    """
    book = labels.basis.book
    facts = stamp(labels)
    yield _page(hidden_pages.META, {"fact": list(facts), "value": list(facts.values())})
    yield _project(labels.basis.project)
    yield _blocks(labels, data)
    yield _codes(labels, data)
    yield _lines(hidden_pages.LONG, ("block", "field", "record", "text"), long)
    yield _files(book)
    yield _findings(book)
    yield _page(
        hidden_pages.LEDGER, {f.name: [getattr(line, f.name) for line in book.ledger] for f in fields(LedgerLine)}
    )
    aside: dict[str, list[Value]] = {
        name: [getattr(row, name) for row in book.aside] for name in ("file", "sheet", "block", "row", "code")
    }
    yield _page(
        hidden_pages.ASIDE, {**aside, "texts": [hidden_pages.facts_text(dict(row.texts)) for row in book.aside]}
    )
    yield _again(book)
    yield _places(book)
    waivers = [(file, hidden_pages.facts_text(asdict(one))) for file, held in book.waivers.items() for one in held]
    yield _lines(hidden_pages.WAIVERS, ("file", "record"), waivers)


def _project(project: Project) -> Listing:
    """Return who was asked, by when: a report of the workbook needs no other file."""
    blocks = {one.name: getattr(project, one.name) for one in fields(project)}
    lines: list[tuple[Value, ...]] = [
        (name, hidden_pages.facts_text(asdict(row)))
        for name, rows in blocks.items()
        for row in (rows if isinstance(rows, tuple) else (rows,))
    ]
    return _lines(hidden_pages.PROJECT, ("block", "record"), lines)


def _blocks(labels: Labels, data: Sequence[Listing]) -> Listing:
    """Return which block stands on which page; the keys tell them apart where a page was given another name."""
    return _page(
        hidden_pages.BLOCKS,
        {
            "block": list(labels.basis.blocks),
            "sheet": [one.name for one in data],
            "rows": [one.rows for one in data],
            "keys": [" ".join(column.key for column in one.columns) for one in data],
        },
    )


def _codes(labels: Labels, data: Sequence[Listing]) -> Listing:
    """Return which code stands behind each label that is shown: so it is known whatever the definitions say later."""
    lines: list[tuple[str, str, Value, Value]] = []
    for name, listing in zip(labels.basis.blocks, data, strict=True):
        shown = {column.key: column.values for column in listing.columns}
        for field in labels.basis.fields(name):
            if field.list_name():
                codes = plain(labels.basis.book.tables[name][field.name])
                pairs = dict.fromkeys(zip(shown[field.name], codes, strict=True))
                lines += [(name, field.name, label, code) for label, code in pairs if label != code]
    return _lines(hidden_pages.CODES, ("block", "field", "shown", "code"), lines)


LongText = tuple[str, str, int, str]
"""Block, field, number of the row, and text."""


def long_texts(labels: Labels, data: Sequence[Listing]) -> Iterator[LongText]:
    """Yield the texts that are too long for the cell of a data page."""
    for name, listing in zip(labels.basis.blocks, data, strict=True):
        for column in listing.columns:
            if _longest(column.values) > hidden_pages.MOST:
                for number, value in enumerate(column.values):
                    if isinstance(value, str) and _is_too_long(value):
                        yield name, column.key, number, value


def _longest(values: Sequence[Value]) -> int:
    """Return the length of the longest text among values; most columns hold nothing but texts and blanks."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return max(map(len, cast("Iterator[str]", filter(None, values))), default=0)
    return max((len(value) for value in values if isinstance(value, str)), default=0) if str in kinds else 0


def _is_too_long(text: str) -> bool:
    return (
        len(text) > hidden_pages.MOST
        and len(text.encode("utf-16-le", "surrogatepass")) > 2 * hidden_pages.MOST_OF_A_CELL
    )


def _again(book: Book) -> Listing:
    names = ("block", "file", "sheet", "row", "first_file", "first_sheet", "first_row")
    return _lines(hidden_pages.AGAIN, names, [(one.block, *one.row, *one.first) for one in book.duplicates])


def _places(book: Book) -> Listing:
    """Return where the fields stand in each file, so that a finding can name a cell after another merge too."""
    lines = [
        (*at, " ".join(f"{name}={a1(row or 0, col)}{'' if row is None else '!'}" for name, (row, col) in spots.items()))
        for at, spots in book.positions.items()
    ]
    return _lines(hidden_pages.PLACES, ("file", "sheet", "block", "spots"), lines)


def _files(book: Book) -> Listing:
    parts = ("file", "sha256", "writer", "status", "reason", "recognised")
    columns: dict[str, list[Value]] = {name: [getattr(record, name) for record in book.files] for name in parts}
    columns["saved"] = [_instant(record.saved) for record in book.files]
    stamped = [asdict(record.stamp) for record in book.files]
    columns |= {f"stamp.{f.name}": [one[f.name] for one in stamped] for f in fields(Stamp)}
    return _page(hidden_pages.FILES, columns)


def _findings(book: Book) -> Listing:
    found = book.findings
    columns: dict[str, list[Value]] = {"code": [one.code for one in found], "value": [one.value for one in found]}
    for name in ("file", "sheet", "cell", "block", "field"):
        columns[name] = [getattr(one.location, name) for one in found]
    labels = [one.location.label for one in found]
    columns["label_zh"] = [label.zh if label else "" for label in labels]
    columns["label_en"] = [label.en if label else "" for label in labels]
    columns["facts"] = [hidden_pages.facts_text(dict(one.facts)) if one.facts else "" for one in found]
    return _page(hidden_pages.FINDINGS, columns)


def _lines(name: str, keys: Sequence[str], lines: Sequence[tuple[Value, ...]]) -> Listing:
    columns = zip(*lines, strict=True) if lines else ((),) * len(keys)
    return _page(name, {key: list(values) for key, values in zip(keys, columns, strict=True)})


def _page(name: str, columns: Mapping[str, Sequence[Value]]) -> Listing:
    # Of the shape of an id, for nobody reads these texts: no line of them is measured, none wrapped.
    made = tuple(
        Column(title, title, values, "id")
        for key, whole in columns.items()
        for title, values in _pieces(key, [v if v != "" else None for v in whole])
    )
    return Listing(name, name, "", made, kept=True)


def _pieces(key: str, values: Sequence[Value]) -> Iterator[tuple[str, Sequence[Value]]]:
    """Yield a column in as many columns as its longest text needs."""
    most = _longest(values)
    if most <= hidden_pages.MOST:
        yield key, values
        return
    for number, start in enumerate(range(0, most, hidden_pages.MOST), start=1):
        cut = [(v[start : start + hidden_pages.MOST] or None) if isinstance(v, str) else v for v in values]
        yield (f"{key}{hidden_pages.MORE}{number}" if start else key), cut


def _instant(saved: datetime | None) -> str:
    return saved.isoformat() if saved else ""
