"""Translates codes into labels of the definitions and the project, in the language of the report."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, cast

from xlsflow.fileformat.cells import PercentNumber, display_text
from xlsflow.model.report_model import ReportColumn
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.tracked_items import tracked_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xlsflow.i18n import Lang, LocalizedText
    from xlsflow.model.report_model import ReportValue, ValueFormat
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.tracking import Follow, Watch

# Columns of width that a quoted text may take inside a sentence.
_MAX_TEXT = 100


@dataclass(frozen=True)
class Labels:
    """Labels for the inputs of a report, in one language."""

    inputs: ReportInputs
    lang: Lang

    @cached_property
    def as_of(self) -> str:
        """The as-of instant as text: local time with its offset from UTC."""
        instant = self.inputs.as_of
        return f"{instant:%Y-%m-%d %H:%M} (UTC{instant.isoformat()[-6:]})"

    @cached_property
    def tracking(self) -> dict[str, Follow | Watch]:
        """Full name of each block with tracked items -> how they are tracked."""
        sections = {name: tracked_section(block) for name, (_, block) in self.inputs.blocks.items()}
        return {name: section for name, section in sections.items() if section is not None}

    def column(
        self,
        key: str,
        title: LocalizedText,
        values: Sequence[ReportValue],
        value_format: ValueFormat = "text",
        width: float = 16.0,
        **look: Any,  # noqa: ANN401 - marks, with_symbols and role of `ReportColumn`
    ) -> ReportColumn:
        """Return a column of a listing with its title in the language of the report."""
        return ReportColumn(key, title.say(self.lang), values, value_format, width, **look)

    def origin_columns(self, frame: pd.DataFrame) -> tuple[ReportColumn, ...]:
        """Return the columns with the sheet, the file and the row that each item comes from."""
        where = {block: self.sheet(block) for block in frame["block"].unique()}
        sheets = [where[block] for block in frame["block"].tolist()]
        return (
            self.column("block", texts.COL_SOURCE_SHEET, sheets, "text", 12, role="made"),
            self.column("file", texts.COL_FILE, column_values(frame["file"]), "text", 24, role="made"),
            self.column("row", texts.COL_ROW, column_values(frame["row"]), "integer", 7, role="made"),
        )

    def region(self, code: str) -> str:
        """Return a region's name."""
        return self.inputs.region_name(code, self.lang)

    def regions(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return the names of regions."""
        return tuple(map(self.region, codes))

    def person(self, name: str) -> str:
        """Return a person's name in the language of the report; an unknown name is returned as it is."""
        known = {person.name: person.name_en for person in self.inputs.project.people} if self.lang == "en" else {}
        return known.get(name) or name

    def rule(self, code: str) -> str:
        """Return a timing rule's name; an unknown code is returned as it is."""
        words = self.inputs.rules.get(code)
        return words.say(self.lang) if words else code

    def sheet(self, block: str) -> str:
        """Return the name of a block's sheet, followed by the block's title if the sheet has several blocks."""
        if block not in self.inputs.blocks:
            return block
        template, definition = self.inputs.blocks[block]
        tab = template.tab.say(self.lang)
        return f"{tab} {definition.title.say(self.lang)}" if definition.title and len(template.data) > 1 else tab

    def header(self, part: str, usual: str) -> str:
        """Return the label that the first sheet with tracked items gives to a part (`owner`, `due`), or a default."""
        for name, follow in self.tracking.items():
            if field := getattr(follow, part, ""):
                return self.inputs.blocks[name][1].label_of(field).say(self.lang)
        return usual

    def values(self, field: FieldBase, codes: Sequence[object]) -> list[ReportValue]:
        """Return the displayed values of a field; only codes of choice lists differ from what is displayed."""
        if not field.list_name():
            return cast("list[ReportValue]", list(codes))
        # Each code is translated once: columns repeat few codes in many rows.
        shown = {code: field.write(code, self.lang, self.inputs.scope) for code in set(codes) - {None}}
        return cast("list[ReportValue]", [None if code is None else shown[code] for code in codes])

    def text(self, field: FieldBase, code: object) -> str:
        """Return the displayed value of a field as text; empty for a blank."""
        (value,) = self.values(field, [code])
        return display_text(PercentNumber(value) if field.is_share and isinstance(value, float) else value)

    def item_values(self, frame: pd.DataFrame, part: str) -> list[ReportValue]:
        """Return the displayed status or owner of tracked items from any sheet."""
        blocks, codes = frame["block"].tolist(), column_values(frame[part])
        shown: dict[tuple[str, object], ReportValue] = {}
        for block, code in set(zip(blocks, codes, strict=True)):
            name = getattr(self.tracking[block], part, "")
            field = self.inputs.blocks[block][1].field(name) if name else None
            shown[block, code] = self.values(field, [code])[0] if field else code
        return [shown[pair] for pair in zip(blocks, codes, strict=True)]


def shorten(text: object, limit: int = _MAX_TEXT) -> str:
    """Return a text on one line, cut to a width at which Chinese characters count twice.

    >>> shorten("确认铺货清单", 9), shorten("price list", 9), shorten(None)
    ('确认铺货…', 'price li…', '')
    """
    line = " ".join(str(text).split()) if text is not None else ""
    # Everything beyond Latin letters and their diacritics is taken to be two columns wide.
    widths = list(accumulate(1 + (sign > "\u02ff") for sign in line))
    if not line or widths[-1] <= limit:
        return line
    return line[: bisect_right(widths, limit - 1)] + "…"
