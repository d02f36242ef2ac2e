"""Says findings across files in the words of their readers: another row by region and person, a value as its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.fileformat.cells import a1
from xlsflow.findings import Finding
from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.model.consolidated_book import ORIGIN, Book
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project
    from xlsflow.model.proposals import Proposal
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock

_FILE, _SHEET, _ROW, _REGION, _ROUND = ORIGIN
_CODE = "used_elsewhere"
_MAX_TITLE = 30
_WITH_PERSON = LocalizedText(
    "{region}（{person}）的《{sheet}》{cell}{title}", "{region} ({person}; “{sheet}” {cell}{title})"
)
_WITHOUT_PERSON = LocalizedText("{region}的《{sheet}》{cell}{title}", "{region} (“{sheet}” {cell}{title})")
_BLANK = LocalizedText("（空白）", "(blank)")
_PERCENT = "0%"
_TITLE = LocalizedText("“{title}”", ", “{title}”")


def with_shown_values(book: Book, blocks: Mapping[str, DataBlock], scope: Scope) -> Book:
    """Return a book whose conflicts show both values as their sheets do.

    Args:
        book: The merged book.
        blocks: Full block name -> its definition.
        scope: The project's lists and settings.
    """
    conflicts = {
        (p.file, p.sheet, p.block, p.key, p.field): p
        for p in book.proposals
        if p.kind == "conflict" and p.block in blocks
    }

    def shown(finding: Finding) -> Finding:
        at = finding.location
        conflict = conflicts.get((at.file, at.sheet, at.block, str(finding.facts.get("key")), at.field))
        if finding.code != "cell_conflict" or conflict is None:
            return finding
        field = blocks[at.block].field(at.field)
        zh, en = ({n: _said(field, v, lang, scope) for n, v in _values(conflict)} for lang in LANGS)
        facts = {name: LocalizedText(zh[name], en[name]) for name in zh}
        return replace(finding, location=replace(at, label=field.label), facts={**finding.facts, **facts})

    return replace(book, findings=tuple(map(shown, book.findings))) if conflicts else book


def _values(conflict: Proposal) -> tuple[tuple[str, object], ...]:
    return ("shown", conflict.value), ("current", conflict.current)


def _said(field: FieldBase, value: object, lang: Lang, scope: Scope) -> str:
    """Return a value as a sheet shows it."""
    if value is None:
        return _BLANK.say(lang)
    if isinstance(value, float) and field.number_format == _PERCENT:
        return f"{value:.0%}"
    return str(field.write(value, lang, scope)) if field.list_name() else comparison_text(value)


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
    def _uses(self) -> Mapping[object, Sequence[int]]:
        """Key -> positions of the rows with it."""
        uses: dict[object, list[int]] = {}
        for position, key in enumerate(self._table[self.block.key].tolist()):
            uses.setdefault(key, []).append(position)
        return uses

    def named(self, finding: Finding) -> Finding:
        """Return a finding with its other row in words; unchanged if the row is not found or its region is unknown."""
        uses = self._uses.get(finding.value, ())
        others = (self._table.iloc[p] for p in uses if self._table[_FILE].iloc[p] != finding.location.file)
        row = next(others, None)
        if row is None or not self.project.has_region(str(row[_REGION])):
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
