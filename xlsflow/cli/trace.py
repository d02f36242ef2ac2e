"""The command that follows one requirement through a consolidated workbook: trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import FILE, Command, format_option, lang_option, quiet_option, t, templates_option
from xlsflow.cli.progress import progress

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


@click.command(
    cls=Command,
    help=t(
        "查看汇总工作簿中一项需求（编号 ID）的经过。逐条列出意见、会议、任务、问题、结果的状态和日期。",
        "Show what became of the requirement ID. Opinions, meetings, tasks, issues and results of a consolidated"
        " workbook are listed with status and date.",
    ),
)
@click.argument("requirement_id", metavar="ID")
@click.argument("book", type=FILE, metavar="BOOK.xlsx")
@format_option
@lang_option("显示的语言。", "Language of what is shown.")
@quiet_option
@templates_option
def trace(requirement_id: str, book: Path, form: str, lang: Lang, quiet: bool, templates: Sequence[Path]) -> None:
    """Show the life of a requirement."""
    from xlsflow import api
    from xlsflow.render.as_json import json_text, life_object
    from xlsflow.render.as_text import life_lines

    with progress(lang, quiet=quiet or form == "json"):
        life = api.trace(book, requirement_id, templates=templates)
    if form == "json":
        click.echo(json_text(life_object(life, lang)))
        return
    for line in life_lines(life, lang):
        click.echo(line)
