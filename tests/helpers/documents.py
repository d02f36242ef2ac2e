"""The pages of the repository: their blocks of code, their commands, their links, and the parts that are generated.

`python -m tests.helpers.documents` rewrites the generated parts of all pages; see `tests/helpers/generated.py`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
FOLDERS = (
    "",
    "workbook_templates/",
    "xlsflow/",
    "xlsflow/cli/",
    "xlsflow/workbook/",
    "xlsflow/intake/",
    "xlsflow/merge/",
    "xlsflow/page/",
    "xlsflow/post/",
)
PAGES = {
    **{f"{folder}README.md": f"{folder}README.zh-CN.md" for folder in FOLDERS},
    "workbook_templates/FORMS.md": "workbook_templates/FORMS.zh-CN.md",
    "workbook_templates/HANDBOOKS.md": "workbook_templates/HANDBOOKS.zh-CN.md",
    "xlsflow/workbook/UNTRIED.md": "xlsflow/workbook/UNTRIED.zh-CN.md",
    "workbook_templates/PROJECT.md": "workbook_templates/PROJECT.zh-CN.md",
    "xlsflow/PERSONAL_DATA.md": "xlsflow/PERSONAL_DATA.zh-CN.md",
}
"""Every page -> the same page in Chinese."""
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def page_text(page: str) -> str:
    """Return the text of a page."""
    return (TOP / page).read_text("utf-8")


def fenced(page: str) -> list[tuple[str, str]]:
    """Return language and content of every fenced block, in order."""
    return _FENCED.findall(page_text(page))


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    return [content for name, content in fenced(page) if name == language]


def without_code(page: str) -> str:
    """Return the text of a page without its fenced blocks."""
    return _FENCED.sub("", page_text(page))


def commands(page: str) -> list[list[str]]:
    """Return every command that calls xlsflow, as words: those of the shell blocks, then those of tables."""
    lines = "".join(blocks(page, "sh")).splitlines()
    rows = [line for line in without_code(page).splitlines() if line.startswith("|")]
    cells = [span for row in rows for span in re.findall(r"`(xlsflow [^`]+)`", row)]
    return [shlex.split(line, comments=True) for line in (*lines, *cells) if line.startswith("xlsflow ")]


def headings(page: str) -> list[int]:
    """Return the level of every heading, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", without_code(page), re.MULTILINE)]


def tables(page: str) -> list[tuple[int, int]]:
    """Return the number of lines and of columns of every table, in order."""
    found = re.findall(r"(?:^\|.*\n)+", without_code(page), re.MULTILINE)
    return [(table.count("\n"), table.partition("\n")[0].replace(r"\|", "").count("|") - 1) for table in found]


def links(page: str) -> list[str]:
    """Return the targets of the links and pictures of a page that are in this repository."""
    return [target for target in re.findall(r"\]\(([^)]+)\)", without_code(page)) if "://" not in target]


def anchors(page: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub forms them."""
    titles = re.findall(r"^#+ (.+)$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def between(page: str, name: str) -> str:
    """Return the generated part of a page between its two marks."""
    return page_text(page).split(f"<!-- {name}: begin -->")[1].split(f"<!-- {name}: end -->")[0].strip()


def run(*words: str, lang: str = "en", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run xlsflow as a person would, in a process of its own."""
    environment = {**os.environ, "XLSFLOW_LANG": lang, "PYTHONPATH": str(TOP), "PYTHONUTF8": "1", "COLUMNS": "110"}
    return subprocess.run(
        [sys.executable, "-m", "xlsflow", *words],
        cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def every_command() -> list[tuple[str, ...]]:
    """Return the words of every command, groups before what is in them."""
    from xlsflow.cli import main  # noqa: PLC0415 - the other functions need no click

    found: list[tuple[str, ...]] = [()]
    for name, command in sorted(main.commands.items()):
        found.append((name,))
        found.extend((name, inner) for inner in sorted(getattr(command, "commands", ())))
    return found


if __name__ == "__main__":
    from tests.helpers.generated import rewrite

    rewrite()
