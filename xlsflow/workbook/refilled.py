"""What is kept of a workbook that was made, to be filled again: its sheets in pieces, its names.

Whatever is written anew is written by xlsxwriter's own writers, from the cells that the sheet holds: so it cannot but
be what xlsxwriter would have written for the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from xlsflow.workbook.parts import PRINTED, Piece, cut
from xlsflow.workbook.sheets import fill_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.workbook.completeness import Tally
    from xlsflow.workbook.growing import GrowingWorksheet
    from xlsflow.workbook.hand import Hand
    from xlsflow.workbook.parts import PartsWorkbook
    from xlsflow.workbook.plan import Plan

_ROW = re.compile(r'<row r="([0-9]+)"(?:[^>]*/>|.*?</row>)', re.DOTALL)
_PRINT_AREA = "_xlnm.Print_Area"


class Sheet:
    """A sheet in pieces, those renewed in which something has changed.

    Attributes:
        hand: The sheet.
        pieces: Its pieces.
    """

    def __init__(self, hand: Hand, book: PartsWorkbook) -> None:
        """Cut a sheet into pieces.

        Args:
            hand: The sheet.
            book: Its workbook, closed.
        """
        self.hand = hand
        hand.touched.clear()
        self._looks, self._texts = book.xf_format_indices, book.str_table
        self._known = self._count()
        self._names = _own_names(hand, book)
        texts = [*cut(book.parts[part_of(hand.sheet)])]
        self.pieces = [Piece(text) for text in texts]
        self._rows = [{int(row[1]): row[0] for row in _ROW.finditer(text)} for text in texts]
        self._before = [text.partition("<row ")[0] for text in texts]
        self._place = {row: place for place, rows in enumerate(self._rows) for row in rows}
        self._printed = next(place for place, text in enumerate(texts) if text.startswith(PRINTED))

    def fill(self, plan: Plan, counts: Mapping[str, Tally]) -> None:
        """Fill the sheet for another edition, and renew what then is another."""
        self.hand.plan, self.hand.counts = plan, counts
        fill_sheet(self.hand)
        places = set()
        for row in self.hand.touched:
            place = self._place[row + 1]
            self._rows[place][row + 1] = self.hand.sheet.row_xml(row)
            places.add(place)
        self.hand.touched.clear()
        for place in places:
            self.pieces[place] = Piece(self._before[place] + "".join(self._rows[place].values()))
        printed = self.hand.sheet.print_xml()
        if printed != self._before[self._printed]:
            self._before[self._printed] = printed
            self.pieces[self._printed] = Piece(printed)

    def names(self) -> Mapping[int, str]:
        """Return the place of every name that leads to this sheet, with what it refers to."""
        return {
            place: self.hand.sheet.print_area_range if name == _PRINT_AREA else refers_to
            for place, (name, refers_to) in self._names.items()
        }

    def is_sound(self) -> bool:
        """Return whether filling has asked for no look and no shared text that the workbook had not."""
        return self._count() == self._known

    def _count(self) -> tuple[int, int]:
        return len(self._looks), self._texts.count


def _own_names(hand: Hand, book: PartsWorkbook) -> Mapping[int, tuple[str, str]]:
    """Return the names that lead to a sheet: their place among the workbook's, the name, what it refers to."""
    cells = hand.here.at("")
    return {
        place: (name, refers_to)
        for place, (name, sheet, refers_to, _) in enumerate(book.defined_names)
        if sheet == hand.sheet.index or (sheet < 0 and cells in refers_to)
    }


def part_of(sheet: GrowingWorksheet) -> str:
    """Return the name of a sheet's part."""
    return f"xl/worksheets/sheet{cast('int', sheet.index) + 1}.xml"
