"""Finds the rows that become rows of another table: an action of a meeting is a task of its owner's region."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.prefill.book_rows import BookRows, Row
from xlsflow.template.lists import fold_text

if TYPE_CHECKING:
    from xlsflow.i18n import LocalizedText
    from xlsflow.template.model import Becomes


class NewRow(NamedTuple):
    """A row that another one becomes; it has no key yet.

    Attributes:
        sheet: Name of the sheet of the row that it comes from.
        source: Key of that row.
        title: What that is about.
        region: Region that gets it, as the row says; empty if it does not.
        values: Field -> value.
    """

    sheet: LocalizedText
    source: str
    title: str
    region: str
    values: Row


@dataclass(frozen=True)
class NewRows:
    """What the rows of a book become.

    Attributes:
        given: Region -> full block name -> its new rows.
        homeless: New rows that belong to no region of the project.
    """

    given: Mapping[str, Mapping[str, list[NewRow]]] = field(default_factory=dict)
    homeless: tuple[NewRow, ...] = ()


def find_new_rows(blocks: Mapping[str, BookRows], regions: Collection[str], round_id: str) -> NewRows:
    """Return what the rows of a book become in a later round, each once.

    Args:
        blocks: Full block name -> the rows of the book, of the blocks that go out.
        regions: Codes of the regions of the project.
        round_id: The round; its own rows are still what they are.
    """
    given: dict[str, dict[str, list[NewRow]]] = {}
    homeless: list[NewRow] = []
    for rows in blocks.values():
        becomes = rows.block.becomes
        if becomes is None or becomes.target not in blocks:
            continue
        known = _known(blocks[becomes.target], becomes)
        seen: set[tuple[str, str]] = set()
        for position in range(len(rows.columns[rows.block.key])):
            new = _new_row(rows, position, becomes)
            # The same minutes come from several regions; under one id there may still be two actions.
            name = new.source, fold_text(new.title)
            if new.source in known or name in seen or rows.round(position) == round_id:
                continue
            seen.add(name)
            if new.region in regions:
                given.setdefault(new.region, {}).setdefault(becomes.target, []).append(new)
            else:
                homeless.append(new)
    return NewRows(given, tuple(homeless))


def _known(target: BookRows, becomes: Becomes) -> set[str]:
    """Return the keys of what has become a row already, under its own key or another; closed rows count too."""
    columns = (target.columns.get(name, ()) for name in (becomes.source, target.block.key))
    return {str(value) for column in columns for value in column if value is not None}


def _new_row(rows: BookRows, position: int, becomes: Becomes) -> NewRow:
    source = rows.key(position)
    taken = {name: rows.value(of, position) for name, of in becomes.fields.items()}
    values = {**becomes.values, **{name: value for name, value in taken.items() if value is not None}}
    region = rows.value(becomes.region, position)
    return NewRow(rows.sheet.tab, source, rows.title(position), str(region or ""), {**values, becomes.source: source})
