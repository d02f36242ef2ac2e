"""Makes the listing of all requirements: one row for each, with what became of it stage by stage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.report_model import Listing, ReportColumn, RowSource
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.requirement_stages import requirement_stages
from xlsflow.reports.listings.requirement_life import unlinked_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.model.report_model import Mark
    from xlsflow.reports.figures.requirement_stages import RequirementStage
    from xlsflow.reports.labels import Labels
    from xlsflow.template.model import DataBlock

T = TypeVar("T")


def requirements_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of all requirements; it is not shown where no sheet of the book is for requirements.

    Args:
        labels: Labels in the language of the report.
        frame: The tracked items.
    """
    lang, stages = labels.lang, requirement_stages(labels.inputs, frame)
    ids = stages.ids
    if not stages.roots:
        return _no_requirements(labels)
    roots = _StageGroup(labels, stages.roots, ids)
    others = [_StageGroup(labels, (stage,), ids) for stage in stages.others]
    regions = roots.each(lambda stage: labels.regions(labels.inputs.book.tables[stage.block][ORIGIN[3]].tolist()))
    dates = zip(*(group.last_dates for group in (roots, *others)), strict=True)
    last = [max(filter(None, days), default=None) for days in dates]
    titles = [_listed(lang, names) for names in roots.shown("title")]
    columns = (
        ReportColumn("id", roots.block.label_of(roots.block.key).say(lang), ids, "id", 15),
        ReportColumn("title", roots.label("title"), titles, "text", 34),
        ReportColumn("region", texts.COL_REGION.say(lang), [_listed(lang, names) for names in regions], "text", 10),
        *roots.columns(),
        *(column for group in others for column in group.columns()),
        ReportColumn("last", texts.COL_LAST_DATE.say(lang), last, "date", 12),
    )
    note = texts.NOTE_REQUIREMENTS.format(lang, count=len(ids), as_of=labels.as_of)
    sentences = (note, *(sentence.say(lang) for sentence in unlinked_sentences(labels.inputs)))
    page = texts.PAGE_REQUIREMENTS.say(lang)
    note = ("" if lang == "zh" else " ").join(sentences)
    sources = [_source(roots, name) for name in ids]
    return Listing(page, page, note, columns, "follow_up", 2, key="requirements", sources=sources)


def _source(roots: _StageGroup, name: str) -> RowSource | None:
    """Return the row of a requirement on the first sheet that has it."""
    found = ((stage.block, stage.rows[name]) for stage in roots.stages if name in stage.rows)
    return next((RowSource(block, rows[0]) for block, rows in found), None)


def _no_requirements(labels: Labels) -> Listing:
    """Return the listing with the columns that every pack has, and no rows."""
    words = {"id": texts.COL_KEY, "title": texts.COL_ITEM, "region": texts.COL_REGION, "last": texts.COL_LAST_DATE}
    columns = tuple(labels.column(key, title, []) for key, title in words.items())
    page = texts.PAGE_REQUIREMENTS.say(labels.lang)
    return Listing(page, page, "", columns, "follow_up", 2, key="requirements", optional=True)


@dataclass(frozen=True)
class _StageGroup:
    """The rows of all requirements at one stage; the requirements themselves may be on several sheets."""

    labels: Labels
    stages: Sequence[RequirementStage]
    ids: Sequence[str]

    @property
    def block(self) -> DataBlock:
        """The definition of the stage, the first one where there are several."""
        return self.labels.inputs.blocks[self.stages[0].block][1]

    def label(self, part: str) -> str:
        """Return the label of a part of the step (`date`, `status`)."""
        return self.block.label_of(getattr(self.stages[0].step, part)).say(self.labels.lang)

    def each(self, values: Callable[[RequirementStage], Sequence[T]]) -> list[list[T]]:
        """Return for each requirement the values of its rows.

        Args:
            values: Returns one value for each row of a stage's table.
        """
        found = [(stage.rows, values(stage)) for stage in self.stages]
        return [[column[at] for rows, column in found for at in rows.get(name, ())] for name in self.ids]

    def shown(self, part: str) -> list[list[str]]:
        """Return for each requirement the displayed values of a part of the step."""

        def texts_of(stage: RequirementStage) -> Sequence[str]:
            name, table = getattr(stage.step, part), self.labels.inputs.book.tables[stage.block]
            if name not in table.columns:
                return [""] * len(table)
            field, codes = self.labels.inputs.blocks[stage.block][1].field(name), column_values(table[name])
            known = {code: self.labels.text(field, code) for code in set(codes)}
            return [known[code] for code in codes]

        return self.each(texts_of)

    @cached_property
    def last_dates(self) -> list[date | None]:
        """The latest date of each requirement at this stage."""
        days = self.each(lambda stage: [_day(moment) for moment in stage.dates])
        return [max(filter(None, several), default=None) for several in days]

    def columns(self) -> Iterator[ReportColumn]:
        """Yield number, status and latest date of the rows; requirements are not counted."""
        lang, block, step = self.labels.lang, self.stages[0].block, self.stages[0].step
        of_root = self.block.requirement
        sheet = self.labels.sheet(block)
        before = "" if of_root else f"{sheet} · "
        counts = [len(rows) for rows in self.each(lambda stage: stage.dates)]
        if not of_root:
            yield ReportColumn(f"{block}.count", sheet, counts, "integer", 10)
        if step.status:
            # What refers to a requirement tells of it, though its own sheet may not be in the book.
            none = texts.NOT_IN_BOOK.say(lang) if of_root else None
            shown = zip(self.shown("status"), counts, strict=True)
            states = [_counted(lang, several) if count else none for several, count in shown]
            title = f"{before}{self.label('status')}"
            yield ReportColumn(f"{block}.state", title, states, "text", 14, self._marks(), with_symbols=True)
        yield ReportColumn(f"{block}.date", f"{before}{self.label('date')}", self.last_dates, "date", 12)

    def _marks(self) -> list[Mark | None]:
        """Return how far each requirement is at this stage, where its status tells."""
        late = self.each(lambda stage: stage.days_overdue)
        is_open = self.each(lambda stage: stage.open)
        return [_mark(states, days) for states, days in zip(is_open, late, strict=True)]


def _mark(is_open: Sequence[bool | None], days_overdue: Sequence[int]) -> Mark | None:
    if any(days_overdue):
        return "overdue"
    if any(is_open):
        return "in_progress"
    return "done" if False in is_open else None


def _day(moment: date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _listed(lang: Lang, names: Sequence[str]) -> str | None:
    """Return names in one line, each once."""
    return texts.listed(lang, tuple(dict.fromkeys(filter(None, names))), len(names)) or None


def _counted(lang: Lang, states: Sequence[str]) -> str | None:
    """Return states in one line, each once with its number.

    >>> _counted("en", ["Done", "Blocked", "Done", ""])
    'Done ×2, Blocked'
    """
    counts = Counter(filter(None, states))
    named = [f"{state} ×{count}" if count > 1 else state for state, count in counts.items()]
    return _listed(lang, named)
