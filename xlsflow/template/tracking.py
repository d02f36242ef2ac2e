"""Sections of a block that name the fields with its state: `follow` for tracked items, `step` for a requirement's life.

A row with either section is a step in the life of a requirement, if references lead from it to one.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as PydanticField

from xlsflow.template.expressions.expression import Const, Expr, OneOf, Ref
from xlsflow.template.printed_blocks import StrictModel


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
    reason: str = ""
    help: str = ""

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the keys that are set."""
        keys = ("title", "owner", "due", "status", "region", "start", "reason", "help")
        return {key: getattr(self, key) for key in keys if getattr(self, key)}

    @property
    def is_closed(self) -> Expr:
        """The condition under which an item is finished or cancelled."""
        return OneOf(Ref(self.status), tuple(map(Const, (*self.done, *self.dropped))))

    def as_step(self) -> LifeStep:
        """Return the same as a step: its date is the due date, cancelled items are over too."""
        done = (*self.done, *self.dropped)
        return LifeStep(title=self.title, date=self.due, status=self.status, owner=self.owner, done=done)
