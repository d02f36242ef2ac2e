"""The commands of post: send, collect, status. They work in a project folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import FILE, Command, echo, lang_option, now, t, templates_option
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


_CAME: Mapping[str, LocalizedText] = {
    "new": LocalizedText("新收", "new"),
    "again": LocalizedText("再次收到", "received again"),
    "problem": LocalizedText("没有打开", "not opened"),
}


@click.command(
    cls=Command,
    help=t(
        "收取回收的表，放进各轮的 inbox，并记下收到时间和发件人。不写路径时，读取 xlsflow.toml 里的邮箱（只读）"
        "和 inbox 里的邮件文件、压缩包；也可写明 .eml、.mbox、.msg、winmail.dat、.zip 文件或文件夹。",
        "Put returns that have come into the inboxes of their rounds, with when and from whom. Without paths, from the"
        " mailbox of xlsflow.toml (read only), and from mails and zips in the inbox; paths may be .eml, .mbox, .msg,"
        " winmail.dat and .zip files, and folders.",
    ),
)
@click.argument("paths", type=FILE, nargs=-1, metavar="[PATH...]")
@click.option(
    "--mark-read", is_flag=True, help=t("把有回收表的邮件标为已读。", "Mark the mails that brought returns as read.")
)
@click.option(
    "--move",
    "move_to",
    default="",
    metavar="FOLDER",
    help=t(
        "把有回收表的邮件移到邮箱的这个文件夹。", "Move the mails that brought returns to this folder of the mailbox."
    ),
)
@lang_option("提示的语言。", "Language of the messages.")
@templates_option
def collect(paths: Sequence[Path], mark_read: bool, move_to: str, lang: Lang, templates: Sequence[Path]) -> None:
    """Collect returns."""
    from xlsflow.project_folder.collect import Collected, CollectOrder, collect_returns

    done = Collected()
    try:
        collect_returns(folder_here(templates), CollectOrder(tuple(paths), mark_read, move_to), now(), done)
    finally:
        # Also where the connection was cut: what is told here is stored.
        shown = [line for line in done.lines if line.state != "known"]
        for line in shown:
            notes = [note.say(lang) for note in line.notes]
            where = "" if line.state == "problem" else f"  {line.name}"
            click.echo("  ".join((f"{_CAME[line.state].say(lang)}{where}", *notes)))
        new, again, known = (sum(line.state == state for line in done.lines) for state in ("new", "again", "known"))
        echo(
            lang,
            f"打开 {done.mails} 封邮件或文件：新收 {new} 份表，再次收到 {again} 份，"
            f"早已收过 {known} 份；其他附件 {done.others} 个。",
            f"Opened {done.mails} mails or files: {new} new returns, {again} received again, {known} known already;"
            f" {done.others} other attachments.",
        )
    sys.exit(FINDINGS if any(line.state == "problem" for line in done.lines) else CLEAN)


POST_COMMANDS: tuple[click.Command, ...] = (send, collect)
"""In the order of a round."""
