"""Finds what the coordinator has edited on the data pages of a consolidated workbook.

The pages are compared with the rows as they were written. Rows are matched by the file, sheet and row that they come
from, so sorting, filtering and hiding mean nothing, and what is missing is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.fileformat.cells import Scalar
from xlsflow.model.consolidated_book import ORIGIN

RowOrigin = tuple[str, str, int]
"""File, sheet and 1-based row that a row of the data comes from."""


@dataclass(frozen=True, slots=True)
class EditedRow:
    """A row that the coordinator has changed or added.

    Attributes:
        origin: Where the row comes from; None where it was added.
        sheet: The page that it is on now.
        row: Its 1-based row on that page.
        cells: Field -> cell as it is now.
        changed: The fields that were changed, filled or emptied.
    """

    origin: RowOrigin | None
    sheet: str
    row: int
    cells: Mapping[str, Scalar]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockEdits:
    """What was edited on the pages of one block.

    Attributes:
        rows: Rows that were changed or added.
        missing: Where the rows come from that are no longer on the pages.
        positions: Field -> 0-based column on the page.
        lost_fields: Fields whose column is no longer on the pages.
    """

    rows: tuple[EditedRow, ...] = ()
    missing: tuple[RowOrigin, ...] = ()
    positions: Mapping[str, int] | None = None
    lost_fields: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything was edited."""
        return bool(self.rows or self.missing or self.lost_fields)


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of one block as its pages show them now.

    Attributes:
        columns: Key of a column -> its cells.
        sheets: Page of each row.
        rows: 1-based row on the page of each row.
        positions: Key of a column -> its 0-based position.
    """

    columns: Mapping[str, Sequence[Scalar]]
    sheets: Sequence[str]
    rows: Sequence[int]
    positions: Mapping[str, int]


def find_edits(written: Mapping[str, Sequence[Scalar]], pages: PageRows | None) -> BlockEdits:
    """Return what differs between the rows as they were written and the pages.

    Args:
        written: Key of a column -> its cells as they were written.
        pages: The pages; None where they were deleted.
    """
    origins = [*_origins(written)]
    if pages is None or not set(ORIGIN[:3]) <= pages.columns.keys():
        return BlockEdits(missing=tuple(origins))
    fields = [name for name in written if name not in ORIGIN]
    lost = tuple(name for name in fields if name not in pages.columns)
    fields = [name for name in fields if name in pages.columns]
    now = [*_origins(pages.columns)]
    if now == origins and all(written[name] == pages.columns[name] for name in fields):
        return BlockEdits(lost_fields=lost)  # the usual case, decided by comparing whole columns
    at = {origin: index for index, origin in enumerate(origins)}
    rows: list[EditedRow] = []
    seen: set[RowOrigin] = set()
    for position, origin in enumerate(now):
        cells = {name: pages.columns[name][position] for name in fields}
        index = at.get(origin) if origin not in seen else None
        if index is None:
            filled = tuple(name for name, cell in cells.items() if cell is not None)
            if filled:
                rows.append(EditedRow(None, pages.sheets[position], pages.rows[position], cells, filled))
            continue
        seen.add(origin)
        changed = tuple(name for name in fields if not _is_same(written[name][index], cells[name]))
        if changed:
            rows.append(EditedRow(origin, pages.sheets[position], pages.rows[position], cells, changed))
    return BlockEdits(tuple(rows), tuple(o for o in origins if o not in seen), pages.positions, lost)


def _origins(columns: Mapping[str, Sequence[Scalar]]) -> Iterator[RowOrigin]:
    for file, sheet, row in zip(*(columns[name] for name in ORIGIN[:3]), strict=True):
        yield str(file or ""), str(sheet or ""), int(row) if isinstance(row, float) else -1


def _is_same(written: Scalar, cell: Scalar) -> bool:
    """Return whether a cell says the same as it was written; programs change line ends and blanks when they save."""
    return written == cell or _text(written) == _text(cell)


def _text(cell: Scalar) -> str:
    return "\n".join(line.strip() for line in comparison_text(cell).replace("\r", "").strip().split("\n"))


EDIT_CLASSES: Sequence[type] = (BlockEdits, EditedRow)
"""The classes that a reader process hands over for the edits of a consolidated workbook."""
