"""A round of any pack: generated, filled in and saved by LibreOffice, ready to be checked and merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from tests.templates.packs.filling import Filler, Rows, send_back
from xlsflow import api
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import generate
from xlsflow.pipeline.project_file import example_rows, load_project, open_library, write_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.office import Office
    from xlsflow.i18n import Lang
    from xlsflow.model.consolidated_book import Book
    from xlsflow.pipeline.definitions import PackDefinitions

AS_OF = date(2026, 11, 20)
"""The as-of day of the example project."""


@dataclass(frozen=True)
class Round:
    """The example project with folders for outgoing workbooks and returns.

    Attributes:
        folder: Where everything lies.
        templates: Folders of definitions besides the built-in ones.
    """

    folder: Path
    templates: Sequence[Path] = ()

    @cached_property
    def project(self) -> Path:
        """The project workbook; it adds every sheet that its packs offer."""
        path = self.folder / "project.xlsx"
        library = open_library(self.templates)
        packs = map(library.pack, library.pack_files)
        added = [{"sheet": use.template, "pack": pack.name} for pack in packs for use in pack.optional]
        write_project(path, {**example_rows(), "extra_sheets": added}, lang="zh", library=library)
        return path

    @cached_property
    def desk(self) -> Definitions:
        """The lists and settings that returns are read with."""
        library = open_library(self.templates, self.project)
        return Definitions(library, load_project(self.project, library), AS_OF)

    def opened(self, pack: str) -> PackDefinitions:
        """Return the sheets of a pack with project columns in place."""
        return self.desk.pack(pack)

    def sent(self, pack: str, region: str, lang: Lang | None = None) -> Path:
        """Return the outgoing workbook of a region."""
        assert self.desk.project is not None
        order = api.Order(pack=pack, regions=[region], lang=lang)
        (path,) = generate(self.desk.project, self.folder / "outbox" / pack, order, self.desk.library)
        return path

    def rows(self, pack: str, region: str, rows: int = 3) -> Rows:
        """Return valid rows for a region."""
        assert self.desk.project is not None
        return Filler(self.opened(pack), self.desk.project.region(region), AS_OF, rows).fill()

    def back(self, office: Office, pack: str, region: str, rows: Rows, lang: Lang | None = None) -> Path:
        """Return the return of a region, filled in and saved by LibreOffice."""
        assert self.desk.project is not None
        sent = self.sent(pack, region, lang)
        spoken = lang or self.desk.project.region(region).language
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        return send_back(office, sent, inbox / f"{pack}_{sent.name}", self.opened(pack), rows, spoken)

    def merged(self) -> Book:
        """Return the merged book of all returns."""
        return api.merge([self.folder / "inbox"], project=self.project, templates=self.templates)
