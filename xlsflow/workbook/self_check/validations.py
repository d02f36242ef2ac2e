"""What a cell says while it is filled in: the help beside it, the dropdown or bounds, the words of a refusal.

xlsxwriter drops a validation whose text is too long, with a mere warning; here texts are made to fit, and what it
would not take stops the work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.i18n import Lang
from xlsflow.template.kinds import EntryRule, FieldBase, Scope
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import KEEP_FORMULA

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_TITLE, MOST_TEXT, MOST_FORMULA = 32, 255, 255
"""What Excel takes; longer ones make it ask to repair the file."""
_CLAUSE_END = re.compile(r"[。；！？;!?]\s*|\.\s+|[，、：:,]\s*|\s+")


@dataclass(frozen=True, slots=True)
class Cells:
    """A range of cells, counted from 0, both ends included."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int


def validation(one: FieldBase, rule: EntryRule | None, source: str, lang: Lang, scope: Scope) -> Mapping[str, object]:
    """Return what xlsxwriter is told of a field's cells; empty where there is nothing to say.

    Args:
        one: The field.
        rule: What the cell accepts while it is typed in.
        source: The formula behind its dropdown, empty where it has none.
        lang: The language of help and refusal.
        scope: The project's lists and figures.
    """
    if not source and rule is not None and rule.sort == "list":
        return {}  # a list that nobody has filled yet: a rule would refuse everything
    label = one.label.say(lang)
    sentence = one.sentence(lang, scope)
    said: dict[str, object] = {"input_title": shortened(label, MOST_TITLE)}
    if sentence:
        said["input_message"] = shortened(sentence, MOST_TEXT)
    if source:
        stops = rule is not None and rule.sort == "list" and rule.stop and not one.to
        why = texts.NOT_IN_LIST if stops else texts.NEWCOMER
        rules: dict[str, object] = {"validate": "list", "source": source, "error_type": "stop" if stops else "warning"}
        return {**said, **rules, **_refusal(label, f"{why.say(lang)} {sentence}")}
    if rule is None:
        return {"validate": "any", **said}
    bounds = {"validate": rule.sort, "criteria": "between", "minimum": rule.least, "maximum": rule.most}
    why = texts.TOO_LONG if rule.sort == "length" else texts.NOT_ACCEPTED
    text = f"{why.say(lang).format(most=rule.most)} {sentence}"
    return {**said, **bounds, "error_type": "stop" if rule.stop else "warning", **_refusal(label, text)}


def _refusal(label: str, text: str) -> Mapping[str, object]:
    return {"error_title": shortened(label, MOST_TITLE), "error_message": shortened(text.strip(), MOST_TEXT)}


def validate(sheet: Worksheet, cells: Cells, said: Mapping[str, object]) -> None:
    """Add a validation to cells.

    Raises:
        ValueError: Excel would not take it.
    """
    if not said:
        return
    source = said.get("source")
    if isinstance(source, str) and len(source) > MOST_FORMULA:
        raise ValueError(f"the formula of a dropdown is longer than Excel takes: {source}")
    options = {**said, "source": f"{source}{KEEP_FORMULA}"} if isinstance(source, str) else dict(said)
    done = sheet.data_validation(cells.first_row, cells.first_col, cells.last_row, cells.last_col, options)
    if done != 0:
        raise ValueError(f"Excel takes no such validation: {said}")


def shortened(text: str, most: int) -> str:
    """Return a text that Excel takes: cut behind a clause or word, with an ellipsis, where it is longer.

    >>> shortened("A date, like 2026-03-31.", 10)
    'A date…'
    """
    if _length(text) <= most:
        return text
    kept = text
    while _length(kept) > most - 1:
        kept = kept[:-1]
    ends = [found.start() for found in _CLAUSE_END.finditer(kept) if found.start() >= len(kept) // 2]
    return kept[: ends[-1] if ends else len(kept)].rstrip(" ,，、;；:：") + "…"


def _length(text: str) -> int:
    """Return the length as Excel counts it: a character beyond the basic plane counts as two."""
    return len(text.encode("utf-16-le")) // 2
