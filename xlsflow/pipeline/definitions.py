"""The definitions that returned files are read against: packs, and the lists and settings of the project.

They can be pickled: a reader process gets them at its start, and needs no file of definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.clock import local_day
from xlsflow.errors import TemplateError
from xlsflow.template.issued import fingerprint
from xlsflow.template.kinds import Scope
from xlsflow.template.model import DataBlock, Pack, Template

if TYPE_CHECKING:
    from xlsflow.intake.read_rows import RowReader
    from xlsflow.intake.recognition.recogniser import Recogniser
    from xlsflow.model.project import Project
    from xlsflow.template.lists import ChoiceList
    from xlsflow.template.loading.load import Library


@dataclass(frozen=True)
class PackDefinitions:
    """A pack with the project's columns in place.

    Attributes:
        pack: The pack.
        templates: Its sheets.
        scope: Lists and settings that values are read against.
        may_lack: Names of sheets that a workbook need not have: without a project it is not known what was added.
    """

    pack: Pack
    templates: tuple[Template, ...]
    scope: Scope
    may_lack: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[type[PackDefinitions], tuple[Pack, tuple[Template, ...], Scope, frozenset[str]]]:
        """Pickle without what is derived: it is derived again where it is needed."""
        return type(self), (self.pack, self.templates, self.scope, self.may_lack)

    @cached_property
    def fingerprint(self) -> str:
        """Fingerprint that a workbook carries as long as its definitions have not changed."""
        return fingerprint(self.templates)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Finds the sheets and blocks of the pack in a return."""
        from xlsflow.intake.recognition.recogniser import Recogniser

        return Recogniser(self.templates, self.scope)

    @cached_property
    def readers(self) -> Mapping[str, RowReader]:
        """Full name of each block -> what reads its rows."""
        from xlsflow.intake.read_rows import RowReader

        return {name: RowReader(block, self.scope) for name, (_, block) in self.blocks.items()}

    @cached_property
    def definitions(self) -> Mapping[str, DataBlock]:
        """Full name of each block -> its definition."""
        return {name: block for name, (_, block) in self.blocks.items()}

    @cached_property
    def blocks(self) -> Mapping[str, tuple[Template, DataBlock]]:
        """Full name of each block -> its sheet and definition."""
        return {template.full_name(block): (template, block) for template in self.templates for block in template.data}


@dataclass(frozen=True)
class Definitions:
    """What returned files are read against.

    Packs are opened on first use. In a pickle all of them are open and the library is empty, so that
    a reader process needs no files; a pack that is wrong is missing there.

    Attributes:
        library: The definitions.
        project: The project; None where a file is read by itself.
        as_of: The as-of day; None asks nothing about today.
        lists: Where there is no project, choice lists of it that are known all the same.
        any_round: Whether files of other rounds are accepted.
        as_return: Whether a file must be a return of the project; else any workbook of ours is read, the project
            workbook too, and its region and round are not checked.
        check_rows: Whether the rows of each file are checked by themselves, row by row; right where no frames are
            loaded.
        instant: The as-of instant, which tells the day of each region; None where only the day is known.
    """

    library: Library
    project: Project | None = None
    as_of: date | None = None
    lists: Mapping[str, ChoiceList] = field(default_factory=dict)
    any_round: bool = False
    as_return: bool = True
    check_rows: bool = False
    instant: datetime | None = None

    def __getstate__(self) -> dict[str, object]:
        """Return the fields with every sound pack open, and an empty library."""
        from xlsflow.template.loading.load import Library

        opened = {}
        for name in self.packs:
            with suppress(TemplateError):
                opened[name] = self.pack(name)
        return {**vars(self), "packs": self.packs, "library": Library(()), "_opened": opened}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Take the fields of a pickle."""
        vars(self).update(state)

    def on(self, day: date | None) -> Definitions:
        """Return the same definitions, open as they are, with another as-of day."""
        other = object.__new__(type(self))
        vars(other).update(vars(self), as_of=day)
        return other

    @cached_property
    def packs(self) -> tuple[str, ...]:
        """The names of the packs."""
        return tuple(self.library.pack_files)

    @cached_property
    def _opened(self) -> dict[str, PackDefinitions]:
        return {}

    @cached_property
    def _project_lists(self) -> Mapping[str, ChoiceList]:
        return self.project.lists() if self.project else self.lists

    def pack(self, name: str) -> PackDefinitions:
        """Return a pack, with the project's columns in place.

        Raises:
            TemplateError: There is none of that name, or its definition is wrong.
        """
        if name not in self._opened:
            self._opened[name] = self._resolved(name)
        return self._opened[name]

    def day_of(self, region: str) -> date | None:
        """Return the day that it is in a region, or the project's where the region is not one of it."""
        if self.instant is None or self.project is None or not self.project.has_region(region):
            return self.as_of
        return local_day(self.instant, self.project.region(region).zone)

    def blocks_of(self, packs: Iterable[str]) -> Mapping[str, DataBlock]:
        """Return full block name -> its definition in the last of some packs that has it."""
        return {name: block for pack in packs for name, (_, block) in self.pack(pack).blocks.items()}

    def _resolved(self, name: str) -> PackDefinitions:
        """Return a pack of the library; without a project any region or person may be right."""
        pack, may_lack = self.library.pack(name), frozenset[str]()
        if self.project:
            pack = self.project.extended(pack)
            scope = self.project.scope(self.library, pack, self._project_lists)
        else:
            may_lack = frozenset(use.template for use in pack.optional) - {use.template for use in pack.sheets}
            pack = pack.with_optional(may_lack)
            scope = self.library.scope(self._project_lists, pack.settings)
            opened = {n: scope.lists[n].model_copy(update={"open": True}) for n in self.library.project_lists}
            scope = replace(scope, lists={**scope.lists, **opened})
        return PackDefinitions(pack, self.library.sheets(pack, scope), scope, may_lack)
