"""The commands `init` and `generate` in a project folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError
from xlsflow.pipeline.generate import Order, Outbox, generate
from xlsflow.pipeline.project_file import init, open_library
from xlsflow.post.journal import GENERATED
from xlsflow.post.letter_texts import write_letter_texts
from xlsflow.post.settings import SETTINGS_FILE
from xlsflow.project_folder.folder import LETTER_TEXTS, PROJECT_FILE, ROUNDS, ProjectFolder, project_of
from xlsflow.system.atomic_write import make_folder, write_text_atomically
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.pipeline.progress import Progress

_SETTINGS = "post/texts/settings.{lang}.toml"


def init_folder(path: Path, *, lang: Lang, example: bool = False, templates: Sequence[Path] = ()) -> ProjectFolder:
    """Make a project folder: the project workbook, the settings of post, the texts of letters, and `rounds`.

    Args:
        path: The folder; it must not be there yet, or be empty.
        lang: Language of the workbook and of the comments in the settings.
        example: Whether to fill in the example project.
        templates: Folders of own definitions.

    Raises:
        InputError: The folder is not empty, or is a file.
        OutputError: It cannot be made.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise InputError("folder_not_empty", path=path)
    make_folder(path / ROUNDS)
    write_letter_texts(path / LETTER_TEXTS)
    settings = package_data_path(_SETTINGS.format(lang=lang)).read_text("utf-8")
    write_text_atomically(path / SETTINGS_FILE, settings)
    # Last of all: a folder with a project workbook is whole.
    init(path / PROJECT_FILE, lang=lang, example=example, library=open_library(templates, path / PROJECT_FILE))
    return ProjectFolder(path, tuple(templates))


def generate_round(folder: ProjectFolder, order: Order, now: datetime, progress: Progress | None = None) -> Outbox:
    """Write the workbooks of the present round into its outbox; they go on from the last book, if there is one.

    Raises:
        InputError: The round has no id or deadline.
        ProjectError: The project workbook cannot be used.
        OutputError: A workbook cannot be written, or was filled in since it was.
    """
    from dataclasses import replace

    project, round_, last = project_of(folder), folder.round(order.round), folder.last_book()
    if not order.source and last is not None:
        order = replace(order, source=[last])
    with round_.locked():
        make_folder(round_.inbox)
        written = generate(project, round_.outbox, order, folder.library, progress)
        regions = [project.region(name) for name in order.regions] or list(project.regions)
        for region, path in zip(regions, written, strict=True):
            digest = sha256(path.read_bytes()).hexdigest()
            round_.journal.add(GENERATED, now, region=region.code, file=path.name, sha256=digest)
    return written
