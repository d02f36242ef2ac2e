"""The command line: words in, words out.

Each verb hands over to one function of `flow` and puts its answer into words; click stands nowhere else.
"""

from __future__ import annotations

import gc
import sys

import click

from xlsflow.cli.commands import COMMANDS
from xlsflow.cli.common import (
    Door,
    t,
)
from xlsflow.cli.templates import templates

SEARCHES = 50_000, 20, 100
"""How many values are made before Python searches them for circles.

A command makes millions of values and few circles of them: at the usual 700 the search takes a tenth of its time, and
once more a twentieth when the program ends.
"""
TURNS = 0.0005
"""How many seconds a thread keeps the interpreter while another one waits for it.

A thread that packs or unpacks lets go of it for some milliseconds at a time and needs it in between: at the usual 5 ms
it would wait for it as long as it works.
"""


@click.group(
    cls=Door,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=t(
        "用电子表格管理跨区域工作：生成、发出、回收、校验、合并、报告。\n\n"
        "从这里开始：  xlsflow init project.xlsx --example",
        "Run work across regions with spreadsheets: generate, send, get back, check, merge, report.\n\n"
        "Start with:  xlsflow init project.xlsx --example",
    ),
)
@click.version_option(package_name="xlsflow")
def main() -> None:
    """Run work across regions with spreadsheets."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not know every character of a Chinese name
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    gc.set_threshold(*SEARCHES)
    sys.setswitchinterval(TURNS)
    click.get_current_context().call_on_close(gc.freeze)


for command in (*COMMANDS, templates):
    main.add_command(command)
