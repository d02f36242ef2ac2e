"""The sheet of all requirements, and the references that lead to them, where definitions are unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.returned_rows import AS_OF, PROJECT, a_return, task
from tests.helpers.returns import template_of
from tests.reports import report_example as example
from tests.reports.test_report import column, listing
from xlsflow import api
from xlsflow.i18n import LANGS, Lang
from xlsflow.pipeline.merge import document
from xlsflow.pipeline.project_file import open_library
from xlsflow.pipeline.report import open_consolidated
from xlsflow.reports import make_report, requirement_stages, tracked_items

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.model.report_model import Report
    from xlsflow.reports import ReportInputs
    from xlsflow.reports.figures.requirement_stages import RequirementStages
    from xlsflow.template.model import Template

FIRST, SECOND, GONE = "RW-2026-001", "RW-2026-002", "RW-2026-900"
FORM, TASKS = "requirement.form", "tracking.tasks"

# --- the sheet ---


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A consolidated workbook: both regions use the first id, nobody raised the last."""
    folder = tmp_path_factory.mktemp("book")
    done = {"progress": "done", "share": 1.0}
    a_return(
        folder / "HD.xlsx", "HD",
        task(1, req_id=FIRST, due=example.day(-3)), task(2, req_id=FIRST, **done), task(3, req_id=FIRST),
        task(4, req_id=SECOND, **done), task(5, req_id=GONE), task(6),
        more={FORM: [{"req_id": FIRST, "req_name": "调拨", "req_state": "submitted", "raised": example.day(-9)}]},
    )  # fmt: skip
    a_return(folder / "HN.xlsx", "HN", more={FORM: [{"req_id": FIRST, "req_name": "价签", "raised": example.day(-7)}]})
    a_return(folder / "HB.xlsx", "HB", more={FORM: [{"req_id": SECOND, "req_name": "冷链", "req_state": "closed"}]})
    api.merge_to([folder], folder / "result.xlsx", project=PROJECT, view=api.View(AS_OF))
    return folder / "result.xlsx"


def report_of(path: Path, lang: Lang) -> Report:
    """Return the report of a consolidated workbook."""
    opened = open_consolidated(path, open_library())
    return document(opened.book, opened.definitions, opened.instant, lang)


def test_each_requirement_has_one_row_with_what_became_of_it(path: Path) -> None:
    made = listing(report_of(path, "en"), "Requirements")
    shown = {each.title: list(each.values) for each in made.columns}

    assert shown["Req. ID"] == [FIRST, SECOND, GONE]
    assert shown["Requirement title"] == ["调拨, 价签", "冷链", None]
    assert shown["Region"] == ["East China, South China", "North China", None]
    assert shown["Requirement status"] == ["Submitted", "Closed", "not in this workbook"]
    assert shown["Raised"] == [example.day(-7), None, None]
    assert shown["Tracking"] == [3, 1, 1]
    assert shown["Tracking · Progress"] == ["In progress ×2, Done", "Done", "In progress"]
    assert shown["Tracking · Due"] == shown["Last date"]
    assert shown["Issues"] == [0, 0, 0]
    assert shown["Issues · Status"] == [None, None, None]


def test_what_is_late_open_or_done_is_marked(path: Path) -> None:
    made = listing(report_of(path, "zh"), "需求一览")

    assert column(made, f"{FORM}.state").marks == ["in_progress", "done", None]
    assert column(made, f"{TASKS}.state").marks == ["overdue", "done", "in_progress"]


@pytest.mark.parametrize(
    ("lang", "name", "told"), [("zh", "需求一览", "《风险跟踪》"), ("en", "Requirements", "from Risks to")]
)
def test_the_note_says_which_sheets_have_no_link(lang: Lang, name: str, told: str, path: Path) -> None:
    assert told in listing(report_of(path, lang), name).note


def test_the_sheet_is_in_every_format_and_does_not_disturb_what_is_read_back(path: Path, tmp_path: Path) -> None:
    for ending in ("json", "html"):
        text = api.report(path, tmp_path / f"report.{ending}", view=api.View(lang="en")).read_text("utf-8")
        assert "Requirement title" in text
    again = api.report(path, tmp_path / "again.xlsx")

    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_sheet_for_requirements_there_is_no_such_page(lang: Lang) -> None:
    names = [one.name for one in make_report(example.inputs(), lang).listings if one.is_shown]

    assert not {"Requirements", "需求一览"} & set(names)


def test_nobody_has_raised_anything_yet(tmp_path: Path) -> None:
    a_return(tmp_path / "HD.xlsx", "HD", task(1))
    api.merge_to([tmp_path], tmp_path / "result.xlsx", project=PROJECT, view=api.View(AS_OF))

    made = listing(report_of(tmp_path / "result.xlsx", "en"), "Requirements")

    assert made.rows == 0
    assert made.note.startswith("0 requirements")


# --- definitions of other sheets, with the references that an author may think of ---


def words(text: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text, "en": text}


def field(name: str, to: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of a field
    """Return a text field."""
    return {"name": name, "kind": "text", "label": words(name), "to": to, **more}


def block(name: str, *fields: dict[str, Any], kind: str = "table", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a block that is a step in a life."""
    step = {"title": fields[0]["name"], "date": "on"}
    dated = {"name": "on", "kind": "date", "label": words("on")}
    return {"name": name, "type": kind, "key": fields[0]["name"], "fields": [*fields, dated], "step": step, **more}


WISHES = template_of("wishes", "愿望", block("rows", field("no"), requirement=True))


def inputs(*templates: Template, **rows: list[dict[str, Any]]) -> ReportInputs:
    """Return what a report is made from: `sheet__block` -> rows, all of one file."""
    tables = {name.replace("__", "."): lines for name, lines in rows.items()}
    for template in templates:
        for each in template.data:
            lines = tables.setdefault(template.full_name(each), [])
            lines[:] = [
                {each.key: "", "on": example.day(0), **{f.name: None for f in each.columns}, **line} for line in lines
            ]
    made = {
        name: example.frame(lines, [("a.xlsx", name.split(".")[0], 6 + at, "east") for at in range(len(lines))])
        for name, lines in tables.items()
        if lines
    }
    return example.inputs(example.book(made, findings=(), aside=()), templates=templates)


def stages(of: ReportInputs) -> RequirementStages:
    """Return the stages of a book."""
    return requirement_stages(of, tracked_items(of))


def found(of: ReportInputs, requirement: str) -> dict[str, list[int]]:
    """Return block -> positions of the rows that belong to a requirement."""
    all_ = stages(of)
    rows = {stage.block: list(stage.rows.get(requirement, ())) for stage in (*all_.roots, *all_.others)}
    return {name: positions for name, positions in rows.items() if positions}


def test_what_is_on_the_sheet_of_a_form_belongs_to_the_form() -> None:
    """The form names the requirement; the table below it and the verdict belong to it too."""
    handover = template_of(
        "handover", "交付",
        block("head", field("code"), field("wish", "wishes.rows.no"), kind="form"),
        block("items", field("item")),
        block("verdict", field("result"), kind="form"),
    )  # fmt: skip
    made = inputs(
        WISHES, handover,
        wishes__rows=[{"no": "W1"}, {"no": "W2"}],
        handover__head=[{"code": "H1", "wish": "W1"}],
        handover__items=[{"item": "a"}, {"item": "b"}],
        handover__verdict=[{"result": "pass"}],
    )  # fmt: skip

    assert found(made, "W1") == {
        "wishes.rows": [0],
        "handover.head": [0],
        "handover.items": [0, 1],
        "handover.verdict": [0],
    }
    assert found(made, "W2") == {"wishes.rows": [1]}


def test_blocks_that_refer_to_each_other_or_to_themselves_end() -> None:
    ring = template_of(
        "ring", "环",
        block("one", field("a"), field("other", "ring.two.b"), field("wish", "wishes.rows.no")),
        block("two", field("b"), field("back", "ring.one.a"), field("before", "ring.two.b")),
    )  # fmt: skip
    made = inputs(
        WISHES, ring,
        wishes__rows=[{"no": "W1"}],
        ring__one=[{"a": "A", "other": "B", "wish": "W1"}, {"a": "D", "wish": "W1"}],
        ring__two=[{"b": "B", "back": "A"}, {"b": "C", "before": "B"}, {"b": "E", "back": "D"}],
    )  # fmt: skip

    assert found(made, "W1") == {"wishes.rows": [0], "ring.one": [0, 1], "ring.two": [0, 2]}


def test_a_reference_to_another_field_than_the_id_is_followed_if_it_leads_somewhere() -> None:
    wishes = template_of("wishes", "愿望", block("rows", field("no"), field("nick"), requirement=True))
    works = template_of("works", "工作", block("rows", field("job"), field("nick", "wishes.rows.nick")))
    made = inputs(
        wishes, works,
        wishes__rows=[{"no": "W1", "nick": "x"}],
        works__rows=[{"job": "a", "nick": "x"}, {"job": "b", "nick": "y"}],
    )  # fmt: skip

    assert found(made, "W1") == {"wishes.rows": [0], "works.rows": [0]}
    assert stages(made).ids == ("W1",)


def test_two_sheets_of_requirements_are_one_list_and_a_row_may_name_several() -> None:
    hopes = template_of("hopes", "希望", block("rows", field("code"), requirement=True))
    works = template_of(
        "works", "工作", block("rows", field("job"), field("wish", "wishes.rows.no"), field("hope", "hopes.rows.code"))
    )
    made = inputs(
        WISHES, hopes, works,
        wishes__rows=[{"no": "W1"}],
        hopes__rows=[{"code": "H1"}],
        works__rows=[{"job": "a", "wish": "W1", "hope": "H1"}],
    )  # fmt: skip

    assert stages(made).ids == ("H1", "W1")
    assert found(made, "W1") == {"wishes.rows": [0], "works.rows": [0]}
    assert found(made, "H1") == {"hopes.rows": [0], "works.rows": [0]}


def test_a_table_of_requirements_that_is_followed_up_is_its_own_state() -> None:
    follow = {"title": "no", "owner": "who", "due": "on", "status": "state", "done": ["done"]}
    fields = (field("no"), field("who"), field("state", kind="choice", of="states"))
    wishes = template_of("wishes", "愿望", {**block("rows", *fields, requirement=True), "step": None, "follow": follow})
    rows: list[dict[str, Any]] = [
        {"no": "W1", "state": "done"},
        {"no": "W2", "state": "open", "on": example.day(-2)},
        {"no": "W3"},
    ]

    (root,) = stages(inputs(wishes, wishes__rows=rows)).roots

    assert list(root.open) == [False, True, True]
    assert list(root.days_overdue) == [0, 2, 0]
