"""Workbooks of many regions, filled into one that is drawn once, have the bytes of those that are made one by one."""

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

from tests.workbook.outgoing_example import (
    DEPARTMENTS,
    LIBRARY,
    PACKS,
    samples,
)
from xlsflow.errors import OutputError
from xlsflow.i18n import (
    LANGS,
    Lang,
)
from xlsflow.model.project import (
    Facts,
    Person,
    Project,
    Region,
    Round,
)
from xlsflow.pipeline.generate import (
    Order,
    edition_for,
    generate,
)
from xlsflow.workbook.batch import batch_writer
from xlsflow.workbook.batch.batch_writer import Press
from xlsflow.workbook.batch.sheet_cache import Sheet
from xlsflow.workbook.outgoing import writer
from xlsflow.workbook.outgoing.writer import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
    from xlsflow.workbook.outgoing.plan import Plan
    from xlsflow.workbook.outgoing.writer import (
        Edition,
        Made,
    )

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
    """Return a project of awkward regions: one of them has so many people, another one, the others none."""
    named = [Person(f"成员{n:03}", f"Member {n:03}", "HD") for n in range(people)]
    return Project(
        Facts('新品"铺货" & <共>', "Launch", "QL"), ROUND, REGIONS, DEPARTMENTS, (*named, Person("独一", "Only", "N1"))
    )


def editions(
    pack_name: str, lang: Lang | None, regions: Sequence[Region] = REGIONS, people: int = SOME
) -> Iterator[Edition]:
    """Yield the blank edition of every region; each in its own language where none is given."""
    asked = project(people)
    pack = LIBRARY.pack(pack_name)
    scope = LIBRARY.scope(asked.lists(), {**pack.settings, **asked.figures()})
    templates = LIBRARY.sheets(pack, scope)
    for region in regions:
        yield edition_for(region, asked, pack, templates, scope, lang or region.language)


def prefilled(blank: Sequence[Edition]) -> Iterator[Edition]:
    """Yield editions with rows as those of an earlier round: none, few, more than a sheet has, by turns."""
    sample = samples(blank[0].templates, blank[0].scope)
    texts = ("=1+1", "'", "x & y < z", "第一行\n第二行", "长" * 300, "<r>rich</r>", "_x000D_", " ", "0012", "")
    for number, one in enumerate(blank):
        rows = {}
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
        yield replace(one, rows=rows, numbers=dict.fromkeys(rows, 7))


def differing(one: bytes, other: bytes) -> list[str]:
    """Return the parts in which two workbooks differ, or that they differ in how they are packed."""
    with ZipFile(BytesIO(one)) as left, ZipFile(BytesIO(other)) as right:
        assert left.testzip() is None
        assert left.namelist() == right.namelist()
        parts = [name for name in left.namelist() if left.read(name) != right.read(name)]
    return parts or ["packing"] * (one != other)


def wrong(asked: Sequence[Edition], press: Press | None = None) -> dict[tuple[int, str], list[str]]:
    """Return place and region -> the parts in which its workbook is not the one that is made by itself."""
    press = press or Press()
    found = {(place, one.stamp.region): differing(build(one), press.build(one)) for place, one in enumerate(asked)}
    return {which: parts for which, parts in found.items() if parts}


def test_of_many_regions_each_finds_its_own_name_in_the_box_to_sign_in() -> None:
    named = [Region(f"N{n:02}", f"第 {n} 大区", f"Area {n}") for n in range(30)]
    asked = replace(project(), regions=tuple(named))
    pack = LIBRARY.pack(DEFAULT)
    scope = LIBRARY.scope(asked.lists(), {**pack.settings, **asked.figures()})
    templates = LIBRARY.sheets(pack, scope)
    press, found = Press(), set()
    for region in named[::7]:
        one = edition_for(region, asked, pack, templates, scope, "zh")
        content = press.build(one)
        assert differing(build(one), content) == []
        with ZipFile(BytesIO(content)) as parts:
            sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "sheets/sheet" in name)
        found |= {(region.code, other.code) for other in named if f"<t>{other.name}</t>" in sheets}

    assert len(press._families) == 1, "nothing but what stands in cells tells them apart"
    assert found == {(region.code, region.code) for region in named[::7]}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", OUTGOING)
def test_blank_workbooks_have_the_bytes_of_those_made_one_by_one(pack: str, lang: Lang) -> None:
    assert wrong([*editions(pack, lang, REGIONS[:AT_LEAST] if pack != DEFAULT else REGIONS)]) == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", OUTGOING)
def test_prefilled_workbooks_have_the_bytes_of_those_made_one_by_one(pack: str, lang: Lang) -> None:
    assert wrong([*prefilled([*editions(pack, lang, REGIONS[:AT_LEAST])])]) == {}


def test_a_region_of_many_people_and_one_of_a_single_one_have_them_too() -> None:
    blank = [*editions(DEFAULT, "zh", REGIONS[:3], MANY)]

    assert wrong([*blank, *prefilled(blank)]) == {}


def test_blank_and_prefilled_workbooks_in_both_languages_follow_one_another_without_a_trace() -> None:
    blank = [*editions(DEFAULT, None)]
    asked = [one for pair in zip(blank, prefilled(blank), strict=True) for one in pair]

    press = Press()
    there = [press.build(one) for one in asked]
    back = [press.build(one) for one in reversed(asked)]

    assert there == back[::-1]
    assert wrong(asked, press) == {}


AWKWARD = st.text(
    st.one_of(
        st.sampled_from("&<>\"'=()[]{}_x0041;:/\\ \u3000\u00a0\n华东Aa7,，é\U0001f600"), st.characters(codec="utf-8")
    ),
    max_size=40,
).filter(lambda text: all(sign.isprintable() or sign == "\n" for sign in text))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names=st.lists(AWKWARD, min_size=2, max_size=3), code=st.text("ABÄ中_-7", max_size=9), text=AWKWARD)
def test_whatever_regions_are_called_and_rows_say(names: list[str], code: str, text: str) -> None:
    regions = [Region(f"{code}{place}", name, name) for place, name in enumerate(names)]
    blank = [*editions(DEFAULT, "zh", regions)]
    free = "tracking.tasks"
    rows = [{"task_id": f"T{n}", "task": text, "title": text, "note": text} for n in range(3)]

    press = Press()

    assert wrong(blank, press) == {}
    assert wrong([replace(one, rows={free: rows[: place + 1]}) for place, one in enumerate(blank)], press) == {}


def test_a_name_is_read_back_as_it_was_written() -> None:
    press = Press()
    for one in editions(DEFAULT, None):
        with pytest.warns(UserWarning, match="not supported"):
            book = openpyxl.load_workbook(BytesIO(press.build(one)))
        shown = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}

        assert one.facts["region.name"] in shown
        assert book.properties.subject == one.stamp.document


def test_the_verb_writes_what_is_made_one_by_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    written = generate(project(FEW), tmp_path, Order(DEFAULT), LIBRARY)
    pack = LIBRARY.pack(DEFAULT)
    scope = LIBRARY.scope(project(FEW).lists(), {**pack.settings, **project(FEW).figures()})
    templates = LIBRARY.sheets(pack, scope)

    for path, region in zip(written, REGIONS, strict=True):
        one = edition_for(region, project(FEW), pack, templates, scope, region.language)
        assert differing(build(one), path.read_bytes()) == []
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_a_region_by_itself_has_the_bytes_that_it_has_among_others(tmp_path: Path) -> None:
    among = {path.name: path.read_bytes() for path in generate(project(FEW), tmp_path / "all", Order(DEFAULT), LIBRARY)}

    for region in ("HD2", "SG"):
        (alone,) = generate(project(FEW), tmp_path / region, Order(DEFAULT, [region]), LIBRARY)
        assert alone.read_bytes() == among[alone.name]


def test_a_workbook_is_drawn_once_for_all_regions_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = counted(monkeypatch)
    press = Press()
    many = [Region(f"R{place:03}", f"大区{place}") for place in range(40)]

    for one in editions(DEFAULT, "zh", many):
        press.build(one)

    assert len(drawn) == 1


def test_a_sheet_is_drawn_again_only_where_its_tables_have_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, redrawn = counted(monkeypatch), list[str]()
    redraw = Sheet.redrawn

    def noted(sheet: Sheet, planned: Plan, dropdowns: Dropdowns) -> Sheet | None:
        redrawn.append(sheet.hand.here.template.name)
        return redraw(sheet, planned, dropdowns)

    monkeypatch.setattr(Sheet, "redrawn", noted)
    press = Press()
    blank = [*editions(DEFAULT, "zh", [Region(f"R{place:03}", f"大区{place}") for place in range(30)])]
    rows = [{"task_id": f"T{number}", "task": "x"} for number in range(60)]

    for place, one in enumerate(blank):
        press.build(replace(one, rows={"tracking.tasks": rows[: place + 1]}))
    assert len(drawn) == 1  # so many rows, and blank ones below, has every such sheet
    assert redrawn == []

    for count in range(31, 41):
        press.build(replace(blank[0], rows={"tracking.tasks": rows[:count]}))
    assert len(drawn) == 1
    assert redrawn == ["tracking"]


def test_where_a_sheet_cannot_be_drawn_again_the_workbook_is_made_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    blank, *_ = editions(DEFAULT, "zh")
    rows = [{"task_id": f"T{number}", "task": "x"} for number in range(60)]
    few, many = (replace(blank, rows={"tracking.tasks": some}) for some in (rows[:1], rows))
    press = Press()
    press.build(few)
    drawn = counted(monkeypatch)
    monkeypatch.setattr(Sheet, "redrawn", lambda *_: None)

    assert press.build(many) == build(many)
    assert len(drawn) == 0  # it is made, but not to go on from
    assert press.build(few) == build(few)
    assert len(drawn) == 1


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that takes the region of each workbook that is made anew."""
    drawn: list[str] = []
    make = writer.made

    def made(asked: Edition) -> Made:
        drawn.append(asked.stamp.region)
        return make(asked)

    monkeypatch.setattr(batch_writer, "made", made)
    return drawn


def written(folder: Path, asked: Sequence[Edition], taken: Sequence[int], stop: int | None = None) -> None:
    """Write editions into a folder where some of their names are taken by folders; stop before one of them."""
    for number in taken:
        (folder / f"{number}.xlsx").mkdir()
    with Press() as press:
        for number, one in enumerate(asked):
            if number == stop:
                raise ValueError("stopped")
            press.write(folder / f"{number}.xlsx", one)


def test_a_file_that_cannot_be_written_is_named_and_all_others_are_there(tmp_path: Path) -> None:
    asked = [*editions(DEFAULT, "zh")]

    with pytest.raises(OutputError, match=r"1\.xlsx"):
        written(tmp_path, asked, [1, 2])

    there = {path.name: path.read_bytes() for path in tmp_path.glob("*.xlsx") if path.is_file()}
    assert there == {f"{n}.xlsx": build(one) for n, one in enumerate(asked) if n not in {1, 2}}


def test_what_ends_the_block_is_not_hidden_by_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    asked = [*editions(DEFAULT, "zh")][:4]

    with pytest.raises(ValueError, match="stopped"):
        written(tmp_path, asked, [2], stop=3)

    assert (tmp_path / "1.xlsx").read_bytes() == build(asked[1])


def test_what_could_not_be_filled_leaves_no_trace_in_the_next_workbook() -> None:
    blank, *_ = editions(DEFAULT, "zh")

    def of(task: str, remark: str) -> Edition:
        return replace(blank, rows={"tracking.tasks": [{"task": task, "remark": remark}]})

    press = Press()
    for task in "xyz":
        press.build(of(task, ""))
    with pytest.raises(ValueError, match="Excel takes no such value"):
        press.build(of("y", "长" * 40_000))

    assert wrong([of("z", ""), of("y", "")], press) == {}


def test_a_zero_is_a_zero_whatever_its_sign() -> None:
    blank, *_ = editions(DEFAULT, "zh")
    asked = [replace(blank, rows={"tracking.tasks": [{"task": "x", "share": share}]}) for share in (0.0, -0.0, 0.0)]

    assert wrong(asked) == {}


def test_what_is_not_alike_after_all_is_made_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsflow.workbook.batch.sheet_cache.Sheet.is_sound", lambda _: False)

    assert wrong([*editions(DEFAULT, "zh")][:3]) == {}


def test_memory_does_not_grow_with_the_number_of_regions() -> None:
    press, peaks = Press(), []
    asked = [*editions(DEFAULT, "zh", [Region(f"R{place:03}", f"大区{place}") for place in range(300)])]
    tracemalloc.start()
    try:
        for first in range(0, 300, 60):  # what is remembered for the next edition is bounded, and full by then
            tracemalloc.reset_peak()
            for one in asked[first : first + 60]:
                press.build(one)
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()

    # What is kept ready is let go of when there is much of it, so a peak may be a little higher or lower than the last.
    assert peaks[-1] - max(peaks[:-1]) < len(press.build(asked[0])), peaks
