"""Says in words which row of another file uses the same key: region, person, sheet and title instead of a file name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.findings import Finding
from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.model.consolidated_book import ORIGIN, Book
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.project import Project
    from xlsflow.template.model import DataBlock

_FILE, _SHEET, _ROW, _REGION, _ROUND = ORIGIN
_CODE = "used_elsewhere"
_MAX_TITLE = 30
_WITH_PERSON = LocalizedText(
    "{region}（{person}）的《{sheet}》{cell}{title}", "{region} ({person}; “{sheet}” {cell}{title})"
)
_WITHOUT_PERSON = LocalizedText("{region}的《{sheet}》{cell}{title}", "{region} (“{sheet}” {cell}{title})")
_TITLE = LocalizedText("“{title}”", ", “{title}”")


def with_named_rows(book: Book, project: Project, blocks: Mapping[str, DataBlock]) -> Book:
    """Return a book whose `used_elsewhere` findings name the other row as its reader knows it.

    A region never sees the other region's file, so the file's name tells it nothing.

    Args:
        book: The merged book.
        project: Names of regions and people.
        blocks: Full block name -> its definition.
    """
    if not any(finding.code == _CODE for finding in book.findings):
        return book
    rows = {name: _Rows(book, project, name, block) for name, block in blocks.items() if name in book.tables}
    named = (
        rows[finding.location.block].named(finding)
        if finding.code == _CODE and finding.location.block in rows
        else finding
        for finding in book.findings
    )
    return replace(book, findings=tuple(named))


@dataclass(frozen=True)
class _Rows:
    """The rows of one block."""

    book: Book
    project: Project
    name: str
    block: DataBlock

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self.book.tables[self.name]

    @cached_property
    def _first_use(self) -> Mapping[tuple[object, object], int]:
        """Key and round -> position of the first row with them, which is the one that the findings refer to."""
        first: dict[tuple[object, object], int] = {}
        pairs = zip(self._table[self.block.key].tolist(), self._table[_ROUND].tolist(), strict=True)
        for position, pair in enumerate(pairs):
            first.setdefault(pair, position)
        return first

    @cached_property
    def _round_of(self) -> Mapping[str, str]:
        return {record.file: record.stamp.round for record in self.book.files}

    def named(self, finding: Finding) -> Finding:
        """Return a finding with its other row in words; unchanged if the row is not found or its region is unknown."""
        position = self._first_use.get((finding.value, self._round_of.get(finding.location.file, "")))
        if position is None:
            return finding
        row = self._table.iloc[position]
        if row[_FILE] == finding.location.file or not self.project.has_region(str(row[_REGION])):
            return finding
        return replace(finding, facts={**finding.facts, "other": self._words(row)})

    def _words(self, row: pd.Series) -> LocalizedText:
        spots = self.book.positions.get((row[_FILE], row[_SHEET], self.name), {})
        form_row, column = spots.get(self.block.key, (None, 0))
        cell = a1(int(row[_ROW]) - 1 if form_row is None else form_row, column)
        follow = self.block.follow if isinstance(self.block, TableBlock) else None
        person = self._person(row[follow.owner]) if follow and follow.owner else None
        title = row[follow.title] if follow else None
        region = self.project.region(str(row[_REGION])).label
        text = _WITH_PERSON if person else _WITHOUT_PERSON
        zh, en = (
            text.format(
                lang,
                region=region.say(lang),
                person=person.say(lang) if person else "",
                sheet=row[_SHEET],
                cell=cell,
                title=_TITLE.format(lang, title=_short(title)) if isinstance(title, str) else "",
            )
            for lang in LANGS
        )
        return LocalizedText(zh, en)

    def _person(self, name: object) -> LocalizedText | None:
        if not isinstance(name, str):
            return None
        known = next((person for person in self.project.people if person.name == name), None)
        return LocalizedText(name, known.name_en or name) if known else untranslated(name)


def _short(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1] + "…"
