"""Returns for tests: drawn as text, or generated and filled; and the result of reading them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl

from xlsflow.intake.grid import Grid, RawWorkbook, Visibility
from xlsflow.intake.hidden.stamp import identify
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.isolation.read_file import file_bytes, read_bytes
from xlsflow.model.returns import FileRecord, Return, Stamp
from xlsflow.pipeline.check import check, check_return
from xlsflow.pipeline.definitions import Definitions, PackDefinitions
from xlsflow.pipeline.read_return import _placed, with_values
from xlsflow.template.loading.load import Library
from xlsflow.template.model import Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from xlsflow.fileformat.cells import Scalar
    from xlsflow.findings import Finding
    from xlsflow.intake.grid import CellRange
    from xlsflow.template.kinds import Scope
    from xlsflow.template.model import Pack


@dataclass(frozen=True)
class OnePack(Definitions):
    """Definitions that have one pack, whatever name is asked for."""

    opened: PackDefinitions | None = None

    def pack(self, name: str) -> PackDefinitions:  # noqa: ARG002 - there is one
        """Return the pack."""
        assert self.opened is not None
        return self.opened


def one_pack(pack: Pack, templates: tuple[Template, ...], scope: Scope, as_of: date | None = None) -> OnePack:
    """Return definitions that have one pack."""
    return OnePack(Library(()), as_of=as_of, opened=PackDefinitions(pack, templates, scope))


@dataclass(frozen=True)
class ReadResult:
    """The result of reading a return.

    Attributes:
        rows: Full name of a block -> its rows, each with the fields that are not blank.
        value: The return as the pipeline hands it on.
    """

    rows: Mapping[str, list[dict[str, object]]]
    value: Return

    @property
    def findings(self) -> list[Finding]:
        """Return the findings."""
        return list(self.value.findings)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Return code and cell of every finding."""
        return [(finding.code, finding.location.cell) for finding in self.findings]


def read_book(path: Path, limits: Limits | None = None) -> RawWorkbook:
    """Read a file in this process: faster than in a child process, and these files are our own."""
    limits = limits or Limits()
    return read_bytes(path.name, file_bytes(path, limits), limits)


def read_result(book: RawWorkbook, definitions: OnePack, *, scalar: bool = True) -> ReadResult:
    """Return the result of reading a return, checked row by row or as frames."""
    stamp, _ = identify(book)
    opened = definitions.pack("")
    value = _placed(Return(FileRecord(book.file, stamp=stamp or Stamp(pack="any"))), opened, book)
    value = with_values(value, opened)
    if scalar:
        value = check_return(value, definitions)
    else:
        (light,) = check([value], definitions).returns
        value = replace(light, blocks=value.blocks)
    rows = {}
    for table in value.blocks:
        lines = zip(*table.values.values(), strict=True)
        held = [dict(zip(table.values, line, strict=True)) for line in lines]
        rows[table.full_name] = [{n: v for n, v in row.items() if v is not None} for row in held]
    return ReadResult(rows, value)


def drawn(
    text: str,
    name: str = "任务表",
    *,
    merges: tuple[CellRange, ...] = (),
    hidden: Iterable[int] = (),
    visibility: Visibility = "visible",
) -> Grid:
    r"""Return a sheet drawn as text: one line per row, `|` between cells; `\n` is a line break, digits are numbers.

    Args:
        text: The drawing; blank lines before and after it are ignored.
        name: Name of the sheet.
        merges: Merged ranges.
        hidden: Hidden rows, 1-based.
        visibility: Whether the sheet is visible.
    """
    rows = [[_cell(part) for part in line.split("|")] for line in text.strip("\n").split("\n")]
    width = max(map(len, rows))
    rows = [[*row, *[None] * (width - len(row))] for row in rows]
    return Grid(name, visibility, 0, 0, rows, merges, frozenset(row - 1 for row in hidden))


def _cell(text: str) -> Scalar:
    text = text.strip(" ").replace("\\n", "\n")
    try:
        return float(text)
    except ValueError:
        return text or None


def book(*grids: Grid, **more: Any) -> RawWorkbook:  # noqa: ANN401 - fields of a book
    """Return a file that holds some sheets."""
    fields: dict[str, Any] = {"properties": {}, "names": {}, **more}
    return RawWorkbook("return.xlsx", "0" * 64, 1, "xlsx", "", None, grids=grids, **fields)


def template_of(name: str, tab: str, *blocks: dict[str, Any]) -> Template:
    """Return a sheet of raw blocks."""
    words = {"zh": tab, "en": f"{name.capitalize()} sheet"}
    return Template.model_validate(
        {"name": name, "title": words, "tab": words, "purpose": words, "blocks": list(blocks)}
    )


def opened_by_openpyxl(path: Path, *, data_only: bool = False) -> Any:  # noqa: ANN401 - openpyxl's stubs lack much
    """Open a workbook to change it; ignores the warning of openpyxl about the extensions of data bars."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* extension is not supported")
        return openpyxl.load_workbook(path, data_only=data_only)


def put(sheet: Any, cell: str, value: object) -> None:  # noqa: ANN401
    """Set a cell without interpretation: a text that begins with `=` stays a text."""
    sheet[cell] = value
    if isinstance(value, str) and value != "#REF!":
        sheet[cell].data_type = "s"
