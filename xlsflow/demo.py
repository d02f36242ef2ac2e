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
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

INBOX = "round/inbox"
"""Where the returns of the example round lie: opened, filled and saved by LibreOffice, as regions would."""

_STEPS = (
    LocalizedText("项目设置    {path}", "Project workbook       {path}"),
    LocalizedText(
        "发出的表    {path}（{count} 个区域）", "Outgoing workbooks     {path} ({count} {count:region|regions})"
    ),
    LocalizedText("回收的表    {path}（{count} 个文件）", "Returns                {path} ({count} {count:file|files})"),
    LocalizedText("汇总结果    {path}", "Consolidated workbook  {path}"),
    LocalizedText(
        "检查结果    {errors} 处必须修改，{warnings} 处请核对",
        "Findings               {errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}",
    ),
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
    yield _STEPS[0].format(lang, path=project)
    sent = api.generate(project, folder / "outbox")
    yield _STEPS[1].format(lang, path=folder / "outbox", count=len(sent))
    inbox = folder / "inbox"
    shutil.copytree(package_data_path("samples") / INBOX, inbox)
    yield _STEPS[2].format(lang, path=inbox, count=sum(1 for _ in inbox.iterdir()))
    result = folder / "result.xlsx"
    outcome = api.merge_to([inbox], result, project=project, view=api.View(lang=lang))
    yield _STEPS[3].format(lang, path=result)
    errors, warnings = (sum(f.severity == s for f in outcome.findings) for s in ("error", "warning"))
    yield _STEPS[4].format(lang, errors=errors, warnings=warnings)
