"""Writes many editions of one project: what they share is made once, and only what differs is made for each.

Editions are alike where everything but the number of rows decides the same: the sheets, the language, how wide the ids
of a region are. Of editions that are alike, a sheet lies the same wherever its tables have as many rows; it is drawn as
every sheet is, and kept. For the next edition it is filled again, by the functions that filled it first; cells that
then hold something else are written anew, and pieces of the file without such a cell are copied as they were deflated.
So an edition has the bytes that it has when it is made by itself.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from xlsflow.layout.text_metrics import text_width
from xlsflow.workbook.batch.package_parts import (
    Piece,
    cut,
    packed,
    write_parts,
)
from xlsflow.workbook.batch.sheet_cache import (
    part_of,
    sheet_of,
)
from xlsflow.workbook.outgoing.baseline_sheet import (
    base_of,
    fill_base,
    has_base,
)
from xlsflow.workbook.outgoing.plan import (
    Plan,
    in_order,
    plan,
    row_counts,
)
from xlsflow.workbook.outgoing.stamp import (
    fill_stamp,
    stamp_names,
)
from xlsflow.workbook.outgoing.writer import (
    made,
    parts_of,
)
from xlsflow.workbook.self_check.completeness import recount_sheets

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from xlsflow.workbook.batch.sheet_cache import Sheet
    from xlsflow.workbook.outgoing.writer import Edition

MOST_SHEETS = 64
"""So many sheets are kept of editions that are alike, those that were used last; one takes about a megabyte."""
MOST_FAMILIES = 4
MOST_WAITING = 3
"""So many workbooks at most are made and not yet written, the one that is being packed among them."""
_BOOK = "xl/workbook.xml"
_NAMES, _NAMES_END = "<definedNames>", "</definedNames>"

Kept = tuple[int, tuple[tuple[str, int], ...]]
"""What a sheet is kept by: its place, and the rows of its tables where they are not the definition's."""


class Press:
    """Makes the workbooks of editions, one after the other; while one is packed and written, the next is made.

    What is not written when its block ends is written then.
    """

    def __init__(self) -> None:
        """Begin with no workbook."""
        self._families: OrderedDict[Hashable, Family] = OrderedDict()
        self._packer = ThreadPoolExecutor(1, "packer")
        self._waiting: deque[Future[None]] = deque()
        self._failed: list[BaseException] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what is not written yet; what ended the block otherwise is told before what could not be written.

        Raises:
            OutputError: A file cannot be written where it shall stand: the first of them, all others are there.
        """
        try:
            self._wait(0)
        finally:
            self._packer.shutdown()
        if kind is None and self._failed:
            raise self._failed[0]

    def write(self, path: Path, edition: Edition) -> None:
        """Write an edition's workbook, by the end of the block at the latest.

        Args:
            path: Where it shall stand; what stood there is replaced.
            edition: What it is made of.
        """
        self._wait(MOST_WAITING - 1)
        self._waiting.append(self._packer.submit(write_parts, path, self._parts(edition)))

    def _wait(self, most: int) -> None:
        """Wait until so many workbooks at most are still to be written."""
        while len(self._waiting) > most:
            error = self._waiting.popleft().exception()
            if error is not None:
                self._failed.append(error)

    def build(self, edition: Edition) -> bytes:
        """Return the bytes of an edition's workbook: those of `build`, which makes it by itself."""
        return packed(self._parts(edition))

    def _parts(self, edition: Edition) -> Mapping[str, Sequence[Piece]]:
        if edition.for_print:
            return parts_of(edition)
        key = likeness(edition)
        family = self._families.pop(key, None) or Family(edition)
        parts = family.parts(edition)  # a family that an error has left half filled is not gone on with
        if parts is None:  # something differs that should not: nothing is lost but time
            return parts_of(edition)
        self._families[key] = family
        if len(self._families) > MOST_FAMILIES:
            self._families.popitem(last=False)
        return parts


def likeness(edition: Edition) -> Hashable:
    """Return all that decides how an edition is laid out and looks, but for how many rows its tables have."""
    fields = (one for template in edition.templates for block in template.data for one in block.columns)
    shapes = (one.widest_value(edition.stamp.region) for one in fields)
    return (
        (edition.pack.name, edition.stamp.version, edition.stamp.fingerprint, edition.stamp.kind, edition.lang),
        (edition.as_of, edition.created, id(edition.scope), tuple(map(id, edition.templates))),
        tuple(text_width(shape) for shape in shapes if shape),
        has_base(edition),
    )


class Family:
    """Editions that are alike: what they share, and each sheet as often as its tables differ in their rows."""

    def __init__(self, edition: Edition) -> None:
        """Make the first edition's workbook, and keep what is the same in all.

        Args:
            edition: The first edition.
        """
        first = made(edition)
        parts = first.book.parts
        self._book, self._base, self._meta = first.book, first.base, first.meta
        self._templates = in_order(edition.templates)
        self._names = [("", "")] * len(first.book.defined_names)
        self._before_names, _, rest = parts[_BOOK].partition(_NAMES)
        self._behind_names = rest.partition(_NAMES_END)[2]
        self._pieces = {name: _pieces(text) for name, text in parts.items()}
        self._dropdowns = first.dropdowns
        hands = zip(self._keys(edition), first.hands, strict=True)
        self._sheets = OrderedDict((key, sheet_of(hand, first.book)) for key, hand in hands)
        first.book.let_go()

    def parts(self, edition: Edition) -> Mapping[str, Sequence[Piece]] | None:
        """Return the parts of an edition's workbook; None where it is not alike after all."""
        sheets = self._sheets_for(edition)
        if sheets is None:
            return None
        plan = Plan(edition, tuple(sheet.hand.here for sheet in sheets))
        kept = {here.tab: sheet.hand.counts for here, sheet in zip(plan.sheets, sheets, strict=True)}
        counts = recount_sheets(plan, {tab: counts[tab] for tab, counts in kept.items() if tab in counts})
        for sheet in sheets:
            sheet.fill(plan, counts)
            self._pieces[part_of(sheet.hand.sheet)] = sheet.pieces
        if not all(sheet.is_sound() for sheet in sheets):
            return None
        if self._base is not None:
            fill_base(self._base, base_of(edition))
            self._renew(part_of(self._base), self._base.whole_xml())
        fill_stamp(self._book, self._meta, edition)
        self._renew(part_of(self._meta), self._meta.whole_xml())
        self._renew_names(edition, sheets)
        self._renew_properties()
        return {name: (*pieces,) for name, pieces in self._pieces.items()}

    def _sheets_for(self, edition: Edition) -> Sequence[Sheet] | None:
        """Return the sheets that are laid out as an edition asks for, made where there are none yet."""
        keys = self._keys(edition)
        if any(key not in self._sheets for key in keys) and not self._redraw(edition, keys):
            return None
        for key in keys:
            self._sheets.move_to_end(key)
        while len(self._sheets) > max(MOST_SHEETS, len(keys)):
            self._sheets.popitem(last=False)
        return [self._sheets[key] for key in keys]

    def _redraw(self, edition: Edition, keys: Sequence[Kept]) -> bool:
        """Draw the sheets whose tables have other numbers of rows than any before; return whether it could be done."""
        planned = plan(edition)
        for key in keys:
            if key not in self._sheets:
                like = next(sheet for (place, _), sheet in self._sheets.items() if place == key[0])
                sheet = like.redrawn(planned, self._dropdowns)
                if sheet is None:
                    return False
                self._sheets[key] = sheet
        return True

    def _keys(self, edition: Edition) -> Sequence[Kept]:
        return [(place, tuple(row_counts(edition, template).items())) for place, template in enumerate(self._templates)]

    def _renew(self, name: str, text: str) -> None:
        self._pieces[name] = _pieces(text)

    def _renew_names(self, edition: Edition, sheets: Sequence[Sheet]) -> None:
        """Write what each name refers to: an edition's stamp, or cells of its sheets."""
        leads = {place: refers_to for sheet in sheets for place, refers_to in sheet.names().items()}
        stamp = {name: refers_to.lstrip("=") for name, refers_to in stamp_names(edition.stamp).items()}
        for place, entry in enumerate(self._book.defined_names):
            refers_to = leads.get(place) or stamp.get(entry[0], entry[2])
            if refers_to != self._names[place][0]:
                self._names[place] = refers_to, self._book.name_xml(place, refers_to)
        names = "".join(text for _, text in self._names)
        self._renew(_BOOK, f"{self._before_names}{_NAMES}{names}{_NAMES_END}{self._behind_names}")

    def _renew_properties(self) -> None:
        for name, text in self._book.properties_xml().items():
            self._renew(name, text)


def _pieces(text: str) -> list[Piece]:
    return [Piece(piece) for piece in cut(text)]
