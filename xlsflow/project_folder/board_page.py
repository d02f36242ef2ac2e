"""Shows the board, a table with a sentence above it: as lines of a terminal, and as one offline HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xlsflow.render.as_columns import aligned_rows
from xlsflow.render.as_markdown import value_text
from xlsflow.workbook.style.symbols import values_with_symbols, with_symbol
from xlsflow.workbook.style.theme import CHIPS, FONT, INK, LINE, NAVY, PANEL, SLATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsflow.i18n import Lang
    from xlsflow.model.report_model import Listing, Mark

_NOTHING = "–"
_STYLE = f"""
@page {{ size: A4 landscape; margin: 11mm; }}
* {{ box-sizing: border-box; }}
body {{ font: 15px/1.5 "{FONT}", "PingFang SC", "Noto Sans CJK SC", "Segoe UI", sans-serif; color: {INK};
  background: #fff; margin: 0 auto; max-width: 1200px; padding: 20px 24px 40px; }}
header {{ background: {NAVY}; color: #fff; padding: 14px 18px; }}
h1 {{ font-size: 22px; margin: 0; }}
header p {{ margin: 4px 0 0; font-size: 14px; }}
header span:not(:last-child)::after {{ content: "|"; margin: 0 10px; }}
.conclusion {{ padding: 10px 18px; margin: 12px 0; font-weight: bold; border: 1px solid; }}
.note {{ color: {SLATE}; font-size: 13px; background: {PANEL}; padding: 7px 18px; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: 14px; }}
th {{ background: {NAVY}; color: #fff; font-weight: 600; }}
th, td {{ border: 1px solid {LINE}; padding: 6px 10px; text-align: left; white-space: nowrap; }}
.mid {{ text-align: center; }}
@media print {{ * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }} body {{ padding: 0; }} }}
"""


def board_lines(facts: Sequence[str], conclusion: tuple[Mark, str], listing: Listing) -> list[str]:
    """Return a table as lines.

    Args:
        facts: What stands above it.
        conclusion: It in one sentence, with its mark.
        listing: The table.
    """
    heads = [column.title for column in listing.columns]
    lines = aligned_rows([heads, *_texts(listing)])
    return ["  ".join(facts), with_symbol(*conclusion), "", *lines]


def board_html(facts: Sequence[str], conclusion: tuple[Mark, str], listing: Listing, lang: Lang) -> str:
    """Return a table as one page without anything from elsewhere; see `board_lines`."""
    mark, sentence = conclusion
    title = escape(f"{listing.title} · {facts[0]}")
    heads = "".join(
        f'<th scope="col"{_middle(column.format)}>{escape(column.title)}</th>' for column in listing.columns
    )
    rows = []
    for number, texts in enumerate(_texts(listing)):
        cells = []
        for column, text in zip(listing.columns, texts, strict=True):
            at = column.marks[number] if column.marks else None
            look = f' style="{_colours(at)}"' if at else ""
            cells.append(f"<td{_middle(column.format)}{look}>{escape(text)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header><h1>{escape(listing.title)}</h1>"
        f"<p>{''.join(f'<span>{escape(fact)}</span>' for fact in facts)}</p></header>\n<main>\n"
        f'<p class="conclusion" style="{_colours(mark)}">{escape(with_symbol(mark, sentence))}</p>\n'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(listing.title)}"><table>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{''.join(rows)}</tbody></table></div>\n"
        f'<p class="note">{escape(listing.note)}</p>\n</main>\n</body>\n</html>\n'
    )


def _texts(listing: Listing) -> list[list[str]]:
    columns = [(values_with_symbols(column), column.format) for column in listing.columns]
    return [[value_text(shown[row], kind) or _NOTHING for shown, kind in columns] for row in range(listing.rows)]


def _middle(value_format: str) -> str:
    return "" if value_format == "text" else ' class="mid"'


def _colours(mark: Mark) -> str:
    chip = CHIPS[mark]
    return f"background:{chip.fill};color:{chip.font_colour}"
