"""What a row becomes in the next round: a row of another table."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.template.printed_blocks import StrictModel


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
