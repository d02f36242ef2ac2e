"""What all commands share: the choice of language, common options, and how results and errors are printed."""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xlsflow.cli.endings import CLEAN, FINDINGS, could_not, deaf, flushed, interrupted, prepare, unexpected
from xlsflow.cli.messages_zh import ChineseHelpFormatter, usage_errors_in

if TYPE_CHECKING:
    from xlsflow.api import Outcome
    from xlsflow.i18n import Lang

F = TypeVar("F", bound=Callable[..., Any])
_TIME_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_LANGUAGE_VARIABLES = ("XLSFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_SPEAKS_CHINESE = frozenset(("zh", "chinese", "c", "posix", ""))


def default_lang() -> Lang:
    """Return the language of messages where `--lang` does not say it.

    The first of these that is set decides: the environment variable XLSFLOW_LANG, then the system's language (LC_ALL,
    LC_MESSAGES, LANG; on Windows the user's locale). Chinese stands for Chinese and for a system without a language
    (C, POSIX, C.UTF-8, nothing set); any other language gets English.
    """
    named = next((os.environ[name] for name in _LANGUAGE_VARIABLES if os.environ.get(name)), None)
    if named is None:
        # Python sets LC_CTYPE from the system at its start. `locale.getlocale` would call C.UTF-8 "en_US".
        named = locale.setlocale(locale.LC_CTYPE)
    return "zh" if re.split(r"[^A-Za-z]", named)[0].lower() in _SPEAKS_CHINESE else "en"


def t(zh: str, en: str) -> str:
    """Return a help text in the default language."""
    return zh if default_lang() == "zh" else en


class HelpContext(click.Context):
    """A context whose help page is in the default language."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return the formatter of the help page."""
        formatter = ChineseHelpFormatter if default_lang() == "zh" else click.HelpFormatter
        return formatter(width=self.terminal_width, max_width=self.max_content_width)


class Command(click.Command):
    """A command whose help page is in the default language."""

    context_class = HelpContext


class CommandGroup(click.Group):
    """A group of such commands."""

    context_class = HelpContext
    command_class = Command


class MainGroup(CommandGroup):
    """Ends every command with an exit code of `endings`, and with one sentence where the work could not be done."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command line and end the process."""
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        # Only a call without arguments is the command line of this process: tests and other programs pass theirs.
        own_process = not args and extra.get("args") is None
        code: str | int | None = CLEAN
        try:
            prepare(own_process=own_process)
            super().main(*args, **extra)
        except SystemExit as end:
            code = end.code
        except (OSError, KeyboardInterrupt) as error:
            lang = default_lang()
            code = interrupted(lang) if isinstance(error, KeyboardInterrupt) else unexpected(error, lang)
        if own_process:
            deaf()
        sys.exit(flushed(code, default_lang()) if isinstance(code, int) else code)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """Parse the options before the name of the command."""
        with usage_errors_in(default_lang()):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command."""
        from xlsflow.errors import XlsflowError

        try:
            with usage_errors_in(ctx.obj or default_lang()):
                return super().invoke(ctx)
        # click ends these itself, with its own exit codes.
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except XlsflowError as error:
            ctx.exit(could_not(error, ctx.obj or default_lang()))
        except KeyboardInterrupt:
            ctx.exit(interrupted(ctx.obj or default_lang()))
        except Exception as error:  # noqa: BLE001 - the last resort: a sentence rather than a traceback
            ctx.exit(unexpected(error, ctx.obj or default_lang()))


class _FilePath(click.Path):
    """A path; an empty one, as an unset variable of a shell script leaves it, would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return the path."""
        if not str(value):
            self.fail(t("路径是空的", "the path is empty"), param, ctx)
        return super().convert(value, param, ctx)


FILE = _FilePath(readable=False, path_type=Path)  # what cannot be read is a finding, or a sentence of ours


def _store_lang(ctx: click.Context, _: click.Parameter, lang: Lang | None) -> Lang:
    """Store the language where the main group finds it, so that errors are in that language too."""
    chosen = lang or default_lang()
    ctx.find_root().obj = chosen
    return chosen


def lang_option(zh: str, en: str, *, of_messages: bool = True) -> Callable[[F], F]:
    """Return the option --lang.

    Args:
        zh: What it is the language of, in Chinese.
        en: The same in English.
        of_messages: Whether it is also the language of messages. If so, its value is never None.
    """
    if of_messages:
        zh, en = f"{zh}默认按 XLSFLOW_LANG 或系统语言。", f"{en} Default: XLSFLOW_LANG, else the system's language."
    callback = _store_lang if of_messages else None
    return click.option("--lang", type=click.Choice(["zh", "en"]), default=None, callback=callback, help=t(zh, en))


def as_of_option(zh: str, en: str) -> Callable[[F], F]:
    """Return the option --as-of; the texts name its default."""
    help_ = t(
        f"判断逾期、临期的基准时刻，如 2026-11-20T18:00；{zh}",
        f"Reference time for overdue and due soon, like 2026-11-20T18:00. {en}",
    )
    return click.option("--as-of", type=click.DateTime(_TIME_FORMATS), default=None, metavar="TIME", help=help_)


templates_option = click.option(
    "--templates",
    type=FILE,
    multiple=True,
    metavar="DIR",
    help=t(
        "自己的模板文件夹，叠加在内置模板之上；可重复。",
        "Folder of your own templates, on top of the built-in ones; may be repeated.",
    ),
)
round_as_of_option = as_of_option(
    "默认用本轮的基准日，都没有则用当前时间。", "Default: the as-of date of the round, else the current time."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=t("输出格式。", "Output format."),
)
previous_option = click.option(
    "--previous",
    type=FILE,
    multiple=True,
    metavar="BOOK.xlsx",
    help=t(
        "上一轮的汇总工作簿：未关闭的事项继续计入，并标出新增逾期；可重复给出。",
        "Consolidated workbook of the previous round: what is open in it counts on, and what is newly overdue is shown;"
        " may be repeated.",
    ),
)
contacts_option = click.option(
    "--without-contacts",
    is_flag=True,
    help=t(
        "不带电话、邮箱等联系方式，可转发给他人。",
        "Leave out telephone numbers and addresses, to pass it on.",
    ),
)


def report_options(command: F) -> F:
    """Add the options of what a report is made from: earlier rounds, and contacts."""
    return previous_option(contacts_option(command))


feedback_option = click.option(
    "--feedback",
    type=FILE,
    default=None,
    metavar="DIR",
    help=t(
        "把标注了问题的原文件和可直接发送的说明文字写到这个文件夹，发回各区域修改。",
        "Folder for a marked copy of each return and a text to send with it.",
    ),
)
of_regions_option = click.option(
    "--region",
    "of_regions",
    multiple=True,
    metavar="NAME",
    help=t("日历只含这个区域的到期日，可重复。", "A calendar has only this region's due dates; may be repeated."),
)
of_owners_option = click.option(
    "--owner",
    "of_owners",
    multiple=True,
    metavar="NAME",
    help=t("日历只含这个人的到期日，可重复。", "A calendar has only this person's due dates; may be repeated."),
)
verbose_option = click.option(
    "--verbose",
    is_flag=True,
    help=t("文件很多时也列出每一处问题。", "Print every finding, however many files there are."),
)
quiet_option = click.option("--quiet", is_flag=True, help=t("不显示进度。", "Do not show progress."))


def only_in_a_calendar(out: Path, given: Mapping[str, Sequence[str]]) -> None:
    """Refuse options that choose due dates where the file to write is no calendar.

    Raises:
        InputError: One of them is given all the same.
    """
    from xlsflow.errors import InputError

    for option, names in given.items():
        if names and out.suffix.lower() != ".ics":
            raise InputError("only_with_calendar", option=option)


def now() -> datetime:
    """Return the current time with its zone; no other function of xlsflow reads a clock."""
    return datetime.now().astimezone()


def echo(lang: Lang, zh: str, en: str) -> None:
    """Print one line in a language."""
    click.echo(zh if lang == "zh" else en)


def show(outcome: Outcome, form: str, lang: Lang, *, verbose: bool = False) -> None:
    """Print the findings and exit with the code for errors or none; of many files only the worst without `verbose`."""
    if form == "json":
        from xlsflow.render.as_json import findings_object, json_text

        click.echo(json_text(findings_object(outcome.files, outcome.findings, outcome.ledger, lang, outcome.regions)))
    else:
        from xlsflow.render.as_text import region_lines, short_finding_lines, summary_lines

        for line in short_finding_lines(outcome.files, outcome.findings, lang, verbose=verbose):
            click.echo(line)
        for line in region_lines(outcome.regions, lang, verbose=verbose):
            click.echo(line)
        for line in summary_lines(outcome.files, outcome.findings, outcome.ledger, lang):
            click.echo(line)
    sys.exit(FINDINGS if any(finding.severity == "error" for finding in outcome.findings) else CLEAN)
