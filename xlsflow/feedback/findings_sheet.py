"""Writes the first sheet of a marked copy: all findings with links to their cells, ready to print."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from xlsflow.feedback import texts
from xlsflow.feedback.styles import MARK_COLOURS, Styles
from xlsflow.feedback.workbook_parts import sheet_reference
from xlsflow.feedback.xml_edit import XML_DECLARATION, escape_attribute, escape_text
from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.fileformat.feedback_marks import FINDINGS_SHEET_MARK, SEVERITY_SIGNS, WAIVED_KEY
from xlsflow.findings import Finding, Severity
from xlsflow.i18n import Lang
from xlsflow.layout.text_metrics import text_width
from xlsflow.model.finding_groups import FindingGroup, grouped

_WIDTHS = (6.0, 15.0, 12.0, 18.0, 24.0, 68.0, 19.0, 7.0)
HEADER_ROW = 4
"""Row of the header, from 1; above it are a hidden marker, the title and the instructions."""
_INLINE = re.compile(
    rb' t="inlineStr"([^>]*)><(\w+:|)is><(?:\w+:|)t xml:space="preserve">([^<]*)</(?:\w+:|)t></(?:\w+:|)is>'
)
_CELL_PADDING = 2.6  # characters that the borders and the indent take from a column's width
_FONT = '<font>{b}<sz val="{pt}"/><color rgb="FF{rgb}"/><name val="Microsoft YaHei"/><family val="2"/></font>'
_EDGE = '<{0} style="thin"><color rgb="FFC9D2DC"/></{0}>'
_BORDER = "<border>" + "".join(_EDGE.format(s) for s in ("left", "right", "top", "bottom")) + "<diagonal/></border>"
_FONT_COLOURS: Mapping[str, str] = {"error": "861A00", "warning": "6B4A00", "info": "124A75", WAIVED_KEY: "4A5560"}
# Characters of a value that are shown; the cell itself has the whole value.
_MAX_VALUE = 300


@dataclass(frozen=True, slots=True)
class FindingsStyles:
    """Style indexes used by the findings sheet and the findings column."""

    mark: int
    title: int
    note: int
    header: int
    middle: int
    text: int
    link: int
    severity: Mapping[str, int]
    row: int


def add_findings_styles(styles: Styles) -> FindingsStyles:
    """Add the styles of the findings sheet and column to a workbook and return their indexes."""
    wrapped = 'vertical="center" wrapText="1"'
    middle = f'horizontal="center" {wrapped}'

    def font(pt: float = 10, rgb: str = "1F2933", extra: str = "") -> str:
        return _FONT.format(pt=pt, rgb=rgb, b=extra)

    return FindingsStyles(
        mark=styles.add_style(font=font(8, "FFFFFF"), alignment='vertical="center"'),
        title=styles.add_style(font=font(16, "1F3A5F", "<b/>"), alignment='vertical="center"'),
        note=styles.add_style(font=font(10, "4A5560"), alignment='vertical="center"'),
        header=styles.add_style(font=font(10, "FFFFFF", "<b/>"), fill="1F3A5F", border=_BORDER, alignment=middle),
        middle=styles.add_style(font=font(), border=_BORDER, alignment=middle),
        # Quoted: what was found may start with `=`, and Excel would make it a formula once somebody edits the cell.
        text=styles.add_style(font=font(), border=_BORDER, alignment=f'indent="1" {wrapped}', quote=True),
        link=styles.add_style(font=font(10, "2F6690", "<u/>"), border=_BORDER, alignment=middle),
        severity={
            name: styles.add_style(
                font=font(10, ink, "<b/>"),
                fill=_hex(MARK_COLOURS[name]) if name in MARK_COLOURS else "",
                border=_BORDER,
                alignment=middle,
            )
            for name, ink in _FONT_COLOURS.items()
        },
        row=styles.add_style(font=font(9), alignment='vertical="top" wrapText="1"'),
    )


def _hex(shade: tuple[int, int, int]) -> str:
    return "".join(f"{part:02X}" for part in shade)


@dataclass(frozen=True)
class FindingsSheet:
    """Contents of the findings sheet.

    Attributes:
        file: Name of the returned file.
        findings: Findings in the order of the list; equal ones down a column share one line.
        sheets: Names of the workbook's sheets; links lead only to these.
        lang: Language of the sheet.
    """

    file: str
    findings: Sequence[Finding]
    sheets: frozenset[str]
    lang: Lang

    @cached_property
    def groups(self) -> list[FindingGroup]:
        """The findings, one group for each line."""
        return grouped(self.findings)

    @property
    def last_row(self) -> int:
        """Last row, from 1."""
        return HEADER_ROW + len(self.groups)

    def range(self) -> str:
        """Return the range of header and lines, as absolute references."""
        return f"$A${HEADER_ROW}:${column_letters(len(_WIDTHS) - 1)}${self.last_row}"

    def xml(self, styles: FindingsStyles, main: str, *, selected: bool = True) -> bytes:
        """Return the worksheet part.

        Args:
            styles: Indexes of the styles to use.
            main: Namespace of the workbook's elements.
            selected: Whether the sheet's tab is selected.
        """
        cols = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(_WIDTHS, 1))
        last = column_letters(len(_WIDTHS) - 1)
        links = "".join(
            f'<hyperlink ref="C{HEADER_ROW + n}" location="{escape_attribute(target)}"'
            f' display="{escape_attribute(group.cells)}"/>'
            for n, group in enumerate(self.groups, 1)
            if (target := self._target(group))
        )
        return (
            XML_DECLARATION.decode()
            + f'<worksheet xmlns="{main}"><sheetPr><tabColor rgb="FFD9532C"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{last}{self.last_row}"/><sheetViews><sheetView showGridLines="0"'
            f'{" tabSelected=" + chr(34) + "1" + chr(34) if selected else ""} workbookViewId="0">'
            f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{HEADER_ROW + 1}" sqref="A{HEADER_ROW + 1}"/></sheetView>'
            f'</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols>'
            f"<sheetData>{self._head(styles)}{self._rows(styles)}</sheetData>"
            f'<autoFilter ref="A{HEADER_ROW}:{last}{self.last_row}"/>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            # One page wide and as many long as it takes: fitToHeight 0 is "any number".
            + '<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.45" right="0.45" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C&amp;8&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
        ).encode()

    def _target(self, group: FindingGroup) -> str:
        sheet = group.first.location.sheet
        return sheet_reference(sheet, group.jump) if group.jump and sheet in self.sheets else ""

    def _head(self, styles: FindingsStyles) -> str:
        title = texts.SHEET_TITLE.format(self.lang, file=self.file)
        counts = f"{severity_counts(self.findings, self.lang)}{texts.SENTENCE_END.say(self.lang)}"
        note = f"{counts} {texts.SHEET_INSTRUCTIONS.say(self.lang)}"
        heads = (_cell(HEADER_ROW, n, text.say(self.lang), styles.header) for n, text in enumerate(texts.SHEET_HEADERS))
        return (
            # The sheet comes back with the corrected file. This mark, not its name, tells the reader that it is ours.
            _row(1, 15, _cell(1, 0, FINDINGS_SHEET_MARK, styles.mark), hidden=True)
            + _row(2, 32, _cell(2, 0, title, styles.title))
            + _row(3, 22, _cell(3, 0, note, styles.note))
            + _row(HEADER_ROW, 26, "".join(heads))
        )

    def _rows(self, styles: FindingsStyles) -> str:
        return "".join(self._line(n, group, styles) for n, group in enumerate(self.groups, 1))

    def _line(self, number: int, group: FindingGroup, styles: FindingsStyles) -> str:
        location, row = group.first.location, HEADER_ROW + number
        name = WAIVED_KEY if group.first.waived else group.severity.value
        label = location.label.say(self.lang) if location.label else location.field
        value = group.value if len(group.value) <= _MAX_VALUE else group.value[: _MAX_VALUE - 1] + "…"
        sentence = group.message(self.lang)
        columns = (
            # A finding without a sheet is about the file as a whole.
            (location.sheet or texts.WHOLE_FILE.say(self.lang), styles.text),
            (group.cells, styles.link if self._target(group) else styles.middle),
            (label, styles.text),
            (value, styles.text),
            (sentence, styles.text),
            (f"{SEVERITY_SIGNS[name]} {texts.SEVERITY_LABELS[name].say(self.lang)}", styles.severity[name]),
            ("□" if name in ("error", "warning") else "", styles.middle),
        )
        cells = "".join(_cell(row, n, text, style) for n, (text, style) in enumerate(columns, 1))
        lines = max(_line_count(text, width) for (text, _), width in zip(columns, _WIDTHS[1:], strict=True))
        # Excel does not show rows higher than 409 points.
        return _row(row, min(14.5 * lines + 8, 400), f'<c r="A{row}" s="{styles.middle}"><v>{number}</v></c>{cells}')


def _line_count(text: str, width: float) -> int:
    return sum(max(1, ceil(text_width(line) / max(width - _CELL_PADDING, 1))) for line in text.split("\n"))


def _row(number: int, height: float, cells: str, *, hidden: bool = False) -> str:
    unseen = ' hidden="1"' if hidden else ""
    return f'<row r="{number}" ht="{height:g}" customHeight="1"{unseen}>{cells}</row>'


def _cell(row: int, col: int, text: str, style: int) -> str:
    if not text:
        return f'<c r="{a1(row - 1, col)}" s="{style}"/>'
    return f'<c r="{a1(row - 1, col)}" s="{style}" t="inlineStr">{inline_string(text)}</c>'


def inline_string(text: str) -> str:
    """Return a text as the contents of an inline string cell; texts starting with `=` stay texts."""
    return f'<is><t xml:space="preserve">{escape_text(text)}</t></is>'


def as_formula_strings(data: bytes) -> bytes:
    """Return cells with inline strings rewritten as `t="str"`, the type of formula results.

    Used for workbooks without shared strings, so that none is added for our texts alone.
    """
    return _INLINE.sub(rb' t="str"\1><\2v>\3</\2v>', data)


def severity_counts(findings: Sequence[Finding], lang: Lang) -> str:
    """Return the number of findings of each severity as a phrase; waived findings and zero counts are left out."""
    severities = [finding.severity for finding in findings if not finding.waived]
    numbers = {name: severities.count(Severity(name)) for name in texts.SEVERITY_COUNT_TEXTS}
    parts = [
        words.format(lang, count=numbers[name]) for name, words in texts.SEVERITY_COUNT_TEXTS.items() if numbers[name]
    ]
    return texts.COUNT_SEPARATOR.say(lang).join(parts)
