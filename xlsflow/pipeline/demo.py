"""The verb `demo`: one whole round of the example project in a folder, ready to open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import Order, generate
from xlsflow.pipeline.merge import document, merge_paths
from xlsflow.pipeline.project_file import as_instant, init, load_project, open_library
from xlsflow.pipeline.report import book_writer
from xlsflow.system.atomic_write import make_folder, write_atomically
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

# Returns of the example round: opened, filled and saved by LibreOffice, as regions would.
_INBOX = "round/inbox"

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


def demo_round(folder: Path, lang: Lang) -> Iterator[str]:
    """Lay out one whole round of the example project in a folder; yield a line for each step.

    Raises:
        InputError: The folder is not empty.
        OutputError: It cannot be made or written into.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError("folder_not_empty", path=folder)
    make_folder(folder)
    path = folder / "project.xlsx"
    library = open_library(project=path)
    init(path, lang=lang, example=True, library=library)
    yield _STEPS[0].format(lang, path=path)
    project = load_project(path, library)
    sent = generate(project, folder / "outbox", Order(), library)
    yield _STEPS[1].format(lang, path=folder / "outbox", count=len(sent))
    inbox = folder / "inbox"
    for source in (package_data_path("samples") / _INBOX).iterdir():
        write_atomically(inbox / source.name, partial(shutil.copyfile, source))
    yield _STEPS[2].format(lang, path=inbox, count=sum(1 for _ in inbox.iterdir()))
    result = folder / "result.xlsx"
    instant = as_instant(project, None, None)
    assert instant is not None  # the example's round has an as-of day
    definitions = Definitions(library, project, instant.astimezone(project.zone).date(), instant=instant)
    book = merge_paths([inbox], definitions)
    book_writer(result)(result, document(book, definitions, instant, lang))
    yield _STEPS[3].format(lang, path=result)
    errors, warnings = (sum(f.severity == s for f in book.findings) for s in ("error", "warning"))
    yield _STEPS[4].format(lang, errors=errors, warnings=warnings)
