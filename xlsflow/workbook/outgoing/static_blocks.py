"""Writes what holds no data: headings, text and steps, boxes to sign in, the list of contents, the legend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import (
    OPEN_SIGNER,
    OWN_REGION_SIGNER,
)
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

    from xlsxwriter.format import Format

    from xlsflow.i18n import LocalizedText
    from xlsflow.layout.sheet_layout import (
        ColumnSpan,
        StaticLayout,
    )
    from xlsflow.template.model import SignaturesBlock
    from xlsflow.workbook.outgoing.sheet_writer import Hand

HEADING_PT = 24.0
SIGN_PT = 46.0
"""Room to sign in."""
_SIDES: Mapping[str, object] = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE}


def write_heading(hand: Hand, row: int, title: LocalizedText, last_col: int) -> None:
    """Write a block's heading, underlined across the sheet."""
    look = hand.ink.heading()
    for col in range(last_col + 1):
        hand.sheet.write_blank(row, col, None, look)
    hand.sheet.write_string(row, 0, hand.say(title), look)
    hand.needs_points(row, HEADING_PT)


def write_text(hand: Hand, place: StaticLayout) -> None:
    """Write paragraphs, or numbered steps."""
    for number, (row, words) in enumerate(zip(place.rows, place.texts, strict=True), start=1):
        if len(place.spans) > 1:
            step = hand.say(texts.STEP).format(number=number)
            hand.put(row, place.spans[0], step, hand.ink.text(centred=True, bold=True, font_color=BLUE))
        hand.put(row, place.spans[-1], hand.say(words), hand.ink.text())
        hand.needs(row, hand.say(words), place.spans[-1], BODY_PT)


def write_signatures(hand: Hand, place: StaticLayout) -> None:
    """Write boxes side by side: who signs, and under it the line for name and date."""
    for row, span, words in _boxes(place):
        named = texts.ATTENDING if words == OPEN_SIGNER else words
        if words != OWN_REGION_SIGNER:  # filling writes the name
            hand.put(row, span, hand.say(named) if named else "", _top(hand, framed=words is not None))
        line = {"bottom": 1, "bottom_color": LINE, **_SIDES} if words else {}
        look = hand.ink.get(align="left", indent=1, font_size=DENSE_PT, **line)
        hand.put(row + 1, span, hand.say(texts.SIGN_HERE) if words else "", look)
        hand.needs_points(row, SIGN_PT)
        hand.needs_points(row + 1, FORM_ROW_PT)


def fill_signatures(hand: Hand, block: SignaturesBlock, place: StaticLayout) -> None:
    """Write whose workbook it is into the box that its own region has among open ones."""
    edition = hand.plan.edition
    for row, span, words in _boxes(place):
        if words == OWN_REGION_SIGNER:
            named = edition.scope.lists[block.per].values
            own = next(choice.label for choice in named if choice.code == edition.stamp.region)
            hand.give(row, span, hand.say(own), _top(hand, framed=True))


def _boxes(place: StaticLayout) -> Iterator[tuple[int, ColumnSpan, LocalizedText | None]]:
    """Yield the first row and the columns of each box, and who signs in it: None where the last line has room left."""
    across = len(place.spans)
    for number in range(len(place.rows) // 2 * across):
        words = place.texts[number] if number < len(place.texts) else None
        yield place.rows[number // across * 2], place.spans[number % across], words


def _top(hand: Hand, *, framed: bool) -> Format:
    """Return how the upper half of a box looks."""
    frame = {"top": 1, "top_color": LINE, **_SIDES} if framed else {}
    return hand.ink.get(
        valign="top", align="left", indent=1, font_color=SLATE, text_wrap=True, font_size=DENSE_PT, **frame
    )


def write_contents(hand: Hand, place: StaticLayout) -> None:
    """Write the list of the sheets with a link, what each is for, how often; how complete it is, filling adds."""
    link, purpose, often, state = place.spans
    for span, words in zip(place.spans, texts.CONTENTS_HEAD, strict=True):
        hand.put(place.rows[0], span, hand.say(words), hand.ink.header("required"))
        hand.needs(place.rows[0], hand.say(words), span, BODY_PT, least=FORM_ROW_PT)
    centred, left = hand.ink.text(centred=True, font_size=DENSE_PT), hand.ink.text(font_size=DENSE_PT)
    for row, sheet in zip(place.rows[1:], hand.plan.listed, strict=True):
        template = sheet.template
        _link(hand, row, link, sheet.link(), sheet.tab)
        hand.put(row, purpose, hand.say(template.purpose), left)
        hand.put(row, often, hand.say(template.often) if template.often else "", centred)
        hand.needs(row, hand.say(template.purpose), purpose, DENSE_PT, least=MIN_ROW_PT)
        hand.needs(row, hand.say(template.often) if template.often else "", often, DENSE_PT, least=MIN_ROW_PT)
        longest = (texts.ROWS_BEFORE, texts.ROWS_AFTER, texts.MISSING_COUNT, texts.ERROR_COUNT, texts.WARNING_COUNT)
        hand.needs(row, "99 · ".join(hand.say(words) for words in longest), state, DENSE_PT)
    add_sign_colours(hand, (place.rows[0] + 1, state.first, place.rows[-1], state.last))


def fill_contents(hand: Hand, place: StaticLayout) -> None:
    """Write how complete each sheet is."""
    state = place.spans[-1]
    counted = hand.ink.text(centred=True, bg_color=AUTO, font_size=DENSE_PT)
    for row, sheet in zip(place.rows[1:], hand.plan.listed, strict=True):
        tally = hand.counts.get(sheet.tab)
        if tally:
            hand.formula(row, state, partial(tally.formula, hand.lang), counted, tally.text(hand.lang))
        else:
            hand.give(row, state, "—", counted)


def _link(hand: Hand, row: int, span: ColumnSpan, to: str, text: str) -> None:
    look = hand.ink.link(band=False)
    if not span.single:
        hand.sheet.merge_range(row, span.first, row, span.last, "", look)
    hand.sheet.write_url(row, span.first, to, look, text)


def write_legend(hand: Hand, place: StaticLayout) -> None:
    """Write what the status colours mean, and what the colours of headers and cells mean."""
    for span, (tone, words) in zip(place.spans, texts.LEGEND_CHIPS, strict=False):
        text = f"{CHIPS[tone].symbol} {hand.say(words)}".strip()
        hand.put(place.rows[0], span, text, hand.ink.chip(tone, framed=True, font_size=DENSE_PT, text_wrap=True))
        hand.needs(place.rows[0], text, span, DENSE_PT)
    heads = (
        (texts.LEGEND_REQUIRED, HEADER_COLOURS["required"]),
        (texts.LEGEND_OPTIONAL, HEADER_COLOURS["optional"]),
        (texts.LEGEND_COMPUTED, HEADER_COLOURS["computed"]),
    )
    looks: list[tuple[LocalizedText, dict[str, object]]] = [
        (words, {"bg_color": head.fill, "font_color": head.font_colour, "bold": True, "italic": head.italic})
        for words, head in heads
    ]
    looks.append((texts.LEGEND_INPUT, {"bg_color": INPUT}))
    looks.append((texts.LEGEND_MISSING, {"bg_color": FAULT_FILL, "border_color": AMBER}))
    looks.append((texts.LEGEND_LOCKED, {"bg_color": AUTO}))
    for span, (words, look) in zip(place.spans, looks, strict=False):
        hand.put(place.rows[1], span, hand.say(words), hand.ink.text(centred=True, font_size=DENSE_PT, **look))
        hand.needs(place.rows[1], hand.say(words), span, DENSE_PT)
