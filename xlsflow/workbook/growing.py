"""A worksheet whose rows to fill grow with what is typed into them."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

FIXED = ("customHeight", 1)
"""What xlsxwriter writes with every height; a row that bears it keeps its height whatever is typed."""


class GrowingWorksheet(Worksheet):
    """A worksheet that can leave the height of single rows open: they begin as high as was set and grow when filled.

    xlsxwriter marks every height as set by hand. Without that mark Excel and LibreOffice fit the row to its text as it
    is typed, and leave an empty row as it is (measured on LibreOffice 7.4).
    """

    def __init__(self) -> None:
        """Begin with no such row."""
        super().__init__()
        self._open: set[str] = set()

    def let_grow(self, row: int) -> None:
        """Let a 0-based row grow."""
        self._open.add(str(row + 1))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002
        """Return a formula as the file holds it; ours call no function that is stored under another name.

        xlsxwriter looks for some sixty of those in every formula, which took longer than all the rest of a workbook.
        """
        return formula.removeprefix("=")

    def _unmarked(self, tag: str, attributes: list[tuple[str, object]]) -> list[tuple[str, object]]:
        if tag == "row" and str(attributes[0][1]) in self._open:
            return [one for one in attributes if one != FIXED]
        return attributes

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, object]] | None = None) -> None:
        super()._xml_start_tag_unencoded(tag, self._unmarked(tag, attributes or []))

    def _xml_empty_tag_unencoded(self, tag: str, attributes: list[tuple[str, object]] | None = None) -> None:
        super()._xml_empty_tag_unencoded(tag, self._unmarked(tag, attributes or []))
