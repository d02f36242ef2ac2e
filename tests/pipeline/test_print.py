"""A filled return is laid out anew for paper: every row and every text is on it, at the day that it is frozen to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.office import pages
from tests.templates.packs.round import Round
from tests.workbook.outgoing_example import LIBRARY, example_outgoing, samples
from xlsflow.api import View, merge_to, print_
from xlsflow.cli import main
from xlsflow.errors import InputError, OutputError, Refused
from xlsflow.fileformat.cells import a1
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns
from xlsflow.layout.sheet_layout import TableLayout
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.print_return import print_return
from xlsflow.system.libreoffice import convert_to_pdf, find_libreoffice
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.office import Office
    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import Scope
    from xlsflow.template.model import Template

DAY = date(2026, 11, 20)
TASKS, ACTIONS = "tracking.tasks", "minutes.actions"
LONG = "".join(f"第{number:03d}句，说明这项任务为什么晚了、谁来补救。" for number in range(1, 91))
"""Some two thousand characters, each sentence with a number of its own."""


def raw_text(pdf: Path) -> str:
    """Return the text of a PDF in the order in which it was drawn, cell by cell, without blanks."""
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", str(pdf), "-"], check=True, timeout=120, capture_output=True
    )
    return squeezed(done.stdout.decode("utf-8"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def page_texts(pdf: Path) -> list[str]:
    return [squeezed(page) for page in pages.text(pdf).split("\f")[:-1]]


def task(number: int, **values: object) -> dict[str, object]:
    """Return a task that nothing is wrong with."""
    usual: dict[str, object] = {
        "task_id": f"HD-2026-{number:03d}",
        "task": f"任务甲{number:03d}",
        "region": "HD",
        "owner": "张立诚",
        "due": datetime(2026, 11, 10),  # noqa: DTZ001 - a cell bears no zone
        "progress": "in_progress",
        "share": 0.35,
    }
    return usual | values


def returned(path: Path, rows: dict[str, list[dict[str, object]]], pack: str = "coordination") -> Path:
    """Write a workbook that holds rows as if a region had filled it."""
    write_workbook(path, replace(example_outgoing(pack, rows=rows), as_of=None))
    return path


def printed(path: Path, day: date | None = DAY) -> Path:
    out = path.with_suffix(".pdf")
    print_return(path, out, Definitions(LIBRARY, None, day))
    return out


def shown_texts(
    templates: tuple[Template, ...], rows: Mapping[str, Sequence[Mapping[str, object]]], lang: Lang, scope: Scope
) -> Iterator[str]:
    """Yield the text that every cell of words shows, but what a definition keeps off the paper."""
    for template in templates:
        for block in template.data:
            for line in rows.get(template.full_name(block), ()):
                for name, value in line.items():
                    said = block.field(name).write(value, lang, scope)
                    if isinstance(said, str) and (block.field(name).printed or len(template.blocks) > 1):
                        yield said


@pytest.mark.parametrize("region", ["HD", "HW"])
def test_every_text_of_a_filled_return_is_on_paper(region: str, tmp_path: Path, office: Office) -> None:
    """The regions of the example project fill in Chinese and in English; LibreOffice has saved their files."""
    here = Round(tmp_path)
    back = here.back(office, "coordination", region, here.rows("coordination", region, rows=4))
    assert here.desk.project is not None
    lang = here.desk.project.region(region).language

    out = printed(back)

    text = raw_text(out)
    opened = here.opened("coordination")
    wanted = [*shown_texts(opened.templates, here.rows("coordination", region, rows=4), lang, opened.scope)]
    assert len(wanted) > 90
    assert [one for one in wanted if squeezed(one) not in text] == []
    titles = [template.title.say(lang) for template in opened.templates if not template.cover]
    assert [one for one in titles if squeezed(one) not in text] == []


def test_rows_beyond_those_issued_are_printed_on_further_pages_under_the_same_header(tmp_path: Path) -> None:
    path = returned(tmp_path / "many.xlsx", {TASKS: [task(number) for number in range(1, 71)]})

    found = [page for page in page_texts(printed(path)) if "HD-2026-" in page]

    ids = [name for page in found for name in re.findall(r"HD-2026-\d{3}", page)]
    assert ids == [f"HD-2026-{number:03d}" for number in range(1, 71)]
    assert len(found) > 1
    for page in found:
        assert "任务编号" in page
        assert re.search(r"第\d+页/共\d+页", page)


def test_blank_rows_are_left_out(tmp_path: Path) -> None:
    path = returned(tmp_path / "few.xlsx", {TASKS: [task(1), task(2)]})
    out = printed(path)

    whole = plan(replace(example_outgoing("coordination", rows={TASKS: [task(1), task(2)]}), for_print=True))
    (place,) = (p for s, b, p in whole.blocks() if s.template.full_name(b) == TASKS)

    assert isinstance(place, TableLayout)
    assert place.last_row - place.first_row + 1 == 2
    assert len(page_texts(out)) == 2  # the cover, and the one sheet that is filled in


def test_one_sheet_is_printed_alone_though_it_is_blank(tmp_path: Path) -> None:
    path = returned(tmp_path / "few.xlsx", {TASKS: [task(1)]})
    print_return(path, out := tmp_path / "one.pdf", Definitions(LIBRARY, None, DAY), sheets=["需求表"])
    print_return(path, both := tmp_path / "two.pdf", Definitions(LIBRARY, None, DAY), sheets=["tracking", "需求表"])

    assert ["需求表" in page for page in page_texts(out)] == [True]
    assert len(page_texts(both)) == 2
    with pytest.raises(InputError, match=r"has: .*执行跟踪"):
        print_return(path, out, Definitions(LIBRARY), sheets=["没有的表"])


def test_a_text_longer_than_a_page_is_cut_up_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    path = returned(tmp_path / "long.xlsx", {TASKS: [task(1), task(2, support=LONG, done_this_week=LONG), task(3)]})

    text = raw_text(printed(path))

    missing = [number for number in range(1, 91) if text.count(f"第{number:03d}句") < 2]
    assert missing == []
    assert text.count("HD-2026-002") == 1
    assert text.index("HD-2026-002") < text.index("第090句") < text.index("HD-2026-003")


def test_a_long_form_is_laid_over_several_pages_and_its_signatures_stay_together(tmp_path: Path) -> None:
    actions = [{"action": f"行动{n:03d}：{LONG[:120]}", "owner": "张立诚", "due": DAY} for n in range(1, 26)]
    path = returned(tmp_path / "minutes.xlsx", {ACTIONS: actions, "minutes.meeting": [{"meeting": "启动会"}]})

    found = page_texts(printed(path))

    minutes = [page for page in found if "行动0" in page]
    assert len(minutes) > 1
    assert sorted(set(re.findall(r"行动\d{3}", "".join(minutes)))) == [f"行动{n:03d}" for n in range(1, 26)]
    (signed,) = (page for page in found if "四、确认签字" in page)
    for name in ("主持人", "华东", "华南(新)", "海外"):
        assert name in signed
    assert signed.count("签字：") >= 4


def test_what_could_not_be_read_is_printed_as_it_was_typed(tmp_path: Path, office: Office) -> None:
    path = returned(tmp_path / "issued.xlsx", {TASKS: [task(1), task(2)]})
    (book,) = open_returns([path])
    assert isinstance(book, RawWorkbook)
    (grid,) = (grid for grid in book.grids if grid.name == "执行跟踪")
    first = next(row for row in range(20) if grid.at(row, 0) == "HD-2026-001")
    keys = {str(grid.at(row, col)): col for row in range(first) for col in range(40)}
    odd: dict[str, str | float] = {"due": "下周五前后", "owner": "华东区各部门", "progress": "差不多了", "share": 1.3}
    with office.open(path) as document:
        document.unprotect("执行跟踪")
        document.fill("执行跟踪", {a1(first, keys[f"key:{name}"]): value for name, value in odd.items()})
        document.fill("执行跟踪", {"AZ5": "自己加的列", f"AZ{first + 1}": "写在外面"})
        document.fill("执行跟踪", {a1(first + 2, keys["key:task"]): "合计：2 项"})
        path = document.save(tmp_path / "odd.xlsx")

    out = tmp_path / "odd.pdf"
    reported = print_return(path, out, Definitions(LIBRARY, None, DAY))

    text = raw_text(out)
    for typed in ("下周五前后", "华东区各部门", "差不多了", "130%", "合计：2项"):
        assert typed in text
    assert "写在外面" not in text
    assert "column_extra" in [finding.code for finding in reported.findings]


def test_the_day_that_is_printed_is_the_one_asked_for_else_the_workbooks_own(tmp_path: Path) -> None:
    asked = returned(tmp_path / "asked.xlsx", {TASKS: [task(1)]})
    named = tmp_path / "named.xlsx"
    # It is sent with the day 2026-03-20.
    write_workbook(named, example_outgoing("coordination", rows={TASKS: [task(1)]}))

    assert "基准日：2026-11-20" in raw_text(printed(asked))
    assert "▲逾期10" in raw_text(asked.with_suffix(".pdf"))
    own = print_return(named, tmp_path / "own.pdf", Definitions(LIBRARY), now=DAY)
    assert own.as_of == date(2026, 3, 20)
    assert "▲逾期10" not in raw_text(tmp_path / "own.pdf")
    assert print_return(asked, tmp_path / "now.pdf", Definitions(LIBRARY), now=DAY).as_of == DAY


def test_matrix_columns_and_signers_are_known_from_the_file_itself(tmp_path: Path) -> None:
    whole = example_outgoing("coordination")
    raci = next(template for template in whole.templates if template.name == "raci")
    cells = [one.name for one in raci.data[0].columns if one.name.startswith("roles_")]
    assert len(cells) > 2
    path = returned(tmp_path / "raci.xlsx", {"raci.matrix": [{"task": "交付", cells[0]: "A/R", cells[1]: "C"}]})

    text = raw_text(printed(path))

    for one in cells:
        assert squeezed(raci.data[0].label_of(one).zh) in text
    assert "A/R" in text
    assert "●合格" in text


@pytest.mark.parametrize("pack", sorted(name for name in LIBRARY.pack_files if not LIBRARY.pack(name).setup))
def test_every_pack_prints_what_it_was_filled_with(pack: str, tmp_path: Path) -> None:
    whole = example_outgoing(pack)
    rows = samples(whole.templates, whole.scope)
    path = returned(tmp_path / f"{pack}.xlsx", rows, pack)

    text = raw_text(printed(path))

    wanted = [*shown_texts(whole.templates, rows, "zh", whole.scope)]
    assert wanted
    assert [one for one in wanted if squeezed(one) not in text] == []


def test_the_file_that_is_printed_is_not_touched(tmp_path: Path) -> None:
    path = returned(tmp_path / "same.xlsx", {TASKS: [task(1)]})
    before = path.read_bytes()

    printed(path)

    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["same.pdf", "same.xlsx"]


def test_what_is_no_return_is_refused_in_a_sentence(tmp_path: Path) -> None:
    here = Round(tmp_path)
    view = View(datetime(2026, 11, 20, 18))  # noqa: DTZ001 - the project's own time
    merge_to([here.sent("coordination", "HD")], tmp_path / "book.xlsx", project=here.project, view=view)
    (tmp_path / "text.xlsx").write_text("no workbook", "utf-8")

    with pytest.raises(Refused, match=r"xlsflow report"):
        print_(tmp_path / "book.xlsx", tmp_path / "x.pdf")
    with pytest.raises(Refused):
        print_(tmp_path / "text.xlsx", tmp_path / "x.pdf")
    with pytest.raises(InputError, match="pdf"):
        print_(tmp_path / "book.xlsx", tmp_path / "x.docx")
    assert not (tmp_path / "x.pdf").exists()


def test_the_command_writes_the_pdf_and_says_its_day(tmp_path: Path) -> None:
    path = returned(tmp_path / "a.xlsx", {TASKS: [task(1)]})
    asked = ["print", str(path), "--out", str(tmp_path / "a.pdf"), "--as-of", "2026-11-20", "--lang", "zh"]

    done = CliRunner().invoke(main, asked)
    again = CliRunner().invoke(main, ["print", str(tmp_path / "b.xlsx"), "--out", str(tmp_path / "b.pdf")])

    assert (done.exit_code, again.exit_code) == (0, 2)
    assert "2026-11-20" in done.output
    assert "HD-2026-001" in raw_text(tmp_path / "a.pdf")


def test_where_libreoffice_is_missing_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"")

    assert find_libreoffice([tmp_path / "soffice"]) is None
    monkeypatch.setattr("xlsflow.system.libreoffice.find_libreoffice", lambda: None)
    with pytest.raises(OutputError, match=r"libreoffice\.org"):
        convert_to_pdf(source, "a.pdf")


def test_libreoffice_is_found_where_it_is_installed_without_being_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    there = tmp_path / "LibreOffice" / "program" / "soffice.exe"
    there.parent.mkdir(parents=True)
    there.write_text("", "utf-8")

    assert find_libreoffice([tmp_path / "soffice.com", there]) == there


def program(path: Path, body: str) -> Path:
    """Write a program that takes the place of LibreOffice."""
    path.write_text(f"#!{sys.executable}\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_libreoffice_that_hangs_is_ended_with_what_it_has_started(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    child = tmp_path / "child.py"
    child.write_text(f"import os, time; open({str(noted)!r}, 'w').write(str(os.getpid())); time.sleep(60)", "utf-8")
    hangs = program(tmp_path / "hangs", f"import subprocess, sys\nsubprocess.run([sys.executable, {str(child)!r}])")
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"")

    with pytest.raises(OutputError) as stopped:
        convert_to_pdf(source, "a.pdf", program=hangs, seconds=3)

    assert stopped.value.code == "office_too_slow"
    assert "3" in stopped.value.say("zh")
    assert _ended(int(noted.read_text("utf-8")))


def _ended(pid: int) -> bool:
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_libreoffice_that_makes_nothing_is_said_to(tmp_path: Path) -> None:
    fails = program(tmp_path / "fails", "raise SystemExit(7)")
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"")

    with pytest.raises(OutputError, match="7") as stopped:
        convert_to_pdf(source, "a.pdf", program=fails)

    assert stopped.value.code == "office_failed"
