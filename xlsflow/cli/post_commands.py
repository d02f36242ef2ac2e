"""The commands of post: send, collect, status. They work in a project folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlsflow.cli.common import (
    FILE,
    Command,
    echo,
    format_option,
    lang_option,
    now,
    quiet_option,
    t,
    templates_option,
)
from xlsflow.cli.endings import CLEAN, FINDINGS
from xlsflow.cli.in_folder import folder_here, shown_path
from xlsflow.cli.progress import progress
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
        "Write a letter to each region, with its workbook attached. By default letters are drafts in the"
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
    kind: LetterKind = "feedback" if feedback else "reminder" if remind else "invitation"
    letters = LetterOrder(kind, tuple(chosen), at_any_hour=at_any_hour)
    count, faults = 0, False
    for line in send_letters(folder_here(templates), SendOrder(letters, by_smtp, escalate, again), now()):
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
        "收取回收的表，放进各轮的 inbox。并记下收到时间和发件人。不写路径时，读取 xlsflow.toml 里的邮箱（只读）"
        "和 inbox 里的邮件文件、压缩包；也可写明 .eml、.mbox、.msg、winmail.dat、.zip 文件或文件夹。",
        "Put returns that have come into the inboxes of their rounds. Where each came from, and when, is recorded."
        " Without paths, they are taken from the mailbox of xlsflow.toml (read only), and from mails and zips"
        " in the inbox; paths may be .eml, .mbox, .msg,"
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


@click.command(
    cls=Command,
    help=t(
        "显示本轮看板：谁交了，谁没交。每个区域：是否已发、已收、晚交、还有几处错误、提醒过几次、是否已采用、剩几个工作日。"
        "同时写成 board.html。还有区域未交或有错误时，退出码为 1。",
        "Show the board of the round: who has returned what. For each region: whether its workbook was sent, returned,"
        " late, errors left, reminders, accepted, working days left. It is written as board.html too. The exit"
        " code is 1 while a region is"
        " missing or has errors.",
    ),
)
@format_option
@click.option(
    "--out", type=FILE, default=None, metavar="FILE.html", help=t("看板网页写到哪里。", "Where the page is written.")
)
@click.option(
    "--notify",
    "robot",
    default="",
    metavar="NAME",
    help=t(
        "把本轮简报发到 xlsflow.toml 里的这个群机器人。",
        "Post the short text of the round to this chat robot of xlsflow.toml.",
    ),
)
@lang_option("看板的语言。", "Language of the board.")
@quiet_option
@templates_option
def status(form: str, out: Path | None, robot: str, lang: Lang, quiet: bool, templates: Sequence[Path]) -> None:
    """Show the board of a round."""
    from xlsflow.post.board import board_conclusion, board_facts, board_listing, board_object
    from xlsflow.project_folder.board_page import board_html, board_lines
    from xlsflow.project_folder.status import notify, round_board, short_text
    from xlsflow.render.as_json import json_text
    from xlsflow.system.atomic_write import write_text_atomically

    folder = folder_here(templates)
    with progress(lang, quiet=quiet or form == "json") as shown:
        board, merged = round_board(folder, now(), shown)
    about = board_facts(board, lang), board_conclusion(board, lang), board_listing(board, lang)
    page = out or merged.round.board
    write_text_atomically(page, board_html(*about, lang))
    lines = board_lines(*about)
    if form == "json":
        click.echo(json_text(board_object(board)), nl=False)
    else:
        click.echo("\n".join(lines))
        echo(lang, f"\n网页：{shown_path(page)}", f"\nPage: {shown_path(page)}")
    if robot:
        count = notify(folder, robot, short_text(merged, lang), now())
        if form == "text":
            echo(
                lang,
                f"已发到 {robot}（{count} 条）。",
                f"Posted to {robot} ({count} {'message' if count == 1 else 'messages'}).",
            )
    sys.exit(CLEAN if board.settled else FINDINGS)


POST_COMMANDS: tuple[click.Command, ...] = (send, collect, status)
"""In the order of a round."""
