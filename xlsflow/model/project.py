"""The project: its regions, people, round, settings and holidays.

The project's set-up is itself a workbook, generated and read like all others. The names of its blocks and fields are
the names of the attributes here: `regions` is the block of that name, `Region.code` the field `code` in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from xlsflow.errors import ProjectError, nearest_match
from xlsflow.i18n import Lang, LocalizedText, enumerated, untranslated
from xlsflow.model.people import Person, people_list, told_apart
from xlsflow.model.project_lists import choice_list, joined_list
from xlsflow.model.project_rows import ExtraSheet, Holiday, RegisteredReturn, Setting, Timing
from xlsflow.model.waivers import Waiver
from xlsflow.template.figures import TimingRule
from xlsflow.template.lists import ChoiceList, fold_text

if TYPE_CHECKING:
    from xlsflow.template.kinds import Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack

_ALL_NAMES, _PEOPLE = "all_names", "people"
_Rows = Iterable[Mapping[str, Any]]
_T = TypeVar("_T")
# Between several former names of a region.
_APART = re.compile(r"[、，,；;\n]")


@dataclass(frozen=True, slots=True)
class Region:
    """A region that takes part."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    contact: str = ""
    email: str = ""
    time_zone: str = "Asia/Shanghai"
    calendar: str = "cn"
    language: Lang = "zh"
    head: str = ""
    was: str = ""
    working_week: str = ""
    comes_from: str = ""

    @property
    def label(self) -> LocalizedText:
        """Its name in both languages."""
        return LocalizedText(self.name, self.name_en or self.name)

    @property
    def former(self) -> tuple[str, ...]:
        """Names and codes that it had before."""
        return tuple(name for text in _APART.split(self.was) if (name := text.strip()))

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Department:
    """A department, in every region alike."""

    code: str = ""
    name: str = ""
    name_en: str = ""

    @property
    def label(self) -> LocalizedText:
        """Its name in both languages."""
        return LocalizedText(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class RaciColumn:
    """A column of the responsibility matrix: a department, role, person or region."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    sort: str = "department"


@dataclass(frozen=True, slots=True)
class Round:
    """One gathering period, with one deadline in each region's local time."""

    id: str = ""
    title: str = ""
    opens: datetime | None = None
    due: datetime | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the project is: the first form of its workbook."""

    name: str = ""
    name_en: str = ""
    code: str = ""
    coordinator: str = ""
    coordinator_contact: str = ""
    send_back: str = ""
    pack: str = ""
    language: Lang = "zh"
    time_zone: str = "Asia/Shanghai"
    superior: str = ""
    superior_contact: str = ""


@dataclass(frozen=True)
class Project:
    """A project, as defined by its workbook.

    Attributes:
        project: What it is.
        round: The current round.
        regions: The regions that take part.
        departments: The departments.
        people: Who can be named.
        raci_columns: Columns of the matrix; departments and regions where there are none.
        timing: Timing figures that differ from the handbook.
        settings: Other figures that differ.
        extra_sheets: Sheets that are added to the packs which offer them.
        holidays: Days that the calendars do not know.
        waivers: Findings that are accepted.
        returns: Files of which the coordinator has settled whose they are.
        parts: Projects whose consolidated workbooks were merged into one of this project; `model.nested_projects`.
    """

    project: Facts = field(default_factory=Facts)
    round: Round = field(default_factory=Round)
    regions: tuple[Region, ...] = ()
    departments: tuple[Department, ...] = ()
    people: tuple[Person, ...] = ()
    raci_columns: tuple[RaciColumn, ...] = ()
    timing: tuple[Timing, ...] = ()
    settings: tuple[Setting, ...] = ()
    extra_sheets: tuple[ExtraSheet, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    returns: tuple[RegisteredReturn, ...] = ()
    parts: tuple[Project, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The coordinator's time zone."""
        return ZoneInfo(self.project.time_zone)

    @cached_property
    def _by_name(self) -> Mapping[str, Region]:
        """Return every name, as it is compared -> the first region of that name; codes also as they are."""
        names = {fold_text(name): region for region in reversed(self.regions) for name in _names(region)}
        return {region.code: names[fold_text(region.code)] for region in self.regions if region.code} | names

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(region.code for region in self.regions)

    @cached_property
    def _former(self) -> Mapping[str, str]:
        """Return every former name or code, as it is compared -> code of its region.

        Left out are those that are present names, and those of several regions: the parts of a region that was split.
        """
        named = [(fold_text(name), region.code) for region in self.regions for name in region.former]
        count = Counter(name for name, _ in dict.fromkeys(named))
        present = {fold_text(name) for region in self.regions for name in _names(region)}
        return {name: code for name, code in named if count[name] == 1 and name not in present}

    def region(self, name: str) -> Region:
        """Return a region by code or name.

        Raises:
            ProjectError: There is none.
        """
        name = self._former.get(fold_text(name), name)
        # Codes as they are come first: stamps of workbooks hold those, and they need no folding.
        region = self._by_name.get(name) or self._by_name.get(fold_text(name))
        if region is not None:
            return region
        near = nearest_match(name, [text for region in self.regions for text in _names(region)])
        known = enumerated(region.label for region in self.regions)
        raise ProjectError("no_such_region", region=name, known=known, near=_meant(near))

    def has_region(self, code: str) -> bool:
        """Return whether a region code is one of the project's."""
        return code in self._codes

    def present_code(self, code: str) -> str:
        """Return the present code of the region that a file names by a code; a former one may be in older files."""
        return code if code in self._codes else self._former.get(fold_text(code), code)

    @cached_property
    def _region_codes(self) -> Mapping[str, str]:
        """Return every name of a region, as it is compared -> its code."""
        return {**self._former, **{fold_text(text): r.code for r in self.regions for text in _names(r)}}

    def region_of(self, person: str) -> str:
        """Return the code of a person's region; empty where the person is not listed."""
        found = next((one for one in self.people if one.name == person), Person())
        return self._region_codes.get(fold_text(found.region), "")

    def lists(self) -> Mapping[str, ChoiceList]:
        """Return the choice lists that the project names."""
        named = ((r.code, r.name, r.name_en, "") for r in self.regions)
        was = {r.code: tuple(text for text in r.former if fold_text(text) in self._former) for r in self.regions}
        regions = choice_list("regions", named, tuple(_SUFFIXES_ZH.split("|")), was=was)
        departments = choice_list("departments", ((d.code, d.name, d.name_en, "") for d in self.departments), ("部",))
        codes = {fold_text(text): row.code for row in self.departments for text in _names(row)}
        people = people_list(_PEOPLE, self.people, self._region_codes, codes)
        units = joined_list("units", regions, departments)
        return {choices.name: choices for choices in (regions, departments, units, people, self._columns())}

    def _columns(self) -> ChoiceList:
        """Return the columns of the matrix; where none are named, departments and regions, each name once."""
        name = "raci_columns"
        if self.raci_columns:
            return choice_list(name, ((c.code, c.name, c.name_en, c.sort) for c in self.raci_columns), ())
        departments = choice_list(name, ((d.code, d.name, d.name_en, "department") for d in self.departments), ())
        regions = choice_list(name, ((r.code, r.name, r.name_en, "region") for r in self.regions), ())
        return joined_list(name, departments, regions)

    def figures(self) -> Mapping[str, float]:
        """Return the settings by name."""
        return {setting.name: setting.value for setting in self.settings}

    def extended(self, pack: Pack) -> Pack:
        """Return a pack with the sheets that the project adds to it; those that it does not offer are left out."""
        return pack.with_optional({extra.sheet for extra in self.extra_sheets if extra.pack in ("", pack.name)})

    def limits(self, pack: str) -> Mapping[str, TimingRule]:
        """Return the time limits that the project sets for a pack, by the name of their rule."""
        return {
            # The project's limit holds for all cases, so those of the handbook go with the handbook's figure.
            own.rule: TimingRule(hours=own.hours, working_days=own.working_days, days=own.days)
            for own in self.timing
            if own.pack in ("", pack) and {own.hours, own.working_days, own.days} != {None}
        }

    def scope(self, library: Library, pack: Pack, lists: Mapping[str, ChoiceList] | None = None) -> Scope:
        """Return the lists and figures that a pack's definitions refer to.

        Args:
            library: The definitions.
            pack: The pack, whose figures the project may change.
            lists: The project's own lists, if they are at hand.
        """
        figures = {**pack.settings, **self.figures()}
        return library.scope(self.lists() if lists is None else lists, figures, self.limits(pack.name))

    def scope_for(self, region: Region, scope: Scope) -> Scope:
        """Return what a region's workbook goes out with: its dropdowns need not hold the names of all people.

        Where the setting `all_names` is 0, they offer those of the region and of headquarters: the region of the
        coordinator. Other names are read all the same.
        """
        if scope.settings.get(_ALL_NAMES, 1):
            return scope
        own = {region.code, self.region_of(self.project.coordinator), ""}
        people = scope.lists[_PEOPLE]
        offered = tuple(one.model_copy(update={"offered": one.group in own}) for one in people.values)
        return replace(scope, lists={**scope.lists, _PEOPLE: people.model_copy(update={"values": offered})})

    @classmethod
    def from_rows(cls, blocks: Mapping[str, _Rows]) -> Project:
        """Return a project from the rows of its workbook.

        Args:
            blocks: Block name -> its rows (a form has one), field name -> value.

        Raises:
            ProjectError: Something necessary is missing or there twice.
        """
        parts: dict[str, Any] = {}
        for name, kind in _BLOCKS.items():
            rows: tuple[object, ...] = tuple(_made(kind, row) for row in blocks.get(name, ()))
            parts[name] = rows if name not in ("project", "round") else (rows[0] if rows else kind())
        project = cls(**parts)
        placed: tuple[Region | Department, ...] = (*project.regions, *project.departments)
        units = {text: row.label for row in placed for text in _names(row)}
        project = replace(project, people=told_apart(project.people, units))
        project.verify()
        return project

    def verify(self) -> None:
        """Raise where the project cannot be worked with as it is.

        Raises:
            ProjectError: No region; two regions, departments, people or columns by one name; a time zone that is none.
        """
        if not self.regions:
            raise ProjectError("no_regions")
        several: tuple[tuple[Sequence[_Named], str], ...] = (
            (self.regions, "region_twice"),
            (self.departments, "department_twice"),
            (self.people, "person_twice"),
            (self.raci_columns, "column_twice"),
        )
        for rows, code in several:
            codes = ((getattr(row, "code", ""),) for row in rows)
            if twice := _twice((row.name, row.name_en) for row in rows) or _twice(codes):
                raise ProjectError(code, name=twice)
        # In ids and in names of files the signs of a code are left out or replaced.
        if alike := _twice((re.sub(r"[\W_]", "", region.code),) for region in self.regions):
            raise ProjectError("codes_alike", name=alike)
        for name in (self.project.time_zone, *(region.time_zone for region in self.regions)):
            _verify_zone(name)


_Named = Region | Department | Person | RaciColumn
# Block of the project workbook -> what one of its rows is.
_BLOCKS: Mapping[str, type] = {
    "project": Facts,
    "round": Round,
    "regions": Region,
    "departments": Department,
    "people": Person,
    "raci_columns": RaciColumn,
    "timing": Timing,
    "settings": Setting,
    "extra_sheets": ExtraSheet,
    "holidays": Holiday,
    "waivers": Waiver,
    "returns": RegisteredReturn,
}
# What people write behind a region's name: 华东区 is 华东.
_SUFFIXES_ZH = "区|区域|大区"


def _twice(named: Iterable[tuple[str, ...]]) -> str | None:
    """Return the first text that names two things, or None."""
    seen: set[str] = set()
    for texts in named:
        folds = {fold_text(text): text for text in texts if text}
        if both := seen & folds.keys():
            return folds[min(both)]
        seen |= folds.keys()
    return None


def _names(row: _Named) -> tuple[str, ...]:
    """Return the names and code of a row, each once."""
    return tuple(dict.fromkeys(text for text in (row.name, row.name_en, getattr(row, "code", "")) if text))


def _meant(near: str | None) -> LocalizedText:
    """Return the question whether something else was meant, nothing where nothing is near."""
    return LocalizedText(f"（是否指“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")


def _verify_zone(name: str) -> None:
    """Raise where there is no such time zone.

    Raises:
        ProjectError: There is none.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name with `..` or a folder's name raises the others
        raise ProjectError(
            "unknown_time_zone", name=name, near=_meant(nearest_match(name, available_timezones()))
        ) from None


def _made(kind: type[_T], row: Mapping[str, Any]) -> _T:
    """Return one row as a value; a blank cell keeps the default."""
    names = getattr(kind, "__dataclass_fields__", ())
    return kind(**{name: value for name, value in row.items() if name in names and value is not None})
