"""Whose workbook is it? The stamp is kept in three places; what most of them say counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from xlsflow.fileformat.cells import shown
from xlsflow.findings import Diagnostic
from xlsflow.intake.grid import Grid, GridBook
from xlsflow.model.returns import Stamp

META = "_meta"
PROPERTY = "xlsflow."
NAME = "xf_"

Witness = Mapping[str, str]
"""What one place says of the stamp: attribute -> text; what it has lost is missing."""


def identify(book: GridBook) -> tuple[Stamp | None, tuple[Diagnostic, ...]]:
    """Return the stamp of a workbook, and that its places disagree where they do; None where no place says anything."""
    witnesses = [witness for witness in _witnesses(book) if witness.get("pack")]
    if not witnesses:
        return None, ()
    agreeing = max(([w for w in witnesses if _agree(w, one)] for one in witnesses), key=len)
    said: dict[str, str] = {}
    for witness in sorted(agreeing, key=len):  # what a fuller one says counts
        said |= witness
    differ = any(not _agree(witness, said) for witness in witnesses)
    return Stamp(**said), (Diagnostic("stamp_differs"),) if differ else ()


def _agree(one: Witness, other: Witness) -> bool:
    """Return whether two places contradict each other nowhere; what one of them has lost is no contradiction."""
    return all(other.get(name, text) == text for name, text in one.items())


def _witnesses(book: GridBook) -> Iterator[Witness]:
    """Yield what properties, hidden sheets and defined names say."""
    known = frozenset(one.name for one in fields(Stamp))

    def of(said: Mapping[str, str], start: str) -> Witness:
        cut = {name[len(start) :]: text for name, text in said.items() if name.startswith(start)}
        return {name: text for name, text in cut.items() if name in known}

    yield of(book.properties, PROPERTY)
    for grid in book.grids:
        if grid.name.startswith(META):  # a sheet that was copied is called `_meta (2)`
            yield of(_cells(grid), PROPERTY)
    yield of({name: _unquoted(text) for name, text in book.names.items()}, NAME)


def _cells(grid: Grid) -> Mapping[str, str]:
    """Return first -> second cell of every row of a hidden sheet."""
    rows = range(grid.top, grid.top + len(grid.rows))
    return {shown(grid.at(row, 0)): shown(grid.at(row, 1)) for row in rows}


def _unquoted(formula: str) -> str:
    """Return the text that a defined name stands for."""
    return formula.strip().removeprefix("=").removeprefix('"').removesuffix('"').replace('""', '"')
