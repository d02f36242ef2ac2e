"""The first sheet of a marked copy: everything that is to be mended, with links to the cells, ready to print."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from xlsflow.feedback import texts as phrases
from xlsflow.feedback.styles import SHADES, Styles
from xlsflow.feedback.workbook_parts import at
from xlsflow.feedback.xml_edit import (
    TOP,
    plain,
    quoted,
)
from xlsflow.fileformat.cells import (
    a1,
    letters,
)
from xlsflow.fileformat.feedback_marks import (
    LIST_MARK,
    SIGNS,
    WAIVED,
)
from xlsflow.findings import Finding, Severity
from xlsflow.i18n import (
    Lang,
    text_width,
)
from xlsflow.model.finding_groups import (
    Group,
    grouped,
)

WIDTHS = (6.0, 15.0, 12.0, 18.0, 24.0, 68.0, 19.0, 7.0)
HEADER_ROW = 4
"""Row of the header, from 1: the mark, the title and how to go about it stand above it."""
_INLINE = re.compile(
    rb' t="inlineStr"([^>]*)><(\w+:|)is><(?:\w+:|)t xml:space="preserve">([^<]*)</(?:\w+:|)t></(?:\w+:|)is>'
)
_TEXT_ROOM = 2.6
_FONT = '<font>{b}<sz val="{pt}"/><color rgb="FF{rgb}"/><name val="Microsoft YaHei"/><family val="2"/></font>'
_EDGE = '<{0} style="thin"><color rgb="FFC9D2DC"/></{0}>'
_LINES = "<border>" + "".join(_EDGE.format(s) for s in ("left", "right", "top", "bottom")) + "<diagonal/></border>"
_INK: Mapping[str, str] = {"error": "861A00", "warning": "6B4A00", "info": "124A75", WAIVED: "4A5560"}
LONGEST = 300
"""Letters of a value that are shown; the cell itself has them all."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The numbers of the styles that the list is written in."""

    mark: int
    title: int
    note: int
    header: int
    middle: int
    text: int
    link: int
    severity: Mapping[str, int]
    row: int


def looks(styles: Styles) -> Looks:
    """Return the styles of the list, added to those of the workbook."""
    wrapped = 'vertical="center" wrapText="1"'
    middle = f'horizontal="center" {wrapped}'

    def font(pt: float = 10, rgb: str = "1F2933", extra: str = "") -> str:
        return _FONT.format(pt=pt, rgb=rgb, b=extra)

    return Looks(
        mark=styles.look(font=font(8, "FFFFFF"), alignment='vertical="center"'),
        title=styles.look(font=font(16, "1F3A5F", "<b/>"), alignment='vertical="center"'),
        note=styles.look(font=font(10, "4A5560"), alignment='vertical="center"'),
        header=styles.look(font=font(10, "FFFFFF", "<b/>"), fill="1F3A5F", border=_LINES, alignment=middle),
        middle=styles.look(font=font(), border=_LINES, alignment=middle),
        text=styles.look(font=font(), border=_LINES, alignment=f'indent="1" {wrapped}', quote=True),
        link=styles.look(font=font(10, "2F6690", "<u/>"), border=_LINES, alignment=middle),
        severity={
            name: styles.look(
                font=font(10, ink, "<b/>"),
                fill=_hex(SHADES[name]) if name in SHADES else "",
                border=_LINES,
                alignment=middle,
            )
            for name, ink in _INK.items()
        },
        row=styles.look(font=font(9), alignment='vertical="top" wrapText="1"'),
    )


def _hex(shade: tuple[int, int, int]) -> str:
    return "".join(f"{part:02X}" for part in shade)


@dataclass(frozen=True)
class Listing:
    """What the list holds.

    Attributes:
        file: Name of the file.
        findings: What it lists, in order; the same fault down a column is one line.
        sheets: Names of the workbook's sheets; only to these a link leads.
        lang: Its language.
    """

    file: str
    findings: Sequence[Finding]
    sheets: frozenset[str]
    lang: Lang

    @cached_property
    def groups(self) -> list[Group]:
        """Its lines."""
        return grouped(self.findings)

    @property
    def last_row(self) -> int:
        """Its last row, from 1."""
        return HEADER_ROW + len(self.groups)

    def area(self) -> str:
        """Return header and rows as a range."""
        return f"$A${HEADER_ROW}:${letters(len(WIDTHS) - 1)}${self.last_row}"

    def xml(self, look: Looks, main: str, *, selected: bool = True) -> bytes:
        """Return the worksheet."""
        cols = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(WIDTHS, 1))
        last = letters(len(WIDTHS) - 1)
        links = "".join(
            f'<hyperlink ref="C{HEADER_ROW + n}" location="{quoted(target)}" display="{quoted(group.cells)}"/>'
            for n, group in enumerate(self.groups, 1)
            if (target := self._target(group))
        )
        return (
            TOP.decode()
            + f'<worksheet xmlns="{main}"><sheetPr><tabColor rgb="FFD9532C"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{last}{self.last_row}"/><sheetViews><sheetView showGridLines="0"'
            f'{" tabSelected=" + chr(34) + "1" + chr(34) if selected else ""} workbookViewId="0">'
            f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{HEADER_ROW + 1}" sqref="A{HEADER_ROW + 1}"/></sheetView>'
            f'</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols>'
            f"<sheetData>{self._head(look)}{self._rows(look)}</sheetData>"
            f'<autoFilter ref="A{HEADER_ROW}:{last}{self.last_row}"/>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + '<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.45" right="0.45" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C&amp;8&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
        ).encode()

    def _target(self, group: Group) -> str:
        sheet = group.first.location.sheet
        return at(sheet, group.jump) if group.jump and sheet in self.sheets else ""

    def _head(self, look: Looks) -> str:
        title = phrases.TITLE.say(self.lang).format(file=self.file)
        note = f"{counted(self.findings, self.lang)}{phrases.STOP.say(self.lang)} {phrases.HOW.say(self.lang)}"
        heads = (_cell(HEADER_ROW, n, text.say(self.lang), look.header) for n, text in enumerate(phrases.HEADERS))
        return (
            _row(1, 15, _cell(1, 0, LIST_MARK, look.mark), hidden=True)
            + _row(2, 32, _cell(2, 0, title, look.title))
            + _row(3, 22, _cell(3, 0, note, look.note))
            + _row(HEADER_ROW, 26, "".join(heads))
        )

    def _rows(self, look: Looks) -> str:
        return "".join(self._line(n, group, look) for n, group in enumerate(self.groups, 1))

    def _line(self, number: int, group: Group, look: Looks) -> str:
        place, row = group.first.location, HEADER_ROW + number
        name = WAIVED if group.first.waived else group.severity.value
        label = place.label.say(self.lang) if place.label else place.field
        value = group.value if len(group.value) <= LONGEST else group.value[: LONGEST - 1] + "…"
        sentence = group.message(self.lang)
        texts = (
            (place.sheet or phrases.WHOLE_FILE.say(self.lang), look.text),
            (group.cells, look.link if self._target(group) else look.middle),
            (label, look.text),
            (value, look.text),
            (sentence, look.text),
            (f"{SIGNS[name]} {phrases.SEVERITY[name].say(self.lang)}", look.severity[name]),
            ("□" if name in ("error", "warning") else "", look.middle),
        )
        cells = "".join(_cell(row, n, text, style) for n, (text, style) in enumerate(texts, 1))
        lines = max(_lines(text, width) for (text, _), width in zip(texts, WIDTHS[1:], strict=True))
        return _row(row, min(14.5 * lines + 8, 400), f'<c r="A{row}" s="{look.middle}"><v>{number}</v></c>{cells}')


def _lines(text: str, width: float) -> int:
    return sum(max(1, ceil(text_width(line) / max(width - _TEXT_ROOM, 1))) for line in text.split("\n"))


def _row(number: int, height: float, cells: str, *, hidden: bool = False) -> str:
    unseen = ' hidden="1"' if hidden else ""
    return f'<row r="{number}" ht="{height:g}" customHeight="1"{unseen}>{cells}</row>'


def _cell(row: int, col: int, text: str, style: int) -> str:
    if not text:
        return f'<c r="{a1(row - 1, col)}" s="{style}"/>'
    return f'<c r="{a1(row - 1, col)}" s="{style}" t="inlineStr">{inline(text)}</c>'


def inline(text: str) -> str:
    """Return a text as the contents of a cell: as a text, whatever it begins with."""
    return f'<is><t xml:space="preserve">{plain(text)}</t></is>'


def as_values(data: bytes) -> bytes:
    """Return cells as they are written where a workbook has no table of texts: then none is made only for ours."""
    return _INLINE.sub(rb' t="str"\1><\2v>\3</\2v>', data)


def counted(findings: Sequence[Finding], lang: Lang) -> str:
    """Return how many findings there are of each severity, those that there are none of, or may stand, left out."""
    told = [finding.severity for finding in findings if not finding.waived]
    numbers = {name: told.count(Severity(name)) for name in phrases.COUNTS}
    texts = [words.say(lang).format(count=numbers[name]) for name, words in phrases.COUNTS.items() if numbers[name]]
    return phrases.COMMA.say(lang).join(texts)
