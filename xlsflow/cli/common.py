"""What every command shares: the language it speaks, its options, how a result and an error are told."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xlsflow.cli.messages_zh import told_in

if TYPE_CHECKING:
    from xlsflow.api import Outcome
    from xlsflow.i18n import Lang

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


def t(zh: str, en: str) -> str:
    """Return a help text in the usual language."""
    return zh if usual_lang() == "zh" else en


class Door(click.Group):
    """Turns what stops the work into one sentence and exit code 2; never a traceback."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """Read what stands before the command's name."""
        with told_in(usual_lang()):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command."""
        from xlsflow.errors import XlsflowError

        try:
            with told_in(ctx.obj or usual_lang()):
                return super().invoke(ctx)
        except XlsflowError as stopped:
            click.echo(stopped.say(ctx.obj or usual_lang()), err=True)
            ctx.exit(COULD_NOT)


def keep_lang(ctx: click.Context, _: click.Parameter, lang: Lang | None) -> Lang:
    """Have errors, too, speak the language that was asked for."""
    spoken = lang or usual_lang()
    ctx.find_root().obj = spoken
    return spoken


def lang_option(zh: str, en: str, *, keep: bool = True) -> Callable[[F], F]:
    """Return the option --lang; errors speak that language too, where it is the reader's and not only the sheet's."""
    callback = keep_lang if keep else None
    return click.option("--lang", type=click.Choice(["zh", "en"]), default=None, callback=callback, help=t(zh, en))


templates_option = click.option(
    "--templates",
    type=FILE,
    multiple=True,
    metavar="DIR",
    help=t("自己的模板文件夹，叠加在内置模板之上。", "A folder of your own definitions, on top of the built-in ones."),
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    default=None,
    metavar="TIME",
    help=t(
        "报告的基准时刻，如 2026-11-20T18:00；默认用本轮的基准日，再没有则用现在。",
        "The moment that the report looks from, like 2026-11-20T18:00; the round's own, else now.",
    ),
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=t("结果的形式。", "How the result is told."),
)
previous_option = click.option(
    "--previous",
    type=FILE,
    default=None,
    metavar="BOOK.xlsx",
    help=t("上一轮的汇总工作簿：标出新逾期。", "The workbook of the round before: tells what is newly overdue."),
)
feedback_option = click.option(
    "--feedback",
    type=FILE,
    default=None,
    metavar="DIR",
    help=t(
        "把标注了问题的原文件和可直接发送的说明文字写到这个文件夹，发回各区域修改。",
        "Folder for each return with its findings marked in it, and a text to send with it.",
    ),
)
quiet_option = click.option("--quiet", is_flag=True, help=t("不显示进度。", "No progress on the terminal."))


def now() -> datetime:
    """Return the present, with its zone: the one place where a clock is read."""
    return datetime.now().astimezone()


def tell(lang: Lang, zh: str, en: str) -> None:
    """Say one line."""
    click.echo(zh if lang == "zh" else en)


def progress(lang: Lang, *, quiet: bool) -> AbstractContextManager[object]:
    """Return a sign of life on a terminal, and nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    words = "正在读取和检查……" if lang == "zh" else "Reading and checking…"
    return Console(stderr=True).status(words)


def show(outcome: Outcome, form: str, lang: Lang) -> None:
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
