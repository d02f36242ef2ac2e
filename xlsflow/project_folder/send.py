"""The command `send`: letters as drafts in the round's folder, or handed to a server; either way in the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.pipeline.generate import safe_file_name
from xlsflow.post.journal import DRAFTED, SENDING, LetterHistory, letter_histories
from xlsflow.post.letters import Letter, Mailbox, wire_bytes
from xlsflow.post.recipients import sender_of
from xlsflow.post.secret import need_secret
from xlsflow.post.smtp import Delivery, OutgoingMail, Postman
from xlsflow.project_folder.escalations import escalation_letters
from xlsflow.project_folder.folder import project_of
from xlsflow.project_folder.letters_out import NO_ADDRESS, LeftOut, LetterOrder, needed_letters
from xlsflow.project_folder.merged_round import merged_round
from xlsflow.project_folder.region_figures import region_figures
from xlsflow.system.atomic_write import write_atomically

if TYPE_CHECKING:
    from xlsflow.model.project import Region
    from xlsflow.project_folder.folder import ProjectFolder, RoundFolder

SendState = Literal["drafted", "sent", "postponed", "refused", "in_doubt", "already", "left_out"]


@dataclass(frozen=True, slots=True)
class SendLine:
    """What became of the letter to one region.

    Attributes:
        region: The region.
        state: What became of it; `already` where nothing was to be done, `left_out` where there is no letter.
        why: The reason, where there is one.
        path: The draft, or the copy of what was sent.
        fault: Whether somebody must do something about it.
    """

    region: Region
    state: SendState
    why: LocalizedText = LocalizedText("", "")  # noqa: RUF009 - frozen
    path: Path | None = None
    fault: bool = False


@dataclass(frozen=True)
class SendOrder:
    """What `send` is asked to do.

    Attributes:
        letters: Which letters.
        by_smtp: Whether to hand them to the server of the settings; else they are written as drafts.
        escalations: Whether letters of the report's ladder are asked for instead.
        again: Whether letters are sent that were sent before, or are in doubt.
        pause: Waits a number of seconds.
    """

    letters: LetterOrder = LetterOrder()  # noqa: RUF009 - frozen
    by_smtp: bool = False
    escalations: bool = False
    again: bool = False
    pause: Callable[[float], None] = time.sleep


_SENT_BEFORE = LocalizedText("{at} 已发出，没有重发", "sent on {at}; not sent again")
_CHANGED_SINCE = LocalizedText(
    "{at} 已发出，但附件此后已变；要重发请加 --again",
    "sent on {at}, but the attachment has changed since; --again sends it again",
)
_IN_DOUBT = LocalizedText(
    "{at} 已交给服务器，但没有收到答复，可能已送达；请在已发送或收件人处按 Message-ID {id} 核实，要重发请加 --again",
    "handed over on {at} without an answer, so it may have arrived; please look for Message-ID {id}, or use --again"
    " to send it again",
)
_DRAFT_THERE = LocalizedText("草稿已在", "the draft is there already")
_DRAFT_TAKEN = LocalizedText(
    "草稿 {at} 已写好，现已不在 letters 里（多半已发出）；要重写请加 --again",
    "the draft was written on {at} and has been taken away, probably sent; --again writes it again",
)
_DRAFT_EDITED = LocalizedText(
    "草稿 {file} 被改过，没有覆盖；要重写请先删除它",
    "the draft {file} was edited and is kept; remove it to have it written again",
)
_COPIES_REFUSED = LocalizedText("抄送未被接受：{addresses}", "not accepted as a copy: {addresses}")


def send_letters(folder: ProjectFolder, order: SendOrder, now: datetime) -> Iterator[SendLine]:
    """Write or send the letters that are asked for; yield what becomes of each, region by region.

    Args:
        folder: The project folder.
        order: What to do.
        now: The present, with a time zone.

    Raises:
        InputError: The round has no deadline, a text or setting is wrong, no sender or secret is known, the server
            cannot be reached, or another run is sending.
        ProjectError: The project workbook cannot be used, or a region is not there.
        OutputError: The journal or a draft cannot be written.
    """
    project, round_ = project_of(folder), folder.round()
    sender = sender_of(project, folder.settings.sender)
    with round_.locked():
        histories = letter_histories(round_.journal.entries())
        ready: list[tuple[Region, Letter]] = []
        for region, letter in _needed(folder, order, sender, now):
            if isinstance(letter, LeftOut):
                yield SendLine(region, "left_out", letter.why, fault=letter.fault)
            elif (done := _already(histories.get(letter.name), letter, order, region)) is not None:
                yield done
            else:
                ready.append((region, letter))
        if order.by_smtp:
            yield from _sent(folder, ready, order, histories, sender, now)
        else:
            for region, letter in ready:
                yield _drafted(round_, region, letter, sender, now, again=order.again)


def _needed(
    folder: ProjectFolder, order: SendOrder, sender: Mailbox, now: datetime
) -> Iterator[tuple[Region, Letter | LeftOut]]:
    """Yield whom letters are asked for, each with the letter or why there is none."""
    if order.escalations:
        for region, letter in escalation_letters(folder, merged_round(folder, now), now):
            yield region, letter or LeftOut(region, NO_ADDRESS, fault=True)
        return
    figures = None if order.letters.letter == "invitation" else region_figures(merged_round(folder, now))
    yield from needed_letters(folder, order.letters, now, figures, sender)


def _already(history: LetterHistory | None, letter: Letter, order: SendOrder, region: Region) -> SendLine | None:
    """Return the line of a letter that is not to be sent again; None for one that is to be sent."""
    if history is None or order.again or history.state not in ("sent", "in_doubt"):
        return None
    at = f"{history.at.astimezone(region.zone):%Y-%m-%d %H:%M}"
    if history.state == "in_doubt":
        return SendLine(region, "in_doubt", _IN_DOUBT.with_facts(at=at, id=history.message_id), fault=True)
    changed = bool(history.digest) and history.digest != _digest(letter.data)
    return SendLine(region, "already", (_CHANGED_SINCE if changed else _SENT_BEFORE).with_facts(at=at), fault=changed)


def _drafted(
    round_: RoundFolder, region: Region, letter: Letter, sender: Mailbox, now: datetime, *, again: bool
) -> SendLine:
    """Write a letter as a draft; one that is there is replaced only if nobody has edited it."""
    path = _path(round_, region, letter)
    drafts = {
        e.text("draft"): e.at for e in round_.journal.entries() if e.what == DRAFTED and e.text("letter") == letter.name
    }
    data = wire_bytes(letter, sender)
    digest, there = _digest(data), _digest(path.read_bytes()) if path.is_file() else ""
    if not there and digest in drafts and not again:
        at = f"{drafts[digest].astimezone(region.zone):%Y-%m-%d %H:%M}"
        return SendLine(region, "already", _DRAFT_TAKEN.with_facts(at=at))
    if there and there != digest and there not in drafts:
        return SendLine(region, "already", _DRAFT_EDITED.with_facts(file=path.name), path, fault=True)
    if there != digest:
        write_atomically(path, lambda beside: beside.write_bytes(data))
    if there != digest or digest not in drafts:  # a run may have been killed between the file and its line
        facts = {"file": path.name, "draft": digest, "sha256": _digest(letter.data)}
        round_.journal.add(DRAFTED, now, letter=letter.name, region=region.code, to=letter.recipients, **facts)
        return SendLine(region, "drafted", path=path)
    return SendLine(region, "already", _DRAFT_THERE, path)


def _sent(
    folder: ProjectFolder,
    ready: Sequence[tuple[Region, Letter]],
    order: SendOrder,
    histories: Mapping[str, LetterHistory],
    sender: Mailbox,
    now: datetime,
) -> Iterator[SendLine]:
    """Hand letters to the server; every step that matters is in the journal before the next."""
    settings = folder.settings.smtp
    if settings is None:
        raise InputError("no_server", section="smtp")
    secret = (
        need_secret(f"smtp {_SECRET_OF[settings.auth]}", f"{settings.user}@{settings.host}") if settings.user else ""
    )
    round_ = folder.round()
    letters: dict[str, tuple[Region, Letter]] = {}
    mails: list[OutgoingMail] = []
    for region, letter in ready:
        before = histories.get(letter.name)
        # One Message-ID however often a letter is tried: mailboxes that have it already recognise it.
        known = before.message_id if before and before.message_id and before.state != "sent" else ""
        named = replace(letter, message_id=known or f"<{uuid4()}@{sender.address.rpartition('@')[2]}>")
        letters[letter.name] = region, named
        data = wire_bytes(named, sender, now)
        copies = tuple(mailbox.address for mailbox in named.copies)
        mails.append(OutgoingMail(letter.name, sender.address, named.to.address, copies, data))

    def note(mail: OutgoingMail) -> None:
        region, letter = letters[mail.letter]
        facts = {"message_id": letter.message_id, "sha256": _digest(letter.data), "again": order.again}
        round_.journal.add(SENDING, now, letter=letter.name, region=region.code, to=letter.recipients, **facts)

    for delivery in Postman(settings, secret, note, order.pause).deliver(mails):
        region, letter = letters[delivery.mail.letter]
        yield _noted(round_, region, letter, delivery, now)


_SECRET_OF: Mapping[str, str] = {"password": "password", "xoauth2": "token"}


def _noted(round_: RoundFolder, region: Region, letter: Letter, delivery: Delivery, now: datetime) -> SendLine:
    """Enter in the journal what became of a letter, and keep a copy of one that was sent."""
    path = None
    if delivery.state != "in_doubt":  # the line before the last byte says that already
        facts: dict[str, object] = {"message_id": letter.message_id, "sha256": _digest(letter.data)}
        facts |= {"why": delivery.why} if delivery.why else {}
        facts |= {"left_out": delivery.left_out} if delivery.left_out else {}
        round_.journal.add(delivery.state, now, letter=letter.name, region=region.code, **facts)
    if delivery.state in ("sent", "in_doubt"):
        path = _path(round_, region, letter)
        write_atomically(path, lambda beside: beside.write_bytes(delivery.mail.data))
    at = f"{now.astimezone(region.zone):%Y-%m-%d %H:%M}"
    if delivery.state == "in_doubt":
        return SendLine(region, "in_doubt", _IN_DOUBT.with_facts(at=at, id=letter.message_id), path, fault=True)
    if delivery.left_out:
        addresses = ", ".join(delivery.left_out)
        return SendLine(region, "sent", _COPIES_REFUSED.with_facts(addresses=addresses), path, fault=True)
    return SendLine(region, delivery.state, untranslated(delivery.why), path, fault=delivery.state != "sent")


def _path(round_: RoundFolder, region: Region, letter: Letter) -> Path:
    """Return where a letter is kept: the same place each time."""
    _, kind, *rest = letter.name.split("/")
    return round_.letters / safe_file_name(
        "_".join((region.code, region.label.say(region.language), kind, *rest)), ".eml"
    )


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest() if data else ""
