"""Writes many workbooks of one project: what regions share is drawn once, and only what differs is filled in for each.

Regions share a layout where everything but the number of rows is the same: the sheets, the language, the width of their
ids. A sheet of a layout is drawn once for each number of rows that its tables have. The output is byte-identical to a
workbook written on its own.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from xlsflow.errors import OutputError
from xlsflow.i18n import LocalizedText
from xlsflow.layout.text_metrics import text_width
from xlsflow.workbook.outgoing.pieces import pack, write_parts
from xlsflow.workbook.outgoing.writer import DrawnWorkbook, build_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from xlsflow.workbook.outgoing.pieces import Piece
    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

# Drawn sheets kept for a layout, the last used ones; each takes about a megabyte.
_MAX_SHEETS = 64
_MAX_LAYOUTS = 4
# Workbooks that are built and not yet written, with the one that is being packed.
_MAX_WAITING = 3
# Files that are named where some are missing.
_MAX_NAMED = 5

# The number of a sheet, and the rows of its tables where they are not the definition's.
_SheetKey = tuple[int, tuple[tuple[str, int], ...]]


class BatchWriter:
    """Writes workbooks one after the other; while one is packed and written, the next is built.

    All are written by the end of its `with` block.
    """

    def __init__(self, on_written: Callable[[int], None] | None = None) -> None:
        """Start with no layout.

        Args:
            on_written: Called with the number of workbooks written so far, after each.
        """
        self._on_written = on_written
        self._written = 0
        self._layouts: OrderedDict[Hashable, _Layout] = OrderedDict()
        # One thread: zlib releases the interpreter, and the order of writing stays that of the regions.
        self._packer = ThreadPoolExecutor(1, "packer")
        self._waiting: deque[tuple[Path, Future[None]]] = deque()
        self._failed: dict[Path, OutputError] = {}

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what is not written yet; an error that ended the block takes precedence.

        Raises:
            OutputError: Files cannot be written; all others are.
        """
        try:
            self._wait(0)
        finally:
            self._packer.shutdown()
        if kind is None and self._failed:
            raise self._error()

    def _error(self) -> OutputError:
        """Return what says which files are missing, and why the first is."""
        first, count = next(iter(self._failed.values())), len(self._failed) + self._written
        if count == 1:
            return first
        names = [path.name for path in self._failed][:_MAX_NAMED] + ["…"] * (len(self._failed) > _MAX_NAMED)
        return OutputError(
            "outputs_missing",
            count=count, written=self._written, files=LocalizedText("、".join(names), ", ".join(names)),
            why=LocalizedText(first.say("zh"), first.say("en")),
        )  # fmt: skip

    def write(self, path: Path, outgoing: OutgoingWorkbook) -> None:
        """Write an outgoing workbook, by the end of the block at the latest.

        Args:
            path: The file; one that exists is replaced.
            outgoing: What the workbook is made of.
        """
        self._wait(_MAX_WAITING - 1)
        self._waiting.append((path, self._packer.submit(write_parts, path, self._parts(outgoing))))

    def _wait(self, count: int) -> None:
        """Wait until no more than so many workbooks are waiting to be written."""
        while len(self._waiting) > count:
            path, future = self._waiting.popleft()
            try:
                future.result()
            except OutputError as error:
                self._failed[path] = error
                continue
            self._written += 1
            if self._on_written:
                self._on_written(self._written)

    def build(self, outgoing: OutgoingWorkbook) -> bytes:
        """Return the bytes of an outgoing workbook."""
        return pack(self._parts(outgoing))

    def _parts(self, outgoing: OutgoingWorkbook) -> Mapping[str, Sequence[Piece]]:
        # What is only printed has as many rows as its texts need, so no two share a layout.
        if outgoing.for_print:
            return build_parts(outgoing)
        key = layout_key(outgoing)
        layout = self._layouts.pop(key, None) or _Layout(outgoing)
        parts = layout.parts(outgoing)  # a layout that an error has left half filled is not used again
        self._layouts[key] = layout
        if len(self._layouts) > _MAX_LAYOUTS:
            self._layouts.popitem(last=False)
        return parts


def layout_key(outgoing: OutgoingWorkbook) -> Hashable:
    """Return all that decides layout and look of an outgoing workbook, but for the row counts of its tables."""
    fields = (field for template in outgoing.templates for block in template.data for field in block.columns)
    shapes = (field.widest_value(outgoing.stamp.region) for field in fields)
    # Lists may differ by region: another scope is another layout. Widths of columns follow the region's ids.
    return (
        (outgoing.pack.name, outgoing.stamp.version, outgoing.stamp.fingerprint, outgoing.stamp.kind, outgoing.lang),
        (outgoing.as_of, outgoing.created, id(outgoing.scope), tuple(map(id, outgoing.templates))),
        tuple(text_width(shape) for shape in shapes if shape),
        (bool(outgoing.baseline.rows), len(outgoing.sizes.sheets)),
    )


class _Layout:
    """A drawn workbook, with each of its sheets as often as its tables differ in their rows."""

    def __init__(self, outgoing: OutgoingWorkbook) -> None:
        self._drawn = DrawnWorkbook(outgoing)
        self._outgoing = outgoing  # its templates and scope are part of the key by their ids
        self._sheets = OrderedDict(zip(_sheet_keys(outgoing), self._drawn.sheets, strict=True))

    def parts(self, outgoing: OutgoingWorkbook) -> Mapping[str, Sequence[Piece]]:
        """Return the parts of an outgoing workbook."""
        try:
            sheets = [self._sheet(outgoing, key) for key in _sheet_keys(outgoing)]
        except LookupError:  # a sheet needs a format that the drawn workbook lacks
            return build_parts(outgoing)
        while len(self._sheets) > max(_MAX_SHEETS, len(sheets)):
            self._sheets.popitem(last=False)
        return self._drawn.fill(outgoing, sheets)

    def _sheet(self, outgoing: OutgoingWorkbook, key: _SheetKey) -> SheetFiller:
        if key not in self._sheets:
            self._sheets[key] = self._drawn.redraw(outgoing, key[0])
        self._sheets.move_to_end(key)
        return self._sheets[key]


def _sheet_keys(outgoing: OutgoingWorkbook) -> Sequence[_SheetKey]:
    sizes = outgoing.sizes
    return [(number, tuple(sizes.row_counts(*sheet).items())) for number, sheet in enumerate(sizes.sheets)]
