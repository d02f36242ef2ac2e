"""The commands of a round: init, generate, check, merge, report, print, demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli import in_folder
from xlsflow.cli.common import (
    FILE,
    Command,
    as_of_option,
    default_lang,
    echo,
    feedback_option,
    format_option,
    lang_option,
    now,
    of_owners_option,
    of_regions_option,
    only_in_a_calendar,
    quiet_option,
    report_options,
    round_as_of_option,
    show,
    t,
    templates_option,
    verbose_option,
)
from xlsflow.cli.progress import progress
from xlsflow.errors import InputError

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


# Each command imports what it runs when it runs: help pages and wrong usage load neither pandas nor xlsxwriter.
@click.command(
    cls=Command,
    help=t(
        "生成项目设置表 PROJECT：区域、人员、轮次、参数。"
        "名称不以 .xlsx 结尾时，生成一个项目文件夹：其中的命令不用写路径，并可收发邮件。",
        "Create the project workbook PROJECT: regions, people, round. A name that does not end in .xlsx makes a project"
        " folder: in it, commands need no paths and can send and collect mail.",
    ),
)
@click.argument("project", type=FILE)
@lang_option("设置表的语言。", "Language of the workbook.")
@click.option("--example", is_flag=True, help=t("填入一个示例项目。", "Fill in an example project."))
@templates_option
def init(project: Path, lang: Lang, example: bool, templates: Sequence[Path]) -> None:
    """Create the project workbook, or a project folder."""
    from xlsflow import api

    if project.suffix.lower() != ".xlsx":
        in_folder.init_project_folder(project, lang, templates, example=example)
        return
    path = api.init(project, lang=lang, example=example, templates=templates)
    echo(lang, f"已生成项目设置表 {path}，填写后运行：", f"Wrote {path}; fill it in, then run:")
    click.echo(f"xlsflow generate {path} --out outbox")


@click.command(
    cls=Command,
    help=t(
        "为 PROJECT 的每个区域生成一份工作簿。在项目文件夹里不用写路径：写到本轮的 outbox，并接着上一轮的汇总。",
        "Generate a workbook for each region of PROJECT. In a project folder no path is needed: workbooks go to the"
        " outbox of the round, and go on from the last book.",
    ),
)
@click.argument("project", type=FILE, required=False)
@click.option("--out", type=FILE, metavar="DIR", help=t("存放工作簿的文件夹。", "Folder for the workbooks."))
@click.option(
    "--pack",
    default="",
    metavar="NAME",
    help=t(
        "模板包（见 xlsflow templates list）；默认用项目设置表里的。",
        "Pack of templates (see xlsflow templates list). Default: that of the project.",
    ),
)
@click.option(
    "--round",
    "round_",
    default="",
    metavar="ID",
    help=t(
        "轮次，如 2026-W47；默认用项目设置表里的。", "ID of the round, like 2026-W47. Default: that of the project."
    ),
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
        "上轮的汇总工作簿或回收文件夹：把各区域未关闭的行和表单带入新表，可重复。",
        "Consolidated workbook or returns of the previous round, whose open rows and forms are given back; repeatable.",
    ),
)
@click.option(
    "--closed", is_flag=True, help=t("已完成、已取消的行也带入。", "Also take over rows that are done or cancelled.")
)
@click.option(
    "--table",
    "also",
    multiple=True,
    metavar="NAME",
    help=t(
        "没有状态的表（如责任矩阵）也带入，可重复。",
        "Also take over the rows of a sheet without a status, like the RACI matrix; may be repeated.",
    ),
)
@lang_option(
    "所有工作簿的语言；默认各区域用自己的。",
    "Language of all workbooks. Default: that of each region.",
    of_messages=False,
)
@quiet_option
@templates_option
def generate(
    project: Path | None,
    out: Path | None,
    pack: str,
    round_: str,
    chosen: Sequence[str],
    source: Sequence[Path],
    closed: bool,
    also: Sequence[str],
    lang: Lang | None,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Generate a workbook for each region."""
    from xlsflow import api

    here = in_folder.folder_here(templates) if in_folder.without_paths(PROJECT=project, out=out) else None
    for option, is_given in (("--closed", closed), ("--table", also)):
        if is_given and not source and here is None:
            raise InputError("only_with_from", option=option)
    order = api.Order(pack, chosen, round_, lang, source, closed, also)
    shown_in = lang or default_lang()
    with progress(shown_in, quiet=quiet) as shown:
        written = (
            in_folder.generate_here(here, order, shown)
            if here
            else api.generate(project or "", out or "", order, templates=templates, progress=shown)
        )
    for path in written:
        click.echo(in_folder.shown_path(path))
    if blank := [region.label.say(shown_in) for region in written.unheard]:
        echo(shown_in, f"没有上轮内容、留空的：{'、'.join(blank)}", f"No previous data for: {', '.join(blank)}")
    for remark in written.remarks:
        echo(shown_in, *remark.both())
    if written.other_round:
        echo(
            shown_in,
            f"轮次 {round_} 与项目设置表不同，截止时间仍是表里的；请先改好表里的“本轮填报”，否则合并时不采用。",
            f"The project workbook is at another round than {round_}, and its deadline was used; update the round"
            " there, or merge will not use the returns.",
        )
    count = len(written)
    echo(shown_in, f"共 {count} 份，可以发给各区域了。", f"{count} workbook{'' if count == 1 else 's'}, ready to send.")


@click.command(
    cls=Command,
    help=t(
        "校验回收的文件或文件夹，逐格指出问题。在项目文件夹里不用写路径：校验本轮的 inbox。",
        "Check returned files, and show the cell of each finding. In a project folder no path is needed: the inbox of"
        " the round is checked.",
    ),
)
@click.argument("paths", type=FILE, nargs=-1, metavar="PATH...")
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=t("项目设置表，用于核对区域和人员。", "The project workbook, to check regions and people against."),
)
@round_as_of_option
@feedback_option
@format_option
@lang_option("检查结果的语言。", "Language of the findings.")
@quiet_option
@verbose_option
@templates_option
def check(
    paths: Sequence[Path],
    project: Path | None,
    as_of: datetime | None,
    feedback: Path | None,
    form: str,
    lang: Lang,
    quiet: bool,
    verbose: bool,
    templates: Sequence[Path],
) -> None:
    """Check returned files."""
    from xlsflow import api

    if not paths:
        here = in_folder.folder_here(templates)
        paths, project = (here.round().inbox,), project or here.project_file
    if project is None and form == "text":
        echo(
            lang,
            "没有给出 --project：区域、人员和责任矩阵没有核对。",
            "No --project: regions, people and the columns of the RACI matrix are not checked.",
        )
    with progress(lang, quiet=quiet or form == "json") as shown:
        outcome = api.check(
            paths, project=project, as_of=as_of, now=now(), templates=templates, feedback=feedback, progress=shown
        )
    show(outcome, form, lang, verbose=verbose)


@click.command(
    cls=Command,
    help=t(
        "校验并合并回收的文件和文件夹，生成一份汇总工作簿。"
        "在项目文件夹里不用写路径：合并本轮的 inbox，标注文件写到 feedback。",
        "Check and merge returned files into one consolidated workbook. In a project folder no path is needed: the"
        " inbox of the round is merged, and marked copies go to its feedback.",
    ),
)
@click.argument("paths", type=FILE, nargs=-1, metavar="PATH...")
@click.option("--project", type=FILE, help=t("项目设置表。", "The project workbook."))
@click.option(
    "--out",
    type=FILE,
    metavar="BOOK.xlsx",
    help=t("要写的汇总工作簿。", "The consolidated workbook to write."),
)
@round_as_of_option
@report_options
@feedback_option
@format_option
@lang_option("工作簿和检查结果的语言。", "Language of the workbook and of the findings.")
@quiet_option
@verbose_option
@templates_option
def merge(
    paths: Sequence[Path],
    project: Path | None,
    out: Path | None,
    as_of: datetime | None,
    previous: Sequence[Path],
    without_contacts: bool,
    feedback: Path | None,
    form: str,
    lang: Lang,
    quiet: bool,
    verbose: bool,
    templates: Sequence[Path],
) -> None:
    """Merge returned files and folders into one workbook."""
    from xlsflow import api

    if in_folder.without_paths(PATH=paths, project=project, out=out):
        with progress(lang, quiet=quiet or form == "json") as shown:
            in_folder.merge_here(templates, as_of, form, lang, shown)
    assert project
    assert out
    with progress(lang, quiet=quiet or form == "json") as shown:
        view = api.View(as_of, now(), lang, previous, contacts=not without_contacts)
        outcome = api.merge_to(
            paths, out, project=project, view=view, templates=templates, feedback=feedback, progress=shown
        )
    if form == "text":
        echo(lang, f"已生成 {out}", f"Wrote {out}")
    show(outcome, form, lang, verbose=verbose)


@click.command(
    cls=Command,
    help=t(
        "把汇总工作簿输出为另一种格式、语言或基准时刻的报告；不需要项目设置表。",
        "Export a report in another format or language. Only the consolidated workbook is needed.",
    ),
)
@click.argument("book", type=FILE, required=False, metavar="BOOK.xlsx")
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help=t(
        "要写的文件，按扩展名定格式：.xlsx .html .pdf .md .txt .json .ics（日历）。",
        "The file to write; its extension is the format: .xlsx .html .pdf .md .txt .json .ics (a calendar).",
    ),
)
@of_regions_option
@of_owners_option
@as_of_option("默认与汇总工作簿相同。", "Default: that of the workbook.")
@report_options
@lang_option("报告的语言。", "Language of the report.")
@quiet_option
@templates_option
def report(
    book: Path | None,
    out: Path | None,
    of_regions: Sequence[str],
    of_owners: Sequence[str],
    as_of: datetime | None,
    previous: Sequence[Path],
    without_contacts: bool,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Export the report of a consolidated workbook."""
    from xlsflow import api

    if book is None or out is None:
        book, out, previous = in_folder.report_paths(templates, book, out, previous)
    only_in_a_calendar(out, {"--region": of_regions, "--owner": of_owners})
    with progress(lang, quiet=quiet):
        view = api.View(as_of, None, lang, previous, of_regions, of_owners, contacts=not without_contacts)
        path = api.report(book, out, view=view, templates=templates)
    echo(lang, f"已生成 {path}", f"Wrote {path}")


@click.command(
    "print",
    cls=Command,
    help=t(
        "把填好的表导出为可打印、签字的 PDF：没填的表和空行不印，固定基准日。需要 LibreOffice。",
        "Export a filled workbook as a PDF for signing. Blank sheets and rows are left out, and the as-of date is"
        " fixed. Needs LibreOffice.",
    ),
)
@click.argument("file", type=FILE, metavar="FILE.xlsx")
@click.option("--out", type=FILE, required=True, metavar="FILE.pdf", help=t("要写的 PDF。", "The PDF to write."))
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=t("项目设置表；默认用表中自带的名单。", "The project workbook. Default: the lists in the file itself."),
)
@click.option(
    "--sheet", "sheets", multiple=True, metavar="NAME",
    help=t("只打印这张表，没填也印；可写多次。默认打印填过的表。", "Print this sheet. Default: all that are filled."),
)  # fmt: skip
@round_as_of_option
@lang_option("提示的语言。", "Language of the messages.")
@quiet_option
@templates_option
def print_(
    file: Path,
    out: Path,
    project: Path | None,
    sheets: Sequence[str],
    as_of: datetime | None,
    lang: Lang,
    quiet: bool,
    templates: Sequence[Path],
) -> None:
    """Export a filled workbook as a PDF."""
    from xlsflow import api
    from xlsflow.render.as_text import finding_lines

    with progress(lang, quiet=quiet):
        view = api.View(as_of, now())
        printed = api.print_(file, out, project=project, view=view, sheets=sheets, templates=templates)
    for line in finding_lines(printed.files, printed.findings, lang) if printed.findings else ():
        click.echo(line)
    echo(lang, f"已生成 {out}（基准日 {printed.as_of}）", f"Wrote {out} (as of {printed.as_of})")


@click.command(
    cls=Command,
    help=t(
        "在文件夹 DIR（默认 xlsflow-demo）里生成示例项目的完整一轮。",
        "Create a complete example round in the folder DIR. Default: xlsflow-demo.",
    ),
)
@click.argument("folder", type=FILE, default=Path("xlsflow-demo"), metavar="[DIR]")
@lang_option("报告的语言。", "Language of the report.")
def demo(folder: Path, lang: Lang) -> None:
    """Create a complete example round."""
    from xlsflow.api import demo as create_demo

    for line in create_demo(folder, lang=lang):
        click.echo(line)


COMMANDS: tuple[click.Command, ...] = (init, generate, check, merge, report, print_, demo)
"""In the order of a round."""
