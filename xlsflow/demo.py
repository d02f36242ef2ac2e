"""The verb `demo`: one whole round of the example project in a folder, ready to open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow import api
from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText
from xlsflow.system.atomic_write import make_folder
from xlsflow.system.package_data import resource

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

INBOX = "round/inbox"
"""Where the returns of the example round lie: opened, filled and saved by LibreOffice, as regions would."""

_STEPS = (
    LocalizedText("项目设置    {}", "the project        {}"),
    LocalizedText("发出的表    {}（{} 个区域）", "what went out      {} ({} regions)"),
    LocalizedText("回收的表    {}（{} 个文件）", "what came back     {} ({} files)"),
    LocalizedText("汇总结果    {}", "the result         {}"),
    LocalizedText("发现问题    {} 处要改正，{} 处提醒", "to be mended       {} errors, {} warnings"),
)


def demo(folder: Path | str, *, lang: Lang = "zh") -> Iterator[str]:
    """Lay one whole round of the example project out in a folder; yield what to look at, a line a step.

    Raises:
        InputError: The folder holds something already.
        OutputError: It cannot be made, or not be written into.
    """
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError("folder_not_empty", path=folder)
    make_folder(folder)
    project = api.init(folder / "project.xlsx", lang=lang, example=True)
    yield _STEPS[0].say(lang).format(project)
    sent = api.generate(project, folder / "outbox")
    yield _STEPS[1].say(lang).format(folder / "outbox", len(sent))
    inbox = folder / "inbox"
    shutil.copytree(resource("samples") / INBOX, inbox)
    yield _STEPS[2].say(lang).format(inbox, sum(1 for _ in inbox.iterdir()))
    result = folder / "result.xlsx"
    outcome = api.merge_to([inbox], result, project=project, view=api.View(lang=lang))
    yield _STEPS[3].say(lang).format(result)
    errors, warnings = (sum(f.severity == s for f in outcome.findings) for s in ("error", "warning"))
    yield _STEPS[4].say(lang).format(errors, warnings)
