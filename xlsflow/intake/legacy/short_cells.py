"""Reads the cells of an .xlsb whose records leave the column out, which calamine (0.9.1) skips and SheetJS writes.

Format: Microsoft, [MS-XLSB], BrtShortRk to BrtShortIsst.
"""

from __future__ import annotations

import struct

from xlsflow.fileformat.cells import Scalar
from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.legacy.error_cells_and_hidden_rows import SheetScan, wide_text, xlsb_records
from xlsflow.intake.xlsx.cell_values import CellParser, NumberDisplay, built_in_display, number_display

_STRING, _FORMAT, _XF, _CELL_XFS, _CELL_XFS_END, _BOOK = 19, 44, 47, 617, 618, 153
_RK, _BOOL, _REAL, _TEXT, _SHARED = 13, 15, 16, 17, 18
_CENT = 100


def add_short_values(scans: list[SheetScan], strings: bytes, styles: bytes, workbook: bytes) -> None:
    """Add the values of short cells to the scans of their sheets.

    Args:
        scans: The sheets.
        strings: The part of shared strings; empty if there is none.
        styles: The part of styles; empty if there is none.
        workbook: The part that lists the sheets.
    """
    if not any(scan.short for scan in scans):
        return
    from_1904 = any(kind == _BOOK and body[:1] and body[0] & 1 for kind, body in xlsb_records(workbook))
    texts = [wide_text(body, 1)[0] for kind, body in xlsb_records(strings) if kind == _STRING]
    parser = CellParser(texts, _displays(styles), from_1904=from_1904)
    for scan in scans:
        values = ((at, _value(parser, *cell)) for at, cell in scan.short.items())
        scan.values = {at: value for at, value in values if value is not None}


def _displays(styles: bytes) -> tuple[NumberDisplay, ...]:
    """Return how each cell format displays numbers."""
    formats: dict[int, NumberDisplay] = {}
    displays: list[NumberDisplay] = []
    of_cells = False
    for kind, body in xlsb_records(styles):
        if kind == _FORMAT and len(body) > 2:  # noqa: PLR2004 - number, then the format
            formats[int.from_bytes(body[:2], "little")] = number_display(wide_text(body, 2)[0])
        # The same record also lists the styles that cell formats are derived from, outside these two.
        elif kind in {_CELL_XFS, _CELL_XFS_END}:
            of_cells = kind == _CELL_XFS
        elif kind == _XF and of_cells:
            number = int.from_bytes(body[2:4], "little")
            displays.append(formats.get(number) or built_in_display(str(number)))
    return tuple(displays)


def _value(parser: CellParser, kind: int, style: int, body: bytes) -> Scalar:
    """Return the value of one short cell; None for an error, which the scan holds already."""
    try:
        if kind == _RK:
            return parser.parse("", str(style), repr(_rk(body)), formula=False)
        if kind == _REAL:
            return parser.parse("", str(style), repr(struct.unpack_from("<d", body)[0]), formula=False)
        if kind == _SHARED:
            return parser.parse("s", "", str(struct.unpack_from("<I", body)[0]), formula=False)
    except struct.error as error:
        raise damaged("sheet", "cut off") from error
    if kind == _BOOL:
        return body[:1] == b"\1"
    return wide_text(body, 0)[0] or None if kind == _TEXT else None


def _rk(body: bytes) -> float:
    """Return a number in 30 bits: whole or the upper half of a double, and perhaps in hundredths."""
    raw = struct.unpack_from("<i", body)[0]
    number = float(raw >> 2) if raw & 2 else struct.unpack("<d", struct.pack("<ii", 0, raw & ~3))[0]
    return float(number / _CENT if raw & 1 else number)
