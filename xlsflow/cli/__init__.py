"""The command line: arguments in, sentences out.

Each command hands over to one function of `api` or `pipeline` and prints what it returns; no other room uses click, and
nothing here works on data. Start with `commands.py`.
"""

from __future__ import annotations

import gc
import sys

import click

from xlsflow.cli.commands import COMMANDS
from xlsflow.cli.common import MainGroup, t
from xlsflow.cli.page import page
from xlsflow.cli.post_commands import POST_COMMANDS
from xlsflow.cli.templates import templates
from xlsflow.cli.trace import trace

GC_THRESHOLDS = 50_000, 20, 100
"""Allocations before Python looks for reference cycles.

A command makes millions of objects and few cycles. At the default of 700, the collector takes a tenth of the run time,
and once more a twentieth at exit.
"""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread gives up the interpreter to a waiting one.

A thread that compresses or decompresses releases the interpreter for some milliseconds at a time and needs it in
between. At the default of 5 ms it would wait for it as long as it works.
"""


@click.group(
    cls=MainGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=t(
        "用电子表格管理跨区域工作：生成、发出、回收、校验、合并、报告。\n\n"
        "从这里开始：  xlsflow init project.xlsx --example\n\n"
        "语言：--lang 优先，其次环境变量 XLSFLOW_LANG（zh 或 en），再按系统语言：中文或未设置时用中文，"
        "其余用英文。本说明不看 --lang。",
        "Run work across regions with spreadsheets: generate, send, get back, check, merge, report.\n\n"
        "Start with:  xlsflow init project.xlsx --example\n\n"
        "Language: --lang, else the environment variable XLSFLOW_LANG (zh or en), else the system's language: Chinese"
        " on a Chinese system or one without a language, else English. Help pages do not follow --lang.",
    ),
)
@click.version_option(package_name="xlsflow")
def main() -> None:
    """Run work across regions with spreadsheets."""
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_INTERVAL)
    # Without `gc.freeze`, Python searches everything once more for cycles when it exits.
    click.get_current_context().call_on_close(gc.freeze)


for command in (*COMMANDS, *POST_COMMANDS, trace, page, templates):
    main.add_command(command)
