"""What a report is made from: book, project, definitions, as-of instant, and the book of the round before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.clock import calendars, local_day
from xlsflow.template.model import Duty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from xlsflow.clock import Calendar
    from xlsflow.i18n import (
        Lang,
        LocalizedText,
    )
    from xlsflow.model.book import Book
    from xlsflow.model.project import (
        Project,
        Timing,
    )
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import DataBlock, Pack, Template

WORKED = "working_day"
"""How the project's list of holidays says that a day is worked; every other word is a day off."""


@dataclass(frozen=True)
class Basis:
    """All that a report follows from: the same basis gives the same report.

    Attributes:
        book: What came back.
        project: Who was asked, by when.
        templates: The definitions of the book's sheets, with the project's columns in place.
        scope: The lists and figures of the project.
        as_of: The instant that the report is true for.
        previous: The basis of the round before, where there is one to compare with.
        variants: Definitions of the same sheets in other packs that returns of the book are of.
        timing: Timing rule -> how long it allows, as the pack says and the project changes it.
        rules: Timing rule -> what it is called.
    """

    book: Book
    project: Project
    templates: tuple[Template, ...]
    scope: Scope
    as_of: datetime
    previous: Basis | None = None
    variants: tuple[Template, ...] = ()
    timing: Mapping[str, Duty] = field(default_factory=dict)
    rules: Mapping[str, LocalizedText] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        book: Book,
        project: Project,
        library: Library,
        as_of: datetime,
        previous: tuple[Book, datetime] | None = None,
    ) -> Basis:
        """Return what a report is made from.

        Args:
            book: What came back.
            project: Who was asked, by when.
            library: The definitions.
            as_of: The instant that the report is true for; with a time zone.
            previous: The book of the round before, and the instant that it was true for.

        Raises:
            TemplateError: The pack or a sheet of the book is not defined.
            ValueError: The as-of instant has no time zone.
        """
        if as_of.tzinfo is None:
            raise ValueError("the as-of instant needs a time zone")
        pack = library.pack(_pack_name(book, project, library))
        scope = library.scope(project.lists(), {**pack.settings, **project.figures()})
        sheets = library.sheets(pack, scope)
        known = {sheet.name for sheet in sheets}
        others = dict.fromkeys(name.partition(".")[0] for name in book.tables)
        more = tuple(library.template(name).resolved(scope) for name in others if name not in known)
        templates = (*sheets, *more)
        rest = sorted(_packs(book).keys() - {pack.name})
        variants = tuple(sheet for name in rest for sheet in library.sheets(library.pack(name), scope))
        earlier = cls(previous[0], project, templates, scope, previous[1]) if previous else None
        timing = dict(figures_of([*map(library.pack, rest), pack], project.timing))
        return cls(book, project, templates, scope, as_of, earlier, variants, timing, _rule_words(library))

    @cached_property
    def blocks(self) -> Mapping[str, tuple[Template, DataBlock]]:
        """Full name of each block of the book (`sheet.block`) -> its definition, in the order of the workbook."""
        defined = {t.full_name(b): (t, b) for t in self.templates for b in t.data}
        return {name: pair for name, pair in defined.items() if name in self.book.tables}

    def fields(self, name: str) -> tuple[FieldBase, ...]:
        """Return the fields of a block that the book has: those of its definition, then those of its variants."""
        asked = {field.name: field for field in self.blocks[name][1].columns}
        for sheet in self.variants:
            for block in sheet.data:
                if sheet.full_name(block) == name:
                    for field in block.columns:
                        asked.setdefault(field.name, field)
        return tuple(field for field in asked.values() if field.name in self.book.tables[name].columns)

    @cached_property
    def region_order(self) -> Mapping[str, int]:
        """Code of each region that was asked -> its place in the project."""
        return {region.code: place for place, region in enumerate(self.project.regions)}

    @cached_property
    def today(self) -> Mapping[str, date]:
        """Code of each region -> the day that it is there at the as-of instant."""
        return {region.code: local_day(self.as_of, region.zone) for region in self.project.regions}

    @cached_property
    def calendar(self) -> Mapping[str, Calendar]:
        """Code of each region -> its working days."""
        named = calendars(self._own_days(), {region.calendar for region in self.project.regions})
        return {region.code: named[region.calendar] for region in self.project.regions}

    def _own_days(self) -> Iterator[tuple[str, date, bool]]:
        for holiday in self.project.holidays:
            if holiday.date is not None:
                yield holiday.calendar, holiday.date, holiday.type == WORKED

    @cached_property
    def _region_words(self) -> Mapping[str, LocalizedText]:
        return {region.code: region.label for region in self.project.regions}

    def region_name(self, code: str, lang: Lang) -> str:
        """Return a region's name; a code that the project does not know is shown as itself."""
        known = self._region_words.get(code)
        return known.say(lang) if known else code

    def figure(self, name: str, usual: float) -> float:
        """Return a setting of the pack or project, or the usual figure where it is not set."""
        return self.scope.settings.get(name, usual)


def figures_of(packs: Sequence[Pack], own: Sequence[Timing]) -> Mapping[str, Duty]:
    """Return how long each timing rule allows: what the last of the packs says, then what a project has of its own."""
    figures = {rule: duty for pack in packs for rule, duty in pack.timing.items()}
    for one in own:
        said = any(span is not None for span in (one.hours, one.working_days, one.days))
        if said and one.pack in ("", packs[-1].name):
            figures[one.rule] = Duty(hours=one.hours, working_days=one.working_days, days=one.days)
    return figures


def _rule_words(library: Library) -> Mapping[str, LocalizedText]:
    """Return what timing rules are called: by the list from which a project chooses one to change its figure."""
    setup = (library.pack(name) for name in library.pack_files)
    blocks = [b for pack in setup if pack.setup for use in pack.sheets for b in library.use(use).data]
    rules = {rule for name in library.pack_files for rule in library.pack(name).timing}
    lists = [library.lists[f.list_name()] for b in blocks for f in b.columns if f.list_name() in library.lists]
    return {choice.code: choice.label for one in lists for choice in one.values if choice.code in rules}


def _pack_name(book: Book, project: Project, library: Library) -> str:
    """Return the pack that most of the returns were made from; where none says, what the project sends out."""
    packs = _packs(book)
    if packs:
        return min(packs, key=lambda name: (-packs[name], name))
    usual = (name for name in library.pack_files if library.pack(name).default)
    return project.project.pack or next(usual)


def _packs(book: Book) -> Counter[str]:
    return Counter(record.stamp.pack for record in book.counted if record.stamp.pack)
