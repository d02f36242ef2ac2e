"""Compares a return with what its workbook was sent out with: cells touched, rows gone, nothing said at all.

Also the digest of what a return says. Pure Python: no frame is built.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsflow.fileformat.baseline import Baseline, BaselineRows, comparison_text
from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.model.returns import BlockRows, Return, Stamp
from xlsflow.template.model import DataBlock

_UNTOUCHED: frozenset[str] = frozenset()


class Comparison(NamedTuple):
    """A return beside its baseline; see the attributes of `Return` of the same names."""

    touched: Mapping[str, Mapping[str, frozenset[str]]]
    gone: BaselineRows


def compared(tables: Iterable[BlockRows], blocks: Mapping[str, DataBlock], baseline: Baseline) -> Comparison:
    """Return what was touched in the rows that a workbook was sent out with, and which of them are gone.

    A column that the return does not have was not touched, and neither was a cell that cannot be read but shows what it
    was sent out with. Of a row that is there twice, the fields of both count.

    Args:
        tables: The blocks of a return, with their values.
        blocks: Full block name -> its definition; a block of the baseline that is not among them is left out.
        baseline: What the workbook was sent out with.
    """
    touched: dict[str, dict[str, frozenset[str]]] = {}
    for table in tables:
        sent = baseline.rows.get(table.full_name)
        if sent and table.full_name in blocks:
            _compare(table, blocks[table.full_name], sent, touched.setdefault(table.full_name, {}))
    gone = {
        name: {key: texts for key, texts in sent.items() if key not in touched.get(name, ())}
        for name, sent in baseline.rows.items()
        if name in blocks
    }
    return Comparison(touched, {name: rows for name, rows in gone.items() if rows})


def _compare(
    table: BlockRows,
    block: DataBlock,
    sent: Mapping[str, Mapping[str, str]],
    touched: dict[str, frozenset[str]],
) -> None:
    """Add each row of a block that was sent out, with the fields that were touched."""
    keys = _texts(table, block.key)
    kept = [(record, key, sent[key]) for record, key in enumerate(keys) if key in sent]
    found: dict[str, set[str]] = {}
    for field in block.columns:
        if field.name == block.key or not field.is_typed or field.name not in table.values:
            continue
        texts = _texts(table, field.name)
        for record, key, before in kept:
            if texts[record] != before.get(field.name, ""):
                found.setdefault(key, set()).add(field.name)
    for _, key, _ in kept:
        # One empty set for all rows: most are untouched, and pickle writes an object once.
        touched[key] = touched.get(key, _UNTOUCHED) | found[key] if key in found else touched.get(key, _UNTOUCHED)


def _texts(table: BlockRows, name: str) -> Sequence[str]:
    """Return the texts by which a column is compared; that of an unreadable cell is what it shows."""
    # Nearly all cells are texts or blank.
    texts = [v if v.__class__ is str else "" if v is None else comparison_text(v) for v in table.values.get(name, ())]
    for record, field in table.unreadable:
        if field == name and not texts[record]:
            texts[record] = table.text(record, name)
    return texts


def silence(returned: Return, blocks: Mapping[str, DataBlock]) -> str:
    """Return the code of the finding about a return that says nothing; empty if it says anything.

    Args:
        returned: The return, compared with its baseline.
        blocks: Full block name -> its definition, without the blocks of the cover, which only say who reports.
    """
    for table in returned.blocks:
        block = blocks.get(table.full_name)
        if block is not None and (table.skipped or any(_new_records(table, block, returned.touched))):
            return ""
    if any(names for rows in returned.touched.values() for names in rows.values()):
        return ""
    if any(returned.touched.values()):
        return "" if returned.gone else "return_untouched"
    return "return_empty"


def _new_records(
    table: BlockRows, block: DataBlock, touched: Mapping[str, Mapping[str, frozenset[str]]]
) -> Iterator[bool]:
    """Yield for each record whether people have typed it, rather than the workbook having been sent out with it."""
    sent = touched.get(table.full_name, {})
    keys = _texts(table, block.key)
    for record in range(len(table.rows)):
        # A form that must be filled in has a record even if it is blank.
        typed = block.has_rows or any(_shown(table.raw(record, f.name)) for f in block.columns if f.counts_as_content)
        yield typed and not (keys and keys[record] in sent)


def _shown(value: Scalar) -> str:
    return display_text(value).strip()


def content_digest(stamp: Stamp, tables: Iterable[BlockRows]) -> str:
    """Return the digest of what a return says: whose it is, and its cells as data.

    Name, bytes, language and time of saving have no part in it, nor has the order of rows.
    """
    blocks: dict[str, list[str]] = {}
    for table in tables:
        # A cell names its column, so that columns without a value make no difference.
        columns = [
            [text and f"{name}\x1e{text}" for text in texts]
            for name in sorted(table.values)
            if any(texts := _texts(table, name))
        ]
        lines = ["\x1f".join(filter(None, line)) for line in zip(*columns, strict=True)]
        lines += ["\x1f".join(f"{name}\x1e{text}" for name, text in sorted(row.texts.items())) for row in table.skipped]
        blocks.setdefault(table.full_name, []).extend(lines)
    facts = [stamp.kind, stamp.project, stamp.pack, stamp.round, stamp.region]
    content = [facts, [[name, sorted(filter(None, lines))] for name, lines in sorted(blocks.items()) if any(lines)]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
