"""The tables of the page on the project workbook, made from the definitions: its sheets, the packs, their figures."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, get_args, get_type_hints

from xlsflow.model.project import Project
from xlsflow.pipeline.project_file import open_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.lists import ChoiceList
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import DataBlock, Pack, TimingRule

_HEADS = {"zh": ("填写项", "数据名", "不填时", "说明"), "en": ("entry", "name", "if blank", "what to enter")}
_REQUIRED = {"zh": "必填", "en": "required"}
_HANDBOOK_HEADS = {
    "zh": ("手册", "模板包", "工作表", "可加的表"),
    "en": ("handbook", "pack", "sheets", "may be added"),
}
_FIGURE_HEADS = {"zh": ("名称", "数据名"), "en": ("name in the dropdown", "name")}
_SPANS = {
    "zh": {"hours": "{:g} 小时", "working_days": "{:g} 个工作日", "days": "{:g} 天"},
    "en": {"hours": "{:g} h", "working_days": "{:g} working d", "days": "{:g} d"},
}
_EVERY = {
    "zh": {"day": "每天", "week": "每周", "month": "每月"},
    "en": dict.fromkeys(("day", "week", "month"), "every {}"),
}


def sheets_tables(lang: Lang) -> str:
    """Return a section for each sheet of the project workbook, with a line for each entry."""
    return "\n\n".join(_sections(open_library(), lang))


def handbooks_table(lang: Lang) -> str:
    """Return the packs that go out: the handbook that each follows, and its sheets."""
    library = open_library()
    names = library.lists["pack_names"]
    rows = [
        (
            f"{_label(names, pack.name, lang)}{_default_mark(pack, lang)}",
            f"`{pack.name}`",
            *(
                _listed((library.template_for(use).title.say(lang) for use in uses if use.template != "cover"), lang)
                or "–"
                for uses in (pack.sheets, pack.optional)
            ),
        )
        for pack in _packs(library)
    ]
    return _table([_HANDBOOK_HEADS[lang], *rows])


def figures_table(lang: Lang) -> str:
    """Return the settings, then the timing rules, with the figure that each pack has."""
    library = open_library()
    packs = list(_packs(library))
    heads = (*_FIGURE_HEADS[lang], *(f"`{pack.name}`" for pack in packs))
    settings = [
        (choice.label.say(lang), f"`{choice.code}`", *(_figure(pack.settings.get(choice.code)) for pack in packs))
        for choice in library.lists["setting_names"].values
    ]
    timing = [
        (choice.label.say(lang), f"`{choice.code}`", *(_limit(pack.timing.get(choice.code), lang) for pack in packs))
        for choice in library.lists["timing_rules"].values
    ]
    return "\n\n".join((_table([heads, *settings]), _table([heads, *timing])))


def _packs(library: Library) -> Iterator[Pack]:
    """Yield the packs that go out to regions, the default one first."""
    packs = [pack for pack in map(library.pack, library.pack_files) if not pack.setup]
    yield from sorted(packs, key=lambda pack: not pack.default)


def _sections(library: Library, lang: Lang) -> Iterator[str]:
    (setup,) = (pack for pack in map(library.pack, library.pack_files) if pack.setup)
    for use in setup.sheets:
        template = library.template_for(use)
        yield f"### {template.tab.say(lang)}"
        if template.hint:
            yield template.hint.say(lang)
        for block in template.data:
            rows = [_entry(library, block, field, lang) for field in block.columns]
            yield _table([_HEADS[lang], *rows])


def _entry(library: Library, block: DataBlock, field: FieldBase, lang: Lang) -> tuple[str, ...]:
    default = _REQUIRED[lang] if field.required else _default(library, block, field, lang)
    note = field.help.say(lang) if field.help else ""
    return (field.label.say(lang), f"`{block.name}.{field.name}`", default, note)


def _default(library: Library, block: DataBlock, field: FieldBase, lang: Lang) -> str:
    """Return what the code takes where an entry is blank, in the words of the sheet."""
    kind = get_type_hints(Project)[block.name]
    kind = next(iter(get_args(kind)), kind)
    (value,) = (part.default for part in fields(kind) if part.name == field.name) if _has(kind, field) else ("",)
    if not isinstance(value, str) or not value:
        return "–"
    choices = library.lists.get(field.list_name())
    return _label(choices, value, lang) if choices else f"`{value}`"


def _has(kind: type, field: FieldBase) -> bool:
    return field.name in {part.name for part in fields(kind)}


def _label(choices: ChoiceList, code: str, lang: Lang) -> str:
    return next((choice.label.say(lang) for choice in choices.values if choice.code == code), code)


def _default_mark(pack: Pack, lang: Lang) -> str:
    if not pack.default:
        return ""
    return "（默认）" if lang == "zh" else " (default)"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _limit(rule: TimingRule | None, lang: Lang) -> str:
    """Return the limit of a rule in short form: `24 h`, `24 h (urgent 2)`, `every week`."""
    if rule is None:
        return "–"
    if rule.every:
        return _EVERY[lang][rule.every].format(rule.every)
    text = next(form.format(getattr(rule, unit)) for unit, form in _SPANS[lang].items() if getattr(rule, unit))
    cases = ", ".join(f"{code} {value:g}" for code, value in rule.case.items())
    return text if not cases else f"{text}（{cases}）" if lang == "zh" else f"{text} ({cases})"


def _listed(texts: Iterable[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(texts)


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
