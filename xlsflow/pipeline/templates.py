"""The verbs `templates ...`: list definitions, show one as a data dictionary, check your own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import NoSuchTemplate, TemplateError
from xlsflow.i18n import LocalizedText
from xlsflow.pipeline.project_file import open_library, setup_pack
from xlsflow.system.atomic_write import make_folder, write_text_atomically

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.template.data_dictionary import (
        DictionaryContext,
        FieldPosition,
    )
    from xlsflow.template.kinds import Scope
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Pack, SheetUse, Template, TimingRule

_Paths = Sequence[Path | str]
HERE = Path("project.xlsx")
NEITHER = LocalizedText("没有叫“{name}”的表或模板包", "There is no sheet or pack “{name}”")
EMPTY = LocalizedText("文件夹 {name} 里没有模板（.toml）", "The folder {name} contains no templates (.toml)")
KINDS_OF_FOLDER = ("sheets", "packs")


def list_templates(lang: Lang, *, templates: _Paths = ()) -> Iterator[str]:
    """Yield the packs and the sheets in each, a line each: name, title, purpose.

    Args:
        lang: Language of the titles.
        templates: Folders of your own definitions.
    """
    from xlsflow.render.as_columns import aligned_rows

    library = _library(templates)
    packs = [library.pack(name) for name in library.pack_files]
    used = {_use_name(use): library.template_for(use) for pack in packs for use in pack.all_uses}
    # One table for all packs, so that the columns of one line up with those of the next.
    lines = dict(zip(used, aligned_rows([_row(name, sheet, lang) for name, sheet in used.items()]), strict=True))
    for pack in packs:
        role = DEFAULT if pack.default else SETUP if pack.setup else None
        yield f"{pack.name}  {pack.title.say(lang)}" + (f"  ({role.say(lang)})" if role else "")
        yield from (f"    {lines[_use_name(use)]}" for use in pack.sheets)
        yield from (f"  + {lines[_use_name(use)]}" for use in pack.optional)
        yield ""
    named = {use.template for pack in packs for use in pack.all_uses}
    if idle := [name for name in library.sheet_files if name not in named]:
        yield IDLE.say(lang)
        yield from (f"    {line}" for line in aligned_rows([_row(name, library.template(name), lang) for name in idle]))
        yield ""
    yield MORE.say(lang)


def show_template(name: str, lang: Lang, *, templates: _Paths = (), width: int = 100) -> Iterator[str]:
    """Yield the data dictionary of a sheet, or what a pack consists of.

    Args:
        name: A sheet, `sheet:variant`, or a pack; where a sheet and a pack have the name, both are shown.
        lang: Language of the dictionary.
        templates: Folders of your own definitions.
        width: Cells of a line.

    Raises:
        TemplateError: There is neither a sheet nor a pack of that name, or its definition is wrong.
    """
    library = _library(templates)
    sheet, _, variant = name.partition(":")
    found = [
        *([_pack_lines(library.pack(name), library, lang, width)] if name in library.pack_files else []),
        *([_sheet_lines(sheet, variant, library, lang, width)] if sheet in library.sheet_files else []),
    ]
    if not found:
        known = [*library.sheet_files, *library.pack_files]
        raise NoSuchTemplate(name, NEITHER, known, compared=sheet)
    for number, lines in enumerate(found):
        if number:
            yield ""
        yield from lines


def check_templates(files: Iterable[Path | str], *, templates: _Paths = ()) -> tuple[int, list[TemplateError]]:
    """Return the number of files that were checked, and every error in them, each once.

    A file in a folder of definitions is checked together with the rest of that folder.

    Args:
        files: Sheets, packs, `lists.toml`, `fields.toml`, or folders of them.
        templates: Folders of your own definitions.

    Raises:
        TemplateError: A file is not there.
    """
    found: dict[str, TemplateError] = {}
    looked_at = [path for file in files for path in _definitions(Path(file))]
    libraries: dict[Path, Library] = {}
    for path in looked_at:
        folder = _folder_of(path)
        if folder not in libraries:
            libraries[folder] = _library([*templates, folder])
        for mistake in libraries[folder].errors_in(path):
            path_ = Path(mistake.file).absolute()  # a file may be named relative to here, or to its folder
            found.setdefault(f"{path_}: {mistake.at}: {mistake.why}", mistake)
    return len(looked_at), list(found.values())


def write_schemas(out: Path | str, *, templates: _Paths = ()) -> list[Path]:
    """Write the JSON schemas of definitions, for editors, into a folder and return their paths.

    Args:
        out: The folder.
        templates: Folders of your own definitions, whose lists and fields an editor shall offer too.

    Raises:
        OutputError: The folder cannot be made, or a file not be written.
    """
    from xlsflow.template.loading.jsonschema import definition_schemas

    folder = Path(out)
    make_folder(folder)
    written = []
    for name, schema in definition_schemas(_library(templates)).items():
        path = folder / name
        write_text_atomically(path, json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
        written.append(path)
    return written


def _library(templates: Iterable[Path | str]) -> Library:
    """Return the definitions; a folder `templates` here counts as beside the project workbook that would lie here."""
    return open_library([Path(folder) for folder in templates], HERE)


def _use_name(use: SheetUse) -> str:
    return f"{use.template}:{use.variant}" if use.variant else use.template


def _row(name: str, sheet: Template, lang: Lang) -> tuple[str, str, str]:
    return name, sheet.title.say(lang), sheet.purpose.say(lang)


def _definitions(path: Path) -> list[Path]:
    """Return a file, or the definitions in a folder."""
    if path.is_dir():
        folders = (path, *(path / kind for kind in KINDS_OF_FOLDER))
        found = [file for folder in folders for file in sorted(folder.glob("*.toml"))]
        if not found:
            raise NoSuchTemplate(path, EMPTY)
        return found
    if not path.is_file():
        raise NoSuchTemplate(path, LocalizedText("找不到模板文件 {name}", "The template file {name} does not exist"))
    return [path]


def _folder_of(path: Path) -> Path:
    """Return the folder of definitions that a file belongs to."""
    folder = path.absolute().parent
    return folder.parent if folder.name in KINDS_OF_FOLDER else folder


def _sheet_lines(name: str, variant: str, library: Library, lang: Lang, width: int) -> Iterator[str]:
    from xlsflow.render.as_dictionary import dictionary_lines
    from xlsflow.template.data_dictionary import data_dictionary

    template = library.template(name, variant)
    content = data_dictionary(template, lang, _context(template, variant, library, lang))
    return dictionary_lines(f"{name}:{variant}" if variant else name, content, lang, width)


def _context(template: Template, variant: str, library: Library, lang: Lang) -> DictionaryContext:
    """Return what the dictionary of a sheet needs besides its definition."""
    from xlsflow.template.data_dictionary import DictionaryContext

    scope = library.scope()
    uses = [
        f"{pack.name} ({_use_name(use)})" if use.variant and not variant else pack.name
        for pack in map(library.pack, library.pack_files)
        for use in pack.all_uses
        if use.template == template.name and variant in ("", use.variant)
    ]
    fields = [field for block in template.data for field in block.columns]
    return DictionaryContext(
        scope=scope,
        project_lists=library.project_lists,
        positions=_spots(template.resolved(scope), scope, lang),
        targets={field.to: _target(field.to, library) for field in fields if field.to},
        packs=tuple(uses),
        variants=() if variant else library.variants(template.name),
    )


def _spots(template: Template, scope: Scope, lang: Lang) -> Mapping[tuple[str, str], FieldPosition]:
    """Return the position of every field: the cell in a form, the column in a table."""
    from xlsflow.fileformat.cells import a1, column_letters
    from xlsflow.layout.sheet_layout import FormLayout, data_layouts, lay_out
    from xlsflow.template.data_dictionary import FieldPosition

    layout = lay_out(template, lang, scope)
    spots: dict[tuple[str, str], FieldPosition] = {}
    for block, block_layout in data_layouts(template, layout):
        if isinstance(block_layout, FormLayout):
            spots |= {
                (block.name, cell.field): FieldPosition(a1(cell.row, cell.value.first)) for cell in block_layout.cells
            }
            continue
        ahead = {field.name for field in block.fields}  # positions after them depend on the columns of the project
        for name, span in block_layout.columns.items():
            if name in ahead or not block.groups:
                spots[block.name, name] = FieldPosition(column_letters(span.first), span.first <= layout.printed_col)
    return spots


def _target(to: str, library: Library) -> LocalizedText:
    """Return the target of a reference in words."""
    sheet, block, name = to.split(".")
    template = library.template(sheet)
    label = next((field.label for field in template.block(block).columns if field.name == name), None)
    zh, en = label.both() if label else (name, name)
    return LocalizedText(f"《{template.title.zh}》的“{zh}”", f"“{en}” of “{template.title.en}”")


def _pack_lines(pack: Pack, library: Library, lang: Lang, width: int) -> Iterator[str]:
    from xlsflow.render.as_columns import aligned_rows, wrapped_lines

    yield f"{pack.name}  {pack.title.say(lang)}"
    yield from wrapped_lines(pack.subtitle.say(lang), width, "  ", "  ")
    yield ""
    for heading, uses in ((_SHEETS_HEADING, pack.sheets), (_OPTIONAL_HEADING, pack.optional)):
        if uses:
            rows = [_row(_use_name(use), library.template_for(use), lang) for use in uses]
            yield from (heading.say(lang), *(f"  {line}" for line in aligned_rows(rows)))
    labels = _setup_labels(library, lang)
    for title, rows in (
        (SETTINGS, [(name, labels.get(name, ""), f"{value:g}") for name, value in pack.settings.items()]),
        (TIMING, [(name, labels.get(name, ""), _duration(rule, lang)) for name, rule in pack.timing.items()]),
    ):
        if rows:
            yield ""
            yield title.say(lang)
            yield from (f"  {line}" for line in aligned_rows(rows))


def _setup_labels(library: Library, lang: Lang) -> Mapping[str, str]:
    """Return code -> label of all lists of the project workbook, the names of settings and timing rules among them."""
    names = {
        field.list_name()
        for use in setup_pack(library).sheets
        for block in library.template_for(use).data
        for field in block.columns
    }
    lists = [library.lists[name] for name in sorted(names & set(library.lists))]
    return {choice.code: choice.label.say(lang) for choices in lists for choice in choices.values}


def _duration(rule: TimingRule, lang: Lang) -> str:
    """Return the time that a timing rule allows, in words."""
    parts = [SPANS[key].format(lang, n=f"{span:g}") for key, span in rule.spans.items() if span is not None]
    if rule.every:
        parts.append(EVERY[rule.every].say(lang))
    parts += [f"{case}: {span:g}" for case, span in rule.case.items()]
    return ("，" if lang == "zh" else ", ").join(parts)


DEFAULT = LocalizedText("默认", "default")
SETUP = LocalizedText("项目设置表", "project workbook")
IDLE = LocalizedText("不在任何模板包里的表", "Sheets that are in no pack")
MORE = LocalizedText(
    "查看一张表或一个模板包：xlsflow templates show 名称",
    "To see a sheet or a pack in full: xlsflow templates show NAME",
)
_SHEETS_HEADING = LocalizedText("表", "Sheets")
_OPTIONAL_HEADING = LocalizedText(
    "可选的表（在项目设置表的“附加表”中启用）", "Optional sheets (added under “Extra sheets” in the project workbook)"
)
SETTINGS = LocalizedText("参数（可在项目设置表中修改）", "Settings (can be changed in the project workbook)")
TIMING = LocalizedText("时限（可在项目设置表中修改）", "Timing rules (can be changed in the project workbook)")
SPANS: Mapping[str, LocalizedText] = {
    "hours": LocalizedText("{n} 小时内", "within {n} {n:hour|hours}"),
    "working_days": LocalizedText("{n} 个工作日内", "within {n} {n:working day|working days}"),
    "days": LocalizedText("{n} 天内", "within {n} {n:day|days}"),
}
EVERY: Mapping[str, LocalizedText] = {
    "day": LocalizedText("每天", "every day"),
    "week": LocalizedText("每周", "every week"),
    "month": LocalizedText("每月", "every month"),
}
