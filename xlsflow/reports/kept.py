"""What a consolidated workbook keeps out of sight, so that nothing is lost when it is read back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from xlsflow.document import Column, Listing
from xlsflow.records import LedgerLine, Stamp
from xlsflow.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from xlsflow.document import Value
    from xlsflow.records import Book
    from xlsflow.reports.labels import Labels

META, BLOCKS, FILES, FINDINGS, LEDGER, ASIDE = "_meta", "_blocks", "_files", "_findings", "_ledger", "_aside"
"""Names of the hidden pages."""

PROPERTY = "xlsflow."
"""What stands before a fact of the stamp among a file's properties."""

BOOK = "book"
"""What a consolidated workbook says that it is, where a return says `return`."""


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
        kind=BOOK,
    )
    facts = {**asdict(one), "instant": labels.basis.as_of.isoformat()}
    return {f"{PROPERTY}{name}": fact for name, fact in facts.items() if fact}


def kept_listings(labels: Labels, data: Sequence[Listing]) -> Iterator[Listing]:
    """Yield the hidden pages.

    Args:
        labels: The words.
        data: The listings of the data, in the order of the blocks.
    """
    book = labels.basis.book
    facts = stamp(labels)
    yield _page(META, {"fact": list(facts), "value": list(facts.values())})
    blocks = list(labels.basis.blocks)
    yield _page(BLOCKS, {"block": blocks, "sheet": [one.name for one in data], "rows": [one.rows for one in data]})
    yield _files(book)
    yield _findings(book)
    yield _page(LEDGER, {f.name: [getattr(line, f.name) for line in book.ledger] for f in fields(LedgerLine)})
    aside: dict[str, list[Value]] = {
        name: [getattr(row, name) for row in book.aside] for name in ("file", "sheet", "block", "row", "code")
    }
    yield _page(ASIDE, {**aside, "texts": [_json(dict(row.texts)) for row in book.aside]})


def _files(book: Book) -> Listing:
    parts = ("file", "sha256", "writer", "status", "reason", "recognised")
    columns: dict[str, list[Value]] = {name: [getattr(record, name) for record in book.files] for name in parts}
    columns["saved"] = [_instant(record.saved) for record in book.files]
    stamped = [asdict(record.stamp) for record in book.files]
    columns |= {f"stamp.{f.name}": [one[f.name] for one in stamped] for f in fields(Stamp)}
    return _page(FILES, columns)


def _findings(book: Book) -> Listing:
    found = book.findings
    columns: dict[str, list[Value]] = {"code": [one.code for one in found], "value": [one.value for one in found]}
    for name in ("file", "sheet", "cell", "block", "field"):
        columns[name] = [getattr(one.place, name) for one in found]
    labels = [one.place.label for one in found]
    columns["label_zh"] = [label.zh if label else "" for label in labels]
    columns["label_en"] = [label.en if label else "" for label in labels]
    columns["facts"] = [_json(dict(one.facts)) if one.facts else "" for one in found]
    return _page(FINDINGS, columns)


def _page(name: str, columns: Mapping[str, Sequence[Value]]) -> Listing:
    # Of the shape of an id, for nobody reads these texts: no line of them is measured, none wrapped.
    made = tuple(Column(key, key, [v if v != "" else None for v in values], "id") for key, values in columns.items())
    return Listing(name, name, "", made, kept=True)


def _instant(saved: datetime | None) -> str:
    return saved.isoformat() if saved else ""


def _json(facts: Mapping[str, object]) -> str:
    """Return facts as text; words as both their languages."""
    plain = {name: {"zh": f.zh, "en": f.en} if isinstance(f, Words) else f for name, f in facts.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)
