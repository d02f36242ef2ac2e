"""Reads the file that xlsxwriter has drawn: its sheets, cut where regions differ, its defined names and numbers.

It relies on the form of xlsxwriter's XML; `tests/workbook/test_drawn_package.py` checks it with the installed version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile

from xlsflow.fileformat.cells import column_index
from xlsflow.workbook.style.formats import KEEP_FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from io import BytesIO

    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.style.form_formats import FormFormats

BOOK_PART = "xl/workbook.xml"
_STRINGS_PART = "xl/sharedStrings.xml"
# Regular expressions, not a parser: cutting must keep every byte, and a parser would serialise the XML its own way.
_ROWS = re.compile(r"<sheetData/>|<sheetData>.*</sheetData>", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"([^>]*?(?:/>|>.*?</c>))', re.DOTALL)
_AFTER_PAGE_SETUP = re.compile("<ignoredErrors|<extLst|</worksheet>")
_NAME = re.compile(r'(<definedName name="([^"]*)"(?: localSheetId="([0-9]+)")?[^>]*>)([^<]*)</definedName>')
_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_CELL_SAMPLE = re.compile(r'<c r="A[0-9]+" s="([0-9]+)"/>')
_RULE_SAMPLE = re.compile(r'sqref="B([0-9]+)"><cfRule type="expression" dxfId="([0-9]+)"')
_RULE_SAMPLES = re.compile("<conditionalFormatting.*</conditionalFormatting>")
# Numbers in XML; `<` occurs in no text, so these match nothing else.
_STYLE_NUMBER = re.compile(r'(<c r="[A-Z]+[0-9]+" s="|<col [^>]*style=")([0-9]+)')
_RULE_NUMBER = re.compile(r'(<cfRule [^>]*dxfId=")([0-9]+)')
_STRING_NUMBER = re.compile(r'(<c r="[^>]*) t="s"><v>([0-9]+)</v>')


class DefinedName(NamedTuple):
    """A defined name as it is in the file.

    Attributes:
        opening_tag: Its opening tag.
        name: The name.
        sheet: Number of the sheet that it belongs to, from 0; empty if it belongs to the workbook.
        refers_to: What it refers to, as XML.
    """

    opening_tag: str
    name: str
    sheet: str
    refers_to: str


@dataclass(frozen=True)
class DrawnSheet:
    """A sheet cut where regions differ.

    Attributes:
        head: The XML before the rows.
        rows: Row -> column -> tail of the cell; both from 0 and in order.
        rules: The XML after the rows, up to the page setup: merged cells, validations, conditional formats.
        page_setup: The XML of the page setup.
        rest: The XML after it.
        names: Defined name of this sheet -> what it refers to, as XML.
    """

    head: str
    rows: dict[int, dict[int, str]]
    rules: str
    page_setup: str
    rest: str
    names: Mapping[str, str]


class FormatNumbers(NamedTuple):
    """The numbers that xlsxwriter gave to the formats of a workbook.

    Attributes:
        cells: Format for cells, by its properties -> its number.
        rules: Format for conditional rules, by its name -> its number.
    """

    cells: Mapping[str, str]
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

    @cached_property
    def names(self) -> Sequence[DefinedName]:
        """The defined names, in the order of the file."""
        return [DefinedName(*found) for found in _NAME.findall(self.parts[BOOK_PART])]

    @cached_property
    def strings(self) -> Sequence[str]:
        """The shared strings, as XML."""
        return _STRING.findall(self.parts[_STRINGS_PART])

    def halves(self, number: int) -> tuple[str, str]:
        """Return the XML of a hidden sheet before and after its rows, without the samples of formats."""
        before, after = _ROWS.split(self.parts[sheet_part(number)])
        return before, _RULE_SAMPLES.sub("", after)

    def sheet(self, number: int) -> DrawnSheet:
        """Return a sheet cut where regions differ."""
        xml = self.parts[sheet_part(number)].replace(KEEP_FORMULA, "")  # its purpose ended when xlsxwriter wrote it
        rows_start, rows_end = xml.index("<sheetData>") + len("<sheetData>"), xml.index("</sheetData>")
        setup_start = xml.index("<printOptions", rows_end)
        setup_end = next(_AFTER_PAGE_SETUP.finditer(xml, setup_start)).start()
        # The tags of rows are dropped: they hold the height and the columns in use, which the filler knows better.
        rows: dict[int, dict[int, str]] = {}
        for column, row, tail in _CELL.findall(xml, rows_start, rows_end):
            rows.setdefault(int(row) - 1, {})[column_index(column)] = tail
        names = {name.name: name.refers_to for name in self.names if name.sheet == str(number)}
        rules, page_setup = xml[rows_end:setup_start], xml[setup_start:setup_end]
        return DrawnSheet(xml[:rows_start], rows, rules, page_setup, xml[setup_end:], names)

    def with_names(self, refer_to: Iterable[str]) -> str:
        """Return the part of the defined names, with something else for each to refer to."""
        before, _, rest = self.parts[BOOK_PART].partition("<definedNames>")
        _, end, after = rest.partition("</definedNames>")
        names = [f"{name.opening_tag}{to}</definedName>" for name, to in zip(self.names, refer_to, strict=True)]
        return f"{before}<definedNames>{''.join(names)}{end}{after}"

    def renumber(self, number: int, own: FormatNumbers, target: DrawnPackage, numbers: FormatNumbers) -> None:
        """Give a sheet the numbers that its formats and strings have in another workbook.

        Args:
            number: The sheet.
            own: The numbers of formats in this workbook.
            target: The other workbook.
            numbers: The numbers of formats there.

        Raises:
            LookupError: The other workbook has no such format.
        """
        cells = {own.cells[key]: numbers.cells[key] for key in own.cells}
        rules = {own.rules[key]: numbers.rules[key] for key in own.rules}
        strings = {string: str(index) for index, string in enumerate(target.strings)}

        def with_string(found: re.Match[str]) -> str:
            string = self.strings[int(found[2])]
            if string not in strings:  # inline strings have the same content model
                return f'{found[1]} t="inlineStr"><is>{string}</is>'
            return f'{found[1]} t="s"><v>{strings[string]}</v>'

        xml = self.parts[sheet_part(number)]
        xml = _STYLE_NUMBER.sub(lambda found: found[1] + cells[found[2]], xml)
        xml = _RULE_NUMBER.sub(lambda found: found[1] + rules[found[2]], xml)
        self.parts[sheet_part(number)] = _STRING_NUMBER.sub(with_string, xml)

    def format_numbers(self, number: int, formats: FormFormats) -> FormatNumbers:
        """Return the numbers of formats, read from the sheet of their samples."""
        xml = self.parts[sheet_part(number)]
        rules = {int(row): rule for row, rule in _RULE_SAMPLE.findall(xml)}
        return FormatNumbers(
            dict(zip(formats.for_cells, _CELL_SAMPLE.findall(xml), strict=True)),
            {key: rules[row] for row, key in enumerate(formats.for_rules, start=1)},
        )


def sheet_part(number: int) -> str:
    """Return the name of a sheet's part by its number from 0."""
    return f"xl/worksheets/sheet{number + 1}.xml"


def write_samples(sheet: Worksheet, formats: FormFormats) -> None:
    """Use each format once on a hidden sheet: xlsxwriter tells its number only in the file."""
    for row, cell_format in enumerate(formats.for_cells.values()):
        sheet.write_blank(row, 0, None, cell_format)
    for row, rule_format in enumerate(formats.for_rules.values()):
        sheet.conditional_format(row, 1, row, 1, {"type": "formula", "criteria": "=TRUE", "format": rule_format})
