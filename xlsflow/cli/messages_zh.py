"""What click says of a command line that it cannot use, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


class Misused(click.UsageError):
    """A command line that cannot be used, and one Chinese sentence that says why."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is called, why this call is none, and where help is."""
        lines = [self.message]
        if self.ctx is not None:
            help_ = f"用法说明：{self.ctx.command_path} {self.ctx.help_option_names[-1]}"
            lines = [self.ctx.get_usage(), *lines, help_]
        for line in lines:
            click.echo(line, file=file, err=file is None)


@contextmanager
def told_in(lang: Lang) -> Iterator[None]:
    """Have a call that cannot be used told in a language; click itself speaks English."""
    try:
        yield
    except click.UsageError as wrong:
        if lang != "zh" or isinstance(wrong, (Misused, click.exceptions.NoArgsIsHelpError)):
            raise
        raise Misused(_why(wrong), wrong.ctx) from wrong


def _why(wrong: click.UsageError) -> str:
    """Return why a call cannot be used."""
    if isinstance(wrong, click.NoSuchOption):
        return f"没有 {wrong.option_name} 这个选项{_perhaps(wrong.possibilities)}。"
    if isinstance(wrong, click.exceptions.NoSuchCommand):
        return f"没有 {wrong.command_name} 这个命令{_perhaps(wrong.possibilities)}。"
    if isinstance(wrong, click.MissingParameter):
        return f"缺少 {_name(wrong)}，请补上。"
    if isinstance(wrong, click.BadParameter):
        return _bad(wrong)
    if isinstance(wrong, click.BadOptionUsage):
        return f"选项 {wrong.option_name} 的用法不对，后面要跟一个值。"
    return f"命令写得不对（{wrong.format_message()}）。"


def _bad(wrong: click.BadParameter) -> str:
    """Return what is wrong with the value of an option or an argument."""
    kind = wrong.param.type if wrong.param else None
    if isinstance(kind, click.Choice):
        return f"{_name(wrong)} 只能是 {'、'.join(map(str, kind.choices))} 之一。"
    if isinstance(kind, click.DateTime):
        return f"{_name(wrong)} 后面不是日期或时间，请写成 2026-11-20 或 2026-11-20T18:00 的样子。"
    return f"{_name(wrong)} 的值不能用（{wrong.message}）。"


def _name(wrong: click.BadParameter) -> str:
    """Return what the caller knows a parameter by."""
    one = wrong.param
    if one is None:
        return "参数"
    return one.opts[0] if one.param_type_name == "option" else one.human_readable_name


def _perhaps(near: list[str] | None) -> str:
    return f"；是不是想写 {'、'.join(near)}" if near else ""
