"""A data dictionary as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.render.as_columns import cells, columns, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.i18n import Lang
    from xlsflow.template.dictionary import Dictionary, Section

RULES = LocalizedText("规则", "Rules")


def dictionary_lines(name: str, told: Dictionary, lang: Lang, width: int) -> Iterator[str]:
    """Yield a data dictionary line by line.

    Args:
        name: What the sheet is called by.
        told: Its dictionary.
        lang: Language of the few words between.
        width: Cells of a line; a row of fields may be longer.
    """
    yield f"{name}  {told.title}"
    heads = max(cells(head) for head, _ in told.facts)
    for head, text in told.facts:
        indent = f"  {head}{' ' * (heads - cells(head))}  "
        yield from wrapped(text, width, indent, " " * (heads + 4))
    for section in told.sections:
        yield ""
        yield from _section(section, lang, width)


def _section(section: Section, lang: Lang, width: int) -> Iterator[str]:
    yield section.title
    rows = columns([(one.at, one.label, one.name, one.kind) for one in section.entries])
    for row, one in zip(rows, section.entries, strict=True):
        yield f"  {row}"
        for text in one.said:
            yield from wrapped(text, width, " " * 8, " " * 8)
    if section.rules and section.entries:
        yield f"  {RULES.say(lang)}"
    for rule in section.rules:
        yield from wrapped(rule, width, "    - ", "      ")
