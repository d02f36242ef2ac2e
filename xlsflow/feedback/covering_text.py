"""The text that goes with a marked copy, ready to paste into a mail or a chat.

What is asked stands first: how much, by when, sent to whom; then the faults, numbered; then how the copy is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xlsflow.feedback import texts
from xlsflow.feedback.findings_sheet import counted
from xlsflow.fileformat.feedback_marks import LIST
from xlsflow.findings import SEVERITY_ORDER, Finding
from xlsflow.i18n import (
    Lang,
    LocalizedText,
    plain_line,
)
from xlsflow.model.finding_groups import (
    Group,
    grouped,
)

MOST_LINES = 20
"""Faults that are told one by one; the copy has them all."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a covering text is for, and from whom.

    Attributes:
        lang: Their language.
        contact: Who fills the workbook in.
        region: Their region.
        project: What the project is called.
        round: What the round is called.
        due: Until when it shall be back, as it is shown.
        late: Whether that time has passed.
        coordinator: Who sends it.
        coordinator_contact: How to reach them.
    """

    lang: Lang = "zh"
    contact: str = ""
    region: LocalizedText | None = None
    project: LocalizedText | None = None
    round: str = ""
    due: str = ""
    late: bool = False
    coordinator: str = ""
    coordinator_contact: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes with a covering text.

    Attributes:
        file: Name of the return.
        marked: Whether a marked copy of it goes along.
        read: Whether it could be read at all.
        why: Why there is no copy; empty where the format of the file says it.
    """

    file: str
    marked: bool = True
    read: bool = True
    why: str = ""


def covering_text(findings: Sequence[Finding], to: Recipient, sending: Sending) -> str:
    """Return the covering text of one return.

    Args:
        findings: What is to be said of it; what may stand is passed over.
        to: Who it is for.
        sending: What goes with it.
    """
    asked = [finding for finding in findings if not finding.waived]
    told = replace(sending, file=plain_line(sending.file))
    return "\n".join(_Covering(asked, to, told).lines()) + "\n"


@dataclass(frozen=True)
class _Covering:
    """One text."""

    findings: Sequence[Finding]
    to: Recipient
    sending: Sending

    def _say(self, words: LocalizedText, **facts: object) -> str:
        return words.say(self.to.lang).format(**facts)

    @property
    def _mends(self) -> bool:
        """Whether the file must come back."""
        return not self.sending.read or any(finding.severity != "info" for finding in self.findings)

    def lines(self) -> Iterator[str]:
        """Yield its lines."""
        greeting = texts.GREETING if self.to.contact else texts.GREETING_NOBODY
        yield self._say(greeting, name=self.to.contact)
        yield ""
        yield self._opening()
        if self.findings:
            yield from self._faults()
            yield from self._about_copy()
        if self.to.coordinator:
            yield ""
            yield f"{self.to.coordinator}  {self.to.coordinator_contact}".rstrip()

    def _opening(self) -> str:
        """Return what came, how it is, and what is asked."""
        gap = "" if self.to.lang == "zh" else " "
        if not self.findings:
            told = self._say(texts.CLEAN)
        elif not self.sending.read:
            told = self._say(texts.REFUSED)
        elif not self._mends:
            told = self._say(texts.ONLY_INFO)
        else:
            grave = [finding for finding in self.findings if finding.severity != "info"]
            told = self._say(texts.CHECKED, counts=counted(grave, self.to.lang))
        return gap.join(part for part in (self._received(), told, self._asked() if self._mends else "") if part)

    def _received(self) -> str:
        lang, project = self.to.lang, self.to.project
        about = [project.say(lang) if project else "", self.to.round]
        what = texts.ABOUT.say(lang).join(part for part in about if part)
        if not self.to.region:
            return self._say(texts.RECEIVED_PLAIN, file=self.sending.file)
        return self._say(texts.RECEIVED, region=self.to.region.say(lang), what=what, file=self.sending.file)

    def _asked(self) -> str:
        """Return by when it shall be sent to whom."""
        whom = texts.TO_SENDER.say(self.to.lang)
        if self.to.coordinator:
            contact = self.to.coordinator_contact
            whom = self._say(texts.TO_REACH if contact else texts.TO_NAME, name=self.to.coordinator, contact=contact)
        asked = texts.SOON if not self.to.due else texts.LATE if self.to.late else texts.BEFORE_DUE
        do = texts.MENDED if self.sending.read else texts.ANEW
        return self._say(asked, due=self.to.due, to=whom, do=do.say(self.to.lang))

    def _faults(self) -> Iterator[str]:
        """Yield the faults by how much they matter; what was only done is counted where the copy lists it."""
        groups = sorted(grouped(self.findings), key=lambda group: SEVERITY_ORDER[group.severity])
        done = [group for group in groups if group.severity == "info"]
        short = self._mends and self.sending.marked and self.sending.read
        told = [group for group in groups if not (short and group.severity == "info")]
        heading = ""
        for number, group in enumerate(told[:MOST_LINES], 1):
            here = self._say(texts.HEADINGS[group.severity.value]) if self.sending.read else ""
            if here != heading or number == 1:
                yield ""
                if here:
                    yield here
                heading = here
            yield self._line(number, group)
        if len(told) > MOST_LINES:
            more = texts.MORE if self.sending.marked else texts.MORE_PLAIN
            yield self._say(more, count=len(told) - MOST_LINES, sheet=LIST.say(self.to.lang))
        if short and done:
            yield self._say(texts.DONE, count=sum(group.count for group in done), sheet=LIST.say(self.to.lang))

    def _line(self, number: int, group: Group) -> str:
        place = f"{plain_line(group.first.location.sheet)} {group.cells}".strip()
        said = group.message(self.to.lang)
        return f"{number}. {place}{texts.COLON.say(self.to.lang)}{said}" if place else f"{number}. {said}"

    def _about_copy(self) -> Iterator[str]:
        if not self.sending.read:
            return
        yield ""
        if self.sending.marked:
            yield self._say(texts.COPY, sheet=LIST.say(self.to.lang))
        elif self.sending.why:
            yield self._say(texts.NO_COPY_OF_THIS, why=self.sending.why)
        else:
            yield self._say(texts.NO_COPY, format="." + self.sending.file.rpartition(".")[2].lower())
