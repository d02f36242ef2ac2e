"""Workbooks of a batch are byte-identical to those that are written one by one."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from itertools import cycle, islice
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from tests.workbook.outgoing_example import DEPARTMENTS, LIBRARY, PACKS, samples
from xlsflow.errors import OutputError
from xlsflow.i18n import LANGS, Lang
from xlsflow.model.consolidated_book import EarlierValue
from xlsflow.model.people import Person
from xlsflow.model.project import Facts, Project, Region, Round
from xlsflow.pipeline.generate import Order, generate, outgoing_workbook
from xlsflow.workbook.batch import batch_writer
from xlsflow.workbook.batch.batch_writer import BatchWriter
from xlsflow.workbook.outgoing.writer import DrawnWorkbook, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlsflow.workbook.outgoing.plan import OutgoingWorkbook
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

OUTGOING = [name for name in PACKS if not LIBRARY.pack(name).setup]
DEFAULT = next(name for name in PACKS if LIBRARY.pack(name).default)
ROUND = Round("2026-W12", "第 12 周", datetime(2026, 3, 16, 9), datetime(2026, 3, 20, 18), date(2026, 3, 20))  # noqa: DTZ001
REGIONS = (
    Region("HD", "华东", "East"),
    Region("HD2", "华东二区", "East 2"),  # a name that holds another, and a code that does
    Region("N1", "华南(新) & <西>", "South (new) & <west>"),
    Region("7", "7号大区", "007"),
    Region("Q", "\"引\" 'quoted'", "_x0041_ <r>rich</r>"),
    Region("LONG-CODE-OF-A-REGION", "很长的名字" * 12, "a very long name " * 6),
    Region("SP", " 前后 有空格 ", " blanks  around "),
    Region("FX", 'SORT(A1)="x"', "FILTER(1)"),  # what a spreadsheet would take for a function
    Region("SG", "海外", "Overseas", language="en"),
    Region("ZZ", "研发", "R&D"),  # called as a department is
)
FEW, SOME, MANY = 1, 12, 500
AT_LEAST = 5
"""Regions of every pack; all of them of the usual one."""


@cache
def project(people: int = SOME) -> Project:
    """Return a project of awkward regions: one has so many people, another a single one, the others none."""
    named = [Person(f"成员{n:03}", f"Member {n:03}", "HD") for n in range(people)]
    return Project(
        Facts('新品"铺货" & <共>', "Launch", "QL"), ROUND, REGIONS, DEPARTMENTS, (*named, Person("独一", "Only", "N1"))
    )


def editions(
    pack_name: str, lang: Lang | None, regions: Sequence[Region] = REGIONS, people: int = SOME
) -> Iterator[OutgoingWorkbook]:
    """Yield the blank edition of every region, in its own language if none is passed."""
    setup = project(people)
    pack = LIBRARY.pack(pack_name)
    scope = LIBRARY.scope(setup.lists(), {**pack.settings, **setup.figures()})
    templates = LIBRARY.sheets(pack, scope)
    for region in regions:
        yield outgoing_workbook(region, setup, pack, templates, scope, lang or region.language)


def prefilled(blank: Sequence[OutgoingWorkbook]) -> Iterator[OutgoingWorkbook]:
    """Yield prefilled editions: by turns with no rows, with few, and with more than a sheet has; two of three noted."""
    sample = samples(blank[0].templates, blank[0].scope)
    texts = ("=1+1", "'", "x & y < z", "第一行\n第二行", "长" * 300, "<r>rich</r>", "_x000D_", " ", "0012", "")
    for number, one in enumerate(blank):
        rows, earlier = dict[str, list[dict[str, object]]](), dict[str, list[dict[str, EarlierValue]]]()
        for place, template in enumerate(one.templates):
            for block in template.data:
                count = (0, 3, 1, 45, 12)[(number + place) % 5]
                if not block.has_rows or not count:
                    continue
                given = list(islice(cycle(sample[template.full_name(block)]), count))
                free = [field.name for field in block.columns if field.kind == "text"]
                rows[template.full_name(block)] = [
                    {**row, **({free[0]: texts[(number + line) % len(texts)]} if free else {})}
                    for line, row in enumerate(given)
                ]
                if (number + place) % 3:
                    earlier[template.full_name(block)] = [
                        {name: EarlierValue("2026-W11", row.pop(name)) for name in [*row][line % 2 : 2]}
                        for line, row in enumerate(rows[template.full_name(block)])
                    ]
        yield replace(one, rows=rows, earlier=earlier, numbers=dict.fromkeys(rows, 7))


def differing(one: bytes, other: bytes) -> list[str]:
    """Return the parts in which two workbooks differ; "packing" if only their compression differs."""
    with ZipFile(BytesIO(one)) as left, ZipFile(BytesIO(other)) as right:
        assert left.testzip() is None
        assert left.namelist() == right.namelist()
        parts = [name for name in left.namelist() if left.read(name) != right.read(name)]
    return parts or ["packing"] * (one != other)


def differences(
    batch: Sequence[OutgoingWorkbook], writer: BatchWriter | None = None
) -> dict[tuple[int, str], list[str]]:
    """Return position and region -> the parts in which its workbook differs from one written on its own."""
    writer = writer or BatchWriter()
    found = {(place, one.stamp.region): differing(build(one), writer.build(one)) for place, one in enumerate(batch)}
    return {which: parts for which, parts in found.items() if parts}


def test_of_many_regions_each_finds_its_own_name_in_the_box_to_sign_in() -> None:
    named = [Region(f"N{n:02}", f"第 {n} 大区", f"Area {n}") for n in range(30)]
    setup = replace(project(), regions=tuple(named))
    pack = LIBRARY.pack(DEFAULT)
    scope = LIBRARY.scope(setup.lists(), {**pack.settings, **setup.figures()})
    templates = LIBRARY.sheets(pack, scope)
    writer, found = BatchWriter(), set()
    for region in named[::7]:
        one = outgoing_workbook(region, setup, pack, templates, scope, "zh")
        content = writer.build(one)
        assert differing(build(one), content) == []
        with ZipFile(BytesIO(content)) as parts:
            sheets = [parts.read(name).decode() for name in parts.namelist() if "sheets/sheet" in name]
        shown = "".join(sheet for sheet in sheets if "<t>lst_regions</t>" not in sheet)
        found |= {(region.code, other.code) for other in named if f"<t>{other.name}</t>" in shown}

    assert len(writer._layouts) == 1, "nothing but what stands in cells tells them apart"
    assert found == {(region.code, region.code) for region in named[::7]}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", OUTGOING)
def test_blank_workbooks_have_the_bytes_of_those_written_one_by_one(pack: str, lang: Lang) -> None:
    assert differences([*editions(pack, lang, REGIONS[:AT_LEAST] if pack != DEFAULT else REGIONS)]) == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", OUTGOING)
def test_prefilled_workbooks_have_the_bytes_of_those_written_one_by_one(pack: str, lang: Lang) -> None:
    assert differences([*prefilled([*editions(pack, lang, REGIONS[:AT_LEAST])])]) == {}


def test_a_region_of_many_people_and_one_of_a_single_one_have_them_too() -> None:
    blank = [*editions(DEFAULT, "zh", REGIONS[:3], MANY)]

    assert differences([*blank, *prefilled(blank)]) == {}


def test_blank_and_prefilled_workbooks_in_both_languages_follow_one_another_without_a_trace() -> None:
    blank = [*editions(DEFAULT, None)]
    batch = [one for pair in zip(blank, prefilled(blank), strict=True) for one in pair]

    writer = BatchWriter()
    there = [writer.build(one) for one in batch]
    back = [writer.build(one) for one in reversed(batch)]

    assert there == back[::-1]
    assert differences(batch, writer) == {}


AWKWARD = st.text(
    st.one_of(
        st.sampled_from("&<>\"'=()[]{}_x0041;:/\\ \u3000\u00a0\n华东Aa7,，é\U0001f600"), st.characters(codec="utf-8")
    ),
    max_size=40,
).filter(lambda text: all(sign.isprintable() or sign == "\n" for sign in text))


@settings(max_examples=soak.examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names=st.lists(AWKWARD, min_size=2, max_size=3), code=st.text("ABÄ中_-7", max_size=9), text=AWKWARD)
def test_whatever_regions_are_called_and_rows_say(names: list[str], code: str, text: str) -> None:
    regions = [Region(f"{code}{place}", name, name) for place, name in enumerate(names)]
    blank = [*editions(DEFAULT, "zh", regions)]
    free = "tracking.tasks"
    rows = [{"task_id": f"T{n}", "task": text, "title": text, "note": text} for n in range(3)]

    writer = BatchWriter()

    assert differences(blank, writer) == {}
    assert differences([replace(one, rows={free: rows[: place + 1]}) for place, one in enumerate(blank)], writer) == {}


def test_a_name_is_read_back_as_it_was_written() -> None:
    writer = BatchWriter()
    for one in editions(DEFAULT, None):
        # openpyxl takes no formula as a print area.
        with pytest.warns(UserWarning, match="Print area cannot be set to Defined name"):
            book = openpyxl.load_workbook(BytesIO(writer.build(one)))
        shown = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}

        assert one.facts["region.name"] in shown
        assert book.properties.subject == one.stamp.document


def test_generate_writes_what_is_written_one_by_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    written = generate(project(FEW), tmp_path, Order(DEFAULT), LIBRARY)
    pack = LIBRARY.pack(DEFAULT)
    scope = LIBRARY.scope(project(FEW).lists(), {**pack.settings, **project(FEW).figures()})
    templates = LIBRARY.sheets(pack, scope)

    for path, region in zip(written, REGIONS, strict=True):
        one = outgoing_workbook(region, project(FEW), pack, templates, scope, region.language)
        assert differing(build(one), path.read_bytes()) == []
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_one_region_alone_has_the_bytes_that_it_has_in_a_batch(tmp_path: Path) -> None:
    among = {path.name: path.read_bytes() for path in generate(project(FEW), tmp_path / "all", Order(DEFAULT), LIBRARY)}

    for region in ("HD2", "SG"):
        (alone,) = generate(project(FEW), tmp_path / region, Order(DEFAULT, [region]), LIBRARY)
        assert alone.read_bytes() == among[alone.name]


def test_a_workbook_is_drawn_once_for_all_regions_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = counted(monkeypatch)
    writer = BatchWriter()
    many = [Region(f"R{place:03}", f"大区{place}") for place in range(40)]

    for one in editions(DEFAULT, "zh", many):
        writer.build(one)

    assert len(drawn) == 1


def test_a_sheet_is_drawn_again_only_where_its_tables_have_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, redrawn = counted(monkeypatch), list[str]()
    redraw = DrawnWorkbook.redraw

    def noted(workbook: DrawnWorkbook, edition: OutgoingWorkbook, number: int) -> SheetFiller:
        redrawn.append(workbook.sheets[number].sheet_plan.template.name)
        return redraw(workbook, edition, number)

    monkeypatch.setattr(DrawnWorkbook, "redraw", noted)
    writer = BatchWriter()
    blank = [*editions(DEFAULT, "zh", [Region(f"R{place:03}", f"大区{place}") for place in range(30)])]
    rows = [{"task_id": f"T{number}", "task": "x"} for number in range(60)]

    for place, one in enumerate(blank[:20]):
        writer.build(replace(one, rows={"tracking.tasks": rows[: place + 1]}))
    assert len(drawn) == 1  # so many rows, and twenty blank ones below, has every such sheet
    assert redrawn == []

    for place, one in enumerate(blank[20:], start=20):
        writer.build(replace(one, rows={"tracking.tasks": rows[: place + 1]}))
    assert len(drawn) == 1
    assert redrawn == ["tracking"]  # ten rows more, for all of them

    # Blank rows are half as many as the filled ones: up to sixty in all, then up to seventy.
    for count in range(31, 47):
        writer.build(replace(blank[0], rows={"tracking.tasks": rows[:count]}))
    assert len(drawn) == 1
    assert redrawn == ["tracking"] * 3


def test_where_a_sheet_cannot_be_drawn_again_the_workbook_is_written_on_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> SheetFiller:
        raise LookupError

    blank, *_ = editions(DEFAULT, "zh")
    rows = [{"task_id": f"T{number}", "task": "x"} for number in range(60)]
    few, many = (replace(blank, rows={"tracking.tasks": some}) for some in (rows[:1], rows))
    writer = BatchWriter()
    writer.build(few)
    drawn = counted(monkeypatch)
    monkeypatch.setattr(DrawnWorkbook, "redraw", fails)

    assert writer.build(many) == build(many)
    assert writer.build(few) == build(few)
    assert len(drawn) == 0  # the layout is still the one that was drawn first


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that collects the region of each workbook that is drawn."""
    drawn: list[str] = []

    def draw(edition: OutgoingWorkbook) -> DrawnWorkbook:
        drawn.append(edition.stamp.region)
        return DrawnWorkbook(edition)

    monkeypatch.setattr(batch_writer, "DrawnWorkbook", draw)
    return drawn


def written(folder: Path, batch: Sequence[OutgoingWorkbook], taken: Sequence[int], stop: int | None = None) -> None:
    """Write editions into a folder where some of their names are taken by folders; stop before one of them."""
    for number in taken:
        (folder / f"{number}.xlsx").mkdir()
    with BatchWriter() as writer:
        for number, one in enumerate(batch):
            if number == stop:
                raise ValueError("stopped")
            writer.write(folder / f"{number}.xlsx", one)


def test_a_file_that_cannot_be_written_is_named_and_all_others_are_written(tmp_path: Path) -> None:
    batch = [*editions(DEFAULT, "zh")]

    with pytest.raises(OutputError, match=r"1\.xlsx"):
        written(tmp_path, batch, [1, 2])

    there = {path.name: path.read_bytes() for path in tmp_path.glob("*.xlsx") if path.is_file()}
    assert there == {f"{n}.xlsx": build(one) for n, one in enumerate(batch) if n not in {1, 2}}


def test_the_error_that_ended_the_block_takes_precedence(tmp_path: Path) -> None:
    batch = [*editions(DEFAULT, "zh")][:4]

    with pytest.raises(ValueError, match="stopped"):
        written(tmp_path, batch, [2], stop=3)

    assert (tmp_path / "1.xlsx").read_bytes() == build(batch[1])


def test_a_failed_workbook_leaves_no_trace_in_the_next() -> None:
    blank, *_ = editions(DEFAULT, "zh")

    def of(task: str, remark: str) -> OutgoingWorkbook:
        return replace(blank, rows={"tracking.tasks": [{"task": task, "remark": remark}]})

    writer = BatchWriter()
    for task in "xyz":
        writer.build(of(task, ""))
    with pytest.raises(ValueError, match="Excel accepts no such value"):
        writer.build(of("y", "长" * 40_000))

    assert differences([of("z", ""), of("y", "")], writer) == {}


def test_a_zero_is_a_zero_whatever_its_sign() -> None:
    blank, *_ = editions(DEFAULT, "zh")
    batch = [replace(blank, rows={"tracking.tasks": [{"task": "x", "share": share}]}) for share in (0.0, -0.0, 0.0)]

    assert differences(batch) == {}


def test_memory_does_not_grow_with_the_number_of_regions() -> None:
    writer, peaks = BatchWriter(), []
    batch = [*editions(DEFAULT, "zh", [Region(f"R{place:03}", f"大区{place}") for place in range(300)])]
    tracemalloc.start()
    try:
        for first in range(0, 300, 60):  # what is remembered for the next edition is bounded, and full by then
            tracemalloc.reset_peak()
            for one in batch[first : first + 60]:
                writer.build(one)
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()

    # What is kept ready is let go of when there is much of it, so a peak may be a little higher or lower than the last.
    assert peaks[-1] - max(peaks[:-1]) < len(writer.build(batch[0])), peaks
