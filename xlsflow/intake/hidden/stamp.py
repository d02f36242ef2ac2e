"""Reads the stamp of a workbook, which is stored in three places; the version that most of them agree on counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from xlsflow.fileformat.cells import display_text
from xlsflow.fileformat.hidden_sheets import STAMP_SHEET
from xlsflow.fileformat.stamp import NAME_PREFIX, PROPERTY_PREFIX
from xlsflow.findings import Diagnostic
from xlsflow.intake.grid import Grid, GridBook
from xlsflow.model.returns import Stamp

StampCopy = Mapping[str, str]
"""The stamp as one place stores it: attribute -> text; what a program dropped when it saved is missing."""


def identify(book: GridBook) -> tuple[Stamp | None, tuple[Diagnostic, ...]]:
    """Return the stamp of a workbook, with a diagnostic if its copies disagree; None if no place has one."""
    # Without a pack a copy identifies nothing: it may be the remainder of a damaged one.
    copies = [copy for copy in _stamp_copies(book) if copy.get("pack")]
    if not copies:
        return None, ()
    agreeing = max(([other for other in copies if _agree(other, copy)] for copy in copies), key=len)
    attributes: dict[str, str] = {}
    for copy in sorted(agreeing, key=len):  # the most complete copy last: its values prevail
        attributes |= copy
    differ = any(not _agree(copy, attributes) for copy in copies)
    return Stamp(**attributes), (Diagnostic("stamp_differs"),) if differ else ()


def _agree(copy: StampCopy, other: StampCopy) -> bool:
    """Return whether two copies have no attribute with different texts; a missing attribute is no contradiction."""
    return all(other.get(name, text) == text for name, text in copy.items())


def _stamp_copies(book: GridBook) -> Iterator[StampCopy]:
    """Yield the copies in the document properties, on hidden sheets and in the defined names."""
    known = frozenset(field.name for field in fields(Stamp))

    def copy_of(facts: Mapping[str, str], prefix: str) -> StampCopy:
        named = {name[len(prefix) :]: text for name, text in facts.items() if name.startswith(prefix)}
        return {name: text for name, text in named.items() if name in known}

    yield copy_of(book.properties, PROPERTY_PREFIX)
    for grid in book.grids:
        if grid.name.startswith(STAMP_SHEET):  # a sheet that was copied is called `_meta (2)`
            yield copy_of(_sheet_facts(grid), PROPERTY_PREFIX)
    yield copy_of({name: _constant(formula) for name, formula in book.names.items()}, NAME_PREFIX)


def _sheet_facts(grid: Grid) -> Mapping[str, str]:
    """Return first -> second cell of every row of a hidden sheet."""
    rows = range(grid.top, grid.top + len(grid.rows))
    return {display_text(grid.at(row, 0)): display_text(grid.at(row, 1)) for row in rows}


def _constant(formula: str) -> str:
    """Return the text of a defined name whose formula is a constant: `="HD"` is HD."""
    return formula.strip().removeprefix("=").removeprefix('"').removesuffix('"').replace('""', '"')
