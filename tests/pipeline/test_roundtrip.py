"""What is filled in comes back as it was, and a cell that is spoiled is found: for any template, project and rows."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from tests.helpers.returns import ReadResult, one_pack, opened_by_openpyxl, put, read_book, read_result
from tests.template.random_templates import Case, cases
from tests.workbook.outgoing_example import made
from xlsflow.fileformat.cells import a1
from xlsflow.layout.sheet_layout import FormLayout
from xlsflow.workbook.outgoing.plan import OutgoingWorkbook, plan
from xlsflow.workbook.outgoing.writer import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlsflow.intake.grid import RawWorkbook
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock

STEADY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # no minutes of shrinking where something fails
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
Spot = tuple[str, "DataBlock", int, "FieldBase"]
"""Sheet, block, number of the row, field."""


class Region:
    """Fills a workbook that was sent out the way a region does, without the time that a spreadsheet program takes."""

    def __init__(self, case: Case, folder: Path, *, issued: bool = False) -> None:
        """Open what was sent out, blank or issued with the rows."""
        rows = dict(case.rows) if issued else {}
        self.outgoing: OutgoingWorkbook = made(case.pack, (case.template,), case.scope, case.lang, rows)
        self.plan = plan(self.outgoing)
        self.case = case
        self.path = folder / "return.xlsx"
        self.path.write_bytes(build(self.outgoing))
        self.book: Any = None

    def cell(self, spot: Spot) -> str:
        """Return where a field of a row was issued."""
        _, block, number, field = spot
        _, _, place = next(one for one in self.plan.blocks() if one[1].name == block.name)
        if isinstance(place, FormLayout):
            cell = place.cell(field.name)
            return a1(cell.row, cell.value.first)
        return a1(place.first_row + number, place.columns[field.name].first)

    def fill(self) -> None:
        """Fill every row in."""
        self.book = opened_by_openpyxl(self.path)
        for spot in self.spots():
            sheet, block, number, field = spot
            value = self.case.rows[self.case.template.full_name(block)][number].get(field.name)
            if value is not None:
                put(self.book[sheet], self.cell(spot), field.write(value, self.case.lang, self.case.scope))

    def spots(self) -> Iterator[Spot]:
        """Yield every cell of every row that can be filled."""
        tab = self.case.template.tab.say(self.case.lang)
        for block in self.case.template.data:
            for number in range(len(self.case.rows[self.case.template.full_name(block)])):
                yield from ((tab, block, number, field) for field in block.columns if not field.computed)

    @contextmanager
    def spoilt(self, spot: Spot, value: object) -> Iterator[None]:
        """Put something else into one cell for a while; its format is given back as well."""
        cell = self.book[spot[0]][self.cell(spot)]
        held, shown_as = cell.value, cell.number_format
        put(self.book[spot[0]], self.cell(spot), value)
        yield
        put(self.book[spot[0]], self.cell(spot), held)
        cell.number_format = shown_as

    def value(self, spot: Spot) -> object:
        """Return what was filled into a cell."""
        return self.book[spot[0]][self.cell(spot)].value

    def sent_back(self) -> RawWorkbook:
        """Save the workbook and read it."""
        if self.book is not None:
            made_of = BytesIO()
            self.book.save(made_of)
            self.path.write_bytes(made_of.getvalue())
        return read_book(self.path)

    def read_back(self, *, scalar: bool = True) -> ReadResult:
        """Return what the workbook is read as."""
        desk = one_pack(self.case.pack, (self.case.template,), self.case.scope)
        return read_result(self.sent_back(), desk, scalar=scalar)


@settings(STEADY, max_examples=soak.examples(150))
@given(case=cases())
def test_what_is_filled_in_comes_back_with_nothing_to_say(case: Case, tmp_path: Path) -> None:
    region = Region(case, tmp_path)
    region.fill()

    back = region.read_back()

    assert back.findings == []
    assert back.rows == case.rows


@settings(STEADY, max_examples=soak.examples(8))
@given(case=cases())
def test_the_checks_of_many_returns_find_as_little_in_a_valid_one(case: Case, tmp_path: Path) -> None:
    region = Region(case, tmp_path)
    region.fill()

    assert region.read_back(scalar=False).findings == []


@settings(STEADY, max_examples=soak.examples(25))
@given(case=cases())
def test_rows_that_a_sheet_is_issued_with_come_back_as_they_are(case: Case, tmp_path: Path) -> None:
    back = Region(case, tmp_path, issued=True).read_back()

    assert back.findings == []
    assert back.rows == case.rows


UNREADABLE: dict[str, tuple[object, ...]] = {
    "text": (date(2026, 3, 31), 1234567890123456789.0),
    "date": ("下周一", "2026-02-31", "8/9/2026", True),
    "datetime": ("下周一", "24.8.15", True),
    "integer": ("很多", 3.5, date(2026, 3, 31)),
    "number": ("很多", "1,2,3", date(2026, 3, 31)),
    "percent": ("一半", date(2026, 3, 31)),
    "choice": ("做了一半", 12),
    "choices": ("做了一半", "华东,火星"),
    "person": ("华东区", "李明、王芳", "各部门", "待定", 3),
    "id": ("12", "RW2026", date(2026, 3, 31)),
}
"""What nobody can read in a cell of each kind."""


def still_used(case: Case, spot: Spot) -> bool:
    """Return whether a row is a used one even without one of its cells."""
    _, block, number, field = spot
    row = case.rows[case.template.full_name(block)][number]
    others = any(one.counts_as_content and one.name in row for one in block.columns if one.name != field.name)
    return others or getattr(block, "required", False)


def spoilings(spot: Spot, held: object) -> Iterator[tuple[object, str]]:
    """Yield what a cell can be spoilt with, and the severity of the one finding that follows."""
    _, _, _, field = spot
    yield from ((value, "error") for value in UNREADABLE[field.kind])
    yield "#REF!", "error"
    if field.required:
        yield None, "error"
    if field.kind == "date" and isinstance(held, date):
        yield f"{held:%Y}.{held.month}.{held.day}", "info"
    if field.kind == "person":
        yield "赵新来", "warning"


@settings(STEADY, max_examples=soak.examples(150))
@given(case=cases(), data=st.data())
def test_one_spoilt_cell_gives_one_finding_at_that_cell(case: Case, data: st.DataObject, tmp_path: Path) -> None:
    region = Region(case, tmp_path)
    region.fill()
    spots = list(region.spots())
    for _ in range(2):
        spot = data.draw(st.sampled_from(spots))
        held = region.value(spot)
        value, severity = data.draw(st.sampled_from(list(spoilings(spot, held))))
        with region.spoilt(spot, value):
            back = region.read_back()

        if value is None and not still_used(case, spot):
            assert back.findings == []
        else:
            assert [(f.location.cell, f.location.field, f.severity) for f in back.findings] == [
                (region.cell(spot), spot[3].name, severity)
            ], value


@settings(STEADY, max_examples=soak.examples(25))
@given(case=cases(keyed=True), data=st.data())
def test_a_key_that_is_used_twice_is_found_where_it_is_used_again(
    case: Case, data: st.DataObject, tmp_path: Path
) -> None:
    region = Region(case, tmp_path)
    region.fill()
    keyed = case.template.data[0]
    keys = [spot for spot in region.spots() if spot[1] is keyed and spot[3].name == keyed.key]
    first, second = sorted(data.draw(st.permutations(keys))[:2], key=lambda spot: spot[2])
    with region.spoilt(second, region.value(first)):
        back = region.read_back()

    assert back.said == [("not_unique", region.cell(second))]
    assert back.findings[0].facts["other"].say("zh") == region.cell(first)  # type: ignore[union-attr]
