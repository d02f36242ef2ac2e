"""The command `status`: the board of the round, and its short text for a chat group."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, meant
from xlsflow.post.board import board_of
from xlsflow.post.journal import NOTIFIED
from xlsflow.post.robots import Robot
from xlsflow.post.secret import need_secret
from xlsflow.project_folder.folder import project_of
from xlsflow.project_folder.merged_round import merged_round
from xlsflow.project_folder.region_figures import region_figures

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.pipeline.progress import Progress
    from xlsflow.post.board import Board
    from xlsflow.project_folder.folder import ProjectFolder
    from xlsflow.project_folder.merged_round import MergedRound


def round_board(folder: ProjectFolder, now: datetime, progress: Progress | None = None) -> tuple[Board, MergedRound]:
    """Return the board of the present round, and the merged round that it is made from; nothing is written.

    The figures are those that the report of this moment would have.

    Raises:
        InputError: The round has no id or deadline.
        ProjectError: The project workbook cannot be used.
    """
    project = project_of(folder)
    merged = merged_round(folder, now, progress=progress)
    entries = folder.round().journal.entries()
    return board_of(project, entries, region_figures(merged).returns, now), merged


def notify(
    folder: ProjectFolder, name: str, text: str, now: datetime, pause: Callable[[float], None] = time.sleep
) -> int:
    """Post a text to a robot of the settings; return how many messages it took.

    Args:
        folder: The project folder.
        name: Name of the robot.
        text: The text.
        now: The present.
        pause: Waits a number of seconds.

    Raises:
        InputError: There is no such robot, its address is not known, or it does not take the message.
    """
    robots = folder.settings.robots
    if name not in robots:
        raise InputError("no_such_robot", name=name, near=meant(name, robots))
    settings = robots[name]
    address = need_secret(f"robot {name}")
    key = need_secret(f"robot {name} secret") if settings.signed else ""
    facts = {"project": folder.project.project.code, "round": folder.project.round.id, "at": now.isoformat()}
    count = Robot(name, settings.service, address, key, pause).post(text, facts)
    folder.round().journal.add(NOTIFIED, now, robot=name, messages=count)
    return count


def short_text(merged: MergedRound, lang: Lang) -> str:
    """Write the report of a merged round as a short text beside its book, and return it.

    Raises:
        OutputError: It cannot be written.
    """
    from xlsflow.pipeline.merge import document
    from xlsflow.pipeline.report import writer

    path = merged.round.report.with_suffix(".txt")
    writer(path)(path, document(merged.book, merged.definitions, merged.instant, lang, merged.earlier.last))
    return path.read_text("utf-8")
