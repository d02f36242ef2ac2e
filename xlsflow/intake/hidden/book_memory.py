"""Reads the hidden pages of a consolidated workbook that only later merges need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xlsflow.errors import Refused
from xlsflow.fileformat import hidden_pages
from xlsflow.fileformat.cells import Scalar
from xlsflow.fileformat.written_rows import unpacked_rows
from xlsflow.model.history import HistoryLine, RegionRound
from xlsflow.model.proposals import Decision, Proposal

_LATER_NAMES = ("excuse",)
"""What earlier versions did not store of a row's history."""


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A row of a return as it was filled in, where the data show another one.

    Attributes:
        block: Full name of the block.
        file: Name of the return.
        sheet: Its sheet.
        row: Its 1-based row.
        cell: Address of its key.
        values: Field -> value.
    """

    block: str
    file: str
    sheet: str
    row: int
    cell: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BookMemory:
    """What a consolidated workbook stores for later merges.

    Attributes:
        written: Full block name -> its columns as they were written.
        leaf_rows: The rows of returns that the data pages do not show as they are.
        touched: File -> block -> key -> fields that differ from what was sent out.
        gone: File -> block -> key -> texts of the rows that the return no longer has.
        history: How tracked rows stood in each round.
        proposals: What the coordinator may want to decide, by id.
        picks: Id of a proposal -> what the coordinator has picked or typed.
        decisions: File -> decisions of an earlier edit.
        rounds: How each region stood in each round that was reported.
    """

    written: Mapping[str, dict[str, list[Scalar]]]
    leaf_rows: tuple[LeafRow, ...] = ()
    touched: Mapping[str, Mapping[str, Mapping[str, frozenset[str]]]] = field(default_factory=dict)
    gone: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]] = field(default_factory=dict)
    history: tuple[HistoryLine, ...] = ()
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)
    rounds: tuple[RegionRound, ...] = ()


@dataclass(frozen=True)
class MemoryReader:
    """Reads the pages of one workbook.

    Attributes:
        lines: Returns the lines of a page.
        facts: Returns the facts of a text of a page.
        refused: Returns the refusal of a workbook with a page that was changed.
    """

    lines: Callable[[str], Iterator[dict[str, Scalar]]]
    facts: Callable[[str, Scalar], dict[str, Any]]
    refused: Callable[[str], Refused]

    def memory(self, picks: Mapping[str, str]) -> BookMemory:
        """Return what the workbook stores."""
        records = [
            (str(line["file"] or ""), self.facts(hidden_pages.TOUCHED_PAGE, line["record"]))
            for line in self.lines(hidden_pages.TOUCHED_PAGE)
        ]
        touched = {
            file: {
                block: {key: frozenset(names) for key, names in rows.items()} for block, rows in r["touched"].items()
            }
            for file, r in records
        }
        decisions: dict[str, tuple[Decision, ...]] = {}
        for line in self.lines(hidden_pages.DECISIONS_PAGE):
            file = str(line["file"] or "")
            decision = Decision(**self.facts(hidden_pages.DECISIONS_PAGE, line["record"]))
            decisions[file] = (*decisions.get(file, ()), decision)
        return BookMemory(
            dict(self._written()),
            tuple(self._leaf_rows()),
            touched,
            {file: record["gone"] for file, record in records},
            tuple(
                HistoryLine._make(values) for values in self._records(hidden_pages.HISTORY_PAGE, HistoryLine._fields)
            ),
            {
                str(line[hidden_pages.PROPOSAL_ID]): Proposal(**self.facts(hidden_pages.PROPOSALS_PAGE, line["record"]))
                for line in self.lines(hidden_pages.PROPOSALS_PAGE)
            },
            picks,
            decisions,
            tuple(map(_region_round, self._records(hidden_pages.ROUNDS_PAGE, RegionRound._fields))),
        )

    def _written(self) -> Iterator[tuple[str, dict[str, list[Scalar]]]]:
        for line in self.lines(hidden_pages.WRITTEN_PAGE):
            yield str(line["block"]), self._unpacked(hidden_pages.WRITTEN_PAGE, line["rows"])

    def _leaf_rows(self) -> Iterator[LeafRow]:
        for line in self.lines(hidden_pages.LEAF_ROWS_PAGE):
            block, file, sheet, cell = (str(line[name] or "") for name in ("block", "file", "sheet", "cell"))
            row = line["row"]
            values = self.facts(hidden_pages.LEAF_ROWS_PAGE, line["values"])
            yield LeafRow(block, file, sheet, int(row) if isinstance(row, float) else 0, cell, values)

    def _records(self, page: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the records of a page that holds them as one text, their days as dates."""
        for line in self.lines(page):
            columns = self._unpacked(page, line["lines"])
            if columns and not {*names} - {*_LATER_NAMES} <= columns.keys() <= {*names}:
                raise self.refused(page)
            blank: list[Scalar] = [""] * len(next(iter(columns.values()), ()))
            parts = [columns.get(name, blank) for name in names] if columns else []
            for values in zip(*parts, strict=True):
                yield tuple(value.date() if isinstance(value, datetime) else value for value in values)

    def _unpacked(self, page: str, text: Scalar) -> dict[str, list[Scalar]]:
        try:
            return unpacked_rows(str(text or ""))
        except ValueError as error:
            raise self.refused(page) from error


def _region_round(values: tuple[Any, ...]) -> RegionRound:
    """Return a record with its counts as whole numbers, which the page holds as any number."""
    return RegionRound._make(int(value) if isinstance(value, float) else value for value in values)


MEMORY_CLASSES: Sequence[type] = (BookMemory, LeafRow, HistoryLine, RegionRound, Proposal, Decision)
"""The classes that a reader process hands over for a consolidated workbook's memory."""
