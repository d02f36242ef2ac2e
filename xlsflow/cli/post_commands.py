"""The commands of post: send, collect, status. They work in a project folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import Command, echo, lang_option, now, t, templates_option
from xlsflow.cli.endings import CLEAN, FINDINGS
from xlsflow.cli.in_folder import folder_here, shown_path
from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.i18n import Lang
    from xlsflow.project_folder.letters_out import LetterKind
    from xlsflow.project_folder.send import SendLine

_STATES: Mapping[str, LocalizedText] = {
    "drafted": LocalizedText("已写草稿", "draft written"),
    "sent": LocalizedText("已发出", "sent"),
    "postponed": LocalizedText("服务器暂缓", "put off by the server"),
    "refused": LocalizedText("服务器拒收", "refused by the server"),
    "in_doubt": LocalizedText("存疑", "in doubt"),
    "already": LocalizedText("未重发", "left as it is"),
    "left_out": LocalizedText("没有信", "no letter"),
}


@click.command(
    cls=Command,
    help=t(
        "给本轮每个区域写信，附上它的表。默认写成草稿，存在 letters 里，由邮件程序打开后发出。",
        "Write a letter to each region of the round, with its workbook attached. By default letters are drafts in the"
        " folder letters, for a mail program to open and send.",
    ),
)
@click.option(
    "--smtp",
    "by_smtp",
    is_flag=True,
    help=t("直接通过 xlsflow.toml 里的服务器发出。", "Send through the server of xlsflow.toml."),
)
@click.option("--feedback", is_flag=True, help=t("发回标注了问题的文件。", "Send back the marked copies."))
@click.option(
    "--remind",
    is_flag=True,
    help=t(
        "只提醒没有交回或还有错误的区域，每天最多一次。",
        "Remind only regions that are missing or have errors; once a day at most.",
    ),
)
@click.option(
    "--escalate", is_flag=True, help=t("按报告的升级规则发信。", "Write what the escalation rules of the report say.")
)
@click.option(
    "--now",
    "at_any_hour",
    is_flag=True,
    help=t("不在当地工作时间也提醒。", "Remind outside working hours of a region too."),
)
@click.option(
    "--again",
    is_flag=True,
    help=t("已发出或存疑的信也再发一次。", "Send letters again that were sent before, or are in doubt."),
)
@click.option(
    "--region",
    "chosen",
    multiple=True,
    metavar="NAME",
    help=t("只给这个区域（代码或名称），可重复。", "Only this region (code or name); may be repeated."),
)
@lang_option("提示的语言；信件用各区域自己的。", "Language of the messages; letters are in that of each region.")
@templates_option
def send(
    by_smtp: bool,
    feedback: bool,
    remind: bool,
    escalate: bool,
    at_any_hour: bool,
    again: bool,
    chosen: Sequence[str],
    lang: Lang,
    templates: Sequence[Path],
) -> None:
    """Write or send the letters of a round."""
    from xlsflow.project_folder.letters_out import LetterOrder
    from xlsflow.project_folder.send import SendOrder, send_letters

    if feedback + remind + escalate > 1:
        raise click.UsageError(
            t("--feedback、--remind、--escalate 一次只能用一个。", "Use only one of --feedback, --remind, --escalate.")
        )
    kind: LetterKind = "feedback" if feedback else "reminder" if remind else "escalation" if escalate else "invitation"
    letters = LetterOrder(kind, tuple(chosen), at_any_hour=at_any_hour)
    count, faults = 0, False
    for line in send_letters(folder_here(templates), SendOrder(letters, by_smtp, again), now()):
        click.echo(_line(line, lang))
        count += line.state in ("drafted", "sent")
        faults |= line.fault
    if by_smtp:
        echo(lang, f"共发出 {count} 封。", f"{count} {'letter' if count == 1 else 'letters'} sent.")
    else:
        echo(
            lang,
            f"共写好 {count} 封草稿，什么都没有发出；请用邮件程序打开后发送，或加 --smtp 直接发出。",
            f"{count} {'draft' if count == 1 else 'drafts'} written; nothing has been sent. Open them in a mail"
            " program, or use --smtp.",
        )
    sys.exit(FINDINGS if faults else CLEAN)


def _line(line: SendLine, lang: Lang) -> str:
    state, why = _STATES[line.state].say(lang), line.why.say(lang)
    said = (f"{state}：{why}" if lang == "zh" else f"{state}: {why}") if why else state
    if line.path and line.state in ("drafted", "sent"):
        said += f"  {shown_path(line.path)}"
    return f"{line.region.label.say(lang)}  {said}"


POST_COMMANDS: tuple[click.Command, ...] = (send,)
"""In the order of a round."""
