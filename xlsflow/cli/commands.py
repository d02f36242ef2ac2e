"""The commands of a round: init, generate, check, merge, report, print, demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import (
    FILE,
    as_of_option,
    feedback_option,
    format_option,
    lang_option,
    now,
    previous_option,
    progress,
    quiet_option,
    show,
    t,
    tell,
    templates_option,
    usual_lang,
)
from xlsflow.errors import InputError

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


@click.command(
    help=t("写出项目设置表 PROJECT：区域、人员、轮次、参数。", "Write the PROJECT workbook: regions, people, round.")
)
@click.argument("project", type=FILE)
@lang_option("设置表的语言。", "Language of the workbook.")
@click.option("--example", is_flag=True, help=t("填入一个示例项目。", "Fill in a believable example project."))
@templates_option
def init(project: Path, lang: Lang, example: bool, templates: Sequence[Path]) -> None:
    """Write the project workbook."""
    from xlsflow import api

    path = api.init(project, lang=lang, example=example, templates=templates)
    tell(lang, f"已生成项目设置表 {path}，填写后运行：", f"Wrote {path}; fill it in, then run:")
    click.echo(f"xlsflow generate {path} --out outbox")


@click.command(help=t("为 PROJECT 的每个区域生成一份工作簿。", "Write a workbook for every region of PROJECT."))
@click.argument("project", type=FILE)
@click.option("--out", type=FILE, required=True, metavar="DIR", help=t("存放的文件夹。", "Folder for the workbooks."))
@click.option(
    "--pack", default="", metavar="NAME", help=t("模板包；默认用项目的。", "The set of sheets; else the project's.")
)
@click.option(
    "--round", "round_", default="", metavar="ID", help=t("轮次，如 2026-W47。", "Id of the round, like 2026-W47.")
)
@click.option(
    "--region",
    "chosen",
    multiple=True,
    metavar="NAME",
    help=t("只生成这个区域（代码或名称），可重复。", "Only this region (code or name); may be repeated."),
)
@click.option(
    "--from",
    "source",
    type=FILE,
    multiple=True,
    metavar="PATH",
    help=t(
        "上轮的汇总工作簿或回收文件夹：把各区域未完成的行带入新表，可重复。",
        "The last round's consolidated workbook or returns: regions get their open rows back; may be repeated.",
    ),
)
@click.option(
    "--closed",
    is_flag=True,
    help=t("已完成、已取消的行也带入。", "Give rows that are done or dropped back too."),
)
@click.option(
    "--table",
    "also",
    multiple=True,
    metavar="NAME",
    help=t("没有状态的表（如责任矩阵）也带入，可重复。", "Also the rows of a sheet without a status, like RACI."),
)
@lang_option(
    "所有工作簿的语言；默认各区域用自己的。", "Language of every workbook; else each region's own.", keep=False
)
@templates_option
def generate(
    project: Path,
    out: Path,
    pack: str,
    round_: str,
    chosen: Sequence[str],
    source: Sequence[Path],
    closed: bool,
    also: Sequence[str],
    lang: Lang | None,
    templates: Sequence[Path],
) -> None:
    """Write a workbook for every region."""
    from xlsflow import api

    for option, given in (("--closed", closed), ("--table", also)):
        if given and not source:
            raise InputError("only_with_from", option=option)
    order = api.Order(pack, chosen, round_, lang, source, closed, also)
    written = api.generate(project, out, order, templates=templates)
    for path in written:
        click.echo(path)
    spoken = lang or usual_lang()
    if unheard := [region.label.say(spoken) for region in written.unheard]:
        tell(spoken, f"没有上轮内容、留空的：{'、'.join(unheard)}", f"Nothing to go on from: {', '.join(unheard)}")
    if written.other_round:
        tell(
            spoken,
            f"轮次 {round_} 与项目设置表不同，截止时间仍是表里的；请先改好表里的“本轮填报”，否则合并时不接收。",
            f"The project workbook, whose deadline they bear, is not at {round_}; move its round on, or merge refuses.",
        )
    tell(spoken, f"共 {len(written)} 份，可以发给各区域了。", f"{len(written)} workbooks, ready to send.")


@click.command(
    help=t("校验回收的文件，逐格指出问题；可给文件夹。", "Check returned files, each finding with its cell.")
)
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=t("项目设置表：有哪些区域和人员。", "The project workbook: which regions and people there are."),
)
@as_of_option
@feedback_option
@format_option
@lang_option("发现问题的语言。", "Language of the findings.")
@quiet_option
@templates_option
def check(
    paths: Sequence[Path],
    project: Path | None,
    as_of: datetime | None,
    feedback: Path | None,
    form: str,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Check returned files."""
    from xlsflow import api

    if project is None and form == "text":
        tell(
            lang,
            "没有给出 --project：区域、人员和责任矩阵没有核对。",
            "No --project was given: regions, people and matrix columns are not checked.",
        )
    with progress(lang, quiet=quiet or form == "json"):
        outcome = api.check(paths, project=project, as_of=as_of, now=now(), templates=templates, feedback=feedback)
    show(outcome, form, lang)


@click.command(
    help=t(
        "合并回收的文件和文件夹：状态、逾期、问题、台账、数据汇成一份工作簿。",
        "Merge returned files and folders into one workbook: status, overdue, findings, ledger, data.",
    )
)
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--project", type=FILE, required=True, help=t("项目设置表。", "The project workbook."))
@click.option(
    "--out",
    type=FILE,
    required=True,
    metavar="BOOK.xlsx",
    help=t("汇总工作簿。", "The consolidated workbook to write."),
)
@as_of_option
@previous_option
@feedback_option
@format_option
@lang_option("工作簿和问题的语言。", "Language of the workbook and of the findings.")
@quiet_option
@templates_option
def merge(
    paths: Sequence[Path],
    project: Path,
    out: Path,
    as_of: datetime | None,
    previous: Path | None,
    feedback: Path | None,
    form: str,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Merge returned files and folders into one workbook."""
    from xlsflow import api

    with progress(lang, quiet=quiet or form == "json"):
        view = api.View(as_of, now(), lang, previous)
        outcome = api.merge_to(paths, out, project=project, view=view, templates=templates, feedback=feedback)
    if form == "text":
        tell(lang, f"已生成 {out}", f"Wrote {out}")
    show(outcome, form, lang)


@click.command(
    help=t(
        "把汇总工作簿另写成一份报告：换格式、语言或基准时刻；不再需要项目设置表。",
        "Write a consolidated workbook's report anew: another form, language or moment; no project workbook is needed.",
    )
)
@click.argument("book", type=FILE, metavar="BOOK.xlsx")
@click.option(
    "--out",
    type=FILE,
    required=True,
    metavar="FILE",
    help=t(
        "要写的文件，按扩展名定格式：.xlsx .html .pdf .md .json。",
        "The file to write; its ending says the form: .xlsx .html .pdf .md .json.",
    ),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    default=None,
    metavar="TIME",
    help=t("报告的基准时刻；默认与汇总工作簿相同。", "The moment that the report looks from; the workbook's own."),
)
@previous_option
@lang_option("报告的语言。", "Language of the report.")
@quiet_option
@templates_option
def report(
    book: Path,
    out: Path,
    as_of: datetime | None,
    previous: Path | None,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Write the report of a consolidated workbook anew."""
    from xlsflow import api

    with progress(lang, quiet=quiet):
        view = api.View(as_of, None, lang, previous)
        path = api.report(book, out, view=view, templates=templates)
    tell(lang, f"已生成 {path}", f"Wrote {path}")


@click.command(
    "print",
    help=t(
        "把填好的表重新排版为 PDF，供打印签字：去掉空行、固定基准日；需要 LibreOffice。",
        "Lay a filled workbook out anew as a PDF to print and sign; needs LibreOffice.",
    ),
)
@click.argument("file", type=FILE, metavar="FILE.xlsx")
@click.option("--out", type=FILE, required=True, metavar="FILE.pdf", help=t("要写的 PDF。", "The PDF to write."))
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=t("项目设置表；默认按表中自带的名单。", "The project workbook; else what the file itself knows of it."),
)
@as_of_option
@lang_option("提示的语言。", "Language of the messages.")
@quiet_option
@templates_option
def print_(
    file: Path,
    out: Path,
    project: Path | None,
    as_of: datetime | None,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Print a filled workbook."""
    from xlsflow import api
    from xlsflow.render.as_text import finding_lines

    with progress(lang, quiet=quiet):
        printed = api.print_(file, out, project=project, as_of=as_of, now=now(), templates=templates)
    for line in finding_lines(printed.files, printed.findings, lang) if printed.findings else ():
        click.echo(line)
    tell(lang, f"已生成 {out}（基准日 {printed.as_of}）", f"Wrote {out} (as of {printed.as_of})")


@click.command(
    help=t("在文件夹里摆出示例项目的完整一轮。", "Lay one whole round of an example project out in a folder.")
)
@click.argument("folder", type=FILE, default=Path("xlsflow-demo"), metavar="[DIR]")
@lang_option("报告的语言。", "Language of the report.")
def demo(folder: Path, lang: Lang) -> None:
    """Lay one whole round out in a folder."""
    from xlsflow.api import demo as lay_out_round

    for line in lay_out_round(folder, lang=lang):
        click.echo(line)


COMMANDS: tuple[click.Command, ...] = (init, generate, check, merge, report, print_, demo)
"""In the order of a round."""
