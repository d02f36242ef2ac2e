"""Makes a text that came from a file safe to show on one line of a message."""

from __future__ import annotations


def single_line(text: str, limit: int = 500) -> str:
    r"""Return a text on one line, cut to a limit, without characters that control a terminal.

    Unprintable characters include escape sequences and the marks that reverse the direction of a line: a file's name or
    a cell's value must not be able to forge the rest of a message.

    >>> single_line("a\n\x1b[31mb")
    'a [31mb'
    """
    if not text.isprintable():
        # Four times the limit, because blanks that are joined and signs that are dropped make the text shorter.
        printable = (char if char.isprintable() else " " if char.isspace() else "" for char in text[: 4 * limit])
        text = " ".join("".join(printable).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
