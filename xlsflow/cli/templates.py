"""The commands for authors of templates: templates list, show, check, schema."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import FILE, CommandGroup, echo, lang_option, t, templates_option
from xlsflow.cli.endings import CLEAN, FINDINGS

if TYPE_CHECKING:
    from xlsflow.i18n import Lang


@click.group(cls=CommandGroup, help=t("查看模板，或检查自己写的模板。", "Show templates, or validate your own."))
def templates() -> None:
    """Show and validate templates."""


@templates.command("list", help=t("列出模板包和其中的表。", "List the packs and their sheets."))
@lang_option("列表的语言。", "Language of the list.")
@templates_option
def templates_list(lang: Lang, templates: Sequence[Path]) -> None:
    """List packs and sheets."""
    from xlsflow.pipeline.templates import list_templates

    for line in list_templates(lang, templates=templates):
        click.echo(line)


@templates.command(
    "show",
    help=t(
        "显示一张表的数据字典，或一个模板包的内容。NAME 是表名、表名:变体或模板包名。",
        "Show the data dictionary of a sheet, or the contents of a pack. NAME is a sheet, sheet:variant or a pack.",
    ),
)
@click.argument("name")
@lang_option("字典的语言。", "Language of the dictionary.")
@templates_option
def templates_show(name: str, lang: Lang, templates: Sequence[Path]) -> None:
    """Show a sheet or a pack."""
    from xlsflow.pipeline.templates import show_template

    # Lines longer than 110 columns are hard to read, however wide the terminal is.
    width = min(get_terminal_size((100, 24)).columns, 110)
    for line in show_template(name, lang, templates=templates, width=width):
        click.echo(line)


@templates.command(
    "check",
    help=t("检查自己写的模板（文件或文件夹），指出每个错误。", "Validate your own templates (files or folders)."),
)
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="PATH...")
@lang_option("提示的语言。", "Language of the messages.")
@templates_option
def templates_check(files: Sequence[Path], lang: Lang, templates: Sequence[Path]) -> None:
    """Show every mistake in templates."""
    from xlsflow.pipeline.templates import check_templates

    count, mistakes = check_templates(files, templates=templates)
    for mistake in mistakes:
        click.echo(mistake.say(lang))
    if not mistakes:
        echo(
            lang, f"没有错误：检查了 {count} 个文件。", f"No mistakes: checked {count} file{'' if count == 1 else 's'}."
        )
    sys.exit(FINDINGS if mistakes else CLEAN)


@templates.command(
    "schema",
    help=t(
        "写出模板的 JSON schema，供编辑器补全和校验。",
        "Write JSON schemas of templates. Editors use them for completion and validation.",
    ),
)
@click.option("--out", type=FILE, required=True, metavar="DIR", help=t("存放的文件夹。", "Folder for the schemas."))
@templates_option
def templates_schema(out: Path, templates: Sequence[Path]) -> None:
    """Write the schemas."""
    from xlsflow.pipeline.templates import write_schemas

    for path in write_schemas(out, templates=templates):
        click.echo(path)
