"""A region gets its own open rows back under the ids that they have; the workbook keeps what it was issued with."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook.outgoing_example import folder
from xlsflow.api import View, merge_to
from xlsflow.cli import main
from xlsflow.errors import InputError
from xlsflow.fileformat.baseline import CELL_CHUNK, Baseline, comparison_text
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.hidden.baseline import read_baseline
from xlsflow.intake.isolation.reader_pool import Limits, open_returns
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import Order, generate, outgoing_workbook
from xlsflow.pipeline.merge import merge_paths
from xlsflow.pipeline.prefill import Prefill
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from tests.office import Office
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.project import Project
    from xlsflow.pipeline.generate import Outbox
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Template

PROJECT = folder("samples") / "round" / "project.xlsx"
INBOX = folder("samples") / "round" / "inbox"
TASKS, RISKS, MATRIX, FORM = "tracking.tasks", "risks.risks", "raci.matrix", "requirement.form"
NEXT = "2026-W48"


@cache
def library() -> Library:
    return open_library((), PROJECT)


@cache
def project() -> Project:
    """Return the sample project in the round after that of its returns."""
    loaded = load_project(PROJECT, library())
    return replace(loaded, round=replace(loaded.round, id=NEXT))


def sent(out: Path, **asked: object) -> Outbox:
    return generate(project(), out, replace(Order(), **{"source": [INBOX], **asked}), library())  # type: ignore[arg-type]


def book_of(paths: list[Path]) -> Book:
    return merge_paths(paths, Definitions(library(), project(), date(2026, 11, 20)))


def before() -> Book:
    return merge_paths([INBOX], Definitions(library(), project(), any_round=True))


def opened(path: Path) -> RawWorkbook:
    (book,) = open_returns([path], Limits(base=True))
    assert isinstance(book, RawWorkbook)
    return book


def base_of(path: Path) -> Baseline:
    base = read_baseline(opened(path))
    assert base is not None
    return base


def texts(path: Path, sheet: str) -> set[str]:
    """Return every text on a sheet."""
    (grid,) = (grid for grid in opened(path).grids if grid.name == sheet)
    return {cell for row in grid.rows for cell in row if isinstance(cell, str)}


def test_every_region_gets_its_own_open_rows_back_as_they_were(tmp_path: Path) -> None:
    earlier = before().tables[TASKS]
    wanted = earlier[~earlier["progress"].isin(["done", "cancelled"])].sort_values("task_id")

    again = book_of(sent(tmp_path)).tables[TASKS].sort_values("task_id")

    fields = ["_region", *(name for name in earlier.columns if name[0] != "_" and name not in ("signal", "days_late"))]
    assert len(wanted) < len(earlier)
    assert wanted[fields].reset_index(drop=True).equals(again[fields].reset_index(drop=True))


def test_closed_rows_come_back_only_where_they_are_asked_for(tmp_path: Path) -> None:
    done = set(before().tables[TASKS].query("progress == 'done'")["task_id"])

    open_only = set(book_of(sent(tmp_path / "open")).tables[TASKS]["task_id"])
    all_rows = set(book_of(sent(tmp_path / "all", closed=True)).tables[TASKS]["task_id"])

    assert done
    assert not done & open_only
    assert done <= all_rows


def test_rows_that_nothing_follows_up_come_back_only_where_they_are_asked_for_and_forms_never(tmp_path: Path) -> None:
    earlier = before().tables
    assert len(earlier[MATRIX])

    plain = book_of(sent(tmp_path / "plain")).tables
    asked = book_of(sent(tmp_path / "asked", also=["责任矩阵"])).tables

    assert len(plain[MATRIX]) == 0
    assert list(asked[MATRIX]["task"]) == list(earlier[MATRIX]["task"])
    assert len(plain[FORM]) == len(asked[FORM]) == 0


def test_a_region_without_a_return_is_named_and_gets_a_blank_workbook(tmp_path: Path) -> None:
    outbox = sent(tmp_path)
    (missing,) = outbox.unheard
    (blank,) = (path for path in outbox if missing.code in path.name)

    assert missing.code not in set(before().tables[TASKS]["_region"])
    assert read_baseline(opened(blank)) is None
    assert len(book_of([blank]).tables[TASKS]) == 0


def test_the_consolidated_workbook_gives_back_the_same_rows_as_the_returns_themselves(tmp_path: Path) -> None:
    view = View(datetime(2026, 11, 20, 18))  # noqa: DTZ001 - the project's own time
    merge_to([INBOX], tmp_path / "book.xlsx", project=PROJECT, view=view)

    from_book = sent(tmp_path / "book", source=[tmp_path / "book.xlsx"])
    from_files = sent(tmp_path / "files")

    assert [path.read_bytes() for path in from_book] == [path.read_bytes() for path in from_files]


def numbered(templates: tuple[Template, ...]) -> tuple[Template, ...]:
    """Return sheets whose tasks are issued with running numbers."""
    tracking = next(template for template in templates if template.name == "tracking")
    block = tracking.data[0]
    fields = [one.model_copy(update={"numbered": True}) if one.name == block.key else one for one in block.columns]
    changed = block.model_copy(update={"fields": tuple(fields)})
    changed.__dict__.pop("_by_name", None)
    return (tracking.model_copy(update={"blocks": (changed,)}),)


def test_new_rows_are_numbered_on_behind_every_number_that_was_used_closed_rows_too(tmp_path: Path) -> None:
    pack, book = Definitions(library(), project()).pack("coordination"), before()
    templates = numbered(pack.templates)
    rows = book.tables[TASKS].query("_region == 'HD'").iloc[:2]
    rows = rows.assign(task_id=["HD-2026-HD003", "HD-2026-HD007"], progress=["in_progress", "done"])
    given = Prefill(replace(book, tables={TASKS: rows}), templates).of("HD", 2026)

    outgoing = outgoing_workbook(project().region("HD"), project(), pack.pack, templates, pack.scope, "zh")
    write_workbook(tmp_path / "on.xlsx", replace(outgoing, rows=given.rows, numbers=given.numbers))

    numbers = sorted(text for text in texts(tmp_path / "on.xlsx", "执行跟踪") if text.startswith("HD-2026-HD"))
    assert numbers[:3] == ["HD-2026-HD003", "HD-2026-HD008", "HD-2026-HD009"]
    assert len(numbers) == templates[0].data[0].rows  # type: ignore[attr-defined]  # it is a table


def test_the_latest_return_of_a_region_counts_of_several_rounds() -> None:
    book = before()
    templates = Definitions(library(), project()).pack("coordination").templates
    old = next(record for record in book.counted if record.stamp.region == "HD")
    assert old.saved is not None
    later = replace(
        old, file="later.xlsx", saved=old.saved.replace(year=old.saved.year + 1), stamp=replace(old.stamp, round=NEXT)
    )
    table = book.tables[TASKS]
    row = table[table["_file"] == old.file].iloc[:1].assign(_file="later.xlsx")
    reported = replace(book, files=(*book.files, later), tables={TASKS: type(table)(row)})

    given = Prefill(reported, templates).of("HD", 2026)

    assert [line["task_id"] for line in given.rows[TASKS]] == list(row["task_id"])


def test_the_workbook_keeps_what_every_cell_was_issued_with(tmp_path: Path) -> None:
    (path,) = sent(tmp_path, regions=["HD"])
    table = before().tables[TASKS]
    row = table[(table["_region"] == "HD") & (table["progress"] != "done")].iloc[0]

    base = base_of(path)

    (unasked,) = open_returns([path])
    assert isinstance(unasked, RawWorkbook)
    assert read_baseline(unasked) is None
    sent_out = base.rows[TASKS][row["task_id"]]
    assert sent_out["progress"] == row["progress"]
    assert sent_out["due"] == f"{row['due']:%Y-%m-%d}"
    assert "days_late" not in sent_out
    assert "HD-2026-HD001" not in base.rows[TASKS]


def test_what_was_issued_survives_libreoffice_and_is_no_finding(tmp_path: Path, office: Office) -> None:
    (path,) = sent(tmp_path, regions=["HD"])
    with office.open(path) as document:
        document.calculate()
        saved = document.save(tmp_path / "saved.xlsx")

    book = book_of([saved])

    assert base_of(saved) == base_of(path)
    assert not [finding for finding in book.findings if "_base" in finding.location.sheet]
    assert book.files[0].status != "refused"


def test_a_workbook_that_goes_out_blank_keeps_no_rows(tmp_path: Path) -> None:
    (path,) = generate(project(), tmp_path, Order(regions=["HD"]), library())

    assert "_base" not in {grid.name for grid in opened(path).grids}


def test_the_sheet_of_issued_rows_cannot_be_unhidden_from_the_menu(tmp_path: Path) -> None:
    (path,) = sent(tmp_path, regions=["HD"])
    (grid,) = (grid for grid in opened(path).grids if grid.name == "_base")

    assert grid.visibility == "very_hidden"


def test_rows_that_were_issued_have_dropdowns_and_room_for_new_ones_below(tmp_path: Path, office: Office) -> None:
    (path,) = sent(tmp_path, regions=["HD"])
    (blank,) = generate(project(), tmp_path / "blank", Order(regions=["HD"]), library())

    rules, ends = [], []
    for one in (path, blank):
        with office.open(one) as document:
            found = document.validations("执行跟踪")
        rules.append({(rule.kind, rule.formula, rule.message) for rule in found})
        ends.append({int(re.findall(r"\d+", rule.cells)[-1]) for rule in found})

    assert rules[0] == rules[1]
    assert max(ends[0]) == max(ends[1]) > len(base_of(path).rows[TASKS]) + 10


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = sent(tmp_path / "a"), sent(tmp_path / "b")

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"also": ["trakcing"]}, "no_such_table"),
        ({"source": [PROJECT]}, "nothing_to_go_on_from"),
        ({"source": [Path("nowhere.xlsx")]}, "no_such_file"),
    ],
)
def test_an_order_that_cannot_be_met_is_said_in_a_sentence(tmp_path: Path, asked: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as stopped:
        sent(tmp_path, **asked)

    assert stopped.value.code == code
    assert "…" not in stopped.value.say("zh") + stopped.value.say("en")


def test_the_command_goes_on_from_a_folder_and_names_who_is_missing(tmp_path: Path) -> None:
    asked = ["--round", NEXT, "--from", str(INBOX), "--table", "raci", "--closed", "--lang", "zh"]

    done = CliRunner().invoke(main, ["generate", str(PROJECT), "--out", str(tmp_path), *asked])

    assert done.exit_code == 0
    assert "西南" in done.output.splitlines()[-3]
    assert MATRIX in base_of(next(tmp_path.glob("*HD*.xlsx"))).rows


def test_a_base_reads_back_as_it_was_written_and_one_that_was_changed_not_at_all() -> None:
    rows: dict[str, list[dict[str, object]]] = {}
    rows["a.b"] = [{"id": "1", "x": 0.5, "day": date(2026, 11, 20)}, {"id": "2", "y": "第一行\n第二行"}, {"x": 1}]
    base = Baseline.from_rows(rows, {"a.b": "id"})
    lines = [list(line) for line in base.lines()]

    assert Baseline.from_lines(lines) == base
    assert base.rows == {"a.b": {"1": {"x": "0.5", "day": "2026-11-20"}, "2": {"y": "第一行\n第二行"}}}
    lines[-1][-1] = lines[-1][-1].replace("0.5", "0.6")
    assert Baseline.from_lines(lines) is None
    assert Baseline.from_lines([]) is None


@given(
    st.dictionaries(
        st.text(min_size=1), st.dictionaries(st.sampled_from("abc"), st.text(min_size=1), max_size=3), max_size=4
    )
)
def test_whatever_texts_rows_hold_they_are_read_back(rows: dict[str, dict[str, str]]) -> None:
    base = Baseline({"t.b": rows} if rows else {})

    assert Baseline.from_lines([list(line) for line in base.lines()]) == base


def test_a_long_block_is_read_back_from_several_cells() -> None:
    base = Baseline({"t.b": {str(n): {"text": "很长的说明" * 400} for n in range(30)}})
    lines = [list(line) for line in base.lines()]

    assert len(lines[1]) > 1
    assert all(len(cell) <= CELL_CHUNK for cell in lines[1])
    assert Baseline.from_lines(lines) == base


def test_a_value_is_compared_by_one_text_however_it_was_stored() -> None:
    assert comparison_text(date(2026, 11, 20)) == comparison_text(datetime(2026, 11, 20))  # noqa: DTZ001 - a cell bears no zone
    assert comparison_text(1) == comparison_text(1.0) == "1"
    assert comparison_text(0.1 + 0.2) == comparison_text(0.3)
    assert comparison_text(None) == ""
