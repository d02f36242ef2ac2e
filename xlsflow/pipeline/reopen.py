"""A consolidated workbook -> the book that it shows, and what that book was made from, ready to be merged further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.errors import Refused
from xlsflow.fileformat.cells import (Scalar, display_text,)
from xlsflow.model.records import (
    ORIGIN,
    Book,
)

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.intake.hidden.consolidated_pages import (
        BookPages,
        DataTable,
    )
    from xlsflow.model.records import (
        Gathered,
        Shape,
    )
    from xlsflow.pipeline.session import Desk
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock


def gathered_again(file: str, pages: BookPages, desk: Desk) -> Gathered:
    """Return what the files of a consolidated workbook say, each by itself.

    Args:
        file: The workbook's name, for the sentence where it cannot be used.
        pages: What it holds.
        desk: What its values are read against.

    Raises:
        Refused: Its data are not those that its ledger tells of, or its definitions are not known here.
    """
    return _Back(file, pages, desk).gathered()


@dataclass(frozen=True)
class _Back:
    """One workbook on its way back."""

    file: str
    pages: BookPages
    desk: Desk

    def gathered(self) -> Gathered:
        """Return what its files say."""
        from xlsflow.merge.from_consolidated import regather

        pages = self.pages
        tables = {name: self._frame(name, table) for name, table in pages.tables.items()}
        self._reconcile(tables)
        shapes = {name: self._shape(name, table) for name, table in tables.items()}
        return regather(
            Book(
                pages.files,
                tables,
                pages.findings,
                pages.ledger,
                pages.aside,
                again=pages.again,
                places=pages.places,
                waivers=pages.waivers,
            ),
            shapes,
        )

    def _reconcile(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Make sure that every row is there that the ledger tells of, and no other."""
        told = Counter({(one.file, one.sheet, one.block): one.merged for one in self.pages.ledger if one.merged})
        held: Counter[tuple[str, str, str]] = Counter()
        for name, table in tables.items():
            held.update(
                (file, sheet, name) for file, sheet in zip(*(table[c].tolist() for c in ORIGIN[:2]), strict=True)
            )
        for at in sorted({*told, *held}):
            if told[at] != held[at]:
                file, sheet, _ = at
                raise Refused("book_rows", file=self.file, sheet=f"{file} {sheet}", wanted=told[at], found=held[at])

    @cached_property
    def _blocks(self) -> Mapping[str, list[tuple[DataBlock, Scope]]]:
        """Full name of a block -> its definitions, one a pack, with what they are read against."""
        found: dict[str, list[tuple[DataBlock, Scope]]] = {}
        for pack in sorted({record.stamp.pack for record in self.pages.files if record.stamp.pack}):
            if pack not in self.desk.library.pack_files:
                raise Refused("unknown_pack", file=self.file, pack=pack)
            opened = self.desk.pack(pack)
            for template in opened.templates:
                for block in template.data:
                    found.setdefault(template.full_name(block), []).append((block, opened.scope))
        return found

    def _shape(self, name: str, table: pd.DataFrame) -> Shape:
        """Return what a merge knows of a block; columns that no definition has any more come last."""
        from xlsflow.i18n import untranslated
        from xlsflow.merge.gather import joined_shape, shape_of
        from xlsflow.model.records import Shape

        shape: Shape | None = None
        for block, _ in self._blocks.get(name, ()):
            here = shape_of(block)
            shape = joined_shape(shape, here) if shape else here
        shape = shape or Shape("", untranslated(""), {})
        more = [column for column in table.columns if column not in (*ORIGIN, *shape.places)]
        places = {**shape.places, **{column: len(shape.places) + n for n, column in enumerate(more)}}
        return Shape(shape.key, shape.label, places)

    def _frame(self, name: str, table: DataTable) -> pd.DataFrame:
        """Return the rows of a block with where each comes from."""
        import pandas as pd

        from xlsflow.checks.frame import column_array

        stamps = {record.file: record.stamp for record in self.pages.files}
        file, sheet, row, region, round_ = ORIGIN
        files = [display_text(cell) for cell in table.columns[file]]
        for place, one in enumerate(files):
            if one not in stamps or not isinstance(table.columns[row][place], float):
                raise Refused("book_origin", file=self.file, sheet=table.sheets[place], row=table.rows[place])
        made: dict[str, Any] = {
            file: pd.array(files, dtype="str"),
            sheet: pd.array([display_text(cell) for cell in table.columns[sheet]], dtype="str"),
            row: pd.Series(table.columns[row], dtype="float64").astype("int64"),
            region: pd.array([stamps[one].region for one in files], dtype="str"),
            round_: pd.array([stamps[one].round for one in files], dtype="str"),
        }
        for key, cells in table.columns.items():
            if key not in ORIGIN:
                made[key] = self._array(name, key, cells, column_array)
        for block, _ in self._blocks.get(name, ()):  # what was not asked yet when the workbook was written is blank
            for field in block.columns:
                if field.name not in made:
                    made[field.name] = column_array([None] * len(files), field.dtype)
        return pd.DataFrame(made)

    def _array(self, name: str, key: str, cells: Sequence[Scalar], array_of: Any) -> Any:  # noqa: ANN401 - of pandas
        """Return a column of a block as the values that it was written from."""
        for block, scope in self._blocks.get(name, ()):
            for field in block.columns:
                if field.name == key:
                    codes = self.pages.codes.get((name, key), {})
                    return array_of(list(_values(field, cells, codes, scope)), field.dtype)
        held = [cell for cell in cells if cell is not None]
        if held and all(isinstance(cell, float) for cell in held):
            return array_of(cells, "number")
        return array_of([None if cell is None else display_text(cell) for cell in cells], "string")


def _values(field: FieldBase, cells: Sequence[Scalar], codes: Mapping[str, str], scope: Scope) -> Iterator[object]:
    """Yield the values behind the cells of a data page; one that was typed over by hand is read as in a return."""
    known: dict[Scalar, object] = {}
    for cell in cells:
        if cell is None or field.computed:  # what is worked out is worked out again
            yield None
        elif isinstance(cell, str) and cell in codes:
            yield codes[cell]
        else:
            if cell not in known:
                known[cell] = _value(field, cell, scope)
            yield known[cell]


def _value(field: FieldBase, cell: Scalar, scope: Scope) -> object:
    """Return the value of one cell that shows no code by another name."""
    if field.dtype == "datetime":
        if isinstance(cell, date):
            return cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        return _old_day(cell) or field.read(cell, scope).value
    if field.dtype in ("number", "integer"):
        return cell if isinstance(cell, float) else field.read(cell, scope).value
    if isinstance(cell, str) and not field.list_name():
        return cell
    value = field.read(cell, scope).value
    return display_text(cell) if value is None else value


def _old_day(cell: Scalar) -> datetime | None:
    """Return a day before 1900, which no cell can hold but as a text."""
    try:
        return datetime.fromisoformat(cell) if isinstance(cell, str) else None
    except ValueError:
        return None
