"""The command line: words in, words out. Each verb hands over to one function of `flow` and puts its answer into words."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
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
    named = os.environ.get("XLSFLOW_LANG") or (locale.getlocale()[0] or "")
    return "en" if named.lower().startswith("en") else "zh"


class Door(click.Group):
    """Turns what stops the work into one sentence and exit code 2; never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command."""
        from xlsflow.errors import XlsflowError

        try:
            return super().invoke(ctx)
        except XlsflowError as stopped:
            click.echo(stopped.say(_spoken(ctx)), err=True)
            ctx.exit(COULD_NOT)


def _spoken(ctx: click.Context) -> Lang:
    """Return the language of a command's messages: its own --lang, else the usual one."""
    for number, word in enumerate(sys.argv):
        if word == "--lang" and sys.argv[number + 1 : number + 2] in (["zh"], ["en"]):
            return "zh" if sys.argv[number + 1] == "zh" else "en"
    del ctx
    return usual_lang()


def _lang_option(help_text: str) -> Callable[[F], F]:
    return click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help=help_text)


_templates = click.option(
    "--templates", type=FILE, multiple=True, metavar="DIR", help="A folder of your own definitions, on top of the built-in ones."
)
_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    default=None,
    metavar="TIME",
    help="The moment that the report looks from, like 2026-11-20T18:00; the round's own, else now.",
)
_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How the result is told.")
_quiet = click.option("--quiet", is_flag=True, help="No progress on the terminal.")


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="xlsflow")
def main() -> None:
    """Run work across regions with spreadsheets: generate, send, get back, check, merge, report.

    Start with:  xlsflow init project.xlsx --example
    """
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not know every character of a Chinese name
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


@main.command()
@click.argument("project", type=FILE)
@_lang_option("Language of the workbook.")
@click.option("--example", is_flag=True, help="Fill in a believable example project.")
@_templates
def init(project: Path, lang: Lang | None, example: bool, templates: Sequence[Path]) -> None:  # noqa: FBT001 - click's flags
    """Write the PROJECT workbook: regions, people, the round, figures."""
    from xlsflow.flow import verbs

    path = verbs.init(project, lang=lang or usual_lang(), example=example, templates=templates)
    _tell(lang, f"已生成项目设置表 {path}，请填写后运行：xlsflow generate {path} --out 发出", f"Wrote {path}; fill it in, then: xlsflow generate {path} --out outbox")


@main.command()
@click.argument("project", type=FILE)
@click.option("--out", type=FILE, required=True, metavar="DIR", help="Folder for the workbooks.")
@click.option("--pack", default="", metavar="NAME", help="The set of sheets; the project's own where not given.")
@click.option("--round", "round_", default="", metavar="ID", help="Id of the round, like 2026-W47; the project's own where not given.")
@click.option("--region", "regions", multiple=True, metavar="NAME", help="Only this region (code or name); may be repeated.")
@_lang_option("Language of every workbook; each region's own where not given.")
@_templates
def generate(  # noqa: PLR0913 - one parameter an option
    project: Path, out: Path, pack: str, round_: str, regions: Sequence[str], lang: Lang | None, templates: Sequence[Path]
) -> None:
    """Write a workbook for every region of PROJECT."""
    from xlsflow.flow import verbs

    order = verbs.Order(pack=pack, regions=regions, round=round_, lang=lang)
    written = verbs.generate(project, out, order, templates=templates)
    for path in written:
        click.echo(path)
    _tell(lang, f"共 {len(written)} 份，可以发给各区域了。", f"{len(written)} workbooks, ready to send.")


@main.command()
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--project", type=FILE, default=None, help="The project workbook: who is asked, which people there are.")
@_as_of
@_format
@_lang_option("Language of the findings.")
@_quiet
@_templates
def check(  # noqa: PLR0913
    paths: Sequence[Path], project: Path | None, as_of: datetime | None, form: str, lang: Lang | None, quiet: bool,  # noqa: FBT001
    templates: Sequence[Path],
) -> None:  # fmt: skip
    """Check returned files: every finding with its cell. Folders are searched."""
    from xlsflow.flow import verbs

    with _progress(quiet=quiet or form == "json", lang=lang):
        outcome = verbs.check(paths, project=project, as_of=as_of, now=_now(), templates=templates)
    _show(outcome, form, lang or usual_lang())


@main.command()
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="PATH...")
@click.option("--project", type=FILE, required=True, help="The project workbook.")
@click.option("--out", type=FILE, required=True, metavar="BOOK.xlsx", help="The consolidated workbook to write.")
@_as_of
@_format
@_lang_option("Language of the workbook and of the findings.")
@_quiet
@_templates
def merge(  # noqa: PLR0913
    paths: Sequence[Path], project: Path, out: Path, as_of: datetime | None, form: str, lang: Lang | None,
    quiet: bool, templates: Sequence[Path],  # noqa: FBT001
) -> None:  # fmt: skip
    """Merge returned files and folders into one workbook: status, overdue, findings, ledger, data."""
    from xlsflow.flow import verbs

    spoken = lang or usual_lang()
    with _progress(quiet=quiet or form == "json", lang=lang):
        outcome = verbs.merge_to(paths, out, project=project, as_of=as_of, now=_now(), lang=spoken, templates=templates)
    if form == "text":
        _tell(lang, f"已生成 {out}", f"Wrote {out}")
    _show(outcome, form, spoken)


@main.command()
@click.argument("folder", type=FILE, default=Path("xlsflow-demo"), metavar="[DIR]")
@_lang_option("Language of the report.")
def demo(folder: Path, lang: Lang | None) -> None:
    """Lay one whole round of an example project out in a folder, ready to open."""
    from xlsflow.flow import verbs

    for line in verbs.demo(folder, lang=lang or usual_lang()):
        click.echo(line)


@main.group()
def templates() -> None:
    """Look at the definitions of sheets, or check your own."""


@templates.command("list")
@_lang_option("Language of the list.")
@_templates
def templates_list(lang: Lang | None, templates: Sequence[Path]) -> None:
    """List packs and the sheets in each."""
    from xlsflow.flow import verbs

    for line in verbs.list_templates(lang or usual_lang(), templates=templates):
        click.echo(line)


@templates.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE.toml...")
@_templates
def templates_check(files: Sequence[Path], templates: Sequence[Path]) -> None:
    """Tell every mistake in definitions of your own, each with its place."""
    from xlsflow.flow import verbs

    mistakes = [mistake for file in files for mistake in verbs.check_template(file, templates=templates)]
    for mistake in mistakes:
        click.echo(str(mistake))
    sys.exit(FINDINGS if mistakes else CLEAN)


def _now() -> datetime:
    """Return the present, with its zone: the one place where a clock is read."""
    return datetime.now().astimezone()


def _tell(lang: Lang | None, zh: str, en: str) -> None:
    click.echo(zh if (lang or usual_lang()) == "zh" else en)


def _progress(*, quiet: bool, lang: Lang | None) -> Any:  # noqa: ANN401 - rich's own context
    """Return a sign of life on a terminal, and nothing anywhere else."""
    from contextlib import nullcontext

    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    words = "正在读取和检查……" if (lang or usual_lang()) == "zh" else "Reading and checking…"
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
