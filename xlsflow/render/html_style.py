"""Stylesheet and script of the HTML report: the files beside this module, and the colours of the workbooks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from xlsflow.workbook.style.theme import BLUE, CHIPS, FONT, INK, LINE, NAVY, PANEL

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIGHT: Mapping[str, str] = {
    "ink": INK, "paper": "#fff", "panel": PANEL, "line": LINE, "edge": "#7d8894", "stripe": "#f8fafc", "head": NAVY,
    "further": BLUE, "made": "#5b6672", "title": NAVY, "soft": "#4a5560", "link": "#1f5a86", "blue": BLUE,
    "focus": "#c2410c", "bar": "#a9d3c5",
}  # fmt: skip
_DARK: Mapping[str, str] = {
    "ink": "#e4e9ee", "paper": "#14191f", "panel": "#1f2730", "line": "#3a4652", "edge": "#8793a0", "stripe": "#1a2027",
    "head": "#26415f", "further": "#2b587a", "made": "#46515d", "title": "#a9cbee", "soft": "#b3bec9",
    "link": "#8fc1ee", "blue": BLUE, "focus": "#ffb454", "bar": "#2d5f50",
}  # fmt: skip
_FONTS = f'"{FONT}", "PingFang SC", "Noto Sans CJK SC", "Segoe UI", sans-serif'


@cache
def stylesheet() -> str:
    """Return the stylesheet.

    It is in the page itself, without fonts or scripts from elsewhere: reports are opened from mails and from behind
    firewalls. Print is always light.
    """
    marks = "".join(
        f".m-{name} {{ background: {chip.fill}; color: {chip.font_colour}; border-color: {chip.font_colour}; }}\n"
        f"td.m-{name} {{ border-color: var(--line); }}\n"
        for name, chip in CHIPS.items()
    )
    share = (
        "td.percent[style] { background: linear-gradient(var(--bar), var(--bar)) no-repeat left / var(--share) 100%; }"
    )
    return (
        f":root {{ --font: {_FONTS}; {_variables(_LIGHT)} color-scheme: light; }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {_variables(_DARK)}"
        " color-scheme: dark; } }\n"
        f"@media screen {{ :root[data-theme=dark] {{ {_variables(_DARK)} color-scheme: dark; }} }}\n"
        f"{_file('report.css')}{marks}{share}\n"
    )


def script() -> str:
    """Return the script."""
    return _file("report.js")


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}: {colour}; " for name, colour in colours.items())


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
