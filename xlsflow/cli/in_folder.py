"""What commands do without paths: they work on the project folder that they are called in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import echo, now, show
from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from datetime import datetime

    from xlsflow.i18n import Lang
    from xlsflow.pipeline.generate import Order, Outbox
    from xlsflow.pipeline.progress import Progress
    from xlsflow.project_folder.folder import ProjectFolder


def folder_here(templates: Sequence[Path]) -> ProjectFolder:
    """Return the project folder that the command is called in.

    Raises:
        InputError: It is called outside one.
    """
    from xlsflow.project_folder.folder import find_folder

    return find_folder(Path.cwd(), templates)


def without_paths(**given: object) -> bool:
    """Return whether none of the paths of a command is given, so that the project folder decides.

    Raises:
        InputError: Some are given and some are not; the sentence names those that are missing.
    """
    missing = [name for name, value in given.items() if not value]
    if missing and len(missing) < len(given):
        names = [name if name.isupper() else f"--{name}" for name in missing]
        raise InputError("paths_incomplete", missing=LocalizedText("、".join(names), ", ".join(names)))
    return bool(missing)


def shown_path(path: Path) -> Path:
    """Return a path as the command line shows it: relative to where the command was called, if it is below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def init_project_folder(path: Path, lang: Lang, templates: Sequence[Path], *, example: bool) -> None:
    """Make a project folder, and say how to go on."""
    from xlsflow.project_folder.setup import init_folder

    folder = init_folder(path, lang=lang, example=example, templates=templates)
    echo(lang, f"已生成项目文件夹 {path}：", f"Created the project folder {path}:")
    for name in sorted(each.name for each in folder.path.iterdir()):
        click.echo(f"  {name}")
    echo(
        lang,
        f"请填写 {folder.project_file.name}，再进入该文件夹，每轮依次运行：",
        f"Fill in {folder.project_file.name}, change to that folder, and run in each round:",
    )
    for verb in ("generate", "send", "collect", "merge", "status"):
        click.echo(f"  xlsflow {verb}")


def generate_here(folder: ProjectFolder, order: Order, progress: Progress | None) -> Outbox:
    """Write the workbooks of the present round."""
    from xlsflow.project_folder.setup import generate_round

    return generate_round(folder, order, now(), progress)


def report_paths(
    templates: Sequence[Path], book: Path | None, out: Path | None, previous: Sequence[Path]
) -> tuple[Path, Path, Sequence[Path]]:
    """Return the book of the present round, the page for its report, and the last book, where they are not given.

    Raises:
        InputError: A book is named, but not where its report goes; or the command is called outside a project folder.
    """
    if book is not None:
        raise InputError("paths_incomplete", missing="--out")
    folder = folder_here(templates)
    last = folder.last_book()
    round_ = folder.round()
    return round_.book, out or round_.report, previous or ([last] if last else [])


def merge_here(
    templates: Sequence[Path], as_of: datetime | None, form: str, lang: Lang, progress: Progress | None
) -> None:
    """Merge the present round, show the findings, and exit with the code for errors or none."""
    from xlsflow.api import Outcome
    from xlsflow.project_folder.merged_round import merge_present_round

    done = merge_present_round(folder_here(templates), now(), lang, as_of, progress)
    if form == "text":
        for corrected in done.corrected:
            path = shown_path(corrected.round.book)
            echo(
                lang,
                f"有 {corrected.round.path.name} 轮的补交或更正，已合并到该轮的 {path}",
                f"Returns of round {corrected.round.path.name} have come in since; they are merged into its {path}",
            )
        echo(lang, f"已生成 {shown_path(done.present.round.book)}", f"Wrote {shown_path(done.present.round.book)}")
    book = done.present.book
    show(Outcome(book.files, done.findings, book.ledger), form, lang)
