"""Joins sets of returns: the same file counts once, from whichever set it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xlsflow.merge.gather import NUMBER, joined_outline, stacked
from xlsflow.model.book import BlockOutline, ReturnSet
from xlsflow.model.returns import Return
from xlsflow.model.waivers import (
    Waiver,
    joined,
)

if TYPE_CHECKING:
    import pandas as pd

_Numbers = np.ndarray[tuple[int], np.dtype[np.int32]]


def union(sets: Sequence[ReturnSet]) -> ReturnSet:
    """Return all files of several sets, sorted by name and digest, with their rows and all their waivers."""
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    waivers: dict[tuple[str, str], list[Waiver]] = {}
    for number, returns in enumerate(sets):
        for place, came in enumerate(returns.returns):
            waivers.setdefault(came.identity, []).extend(came.waivers)
            held = chosen.get(came.identity)
            if held is None or _completeness(came) > _completeness(sets[held[0]].returns[held[1]]):
                chosen[came.identity] = number, place
    order = sorted(chosen)
    renumbered = [np.full(len(returns.returns), -1, dtype=np.int32) for returns in sets]
    for new, identity in enumerate(order):
        number, place = chosen[identity]
        renumbered[number][place] = new
    outlines = _outlines(sets)
    tables = {name: _rows(name, sets, renumbered) for name in sorted(outlines)}
    regions: dict[str, int] = {}
    for returns in sets:
        for code, place in returns.regions.items():
            regions[code] = min(place, regions.get(code, place))
    whole = []
    for identity in order:
        number, place = chosen[identity]
        came = sets[number].returns[place]
        whole.append(replace(came, waivers=joined(waivers[identity])) if waivers[identity] else came)
    day = max((returns.day for returns in sets if returns.day), default=None)
    return ReturnSet(tuple(whole), tables, outlines, regions, day)


def _completeness(came: Return) -> tuple[bool, int, int]:
    """Return how much is known of a file: one that is known from a book may have lost rows."""
    return came.first_hand, sum(line.merged for line in came.ledger), len(came.findings)


def _outlines(sets: Sequence[ReturnSet]) -> dict[str, BlockOutline]:
    outlines: dict[str, BlockOutline] = {}
    for returns in sets:
        for name, outline in returns.outlines.items():
            outlines[name] = joined_outline(outlines[name], outline) if name in outlines else outline
    return outlines


def _rows(name: str, sets: Sequence[ReturnSet], renumbered: Sequence[_Numbers]) -> pd.DataFrame:
    """Return the rows of a block with the new number of their file, without those of files taken from another set."""
    frames = []
    for returns, numbers in zip(sets, renumbered, strict=True):
        if name in returns.tables:
            table = returns.tables[name]
            new = numbers[table[NUMBER].to_numpy()] if len(numbers) else np.empty(0, np.int32)
            table = table.assign(**{NUMBER: new})
            frames.append(table if (new >= 0).all() else table[new >= 0])
    return stacked(frames)
