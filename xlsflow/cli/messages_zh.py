"""What click itself says, in Chinese: headings of help pages, and usage errors. click speaks English only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

# click ships no translations of what it writes itself.
_HEADINGS: Mapping[str, str] = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
_PLACEHOLDERS: Mapping[str, str] = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
_ENTRIES: Mapping[str, str] = {
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本号。",
    "[required]": "[必填]",
    "[default: ": "[默认: ",
}


def _translated(text: str, translations: Mapping[str, str]) -> str:
    for english, chinese in translations.items():
        text = text.replace(english, chinese)
    return text


class ChineseHelpFormatter(click.HelpFormatter):
    """Writes the parts of a help page that click supplies in Chinese.

    Option names and placeholders such as DIR stay as they are: click aligns columns by the number of characters, and a
    Chinese character is two columns wide.
    """

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        super().write_usage(prog, _translated(args, _PLACEHOLDERS), "用法：" if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands with what they do."""
        super().write_dl([(name, _translated(text, _ENTRIES)) for name, text in rows], col_max, col_spacing)


class ChineseUsageError(click.UsageError):
    """A command line that cannot be used, explained in one Chinese sentence."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is called, what is wrong with this call, and where to find help."""
        lines = [self.message]
        if self.ctx is not None:
            help_ = f"用法说明：{self.ctx.command_path} {self.ctx.help_option_names[-1]}"
            lines = [self.ctx.get_usage(), *lines, help_]
        for line in lines:
            click.echo(line, file=file, err=file is None)


@contextmanager
def usage_errors_in(lang: Lang) -> Iterator[None]:
    """Raise click's usage errors in a language."""
    try:
        yield
    except click.UsageError as error:
        if lang != "zh" or isinstance(error, (ChineseUsageError, click.exceptions.NoArgsIsHelpError)):
            raise
        raise ChineseUsageError(_sentence(error), error.ctx) from error


def _sentence(error: click.UsageError) -> str:
    """Return the usage error of a command line in Chinese."""
    # By the type of the error: its English message is no interface, and changes from version to version.
    if isinstance(error, click.NoSuchOption):
        return f"没有 {error.option_name} 这个选项{_suggestion(error.possibilities)}。"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有 {error.command_name} 这个命令{_suggestion(error.possibilities)}。"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}，请补上。"
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 的用法不对，后面要跟一个值。"
    return f"命令写得不对（{error.format_message()}）。"


def _bad_value(error: click.BadParameter) -> str:
    """Return the error about the value of an option or an argument in Chinese."""
    expected = error.param.type if error.param else None
    if isinstance(expected, click.Choice):
        return f"{_name(error)} 只能是 {'、'.join(map(str, expected.choices))} 之一。"
    if isinstance(expected, click.DateTime):
        return f"{_name(error)} 后面不是日期或时间，请写成 2026-11-20 或 2026-11-20T18:00 的样子。"
    return f"{_name(error)} 的值不能用（{error.message}）。"


def _name(error: click.BadParameter) -> str:
    """Return the name of a parameter as it stands in the usage line."""
    parameter = error.param
    if parameter is None:
        return "参数"
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.human_readable_name


def _suggestion(possibilities: Sequence[str] | None) -> str:
    return f"；是不是想写 {'、'.join(possibilities)}" if possibilities else ""
