"""The table of every form that goes out: its Chinese name, its sheet, its packs; the pages of forms hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.pipeline.project_file import open_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.i18n import Lang
    from xlsflow.template.model import Pack, SheetUse, Template

HEADS = {
    "zh": ("| 表单 | 定义 | 模板包 |", "| --- | --- | --- |"),
    "en": ("| form | in English | sheet | packs |", "| --- | --- | --- | --- |"),
}

OPTIONAL = "+"
"""Behind a pack that has the form where the project adds it."""


def forms() -> Iterator[tuple[Pack, SheetUse, Template]]:
    """Yield every form that goes out to regions, pack by pack."""
    library = open_library()
    for pack in map(library.pack, library.pack_files):
        for use in () if pack.setup else pack.all_uses:
            template = library.template_for(use)
            if not template.cover:
                yield pack, use, template


def forms_table(lang: Lang) -> str:
    """Return the table in one language, a line a form; a form of the same name in several packs is listed once."""
    rows: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for pack, use, template in forms():
        sheets, packs = rows.setdefault(template.title.both(), ({}, {}))
        sheets[f"`{use.template}:{use.variant}`" if use.variant else f"`{use.template}`"] = None
        packs[f"`{pack.name}`{'' if use in pack.sheets else OPTIONAL}"] = None
    lines = [
        "| "
        + " | ".join(
            (
                zh,
                *((en,) if lang == "en" else ()),
                " ".join(sorted(sheets, key=lambda name: name.strip("`"))),
                " ".join(packs),
            )
        )
        + " |"
        for (zh, en), (sheets, packs) in sorted(
            rows.items(), key=lambda row: min(name.strip("`") for name in row[1][0])
        )
    ]
    return "\n".join((*HEADS[lang], *lines))
