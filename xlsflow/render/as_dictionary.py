"""A data dictionary as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.render.as_columns import aligned_rows, display_width, wrapped_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.i18n import Lang
    from xlsflow.template.data_dictionary import DataDictionary, DictionarySection

_RULES = LocalizedText("规则", "Rules")


def dictionary_lines(name: str, dictionary: DataDictionary, lang: Lang, width: int) -> Iterator[str]:
    """Yield a data dictionary line by line.

    Args:
        name: What the sheet is called by.
        dictionary: Its dictionary.
        lang: Language of the few words between.
        width: Cells of a line; a row of fields may be longer.
    """
    yield f"{name}  {dictionary.title}"
    heads = max(display_width(head) for head, _ in dictionary.facts)
    for head, text in dictionary.facts:
        indent = f"  {head}{' ' * (heads - display_width(head))}  "
        yield from wrapped_lines(text, width, indent, " " * (heads + 4))
    for section in dictionary.sections:
        yield ""
        yield from _section(section, lang, width)


def _section(section: DictionarySection, lang: Lang, width: int) -> Iterator[str]:
    yield section.title
    rows = aligned_rows([(entry.at, entry.label, entry.name, entry.kind) for entry in section.entries])
    for row, entry in zip(rows, section.entries, strict=True):
        yield f"  {row}"
        for text in entry.notes:
            yield from wrapped_lines(text, width, " " * 8, " " * 8)
    if section.rules and section.entries:
        yield f"  {_RULES.say(lang)}"
    for rule in section.rules:
        yield from wrapped_lines(rule, width, "    - ", "      ")
