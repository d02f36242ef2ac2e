"""Reads the file that xlsxwriter has written: sheets cut where regions differ, defined names, numbers of formats.

It relies on the form of xlsxwriter's XML; `tests/workbook/test_drawn_package.py` holds it for the version installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile

from xlsflow.fileformat.cells import column_of
from xlsflow.workbook.style.formats import KEEP_FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from io import BytesIO

    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.style.form_formats import Ink

BOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_ROWS = re.compile(r"<sheetData/>|<sheetData>.*</sheetData>", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"([^>]*?(?:/>|>.*?</c>))', re.DOTALL)
_PRINT, _BEHIND_PRINT = "<printOptions", re.compile("<ignoredErrors|<extLst|</worksheet>")
_NAME = re.compile(r'(<definedName name="([^"]*)"(?: localSheetId="([0-9]+)")?[^>]*>)([^<]*)</definedName>')
_STRING = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL)
_SAMPLE_STYLE = re.compile(r'<c r="A[0-9]+" s="([0-9]+)"/>')
_SAMPLE_RULE = re.compile(r'sqref="B([0-9]+)"><cfRule type="expression" dxfId="([0-9]+)"')
_SAMPLE_RULES = re.compile("<conditionalFormatting.*</conditionalFormatting>")
_STYLE_NUMBER = re.compile(r'(<c r="[A-Z]+[0-9]+" s="|<col [^>]*style=")([0-9]+)')
_RULE_NUMBER = re.compile(r'(<cfRule [^>]*dxfId=")([0-9]+)')
_SHARED = re.compile(r'(<c r="[^>]*) t="s"><v>([0-9]+)</v>')


class DefinedName(NamedTuple):
    """A name of the workbook as it stands in the file.

    Attributes:
        begin: Its opening tag.
        name: The name.
        sheet: Number of the sheet that it belongs to; empty for one of the whole workbook.
        text: What it refers to, as XML.
    """

    begin: str
    name: str
    sheet: str
    text: str


@dataclass(frozen=True)
class DrawnSheet:
    """A sheet cut where regions differ.

    Attributes:
        head: What stands before the rows.
        rows: Row -> column -> the tail of the cell, from 0, in their order.
        rules: What stands between the rows and the print set-up: merged cells, validations, conditional formats.
        print_setup: The print set-up.
        rest: What stands behind it.
        names: Name -> cells of this sheet that it refers to, as XML: print area, print titles, filter.
    """

    head: str
    rows: dict[int, dict[int, str]]
    rules: str
    print_setup: str
    rest: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class FormatNumbers:
    """The numbers that xlsxwriter gave to a workbook's formats.

    Attributes:
        styles: Look -> its number among the styles of cells.
        rules: Look -> its number among the styles of conditional formats.
    """

    styles: Mapping[str, str]
    rules: Mapping[str, str]


class DrawnPackage:
    """The parts of a workbook that xlsxwriter has written.

    Attributes:
        parts: Name -> XML, in the order of the file.
    """

    def __init__(self, file: BytesIO) -> None:
        """Read all parts of a file."""
        with ZipFile(file) as archive:
            self.parts = {name: archive.read(name).decode() for name in archive.namelist()}

    def halves(self, number: int) -> tuple[str, str]:
        """Return what stands before and behind the rows of a sheet, by its number from 0."""
        before, behind = _ROWS.split(self.parts[part_of(number)])
        return before, behind

    def sheet(self, number: int) -> DrawnSheet:
        """Return a sheet by its number from 0, cut where regions differ."""
        text = self.parts[part_of(number)].replace(KEEP_FORMULA, "")
        begin, end = text.index("<sheetData>") + len("<sheetData>"), text.index("</sheetData>")
        printed = text.index(_PRINT, end)
        behind = _BEHIND_PRINT.search(text, printed)
        assert behind
        rows: dict[int, dict[int, str]] = {}
        for column, row, tail in _CELL.findall(text, begin, end):
            rows.setdefault(int(row) - 1, {})[column_of(column)] = tail
        names = {name.name: name.text for name in self.names if name.sheet == str(number)}
        return DrawnSheet(
            text[:begin], rows, text[end:printed], text[printed : behind.start()], text[behind.start() :], names
        )

    @cached_property
    def names(self) -> Sequence[DefinedName]:
        """The defined names, in the order of the file."""
        return [DefinedName(*found) for found in _NAME.findall(self.parts[BOOK])]

    def with_names(self, texts: Iterable[str]) -> str:
        """Return the part that holds the defined names, each referring to another text."""
        before, _, rest = self.parts[BOOK].partition("<definedNames>")
        _, end, behind = rest.partition("</definedNames>")
        names = [f"{name.begin}{text}</definedName>" for name, text in zip(self.names, texts, strict=True)]
        return f"{before}<definedNames>{''.join(names)}{end}{behind}"

    @cached_property
    def strings(self) -> Sequence[str]:
        """The texts that sheets share, as XML."""
        return _STRING.findall(self.parts.get(_STRINGS, ""))

    def adopt(self, number: int, own: FormatNumbers, other: DrawnPackage, numbers: FormatNumbers) -> None:
        """Give a sheet the numbers that its formats and texts have in another workbook.

        Args:
            number: The sheet, from 0.
            own: The numbers of formats here.
            other: The other workbook.
            numbers: The numbers of formats there.

        Raises:
            LookupError: The other workbook has no such format.
        """
        styles = {own.styles[look]: numbers.styles[look] for look in own.styles}
        rules = {own.rules[look]: numbers.rules[look] for look in own.rules}
        places = {text: place for place, text in enumerate(other.strings)}

        def shared(found: re.Match[str]) -> str:
            text = self.strings[int(found[2])]
            if text not in places:
                return f'{found[1]} t="inlineStr"><is>{text}</is>'
            return f'{found[1]} t="s"><v>{places[text]}</v>'

        text = self.parts[part_of(number)]
        text = _STYLE_NUMBER.sub(lambda found: found[1] + styles[found[2]], text)
        text = _RULE_NUMBER.sub(lambda found: found[1] + rules[found[2]], text)
        self.parts[part_of(number)] = _SHARED.sub(shared, text)


def part_of(number: int) -> str:
    """Return the name of a sheet's part by its number from 0."""
    return f"xl/worksheets/sheet{number + 1}.xml"


def write_samples(sheet: Worksheet, formats: Ink) -> None:
    """Use every format once on a hidden sheet, so that its number can be read from the file."""
    for row, look in enumerate(formats.looks.values()):
        sheet.write_blank(row, 0, None, look)
    for row, look in enumerate(formats.rules.values()):
        sheet.conditional_format(row, 1, row, 1, {"type": "formula", "criteria": "=TRUE", "format": look})


def read_samples(halves_and_rows: str, formats: Ink) -> FormatNumbers:
    """Return the numbers of formats, read from the sheet on which each was used once."""
    styles = _SAMPLE_STYLE.findall(halves_and_rows)
    rules = {int(row): number for row, number in _SAMPLE_RULE.findall(halves_and_rows)}
    return FormatNumbers(
        dict(zip(formats.looks, styles, strict=True)),
        {look: rules[row] for row, look in enumerate(formats.rules, start=1)},
    )


def without_samples(halves: tuple[str, str]) -> tuple[str, str]:
    """Return what stands around the rows of the sheet of samples, without the samples."""
    return halves[0], _SAMPLE_RULES.sub("", halves[1])
