"""What becomes of a row after its round: it is followed up until it is done, or becomes a row of another table."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as PydanticField

from xlsflow.template.expressions.expression import Const, Expr, OneOf, Ref
from xlsflow.template.printed_blocks import StrictModel


class Follow(StrictModel):
    """Fields of a table whose rows are tracked items: status and overdue reports are made from them.

    Attributes:
        title: Field with the task.
        owner: Field with the person responsible.
        region: Field with the region.
        due: Field with the due date.
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
    done: tuple[str, ...] = PydanticField(min_length=1)
    dropped: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    reason: str = ""
    help: str = ""

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field, for the keys that are set."""
        keys = ("title", "owner", "due", "status", "region", "reason", "help")
        return {key: getattr(self, key) for key in keys if getattr(self, key)}

    @property
    def is_closed(self) -> Expr:
        """The condition under which an item is finished or cancelled."""
        return OneOf(Ref(self.status), tuple(map(Const, (*self.done, *self.dropped))))


class Becomes(StrictModel):
    """The row of another table that a row becomes in the next round; its region finds it in its workbook.

    Attributes:
        target: Full name of the other table (`tracking.tasks`); in a pack without it nothing becomes of the rows.
        source: Field of the other table that holds the key of the row that it comes from.
        region: Field of this block with the region that gets the new row.
        fields: Field of the other table -> field of this block that it is taken from.
        values: Field of the other table -> the value that it begins with (`not_started`, 0).
    """

    target: str
    source: str
    region: str
    fields: Mapping[str, str] = {}
    values: Mapping[str, str | float] = {}

    @property
    def target_fields(self) -> Mapping[str, str]:
        """Key -> field of the other table that it names."""
        named = {f"fields.{name}": name for name in self.fields} | {f"values.{name}": name for name in self.values}
        return {"source": self.source, **named}
