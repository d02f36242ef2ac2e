"""Where everything lies in a project folder, and which round is the present one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, ProjectError
from xlsflow.model.history import round_order
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.post.journal import Journal
from xlsflow.post.settings import SETTINGS_FILE, load_settings
from xlsflow.system.file_lock import only_one_at_a_time

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from xlsflow.model.project import Project
    from xlsflow.post.settings import PostSettings
    from xlsflow.template.loading.load import Library

PROJECT_FILE, ROUNDS, LETTER_TEXTS = "project.xlsx", "rounds", "letters"
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True)
class RoundFolder:
    """The folder of one round; none of what it names need be there.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def outbox(self) -> Path:
        """The workbooks that go out."""
        return self.path / "outbox"

    @property
    def inbox(self) -> Path:
        """The returns."""
        return self.path / "inbox"

    @property
    def feedback(self) -> Path:
        """The marked copies and covering texts."""
        return self.path / "feedback"

    @property
    def letters(self) -> Path:
        """The letters."""
        return self.path / "letters"

    @property
    def book(self) -> Path:
        """The consolidated workbook."""
        return self.path / "result.xlsx"

    @property
    def report(self) -> Path:
        """The report as a page."""
        return self.path / "report.html"

    @property
    def board(self) -> Path:
        """The board as a page."""
        return self.path / "board.html"

    @property
    def journal(self) -> Journal:
        """The journal."""
        return Journal(self.path / "journal.jsonl")

    def locked(self) -> AbstractContextManager[None]:
        """Keep a second run out while the body runs.

        Raises:
            InputError: There is one.
        """
        return only_one_at_a_time(self.path / ".xlsflow-lock")


@dataclass(frozen=True)
class ProjectFolder:
    """A project folder.

    Attributes:
        path: The folder.
        template_folders: Folders of own definitions besides its `templates`.
    """

    path: Path
    template_folders: tuple[Path, ...] = ()

    @property
    def project_file(self) -> Path:
        """The project workbook."""
        return self.path / PROJECT_FILE

    @property
    def letter_texts(self) -> Path:
        """The texts of letters."""
        return self.path / LETTER_TEXTS

    @cached_property
    def library(self) -> Library:
        """The definitions."""
        return open_library(self.template_folders, self.project_file)

    @cached_property
    def project(self) -> Project:
        """The project, in its present round.

        Raises:
            ProjectError: It cannot be used.
        """
        return load_project(self.project_file, self.library)

    @cached_property
    def settings(self) -> PostSettings:
        """The settings of post.

        Raises:
            InputError: They cannot be used.
        """
        return load_settings(self.path / SETTINGS_FILE)

    def round(self, id_: str = "") -> RoundFolder:
        """Return the folder of a round, by default of the present one.

        Raises:
            InputError: The project names no round.
        """
        name = _UNFIT.sub("-", id_ or self.project.round.id).strip(". ")
        if not name:
            raise InputError("no_round")
        return RoundFolder(self.path / ROUNDS / name)

    def rounds(self) -> Sequence[RoundFolder]:
        """Return every round that has a folder, the earliest first."""
        folders = (self.path / ROUNDS).iterdir() if (self.path / ROUNDS).is_dir() else ()
        found = [folder for folder in folders if folder.is_dir() and not folder.name.startswith(".")]
        return [RoundFolder(folder) for folder in sorted(found, key=lambda folder: round_order(folder.name))]

    def earlier(self) -> Iterator[RoundFolder]:
        """Yield the rounds before the present one that have a book, the latest first."""
        present = round_order(self.round().path.name)
        yield from (
            folder
            for folder in reversed(self.rounds())
            if round_order(folder.path.name) < present and folder.book.is_file()
        )

    def last_book(self) -> Path | None:
        """Return the book of the last round before the present one; None where there is none."""
        return next((folder.book for folder in self.earlier()), None)


def find_folder(start: Path, templates: Sequence[Path] = ()) -> ProjectFolder:
    """Return the project folder that a folder is, or lies in.

    Raises:
        InputError: It lies in none.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        if is_project_folder(folder):
            return ProjectFolder(folder, tuple(templates))
    raise InputError("no_project_folder", folder=start.absolute())


def is_project_folder(folder: Path) -> bool:
    """Return whether a folder is a project folder: a project workbook alone does not make one."""
    return (folder / PROJECT_FILE).is_file() and ((folder / ROUNDS).is_dir() or (folder / SETTINGS_FILE).is_file())


def project_of(folder: ProjectFolder) -> Project:
    """Return the project, with the deadline that letters and the board need.

    Raises:
        InputError: The round has no id or deadline.
        ProjectError: The project workbook cannot be used.
    """
    project = folder.project
    if not project.round.id or project.round.due is None:
        raise InputError("no_round")
    if not project.regions:
        raise ProjectError("no_regions")
    return project
