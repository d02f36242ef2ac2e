"""What Excel shows and accepts while a cell is filled in: help, dropdown or bounds, and the text of a refusal.

xlsxwriter drops a validation whose text is too long and only warns. Here texts are shortened to fit, and a validation
that it refuses stops the work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.fileformat.excel_limits import MAX_VALIDATION_TEXT, MAX_VALIDATION_TITLE, excel_length
from xlsflow.i18n import Lang
from xlsflow.workbook.self_check.entry_checks import id_shape
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import KEEP_FORMULA

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.template.kinds import EntryRule, FieldBase
    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook

_CLAUSE_END = re.compile(r"[。；！？;!?]\s*|\.\s+|[，、：:,]\s*|\s+")


@dataclass(frozen=True, slots=True)
class CellBlock:
    """A range of cells, counted from 0, both ends included."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int


def validation_options(
    field: FieldBase, rule: EntryRule | None, source: str, cell: str, outgoing: OutgoingWorkbook
) -> Mapping[str, object]:
    """Return the options of xlsxwriter's `data_validation` for a field's cells; empty if they need none.

    Args:
        field: The field.
        rule: What the cell accepts.
        source: The formula behind its dropdown; empty if it has none.
        cell: The address of the first of the cells, relative so that Excel adjusts it for the others.
        outgoing: The workbook: its language, the project's lists and settings.
    """
    lang, scope = outgoing.lang, outgoing.scope
    if not source and rule is not None and rule.value_type == "list":
        return {}  # an empty list would refuse every value
    label = field.label.say(lang)
    sentence = field.help_text(lang, scope)
    gap = "" if lang == "zh" else " "
    # An input message rather than a comment: it is reached by keyboard, and leaves no mark in the corner.
    options: dict[str, object] = {"input_title": shorten_at_clause(label, MAX_VALIDATION_TITLE)}
    if sentence:
        options["input_message"] = shorten_at_clause(sentence, MAX_VALIDATION_TEXT)
    if source:
        # A reference may lead to a row of another region, which this workbook's dropdown does not have.
        stops = rule is not None and rule.value_type == "list" and rule.stop and not field.to
        reason = texts.NOT_IN_LIST if stops else texts.UNLISTED_PERSON
        options |= {"validate": "list", "source": source, "error_type": "stop" if stops else "warning"}
        return options | _error_texts(label, gap.join((reason.say(lang), sentence)))
    if rule is None:
        return {"validate": "any", **options}
    if rule.value_type == "id":
        shape = f"={id_shape(cell, rule.prefix, rule.most)}"
        example = texts.ID_SHAPE.format(lang, prefix=rule.prefix)
        options |= {"validate": "custom", "value": shape, "error_type": "stop"}
        return options | _error_texts(label, gap.join((texts.NOT_ACCEPTED.say(lang), example)))
    options |= {"validate": rule.value_type, "criteria": "between", "minimum": rule.least, "maximum": rule.most}
    options["error_type"] = "stop" if rule.stop else "warning"
    reason = texts.TOO_LONG if rule.value_type == "length" else texts.NOT_ACCEPTED
    return options | _error_texts(label, gap.join((reason.format(lang, most=rule.most), sentence)))


def _error_texts(label: str, text: str) -> dict[str, object]:
    return {
        "error_title": shorten_at_clause(label, MAX_VALIDATION_TITLE),
        "error_message": shorten_at_clause(text.strip(), MAX_VALIDATION_TEXT),
    }


def add_validation(sheet: Worksheet, cells: CellBlock, options: Mapping[str, object]) -> None:
    """Add a validation to cells, if there are options.

    Raises:
        ValueError: xlsxwriter refused it, or Excel would.
    """
    if not options:
        return
    source = options.get("source")
    # xlsxwriter checks the length of a list of values, but not that of a formula.
    if isinstance(source, str) and len(source) > MAX_VALIDATION_TEXT:
        raise ValueError(f"the formula of a dropdown is longer than Excel accepts: {source}")
    written = {**options, "source": f"{source}{KEEP_FORMULA}"} if isinstance(source, str) else dict(options)
    status = sheet.data_validation(cells.first_row, cells.first_col, cells.last_row, cells.last_col, written)
    if status != 0:
        raise ValueError(f"xlsxwriter refuses the validation: {options}")


def add_guard(sheet: Worksheet, cells: CellBlock, lang: Lang) -> None:
    """Refuse whatever is typed into cells that the workbook fills itself, on a sheet that is not protected.

    A protected sheet would keep people from sorting, and in LibreOffice 7.4 from widening a column.
    """
    options = {
        "validate": "custom",
        "value": "=FALSE",
        "error_title": texts.GUARDED_TITLE.say(lang),
        "error_message": texts.GUARDED.say(lang),
    }
    add_validation(sheet, cells, options)


def shorten_at_clause(text: str, limit: int) -> str:
    """Return a text of at most `limit` UTF-16 units; a longer one is cut behind a clause or word, with an ellipsis.

    >>> shorten_at_clause("A date, like 2026-03-31.", 10)
    'A date…'
    """
    if excel_length(text) <= limit:
        return text
    shortened = text
    while excel_length(shortened) > limit - 1:
        shortened = shortened[:-1]
    # Not before the middle: a long first word must not leave next to nothing.
    ends = [match.start() for match in _CLAUSE_END.finditer(shortened) if match.start() >= len(shortened) // 2]
    return shortened[: ends[-1] if ends else len(shortened)].rstrip(" ,，、;；:：") + "…"
