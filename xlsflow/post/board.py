"""The board of a round: who has got a workbook, who has returned it, what is still to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from xlsflow.i18n import LocalizedText
from xlsflow.model.report_model import Listing, Mark, ReportColumn, ReportValue, ValueFormat
from xlsflow.post.journal import INVITATION, REMINDER, JournalEntry, letter_histories
from xlsflow.post.working_time import calendars_by_region, working_days_left

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.model.project import Project

PostState = Literal["", "drafted", "sent", "in_doubt", "postponed", "refused"]
"""Where the letter with a region's workbook stands; empty if there is none."""


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """What the report says of the returns of one region.

    Attributes:
        state: `in_time`, `late`, `undated` or `missing`.
        files: Names of the files that count.
        came: When the first of its files was received, else saved, in the region's time.
        hours_late: Hours between the deadline and that.
        errors: Findings of severity error in its files.
        warnings: Findings of severity warning.
    """

    state: str = "missing"
    files: tuple[str, ...] = ()
    came: datetime | None = None
    hours_late: float = 0.0
    errors: int = 0
    warnings: int = 0

    @property
    def missing(self) -> bool:
        """Whether nothing of the region counts yet."""
        return self.state == "missing"

    @property
    def accepted(self) -> bool:
        """Whether its return counts and has no errors."""
        return not self.missing and not self.errors


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One region of the board.

    Attributes:
        region: Its code.
        name: Its name.
        contact: Its contact.
        post: Where the letter with its workbook stands.
        sent: When that began, in the region's time.
        returns: What the report says of its returns.
        reminded: How many reminders it got.
        days_left: Working days up to the deadline; negative once it has passed; None without a deadline.
    """

    region: str
    name: LocalizedText
    contact: str
    post: PostState
    sent: datetime | None
    returns: ReturnFigures
    reminded: int
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a round.

    Attributes:
        project: Name of the project.
        round: Id of the round.
        title: Its title.
        due: Its deadline, in each region's time.
        now: The instant that it is true for, in the coordinator's time.
        rows: One for each region, in the project's order.
    """

    project: LocalizedText
    round: str
    title: str
    due: datetime | None
    now: datetime
    rows: tuple[BoardRow, ...]

    @property
    def returned(self) -> int:
        """How many regions have returned their workbook."""
        return sum(not row.returns.missing for row in self.rows)

    @property
    def accepted(self) -> int:
        """How many returns are accepted."""
        return sum(row.returns.accepted for row in self.rows)

    @property
    def late(self) -> int:
        """How many were late."""
        return sum(row.returns.hours_late > 0 for row in self.rows)

    @property
    def errors(self) -> int:
        """How many errors are left in all returns."""
        return sum(row.returns.errors for row in self.rows)

    @property
    def settled(self) -> bool:
        """Whether every return is accepted."""
        return self.accepted == len(self.rows)


_SENT: Mapping[str, LocalizedText] = {
    "": LocalizedText("未写", "no letter"),
    "drafted": LocalizedText("草稿", "draft"),
    "sent": LocalizedText("已发", "sent"),
    "in_doubt": LocalizedText("存疑", "in doubt"),
    "postponed": LocalizedText("暂缓", "put off"),
    "refused": LocalizedText("被拒", "refused"),
}
_SENT_MARKS: Mapping[str, Mark] = {"in_doubt": "warning", "postponed": "warning", "refused": "error", "": "idle"}
_STATES: Mapping[str, tuple[LocalizedText, Mark]] = {
    "accepted": (LocalizedText("已采用", "accepted"), "done"),
    "errors": (LocalizedText("须修改", "to correct"), "error"),
    "missing": (LocalizedText("未交", "missing"), "missing"),
}
_TITLES: Mapping[str, LocalizedText] = {
    "name": LocalizedText("报送区域", "Region"),
    "state": LocalizedText("回收状态", "Status"),
    "post": LocalizedText("信", "Letter"),
    "sent": LocalizedText("发出", "Sent"),
    "came": LocalizedText("收到", "Received"),
    "late": LocalizedText("晚交（小时）", "Hours late"),
    "errors": LocalizedText("待改错误", "Errors left"),
    "reminded": LocalizedText("提醒次数", "Reminded"),
    "days": LocalizedText("剩余工作日", "Working days left"),
    "contact": LocalizedText("填报联系人", "Contact"),
}
_TITLE = LocalizedText("回收看板", "Board of the round")
_NOTE = LocalizedText(
    "时间为各区域当地时间；剩余工作日按各区域日历，负数为已超过截止日。",
    "Times are local to each region; working days are those of its calendar, negative after the deadline.",
)
_CONCLUSION = LocalizedText(
    "{accepted}/{all} 已采用；未交 {missing}，晚交 {late}，待改错误 {errors} 处。",
    "{accepted} of {all} accepted; {missing} missing, {late} late, {errors} {errors:error|errors} left.",
)
_DUE = LocalizedText("截止 {due}（各区域当地时间）", "Due {due} (local time of each region)")
_AS_OF = LocalizedText("截至 {now}", "As of {now}")


def board_of(
    project: Project, entries: Iterable[JournalEntry], returns: Mapping[str, ReturnFigures], now: datetime
) -> Board:
    """Return the board of the present round.

    Args:
        project: The project.
        entries: The journal of the round.
        returns: Code of each region -> what the report says of its returns.
        now: The present.
    """
    letters = letter_histories(entries)
    reminded = Counter(
        letter.region
        for letter in letters.values()
        if letter.letter_kind == REMINDER and letter.state in ("drafted", "sent", "in_doubt")
    )
    calendars, due = calendars_by_region(project), project.round.due
    rows = []
    for region in project.regions:
        letter = letters.get(f"{region.code}/{INVITATION}")
        today = now.astimezone(region.zone).date()
        rows.append(
            BoardRow(
                region=region.code,
                name=region.label,
                contact=region.contact,
                post=letter.state if letter else "",
                sent=letter.at.astimezone(region.zone).replace(tzinfo=None) if letter else None,
                returns=returns[region.code],
                reminded=reminded[region.code],
                days_left=working_days_left(calendars[region.code], today, due.date()) if due else None,
            )
        )
    facts = project.project
    name = LocalizedText(facts.name, facts.name_en or facts.name)
    return Board(name, project.round.id, project.round.title, due, now.astimezone(project.zone), tuple(rows))


def board_listing(board: Board, lang: Lang) -> Listing:
    """Return the rows of the board as a table."""
    states = [_STATES[_state(row.returns)] for row in board.rows]
    values: Mapping[str, Sequence[ReportValue]] = {
        "name": [row.name.say(lang) for row in board.rows],
        "state": [text.say(lang) for text, _ in states],
        "post": [_SENT[row.post].say(lang) for row in board.rows],
        "sent": [row.sent for row in board.rows],
        "came": [row.returns.came for row in board.rows],
        "late": [round(row.returns.hours_late, 1) if row.returns.hours_late > 0 else None for row in board.rows],
        "errors": [None if row.returns.missing else row.returns.errors for row in board.rows],
        "reminded": [row.reminded for row in board.rows],
        "days": [row.days_left for row in board.rows],
        "contact": [row.contact for row in board.rows],
    }
    formats: Mapping[str, ValueFormat] = {
        "sent": "datetime", "came": "datetime", "late": "number", "errors": "integer", "reminded": "integer",
        "days": "integer",
    }  # fmt: skip
    marks: Mapping[str, Sequence[Mark | None]] = {
        "state": [mark for _, mark in states],
        "post": [_SENT_MARKS.get(row.post) for row in board.rows],
        "late": ["overdue" if row.returns.hours_late > 0 else None for row in board.rows],
        "errors": ["error" if row.returns.errors else None for row in board.rows],
    }
    columns = tuple(
        ReportColumn(
            key,
            title.say(lang),
            values[key],
            formats.get(key, "text"),
            marks=marks.get(key, ()),
            with_symbols=key == "state",
        )
        for key, title in _TITLES.items()
    )
    return Listing("board", _TITLE.say(lang), _NOTE.say(lang), columns, "follow_up")


def board_facts(board: Board, lang: Lang) -> tuple[str, ...]:
    """Return what stands above the board: project and round, deadline, the instant that it is true for."""
    title = board.title if lang == "zh" or board.title.isascii() else ""
    due = _DUE.format(lang, due=f"{board.due:%Y-%m-%d %H:%M}") if board.due else ""
    named = f"{board.project.say(lang)} · {' '.join(filter(None, (board.round, title)))}"
    return tuple(filter(None, (named, due, _AS_OF.format(lang, now=f"{board.now:%Y-%m-%d %H:%M}"))))


def board_conclusion(board: Board, lang: Lang) -> tuple[Mark, str]:
    """Return the board in one sentence, with its mark."""
    missing = len(board.rows) - board.returned
    mark: Mark = "done" if board.settled else "missing" if missing else "error"
    counts = {"accepted": board.accepted, "all": len(board.rows), "missing": missing, "late": board.late}
    return mark, _CONCLUSION.format(lang, **counts, errors=board.errors)


def board_object(board: Board) -> Mapping[str, Any]:
    """Return the board for a program; keys and codes stay as they are in later versions."""
    return {
        "format": 1,
        "project": board.project.zh,
        "round": board.round,
        "due": board.due.isoformat() if board.due else None,
        "now": board.now.isoformat(timespec="seconds"),
        "settled": board.settled,
        "counts": {
            "expected": len(board.rows), "returned": board.returned, "accepted": board.accepted, "late": board.late,
            "errors": board.errors,
        },
        "rows": [
            {
                "region": row.region, "name": row.name.zh, "english": row.name.en, "contact": row.contact,
                "letter": row.post, "sent": row.sent.isoformat(timespec="seconds") if row.sent else None,
                "received": row.returns.came.isoformat(timespec="seconds") if row.returns.came else None,
                "state": row.returns.state, "hours_late": round(row.returns.hours_late, 2),
                "errors": row.returns.errors, "warnings": row.returns.warnings,
                "reminded": row.reminded, "accepted": row.returns.accepted,
                "working_days_left": row.days_left, "files": list(row.returns.files),
            }
            for row in board.rows
        ],
    }  # fmt: skip


def _state(returns: ReturnFigures) -> str:
    return "missing" if returns.missing else "errors" if returns.errors else "accepted"
