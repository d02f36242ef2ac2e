"""What the READMEs hold that can be taken at its word: command blocks, Python blocks, marked parts."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def blocks(readme: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (TOP / readme).read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands(readme: str) -> list[list[str]]:
    """Return every command that calls xlsflow, as words, without comments."""
    lines = "".join(blocks(readme, "sh")).splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.startswith("xlsflow ")]


def between(readme: str, name: str) -> str:
    """Return the part of a README between two marks."""
    text = (TOP / readme).read_text("utf-8")
    return text.split(f"<!-- {name}: begin -->")[1].split(f"<!-- {name}: end -->")[0].strip()


def run(*words: str, lang: str = "en", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run xlsflow as a person would, in a process of its own."""
    environment = {**os.environ, "XLSFLOW_LANG": lang, "PYTHONPATH": str(TOP), "PYTHONUTF8": "1", "COLUMNS": "110"}
    return subprocess.run(
        [sys.executable, "-m", "xlsflow", *words],
        cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def reference(lang: str) -> str:
    """Return the command reference as it stands in a README: the help of every command."""
    parts: list[str] = []
    for words in every_command():
        shown = run(*words, "--help", lang=lang).stdout.replace("python -m xlsflow", "xlsflow").rstrip()
        parts.append(f"```text\n{shown}\n```")
    return "\n\n".join(parts)


def every_command() -> list[tuple[str, ...]]:
    """Return the words of every command, groups before what is in them."""
    from xlsflow.cli import main  # noqa: PLC0415 - the other functions need no click

    found: list[tuple[str, ...]] = [()]
    for name, command in sorted(main.commands.items()):
        found.append((name,))
        found.extend((name, inner) for inner in sorted(getattr(command, "commands", ())))
    return found


def rewrite() -> None:
    """Put the current command reference into both READMEs."""
    for readme, lang in zip(READMES, ("en", "zh"), strict=True):
        path = TOP / readme
        text = path.read_text("utf-8")
        before, rest = text.split("<!-- commands: begin -->")
        after = rest.split("<!-- commands: end -->")[1]
        made = f"{before}<!-- commands: begin -->\n\n{reference(lang)}\n\n<!-- commands: end -->{after}"
        path.write_text(made, "utf-8")


if __name__ == "__main__":
    rewrite()
