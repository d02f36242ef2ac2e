"""What a project may ask of a workbook: many people, odd names, long lists, long and odd texts, a wide matrix."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.returns import one_pack, opened_by_openpyxl, read_book, read_result
from tests.templates.packs.filling import Filler, send_back
from tests.workbook.outgoing_example import LIBRARY, PEOPLE, PROJECT, REGIONS, example_outgoing, made
from tests.workbook.test_outgoing import field, lists, sheet_of
from xlsflow.fileformat.cells import a1
from xlsflow.layout.text_metrics import MAX_ROW_PT
from xlsflow.model.people import Person
from xlsflow.model.project import Department, Project, Region
from xlsflow.pipeline.definitions import Definitions, PackDefinitions
from xlsflow.pipeline.print_return import print_return
from xlsflow.workbook.outgoing.plan import OutgoingWorkbook, SheetPlan, plan
from xlsflow.workbook.outgoing.writer import write_workbook
from xlsflow.workbook.style.page_setup import print_scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.helpers.returns import ReadResult
    from tests.office import Office

PACK = "coordination"
TASKS, MATRIX, COVER = "tracking.tasks", "raci.matrix", "cover.submission"
DAY = date(2026, 3, 20)
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
ODD_REGIONS = ("华东区(新)", "3区", "R1", "O'Brien", "East & West", 'Süd "x"', "_x", "TRUE", "A1")
ODD_TEXTS = ("=1+1", "'引用", "'", "@SUM(A1)", "-3", "+4", "1-2", "00123", "=HYPERLINK(1)", "a\nb", "TRUE", "#N/A 待定")
LONG = "".join(f"第{number:03d}句，说明这项任务为什么晚了、谁来补救。" for number in range(1, 91))[:2000]
Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Sent:
    """A workbook that went out, and what is needed to fill it and read it back."""

    path: Path
    outgoing: OutgoingWorkbook

    @property
    def opened(self) -> PackDefinitions:
        """Its pack as returns are read by it."""
        return PackDefinitions(self.outgoing.pack, self.outgoing.templates, self.outgoing.scope)

    def sheet(self, name: str) -> SheetPlan:
        """Return one of its sheets."""
        return next(sheet for sheet in plan(self.outgoing).sheets if sheet.template.name == name)

    def back(self, office: Office, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> ReadResult:
        """Return what comes back when LibreOffice has filled and saved it."""
        saved = self.path.with_name("back.xlsx")
        people = self.outgoing.scope.lists.get("people")
        cover = {COVER: [{"reporter": people.values[0].code, "contact": "13800138000"}]} if people else {}
        send_back(office, self.path, saved, self.opened, {**cover, **rows}, self.outgoing.lang)
        return self.read(saved)

    def read(self, path: Path) -> ReadResult:
        """Return what a file is read as."""
        one = self.outgoing
        return read_result(replace(read_book(path), file="x.xlsx"), one_pack(one.pack, one.templates, one.scope, DAY))


def sent(tmp_path: Path, one: OutgoingWorkbook, *sheets: str) -> Sent:
    """Write a workbook, of some of its sheets only where they are named."""
    if sheets:
        one = replace(one, templates=tuple(t for t in one.templates if t.name in ("cover", *sheets)))
    path = tmp_path / "sent.xlsx"
    write_workbook(path, one)
    return Sent(path, one)


def task(number: int, **values: object) -> dict[str, object]:
    """Return a task that nothing is wrong with."""
    usual: dict[str, object] = {
        "task_id": f"HD-2026-{number:03d}",
        "task": "铺货",
        "region": "HD",
        "owner": "张立诚",
        "due": date(2026, 4, 10),
        "progress": "in_progress",
        "share": 0.35,
        "reported": date(2026, 3, 18),
    }
    return usual | values


def people_of(region: str, count: int) -> tuple[Person, ...]:
    names = [surname + given for given in GIVEN for surname in SURNAMES]
    return tuple(Person(name, "", region) for name in names[:count])


def offered(office: Office, there: Sent, region_labels: Sequence[str]) -> dict[str, list[str]]:
    """Return region -> the people that LibreOffice works the dropdown of a task's owner out to."""
    sheet = there.sheet("tracking")
    place = sheet.layout.table("tasks")
    row, free = place.first_row + 1, a1(0, sheet.layout.last_col + 40)
    region, owner = (a1(place.first_row, place.columns[name].first) for name in ("region", "owner"))
    found = {}
    with office.open(there.path) as document:
        rules = document.validations(sheet.tab)
        rule = next(rule for rule in rules if "OFFSET" in rule.formula and f".{owner}" in rule.cells)
        document.unprotect(sheet.tab)
        formula = re.sub(rf"\$?{region[:-1]}\$?\d+", f"${region[:-1]}${row}", rule.formula.removeprefix("="))
        document.formula(sheet.tab, free, f'=TEXTJOIN("|";1;{formula})')
        for label in region_labels:
            document.fill(sheet.tab, {region: label})
            document.calculate()
            found[label] = document.cell(sheet.tab, free).text.split("|")
    return found


@pytest.mark.parametrize("count", [1, 50, 500])
def test_a_region_may_have_one_person_or_five_hundred(office: Office, tmp_path: Path, count: int) -> None:
    people = people_of("HD", count)
    project = replace(PROJECT, people=(*people, *PEOPLE[2:]))
    there = sent(tmp_path, example_outgoing(PACK, project=project), "tracking")
    rows = {TASKS: [task(number, owner=people[-number].name) for number in range(1, min(count, 3) + 1)]}

    assert offered(office, there, ["华东", "海外"]) == {
        "华东": sorted((person.name for person in people), key=[person.name for person in people].index),
        "海外": ["陈伟玲"],
    }
    back = there.back(office, rows)
    assert back.findings == []
    assert back.rows[TASKS] == rows[TASKS]


def odd_project() -> Project:
    regions = (*(Region(f"X{chr(65 + n)}", name) for n, name in enumerate(ODD_REGIONS)), *REGIONS[:1])
    people = [Person(person.name, "", region.code) for region, person in zip(regions, people_of("", 10), strict=True)]
    return replace(PROJECT, regions=regions, people=tuple(people))


def test_a_region_may_be_called_anything(office: Office, tmp_path: Path) -> None:
    project = odd_project()
    there = sent(tmp_path, example_outgoing(PACK, project=project), "tracking", "requirement", "minutes")
    of_region = dict(zip([region.code for region in project.regions], people_of("", 10), strict=True))

    assert offered(office, there, ODD_REGIONS) == {
        name: [of_region[f"X{chr(65 + n)}"].name] for n, name in enumerate(ODD_REGIONS)
    }
    rows: Rows = {
        TASKS: [
            task(number, region=code, owner=one.name) for number, (code, one) in enumerate(of_region.items(), start=1)
        ],
        **{
            full: lines
            for full, lines in Filler(there.opened, project.regions[0], DAY, 2).fill().items()
            if full.startswith(("requirement.", "minutes."))
        },
    }
    back = there.back(office, rows)
    assert back.findings == []
    assert back.rows[TASKS] == rows[TASKS]


def test_a_list_of_three_hundred_is_offered_and_read_whole(office: Office, tmp_path: Path) -> None:
    names = [f"门店{number:03d}" for number in range(1, 301)]
    one = made(LIBRARY.pack(PACK), (sheet_of("s", field("a", "choice", of="many")),), lists(many=names))
    there = sent(tmp_path, one)

    with office.open(there.path) as document:
        # The cells of the header are guarded, too.
        (rule,) = (one for one in document.validations("s") if one.kind == "list")
        document.unprotect("s")
        document.formula("s", "Z1", f"=ROWS({rule.formula.removeprefix('=')})")
        document.formula("s", "Z2", f"=INDEX({rule.formula.removeprefix('=')};300)")
        document.calculate()
        assert (document.cell("s", "Z1").value, document.cell("s", "Z2").text) == (300, "门店300")
    rows = {"s.rows": [{"a": names[0]}, {"a": names[150]}, {"a": names[-1]}]}
    back = there.back(office, rows)
    assert (back.findings, back.rows) == ([], rows)


@pytest.mark.parametrize("prefilled", [True, False], ids=["prefilled", "typed"])
def test_two_thousand_characters_in_a_cell_come_back_whole_and_are_printed_whole(
    office: Office,
    tmp_path: Path,
    prefilled: bool,  # noqa: FBT001
) -> None:
    rows: Rows = {TASKS: [task(1, support=LONG), task(2)]}
    there = sent(tmp_path, example_outgoing(PACK, rows=rows if prefilled else None), "tracking")
    back = there.back(office, {} if prefilled else rows)

    assert back.findings == []
    assert back.rows[TASKS] == rows[TASKS]
    sheet = there.sheet("tracking")
    high = opened_by_openpyxl(there.path)[sheet.tab].row_dimensions[sheet.layout.table("tasks").first_row + 1].height
    assert high == pytest.approx(MAX_ROW_PT if prefilled else 30, abs=0.5)  # in whole pixels
    print_return(tmp_path / "back.xlsx", tmp_path / "long.pdf", Definitions(LIBRARY, None, DAY))
    # In a column of seven characters a line may end within any word, so sentences are looked for across lines.
    printed = re.sub(r"\s", "", text_of(tmp_path / "long.pdf"))
    assert [sentence for sentence in re.findall("[^。]+。?", LONG) if sentence not in printed] == []


@pytest.mark.parametrize("prefilled", [True, False], ids=["prefilled", "typed"])
def test_a_text_stays_the_text_that_it_is(office: Office, tmp_path: Path, prefilled: bool) -> None:  # noqa: FBT001
    rows: Rows = {TASKS: [task(number, task=text) for number, text in enumerate(ODD_TEXTS, start=1)]}
    there = sent(tmp_path, example_outgoing(PACK, rows=rows if prefilled else None), "tracking")
    back = there.back(office, {} if prefilled else rows)

    assert back.rows[TASKS] == rows[TASKS]
    assert back.findings == []
    saved = opened_by_openpyxl(tmp_path / "back.xlsx")[there.sheet("tracking").tab]
    place = there.sheet("tracking").layout.table("tasks")
    cells = [
        saved[a1(row, place.columns["task"].first)] for row in range(place.first_row, place.first_row + len(ODD_TEXTS))
    ]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_thirty_columns_of_a_matrix_are_filled_read_and_printed_on_one_page(
    office: Office,
    tmp_path: Path,
    lang: Any,  # noqa: ANN401
) -> None:
    departments = tuple(Department(f"D{number}", f"第{number}业务部", f"Department {number}") for number in range(27))
    there = sent(tmp_path, example_outgoing(PACK, lang, project=replace(PROJECT, departments=departments)), "raci")
    sheet = there.sheet("raci")
    block = sheet.template.data[0]
    cells = [field.name for field in block.columns if field.name.startswith("roles_")]
    assert len(cells) == 30
    assert print_scale(sheet) >= 0.75
    assert sheet.width(sheet.layout.table("matrix").columns["task"]) >= 18
    rows: Rows = {MATRIX: []}
    for number in range(10):
        row: dict[str, object] = {"task": f"交付 {number}", cells[number]: "A/R"}
        rows[MATRIX].append(row | dict.fromkeys(cells[number + 1 : number + 20], "C"))

    back = there.back(office, rows)

    assert back.findings == []
    assert back.rows[MATRIX] == rows[MATRIX]
    office.convert(tmp_path / "back.xlsx", tmp_path / "wide.pdf")
    print_return(tmp_path / "back.xlsx", tmp_path / "signed.pdf", Definitions(LIBRARY, None, DAY))
    # LibreOffice ignores the print area of the file itself, a formula: blank rows go on below what is filled.
    as_sent, as_printed = (text_of(tmp_path / name).split("\f")[:-1] for name in ("wide.pdf", "signed.pdf"))
    assert (len(as_sent), len(as_printed)) == (3, 2)  # the cover, the matrix; as sent, a page of blank rows
    labels = {block.field(name).label.say(lang) for name in cells}
    for _, matrix, *blank in (as_sent, as_printed):
        assert [number for number in range(10) if f"交付 {number}" not in matrix] == []
        assert not re.search(r"交付 \d|A/R", "".join(blank))
        if lang == "en":  # a character below the other is found as single characters
            assert {label for label in labels if re.sub(r"\s", "", label) in re.sub(r"\s", "", matrix)} == labels


def text_of(pdf: Path) -> str:
    """Return what can be read in a printed file in the order in which it was drawn; a form feed ends each page."""
    done = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, encoding="utf-8", check=True)
    return done.stdout
