"""A return beside what its workbook was sent out with: what was touched, what is gone, whether it says anything."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.returns import opened_by_openpyxl, template_of
from tests.workbook.outgoing_example import folder
from xlsflow import api
from xlsflow.fileformat.baseline import Baseline
from xlsflow.fileformat.hidden_sheets import BASELINE_SHEET
from xlsflow.fileformat.key_row import KEY_PREFIX
from xlsflow.intake.isolation.limits import Limits
from xlsflow.intake.touched import compared, content_digest
from xlsflow.model.returns import BlockRows, Return, Stamp
from xlsflow.pipeline.collect import collect
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.generate import Order, generate
from xlsflow.pipeline.project_file import example_rows, load_project, open_library, write_project
from xlsflow.pipeline.read_return import read_return

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.office import Office
    from xlsflow.fileformat.cells import Scalar
    from xlsflow.i18n import Lang
    from xlsflow.template.model import DataBlock

SAMPLES = folder("samples") / "round"
TASKS, FORM = "tracking.tasks", "requirement.form"
SAYS_NOTHING = {"return_empty", "return_untouched"}


@cache
def definitions() -> Definitions:
    library = open_library()
    project = load_project(SAMPLES / "project.xlsx", library)
    later = replace(project, round=replace(project.round, id="2026-W48"))
    return Definitions(library, later, date(2026, 11, 27))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of a region that goes out with the open rows of the sample round."""
    return prefilled(tmp_path_factory.mktemp("sent"), "HD")


def prefilled(out: Path, region: str, lang: Lang | None = None) -> Path:
    project = definitions().project
    assert project is not None
    order = Order(regions=[region], source=[SAMPLES / "inbox"], lang=lang)
    (path,) = generate(project, out, order, definitions().library)
    return path


def came(path: Path, against: Definitions | None = None) -> Return:
    value = read_return(against or definitions(), Limits(base=True), path.read_bytes(), path.name)
    assert isinstance(value, Return)
    return value


def changed(sent: Path, out: Path, change: Callable[[Any], None]) -> Return:
    """Return the workbook as it comes back after a change of its task sheet."""
    book = opened_by_openpyxl(sent)
    change(book["执行跟踪"])
    book.save(out / sent.name)
    return came(out / sent.name)


def first_row(sheet: Any) -> int:  # noqa: ANN401 - openpyxl's stubs lack much
    return int(next(cell.row for cell in sheet["A"] if str(cell.value).startswith("HD-2026")))


def told(returned: Return) -> set[str]:
    return {finding.code for finding in returned.findings} & SAYS_NOTHING


# --- an untouched workbook ---
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_touched_in_a_workbook_that_comes_back_as_it_went_out(tmp_path: Path, lang: Lang) -> None:
    returned = came(prefilled(tmp_path, "HD", lang))

    assert len(returned.touched[TASKS]) > 2
    assert not any(names for rows in returned.touched.values() for names in rows.values())
    assert not returned.gone
    assert not returned.baseline_lost
    (finding,) = (finding for finding in returned.findings if finding.code in SAYS_NOTHING)
    assert finding.code == "return_untouched"
    assert "2026-W47" in finding.message("zh")
    assert "since 2026-W47" in finding.message("en")


def test_nothing_is_touched_by_libreoffice_that_saves_it(sent: Path, tmp_path: Path, office: Office) -> None:
    with office.open(sent) as document:
        document.calculate()
        saved = {kind: document.save(tmp_path / f"saved.{kind}") for kind in ("xlsx", "ods")}

    for returned in map(came, saved.values()):
        assert told(returned) == {"return_untouched"}
        assert returned.record.content == came(sent).record.content
        assert returned.touched == came(sent).touched


def test_the_cover_says_who_reports_and_not_what(sent: Path, tmp_path: Path) -> None:
    book = opened_by_openpyxl(sent)
    cover = book["填写说明"]
    label = next(cell for row in cover for cell in row if str(cell.value).startswith("填报人"))
    cover.cell(label.row, label.column + 1).value = "张立诚"
    book.save(tmp_path / sent.name)

    returned = came(tmp_path / sent.name)

    assert returned.filler == "张立诚"
    assert told(returned) == {"return_untouched"}


# --- what was touched ---
def test_a_changed_a_cleared_and_a_filled_cell_are_touched(sent: Path, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:  # noqa: ANN401
        at = first_row(sheet)
        heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=at - 1) for cell in row if cell.value}
        columns = {key.removeprefix(KEY_PREFIX): col for key, col in heads.items() if isinstance(key, str)}
        sheet.cell(at, columns["task"]).value = "另一件事"
        sheet.cell(at, columns["owner"]).value = None
        sheet.cell(at, columns["due"]).value = "下周吧"

    returned = changed(sent, tmp_path, change)

    rows = [names for names in returned.touched[TASKS].values() if names]
    assert rows == [frozenset({"task", "owner", "due"})]
    assert not told(returned)


def test_a_row_that_was_removed_is_gone_with_what_it_held(sent: Path, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:  # noqa: ANN401
        at = first_row(sheet)
        for cell in sheet[at]:
            cell.value = None

    returned, before = changed(sent, tmp_path, change), came(sent)

    ((key, texts),) = returned.gone[TASKS].items()
    assert {key} == before.touched[TASKS].keys() - returned.touched[TASKS].keys()
    assert texts["region"] == "HD"
    assert not told(returned)


def test_a_changed_id_is_a_row_gone_and_a_new_one(sent: Path, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:  # noqa: ANN401
        sheet.cell(first_row(sheet), 1).value = "HD-2026-999"

    returned = changed(sent, tmp_path, change)

    assert len(returned.gone[TASKS]) == 1
    assert "HD-2026-999" not in returned.touched[TASKS]


def test_a_baseline_that_was_removed_or_edited_is_lost(sent: Path, tmp_path: Path) -> None:
    removed, edited = opened_by_openpyxl(sent), opened_by_openpyxl(sent)
    del removed[BASELINE_SHEET]
    edited[BASELINE_SHEET]["A2"].value = edited[BASELINE_SHEET]["A2"].value.replace("HD", "XX")
    for number, book in enumerate((removed, edited)):
        book.save(tmp_path / f"{number}.xlsx")
        returned = came(tmp_path / f"{number}.xlsx")

        assert returned.baseline_lost
        assert not returned.touched
        assert not told(returned)


def test_a_workbook_that_went_out_blank_has_lost_nothing(tmp_path: Path) -> None:
    project = definitions().project
    assert project is not None
    (path,) = generate(project, tmp_path, Order(regions=["HD"]), definitions().library)

    returned = came(path)

    assert not returned.baseline_lost
    assert not returned.touched
    assert told(returned) == {"return_empty"}
    assert told(came(path, Definitions(definitions().library))) == {"return_empty"}


@pytest.mark.parametrize("part", ["sent", "returned"])
def test_what_0_1_0_sent_out_is_compared_too(part: str) -> None:
    fixtures = folder("tests") / "fixtures" / "v0_1_0"
    library = open_library()
    project = load_project(fixtures / "round_2" / "project.xlsx", library)

    answers = collect(sorted((fixtures / "round_2" / part).glob("*HW*")), Definitions(library, project))

    for returned in answers:
        assert isinstance(returned, Return)
        assert returned.touched[TASKS]
        assert (told(returned) == {"return_untouched"}) == (part == "sent")
        assert "发出时" in returned.findings[-1].message("zh") or part != "sent"


# --- the same content ---
def test_what_a_return_says_does_not_depend_on_name_bytes_and_time(tmp_path: Path) -> None:
    path = next((SAMPLES / "inbox").glob("DJXP*HD*"))
    against = replace(definitions(), any_round=True)
    opened_by_openpyxl(path).save(tmp_path / "again.xlsx")
    moved = opened_by_openpyxl(path)
    moved["执行跟踪"]["B7"].value = "改了一个字"
    moved.save(tmp_path / "changed.xlsx")

    one, again, other = (came(p, against).record for p in (path, tmp_path / "again.xlsx", tmp_path / "changed.xlsx"))

    assert one.sha256 != again.sha256
    assert one.content == again.content != other.content
    assert one.content


def table(
    values: dict[str, list[Scalar]], unreadable: tuple[tuple[int, str], ...] = (), **raw: list[Scalar]
) -> BlockRows:
    count = len(next(iter(values.values())))
    return BlockRows(
        "任务表", "tasks", "list", range(count), {**values, **raw}, {}, count, 0, values=values, unreadable=unreadable
    )


def test_the_order_of_rows_and_blank_columns_are_no_content_but_region_and_unreadable_cells_are() -> None:
    stamp = Stamp("p", region="HD", round="R1")
    one = table({"id": ["1", "2"], "task": ["a", None]})
    digest = content_digest(stamp, [one])

    assert content_digest(replace(stamp, lang="en", fingerprint="x"), [one]) == digest
    assert content_digest(stamp, [table({"id": ["2", "1"], "task": [None, "a"], "note": [None, None]})]) == digest
    assert content_digest(replace(stamp, region="HN"), [one]) != digest
    wrong = [table({"id": ["1", "2"], "task": ["a", None]}, ((1, "task"),), task=["a", text]) for text in ("x", "y")]
    assert len({digest, *(content_digest(stamp, [each]) for each in wrong)}) == 3


# --- the comparison by itself ---
def block() -> DataBlock:
    fields = [
        {"name": name, "kind": "text", "label": {"zh": name, "en": name}, **more}
        for name, more in (("id", {}), ("task", {}), ("note", {}), ("round", {"fill": "round.id"}))
    ]
    sheet = template_of("tasks", "任务表", {"name": "list", "type": "table", "key": "id", "fields": fields})
    return sheet.data[0]


NAMES = ("task", "note")
ROWS = st.dictionaries(st.sampled_from("abcdef"), st.dictionaries(st.sampled_from(NAMES), st.sampled_from("xyz")))


@given(ROWS, ROWS)
def test_every_row_sent_out_is_touched_or_gone_and_its_touched_fields_are_those_that_differ(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    columns: dict[str, list[Scalar]] = {name: [row.get(name) for row in after.values()] for name in NAMES}
    now = table({"id": [*after], **columns, "round": ["R2"] * len(after)})
    sent = Baseline({"tasks.list": before} if before else {})

    touched, gone = compared([now] if after else [], {"tasks.list": block()}, sent)

    kept = touched.get("tasks.list", {})
    assert kept.keys() == before.keys() & after.keys()
    assert gone.get("tasks.list", {}) == {key: row for key, row in before.items() if key not in after}
    for key, fields in kept.items():
        assert fields == {n for n in NAMES if before[key].get(n) != after[key].get(n)}


def test_a_column_that_is_missing_is_not_touched_and_an_unreadable_cell_is_unless_it_was_sent_out_so() -> None:
    sent = Baseline({"tasks.list": {"1": {"task": "a", "note": "?"}, "2": {"task": "b"}}})
    now = table({"id": ["1", "2"], "note": [None, None]}, ((0, "note"), (1, "note")), note=["?", "!"])

    touched, _ = compared([now], {"tasks.list": block()}, sent)

    assert touched == {"tasks.list": {"1": frozenset(), "2": {"note"}}}


# --- a marked copy ---
def test_a_marked_copy_bears_the_digest_of_what_it_corrects_and_libreoffice_keeps_it(
    tmp_path: Path, office: Office
) -> None:
    path = SAMPLES / "inbox" / "DJXP-2026-W47-HN_华南.xlsx"
    against = replace(definitions(), any_round=True)
    api.check([path], project=SAMPLES / "project.xlsx", feedback=tmp_path)
    marked = tmp_path / path.name
    with office.open(marked) as document:
        saved = document.save(tmp_path / "saved.xlsx")

    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    assert came(path, against).corrects == ""
    assert came(marked, against).corrects == came(saved, against).corrects == digest
    api.check([saved], project=SAMPLES / "project.xlsx", feedback=tmp_path / "again")
    again = came(tmp_path / "again" / "saved.xlsx", against)
    assert again.corrects == hashlib.sha256(saved.read_bytes()).hexdigest()


def test_the_values_travel(sent: Path) -> None:
    (returned,) = collect([sent], definitions())
    assert isinstance(returned, Return)

    assert returned == came(sent)
    assert pickle.loads(pickle.dumps(returned)) == returned  # noqa: S301 - our own bytes


def test_the_region_is_told_that_nothing_was_filled_in_or_changed(sent: Path, tmp_path: Path) -> None:
    inbox, project = tmp_path / "in", tmp_path / "project.xlsx"
    inbox.mkdir()
    shutil.copy(sent, inbox)
    rows = {name: [dict(row) for row in lines] for name, lines in example_rows().items()}
    rows["round"][0]["id"] = "2026-W48"
    write_project(project, rows, lang="zh", library=open_library())

    outcome = api.check([inbox], project=project, feedback=tmp_path / "back")

    (finding,) = (finding for finding in outcome.findings if finding.code == "return_untouched")
    assert finding.severity == "warning"
    letter = (tmp_path / "back" / f"{sent.name}.txt").read_text("utf-8")
    assert "与 2026-W47 轮相比没有任何改动" in letter
