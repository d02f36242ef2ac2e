"""Values of `trace`: one requirement, and every row of a book that belongs to it, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from xlsflow.i18n import LocalizedText


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One row that belongs to a requirement: a task, an opinion, the requirement itself.

    Attributes:
        key: Id of the row; empty where its sheet has none.
        title: What it is about.
        owner: Person responsible; empty where its sheet names none.
        state: Code of its status; empty where it has none.
        state_label: The same as a reader knows it.
        is_open: Whether it is neither done nor cancelled; None where its sheet has no such status.
        date: Its date, with the time where there is one; the due date of a tracked item.
        days_overdue: Days past the due date, by the region's local date.
        region: Code of the region whose return it stands in.
        region_name: The same as a reader knows it.
        round: Id of the round of that return.
        file: The return.
        sheet: Its sheet.
        row: Its 1-based row.
    """

    key: str
    title: LocalizedText
    owner: LocalizedText
    state: str
    state_label: LocalizedText
    is_open: bool | None
    date: date | None
    days_overdue: int
    region: str
    region_name: LocalizedText
    round: str
    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class LifeStage:
    """One stage in a life: the rows of one block.

    Attributes:
        block: Full name of the block (`tracking.tasks`).
        name: Name of its sheet.
        date_label: Label of the date of its rows.
        rows: Its rows that belong to the requirement, in the order of the book; none if it has not come so far.
    """

    block: str
    name: LocalizedText
    date_label: LocalizedText
    rows: tuple[LifeRow, ...]


@dataclass(frozen=True, slots=True)
class RequirementLife:
    """What became of a requirement.

    Attributes:
        id: Its id.
        as_of: The instant that days overdue are counted at.
        stages: The requirement itself first; its stage has several rows where several regions use the id, and none
            where only references to it are in the book.
        unlinked: One sentence for each pack with sheets that have no link to requirements.
    """

    id: str
    as_of: datetime
    stages: tuple[LifeStage, ...]
    unlinked: tuple[LocalizedText, ...] = ()
