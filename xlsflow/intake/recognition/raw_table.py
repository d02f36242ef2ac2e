"""Cuts a placed block into raw columns: its data rows, and diagnostics of its rows, columns and merged cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise, zip_longest

from xlsflow.fileformat.cells import Scalar, UnformattedNumber, a1, column_letters, display_text, stored_text
from xlsflow.fileformat.excel_limits import MAX_ROWS
from xlsflow.fileformat.feedback_marks import is_findings_column
from xlsflow.fileformat.key_row import CHECK_KEY_PREFIX
from xlsflow.findings import Diagnostic
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.intake.grid import Grid
from xlsflow.intake.recognition.crossed_out import marked_cells
from xlsflow.intake.recognition.header_text import normalize_header
from xlsflow.intake.recognition.non_data_rows import UsedRows
from xlsflow.intake.recognition.placed_block import PlacedBlock, SheetDiagnostic
from xlsflow.intake.recognition.total_rows import TotalKind, is_total
from xlsflow.layout.sheet_layout import ROW_MARK_HEADER, ROW_MARK_SIGNS
from xlsflow.model.returns import BlockRows, SkippedRow
from xlsflow.template.kinds.field import PICTURE_FORMULAS, WHITESPACE, FieldBase
from xlsflow.template.model import FormBlock, MatrixBlock

# The last rows of a sheet before Excel 97, before Excel 2007, and since.
# A list that ends exactly there was probably cut off: England lost 15,841 cases of Covid at row 65,536 of an .xls in
# 2020.
_ENDS = frozenset({16_384, 65_536, MAX_ROWS})

# Rows above the first data row in which our own columns are searched for: rows may have been inserted between.
_HIGHEST_MARK = 8
_TOTAL_CODES: Mapping[TotalKind, str] = {"total": "subtotal_row", "total_with_text": "subtotal_with_text"}
_FAILED = frozenset(("error_cell", "formula_without_value"))
# Field -> its cells, one a row; fields from left to right as on the sheet.
_Cells = dict[str, Sequence[Scalar]]


def raw_table(placed: PlacedBlock) -> tuple[BlockRows, list[SheetDiagnostic]]:
    """Return the used rows of a placed block as raw columns, and diagnostics of its rows and cells.

    A form is one row: used where any of its fields is filled, or where the definition requires the form.
    """
    diagnostics: list[SheetDiagnostic] = []
    sent_rows = placed.first_row, placed.sent_end
    names = placed.grid.name, placed.template.name, placed.block.name
    table = BlockRows(*names, (), {}, placed.columns, 0, 0, sent_rows=sent_rows)
    if not placed.columns:
        return table, diagnostics
    if isinstance(placed.block, FormBlock):
        form = _form(placed, placed.block, table, diagnostics)
        if form.rows:
            typed = {f.name: form.columns[f.name] for f in placed.block.columns if _is_typed(f, form.columns)}
            diagnostics += marked_cells(placed, typed, {0: placed.first_row})
        return form, diagnostics
    return _table(placed, table, diagnostics), diagnostics


def _form(placed: PlacedBlock, block: FormBlock, table: BlockRows, diagnostics: list[SheetDiagnostic]) -> BlockRows:
    columns: dict[str, Sequence[Scalar]]
    columns = {name: [placed.grid.at(row or 0, col)] for name, (row, col) in placed.columns.items()}
    columns |= _typed_beside(placed, block, columns, diagnostics)
    if placed.grid.formats_known:
        shares = (f.name for f in block.columns if f.is_share and f.name in columns)
        columns |= {name: _with_formats(columns[name]) for name in shares}
    # A required form is read even when blank, so that its required fields are reported.
    used = block.required or any(
        _filled(columns[f.name][0]) for f in block.columns if f.counts_as_content and f.name in columns
    )
    if used:
        return replace(table, rows=[placed.first_row], columns=columns, seen=1)
    return replace(table, seen=1, blank=1)


def _typed_beside(
    placed: PlacedBlock, block: FormBlock, columns: Mapping[str, Sequence[Scalar]], diagnostics: list[SheetDiagnostic]
) -> _Cells:
    """Return the answers that stand in another cell of their box, as where its merge was undone; tell of the others."""
    grid, found = placed.grid, _Cells()
    labels = {normalize_header(text) for field in block.columns for text in field.label.both()}
    covered = {(top, left): right for top, left, _, right in grid.merges}
    for field in block.columns:
        if field.computed or field.fill or field.name not in columns:
            continue
        row, col = placed.columns[field.name]
        assert row is not None  # the cells of a form lie on rows of their own
        # What lies under a merged range is shown by no program.
        beside = range(covered.get((row, col), col) + 1, col + placed.box_widths.get(field.name, 1))
        cells = {
            here: value for here in beside if _filled(value := grid.at(row, here)) and not _is_label(value, labels)
        }
        is_answer = len(cells) == 1 and not _filled(columns[field.name][0])
        for here, value in cells.items():
            code = "read_beside" if is_answer else "beside_box"
            facts = {"box": untranslated(a1(row, col))}
            diagnostics.append(
                SheetDiagnostic(grid.name, Diagnostic(code, facts), field.name, a1(row, here), display_text(value))
            )
            if is_answer:
                found[field.name] = [value]
    return found


def _is_label(value: Scalar, labels: AbstractSet[str]) -> bool:
    return isinstance(value, str) and normalize_header(value) in labels


def _table(placed: PlacedBlock, table: BlockRows, diagnostics: list[SheetDiagnostic]) -> BlockRows:
    """Return the rows between the header and the last one in which a declared field holds anything."""
    grid = placed.grid
    first = max(placed.first_row, grid.top)
    lines = grid.rows[first - grid.top : max(placed.end_row - grid.top, first - grid.top)]
    # Rows have different lengths where a stray cell lies far away (`Grid.rows`).
    turned = list(zip(*lines, strict=True)) if len(set(map(len, lines))) == 1 else list(zip_longest(*lines))
    cells = _columns(placed, turned)
    content = frozenset(f.name for f in placed.block.columns if f.counts_as_content and f.name in cells)
    used = _used(cells, content)
    _report_extra(placed, first, turned, diagnostics)
    if not used:
        return table
    seen = used[-1] + 1
    out = _skipped(placed, cells, content, used, first, diagnostics)
    if out:
        skipped = {row.row - first for row in out}
        used = [number for number in used if number not in skipped]
    # Every reader gives the value of a merged range to its first cell only; 437 of the 4,612 measured files have some.
    if grid.merges:
        _unmerge(placed, cells, used, first, diagnostics)
    if grid.hidden_rows:
        # Hidden rows are read: a filter that was left on when the file was saved must not lose data.
        _report_hidden(placed, used, first, diagnostics)
    diagnostics += (_skipped_diagnostic(placed, row) for row in out)
    typed = {name: column for name, column in cells.items() if name in content}
    diagnostics += marked_cells(placed, typed, {number: first + number for number in used})
    # Slices instead of a loop in the usual case: no blank row lies between the filled ones.
    if len(used) == seen:
        columns = {name: column[:seen] for name, column in cells.items()}
        rows = list(range(first, first + seen))
    else:
        columns = {name: [column[number] for number in used] for name, column in cells.items()}
        rows = [first + number for number in used]
    blank = seen - len(used) - len(out)
    return replace(table, rows=rows, columns=columns, seen=seen, blank=blank, skipped=out)


def _is_typed(field: FieldBase, columns: Mapping[str, Sequence[Scalar]]) -> bool:
    return field.counts_as_content and field.name in columns


def _columns(placed: PlacedBlock, turned: Sequence[Sequence[Scalar]]) -> _Cells:
    """Return the declared columns from left to right; one outside the filled area is blank."""
    left, width = placed.grid.left, len(turned)
    blank = (None,) * (len(turned[0]) if turned else 0)
    order = sorted((col - left, name) for name, (_, col) in placed.columns.items())
    cells: _Cells = {name: turned[here] if 0 <= here < width else blank for here, name in order}
    if placed.grid.formats_known:
        for field in placed.block.columns:
            if field.is_share and field.name in cells:
                cells[field.name] = _with_formats(cells[field.name])
    return cells


def _with_formats(column: Sequence[Scalar]) -> Sequence[Scalar]:
    """Return the cells of a column of percentages, with the numbers marked whose cells show no percent sign."""
    return [UnformattedNumber(value) if value.__class__ is float else value for value in column]


def _used(cells: _Cells, content: frozenset[str]) -> list[int]:
    """Return the indexes of non-blank rows, ignoring computed, prefilled and defined fields."""
    typed = [column for name, column in cells.items() if name in content]
    count = len(typed)
    rows = enumerate(zip(*typed, strict=True))
    return [number for number, row in rows if row.count(None) != count and any(map(_filled, row))]


def _filled(value: Scalar) -> bool:
    """Return whether a cell has content; whitespace and a picture are none."""
    if not isinstance(value, str):
        return value is not None
    return bool(value.strip(WHITESPACE)) and not value.startswith(PICTURE_FORMULAS)


def _skipped(
    placed: PlacedBlock,
    cells: _Cells,
    content: frozenset[str],
    used: Sequence[int],
    first: int,
    diagnostics: list[SheetDiagnostic],
) -> tuple[SkippedRow, ...]:
    """Return the used rows that are no data, with their texts; rows of data that only look like totals are named."""
    labels = {
        f.name: frozenset(map(normalize_header, f.label.both()))
        for f in placed.block.columns
        if f.name in cells and not f.computed
    }
    figures = frozenset(f.name for f in placed.block.columns if f.name in cells and f.always_has_digits)
    key = placed.block.key
    # A row of a matrix is one by what its cells hold, so a row without any is not complete.
    crossed = placed.block.cell_fields if isinstance(placed.block, MatrixBlock) else ()
    needed = {key, *(f.name for f in placed.block.columns if f.required), *(f.name for f in crossed)}
    required = content & needed
    days = frozenset(f.name for f in placed.block.columns if f.dtype == "datetime")
    shares = frozenset(f.name for f in placed.block.columns if f.is_share)
    lines = UsedRows(cells, content, used, placed.sent_end - first, labels, figures, key, required, days, shares)
    totals = lines.totals()
    diagnostics += (_not_summed(placed, cells, first, row) for row, kind in totals.items() if kind == "not_summed")
    codes = {
        **dict.fromkeys(lines.notes(), "note_row"),
        **dict.fromkeys(lines.other_table(), "other_table"),
        **dict.fromkeys(lines.headers(), "header_again"),
        **lines.failed(),
        **{number: _TOTAL_CODES[kind] for number, kind in totals.items() if kind in _TOTAL_CODES},
    }
    return tuple(
        SkippedRow(
            first + number,
            codes[number],
            {n: stored_text(c[number]) for n, c in cells.items() if c[number] is not None},
        )
        for number in sorted(codes)
    )


def _skipped_diagnostic(placed: PlacedBlock, row: SkippedRow) -> SheetDiagnostic:
    """Return the diagnostic of a skipped row, at its first filled cell."""
    content = (f.name for f in placed.block.columns if f.counts_as_content and f.name in row.texts)
    name = next(content if row.code in _FAILED else iter(row.texts))
    facts = {"text": " | ".join(row.texts.values())} if row.code == "subtotal_with_text" else {}
    return SheetDiagnostic(
        placed.grid.name, Diagnostic(row.code, facts), name, a1(row.row, placed.columns[name][1]), row.texts[name]
    )


def _not_summed(placed: PlacedBlock, cells: _Cells, first: int, number: int) -> SheetDiagnostic:
    """Return the diagnostic of a row that is labelled as a total without being one, at its label."""
    texts = ((name, value) for name, column in cells.items() if isinstance(value := column[number], str))
    name, label = next((name, value) for name, value in texts if is_total(value))
    return SheetDiagnostic(
        placed.grid.name, Diagnostic("not_a_total"), name, a1(first + number, placed.columns[name][1]), label
    )


def _unmerge(
    placed: PlacedBlock, cells: _Cells, used: Sequence[int], first: int, diagnostics: list[SheetDiagnostic]
) -> None:
    """Give every used row of a merged range its value; the key is left alone, since it identifies one row only."""
    cols = {col: name for name, (_, col) in placed.columns.items()}
    order = sorted(cols)
    behind = dict(pairwise(order))
    last = first + used[-1] if used else 0
    within = set(used)
    for top, left, bottom, right in placed.grid.merges:
        if not first <= top <= last or (top == bottom and right < behind.get(left, right + 1)):
            continue
        name = cols.get(left, "")
        value = cells[name][top - first] if name else None
        if not _filled(value):
            continue
        # Only rows that hold something else too: a merged label beside blank rows makes none of them a row.
        under = [number for number in range(top - first + 1, bottom - first + 1) if number in within]
        where = f"{a1(top, left)}:{a1(bottom, right)}"
        if right >= behind.get(left, right + 1):
            diagnostics.append(
                SheetDiagnostic(placed.grid.name, Diagnostic("merged_across"), name, where, display_text(value))
            )
        elif under and name != placed.block.key:
            cells[name] = [value if number in under else old for number, old in enumerate(cells[name])]
            diagnostics.append(
                SheetDiagnostic(placed.grid.name, Diagnostic("merged_rows"), name, where, display_text(value))
            )


def about_sheet(grid: Grid) -> Iterator[Diagnostic]:
    """Yield diagnostics of a whole sheet: it is hidden, or ends at the last row of an older format."""
    if grid.visibility != "visible":
        yield Diagnostic("hidden_sheet")
    end = grid.top + len(grid.rows)
    if end in _ENDS:
        yield Diagnostic("rows_cut_off", {"rows": f"{end:,}"})


def _report_hidden(placed: PlacedBlock, used: Sequence[int], first: int, diagnostics: list[SheetDiagnostic]) -> None:
    hidden = [first + number for number in used if first + number in placed.grid.hidden_rows]
    if hidden:
        facts = {"count": str(len(hidden)), "rows": _runs(hidden)}
        diagnostics.append(SheetDiagnostic(placed.grid.name, Diagnostic("hidden_rows", facts)))


def _runs(rows: Sequence[int]) -> str:
    """Return 1-based row numbers with consecutive ones as ranges: 7, 9-12."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ", ".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in runs)


def _report_extra(
    placed: PlacedBlock, first: int, turned: Sequence[Sequence[Scalar]], diagnostics: list[SheetDiagnostic]
) -> None:
    """Report filled columns beside the declared ones: no content is dropped silently."""
    if isinstance(placed.block, MatrixBlock) and not placed.block.cell_fields:
        return  # without a project the columns of the matrix are unknown
    left = placed.grid.left
    declared = {col - left for _, col in placed.columns.values()}
    for here in set(range(len(turned))) - declared:
        column = turned[here]
        if column.count(None) == len(column) or _is_own(placed, left + here, first, column):
            continue
        filled = [number for number, value in enumerate(column) if _filled(value)]
        if filled and not is_findings_column(display_text(placed.grid.at(first - 1, left + here))):
            diagnostics.append(_extra(placed, left + here, first, filled))


def _is_own(placed: PlacedBlock, col: int, first: int, column: Sequence[Scalar]) -> bool:
    """Return whether a column is our own self-check column, by its key or by its marks."""
    if any(placed.grid.at(row, col) == CHECK_KEY_PREFIX for row in range(max(0, first - _HIGHEST_MARK), first)):
        return True
    marks = [value for value in column if value is not None and value != ""]
    return placed.grid.at(first - 1, col) in ROW_MARK_HEADER.both() and all(
        str(mark).startswith(ROW_MARK_SIGNS) for mark in marks
    )


def _extra(placed: PlacedBlock, col: int, first: int, filled: Sequence[int]) -> SheetDiagnostic:
    head = display_text(placed.grid.at(first - 1, col)).strip()
    title = LocalizedText(f"“{head}”", f" “{head}”") if head else untranslated("")
    cells = a1(first + filled[0], col) + (f":{a1(first + filled[-1], col)}" if len(filled) > 1 else "")
    facts = {"column": untranslated(column_letters(col)), "count": untranslated(str(len(filled))), "title": title}
    return SheetDiagnostic(placed.grid.name, Diagnostic("column_extra", facts), "", cells)
