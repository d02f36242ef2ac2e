"""Sections of a block that name the fields with its state: `follow` for tracked items, `step` for a requirement's life.

A row with either section is a step in the life of a requirement, if references lead from it to one.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as PydanticField
from pydantic import field_validator

from xlsflow.template.expressions.expression import Const, Expr, OneOf, Ref
from xlsflow.template.printed_blocks import StrictModel
from xlsflow.template.rules import checked_optional_expression


class LifeStep(StrictModel):
    """Fields of a block that tell a step in the life of a requirement: an opinion, a meeting, a verdict.

    Attributes:
        title: Field that says what the step is about.
        date: Field with the date of the step.
        status: Field with the state.
        owner: Field with the person responsible.
        done: Status codes of steps that are over; without any, the step is neither open nor done.
    """

    title: str
    date: str
    status: str = ""
    owner: str = ""
    done: tuple[str, ...] = ()

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the keys that are set."""
        return {key: name for key in ("title", "date", "status", "owner") if (name := getattr(self, key))}


class Watch(StrictModel):
    """Fields of a block whose rows are open until something else says so: they have no status of a task.

    Attributes:
        title: Field with what is to be done.
        due: Field with the date by which.
        owner: Field with the person responsible.
        region: Field with the region.
        closed: Condition under which a row is closed; unknown counts as open.
        closes_with: Field that refers to a tracked item of another sheet, whose end closes the row.
        followed_by: Full name of the field of tracked items (`tracking.tasks.source_action`) that names rows of this
            block; a row that is named there is followed there.
    """

    title: str
    due: str
    owner: str = ""
    region: str = ""
    closed: str = ""
    closes_with: str = ""
    followed_by: str = ""

    _is_expression = field_validator("closed")(checked_optional_expression)

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the keys that are set."""
        return {key: name for key in ("title", "due", "owner", "region", "closes_with") if (name := getattr(self, key))}


class Follow(StrictModel):
    """Fields of a table whose rows are tracked items: status and overdue reports are made from them.

    Attributes:
        title: Field with the task.
        owner: Field with the person responsible.
        region: Field with the region.
        due: Field with the due date.
        start: Field with the day on which the work begins.
        status: Field with the status.
        done: Status codes of finished items.
        dropped: Status codes of cancelled items.
        blocked: Status codes of items that need help to go on.
        idle: Status codes of items that have not started.
        waiting: Status codes of items that are done and wait to be confirmed; what was done in time is not overdue.
        finished: Field with the time at which an item was done.
        urgent_by: Field with the code of how urgent an item is.
        urgent: Codes of `urgent_by` of items that are taken up with the next person earlier.
        reason: Field with the reason for a delay.
        help: Field with the help needed from others.
    """

    title: str
    owner: str
    due: str
    status: str
    region: str = ""
    start: str = ""
    done: tuple[str, ...] = PydanticField(min_length=1)
    dropped: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    finished: str = ""
    urgent_by: str = ""
    urgent: tuple[str, ...] = ()
    reason: str = ""
    help: str = ""

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the keys that are set."""
        keys = ("title", "owner", "due", "status", "region", "start", "reason", "help", "finished", "urgent_by")
        return {key: getattr(self, key) for key in keys if getattr(self, key)}

    @property
    def is_closed(self) -> Expr:
        """The condition under which an item is finished or cancelled."""
        return OneOf(Ref(self.status), tuple(map(Const, (*self.done, *self.dropped))))

    def as_step(self) -> LifeStep:
        """Return the same as a step: its date is the due date, cancelled items are over too."""
        done = (*self.done, *self.dropped)
        return LifeStep(title=self.title, date=self.due, status=self.status, owner=self.owner, done=done)
