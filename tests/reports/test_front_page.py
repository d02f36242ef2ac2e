"""Every clause, key figure and line of the first page: it is there when its figure says so, and only then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import report_example as example
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.reports import make_report, texts
from xlsflow.reports.figures.returns import return_status
from xlsflow.reports.figures.status_counts import ReportFigures, items_with_flags
from xlsflow.reports.figures.timing_rules import timing_violations
from xlsflow.reports.figures.tracked_items import overdue
from xlsflow.reports.front_page.attention import attention_items
from xlsflow.reports.front_page.conclusion import conclusion, fact_line
from xlsflow.reports.front_page.tiles import key_figures
from xlsflow.reports.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.model.report_model import Listing

NOTHING = ReportFigures(
    expected=5, returned=5, late=(), missing=(), total=10, done=4, overdue=0, new=None, worst=0, mean=0.0, soon=0,
    soon_idle=0, blocked=0, high=0, untreated_risks=0, errors=0, warnings=0, signal="green",
)  # fmt: skip
"""A round in which nothing needs to be said."""

LATE: dict[str, Any] = {"overdue": 3, "worst": 14, "mean": 5.0}


def labels(lang: Lang = "en", **parts: Any) -> Labels:  # noqa: ANN401 - any part of the inputs
    return Labels(example.inputs(**parts), lang)


def begins(template: LocalizedText, lang: Lang) -> str:
    """Return what every text made from a template contains: its longest piece without a placeholder."""
    pieces = "".join(
        part if "}" not in part else "\n" + part.partition("}")[2] for part in template.say(lang).split("{")
    )
    return max(pieces.split("\n"), key=len)


CLAUSES: Mapping[str, tuple[LocalizedText, dict[str, Any]]] = {
    "overdue": (texts.CLAUSE_OVERDUE, LATE),
    "new": (texts.CLAUSE_NEW, {**LATE, "new": 2}),
    "blocked": (texts.CLAUSE_BLOCKED, {"blocked": 2}),
    "risks": (texts.CLAUSE_HIGH_RISKS, {"high": 2, "untreated_risks": 1}),
    "missing": (texts.CLAUSE_MISSING, {"returned": 4, "missing": ("west",)}),
    "errors": (texts.CLAUSE_ERRORS, {"errors": 4}),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", CLAUSES)
def test_the_conclusion_has_a_clause_for_a_figure_and_none_for_the_others(name: str, lang: Lang) -> None:
    frame = items_with_flags(example.inputs())
    shown = conclusion(labels(lang), frame, replace(NOTHING, **CLAUSES[name][1]))

    present = {other for other, (template, _) in CLAUSES.items() if begins(template, lang) in shown}

    assert present == ({"overdue", "new"} if name == "new" else {name})
    assert (texts.CLAUSE_ALL_GOOD.say(lang) in shown) is (name not in ("overdue", "new", "blocked"))


def test_the_conclusion_names_an_item_without_a_title_by_its_key() -> None:
    frame = items_with_flags(example.inputs())
    worst = overdue(frame).index[0]
    key = str(frame.loc[worst, "key"])
    frame.loc[worst, "title"] = None

    assert key in conclusion(labels(), frame, replace(NOTHING, **LATE))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("errors", "warnings"), [(0, 0), (4, 0), (0, 1), (4, 1)])
def test_the_facts_call_data_good_only_without_errors_and_warnings(lang: Lang, errors: int, warnings: int) -> None:
    shown = fact_line(labels(lang), replace(NOTHING, errors=errors, warnings=warnings))

    counted = texts.FACT_QUALITY.format(lang, errors=errors, warnings=warnings)
    assert (texts.FACT_QUALITY_GOOD.say(lang) in shown) is (errors == warnings == 0)
    assert (counted in shown) is (errors + warnings > 0)


@pytest.mark.parametrize("missing", [(), ("west",)])
def test_the_facts_name_missing_regions(missing: tuple[str, ...]) -> None:
    shown = fact_line(labels(), replace(NOTHING, missing=missing, returned=5 - len(missing)))

    assert ("Southwest" in " ".join(shown)) is bool(missing)


TILES: Mapping[str, tuple[int, dict[str, Any], str]] = {
    "all returned": (0, {}, "done"),
    "some late": (0, {"late": ("south",)}, "due_soon"),
    "some missing": (0, {"missing": ("west",), "returned": 4}, "due_soon"),
    "nothing overdue": (2, {}, "done"),
    "overdue": (2, LATE, "overdue"),
    "nothing due soon": (3, {}, "done"),
    "due soon": (3, {"soon": 2}, "due_soon"),
    "nothing blocked": (4, {}, "done"),
    "blocked": (4, {"blocked": 2}, "blocked"),
    "no risks": (5, {}, "done"),
    "risks": (5, {"high": 1}, "overdue"),
    "no errors": (6, {"high": 1}, "done"),
    "errors": (6, {"errors": 1}, "due_soon"),
}


@pytest.mark.parametrize("name", TILES)
def test_a_key_figure_is_marked_by_what_it_counts(name: str) -> None:
    position, figures, mark = TILES[name]
    frame = items_with_flags(example.inputs())

    assert key_figures(labels(), frame, replace(NOTHING, **figures))[position].mark == mark


def test_a_missing_return_is_named_before_a_late_one() -> None:
    frame = items_with_flags(example.inputs())
    figures: dict[str, Any] = {"late": ("south",), "missing": ("west",)}
    none, late, both = (
        key_figures(labels(), frame, replace(NOTHING, **{name: figures[name] for name in names}))[0].small
        for names in ((), ("late",), ("late", "missing"))
    )

    assert none == texts.ALL_RETURNED.say("en")
    assert "South" in late
    assert "Southwest" in both


def test_a_tile_names_the_regions_with_blocked_items_or_says_that_there_are_none() -> None:
    frame = items_with_flags(example.inputs())

    shown = key_figures(labels(), frame, NOTHING)[4].small
    none = key_figures(labels(), frame[frame["group"] != "blocked"], NOTHING)[4].small

    assert "East" in shown
    assert "Overseas" in shown
    assert none == texts.NONE_AT_ALL.say("en")


def test_with_timing_rules_a_tile_counts_violations_even_if_there_are_none() -> None:
    frame = items_with_flags(example.inputs())
    violations = timing_violations(example.inputs())

    without, shown = (key_figures(labels(), frame, NOTHING, given) for given in (None, violations))

    assert len(shown) == len(without) + 1
    assert (shown[5].small, shown[5].mark) == (texts.NONE_AT_ALL.say("en"), "done")


@pytest.mark.parametrize(
    ("help_", "reason", "shown"),
    [("a crane", "rain", "a crane"), ("a crane", "", "a crane"), ("", "rain", "rain"), ("", "", "")],
)
def test_a_blocked_item_says_what_it_needs_else_why_it_is_blocked(help_: str, reason: str, shown: str) -> None:
    rows = [row if row[0] != "HD-2026-004" else (*row[:7], reason, help_) for row in example.TASKS]
    inputs = example.inputs(example.book({example.JOBS: example.tasks(rows)}))

    items = attention_items(Labels(inputs, "en"), items_with_flags(inputs), return_status(inputs), 8)

    (text,) = [text for _, text, _ in items if text.startswith("HD-2026-004")]
    bare = begins(texts.ASK_BLOCKED_NO_HELP, "en")
    assert (bare in text) is (not shown)
    assert text.endswith(shown)


def test_unused_lines_go_to_the_most_serious_topic() -> None:
    rows = [(f"HD-{n}", "t", "east", "林晓曼", n, "blocked", 0.5, "", "") for n in range(1, 12)]
    inputs = example.inputs(example.book({example.JOBS: example.tasks(rows)}, findings=()))

    items = attention_items(Labels(inputs, "en"), items_with_flags(inputs), return_status(inputs), 8)

    topics = [topic for topic, _, _ in items]
    assert len(items) == 8
    assert topics.count(texts.TOPICS["blocked"].say("en")) == 6
    assert {texts.TOPICS["missing"].say("en"), texts.TOPICS["file"].say("en")} <= {*topics}


def owners_of_the_second_page() -> Listing:
    return next(one for one in make_report(example.inputs(), "en").overview.more if one.key == "by_owner")


def test_owners_are_listed_only_with_overdue_items() -> None:
    owners = owners_of_the_second_page()

    counts = next(column for column in owners.columns if column.key == "overdue").values
    assert counts
    assert all(isinstance(count, int) and count > 0 for count in counts)
    assert "Sun Jing" not in owners.columns[0].values


def test_a_report_of_a_project_without_a_name_still_has_a_title() -> None:
    project = example.project()
    named, zh_only, unnamed = (
        make_report(example.inputs(project=replace(project, project=facts)), "en").overview.title
        for facts in (
            project.project,
            replace(project.project, name_en=""),
            replace(project.project, name="", name_en=""),
        )
    )

    assert "Product launch" in named
    assert project.project.name in zh_only
    assert unnamed == texts.REPORT_TITLE_UNNAMED.say("en")


def test_an_overdue_item_without_an_owner_shows_a_dash() -> None:
    table = example.tasks()
    table.loc[table["job_no"] == "HD-2026-001", "owner"] = None

    shown = make_report(example.inputs(example.book({example.JOBS: table}, findings=())), "en").overview.overdue

    owners = {key: list(column.values) for column in shown.columns for key in (column.key,)}
    assert owners["owner"][owners["key"].index("HD-2026-001")] == texts.DASH
    assert owners["owner"].count(texts.DASH) == 1


@pytest.mark.parametrize(
    ("figures", "template"),
    [({}, texts.NONE_AT_ALL), (LATE, texts.OVERDUE_MEAN), ({**LATE, "new": 2}, texts.OVERDUE_NEW)],
)
def test_the_overdue_tile_says_none_how_long_or_how_many_are_new(
    figures: dict[str, Any], template: LocalizedText
) -> None:
    frame = items_with_flags(example.inputs())

    shown = key_figures(labels(), frame, replace(NOTHING, **figures))[2].small

    assert shown == template.format("en", mean="5.0", worst=14, new=2)


@pytest.mark.parametrize(
    ("days", "state", "template"),
    [(-3, "open", texts.RISK_OVERDUE), (9, "new", texts.RISK_NOT_STARTED), (9, "open", texts.RISK_UNCHANGED)],
)
def test_a_high_risk_is_listed_with_why_it_counts_as_untreated(days: int, state: str, template: LocalizedText) -> None:
    table = example.risks().head(1).assign(due=str(example.day(days)), state=state)
    table["due"] = table["due"].astype("datetime64[us]")
    book = example.book({example.DANGERS: table}, findings=())
    inputs = example.inputs(book, previous=example.inputs(book) if state == "open" and days > 0 else None)
    frame = items_with_flags(inputs)
    if state == "new":
        frame["group"] = "idle"

    items = attention_items(Labels(inputs, "en"), frame, return_status(inputs), 8)

    (text,) = [text for topic, text, _ in items if topic == texts.TOPICS["high"].say("en")]
    assert template.format("en", days=-days) in text


@pytest.mark.parametrize(("with_previous", "red_new"), [(True, 1), (True, 0), (False, 1)])
def test_the_rule_of_the_signals_names_new_items_only_where_they_are_compared(
    with_previous: bool,  # noqa: FBT001 - a case
    red_new: int,
) -> None:
    plain = example.inputs()
    scope = replace(plain.scope, settings={**plain.scope.settings, "light_red_new": red_new})
    inputs = replace(plain, scope=scope, previous=plain if with_previous else None)

    note = next(one.note for one in make_report(inputs, "en").listings if one.name == texts.PAGE_RETURNS.say("en"))

    assert (begins(texts.SIGNAL_RULE_NEW, "en") in note) is (with_previous and red_new > 0)
