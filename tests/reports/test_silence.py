"""Silence improves nothing: unknown is never green, what was open stays counted, and the report says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import soak
from tests.reports import report_example as example
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LocalizedText
from xlsflow.model.history import RegionRound
from xlsflow.model.returns import FROM_HISTORY, FileRecord
from xlsflow.reports import make_report, texts
from xlsflow.reports.figures.signals import SIGNALS_WORST_FIRST
from xlsflow.reports.figures.status_counts import ReportFigures, items_with_flags, region_status, report_figures

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from xlsflow.reports import ReportInputs

BEFORE = "2026-W46"
REGIONS = tuple(example.NAMES)
STATES = ("not_started", "in_progress", "blocked", "late", "done", "cancelled")
rows = st.lists(
    st.tuples(st.sampled_from(REGIONS), st.integers(-30, 30) | st.none(), st.sampled_from(STATES)), max_size=12
)
silences = st.sets(st.sampled_from(REGIONS))


def round_of(items: list[tuple[str, int | None, str]], silent: Collection[str]) -> ReportInputs:
    """Return a round with some items, of which those of silent regions are carried on from the round before."""
    tasks = example.tasks(
        [(f"HD-{n}", "task", region, "李明", due, status, 0.0, "", "") for n, (region, due, status) in enumerate(items)]
    ) if items else example.tasks().iloc[:0]  # fmt: skip
    carried = tasks["_region"].isin(list(silent))
    tasks["_round"] = tasks["_round"].astype("object").where(~carried, BEFORE)
    files = []
    for code in REGIONS:
        stamp = replace(example.book().files[0].stamp, region=code, round=BEFORE if code in silent else example.ROUND)
        how = FROM_HISTORY if code in silent else "stamp"
        files.append(FileRecord(example.FILES.get(code, "other.xlsx"), stamp=stamp, recognised=how))
    book = example.book({example.JOBS: tasks}, files=tuple(files), findings=(), ledger=(), aside=())
    return example.inputs(book)


def totals(inputs: ReportInputs) -> tuple[ReportFigures, pd.DataFrame]:
    frame = items_with_flags(inputs)
    regions = region_status(inputs, frame)
    return report_figures(inputs, frame, regions), regions.set_index("region")


@settings(max_examples=soak.examples(12), deadline=None)
@given(rows, silences)
def test_silence_takes_nothing_out_of_the_figures_and_makes_no_signal_better(
    items: list[tuple[str, int | None, str]], silent: set[str]
) -> None:
    (heard, _), (now, regions) = totals(round_of(items, set())), totals(round_of(items, silent))

    for name in ("total", "done", "overdue", "worst", "soon", "blocked"):
        assert getattr(now, name) == getattr(heard, name), name
    assert set(now.silent) == silent
    assert now.carried == sum(region in silent for region, *_ in items)
    assert all(regions.loc[list(silent), "light"] == "grey")
    rank = SIGNALS_WORST_FIRST.index
    assert rank(now.signal) <= rank(heard.signal)
    if silent:
        assert rank(now.signal) <= rank("grey")


@settings(max_examples=soak.examples(5), deadline=None)
@given(rows, silences)
def test_every_report_of_a_silent_round_says_so_in_both_languages(
    items: list[tuple[str, int | None, str]], silent: set[str]
) -> None:
    inputs = round_of(items, silent)
    for lang, word in (("zh", "截至"), ("en", "as of")):
        report = make_report(inputs, "zh" if lang == "zh" else "en")
        late = next(listing for listing in report.listings if listing.name == texts.PAGE_OVERDUE.say(report.lang))
        memory = next((column.values for column in late.columns if column.key == "memory"), ())  # noqa: PD011 - no frame
        carried = sum(
            region in silent and due is not None and due < 0 and state not in ("done", "cancelled")
            for region, due, state in items
        )
        assert sum(word in str(text) for text in memory) == carried


def test_a_round_in_which_nobody_has_returned_gives_a_report_that_says_so() -> None:
    known = make_report(round_of([("east", -3, "late")], set(REGIONS)), "en").overview
    nothing = make_report(round_of([], set(REGIONS)), "en").overview

    assert known.mark == "due_soon"
    assert "no region has reported; all is as last reported" in known.conclusion
    assert nothing.mark == "missing"
    assert "nothing is known" in nothing.conclusion
    assert "nothing is overdue" not in nothing.conclusion


def test_an_empty_return_is_grey_and_one_without_changes_only_if_something_is_open() -> None:
    def with_finding(code: str, items: list[tuple[str, int | None, str]]) -> pd.DataFrame:
        inputs = round_of(items, set())
        found = Finding(code, Location(example.FILES["north"]), facts={"since": LocalizedText("", "")})
        return totals(replace(inputs, book=replace(inputs.book, findings=(found,))))[1]

    assert with_finding("return_empty", []).loc["north", "light"] == "grey"
    assert with_finding("return_untouched", [("north", 9, "in_progress")]).loc["north", "light"] == "grey"
    assert with_finding("return_untouched", [("north", -9, "done")]).loc["north", "light"] == "green"


def test_a_silent_region_is_shown_with_what_is_known_of_it_and_since_when() -> None:
    inputs = round_of([("west", -3, "late"), ("west", 5, "in_progress")], {"west"})
    heard = RegionRound("2026-W45", "west", state="in_time")
    inputs = replace(inputs, book=replace(inputs.book, rounds=(heard,)))

    returns = next(listing for listing in make_report(inputs, "en").listings if listing.name == texts.PAGE_RETURNS.en)
    columns = {column.key: column for column in returns.columns}

    remark = dict(zip(columns["region"].codes, columns["remark"].values, strict=True))
    assert remark["west"] == "No return; 2 open when last reported, 1 overdue; no word since 2026-W45"
