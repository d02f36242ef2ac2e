"""Writes the blocks that hold no data: headings, texts, signature boxes, the list of contents, the legend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import OPEN_SIGNER, OWN_REGION_SIGNER
from xlsflow.layout.text_metrics import MIN_ROW_PT
from xlsflow.workbook.self_check.conditional_formats import add_sign_colours
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.form_formats import FAULT_FILL
from xlsflow.workbook.style.theme import (
    AMBER,
    AUTO,
    BLUE,
    BODY_PT,
    CHIPS,
    DENSE_PT,
    FORM_ROW_PT,
    HEADER_COLOURS,
    INPUT,
    LINE,
    SLATE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsflow.i18n import LocalizedText
    from xlsflow.layout.sheet_layout import ColumnSpan, StaticLayout
    from xlsflow.template.model import SignaturesBlock
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

_HEADING_PT = 24.0
_SIGNATURE_PT = 46.0
_SIDES: Mapping[str, object] = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE}


def draw_heading(drawer: SheetDrawer, row: int, title: LocalizedText, last_col: int) -> None:
    """Draw a block's heading, underlined across the sheet."""
    heading = drawer.formats.heading()
    for col in range(last_col + 1):
        drawer.sheet.write_blank(row, col, None, heading)
    drawer.sheet.write_string(row, 0, drawer.say(title), heading)
    drawer.require_points(row, _HEADING_PT)


def draw_text(drawer: SheetDrawer, layout: StaticLayout) -> None:
    """Draw paragraphs, or numbered steps."""
    for number, (row, text) in enumerate(zip(layout.rows, layout.texts, strict=True), start=1):
        if len(layout.spans) > 1:
            step = drawer.say(texts.STEP).format(number=number)
            drawer.put(row, layout.spans[0], step, drawer.formats.text(centred=True, bold=True, font_color=BLUE))
        drawer.put(row, layout.spans[-1], drawer.say(text), drawer.formats.text())
        drawer.require_height(row, drawer.say(text), layout.spans[-1], BODY_PT)


def draw_signatures(drawer: SheetDrawer, layout: StaticLayout) -> None:
    """Draw signature boxes side by side: the signer, and below it the line for name and date."""
    for row, span, signer in _boxes(layout):
        name = texts.ATTENDING if signer == OPEN_SIGNER else signer
        frame: Mapping[str, object] = {"top": 1, "top_color": LINE, **_SIDES} if signer is not None else {}
        upper = drawer.formats.get(
            valign="top", align="left", indent=1, font_color=SLATE, text_wrap=True, font_size=DENSE_PT, **frame
        )
        drawer.put(row, span, drawer.say(name) if name and signer != OWN_REGION_SIGNER else "", upper)
        line = {"bottom": 1, "bottom_color": LINE, **_SIDES} if signer else {}
        lower = drawer.formats.get(align="left", indent=1, font_size=DENSE_PT, **line)
        drawer.put(row + 1, span, drawer.say(texts.SIGN_HERE) if signer else "", lower)
        drawer.require_points(row, _SIGNATURE_PT)
        drawer.require_points(row + 1, FORM_ROW_PT)


def fill_signatures(filler: SheetFiller, block: SignaturesBlock, layout: StaticLayout) -> None:
    """Write the region's name into the box of its own."""
    outgoing = filler.plan.outgoing
    for row, span, signer in _boxes(layout):
        if signer == OWN_REGION_SIGNER:
            regions = outgoing.scope.lists[block.per].values
            own = next(choice.label for choice in regions if choice.code == outgoing.stamp.region)
            filler.write(row, span.first, filler.say(own))


def _boxes(layout: StaticLayout) -> Iterator[tuple[int, ColumnSpan, LocalizedText | None]]:
    """Yield the first row, the columns and the signer of each box; the signer is None where the last line has room."""
    across = len(layout.spans)
    for number in range(len(layout.rows) // 2 * across):
        signer = layout.texts[number] if number < len(layout.texts) else None
        yield layout.rows[number // across * 2], layout.spans[number % across], signer


def draw_contents(drawer: SheetDrawer, layout: StaticLayout) -> None:
    """Draw the list of sheets: a link, the purpose, the frequency, and a cell for how complete the sheet is."""
    link, purpose, frequency, completeness = layout.spans
    formats = drawer.formats
    for span, text in zip(layout.spans, texts.CONTENTS_HEAD, strict=True):
        drawer.put(layout.rows[0], span, drawer.say(text), formats.header("required"))
        drawer.require_height(layout.rows[0], drawer.say(text), span, BODY_PT, least=FORM_ROW_PT)
    centred, left = formats.text(centred=True, font_size=DENSE_PT), formats.text(font_size=DENSE_PT)
    counted = formats.text(centred=True, bg_color=AUTO, font_size=DENSE_PT)
    # The completeness changes while the workbook is filled in, so its cell gets room for the longest text.
    longest = (texts.ROWS_BEFORE, texts.ROWS_AFTER, texts.MISSING_COUNT, texts.ERROR_COUNT, texts.WARNING_COUNT)
    for row, sheet in zip(layout.rows[1:], drawer.plan.listed, strict=True):
        template = sheet.template
        often = drawer.say(template.often) if template.often else ""
        drawer.put_link(row, link, sheet, sheet.tab, formats.link(band=False))
        drawer.put(row, purpose, drawer.say(template.purpose), left)
        drawer.put(row, frequency, often, centred)
        drawer.reserve(row, completeness, counted)
        drawer.require_height(row, drawer.say(template.purpose), purpose, DENSE_PT, least=MIN_ROW_PT)
        drawer.require_height(row, often, frequency, DENSE_PT, least=MIN_ROW_PT)
        drawer.require_height(row, "99 · ".join(drawer.say(text) for text in longest), completeness, DENSE_PT)
    add_sign_colours(drawer, (layout.rows[0] + 1, completeness.first, layout.rows[-1], completeness.last))


def fill_contents(filler: SheetFiller, layout: StaticLayout) -> None:
    """Write how complete each sheet is."""
    col = layout.spans[-1].first
    for row, sheet in zip(layout.rows[1:], filler.plan.listed, strict=True):
        counts = filler.counts.get(sheet.tab)
        if counts:
            filler.write_formula(row, col, partial(counts.formula, filler.lang), counts.text(filler.lang))
        else:
            filler.write(row, col, "—")


def draw_legend(drawer: SheetDrawer, layout: StaticLayout) -> None:
    """Draw the meaning of the status colours, and below it that of the colours of headers and cells."""
    for span, (tone, meaning) in zip(layout.spans, texts.LEGEND_CHIPS, strict=False):
        text = f"{CHIPS[tone].symbol} {drawer.say(meaning)}".strip()
        chip = drawer.formats.chip(tone, framed=True, font_size=DENSE_PT, text_wrap=True)
        drawer.put(layout.rows[0], span, text, chip)
        drawer.require_height(layout.rows[0], text, span, DENSE_PT)
    headers = (
        (texts.LEGEND_REQUIRED, HEADER_COLOURS["required"]),
        (texts.LEGEND_OPTIONAL, HEADER_COLOURS["optional"]),
        (texts.LEGEND_COMPUTED, HEADER_COLOURS["computed"]),
    )
    samples: list[tuple[LocalizedText, dict[str, object]]] = [
        (meaning, {"bg_color": colours.fill, "font_color": colours.font_colour, "bold": True, "italic": colours.italic})
        for meaning, colours in headers
    ]
    samples.append((texts.LEGEND_INPUT, {"bg_color": INPUT}))
    samples.append((texts.LEGEND_MISSING, {"bg_color": FAULT_FILL, "border_color": AMBER}))
    samples.append((texts.LEGEND_LOCKED, {"bg_color": AUTO}))
    for span, (meaning, properties) in zip(layout.spans, samples, strict=False):
        sample = drawer.formats.text(centred=True, font_size=DENSE_PT, **properties)
        drawer.put(layout.rows[1], span, drawer.say(meaning), sample)
        drawer.require_height(layout.rows[1], drawer.say(meaning), span, DENSE_PT)
