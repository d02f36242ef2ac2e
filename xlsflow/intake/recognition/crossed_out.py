"""Names the cells and rows of a block that are struck out, and hint rows that were left in; all are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from xlsflow.fileformat.cells import Scalar, a1, display_text
from xlsflow.findings import Diagnostic
from xlsflow.intake.recognition.placed_block import PlacedBlock, SheetDiagnostic

# The beginning of a row that shows how to fill in the form; the last words only where they are the whole text.
_EXAMPLE = re.compile(
    r"[（(【\[]?\s*(?:填写)?(?:示例|样例|范例|举例|例如|例[:：])"
    r"|[（(\[]?\s*(?:e\.g\.|for example|(?:example|sample)\s*[:：)\]])"
    r"|(?:example|sample)(?: row)?",
    re.IGNORECASE,
)
_PART = "part:"


def marked_cells(
    placed: PlacedBlock, cells: Mapping[str, Sequence[Scalar]], rows: Mapping[int, int]
) -> Iterator[SheetDiagnostic]:
    """Yield a diagnostic for each row or cell that is struck out, and each row that is a hint.

    Args:
        placed: The block.
        cells: Field -> its cells, for the fields that are filled in by hand.
        rows: Position in the cells -> row of the sheet.
    """
    for position, row in rows.items():
        filled = {name: value for name, column in cells.items() if (value := column[position]) not in (None, "")}
        first = next(iter(filled), "")  # a finding about a whole row points to its first filled cell
        if not filled or not (placed.grid.marks or _is_example(filled[first])):
            continue
        places = {name: (row if fixed is None else fixed, col) for name, (fixed, col) in placed.columns.items()}
        marks = {name: placed.grid.marks.get(places[name], "") for name in filled}
        # With a single filled cell it is uncertain that the whole row is meant; that cell is named instead.
        if len(filled) > 1 and all(mark == "struck" for mark in marks.values()):
            facts = {"row": str(row + 1)}
            yield _diagnostic(placed, "struck_row", first, places[first], filled[first], facts)
            continue
        for name, mark in marks.items():
            if mark == "struck":
                yield _diagnostic(placed, "struck_cell", name, places[name], filled[name], {})
            elif mark.startswith(_PART):
                facts = {"struck": mark.removeprefix(_PART)}
                yield _diagnostic(placed, "struck_part", name, places[name], filled[name], facts)
        if len(filled) > 1 and (_is_example(filled[first]) or all(mark == "grey" for mark in marks.values())):
            facts = {"row": str(row + 1)}
            yield _diagnostic(placed, "example_row", first, places[first], filled[first], facts)


def _is_example(value: Scalar) -> bool:
    match = _EXAMPLE.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return False
    # A word alone, such as Example, is the name of many things; with a colon or in brackets it introduces one.
    return not match[0].isalpha() or not match[0].isascii() or match.end() == len(str(value).strip())


def _diagnostic(
    placed: PlacedBlock, code: str, field: str, place: tuple[int, int], value: Scalar, facts: Mapping[str, str]
) -> SheetDiagnostic:
    return SheetDiagnostic(placed.grid.name, Diagnostic(code, facts), field, a1(*place), display_text(value))
