"""What a workbook looks like once it is used: rows that keep their height, boxes to sign in, labels and facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.workbook.outgoing_example import PROJECT, example_outgoing
from tests.workbook.test_outgoing import opened
from xlsflow.fileformat.cells import a1
from xlsflow.i18n import LANGS, Lang
from xlsflow.layout.sheet_layout import OPEN_SIGNER, OWN_REGION_SIGNER, StaticLayout
from xlsflow.layout.text_metrics import MIN_ROW_PT
from xlsflow.model.project import Department, Project, Region
from xlsflow.workbook.outgoing.plan import Plan, plan
from xlsflow.workbook.outgoing.sheet_writer import balanced_label
from xlsflow.workbook.outgoing.writer import write_workbook
from xlsflow.workbook.style.theme import TABLE_ROW_PT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

PACK = "coordination"
OWN_NUMBERS = {"issues.issues", "risks.risks", "disputes.disputes", "resource_requests.requests"}


def planned(project: Project, lang: Lang = "zh", pack: str = PACK) -> Plan:
    return plan(example_outgoing(pack, lang, project=project))


@pytest.mark.parametrize(("sheet", "block", "least"), [("raci", "matrix", TABLE_ROW_PT), ("charter", "", MIN_ROW_PT)])
def test_a_row_keeps_a_comfortable_height_when_it_is_filled_and_grows_with_a_long_text(
    office: Office, tmp_path: Path, sheet: str, block: str, least: float
) -> None:
    one = example_outgoing(PACK if block else "team_plan")
    here = next(page for page in plan(one).sheets if page.template.name == sheet)
    table = next(part for part in here.template.data if part.has_rows and part.name in (block or part.name))
    place = here.layout.table(table.name)
    name = next(field.name for field in table.columns if field.align == "left")
    col, first = place.columns[name].first, place.first_row
    write_workbook(tmp_path / "sent.xlsx", one)
    with office.open(tmp_path / "sent.xlsx") as document:
        document.fill(here.tab, {a1(first, col): "短", a1(first + 1, col): "一段很长的文字，" * 40})
        saved = opened(document.save(tmp_path / "saved.xlsx"))[here.tab]

    short, long, blank = (saved.row_dimensions[first + 1 + number].height for number in range(3))
    assert short == pytest.approx(blank, abs=1.5)
    assert short >= least - 1
    assert long > 3 * least


@pytest.mark.parametrize("regions", [5, 12, 13, 300])
def test_every_region_signs_the_minutes_until_they_are_too_many(regions: int) -> None:
    many = tuple(Region(f"R{chr(65 + n // 26)}{chr(65 + n % 26)}", f"第{n}区", f"Region {n}") for n in range(regions))
    one = example_outgoing(PACK, project=replace(PROJECT, regions=many))
    one = replace(one, stamp=replace(one.stamp, region=many[2].code))
    (minutes,) = (page for page in plan(one).sheets if page.template.name == "minutes")
    signing = minutes.layout.by_block["signatures"]
    assert isinstance(signing, StaticLayout)
    chair_and_scribe, others = signing.texts[:2], signing.texts[2:]

    assert [party.zh for party in chair_and_scribe] == ["主持人", "记录人"]
    if regions <= 12:
        assert [party.zh for party in others] == [f"第{n}区" for n in range(regions)]
    else:
        assert others == (OWN_REGION_SIGNER, *(OPEN_SIGNER,) * 5)


def test_an_open_box_asks_who_signs_in_it(tmp_path: Path) -> None:
    many = tuple(Region(f"R{chr(65 + n)}", f"第{n}区", f"Region {n}") for n in range(20))
    write_workbook(tmp_path / "many.xlsx", example_outgoing(PACK, project=replace(PROJECT, regions=many)))

    texts = [str(cell.value) for row in opened(tmp_path / "many.xlsx")["会议纪要"].iter_rows() for cell in row]

    assert sum(text.startswith("参会方：") for text in texts) == 6  # the workbook's own region is none of them
    assert sum(text.startswith("签字：") for text in texts) == 8


@pytest.mark.parametrize(
    ("columns", "paper", "turned"), [(5, "A4", False), (14, "A4", True), (20, "A4", True), (45, "A3", True)]
)
@pytest.mark.parametrize("lang", LANGS)
def test_a_matrix_of_many_columns_turns_its_headers_then_takes_larger_paper(
    lang: Lang,
    columns: int,
    paper: str,
    turned: bool,  # noqa: FBT001
) -> None:
    units = tuple(Department(f"D{n}", f"第{n}业务部", f"Department {n}") for n in range(columns - 3))
    (raci,) = (s for s in planned(replace(PROJECT, departments=units), lang).sheets if s.template.name == "raci")

    assert raci.layout.paper == paper
    assert len(raci.layout.upright) == (columns if turned else 0)


@pytest.mark.parametrize(
    ("label", "width", "shown"),
    [
        ("任务名称", 20.0, "任务名称＊"),
        ("待确认事项答复时间", 12.0, "待确认事项\n答复时间＊"),
        ("时长（分钟）", 8.0, "时长\n（分钟）＊"),
        ("发起部门/区域", 9.0, "发起部门/\n区域＊"),
        ("Requesting unit", 8.0, "Requesting unit＊"),
    ],
)
def test_a_label_is_broken_about_its_middle_and_never_before_a_sign_that_ends(
    label: str, width: float, shown: str
) -> None:
    assert balanced_label(label, "＊", width, 10.0) == shown


@pytest.mark.parametrize("lang", LANGS)
def test_the_band_of_facts_breaks_between_facts(tmp_path: Path, lang: Lang) -> None:
    write_workbook(tmp_path / "facts.xlsx", example_outgoing("team_plan", lang))
    book, seen = opened(tmp_path / "facts.xlsx", data_only=True), []
    for page in plan(example_outgoing("team_plan", lang)).sheets[1:]:
        text = book[page.tab]["A2"].value
        seen += text.split("\n")
        assert text.endswith("2026-03-20")

    assert {line.count("    ") for line in seen} == {1, 3}  # two facts on each of two lines, or four on one


@pytest.mark.parametrize("region", ["HD", "SG"])
def test_what_a_region_logs_is_issued_numbered_with_its_code(region: str) -> None:
    found = set()
    for pack in ("coordination", "team_plan"):
        one = example_outgoing(pack)
        whole = plan(replace(one, stamp=replace(one.stamp, region=region)))
        for page, block, _ in whole.blocks():
            full = page.template.full_name(block)
            if full in OWN_NUMBERS:
                found.add(full)
                first, second = (line[block.key] for line in whole.lines(page, block, 2))
                prefix = block.field(block.key).preset_value(1, 2026, region)
                assert (first, str(second)[-6:]) == (prefix, f"-{region}002"[-6:])
    assert found == OWN_NUMBERS
