"""Translates codes into labels of the definitions and the project, in the language of the report."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, cast

from xlsflow.fileformat.cells import PercentNumber, a1, display_text
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.report_model import ReportColumn, RowSource
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.tracked_items import tracked_section
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
        title: LocalizedText | str,
        values: Sequence[ReportValue],
        value_format: ValueFormat = "text",
        width: float = 16.0,
        **look: Any,  # noqa: ANN401 - marks, with_symbols, role, codes and optional of `ReportColumn`
    ) -> ReportColumn:
        """Return a column of a listing with its title in the language of the report."""
        words = title if isinstance(title, str) else title.say(self.lang)
        return ReportColumn(key, words, values, value_format, width, **look)

    def region_column(self, codes: Sequence[str], width: float = 10) -> ReportColumn:
        """Return the column with the region of each row."""
        shown = {code: self.region(code) or None for code in set(codes)}
        return self.column(
            "region", texts.COL_REGION, [shown[code] for code in codes], "text", width,
            codes=[code or None for code in codes],
        )  # fmt: skip

    def origin_columns(self, frame: pd.DataFrame, part: str = "") -> tuple[ReportColumn, ...]:
        """Return the columns with the sheet, the file, the row and the cell that each item comes from.

        Args:
            frame: Rows with `block`, `file`, `sheet` and `row`.
            part: The part of a tracked item (`due`) whose cell is named; the row's key by default.
        """
        where = {block: self.sheet(block) for block in frame["block"].unique()}
        blocks = frame["block"].tolist()
        return (
            self.column(
                "block", texts.COL_SOURCE_SHEET, [where[b] for b in blocks], "text", 12, role="made", codes=blocks
            ),
            self.column("file", texts.COL_FILE, column_values(frame["file"]), "text", 24, role="made"),
            self.column("row", texts.COL_ROW, column_values(frame["row"]), "integer", 7, role="made"),
            self.column("cell", texts.COL_CELL, self._cells(frame, part), "text", 8, role="made"),
        )

    def _cells(self, frame: pd.DataFrame, part: str) -> list[ReportValue]:
        """Return the address of each row's cell in its file; None where a file does not count any more."""
        fields = {}
        for block in frame["block"].unique():
            _, definition = self.inputs.blocks.get(block, (None, None))
            follow = self.tracking.get(block)
            fields[block] = getattr(follow, part, "") if follow and part else definition.key if definition else ""
        positions = self.inputs.book.positions
        cells: list[ReportValue] = []
        for block, file, sheet, row in self._origins(frame):
            row_of, col = positions.get((file, sheet, block), {}).get(fields[block], (None, -1))
            cells.append(a1(row - 1 if row_of is None else row_of, col) if col >= 0 else None)
        return cells

    def sources(self, frame: pd.DataFrame) -> list[RowSource | None]:
        """Return the row of the data that each row of a frame with `block`, `file`, `sheet` and `row` is about."""
        return [self.source(block, (file, sheet, row)) for block, file, sheet, row in self._origins(frame)]

    def source(self, block: str, origin: tuple[str, str, int]) -> RowSource | None:
        """Return the row of the data that comes from a row of a file; None where the data have none."""
        at = self._rows_by_origin.get(block, {}).get(origin)
        return None if at is None else RowSource(block, at)

    def _origins(self, frame: pd.DataFrame) -> Iterator[tuple[str, str, str, int]]:
        columns = (frame[name].tolist() for name in ("block", "file", "sheet", "row"))
        return zip(*columns, strict=True)

    @cached_property
    def _rows_by_origin(self) -> Mapping[str, Mapping[tuple[str, str, int], int]]:
        """Block -> file, sheet and row -> number of the row in the data."""
        tables = {block: self.inputs.book.tables[block] for block in self.inputs.blocks}
        return {
            block: {
                origin: at for at, origin in enumerate(zip(*(table[name].tolist() for name in ORIGIN[:3]), strict=True))
            }
            for block, table in tables.items()
        }

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

    def risk_level(self, block: str, code: object) -> ReportValue:
        """Return the label of a risk's level."""
        definition = self.inputs.blocks[block][1]
        level = definition.risk if isinstance(definition, TableBlock) else ""
        return self.values(definition.field(level), [code])[0] if level else None

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
