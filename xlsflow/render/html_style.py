"""Stylesheet of the HTML report, in the colours of the workbooks, for screens, phones and print."""

from __future__ import annotations

from xlsflow.workbook.style.theme import BLUE, FONT, INK, LINE, NAVY, PANEL, SLATE

# In the page itself, without fonts or scripts from elsewhere: it is opened from mails and from behind firewalls.
# Browsers leave backgrounds out of a print unless `print-color-adjust` asks for them; headers would be white on white.
# `table-header-group` repeats the header of a table on each printed page.
STYLESHEET = f"""
@page {{ size: A4 landscape; margin: 11mm; }}
* {{ box-sizing: border-box; }}
body {{ font: 14px/1.5 "{FONT}", "PingFang SC", "Noto Sans CJK SC", "Segoe UI", sans-serif; color: {INK};
  background: #fff; margin: 0 auto; max-width: 1360px; padding: 20px 24px 40px; }}
header {{ background: {NAVY}; color: #fff; padding: 14px 18px; display: flex; flex-wrap: wrap; gap: 4px 24px;
  justify-content: space-between; align-items: baseline; }}
h1 {{ font-size: 23px; margin: 0; }}
h2 {{ font-size: 15px; color: {NAVY}; border-bottom: 2px solid {BLUE}; margin: 0 0 8px; padding-bottom: 3px; }}
section {{ margin-top: 24px; min-width: 0; }}
.facts {{ background: {PANEL}; padding: 7px 18px; margin: 0 0 12px; font-size: 13px; }}
.facts span:not(:last-child)::after {{ content: "|"; color: {SLATE}; margin: 0 12px; }}
.conclusion {{ padding: 10px 18px; margin: 12px 0; font-weight: bold; border: 1px solid; }}
.tiles {{ display: grid; grid-template-columns: repeat(6, 1fr); gap: 10px; margin: 12px 0; }}
.tile {{ padding: 8px 12px; border-left: 5px solid; font-size: 13px; }}
.tile b {{ display: block; font-size: 26px; line-height: 1.3; }}
.tile span {{ color: {SLATE}; }}
.band {{ display: grid; grid-template-columns: minmax(0, 33fr) minmax(0, 16fr); gap: 0 24px; align-items: start; }}
nav {{ margin-top: 28px; padding: 8px 18px; background: {PANEL}; font-size: 13px; }}
nav a {{ color: {BLUE}; margin-right: 20px; white-space: nowrap; }}
.note {{ color: {SLATE}; font-size: 13px; margin: 0 0 8px; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: 13px; }}
th {{ background: {NAVY}; color: #fff; font-weight: 600; }}
th.further {{ background: {BLUE}; }}
th.made {{ background: {SLATE}; font-style: italic; }}
th, td {{ border: 1px solid {LINE}; padding: 4px 8px; text-align: left; white-space: pre-line; }}
tbody tr:nth-child(even) {{ background: #f8fafc; }}
.mid {{ text-align: center; }}
.short {{ white-space: nowrap; }}
td.text, td.long {{ overflow-wrap: anywhere; min-width: 8em; }}
td.short {{ min-width: 0; }}
td.wide {{ min-width: 11em; }}
td.file {{ font-size: 12px; }}
td.id {{ font-weight: 600; color: {NAVY}; }}
.bars {{ display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 10px; align-items: center;
  font-size: 13px; }}
.bar {{ display: flex; height: 21px; }}
.bar i {{ font-style: normal; color: #fff; text-align: center; font-size: 12px; line-height: 21px; overflow: hidden; }}
.bar i.pale {{ color: {INK}; }}
.bar .none {{ color: {SLATE}; }}
.keys {{ margin: 10px 0 0; font-size: 12px; }}
.key {{ margin-right: 12px; white-space: nowrap; }}
.key i {{ display: inline-block; width: 10px; height: 10px; margin-right: 4px; }}
footer {{ margin-top: 28px; color: {SLATE}; font-size: 12px;
  display: flex; justify-content: space-between; gap: 24px; }}
@media screen and (max-width: 900px) {{
  body {{ padding: 8px; }}
  .tiles {{ grid-template-columns: repeat(2, 1fr); }}
  .band {{ display: block; }}
}}
@media print {{
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  body {{ max-width: none; padding: 0; font-size: 11px; }}
  table, .tile, .facts, .bars, .note {{ font-size: 10px; }}
  h1 {{ font-size: 18px; }} h2 {{ font-size: 12px; break-after: avoid; }}
  .tile b {{ font-size: 19px; }}
  section {{ margin-top: 12px; }}
  .tiles, .conclusion, .facts {{ margin: 6px 0; }}
  th, td {{ padding: 2px 5px; }}
  thead {{ display: table-header-group; }}
  tr, .tile, .bars {{ break-inside: avoid; }}
  .scroll {{ overflow: visible; }}
  #list-0 {{ break-before: page; }}
  nav {{ display: none; }}
}}
"""
