"""The text that goes with a marked copy, ready to paste into a mail or a chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsflow.feedback import phrases
from xlsflow.feedback.listing import counted
from xlsflow.findings import SEVERITY_ORDER, Finding
from xlsflow.markings import LIST, SIGNS
from xlsflow.words import Lang, Words, plain_line

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a covering text is for, and from whom.

    Attributes:
        lang: Their language.
        contact: Who fills the workbook in.
        region: Their region.
        round: What the round is called.
        due: Until when it shall be back, as it is shown.
        coordinator: Who sends it.
        coordinator_contact: How to reach them.
    """

    lang: Lang = "zh"
    contact: str = ""
    region: Words | None = None
    round: str = ""
    due: str = ""
    coordinator: str = ""
    coordinator_contact: str = ""


def covering_text(
    file: str, findings: Sequence[Finding], to: Recipient, *, marked: bool = True, read: bool = True
) -> str:
    """Return the covering text of one return.

    Args:
        file: Name of the file.
        findings: What is to be said of it.
        to: Who it is for.
        marked: Whether a marked copy goes with it; of some formats there is none.
        read: Whether the file could be read at all.
    """
    return "\n".join(_lines(plain_line(file), findings, to, marked=marked, read=read)) + "\n"


def _lines(file: str, findings: Sequence[Finding], to: Recipient, *, marked: bool, read: bool) -> Iterator[str]:
    lang = to.lang
    greeting = phrases.GREETING if to.contact else phrases.GREETING_NOBODY
    yield greeting.say(lang).format(name=to.contact)
    yield ""
    yield _received(file, to)
    if not findings:
        yield phrases.CLEAN.say(lang)
    else:
        yield from _told(findings, to, marked=marked, read=read)
        if read:
            yield _about_copy(file, to, marked=marked)
        if not read or any(finding.severity != "info" for finding in findings):
            yield _asked(to, marked=marked)
    if to.coordinator:
        yield ""
        yield f"{phrases.COORDINATOR.say(lang).format(name=to.coordinator)}  {to.coordinator_contact}".rstrip()


def _received(file: str, to: Recipient) -> str:
    if not to.region:
        return phrases.RECEIVED_PLAIN.say(to.lang).format(file=file)
    about = (f"《{to.round}》" if to.lang == "zh" else f" for {to.round}") if to.round else ""
    return phrases.RECEIVED.say(to.lang).format(region=to.region.say(to.lang), round=about, file=file)


def _told(findings: Sequence[Finding], to: Recipient, *, marked: bool, read: bool) -> Iterator[str]:
    """Yield what was found: the gravest first, so that what is cut off matters least."""
    lang = to.lang
    if not read:
        yield phrases.REFUSED.say(lang)
    elif all(finding.severity == "info" for finding in findings):
        yield phrases.ONLY_INFO.say(lang)
    else:
        yield phrases.CHECKED.say(lang).format(counts=counted(findings, lang))
    yield ""
    listed = sorted(findings, key=lambda finding: SEVERITY_ORDER[finding.severity])
    for number, finding in enumerate(listed[:MOST_LINES], 1):
        place = f"{plain_line(finding.place.sheet)} {finding.place.cell}".strip()
        yield f"{number}. {SIGNS[finding.severity.value]} {f'{place}  ' if place else ''}{finding.message(lang)}"
    if len(listed) > MOST_LINES:
        more = phrases.MORE if marked else phrases.MORE_PLAIN
        yield more.say(lang).format(count=len(listed) - MOST_LINES, sheet=LIST.say(lang))
    yield ""


def _about_copy(file: str, to: Recipient, *, marked: bool) -> str:
    if marked:
        return phrases.COPY.say(to.lang).format(sheet=LIST.say(to.lang))
    return phrases.NO_COPY.say(to.lang).format(format="." + file.rpartition(".")[2].lower())


def _asked(to: Recipient, *, marked: bool) -> str:
    dated, soon = (
        (phrases.BEFORE_DUE, phrases.SEND_BACK) if marked else (phrases.BEFORE_DUE_PLAIN, phrases.SEND_BACK_PLAIN)
    )
    return (dated if to.due else soon).say(to.lang).format(due=to.due)
