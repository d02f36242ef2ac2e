"""A labelled table of typed cells: each is read as its label says, and nothing is guessed."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.template.kinds_example import SCOPE, field
from xlsflow.findings import Finding, Location, Severity
from xlsflow.pipeline.project_file import open_library
from xlsflow.template.kinds import KIND_TYPES, FieldBase, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from xlsflow.fileformat.cells import Scalar

TABLE = Path(__file__).parent / "readings.toml"
LEAST = 1000
"""Minimum number of cells in the table."""
WORKED_OUT = "computed"
"""The kind whose cells nobody types."""
LISTED = Scope({**open_library().lists, **SCOPE.lists, "progress": open_library().lists["progress"],
                "yes_no": open_library().lists["yes_no"]})  # fmt: skip
"""The built-in lists and those of a small project."""


@dataclass(frozen=True)
class Labelled:
    """A cell and its correct reading.

    Attributes:
        kind: The field.
        raw: What the cell holds.
        value: What it is read as.
        code: What is said of it.
    """

    kind: FieldBase
    raw: Scalar
    value: object
    code: str = ""

    def __str__(self) -> str:
        required = "" if self.kind.required else " (optional)"
        return f"{self.kind.kind}{required} {self.raw!r}: {self.value!r} {self.code}"


def table() -> Iterator[Labelled]:
    """Yield every cell of the table."""
    for column in tomllib.loads(TABLE.read_text(encoding="utf-8"))["column"]:
        labels = {name: column.pop(name, {}) for name in ("read", "fixed", "warned", "blank", "refused")}
        kind = field(**column)
        for name, code in (("read", ""), ("fixed", "read_as"), ("warned", "unknown_person")):
            yield from (Labelled(kind, _cell(raw), value, code) for value, raw in _valued(kind, labels[name]))
        yield from (Labelled(kind, _cell(raw), None, "read_as_blank") for raw in labels["blank"] or ())
        for code, raws in labels["refused"].items():
            yield from (Labelled(kind, _cell(raw), None, code) for raw in raws)


def _valued(kind: FieldBase, labels: Mapping[str, list[Any]]) -> Iterator[tuple[object, Any]]:
    for text, raws in labels.items():
        yield from ((_value(kind, text), raw) for raw in raws)


def _value(kind: FieldBase, text: str) -> object:
    """Return the value in a label."""
    if kind.dtype == "datetime":
        moment = datetime.fromisoformat(text)
        return moment if kind.kind == "datetime" else moment.date()
    return {"integer": int, "number": float}.get(kind.dtype, str)(text)


def _cell(raw: Any) -> Scalar:  # noqa: ANN401 - what TOML can hold
    """Return the content of a cell as a file has it: numbers are floats."""
    made: Scalar = float(raw) if type(raw) is int else raw
    return made


CELLS = tuple(table())


def made(cell: Labelled) -> tuple[object, str]:
    """Return the value of a cell and the code of its diagnostic."""
    reading = cell.kind.read(cell.raw, LISTED)
    return reading.value, reading.diagnostic.code if reading.diagnostic else ""


def wrong(cells: tuple[Labelled, ...]) -> list[str]:
    """Return a message for each cell that is not read as expected."""
    return [f"{cell}, not {made(cell)}" for cell in cells if not _same(made(cell), (cell.value, cell.code))]


def _same(here: tuple[object, str], right: tuple[object, str]) -> bool:
    value, code = here
    expected, expected_code = right
    if isinstance(value, float) and isinstance(expected, float):
        return code == expected_code and value == pytest.approx(expected, abs=1e-9)
    return type(value) is type(expected) and value == expected and code == expected_code


def test_the_table_is_large_and_speaks_of_every_kind() -> None:
    kinds = Counter(cell.kind.kind for cell in CELLS)

    assert len({(id(cell.kind), type(cell.raw), str(cell.raw)) for cell in CELLS}) >= LEAST
    assert kinds.keys() == {kind.model_fields["kind"].default for kind in KIND_TYPES} - {WORKED_OUT}
    assert min(kinds.values()) > 40


def test_no_cell_occurs_twice_in_a_column() -> None:
    counts = Counter((id(cell.kind), type(cell.raw), str(cell.raw)) for cell in CELLS)

    assert [key for key, times in counts.items() if times > 1] == []


def test_nothing_is_fixed_wrongly() -> None:
    fixes = [cell for cell in CELLS if made(cell)[0] is not None and not _same((made(cell)[0], ""), (cell.value, ""))]

    assert [f"{cell}, not {made(cell)}" for cell in fixes] == []


@pytest.mark.parametrize("kind", sorted({cell.kind.kind for cell in CELLS}))
def test_every_cell_is_read_as_it_is_labelled(kind: str) -> None:
    assert wrong(tuple(cell for cell in CELLS if cell.kind.kind == kind)) == []


def test_a_column_is_read_like_its_cells() -> None:
    columns: dict[int, list[Labelled]] = {}
    for cell in CELLS:
        columns.setdefault(id(cell.kind), []).append(cell)
    for cells in columns.values():
        values, diagnostics = cells[0].kind.read_column([cell.raw for cell in cells], LISTED)
        got = [(value, diagnostics[n].code if n in diagnostics else "") for n, value in enumerate(values)]
        assert [
            str(cell) for cell, here in zip(cells, got, strict=True) if not _same(here, (cell.value, cell.code))
        ] == []


def test_what_is_fixed_is_said_in_both_languages_and_what_is_refused_must_be_mended() -> None:
    for cell in CELLS:
        diagnostic = cell.kind.read(cell.raw, LISTED).diagnostic
        if diagnostic is None:
            continue
        severity = Severity.INFO if cell.code.startswith("read_as") else Severity.ERROR
        assert diagnostic.code == "unknown_person" or _severity(diagnostic.code) == severity, str(cell)


def _severity(code: str) -> Severity:
    return Finding(code, Location()).severity


def test_what_a_sheet_shows_for_a_value_is_read_as_that_value_without_a_word() -> None:
    for cell in CELLS:
        if cell.code not in ("", "read_as") or cell.value is None or isinstance(cell.value, date):
            continue
        for lang in ("zh", "en"):
            shown = cell.kind.write(cell.value, lang, LISTED)
            raw = shown if isinstance(shown, str) else cell.value
            assert cell.kind.read(raw, LISTED) == (cell.value, None), str(cell)  # type: ignore[arg-type]
