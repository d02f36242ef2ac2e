"""Which letters a round needs now: for each region one, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xlsflow.clock import localize
from xlsflow.i18n import LocalizedText
from xlsflow.pipeline.generate import file_name
from xlsflow.post.journal import GENERATED, INVITATION, REMINDER, LetterHistory, letter_histories
from xlsflow.post.letter_texts import letter_text
from xlsflow.post.letters import Letter, Mailbox
from xlsflow.post.recipients import contact_of, head_of, person_in
from xlsflow.post.working_time import calendars_by_region, is_working_time, utc_offset, working_days_left
from xlsflow.project_folder.folder import project_of
from xlsflow.project_folder.region_figures import RegionFigures

if TYPE_CHECKING:
    from xlsflow.model.project import Project, Region
    from xlsflow.project_folder.folder import ProjectFolder

LetterKind = Literal["invitation", "reminder", "feedback"]
"""What is asked for; a reminder to a region whose return has errors is a correction."""

_PASSED = LocalizedText("截止时间已过。", "It has passed.")
_DAYS_LEFT = LocalizedText(
    "还有 {days} 个工作日。", "There {days:is|are} {days} working {days:day|days} left."
)  # fmt: skip
_TODAY = LocalizedText("就在今天。", "That is today.")
_ATTACHED = LocalizedText(
    "附件是您发来的文件，有问题的单元格已标出。", "Attached is your own file with the cells concerned marked. "
)

NO_ADDRESS = LocalizedText(
    "项目设置表里没有可用的邮箱，没有写信", "the project workbook has no usable address; no letter was written"
)
NO_WORKBOOK = LocalizedText(
    "outbox 里没有它的表，请先运行 xlsflow generate",
    "its workbook is not in the outbox; please run xlsflow generate first",
)
OUTSIDE_HOURS = LocalizedText(
    "当地现在 {time}，不是工作时间，未提醒（--now 可立即提醒）",
    "it is {time} there, outside working hours; no reminder (--now reminds all the same)",
)
NOTHING_TO_SEND_BACK = LocalizedText("没有要发回的标注文件", "there is no marked copy to send back")
IN_ORDER = LocalizedText("已回收且没有错误，不用提醒", "returned without errors; no reminder is needed")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A region that gets no letter.

    Attributes:
        region: The region.
        why: The reason, without a full stop.
        fault: Whether somebody must do something about it.
    """

    region: Region
    why: LocalizedText
    fault: bool = False


@dataclass(frozen=True)
class LetterOrder:
    """Which letters are asked for.

    Attributes:
        letter: What kind of letter.
        regions: Codes or names of regions; all where empty.
        at_any_hour: Whether reminders go out outside working hours too.
    """

    letter: LetterKind = "invitation"
    regions: tuple[str, ...] = ()
    at_any_hour: bool = False


@dataclass(frozen=True)
class _Composer:
    """Composes the letters of a round."""

    folder: ProjectFolder
    project: Project
    order: LetterOrder
    now: datetime
    figures: RegionFigures | None
    histories: Mapping[str, LetterHistory]
    sender: Mailbox
    _files: dict[str, str] = field(default_factory=dict)

    def letter(self, region: Region) -> Letter | LeftOut:
        """Return a region's letter, or why it gets none."""
        to = contact_of(self.project, region)
        compose: Mapping[LetterKind, Callable[[Region, Mailbox], Letter | LeftOut]] = {
            "invitation": self._invitation,
            "reminder": self._reminder,
            "feedback": self._feedback,
        }
        return LeftOut(region, NO_ADDRESS, fault=True) if to is None else compose[self.order.letter](region, to)

    def _invitation(self, region: Region, to: Mailbox) -> Letter | LeftOut:
        workbook = self._workbook(region)
        if workbook is None:
            return LeftOut(region, NO_WORKBOOK, fault=True)
        return self._composed(region, to, f"{region.code}/{INVITATION}", INVITATION, workbook)

    def _reminder(self, region: Region, to: Mailbox) -> Letter | LeftOut:
        assert self.figures is not None
        mine = self.figures.of(region.code)
        if mine.accepted:
            return LeftOut(region, IN_ORDER)
        local = self.now.astimezone(region.zone)
        calendar = calendars_by_region(self.project)[region.code]
        hours = self.folder.settings.working_hours
        if not self.order.at_any_hour and not is_working_time(region, calendar, hours, self.now):
            time = f"{local:%Y-%m-%d %H:%M}"
            return LeftOut(region, OUTSIDE_HOURS.with_facts(time=time))
        name = f"{region.code}/{REMINDER}/{local:%Y-%m-%d}"  # one a day at most, however often the command is run
        if mine.missing:
            workbook = self._workbook(region)
            return self._composed(region, to, name, "reminder", workbook)
        copy = next((path for path in self.figures.feedback_of(region.code) if path.suffix != ".txt"), None)
        facts = {"errors": str(mine.errors), "attachment_note": _ATTACHED.say(region.language) if copy else ""}
        return self._composed(region, to, name, "correction", copy, facts)

    def _feedback(self, region: Region, to: Mailbox) -> Letter | LeftOut:
        assert self.figures is not None
        paths = self.figures.feedback_of(region.code)
        text = next((path for path in paths if path.suffix == ".txt"), None)
        if text is None:
            return LeftOut(region, NOTHING_TO_SEND_BACK)
        copy = next((path for path in paths if path.suffix != ".txt"), None)
        said = text.read_text("utf-8")
        digest = sha256(said.encode() + (copy.read_bytes() if copy else b"")).hexdigest()[:12]
        return self._composed(region, to, f"{region.code}/feedback/{digest}", "feedback", copy, {"text": said.strip()})

    def _composed(
        self,
        region: Region,
        to: Mailbox,
        name: str,
        text: str,
        workbook: Path | None,
        more: Mapping[str, str] | None = None,
    ) -> Letter:
        facts = {**self._facts(region), "file": workbook.name if workbook else "", **(more or {})}
        subject, body = letter_text(self.folder.letter_texts, text, region.language).filled(facts)
        head = head_of(self.project, region)
        first = self.histories.get(f"{region.code}/{INVITATION}")
        return Letter(
            name=name,
            to=to,
            copies=(head,) if head else (),
            subject=subject,
            text=body,
            file=workbook.name if workbook else "",
            data=workbook.read_bytes() if workbook else b"",
            answers=first.message_id if first and first.state == "sent" and text != INVITATION else "",
        )

    def _facts(self, region: Region) -> Mapping[str, str]:
        project, lang, round_ = self.project.project, region.language, self.project.round
        assert round_.due is not None
        left = working_days_left(
            calendars_by_region(self.project)[region.code], self.now.astimezone(region.zone).date(), round_.due.date()
        )
        if self.now > localize(round_.due, region.zone):
            note = _PASSED.say(lang)
        else:
            note = _DAYS_LEFT.format(lang, days=left) if left else _TODAY.say(lang)
        title = round_.title if lang == "zh" or round_.title.isascii() else ""
        return {
            "contact": to.name if (to := contact_of(self.project, region)) else "",
            "region": region.label.say(lang),
            "project": project.name if lang == "zh" else project.name_en or project.name,
            "round": title or round_.id,
            "due": f"{round_.due:%Y-%m-%d %H:%M}",
            "zone": utc_offset(region, round_.due),
            "deadline_note": note,
            "coordinator": person_in(self.project, project.coordinator, lang) or self.sender.name,
            "coordinator_address": project.coordinator_contact or self.sender.address,
        }

    def _workbook(self, region: Region) -> Path | None:
        """Return a region's workbook in the outbox: by its name, else by its digest, for a file may be renamed."""
        round_ = self.folder.round()
        named = [e for e in round_.journal.entries() if e.what == GENERATED and e.text("region") == region.code]
        document = "-".join(part for part in (self.project.project.code, self.project.round.id, region.code) if part)
        names = [e.text("file") for e in reversed(named)] + [file_name(document, name) for name in region.label.both()]
        for name in names:
            if name and (round_.outbox / Path(name).name).is_file():
                return round_.outbox / Path(name).name
        digests = {entry.text("sha256") for entry in named}
        paths = sorted(round_.outbox.glob("*.xlsx")) if round_.outbox.is_dir() and digests else []
        return next((path for path in paths if sha256(path.read_bytes()).hexdigest() in digests), None)


def needed_letters(
    folder: ProjectFolder, order: LetterOrder, now: datetime, figures: RegionFigures | None, sender: Mailbox
) -> Iterator[tuple[Region, Letter | LeftOut]]:
    """Yield each region that is asked for with its letter, or with the reason why it gets none.

    Args:
        folder: The project folder.
        order: What is asked for.
        now: The present.
        figures: The round as it stands; an invitation needs none.
        sender: Whom letters come from.

    Raises:
        InputError: The round has no deadline, or a text of letters cannot be used.
        ProjectError: A region is not there.
    """
    project = project_of(folder)
    histories = letter_histories(folder.round().journal.entries())
    composer = _Composer(folder, project, order, now, figures, histories, sender)
    for region in [project.region(name) for name in order.regions] or project.regions:
        yield region, composer.letter(region)
