"""Composes the first page, which a coordinator should be able to take in within thirty seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing, Overview, ReportColumn
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_dates, column_values
from xlsflow.reports.figures.returns import NOT_RETURNED
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS, overdue
from xlsflow.reports.front_page.attention import attention_items
from xlsflow.reports.front_page.charts import ageing_chart, matrix_grid, status_chart
from xlsflow.reports.front_page.conclusion import conclusion, fact_line
from xlsflow.reports.front_page.tiles import key_figures
from xlsflow.reports.labels import shorten
from xlsflow.reports.listings.by_region_and_owner import most_in_need_first, owners_with_names, signal_columns
from xlsflow.reports.listings.overdue_and_due_soon import STATUS_MARKS
from xlsflow.reports.listings.responsibilities import gap_columns, load_columns
from xlsflow.reports.listings.returns import SIGNAL_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.figures.status_counts import ReportFigures
    from xlsflow.reports.labels import Labels

# Rows of each table that fit on one printed page without making the letters smaller; the lists contain all of them.
_MAX_REGIONS, _MAX_OVERDUE, _MAX_ATTENTION = 6, 5, 5
_LONGEST_TITLE = 40
_MAX_OWNERS = _MAX_LOAD = _MAX_GAPS = 10


@dataclass(frozen=True)
class OverviewInputs:
    """What the overview is made from; each value is computed once.

    Attributes:
        labels: Labels in the language of the report.
        frame: The tracked items (`items_with_flags`).
        returned: The returns (`return_status`).
        regions: The status of each region (`region_status`).
        figures: Totals of the round.
        risks: The open risks (`open_risks`).
        load: What each column of the RACI matrix bears (`responsibility_load`).
        gaps: Rows of the RACI matrix with a gap (`responsibility_gaps`).
        violations: Violated timing rules (`timing_violations`); None if the data has none to check.
    """

    labels: Labels
    frame: pd.DataFrame
    returned: pd.DataFrame
    regions: pd.DataFrame
    figures: ReportFigures
    risks: pd.DataFrame
    load: pd.DataFrame
    gaps: pd.DataFrame
    violations: pd.DataFrame | None = None


def overview(page: OverviewInputs) -> Overview:
    """Return the first page."""
    labels = page.labels
    project, lang = labels.inputs.project, labels.lang
    name = (project.project.name_en if lang == "en" else "") or project.project.name
    title = texts.REPORT_TITLE.format(lang, project=name) if name else texts.REPORT_TITLE_UNNAMED.say(lang)
    round_title = texts.ROUND_TITLE.format(lang, round=project.round.id) if project.round.id else ""
    foot = texts.FOOTER_RULE.format(lang, page=texts.PAGE_RETURNS.say(lang))
    ranked = most_in_need_first(page.regions)
    shown = ranked.head(_MAX_REGIONS)
    return Overview(
        name=texts.PAGE_OVERVIEW.say(lang),
        title=title,
        round_text=" · ".join(filter(None, (round_title, _round_title(labels)))),
        facts=fact_line(labels, page.figures),
        conclusion=conclusion(labels, page.frame, page.figures),
        mark=SIGNAL_MARKS[page.figures.signal],
        figures=key_figures(labels, page.frame, page.figures, page.violations),
        signals=_signals(labels, shown, _signals_title(lang, len(shown), len(ranked))),
        status=status_chart(labels, shown),
        overdue=_overdue(page),
        ageing=ageing_chart(labels, page.frame),
        attention=_attention(page),
        trend=None,
        matrix=matrix_grid(labels, page.risks),
        more=tuple(_more(page, ranked.iloc[_MAX_REGIONS:])),
        footer=(foot, texts.MADE_BY.say(lang)),
    )


def _round_title(labels: Labels) -> str:
    """Return the title of the round if it adds to its ID. It has one language: English reports skip a Chinese one."""
    current = labels.inputs.project.round
    readable = labels.lang == "zh" or current.title.isascii()
    return current.title if readable and current.title != current.id else ""


def _signals_title(lang: Lang, shown: int, count: int) -> str:
    title = texts.SIGNALS_TITLE_CUT if shown < count else texts.SIGNALS_TITLE
    return title.format(lang, shown=shown, count=count)


def _signals(labels: Labels, shown: pd.DataFrame, title: str) -> Listing:
    """Return one row for each region: signal, return, counts; zeros are dashes, so that other numbers stand out."""
    lang = labels.lang
    # A region without a return shows dashes, unless returns of other regions hold items of it.
    empty = [(state == NOT_RETURNED) and not total for state, total in zip(shown["state"], shown["total"], strict=True)]

    def count(name: str, title: str, width: float, mark: Mark | None = None) -> ReportColumn:
        numbers = [0 if none else int(n) for none, n in zip(empty, shown[name].fillna(0), strict=True)]
        marks: list[Mark | None] = [mark if n else None for n in numbers] if mark else []
        dashed: list[ReportValue] = [n or texts.DASH for n in numbers]
        return ReportColumn(name, title, dashed, "integer", width, marks=marks, codes=numbers)

    within = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    shares = [None if share != share else share for share in shown["share"].tolist()]  # noqa: PLR0124 - nan
    region, signal, state = signal_columns(labels, shown)
    columns = (
        replace(region, width=8),
        replace(signal, width=6),
        replace(state, width=6),
        count("total", texts.COL_TOTAL.say(lang), 3),
        labels.column(
            "share", texts.COL_SHARE, [texts.DASH if n is None else n for n in shares], "percent", 4, codes=shares
        ),
        count("overdue", texts.COL_OVERDUE_ITEMS.say(lang), 4.5, "overdue"),
        count("soon", texts.COL_DUE_SOON.format(lang, days=within), 4, "due_soon"),
        count("stuck", texts.COL_BLOCKED.say(lang), 4.5, "blocked"),
        count("high", texts.COL_HIGH_RISK.say(lang), 4, "overdue"),
        count("errors", texts.COL_ERRORS.say(lang), 3.5, "warning"),
    )
    return Listing("by_region", title, "", columns, key="by_region")


def _overdue(page: OverviewInputs) -> Listing:
    """Return the longest overdue items."""
    labels, lang = page.labels, page.labels.lang
    late = overdue(page.frame)
    title = texts.OVERDUE_TITLE.format(lang, count=len(late))
    top = late.head(_MAX_OVERDUE)
    if top.empty:
        return _nothing("overdue", title, texts.NOTHING_OVERDUE.say(lang))
    marked: list[Mark | None] = ["overdue"] * len(top)
    shown = [shorten(text, _LONGEST_TITLE) for text in column_values(top["title"])]
    owners, codes = _with_dashes(labels.item_values(top, "owner")), column_values(top["owner"])
    columns = (
        labels.column("key", texts.COL_KEY, column_values(top["key"]), "id", 6),
        labels.column("title", texts.COL_ITEM, shown, "long", 10),
        replace(labels.region_column(top["region"].tolist()), width=6),
        ReportColumn("owner", labels.header("owner", texts.COL_OWNER.say(lang)), owners, "text", 5, codes=codes),
        ReportColumn("due", labels.header("due", ""), column_dates(top["due"]), "date", 5),
        labels.column("days_overdue", texts.COL_DAYS, column_values(top["days_overdue"]), "integer", 2.5, marks=marked),
        _change_or_status(labels, top),
    )
    return Listing("overdue", title, "", columns, key="overdue", sources=labels.sources(top))


def _change_or_status(labels: Labels, top: pd.DataFrame) -> ReportColumn:
    """Return whether each item is newly overdue; without a previous round its status."""
    if not labels.inputs.previous:
        states: list[Mark | None] = [STATUS_MARKS[group] for group in top["group"]]
        shown, codes = labels.item_values(top, "status"), column_values(top["status"])
        return ReportColumn("status", labels.header("status", ""), shown, "text", 5, marks=states, codes=codes)
    changes = ["new" if new else "continuing" for new in top["new"]]
    marks: list[Mark | None] = ["overdue" if change == "new" else None for change in changes]
    words = [texts.CHANGES[change].say(labels.lang) for change in changes]
    return labels.column("change", texts.COL_CHANGE, words, "text", 5, marks=marks, codes=changes)


def _nothing(name: str, title: str, text: str) -> Listing:
    """Return a listing of one line that says that there is nothing to list."""
    return Listing(name, title, "", (ReportColumn("none", "", [text], marks=["done"]),), key=name)


def _with_dashes(values: Sequence[ReportValue]) -> list[ReportValue]:
    return [value if value is not None else texts.DASH for value in values]


def _attention(page: OverviewInputs) -> Listing:
    """Return what needs coordination."""
    lang = page.labels.lang
    matters = attention_items(page.labels, page.frame, page.returned, _MAX_ATTENTION, page.violations)
    title = texts.ATTENTION_TITLE.say(lang)
    if not matters:
        return _nothing("attention", title, texts.NOTHING_OPEN.say(lang))
    marks: list[Mark | None] = [mark for _, _, mark in matters]
    topics = ReportColumn("topic", "", [topic for topic, _, _ in matters], "text", 5, marks=marks, with_symbols=True)
    detail = ReportColumn("detail", "", [text for _, text, _ in matters], "long", 29)
    return Listing("attention", title, "", (topics, detail), key="attention")


def _more(page: OverviewInputs, others: pd.DataFrame) -> Iterator[Listing]:
    """Yield the tables of the second page."""
    labels, lang = page.labels, page.labels.lang
    if len(others):
        title = texts.SIGNALS_TITLE_MORE.format(lang, count=len(others))
        yield _signals(labels, others, title)
    yield _owners(page)
    if len(page.load):
        columns = load_columns(labels, page.load.head(_MAX_LOAD))
        yield Listing("load", texts.LOAD_TITLE.say(lang), "", columns, key="responsibilities")
        title = texts.GAPS_TITLE.format(lang, count=len(page.gaps))
        top = page.gaps.head(_MAX_GAPS)
        if top.empty:
            yield _nothing("responsibility_gaps", title, texts.NO_GAPS.say(lang))
        else:
            columns = gap_columns(labels, top)
            yield Listing("gaps", title, "", columns, key="responsibility_gaps", sources=labels.sources(top))


def _owners(page: OverviewInputs) -> Listing:
    """Return the owners with most overdue items."""
    labels, lang = page.labels, page.labels.lang
    late = owners_with_names(page.frame)
    late = late[late["overdue"] > 0].head(_MAX_OWNERS)
    title = texts.OWNERS_TITLE.say(lang)
    if late.empty:
        return _nothing("by_owner", title, texts.NO_OWNER_OVERDUE.say(lang))
    owner = labels.header("owner", texts.COL_OWNER.say(lang))
    marked: list[Mark | None] = ["overdue"] * len(late)
    columns = (
        ReportColumn("owner", owner, labels.item_values(late, "owner"), "text", 4, codes=column_values(late["owner"])),
        replace(labels.region_column(late["region"].tolist()), width=3),
        labels.column("open", texts.COL_OPEN_ITEMS, column_values(late["open"]), "integer", 3),
        labels.column("overdue", texts.COL_OVERDUE_SHORT, column_values(late["overdue"]), "integer", 2, marks=marked),
        labels.column("worst", texts.COL_LONGEST, column_values(late["worst"]), "integer", 2),
    )
    return Listing("by_owner", title, "", columns, key="by_owner")
