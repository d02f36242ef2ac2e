"""Rows that a blank table goes out with, such as the standing agenda of a meeting or the people who must attend it.

They are a proposal, not data: `is_starting_row` tells the reader which rows nobody has touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field as PydanticField

from xlsflow.i18n import Lang, LocalizedText
from xlsflow.template.printed_blocks import StrictModel

_PLACE = re.compile(r"\{(?:code|name|head|number)\}")
_NUMBER = "{number}"

Place = Mapping[str, LocalizedText]
"""`code`, `name` and `head` of a region -> its text."""


class StartingRow(StrictModel):
    """A row that a blank table goes out with.

    Attributes:
        values: Field -> its value; `{code}`, `{name}` and `{head}` in a text stand for the region of a row per region,
            `{number}` alone for the number of the row.
        per: `regions` for one row per region of the project.
    """

    values: Mapping[str, LocalizedText | str | float] = PydanticField(min_length=1)
    per: Literal["", "regions"] = ""

    def rows(self, regions: Iterable[Place], lang: Lang) -> Iterator[dict[str, object]]:
        """Yield the row, or a row per region.

        Args:
            regions: What stands for each region.
            lang: Language of the texts.
        """
        for place in regions if self.per else ({},):
            texts = {name: text.say(lang) for name, text in place.items()}
            yield {field: _filled(value, texts, lang) for field, value in self.values.items()}

    def matches(self, row: Mapping[str, object]) -> bool:
        """Return whether a row of data is one of these; a region's own texts may be any."""
        if {name for name, value in row.items() if value is not None} - self.values.keys():
            return False
        return all(_fits(row.get(field), value) for field, value in self.values.items())


def starting_rows(proposed: Iterable[StartingRow], regions: Sequence[Place], lang: Lang) -> list[dict[str, object]]:
    """Return all rows that a table goes out with.

    Args:
        proposed: How they are defined.
        regions: What stands for each region.
        lang: Language of the texts.
    """
    rows = [row for proposal in proposed for row in proposal.rows(regions, lang)]
    return [{f: n if v == _NUMBER else v for f, v in row.items()} for n, row in enumerate(rows, start=1)]


def _filled(value: LocalizedText | str | float, texts: Mapping[str, str], lang: Lang) -> object:
    if isinstance(value, LocalizedText):
        value = value.say(lang)
    return value.format(**texts, number=_NUMBER) if isinstance(value, str) and texts else value


def _fits(found: object, value: LocalizedText | str | float) -> bool:
    """Return whether a value is the one that a cell was sent out with; a blank is, where a region has no head."""
    if isinstance(value, LocalizedText):
        return any(_fits(found, text) for text in value.both())
    if isinstance(value, str):
        pattern = ".*".join(map(re.escape, _PLACE.split(value)))
        return re.fullmatch(pattern, str(found or ""), re.DOTALL) is not None
    return found == value


def is_starting_row(proposed: Iterable[StartingRow], row: Mapping[str, object]) -> bool:
    """Return whether a row of data is one that its table went out with, and that nobody has changed."""
    return any(proposal.matches(row) for proposal in proposed)
