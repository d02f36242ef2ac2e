"""The progress line on a terminal: the stage at work, how many files of how many are done, and the time left."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from rich import progress as rich_progress

    from xlsflow.i18n import Lang
    from xlsflow.pipeline.progress import Progress, Stage

_STAGES: Mapping[Stage, LocalizedText] = {
    "read": LocalizedText("正在读取文件", "Reading files"),
    "generate": LocalizedText("正在生成工作簿", "Writing workbooks"),
    "feedback": LocalizedText("正在写标注副本", "Writing marked copies"),
}
# Shown before, between and after the stages that are counted: a merge of all rows has no n of N.
_UNCOUNTED = LocalizedText("正在处理……", "Working…")


@contextmanager
def progress(lang: Lang, *, quiet: bool) -> Iterator[Progress | None]:
    """Show progress on standard error while the block runs, where that is a terminal; the line is removed at the end.

    Yields:
        What the verb reports its progress to; None where nothing is shown.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # Imported here: rich takes longer to load than `xlsflow --help` takes, and pipes never need it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeRemainingColumn(),  # blank while the task has no total
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Line(bar, lang)


class _Line:
    """The one line that is drawn; each stage starts its clock, since reading and writing differ in speed."""

    def __init__(self, bar: rich_progress.Progress, lang: Lang) -> None:
        self._bar = bar
        self._lang: Lang = lang
        self._task = bar.add_task(_UNCOUNTED.say(lang), total=None, count="")

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        """Draw how far a stage is."""
        if done == 0:
            self._bar.reset(self._task, total=total, description=_STAGES[stage].say(self._lang), count=f"0/{total}")
        else:
            self._bar.update(self._task, completed=done, count=f"{done}/{total}")
        if done in (0, total):
            # The line is redrawn ten times a second: a short stage would never be seen at its first or last file.
            self._bar.refresh()
        if done == total:
            self._bar.reset(self._task, total=None, description=_UNCOUNTED.say(self._lang), count="")
