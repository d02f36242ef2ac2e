"""Collects what a report is made from: consolidated data, project, definitions, as-of instant, previous round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.clock import WEEKENDS, build_calendars, local_day
from xlsflow.model.nested_projects import lists_with_parts, nested_label, overview_regions
from xlsflow.model.project import Round
from xlsflow.template.figures import TimingRule, with_own_limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    import pandas as pd

    from xlsflow.clock import Calendar
    from xlsflow.i18n import Lang, LocalizedText
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import DataBlock, Template

# Type of a working day in the project's list of holidays; any other type is a day off.
_WORKING_DAY = "working_day"


@dataclass(frozen=True)
class PackSheets:
    """A pack that returns were made from: its title, its sheets with the project's own columns, and its time limits."""

    title: LocalizedText
    templates: tuple[Template, ...]
    name: str = ""
    timing: Mapping[str, TimingRule] = field(default_factory=dict)

    @cached_property
    def blocks(self) -> Mapping[str, DataBlock]:
        """Full name of each block -> its definition in this pack."""
        return {sheet.full_name(block): block for sheet in self.templates for block in sheet.data}


@dataclass(frozen=True)
class ReportInputs:
    """Everything a report is made from; equal inputs give equal reports.

    Attributes:
        book: The consolidated data.
        project: Regions, people and deadlines.
        templates: Definitions of the sheets, including the project's own columns.
        scope: Choice lists and settings of the project.
        as_of: The instant that the report describes.
        previous: Inputs of the previous round, to compare with.
        variants: Definitions of the same sheets in other packs that some returns were made from.
        rules: Timing rule -> its label.
        packs: The pack that most returns were made from, then the others.
    """

    book: Book
    project: Project
    templates: tuple[Template, ...]
    scope: Scope
    as_of: datetime
    previous: ReportInputs | None = None
    variants: tuple[Template, ...] = ()
    rules: Mapping[str, LocalizedText] = field(default_factory=dict)
    packs: tuple[PackSheets, ...] = ()

    @classmethod
    def of(
        cls,
        book: Book,
        project: Project,
        library: Library,
        as_of: datetime,
        previous: tuple[Book, datetime] | None = None,
    ) -> ReportInputs:
        """Return the inputs for a report of a consolidated workbook.

        Args:
            book: The consolidated data.
            project: Regions, people and deadlines.
            library: The definitions.
            as_of: The instant that the report describes, with a time zone.
            previous: Data and as-of instant of the previous round.

        Raises:
            TemplateError: The pack or a sheet of the workbook is not defined.
            ValueError: The as-of instant has no time zone.
        """
        if as_of.tzinfo is None:
            raise ValueError("the as-of instant needs a time zone")
        pack = project.extended(library.pack(_pack_name(book, project, library)))
        scope = project.scope(library, pack, lists_with_parts(project))
        rest = [project.extended(library.pack(name)) for name in sorted(_packs(book).keys() - {pack.name})]
        packs = tuple(
            PackSheets(used.title, library.sheets(used, own), used.name, with_own_limits(used.timing, own.timing))
            for used in (pack, *rest)
            for own in (scope if used is pack else project.scope(library, used),)
        )
        sheets = packs[0].templates
        known = {sheet.name for sheet in sheets}
        others = dict.fromkeys(name.partition(".")[0] for name in book.tables)
        # Sheets that a merged book has from another pack; the report shows all data that there are.
        more = tuple(library.template(name).resolved(scope) for name in others if name not in known)
        templates = (*sheets, *more)
        # Returns of other packs may have columns that this pack does not define; the report shows them too.
        variants = tuple(sheet for used in packs[1:] for sheet in used.templates)
        earlier = None
        if previous:
            # In its own round its rows are no rows of an earlier one; when its returns were due is not known any more.
            then = replace(project, round=Round(previous[0].round or project.round.id))
            earlier = cls(previous[0], then, templates, scope, previous[1])
        labels = _rule_labels(library)
        return cls(book, project, templates, scope, as_of, earlier, variants, labels, packs)

    @cached_property
    def blocks(self) -> Mapping[str, tuple[Template, DataBlock]]:
        """Full name of each block (`sheet.block`) -> its definition, in the order of the workbook."""
        defined = {t.full_name(b): (t, b) for t in self.templates for b in t.data}
        return {name: pair for name, pair in defined.items() if name in self.book.tables}

    def fields(self, name: str) -> tuple[FieldBase, ...]:
        """Return the fields of a block that are in the data: those of its definition, then those of its variants."""
        fields = {field.name: field for field in self.blocks[name][1].columns}
        for sheet in self.variants:
            for block in sheet.data:
                if sheet.full_name(block) == name:
                    for field in block.columns:
                        fields.setdefault(field.name, field)
        return tuple(field for field in fields.values() if field.name in self.book.tables[name].columns)

    @cached_property
    def pack_of_file(self) -> Mapping[str, str]:
        """Name of each file -> the pack that it was made from; that of the report where it does not say."""
        usual = self.packs[0].name if self.packs else ""
        return {record.file: record.stamp.pack or usual for record in self.book.files}

    @cached_property
    def region_order(self) -> Mapping[str, int]:
        """Code of each expected region -> its position in the project."""
        return {region.code: index for index, region in enumerate(self.project.regions)}

    @cached_property
    def _counted_for(self) -> Mapping[str, str]:
        return overview_regions(self.project) if self.project.parts else {}

    @property
    def inner_regions(self) -> tuple[str, ...]:
        """The regions of the projects within the project that count for one of its regions."""
        return tuple(self._counted_for)

    def region_of(self, code: str) -> str:
        """Return the region of the project that a region counts for: itself, or that which comes from its project."""
        return self._counted_for.get(code, code)

    def regions_of(self, codes: pd.Series) -> pd.Series:
        """Return for each region the one of the project that it counts for."""
        return codes.replace(dict(self._counted_for)) if self._counted_for else codes

    @cached_property
    def local_dates(self) -> Mapping[str, date]:
        """Code of each region -> the local date at the as-of instant."""
        return {region.code: local_day(self.as_of, region.zone) for region in self.project.regions}

    @cached_property
    def region_calendars(self) -> Mapping[str, Calendar]:
        """Code of each region -> its calendar of working days."""
        named = build_calendars(self._own_days(), {region.calendar for region in self.project.regions})
        return {
            region.code: replace(named[region.calendar], weekend=WEEKENDS.get(region.working_week))
            for region in self.project.regions
        }

    def _own_days(self) -> Iterator[tuple[str, date, bool]]:
        for holiday in self.project.holidays:
            if holiday.date is not None:
                yield holiday.calendar, holiday.date, holiday.type == _WORKING_DAY

    @cached_property
    def _region_words(self) -> Mapping[str, LocalizedText]:
        counted = self._counted_for.items()
        nested = {code: label for code, outer in counted if (label := nested_label(self.project, code, outer))}
        return {**{region.code: region.label for region in self.project.regions}, **nested}

    def region_name(self, code: str, lang: Lang) -> str:
        """Return a region's name; an unknown code is returned as it is."""
        known = self._region_words.get(code)
        return known.say(lang) if known else code

    def setting(self, name: str, usual: float) -> float:
        """Return a setting of the project or pack, or a default if neither sets it."""
        return self.scope.settings.get(name, usual)


def _rule_labels(library: Library) -> Mapping[str, LocalizedText]:
    """Return the labels of timing rules, from the choice list in which a project selects a rule to change."""
    setup = (library.pack(name) for name in library.pack_files)
    blocks = [b for pack in setup if pack.setup for use in pack.sheets for b in library.template_for(use).data]
    rules = {rule for name in library.pack_files for rule in library.pack(name).timing}
    lists = [library.lists[f.list_name()] for b in blocks for f in b.columns if f.list_name() in library.lists]
    values = (choice for choices in lists for choice in choices.values)  # noqa: PD011 - no frame
    return {choice.code: choice.label for choice in values if choice.code in rules}


def _pack_name(book: Book, project: Project, library: Library) -> str:
    """Return the pack that most returns were made from; without any, the project's pack or the default one."""
    packs = _packs(book)
    if packs:
        # By name among equals, so that the order of the files does not decide.
        return min(packs, key=lambda name: (-packs[name], name))
    usual = (name for name in library.pack_files if library.pack(name).default)
    return project.project.pack or next(usual)


def _packs(book: Book) -> Counter[str]:
    return Counter(record.stamp.pack for record in book.counted if record.stamp.pack)
