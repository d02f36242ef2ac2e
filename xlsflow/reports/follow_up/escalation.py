"""Decides whom to remind of which overdue items today, by a ladder: owner, regional head, coordinator, superior."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.tracked_items import overdue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from xlsflow.model.project import Project
    from xlsflow.reports.inputs import ReportInputs

Rung = Literal["owner", "head", "coordinator", "superior"]
RUNGS: tuple[Rung, ...] = ("owner", "head", "coordinator", "superior")
"""The rungs of the ladder from the lowest to the highest."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """From how many days overdue on somebody is asked; packs and projects set the names in brackets.

    Attributes:
        head: The head of the region (`escalate_head`).
        coordinator: The coordinator (`escalate_coordinator`).
        superior: The coordinator's superior (`escalate_superior`).
    """

    head: int = 3
    coordinator: int = 7
    superior: int = 14

    @classmethod
    def of(cls, inputs: ReportInputs) -> Ladder:
        """Return the ladder of the pack and the project."""
        usual = cls()
        return cls(
            *(int(inputs.setting(f"escalate_{name}", getattr(usual, name))) for name in RUNGS if name != "owner")
        )

    def rung(self, days: int, *, urgent: bool) -> Rung:
        """Return the highest rung that an item has reached; the days of an urgent one count double."""
        reached = days * 2 if urgent else days
        steps: tuple[tuple[int, Rung], ...] = (
            (self.superior, "superior"), (self.coordinator, "coordinator"), (self.head, "head")
        )  # fmt: skip
        return next((rung for limit, rung in steps if 0 < limit <= reached), "owner")


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """An overdue item as a reminder names it.

    Attributes:
        key: Its key.
        title: Its title.
        region: Code of its region.
        owner: Person responsible.
        due: Due date that counts.
        days: Days overdue.
        reason: Reason for the delay.
    """

    key: str
    title: str
    region: str
    owner: str
    due: date | None
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one person is to be told today.

    Attributes:
        rung: The rung of the ladder.
        person: Name of the person; empty where nobody is named.
        address: How to reach the person.
        region: Code of the region that it is about; empty for all of them.
        items: The overdue items, the longest overdue first; none where the region's return is missing.
        copy_to: Names of those on the rungs below.
    """

    rung: Rung
    person: str
    address: str
    region: str
    items: tuple[OverdueItem, ...] = ()
    copy_to: tuple[str, ...] = ()


def reminders(inputs: ReportInputs, frame: pd.DataFrame, missing: Sequence[str]) -> tuple[Reminder, ...]:
    """Return whom to remind today of what, the highest rung first.

    Args:
        inputs: What the report is made from.
        frame: The tracked items (`items_with_flags`).
        missing: Codes of the regions that have not returned.
    """
    ladder, addresses = Ladder.of(inputs), _addresses(inputs.project)
    grouped: dict[tuple[Rung, str, str], list[OverdueItem]] = {}
    late = overdue(frame)
    columns = ("key", "title", "region", "owner", "due", "days_overdue", "reason", "urgent", "high")
    for key, title, region, owner, due, days, reason, urgent, high in zip(
        *(column_values(late[name]) for name in columns), strict=True
    ):
        item = OverdueItem(
            str(key or ""), str(title or ""), str(region or ""), str(owner or ""),
            due.date() if isinstance(due, datetime) else None, int(str(days)), str(reason or ""),
        )  # fmt: skip
        rung = _possible(ladder.rung(item.days, urgent=bool(urgent or high)), item, inputs.project)
        person = _person(rung, item, inputs.project)
        about = item.region if rung in ("owner", "head") else ""
        grouped.setdefault((rung, person, about), []).append(item)
    made = [
        Reminder(
            rung, person, _address(rung, person, region, inputs.project, addresses), region, tuple(items),
            _copies(rung, items, inputs.project),
        )
        for (rung, person, region), items in grouped.items()
    ]  # fmt: skip
    made += (_about_return(code, inputs.project, addresses) for code in missing)
    return tuple(sorted(made, key=lambda r: (-RUNGS.index(r.rung), -_longest(r), r.region, r.person)))


def _longest(reminder: Reminder) -> int:
    return max((item.days for item in reminder.items), default=0)


def _possible(rung: Rung, item: OverdueItem, project: Project) -> Rung:
    """Return the rung, or the one above or below where nobody stands on it."""
    if rung == "superior" and not project.project.superior:
        return "coordinator"
    if rung == "head" and not _head(item.region, project):
        return "owner"
    return rung


def _head(region: str, project: Project) -> str:
    return project.region(region).head if project.has_region(region) else ""


def _person(rung: Rung, item: OverdueItem, project: Project) -> str:
    if rung == "head":
        return _head(item.region, project)
    return {"owner": item.owner, "coordinator": project.project.coordinator, "superior": project.project.superior}[rung]


def _copies(rung: Rung, items: Sequence[OverdueItem], project: Project) -> tuple[str, ...]:
    """Return who stands on the rungs below: the owners, and above them the heads of their regions."""
    below = RUNGS[: RUNGS.index(rung)]
    names = [item.owner for item in items] if "owner" in below else []
    names += [_head(item.region, project) for item in items] if "head" in below else []
    return tuple(dict.fromkeys(filter(None, names)))


def _addresses(project: Project) -> Mapping[str, str]:
    """Return name of a person -> e-mail address, as far as the project lists one."""
    return {person.name: person.email for person in project.people if person.email}


def _address(rung: Rung, person: str, region: str, project: Project, addresses: Mapping[str, str]) -> str:
    if rung == "coordinator":
        return project.project.coordinator_contact
    if rung == "superior":
        return project.project.superior_contact
    known = addresses.get(person, "")
    return known or (project.region(region).email if project.has_region(region) else "")


def _about_return(code: str, project: Project, addresses: Mapping[str, str]) -> Reminder:
    region = project.region(code)
    person = region.contact or region.head
    return Reminder("owner", person, region.email or addresses.get(person, ""), code)
