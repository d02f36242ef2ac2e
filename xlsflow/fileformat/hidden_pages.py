"""How a consolidated workbook stores what no reader sees: the names of its hidden pages, and facts as text.

`reports` writes these pages and `intake` reads them back, so that a merge can continue from a consolidated workbook.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from xlsflow.fileformat.excel_limits import MAX_CELL_TEXT
from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

META_PAGE = "_meta"
PROJECT_PAGE = "_project"
PARTS_PAGE = "_parts"
BLOCKS_PAGE = "_blocks"
FILES_PAGE = "_files"
FINDINGS_PAGE = "_findings"
LEDGER_PAGE = "_ledger"
SET_ASIDE_PAGE = "_aside"
DUPLICATES_PAGE = "_again"
ROW_ORIGINS_PAGE = "_places"
CODES_PAGE = "_codes"
LONG_TEXTS_PAGE = "_long"
WAIVERS_PAGE = "_waivers"
WRITTEN_PAGE = "_written"
LEAF_ROWS_PAGE = "_leaves"
TOUCHED_PAGE = "_touched"
HISTORY_PAGE = "_history"
ROUNDS_PAGE = "_rounds"
PROPOSALS_PAGE = "_proposals"
DECISIONS_PAGE = "_decisions"

PROPOSAL_ID, PICK = "proposal", "pick"
"""Keys of the columns of the sheet "Conflicts and proposals" that are read back: which proposal, what was decided."""

TAKE, KEEP = LocalizedText("采用", "Take"), LocalizedText("保留", "Keep")
"""The picks of the dropdown: the proposed value, row or date is taken, or what is in the data is kept."""

AS_OF_FACT = "instant"
"""The fact of the stamp that holds the instant a report is true for."""

ROWS_FACT = "rows."
"""Begins the fact that holds how many rows a hidden page has (`rows._findings`), on all of its sheets."""

CHUNK_LENGTH = MAX_CELL_TEXT // 2
"""Characters of one cell of a hidden page: a character beyond U+FFFF takes two UTF-16 units."""

CONTINUATION_SIGN = "#"
"""Separates a column's name from a number where its texts continue in further columns (`facts#2`)."""

# Keys of the JSON objects that stand for a date; no field and no fact begins with a dollar sign.
_DATE_TYPES: Mapping[str, type[date]] = {"$date": date, "$datetime": datetime}


def facts_text(facts: Mapping[str, object]) -> str:
    """Return facts as JSON; localized texts and dates become objects with a `$` key.

    >>> facts_text({"due": date(2026, 3, 31)})
    '{"due": {"$date": "2026-03-31"}}'
    """
    return json.dumps(facts, ensure_ascii=False, default=_encode)


def parse_facts(text: str) -> dict[str, Any]:
    """Return the facts of a text that `facts_text` made.

    Raises:
        ValueError: The text is something else.
    """
    facts = json.loads(text or "{}", object_hook=_decode)
    if not isinstance(facts, dict):
        raise ValueError(text[:40])  # noqa: TRY004 - the text is wrong, whatever type it decodes to
    return facts


def _encode(fact: object) -> dict[str, str]:
    if isinstance(fact, LocalizedText):
        return {"$zh": fact.zh, "$en": fact.en}
    if isinstance(fact, date):
        return {"$datetime" if isinstance(fact, datetime) else "$date": fact.isoformat()}
    raise TypeError(f"a {type(fact).__name__} cannot be stored as a fact")


def _decode(json_object: dict[str, Any]) -> object:
    if json_object.keys() == {"$zh", "$en"}:
        return LocalizedText(json_object["$zh"], json_object["$en"])
    if len(json_object) == 1 and (date_type := _DATE_TYPES.get(*json_object)):
        return date_type.fromisoformat(json_object[next(iter(json_object))])
    return json_object
