"""The command line: words in, words out.

Each verb hands over to one function of `flow` and puts its answer into words; click stands nowhere else.
"""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from xlsflow.flow.verbs import Outcome
    from xlsflow.words import Lang

CLEAN, FINDINGS, COULD_NOT = 0, 1, 2
"""Exit codes: nothing to mend; findings of severity error; the work could not be done."""

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)


def usual_lang() -> Lang:
    """Return the language of messages: XLSFLOW_LANG, else English where the system speaks it, else Chinese."""
    named = next((os.environ[v] for v in ("XLSFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), None)
    if named is None:  # Windows and macOS say it elsewhere
        named = locale.getlocale()[0] or ""
    return "en" if named.lower().startswith("en") else "zh"


def _t(zh: str, en: str) -> str:
    """Return a help text in the usual language."""
    return zh if usual_lang() == "zh" else en


class Door(click.Group):
    """Turns what stops the work into one sentence and exit code 2; never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command."""
        from xlsflow.errors import XlsflowError

        try:
            return super().invoke(ctx)
        except XlsflowError as stopped:
            click.echo(stopped.say(ctx.obj or usual_lang()), err=True)
            ctx.exit(COULD_NOT)


def _keep_lang(ctx: click.Context, _: click.Parameter, lang: Lang | None) -> Lang:
    """Have errors, too, speak the language that was asked for."""
    spoken = lang or usual_lang()
    ctx.find_root().obj = spoken
    return spoken


def _lang(zh: str, en: str, *, keep: bool = True) -> Callable[[F], F]:
    callback = _keep_lang if keep else None
    return click.option("--lang", type=click.Choice(["zh", "en"]), default=None, callback=callback, help=_t(zh, en))


_templates = click.option(
    "--templates",
    type=FILE,
    multiple=True,
    metavar="DIR",
    help=_t("自己的模板文件夹，叠加在内置模板之上。", "A folder of your own definitions, on top of the built-in ones."),
)
_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    default=None,
    metavar="TIME",
    help=_t(
        "报告的基准时刻，如 2026-11-20T18:00；默认用本轮的基准日，再没有则用现在。",
        "The moment that the report looks from, like 2026-11-20T18:00; the round's own, else now.",
    ),
)
_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=_t("结果的形式。", "How the result is told."),
)
_previous = click.option(
    "--previous",
    type=FILE,
    default=None,
    metavar="BOOK.xlsx",
    help=_t("上一轮的汇总工作簿：标出新逾期。", "The workbook of the round before: tells what is newly overdue."),
)
_feedback = click.option(
    "--feedback",
    type=FILE,
    default=None,
    metavar="DIR",
    help=_t(
        "把标注了问题的原文件和可直接发送的说明文字写到这个文件夹，发回各区域修改。",
        "Folder for each return with its findings marked in it, and a text to send with it.",
    ),
)
_quiet = click.option("--quiet", is_flag=True, help=_t("不显示进度。", "No progress on the terminal."))


@click.group(
    cls=Door,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=_t(
        "用电子表格管理跨区域工作：生成、发出、回收、校验、合并、报告。\n\n"
        "从这里开始：  xlsflow init project.xlsx --example",
        "Run work across regions with spreadsheets: generate, send, get back, check, merge, report.\n\n"
        "Start with:  xlsflow init project.xlsx --example",
    ),
)
@click.version_option(package_name="xlsflow")
def main() -> None:
    """Run work across regions with spreadsheets."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not know every character of a Chinese name
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


@main.command(
    help=_t("写出项目设置表 PROJECT：区域、人员、轮次、参数。", "Write the PROJECT workbook: regions, people, round.")
)
@click.argument("project", type=FILE)
@_lang("设置表的语言。", "Language of the workbook.")
@click.option("--example", is_flag=True, help=_t("填入一个示例项目。", "Fill in a believable example project."))
@_templates
def init(project: Path, lang: Lang, example: bool, templates: Sequence[Path]) -> None:
    """Write the project workbook."""
    from xlsflow.flow import verbs

    path = verbs.init(project, lang=lang, example=example, templates=templates)
    _tell(lang, f"已生成项目设置表 {path}，填写后运行：", f"Wrote {path}; fill it in, then run:")
    click.echo(f"xlsflow generate {path} --out outbox")


@main.command(help=_t("为 PROJECT 的每个区域生成一份工作簿。", "Write a workbook for every region of PROJECT."))
@click.argument("project", type=FILE)
@click.option("--out", type=FILE, required=True, metavar="DIR", help=_t("存放的文件夹。", "Folder for the workbooks."))
@click.option(
    "--pack", default="", metavar="NAME", help=_t("模板包；默认用项目的。", "The set of sheets; else the project's.")
)
@click.option(
    "--round", "round_", default="", metavar="ID", help=_t("轮次，如 2026-W47。", "Id of the round, like 2026-W47.")
)
@click.option(
    "--region",
    "chosen",
    multiple=True,
    metavar="NAME",
    help=_t("只生成这个区域（代码或名称），可重复。", "Only this region (code or name); may be repeated."),
)
@click.option(
    "--from",
    "source",
    type=FILE,
    multiple=True,
    metavar="PATH",
    help=_t(
        "上轮的汇总工作簿或回收文件夹：把各区域未完成的行带入新表，可重复。",
        "The last round's consolidated workbook or returns: regions get their open rows back; may be repeated.",
    ),
)
@click.option(
    "--closed",
    is_flag=True,
    help=_t("已完成、已取消的行也带入。", "Give rows that are done or dropped back too."),
)
@click.option(
    "--table",
    "also",
    multiple=True,
    metavar="NAME",
    help=_t("没有状态的表（如责任矩阵）也带入，可重复。", "Also the rows of a sheet without a status, like RACI."),
)
@_lang("所有工作簿的语言；默认各区域用自己的。", "Language of every workbook; else each region's own.", keep=False)
@_templates
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
    from xlsflow.flow import verbs

    order = verbs.Order(pack, chosen, round_, lang, source, closed, also)
    written = verbs.generate(project, out, order, templates=templates)
    for path in written:
        click.echo(path)
    spoken = lang or usual_lang()
    if unheard := [region.label.say(spoken) for region in written.unheard]:
        _tell(spoken, f"没有上轮内容、留空的：{'、'.join(unheard)}", f"Nothing to go on from: {', '.join(unheard)}")
    _tell(spoken, f"共 {len(written)} 份，可以发给各区域了。", f"{len(written)} workbooks, ready to send.")


@main.command(
    help=_t("校验回收的文件，逐格指出问题；可给文件夹。", "Check returned files, each finding with its cell.")
)
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=_t("项目设置表：有哪些区域和人员。", "The project workbook: which regions and people there are."),
)
@_as_of
@_feedback
@_format
@_lang("发现问题的语言。", "Language of the findings.")
@_quiet
@_templates
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
    from xlsflow.flow import verbs

    with _progress(lang, quiet=quiet or form == "json"):
        outcome = verbs.check(paths, project=project, as_of=as_of, now=_now(), templates=templates, feedback=feedback)
    _show(outcome, form, lang)


@main.command(
    help=_t(
        "合并回收的文件和文件夹：状态、逾期、问题、台账、数据汇成一份工作簿。",
        "Merge returned files and folders into one workbook: status, overdue, findings, ledger, data.",
    )
)
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--project", type=FILE, required=True, help=_t("项目设置表。", "The project workbook."))
@click.option(
    "--out",
    type=FILE,
    required=True,
    metavar="BOOK.xlsx",
    help=_t("汇总工作簿。", "The consolidated workbook to write."),
)
@_as_of
@_previous
@_feedback
@_format
@_lang("工作簿和问题的语言。", "Language of the workbook and of the findings.")
@_quiet
@_templates
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
    from xlsflow.flow import verbs

    with _progress(lang, quiet=quiet or form == "json"):
        view = verbs.View(as_of, _now(), lang, previous)
        outcome = verbs.merge_to(paths, out, project=project, view=view, templates=templates, feedback=feedback)
    if form == "text":
        _tell(lang, f"已生成 {out}", f"Wrote {out}")
    _show(outcome, form, lang)


@main.command(
    help=_t(
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
    help=_t(
        "要写的文件，按扩展名定格式：.xlsx .html .pdf .md .json。",
        "The file to write; its ending says the form: .xlsx .html .pdf .md .json.",
    ),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    default=None,
    metavar="TIME",
    help=_t("报告的基准时刻；默认与汇总工作簿相同。", "The moment that the report looks from; the workbook's own."),
)
@_previous
@_lang("报告的语言。", "Language of the report.")
@_quiet
@_templates
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
    from xlsflow.flow import verbs

    with _progress(lang, quiet=quiet):
        view = verbs.View(as_of, None, lang, previous)
        path = verbs.report(book, out, view=view, templates=templates)
    _tell(lang, f"已生成 {path}", f"Wrote {path}")


@main.command(
    "print",
    help=_t(
        "把填好的表重新排版为 PDF，供打印签字：去掉空行、固定基准日；需要 LibreOffice。",
        "Lay a filled workbook out anew as a PDF to print and sign; needs LibreOffice.",
    ),
)
@click.argument("file", type=FILE, metavar="FILE.xlsx")
@click.option("--out", type=FILE, required=True, metavar="FILE.pdf", help=_t("要写的 PDF。", "The PDF to write."))
@click.option(
    "--project",
    type=FILE,
    default=None,
    help=_t("项目设置表；默认按表中自带的名单。", "The project workbook; else what the file itself knows of it."),
)
@_as_of
@_lang("提示的语言。", "Language of the messages.")
@_quiet
@_templates
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
    from xlsflow.flow import verbs
    from xlsflow.render.as_text import finding_lines

    with _progress(lang, quiet=quiet):
        printed = verbs.print_(file, out, project=project, as_of=as_of, now=_now(), templates=templates)
    for line in finding_lines(printed.files, printed.findings, lang) if printed.findings else ():
        click.echo(line)
    _tell(lang, f"已生成 {out}（基准日 {printed.as_of}）", f"Wrote {out} (as of {printed.as_of})")


@main.command(
    help=_t("在文件夹里摆出示例项目的完整一轮。", "Lay one whole round of an example project out in a folder.")
)
@click.argument("folder", type=FILE, default=Path("xlsflow-demo"), metavar="[DIR]")
@_lang("报告的语言。", "Language of the report.")
def demo(folder: Path, lang: Lang) -> None:
    """Lay one whole round out in a folder."""
    from xlsflow.flow.demo import demo as lay_out_round

    for line in lay_out_round(folder, lang=lang):
        click.echo(line)


@main.group(help=_t("查看模板定义，或检查自己写的。", "Look at the definitions of sheets, or check your own."))
def templates() -> None:
    """Look at definitions."""


@templates.command("list", help=_t("列出模板包和其中的表。", "List packs and the sheets in each."))
@_lang("列表的语言。", "Language of the list.")
@_templates
def templates_list(lang: Lang, templates: Sequence[Path]) -> None:
    """List packs and sheets."""
    from xlsflow.flow.templates import list_templates

    for line in list_templates(lang, templates=templates):
        click.echo(line)


@templates.command(
    "show",
    help=_t(
        "一张表的数据字典，或一个模板包的内容；NAME 是表名、表名:变体或模板包名。",
        "The data dictionary of a sheet, or what a pack holds; NAME is a sheet, sheet:variant or a pack.",
    ),
)
@click.argument("name")
@_lang("字典的语言。", "Language of the dictionary.")
@_templates
def templates_show(name: str, lang: Lang, templates: Sequence[Path]) -> None:
    """Show a sheet or a pack."""
    from xlsflow.flow.templates import show_template

    width = min(get_terminal_size((100, 24)).columns, 110)
    for line in show_template(name, lang, templates=templates, width=width):
        click.echo(line)


@templates.command(
    "check",
    help=_t(
        "指出自写模板中的每个错误；可给文件夹。", "Tell every mistake in definitions of your own; folders are searched."
    ),
)
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE.toml...")
@_lang("提示的语言。", "Language of the messages.")
@_templates
def templates_check(files: Sequence[Path], lang: Lang, templates: Sequence[Path]) -> None:
    """Tell every mistake in definitions."""
    from xlsflow.flow.templates import check_templates

    count, mistakes = check_templates(files, templates=templates)
    for mistake in mistakes:
        click.echo(mistake.say(lang))
    if not mistakes:
        _tell(lang, f"没有错误：检查了 {count} 个文件。", f"Nothing to mend: {count} file(s) looked at.")
    sys.exit(FINDINGS if mistakes else CLEAN)


@templates.command(
    "schema", help=_t("写出 JSON schema，供编辑器补全和校验。", "Write the JSON schemas that editors complete by.")
)
@click.option("--out", type=FILE, required=True, metavar="DIR", help=_t("存放的文件夹。", "Folder for the schemas."))
@_templates
def templates_schema(out: Path, templates: Sequence[Path]) -> None:
    """Write the schemas."""
    from xlsflow.flow.templates import write_schemas

    for path in write_schemas(out, templates=templates):
        click.echo(path)


def _now() -> datetime:
    """Return the present, with its zone: the one place where a clock is read."""
    return datetime.now().astimezone()


def _tell(lang: Lang, zh: str, en: str) -> None:
    click.echo(zh if lang == "zh" else en)


def _progress(lang: Lang, *, quiet: bool) -> AbstractContextManager[object]:
    """Return a sign of life on a terminal, and nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    words = "正在读取和检查……" if lang == "zh" else "Reading and checking…"
    return Console(stderr=True).status(words)


def _show(outcome: Outcome, form: str, lang: Lang) -> None:
    """Tell what was found and leave with the exit code that says how it went."""
    if form == "json":
        from xlsflow.render.as_json import as_text, findings_object

        click.echo(as_text(findings_object(outcome.files, outcome.findings, outcome.ledger, lang)))
    else:
        from xlsflow.render.as_text import finding_lines, summary_lines

        for line in finding_lines(outcome.files, outcome.findings, lang):
            click.echo(line)
        for line in summary_lines(outcome.files, outcome.findings, outcome.ledger, lang):
            click.echo(line)
    sys.exit(FINDINGS if any(finding.severity == "error" for finding in outcome.findings) else CLEAN)
