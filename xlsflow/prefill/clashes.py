"""Decides which row keeps a key that several rows have: a region cannot change the id of a row that it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.template.lists import fold_text
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from xlsflow.prefill.book_rows import BookRows

_ANY_YEAR = 2000


class Clash(NamedTuple):
    """A row whose key another row keeps.

    Attributes:
        position: The row.
        keeper: Region of the other row.
        is_same: Whether both are one item, which is given out once; otherwise this row gets a new id.
    """

    position: int
    keeper: str
    is_same: bool


def find_clashes(
    rows: BookRows, given: Mapping[str, Sequence[int]], regions: Mapping[str, int]
) -> Mapping[str, Sequence[Clash]]:
    """Return for each region those of its rows whose key another row keeps.

    Args:
        rows: The rows of a block.
        given: Region -> its rows that come back.
        regions: Code of a region -> its place in the order of the project.
    """
    # Only ids are used once in a project; a key in words, such as the name of a resource, is a region's own.
    is_id = bool(rows.block.key) and rows.block.field(rows.block.key).numbered_value(1, _ANY_YEAR, "") is not None
    by_key: dict[tuple[str, str], list[int]] = {}
    for region, positions in given.items() if rows.block.key else ():
        for position in positions:
            by_key.setdefault((rows.key(position), "" if is_id else region), []).append(position)
    found: dict[str, list[Clash]] = {}
    for positions in by_key.values():
        if len(positions) > 1:
            for clash in _clashes(rows, positions, regions):
                found.setdefault(rows.region(clash.position), []).append(clash)
    return found


def _clashes(rows: BookRows, positions: Sequence[int], regions: Mapping[str, int]) -> Iterator[Clash]:
    """Yield the rows that do not keep their common key, by region and place in the book."""
    last = len(regions)

    def rank(position: int) -> tuple[bool, int, int]:
        return not _is_own(rows, position), regions.get(rows.region(position), last), position

    kept: list[int] = []
    for position in sorted(positions, key=rank):
        same = next((other for other in kept if _is_same(rows, position, other)), None)
        if same is not None:
            yield Clash(position, rows.region(same), is_same=True)
            continue
        if kept:
            yield Clash(position, rows.region(kept[0]), is_same=False)
        kept.append(position)


def _is_same(rows: BookRows, position: int, other: int) -> bool:
    """Return whether two rows are one item: the same title, and not two regions that each call it their own."""
    if fold_text(rows.title(position)) != fold_text(rows.title(other)):
        return False
    return rows.region(position) == rows.region(other) or not _is_own(rows, position, named=True)


def _is_own(rows: BookRows, position: int, *, named: bool = False) -> bool:
    """Return whether a row belongs to the region that reported it, as far as the row itself says.

    Args:
        rows: The rows.
        position: The row.
        named: Whether it must say so; otherwise a row that names no region is its reporter's.
    """
    follow = rows.block.follow if isinstance(rows.block, TableBlock) else None
    owner = rows.value(follow.region, position) if follow and follow.region else None
    return not named if owner is None else owner == rows.region(position)
