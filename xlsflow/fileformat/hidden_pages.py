"""HOW A CONSOLIDATED WORKBOOK KEEPS WHAT NO READER SEES: the names of its hidden pages, and facts as text.

`reports` writes these pages, `intake` reads them back; neither knows of the other.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

META, PROJECT, BLOCKS, FILES, FINDINGS = "_meta", "_project", "_blocks", "_files", "_findings"
LEDGER, ASIDE, AGAIN, PLACES, CODES, LONG = "_ledger", "_aside", "_again", "_places", "_codes", "_long"
WAIVERS = "_waivers"
"""Names of the hidden pages."""

PROPERTY = "xlsflow."
"""What stands before a fact of the stamp among a file's properties."""

BOOK = "book"
"""What a consolidated workbook says that it is, where a return says `return`."""

INSTANT = "instant"
"""The fact of the stamp that says what a workbook's report is true for."""

MOST_OF_A_CELL = 32_767
"""What a cell can hold, in UTF-16 units."""

MOST = MOST_OF_A_CELL // 2
"""Characters of one cell of a hidden page; one that is beyond U+FFFF counts twice."""

MORE = "#"
"""What stands between the name of a column and a number, where its texts run on in further columns."""

_MOMENTS: Mapping[str, type[date]] = {"$date": date, "$datetime": datetime}
"""No field of a definition and no fact has a name like these."""


def facts_text(facts: Mapping[str, object]) -> str:
    """Return facts as one text: words in both their languages, moments as such.

    >>> facts_text({"due": date(2026, 3, 31)})
    '{"due": {"$date": "2026-03-31"}}'
    """
    return json.dumps(facts, ensure_ascii=False, default=_told)


def facts_of(text: str) -> dict[str, Any]:
    """Return the facts that a text was made of.

    Raises:
        ValueError: It is no such text.
    """
    facts = json.loads(text or "{}", object_hook=_understood)
    if not isinstance(facts, dict):
        raise ValueError(text[:40])  # noqa: TRY004 - of whatever sort the text is, it is a wrong text
    return facts


def _told(fact: object) -> dict[str, str]:
    if isinstance(fact, LocalizedText):
        return {"$zh": fact.zh, "$en": fact.en}
    if isinstance(fact, date):
        return {"$datetime" if isinstance(fact, datetime) else "$date": fact.isoformat()}
    raise TypeError(f"a {type(fact).__name__} is not kept")


def _understood(told: dict[str, Any]) -> object:
    if told.keys() == {"$zh", "$en"}:
        return LocalizedText(told["$zh"], told["$en"])
    if len(told) == 1 and (kind := _MOMENTS.get(*told)):
        return kind.fromisoformat(told[next(iter(told))])
    return told
