"""Writes the message that accompanies a marked copy, ready to paste into a mail or a chat.

It starts with the request (what, by when, to whom), then lists the findings, then explains the copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xlsflow.feedback import texts
from xlsflow.feedback.findings_sheet import severity_counts
from xlsflow.fileformat.feedback_marks import FINDINGS_SHEET
from xlsflow.findings import SEVERITY_ORDER, Finding
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.messages.single_line import single_line
from xlsflow.model.finding_groups import FindingGroup, grouped

# Findings listed one by one; the copy lists all of them.
_MAX_LINES = 20


@dataclass(frozen=True, slots=True)
class Recipient:
    """Addressee and sender of a covering text.

    Attributes:
        lang: Language of the text.
        contact: Person in the region who fills in the workbook.
        region: Name of the region.
        project: Name of the project.
        round: Name of the round.
        due: Deadline, formatted for the reader.
        late: Whether the deadline has passed.
        saved: Time the return was saved, in the region's time, if that was after the deadline.
        received: Time the return was received, likewise; then `saved` is empty.
        hours_late: Hours between the deadline and that time.
        coordinator: Sender of the text.
        coordinator_contact: Phone number or address of the sender.
    """

    lang: Lang = "zh"
    contact: str = ""
    region: LocalizedText | None = None
    project: LocalizedText | None = None
    round: str = ""
    due: str = ""
    late: bool = False
    saved: str = ""
    received: str = ""
    hours_late: str = ""
    coordinator: str = ""
    coordinator_contact: str = ""


@dataclass(frozen=True, slots=True)
class ReturnOutcome:
    """What became of one returned file.

    Attributes:
        file: Name of the file.
        has_copy: Whether a marked copy was written.
        readable: Whether the file could be read.
        no_copy_reason: Why there is no copy; empty if the file format is the reason.
        at_hand: Whether the file itself was read, rather than a consolidated workbook made from it.
    """

    file: str
    has_copy: bool = True
    readable: bool = True
    no_copy_reason: str = ""
    at_hand: bool = True


def covering_text(findings: Sequence[Finding], recipient: Recipient, outcome: ReturnOutcome) -> str:
    """Return the covering text for one return.

    Args:
        findings: Findings of the return; waived ones are left out.
        recipient: Addressee and sender.
        outcome: What became of the file.
    """
    current = [finding for finding in findings if not finding.waived]
    # File names come from the region: a line break in one must not forge a line of the text.
    safe = replace(outcome, file=single_line(outcome.file))
    return "\n".join(_Covering(current, recipient, safe).lines()) + "\n"


@dataclass(frozen=True)
class _Covering:
    """Composes one covering text from its paragraphs."""

    findings: Sequence[Finding]
    recipient: Recipient
    outcome: ReturnOutcome

    def _say(self, template: LocalizedText, **facts: object) -> str:
        return template.format(self.recipient.lang, **facts)

    @property
    def _must_come_back(self) -> bool:
        """Whether the region must send the file again."""
        return not self.outcome.readable or any(finding.severity != "info" for finding in self.findings)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text."""
        greeting = texts.GREETING if self.recipient.contact else texts.GREETING_NOBODY
        yield self._say(greeting, name=self.recipient.contact)
        yield ""
        yield self._opening()
        if self.findings:
            yield from self._finding_lines()
            if self._must_come_back:
                yield from self._about_copy()
        if self.recipient.coordinator:
            yield ""
            yield f"{self.recipient.coordinator}  {self.recipient.coordinator_contact}".rstrip()

    def _opening(self) -> str:
        """Return the first paragraph: what was received, the result of the check, the request."""
        gap = "" if self.recipient.lang == "zh" else " "  # Chinese puts no space between sentences
        if not self.findings:
            shown = self._say(texts.RESULT_CLEAN)
        elif not self.outcome.readable:
            shown = self._say(texts.RESULT_NOT_READ)
        elif not self._must_come_back:
            shown = self._say(texts.RESULT_ONLY_INFO)
        else:
            to_fix = [finding for finding in self.findings if finding.severity != "info"]
            shown = self._say(texts.RESULT_COUNTS, counts=severity_counts(to_fix, self.recipient.lang))
        return gap.join(
            part
            for part in (self._received(), self._lateness(), shown, self._request() if self._must_come_back else "")
            if part
        )

    def _received(self) -> str:
        lang, project = self.recipient.lang, self.recipient.project
        about = [project.say(lang) if project else "", self.recipient.round]
        what = texts.SUBJECT_SEPARATOR.say(lang).join(part for part in about if part)
        if not self.recipient.region:
            return self._say(texts.RECEIVED_PLAIN, file=self.outcome.file)
        return self._say(texts.RECEIVED, region=self.recipient.region.say(lang), what=what, file=self.outcome.file)

    def _lateness(self) -> str:
        """Return by how much the return missed the deadline, nothing if it was in time."""
        recipient = self.recipient
        came = recipient.received or recipient.saved
        late = texts.RECEIVED_LATE if recipient.received else texts.SAVED_LATE
        return self._say(late, came=came, hours=recipient.hours_late) if came else ""

    def _request(self) -> str:
        """Return the sentence that says by when and to whom to send the file."""
        addressee = texts.ADDRESSEE_SENDER.say(self.recipient.lang)
        if self.recipient.coordinator:
            contact = self.recipient.coordinator_contact
            addressee = self._say(
                texts.ADDRESSEE_CONTACT if contact else texts.ADDRESSEE_NAME,
                name=self.recipient.coordinator,
                contact=contact,
            )
        request = (
            texts.REQUEST_SOON
            if not self.recipient.due
            else texts.REQUEST_OVERDUE
            if self.recipient.late
            else texts.REQUEST_BEFORE_DUE
        )
        # Warnings may be right as they are: nobody is asked to correct them, only to say so.
        certain = any(finding.severity == "error" for finding in self.findings)
        do = (
            texts.ACTION_NEW_FILE
            if not self.outcome.readable
            else texts.ACTION_CORRECT
            if certain
            else texts.ACTION_CONFIRM
        )
        return self._say(request, due=self.recipient.due, to=addressee, do=do.say(self.recipient.lang))

    def _finding_lines(self) -> Iterator[str]:
        """Yield the findings, most severe first; findings for information are only counted if the copy lists them."""
        groups = sorted(grouped(self.findings), key=lambda group: SEVERITY_ORDER[group.severity])
        infos = [group for group in groups if group.severity == "info"]
        # Who must correct something should not have to read what needs no correction.
        short = self._must_come_back and self.outcome.has_copy and self.outcome.readable
        shown = [group for group in groups if not (short and group.severity == "info")]
        heading = ""
        for number, group in enumerate(shown[:_MAX_LINES], 1):
            # A file that was refused has one reason, which needs no heading.
            here = self._say(texts.SEVERITY_HEADINGS[group.severity.value]) if self.outcome.readable else ""
            if here != heading or number == 1:
                yield ""
                if here:
                    yield here
                heading = here
            yield self._line(number, group)
        if len(shown) > _MAX_LINES:
            more = texts.MORE_FINDINGS if self.outcome.has_copy else texts.MORE_FINDINGS_NO_COPY
            yield self._say(more, count=len(shown) - _MAX_LINES, sheet=FINDINGS_SHEET.say(self.recipient.lang))
        if short and infos:
            yield self._say(
                texts.MORE_INFOS,
                count=sum(group.count for group in infos),
                sheet=FINDINGS_SHEET.say(self.recipient.lang),
            )

    def _line(self, number: int, group: FindingGroup) -> str:
        where = f"{single_line(group.first.location.sheet)} {group.cells}".strip()
        message = group.message(self.recipient.lang)
        return (
            f"{number}. {where}{texts.LOCATION_SEPARATOR.say(self.recipient.lang)}{message}"
            if where
            else f"{number}. {message}"
        )

    def _about_copy(self) -> Iterator[str]:
        if not self.outcome.readable:
            return
        yield ""
        if self.outcome.has_copy:
            yield self._say(texts.ABOUT_COPY, sheet=FINDINGS_SHEET.say(self.recipient.lang))
        elif not self.outcome.at_hand:
            yield self._say(texts.NO_COPY_NOT_AT_HAND)
        elif self.outcome.no_copy_reason:
            yield self._say(texts.NO_COPY_FILE, why=self.outcome.no_copy_reason)
        else:
            yield self._say(texts.NO_COPY_FORMAT, format="." + self.outcome.file.rpartition(".")[2].lower())
