"""The command that makes a page with which regions check their workbooks before they send them: page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import FILE, Command, echo, lang_option, t, templates_option
from xlsflow.errors import InputError

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


@click.command(
    cls=Command,
    help=t(
        "生成一个检查用的 HTML 页面。区域双击打开，就能在发回之前检查自己的工作簿，不用安装，也不上传。"
        "第一次使用前先运行 xlsflow page --get-runtime。",
        "Write one HTML page that checks a workbook before it is sent. Nothing is installed or uploaded. Run"
        " xlsflow page --get-runtime once before the first time.",
    ),
)
@click.argument("project", type=FILE, required=False)
@click.option("--out", type=FILE, default=None, metavar="FILE.html", help=t("要生成的文件。", "The file to write."))
@click.option(
    "--region",
    default="",
    metavar="NAME",
    help=t(
        "只给这个区域用（代码或名称）：文件里只列它的人员。",
        "For this region only (code or name): the file lists its people alone.",
    ),
)
@click.option(
    "--get-runtime",
    "fetching",
    is_flag=True,
    help=t(
        "先准备网页的运行环境：用本机的 npm 和 pip 下载，用 Node.js 编译。",
        "Fetch what the page runs on first: download through this computer's npm and pip, compile with Node.js.",
    ),
)
@click.option(
    "--runtime",
    type=FILE,
    default=None,
    metavar="DIR",
    help=t(
        "运行环境所在的文件夹；默认在用户的应用数据文件夹里。",
        "Folder of what the page runs on. Default: a folder among the user's application data.",
    ),
)
@lang_option("消息的语言。", "Language of messages.")
@templates_option
def page(
    project: Path | None,
    out: Path | None,
    region: str,
    fetching: bool,
    runtime: Path | None,
    lang: Lang,
    templates: Sequence[Path],
) -> None:
    """Write the page that checks workbooks."""
    from xlsflow.page.runtime import fetch_runtime
    from xlsflow.pipeline.page.write_page import write_page
    from xlsflow.pipeline.project_file import load_project, open_library

    if (project is None) != (out is None) or not (project or fetching):
        raise InputError("page_arguments")
    folder = runtime or Path(click.get_app_dir("xlsflow")) / "page-runtime"
    if fetching:
        fetch_runtime(folder)
        echo(lang, f"运行环境已准备好：{folder}", f"The runtime is in {folder}")
    if project is None or out is None:
        return
    library = open_library(templates, project)
    size = write_page(out, load_project(project, library), library, folder, region)
    megabytes = f"{size / 1e6:.1f} MB"
    echo(
        lang,
        f"已生成 {out}（{megabytes}）；请放在各区域能打开的共享位置，不要作邮件附件：邮件系统多半会拦下 HTML 文件。",
        f"Wrote {out} ({megabytes}). Put it where the regions can open it, rather than attach it: most mail systems"
        " hold HTML files back.",
    )
