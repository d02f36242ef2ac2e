"""The rows of a table: what each holds, and how the values of its fields come into its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from xlsflow.layout.sheet_layout import ColumnSpan
    from xlsflow.template.kinds import FieldBase
    from xlsflow.workbook.outgoing.worksheet import Ready


class How(NamedTuple):
    """How a field's values look in the rows of a table.

    Attributes:
        field: The field.
        span: The columns.
        look: How a cell looks.
        pt: Size of the font.
        width: How wide the columns are.
        fitting: So many characters stand on one line for certain.
    """

    field: FieldBase
    span: ColumnSpan
    look: Format
    pt: float
    width: float
    fitting: int


class Way(NamedTuple):
    """How the values of a field come into the rows of a table.

    Attributes:
        name: Its name.
        col: The column.
        ready: Value -> the cell that holds it, of short ones: they stand in many rows of many editions.
        how: How they look.
    """

    name: str
    col: int
    ready: dict[object, Ready]
    how: How


class Ways(NamedTuple):
    """How values come into the rows of a table.

    Attributes:
        issued: Into a row that the workbook is issued with.
        blank: Into a blank one.
        computed: The fields that are worked out instead.
    """

    issued: Sequence[Way]
    blank: Sequence[Way]
    computed: Sequence[FieldBase]


class Line(NamedTuple):
    """What a row of a table holds.

    Attributes:
        issued: Whether the workbook is issued with it; a blank one looks otherwise.
        values: Field -> value, as data.
        height: How high it must be for its texts; 0 where that of a line will do.
    """

    issued: bool
    values: Mapping[str, object]
    height: float

    def is_same(self, issued: bool, values: Mapping[str, object]) -> bool:  # noqa: FBT001 - as it stands in the line
        """Return whether it is a row with those values; with their classes, since 1 == 1.0 == True."""
        return (
            self.issued is issued
            and self.values == values
            and [*map(type, self.values.values())] == [*map(type, values.values())]
        )

    def differs(self, name: str, values: Mapping[str, object]) -> bool:
        """Return whether a field has another value among those."""
        old, new = self.values.get(name), values.get(name)
        return old is not new and (old.__class__ is not new.__class__ or old != new)
