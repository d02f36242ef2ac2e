"""What several numbers of files say, as one: the same file counts once, whoever brings it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xlsflow.merge.gather import PART, joined_shape, stacked
from xlsflow.model.records import (
    Gathered,
    Part,
    Shape,
)
from xlsflow.model.waivers import (
    Waiver,
    joined,
)

if TYPE_CHECKING:
    import pandas as pd

Numbers = np.ndarray[tuple[int], np.dtype[np.int32]]


def union(several: Sequence[Gathered]) -> Gathered:
    """Return all files of several gatherings, sorted by name and content, with their rows and whatever is waived."""
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    waivers: dict[tuple[str, str], list[Waiver]] = {}
    for number, one in enumerate(several):
        for place, part in enumerate(one.parts):
            waivers.setdefault(part.identity, []).extend(part.waivers)
            held = chosen.get(part.identity)
            if held is None or _fullness(part) > _fullness(several[held[0]].parts[held[1]]):
                chosen[part.identity] = number, place
    order = sorted(chosen)
    moved = [np.full(len(one.parts), -1, dtype=np.int32) for one in several]
    for new, identity in enumerate(order):
        number, place = chosen[identity]
        moved[number][place] = new
    shapes = _shapes(several)
    tables = {name: _rows(name, several, moved) for name in sorted(shapes)}
    regions: dict[str, int] = {}
    for one in several:
        for code, place in one.regions.items():
            regions[code] = min(place, regions.get(code, place))
    parts = []
    for identity in order:
        number, place = chosen[identity]
        part = several[number].parts[place]
        parts.append(replace(part, waivers=joined(waivers[identity])) if waivers[identity] else part)
    day = max((one.day for one in several if one.day), default=None)
    return Gathered(tuple(parts), tables, shapes, regions, day)


def _fullness(part: Part) -> tuple[bool, int, int]:
    """Return how much is known of a file: one that is known from a book may have lost rows."""
    return part.first_hand, sum(line.merged for line in part.ledger), len(part.findings)


def _shapes(several: Sequence[Gathered]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for one in several:
        for name, shape in one.shapes.items():
            shapes[name] = joined_shape(shapes[name], shape) if name in shapes else shape
    return shapes


def _rows(name: str, several: Sequence[Gathered], moved: Sequence[Numbers]) -> pd.DataFrame:
    """Return the rows of a block with the new number of their file, without those of files taken from elsewhere."""
    frames = []
    for one, numbers in zip(several, moved, strict=True):
        if name in one.tables:
            table = one.tables[name]
            now = numbers[table[PART].to_numpy()] if len(numbers) else np.empty(0, np.int32)
            table = table.assign(**{PART: now})
            frames.append(table if (now >= 0).all() else table[now >= 0])
    return stacked(frames)
