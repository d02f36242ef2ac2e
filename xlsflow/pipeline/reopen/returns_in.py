"""Reads a consolidated workbook back as the returns that it was made from, ready to be merged further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsflow.errors import Refused
from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.model.consolidated_book import ORIGIN, Book
from xlsflow.model.returns import Return

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.intake.hidden.book_memory import BookMemory, LeafRow
    from xlsflow.intake.hidden.consolidated_pages import BookPages
    from xlsflow.intake.hidden.data_pages import DataTable
    from xlsflow.model.consolidated_book import BlockOutline, ReturnSet
    from xlsflow.model.returns import FileRecord
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.read_return import ConsolidatedWorkbook
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock


@dataclass(frozen=True)
class ReopenedReturns:
    """What a consolidated workbook was made from, and what the coordinator has edited in it.

    Attributes:
        returns: Its files, each by itself.
        edits: The coordinator's edits as returns, one for each region and round; they are checked like any other.
    """

    returns: ReturnSet
    edits: tuple[Return, ...] = ()


def returns_in(workbook: ConsolidatedWorkbook, definitions: Definitions) -> ReopenedReturns:
    """Return the files of a consolidated workbook, each by itself, and the edits in it.

    Args:
        workbook: The workbook.
        definitions: What its values are read against.

    Raises:
        Refused: Its data are not those of its ledger, or its definitions are not known here.
    """
    return _Reopened(workbook.record.file, workbook.pages, definitions).returns(workbook.record)


@dataclass(frozen=True)
class _Reopened:
    """One workbook while it is read back."""

    file: str
    pages: BookPages
    definitions: Definitions

    def returns(self, record: FileRecord) -> ReopenedReturns:
        """Return its files and its edits."""
        from xlsflow.merge.from_consolidated import returns_of
        from xlsflow.pipeline.reopen.coordinator_edits import coordinator_edits

        pages, memory = self.pages, self.pages.memory
        tables = {name: self._frame(name, table) for name, table in pages.tables.items()}
        if memory is None:
            self._reconcile(tables)
        outlines = {name: self._outline(name, table) for name, table in tables.items()}
        book = Book(
            pages.files,
            tables,
            pages.findings,
            pages.ledger,
            pages.aside,
            duplicates=pages.again,
            positions=pages.places,
            waivers=pages.waivers,
            history_lines=memory.history if memory else (),
            rounds=memory.rounds if memory else (),
            leaf_rows=self._leaf_frames(memory, tables) if memory else {},
            returns=self._remembered(memory) if memory else (),
        )
        edits = coordinator_edits(record, pages, tables, self.definitions) if memory else ()
        return ReopenedReturns(returns_of(book, outlines), edits)

    def _remembered(self, memory: BookMemory) -> tuple[Return, ...]:
        """Return what is known of each file besides its rows."""
        return tuple(
            Return(
                record,
                touched=memory.touched.get(record.file, {}),
                gone=memory.gone.get(record.file, {}),
                decisions=memory.decisions.get(record.file, ()),
            )
            for record in self.pages.files
        )

    def _leaf_frames(self, memory: BookMemory, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
        """Return the rows of returns that the data pages do not show, with the types of the data."""
        import pandas as pd

        from xlsflow.model.consolidated_book import ROW_SOURCE

        frames: dict[str, pd.DataFrame] = {}
        rows: dict[str, list[LeafRow]] = {}
        for row in memory.leaf_rows:
            rows.setdefault(row.block, []).append(row)
        for name, several in rows.items():
            like = {column: dtype for column, dtype in tables[name].dtypes.items() if column not in ORIGIN}
            part, sheet, number, cell = ROW_SOURCE
            lines = [{part: r.file, sheet: r.sheet, number: r.row, cell: r.cell, **r.values} for r in several]  # noqa: PD011 - no frame
            types = {part: "str", sheet: "str", number: "int64", cell: "str", **like}
            frames[name] = pd.DataFrame(lines).reindex(columns=[*types]).astype(types)
        return frames

    def _reconcile(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Check that the rows are exactly those of the ledger."""
        merged = Counter(
            {(line.file, line.sheet, line.block): line.merged for line in self.pages.ledger if line.merged}
        )
        found: Counter[tuple[str, str, str]] = Counter()
        for name, table in tables.items():
            found.update(
                (file, sheet, name) for file, sheet in zip(*(table[c].tolist() for c in ORIGIN[:2]), strict=True)
            )
        for at in sorted({*merged, *found}):
            if merged[at] != found[at]:
                file, sheet, _ = at
                raise Refused("book_rows", file=self.file, sheet=f"{file} {sheet}", wanted=merged[at], found=found[at])

    @cached_property
    def _blocks(self) -> Mapping[str, list[tuple[DataBlock, Scope]]]:
        """Full name of a block -> its definitions, one a pack, each with its lists and settings."""
        found: dict[str, list[tuple[DataBlock, Scope]]] = {}
        for pack in sorted({record.stamp.pack for record in self.pages.files if record.stamp.pack}):
            if pack not in self.definitions.packs:
                raise Refused("unknown_pack", file=self.file, pack=pack)
            opened = self.definitions.pack(pack)
            for name, (_, block) in opened.blocks.items():
                found.setdefault(name, []).append((block, opened.scope))
        return found

    def _outline(self, name: str, table: pd.DataFrame) -> BlockOutline:
        """Return what a merge needs to know of a block; columns that no definition has any more come last."""
        from xlsflow.i18n import untranslated
        from xlsflow.merge.union_of_returns import joined_outline, outline_of
        from xlsflow.model.consolidated_book import BlockOutline

        outline: BlockOutline | None = None
        for block, _ in self._blocks.get(name, ()):
            here = outline_of(block)
            outline = joined_outline(outline, here) if outline else here
        outline = outline or BlockOutline("", untranslated(""), {})
        more = [column for column in table.columns if column not in (*ORIGIN, *outline.order)]
        order = {**outline.order, **{column: len(outline.order) + n for n, column in enumerate(more)}}
        return replace(outline, order=order)

    def _frame(self, name: str, table: DataTable) -> pd.DataFrame:
        """Return the rows of a block with where each comes from."""
        import pandas as pd

        from xlsflow.checks.frame import column_array

        stamps = {record.file: record.stamp for record in self.pages.files}
        file, sheet, row, region, round_ = ORIGIN
        files = [display_text(cell) for cell in table.columns[file]]
        for position, name_of_file in enumerate(files):
            if name_of_file not in stamps or not isinstance(table.columns[row][position], float):
                raise Refused("book_origin", file=self.file, sheet=table.sheets[position], row=table.rows[position])
        made: dict[str, Any] = {
            file: pd.array(files, dtype="str"),
            sheet: pd.array([display_text(cell) for cell in table.columns[sheet]], dtype="str"),
            row: pd.Series(table.columns[row], dtype="float64").astype("int64"),
            region: pd.array([stamps[f].region for f in files], dtype="str"),
            round_: pd.array([stamps[f].round for f in files], dtype="str"),
        }
        for key, cells in table.columns.items():
            if key not in ORIGIN:
                made[key] = self._array(name, key, cells, column_array)
        for block, _ in self._blocks.get(name, ()):  # a field that is newer than the workbook is blank
            for field in block.columns:
                if field.name not in made:
                    made[field.name] = column_array([None] * len(files), field.dtype)
        return pd.DataFrame(made)

    def _array(self, name: str, key: str, cells: Sequence[Scalar], column_array: Any) -> Any:  # noqa: ANN401 - of pandas
        """Return a column of a block as the values that it was written from."""
        for block, scope in self._blocks.get(name, ()):
            for field in block.columns:
                if field.name == key:
                    codes = self.pages.codes.get((name, key), {})
                    return column_array(list(_values(field, cells, codes, scope)), field.dtype)
        filled = [cell for cell in cells if cell is not None]
        if filled and all(isinstance(cell, float) for cell in filled):
            return column_array(cells, "number")
        return column_array([None if cell is None else display_text(cell) for cell in cells], "string")


def _values(field: FieldBase, cells: Sequence[Scalar], codes: Mapping[str, str], scope: Scope) -> Iterator[object]:
    """Yield the values of the cells of a data page; a cell that was edited by hand is read as in a return."""
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
    """Return the value of one cell that does not show a label."""
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
