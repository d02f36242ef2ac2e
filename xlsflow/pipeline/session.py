"""What returned files are read against, and what was read of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from xlsflow.findings import (
    Diagnostic,
    Finding,
    Location,
)
from xlsflow.model.records import (
    Batch,
    FileRecord,
    Gathered,
    RawTable,
)
from xlsflow.template.kinds import Scope
from xlsflow.template.loading.load import Library
from xlsflow.template.model import DataBlock, Pack, Template, fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.intake.recognition.recogniser import Recogniser
    from xlsflow.model.project import Project
    from xlsflow.template.lists import ChoiceList


@dataclass(frozen=True)
class Opened:
    """A pack, ready to read with: its sheets have the project's columns in place.

    Attributes:
        pack: The pack.
        templates: Its sheets.
        scope: Lists and figures.
    """

    pack: Pack
    templates: tuple[Template, ...]
    scope: Scope

    @cached_property
    def fingerprint(self) -> str:
        """What a workbook made from it bears as long as nothing else is asked."""
        return fingerprint(self.templates)

    @cached_property
    def recogniser(self) -> Recogniser:
        """What finds its sheets and blocks in a return."""
        from xlsflow.intake.recognition.recogniser import Recogniser

        return Recogniser(self.templates, self.scope)

    def block(self, template: str, block: str) -> tuple[Template, DataBlock]:
        """Return a block by the name of its sheet and its own."""
        found = next(t for t in self.templates if t.name == template)
        return found, found.block(block)


@dataclass(frozen=True)
class Desk:
    """What returns are read against.

    Attributes:
        library: The definitions.
        project: Who is asked; None where a file is looked at by itself.
        as_of: The as-of day; None asks nothing about today.
        lists: What a workbook itself knows of its project's lists, where there is no project.
        any_round: Whether files of other rounds are taken too, to go on from what they say.
        now: The present in the project's zone, where it is known: a letter asks for nothing by a moment that is past.
    """

    library: Library
    project: Project | None = None
    as_of: date | None = None
    lists: Mapping[str, ChoiceList] = field(default_factory=dict)
    any_round: bool = False
    now: datetime | None = None

    @cached_property
    def _packs(self) -> dict[str, Opened]:
        return {}

    def pack(self, name: str) -> Opened:
        """Return a pack ready to read with.

        Raises:
            TemplateError: There is none of that name, or its definition is wrong.
        """
        if name not in self._packs:
            pack = self.library.pack(name)
            lists = self.project.lists() if self.project else self.lists
            figures = self.project.figures() if self.project else {}
            scope = self.library.scope(lists, {**pack.settings, **figures})
            if self.project is None:  # nobody has said which regions and people there are: any may be right
                opened = {n: scope.lists[n].model_copy(update={"open": True}) for n in self.library.project_lists}
                scope = replace(scope, lists={**scope.lists, **opened})
            self._packs[name] = Opened(pack, self.library.sheets(pack, scope), scope)
        return self._packs[name]


@dataclass
class Collected:
    """What was read of a number of files.

    Attributes:
        desk: What they were read against.
        records: One a file, in the order of their names.
        findings: Everything that is to be said.
        tables: Pack, sheet and block -> every table of it as it came back, blank ones included.
        batches: Pack, sheet and block -> its values over all files.
        frames: The batches as frames, where they are checked all at once.
        books: What the consolidated workbooks among the files were made from.
    """

    desk: Desk
    records: list[FileRecord] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: dict[Key, list[RawTable]] = field(default_factory=dict)
    batches: dict[Key, Batch] = field(default_factory=dict)
    frames: dict[Key, pd.DataFrame] = field(default_factory=dict)
    books: list[Gathered] = field(default_factory=list)

    def say(self, file: int, diagnostic: Diagnostic, sheet: str = "") -> None:
        """Add a finding about a file or a sheet."""
        self.findings.append(Finding(diagnostic.code, Location(self.records[file].file, sheet), "", diagnostic.facts))

    def definition(self, key: Key) -> tuple[Template, DataBlock, Scope]:
        """Return the definition behind a key, and what its values are read against."""
        opened = self.desk.pack(key[0])
        return *opened.block(key[1], key[2]), opened.scope

    def rows(self) -> Mapping[str, list[dict[str, object]]]:
        """Return block name -> its rows as plain dicts, for few rows (the project workbook).

        Besides its fields a row knows where it stands: `book`, `page`, and `cells` by field.
        """
        found: dict[str, list[dict[str, object]]] = {}
        for (_, _, block), batch in self.batches.items():
            for position in range(len(batch)):
                table, number = batch.source(position)
                columns = batch.values.items()  # noqa: PD011 - a batch is no frame
                row: dict[str, object] = {name: values[position] for name, values in columns}
                row["book"], row["page"] = self.records[table.file].file, table.sheet
                row["cells"] = {name: table.cell(number, name) for name in table.places}
                found.setdefault(block, []).append(row)
        return found


Key = tuple[str, str, str]
"""Pack, sheet, block."""
