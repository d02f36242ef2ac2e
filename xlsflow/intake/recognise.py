"""Whose return is it, and where does each block lie in it? By its stamp and key rows; by its headers where those are gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from xlsflow.cells import Scalar
from xlsflow.findings import Problem
from xlsflow.intake.grid import Grid, GridBook
from xlsflow.layout import FormPlace, PrintedPlace, SheetLayout, TablePlace, lay_out
from xlsflow.records import Stamp
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.lists import folded
from xlsflow.template.model import DataBlock, Template
from xlsflow.words import LANGS, Lang, Words, same

KEY = "key:"
"""What stands before a field's name in the hidden row above a header."""
META = "_meta"
PROPERTY = "xlsflow."
NAME = "xf_"
_FEW = 3
"""Key cells that make a row a key row, where the table has that many."""
_NOISE = re.compile(r"[*＊()（）\[\]【】:：]")


def header(text: object) -> str:
    """Return a header as it is compared: no blanks, line breaks, stars, brackets or case.

    >>> header("计划完成\\n时间＊") == header("计划完成时间")
    True
    """
    return _NOISE.sub("", folded(str(text)))


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block of a definition, found on a sheet of a return.

    Attributes:
        template: The sheet's definition.
        block: The block.
        grid: The sheet.
        columns: Field name -> 0-based column (tables); field name -> (row, column) (forms).
        first_row: First row of data.
        end_row: The row behind the last one that can hold data.
        problems: What is to be said of the sheet's shape, with the field it is about (or none).
    """

    template: Template
    block: DataBlock
    grid: Grid
    columns: Mapping[str, tuple[int | None, int]]
    first_row: int
    end_row: int
    problems: tuple[tuple[str, Problem], ...] = ()


def identify(book: GridBook) -> tuple[Stamp | None, tuple[Problem, ...]]:
    """Return the stamp of a workbook, by majority of the three places it is kept in, and where they disagree."""
    meta = next((grid for grid in book.grids if grid.name == META), None)
    cells = {str(row[0]): _text(row[1]) for row in meta.rows if len(row) > 1 and row[0] is not None} if meta else {}
    names = {name[len(NAME) :]: text.strip('="') for name, text in book.names.items() if name.startswith(NAME)}
    properties = {name[len(PROPERTY) :]: text for name, text in book.properties.items() if name.startswith(PROPERTY)}
    known = [field.name for field in fields(Stamp)]
    witnesses = [
        {name: w[name] for name in known if name in w} for w in (properties, {k.removeprefix(PROPERTY): v for k, v in cells.items()}, names)
    ]
    stamps = [Stamp(**w) for w in witnesses if w.get("pack")]
    if not stamps:
        return None, ()
    chosen = max(stamps, key=stamps.count)
    problems = (Problem("stamp_differs"),) if any(s != chosen for s in stamps) else ()
    return chosen, problems


def _text(value: Scalar) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def place(book: GridBook, templates: Sequence[Template], scope: Scope, lang: Lang | None) -> Iterator[PlacedBlock | Template]:
    """Yield every block of a pack where it lies in a return; a template whose sheet is not there comes as itself."""
    free = [grid for grid in book.grids if grid.name not in (META,)]
    for template in templates:
        if not template.data:
            continue
        grid = _sheet(template, free)
        if grid is None:
            yield template
            continue
        free.remove(grid)
        tongue = lang or _tongue(template, grid)
        yield from _blocks(template, grid, lay_out(template, tongue, scope))


def likeness(templates: Sequence[Template], book: GridBook) -> float:
    """Return how like a pack a workbook is: the best share of fields that one of its sheets shows."""
    return max((_likeness(t, grid) for t in templates if t.data and not t.cover for grid in book.grids), default=0.0)


def _tongue(template: Template, grid: Grid) -> Lang:
    """Return the language that a sheet's name is in; Chinese where it says nothing."""
    return next((lang for lang in LANGS if grid.name == template.tab.say(lang)), "zh")


def _sheet(template: Template, grids: Sequence[Grid]) -> Grid | None:
    """Return the sheet of a template: by its name, else the one whose keys or headers fit best, if only one does."""
    names = template.tab.both()
    for grid in grids:
        if grid.name in names:
            return grid
    scored = sorted(((_likeness(template, grid), -number) for number, grid in enumerate(grids)), reverse=True)
    if not scored or scored[0][0] < 0.5 or (len(scored) > 1 and scored[0][0] == scored[1][0]):  # noqa: PLR2004 - half
        return None
    return grids[-scored[0][1]]


def _likeness(template: Template, grid: Grid) -> float:
    """Return which share of a template's fields a sheet shows, by key or by header."""
    asked = {field.name: field for block in template.data for field in block.columns if not field.computed}
    texts = {header(v) for row in grid.rows[:80] for v in row if isinstance(v, str) and v}
    keys = {v[len(KEY) :] for row in grid.rows[:80] for v in row if isinstance(v, str) and v.startswith(KEY)}
    shown = sum(name in keys or bool(_names(field) & texts) for name, field in asked.items())
    return shown / len(asked) if asked else 0.0


def _names(field: FieldBase) -> set[str]:
    """Return every header that a field is known by."""
    return {header(text) for text in (*field.label.both(), *field.was)}


def _blocks(template: Template, grid: Grid, layout: SheetLayout) -> Iterator[PlacedBlock]:
    """Yield the blocks of one sheet, each bounded by where the next one begins."""
    found: list[tuple[int, DataBlock, TablePlace | FormPlace, _Found]] = []
    edges: list[int] = []
    after = 0
    for one in template.blocks:
        spot = layout.by_block[one.name]
        if isinstance(spot, PrintedPlace) or not isinstance(one, DataBlock):
            edge = _title_row(one.title, grid, after)
        else:
            looked = _table(one, spot, grid, after) if isinstance(spot, TablePlace) else _form(one, spot, grid)
            titled = _title_row(one.title, grid, after) if spot.title_row is not None else None
            edge = min(e for e in (titled, looked.top) if e is not None)
            found.append((len(edges), one, spot, looked))
            after = looked.first_row
        edges.append(edge if edge is not None else -1)
    for number, block, spot, looked in found:
        later = [edge for edge in edges[number + 1 :] if edge > looked.top]
        printed_edge = looked.top + (spot.last_row - looked.expected_top) + 1
        end = min(later) if later else grid.top + len(grid.rows)
        if number + 1 < len(edges) and not later:
            end = printed_edge  # what follows has lost its title: the issued place is the best that is known
        yield PlacedBlock(template, block, grid, looked.columns, looked.first_row, end, tuple(looked.problems))


@dataclass(slots=True)
class _Found:
    """Where a block was found: its top row, the row expected for it, its columns, and what is missing."""

    top: int
    expected_top: int
    first_row: int
    columns: dict[str, tuple[int | None, int]]
    problems: list[tuple[str, Problem]]


def _title_row(title: Words | None, grid: Grid, after: int) -> int | None:
    if title is None:
        return None
    wanted = {header(text) for text in title.both()}
    for number, row in enumerate(grid.rows):
        if grid.top + number >= after and any(isinstance(v, str) and header(v) in wanted for v in row[:3]):
            return grid.top + number
    return None


def _table(block: DataBlock, spot: TablePlace, grid: Grid, after: int) -> _Found:
    """Find a table by its key row; by its header where there is none."""
    names = {field.name: field for field in block.columns}
    best: tuple[int, int] | None = None
    for number, row in enumerate(grid.rows):
        if grid.top + number < after:
            continue
        hits = sum(isinstance(v, str) and v.startswith(KEY) and v[len(KEY) :] in names for v in row)
        if hits >= min(_FEW, len(names)) and (best is None or hits > best[0]):
            best = (hits, number)
    if best is not None:
        row = grid.rows[best[1]]
        columns: dict[str, tuple[int | None, int]] = {
            v[len(KEY) :]: (None, grid.left + col)
            for col, v in enumerate(row)
            if isinstance(v, str) and v.startswith(KEY) and v[len(KEY) :] in names
        }
        top = grid.top + best[1]
        return _Found(top, spot.key_row, top + 2, columns, list(_missing(block, columns)))
    return _by_header(block, spot, grid, after)


def _by_header(block: DataBlock, spot: TablePlace, grid: Grid, after: int) -> _Found:
    best: tuple[int, int, dict[str, tuple[int | None, int]]] = (0, -1, {})
    for number, row in enumerate(grid.rows):
        if grid.top + number < after:
            continue
        texts = {header(v): col for col, v in reversed(list(enumerate(row))) if isinstance(v, str) and v}
        columns: dict[str, tuple[int | None, int]] = {}
        for field in block.columns:
            cols = [texts[name] for name in _names(field) if name in texts]
            if cols:
                columns[field.name] = (None, grid.left + min(cols))
        if len(columns) > best[0]:
            best = (len(columns), number, columns)
    hits, number, columns = best
    if hits < max(2, len(block.columns) // 3):
        return _Found(spot.key_row, spot.key_row, spot.first_row, {}, [("", Problem("header_missing", _titled(block)))])
    top = grid.top + number - 1
    problems = [("", Problem("key_row_missing", _titled(block))), *_missing(block, columns)]
    return _Found(top, spot.key_row, top + 2, columns, problems)


def _titled(block: DataBlock) -> Mapping[str, Words]:
    return {"title": block.title or same("")}


def _missing(block: DataBlock, columns: Mapping[str, object]) -> Iterator[tuple[str, Problem]]:
    """Yield what is missing of a table: a required column is an error, another a warning."""
    for field in block.columns:
        if field.name not in columns and not field.computed:
            yield field.name, Problem("column_missing" if field.required else "column_gone")


def _form(block: DataBlock, spot: FormPlace, grid: Grid) -> _Found:
    """Find a form's cells: right of each label, where it was issued or wherever it went."""
    columns: dict[str, tuple[int | None, int]] = {}
    problems: list[tuple[str, Problem]] = []
    rows: list[int] = []
    shift = 0
    for cell in spot.cells:
        field = block.field(cell.field)
        names = _names(field)
        at = _label(names, grid, cell.row + shift, cell.label.first)
        if at is None:
            problems.append((field.name, Problem("column_missing" if field.required else "column_gone")))
            continue
        row, col = at
        shift = row - cell.row
        rows.append(row)
        columns[field.name] = (row, _beside(grid, row, col, cell.value.first - cell.label.first))
    top = min(rows, default=spot.first_row)
    return _Found(top, spot.first_row, top, columns, problems)


def _label(names: Iterable[str], grid: Grid, row: int, col: int) -> tuple[int, int] | None:
    """Return where a label stands: at the place expected, else the only place that it stands at."""
    wanted = set(names)
    value = grid.at(row, col)
    if isinstance(value, str) and header(value) in wanted:
        return row, col
    spots = [
        (grid.top + r, grid.left + c)
        for r, line in enumerate(grid.rows)
        for c, v in enumerate(line)
        if isinstance(v, str) and header(v) in wanted
    ]
    return min(spots, key=lambda spot: (abs(spot[0] - row), abs(spot[1] - col))) if spots else None


def _beside(grid: Grid, row: int, col: int, usual: int) -> int:
    """Return the column right of a label: behind its merged cells, else as far as it was issued."""
    for top, left, bottom, right in grid.merges:
        if top <= row <= bottom and left <= col <= right:
            return right + 1
    return col + usual

