"""What a region types into the sheets of the everyday pack: believable rows, with the slips that people make."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

AS_OF = date(2026, 11, 20)
STALE_BLANK = 0.003
"""Share of chosen values with a blank behind, as a paste leaves them."""
TEXT_DATE = 0.004
"""Share of dates that are typed as text."""
MISTAKE = 0.001
"""Share of cells that hold what they must not, or nothing where something must be."""
ON_SHEET: Mapping[str, tuple[int, int]] = {
    "minutes.attendees": (10, 12),
    "minutes.topics": (5, 6),
    "minutes.actions": (16, 20),
    "tracking.tasks": (30, 60),
    "raci.matrix": (30, 60),
    "issues.issues": (30, 60),
    "risks.risks": (30, 60),
}
"""Block -> the fewest and the most rows of a return; the requirement and the meeting are forms."""

Row = dict[str, object]
TEXTS = (
    "与供应商确认交付时间并更新计划，第二批 18 家",
    "完成接口联调",
    "整理客户反馈意见，形成清单后发各区域确认",
    "协调仓储资源 2 人、叉车 1 台",
    "提交季度预算调整申请",
    "培训区域团队，覆盖 45 家门店",
    "等待总部批复\n批复后三天内启动",
)


STATES = ("not_started", "in_progress", "in_progress", "blocked", "late", "done", "done", "cancelled")


@dataclass(frozen=True)
class Teller:
    """Tells what one region reports.

    Attributes:
        region: Code of the region.
        regions: Codes of all regions.
        departments: Codes of the departments.
        people: Names of all people.
        dice: What it is left to.
    """

    region: str
    regions: Sequence[str]
    departments: Sequence[str]
    people: Sequence[str]
    dice: random.Random

    def rows(self) -> dict[str, list[Row]]:
        """Return block -> rows, values as the data has them: codes, numbers, dates."""
        tell = {
            "minutes.attendees": self.attendee,
            "minutes.topics": self.topic,
            "minutes.actions": self.action,
            "tracking.tasks": self.task,
            "raci.matrix": self.duty,
            "issues.issues": self.issue,
            "risks.risks": self.risk,
        }
        reported: dict[str, list[Row]] = {
            "cover.submission": [{"reporter": self.one(self.people), "contact": "021-5550-0101"}],
            "requirement.form": [self.requirement()],
            "minutes.meeting": [self.meeting()],
        }
        for block, span in ON_SHEET.items():
            reported[block] = [tell[block](number) for number in range(1, self.dice.randint(*span) + 1)]
        for row in reported["raci.matrix"][len(reported["tracking.tasks"]) :]:
            row["task_id"] = None  # a deliverable that no task is tracked for
        return reported

    def id(self, prefix: str, number: int) -> str:
        """Return an id that no other region has."""
        return f"{prefix}-2026-{self.region}{number:03d}"

    def day(self, first: int, last: int) -> date:
        """Return a day so far from the as-of day."""
        return AS_OF + timedelta(self.dice.randint(first, last))

    def moment(self, first: int, last: int) -> datetime:
        """Return a time of a working day so far from the as-of day."""
        day = self.day(first, last)
        return datetime(day.year, day.month, day.day, self.dice.randint(8, 17), self.dice.choice((0, 30)))  # noqa: DTZ001 - of a sheet

    def text(self, share: float = 1.0) -> str | None:
        """Return words, or nothing."""
        return f"{self.dice.choice(TEXTS)} {self.dice.randint(1, 999)}" if self.dice.random() < share else None

    def one(self, codes: Sequence[str], share: float = 1.0) -> str | None:
        """Return one of some codes, or nothing."""
        return self.dice.choice(codes) if self.dice.random() < share else None

    def requirement(self) -> Row:
        """Return the requirement that the region has."""
        first = self.day(-60, -30)
        return {
            "req_id": self.id("RW", 1), "req_name": self.text(), "requesting_unit": self.region,
            "requester": self.one(self.people), "receiving_unit": self.one(self.departments),
            "receiver": self.one(self.people), "scenario": "project", "priority": "high", "urgency": "urgent",
            "raised": first, "needed_by": first + timedelta(40), "regions": self.region,
            "departments": ";".join(self.departments[:3]), "background": self.text(), "goal": "铺货率达到 85%",
            "description": self.text(), "resources_needed": "预算 8 万元、仓管 2 人", "tried": self.text(),
            "constraints": self.text(), "contact_person": self.one(self.people), "contact": "021-5550-0101",
            "req_state": "agreed", "approval": "approved",
        }  # fmt: skip

    def meeting(self) -> Row:
        """Return the head of the minutes."""
        start = self.moment(-10, -1)
        return {
            "meeting_id": self.id("HY", 1), "meeting_name": "周例会", "meeting_type": "weekly", "place": "线上",
            "start": start, "end": start + timedelta(hours=1), "chair": self.one(self.people),
            "minute_taker": self.one(self.people), "issued": start + timedelta(hours=5),
        }  # fmt: skip

    def attendee(self, number: int) -> Row:
        """Return someone who took part."""
        name = self.people[(hash_of(self.region) + number) % len(self.people)]
        return {"unit": self.one(self.departments), "person_name": name, "present": "yes", "confirmed": "yes"}

    def topic(self, _: int) -> Row:
        """Return what was spoken of."""
        return {"topic": self.text(), "discussion": self.text(), "decision": self.text()}

    def action(self, number: int) -> Row:
        """Return what someone shall do."""
        return {
            "action_id": self.id("HD", 500 + number), "req_id": self.id("RW", 1), "action": self.text(),
            "region": self.region, "owner": self.one(self.people), "due": self.day(-20, 40),
            "supporting_departments": self.one(self.departments, 0.6), "required_resources": self.text(0.3),
            "output": self.text(0.8), "remark": self.text(0.3),
        }  # fmt: skip

    def task(self, number: int) -> Row:
        """Return a task and its progress."""
        state = self.dice.choice(STATES)
        start = self.day(-90, -30)
        due = {"not_started": (1, 60), "in_progress": (-2, 60), "late": (-30, -1)}.get(state, (-25, 40))
        share = {"not_started": 0, "done": 20}.get(state, self.dice.randint(1, 19)) / 20
        return {
            "task_id": self.id("HD", number), "req_id": self.id("RW", 1), "task": self.text(), "region": self.region,
            "owner": self.one(self.people), "start": start, "due": self.day(*due), "milestone": self.one(("yes", "no")),
            "progress": state, "share": share,
            "finished": self.day(-29, -1) if state == "done" and self.dice.random() > 10 * MISTAKE else None,
            "done_this_week": self.text(0.8), "delay_reason": self.text(1.0 if state == "late" else 0.1),
            "problems": self.text(0.2), "impact_scope": self.text(0.1), "tried_measures": self.text(0.1),
            "support": self.text(1.0 if state == "blocked" else 0.1), "reported": self.day(-4, 0),
            "remark": self.text(0.3),
        }  # fmt: skip

    def duty(self, number: int) -> Row:
        """Return who does a task, who decides, who is asked, who is informed."""
        roles = ["A", "R", *(self.one(("C", "I", "R"), 0.6) for _ in self.departments[2:])]
        self.dice.shuffle(roles)
        cells = {f"roles_{code.lower()}": role for code, role in zip(self.departments, roles, strict=True)}
        return {"task_id": self.id("HD", number), "task": f"{self.text()} {self.region}-{number}", **cells}

    def issue(self, number: int) -> Row:
        """Return a problem and what was done about it."""
        state = self.dice.choice(("open", "in_progress", "resolved", "closed"))
        raised = self.moment(-40, -12)
        later = [raised + timedelta(hours=hours) for hours in (1, 20, 60, 80)]
        solved, closed = state in ("resolved", "closed"), state == "closed"
        return {
            "issue_id": self.id("WT", number), "found_by": self.one(self.departments),
            "raised_by": self.one(self.people),
            "raised": raised, "problem": self.text(), "impact_scope": self.text(0.3), "tried_measures": self.text(0.3),
            "support": self.text(0.2), "urgency": self.one(("normal", "urgent", "critical")),
            "responsible_department": self.one(self.departments), "owner": self.one(self.people),
            "first_response": None if state == "open" else later[0], "proposed": later[1] if solved else None,
            "solution": self.text() if solved else None, "solve_by": self.day(-5, 20), "state": state,
            "solved": later[2] if solved else None, "verifier": self.one(self.people) if closed else None,
            "verified": later[3] if closed else None,
        }  # fmt: skip

    def risk(self, number: int) -> Row:
        """Return a risk and what is done against it."""
        likelihood, severity = self.dice.randint(1, 5), self.dice.randint(1, 5)
        value = likelihood * severity
        identified = self.day(-60, -10)
        return {
            "risk_id": self.id("FX", number), "identified": identified, "area": self.region, "description": self.text(),
            "category": None, "likelihood": likelihood, "severity": severity,
            "level": "high" if value >= 15 else "medium" if value >= 6 else "low",
            "measures": self.text(), "owner": self.one(self.people), "solve_by": self.day(-9, 60),
            "state": self.dice.choice(("open", "closed")), "updated": self.day(-9, 0),
        }  # fmt: skip


def hash_of(text: str) -> int:
    """Return a number for a text, the same in every run."""
    return sum(ord(character) * 31**place for place, character in enumerate(text))
