"""Composes the first page, which a coordinator should be able to take in within thirty seconds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Chart, ChartBar, Listing, Overview, ReportColumn
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_dates, column_values
from xlsflow.reports.figures.returns import NOT_RETURNED
from xlsflow.reports.figures.signals import SIGNALS_WORST_FIRST
from xlsflow.reports.figures.status_counts import AGE_LIMITS, open_by_owner, overdue_by_age
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS, overdue
from xlsflow.reports.front_page.attention import attention_items
from xlsflow.reports.front_page.conclusion import conclusion, fact_line
from xlsflow.reports.front_page.tiles import key_figures
from xlsflow.reports.labels import shorten
from xlsflow.reports.listings.returns import RETURN_MARKS, SIGNAL_MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.figures.status_counts import ReportFigures
    from xlsflow.reports.labels import Labels

# Lines of each table that fit on one printed page; the listings contain all of them.
_MAX_REGIONS, _MAX_OVERDUE, _MAX_ATTENTION, _MAX_OWNERS = 12, 8, 8, 8

_STATUS_BARS: tuple[tuple[str, Mark], ...] = (
    ("done", "done"), ("active", "in_progress"), ("idle", "idle"), ("blocked", "blocked"), ("overdue", "overdue"),
)  # fmt: skip


@dataclass(frozen=True)
class OverviewInputs:
    """What the overview is made from; each value is computed once.

    Attributes:
        labels: Labels in the language of the report.
        frame: The tracked items (`items_with_flags`).
        returned: The returns (`return_status`).
        regions: The status of each region (`region_status`).
        figures: Totals of the round.
        violations: Violated timing rules (`timing_violations`); None if the data has none to check.
    """

    labels: Labels
    frame: pd.DataFrame
    returned: pd.DataFrame
    regions: pd.DataFrame
    figures: ReportFigures
    violations: pd.DataFrame | None = None


def overview(page: OverviewInputs) -> Overview:
    """Return the first page."""
    labels = page.labels
    project, lang = labels.inputs.project, labels.lang
    name = (project.project.name_en if lang == "en" else "") or project.project.name
    title = texts.REPORT_TITLE.format(lang, project=name) if name else texts.REPORT_TITLE_UNNAMED.say(lang)
    round_title = texts.ROUND_TITLE.format(lang, round=project.round.id) if project.round.id else ""
    shown = _worst_regions(page.regions)
    foot = texts.FOOTER_RULE.format(lang, page=texts.PAGE_RETURNS.say(lang))
    return Overview(
        name=texts.PAGE_OVERVIEW.say(lang),
        title=title,
        round_text=" · ".join(filter(None, (round_title, _round_title(labels)))),
        facts=fact_line(labels, page.figures),
        conclusion=conclusion(labels, page.frame, page.figures),
        mark=SIGNAL_MARKS[page.figures.signal],
        figures=key_figures(labels, page.frame, page.figures, page.violations),
        signals=_signals(page, shown),
        status=_status(labels, shown),
        overdue=_overdue(page),
        ageing=_ageing(page),
        attention=_attention(page),
        owners=_owners(page),
        footer=(foot, texts.MADE_BY.say(lang)),
    )


def _round_title(labels: Labels) -> str:
    """Return the title of the round if it adds to its ID. It has one language: English reports skip a Chinese one."""
    current = labels.inputs.project.round
    readable = labels.lang == "zh" or current.title.isascii()
    return current.title if readable and current.title != current.id else ""


def _worst_regions(regions: pd.DataFrame) -> pd.DataFrame:
    """Return the regions in their own order; if they do not fit on the page, those with the worst signals."""
    if len(regions) <= _MAX_REGIONS:
        return regions
    rank = regions["light"].map({signal: rank for rank, signal in enumerate(SIGNALS_WORST_FIRST)})
    # Stable, so that regions with equal figures keep the order of the project.
    ranked = regions.assign(rank=rank).sort_values(
        ["rank", "overdue", "worst"], ascending=[True, False, False], kind="stable"
    )
    return ranked.head(_MAX_REGIONS).drop(columns="rank")


def _region_names(labels: Labels, shown: pd.DataFrame) -> list[str]:
    nobody = texts.UNKNOWN_REGION.say(labels.lang)
    return [labels.region(code) or nobody for code in shown["region"]]


def _signals(page: OverviewInputs, shown: pd.DataFrame) -> Listing:
    """Return one row for each region: signal, return, counts; zeros are dashes, so that other numbers stand out."""
    labels, lang = page.labels, page.labels.lang
    # A region without a return shows dashes, unless returns of other regions hold items of it.
    empty = [(state == NOT_RETURNED) and not total for state, total in zip(shown["state"], shown["total"], strict=True)]
    states = [state if isinstance(state, str) else "" for state in shown["state"]]
    codes = shown["light"].tolist()

    def count(name: str, title: str, width: int, mark: Mark | None = None) -> ReportColumn:
        numbers = [0 if none else int(n) for none, n in zip(empty, shown[name].fillna(0), strict=True)]
        marks: list[Mark | None] = [mark if n else None for n in numbers] if mark else []
        return ReportColumn(name, title, [n or texts.DASH for n in numbers], "integer", width, marks=marks)

    within = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    names = [texts.RETURN_STATES[state].say(lang) if state else texts.DASH for state in states]
    state_marks: list[Mark | None] = [RETURN_MARKS.get(state) for state in states]
    signals = [texts.SIGNAL_NAMES[code].say(lang) for code in codes]
    signal_marks: list[Mark | None] = [SIGNAL_MARKS[code] for code in codes]
    shares = [texts.DASH if share != share else share for share in shown["share"].tolist()]  # noqa: PLR0124 - nan
    columns = (
        labels.column("region", texts.COL_REGION, _region_names(labels, shown), "text", 5),
        # The key stays `light`: it is part of the JSON output.
        labels.column("light", texts.COL_SIGNAL, signals, "text", 4, marks=signal_marks, with_symbols=True),
        labels.column("state", texts.COL_RETURN_STATE, names, "text", 4, marks=state_marks, with_symbols=True),
        count("total", texts.COL_TOTAL.say(lang), 2),
        labels.column("share", texts.COL_SHARE, shares, "percent", 5),
        count("overdue", texts.COL_OVERDUE_ITEMS.say(lang), 3, "overdue"),
        count("soon", texts.COL_DUE_SOON.format(lang, days=within), 4, "due_soon"),
        count("stuck", texts.COL_BLOCKED.say(lang), 3, "blocked"),
        count("errors", texts.COL_ERRORS.say(lang), 3, "warning"),
    )  # fmt: skip
    cut = len(shown) < len(page.regions)
    title = texts.SIGNALS_TITLE_CUT if cut else texts.SIGNALS_TITLE
    text = title.format(lang, shown=len(shown), count=len(page.regions))
    return Listing("lights", text, "", columns)


def _status(labels: Labels, shown: pd.DataFrame) -> Chart:
    """Return the chart of each region's items by status."""
    bars = tuple(
        ChartBar(texts.STATUS_GROUP_NAMES[name].say(labels.lang), tuple(float(n) for n in shown[name]), mark)
        for name, mark in _STATUS_BARS
    )
    lang = labels.lang
    return Chart(texts.STATUS_TITLE.say(lang), tuple(_region_names(labels, shown)), bars, texts.STATUS_TEXT.say(lang))


def _overdue(page: OverviewInputs) -> Listing:
    """Return the longest overdue items."""
    labels, lang = page.labels, page.labels.lang
    late = overdue(page.frame)
    title = texts.OVERDUE_TITLE.format(lang, count=len(late), page=texts.PAGE_OVERDUE.say(lang))
    top = late.head(_MAX_OVERDUE)
    if top.empty:
        return _nothing("overdue", title, texts.NOTHING_OVERDUE.say(lang))
    marked: list[Mark | None] = ["overdue"] * len(top)
    why = [shorten(text, 36) or texts.DASH for text in column_values(top["reason"])]
    columns = [
        labels.column("key", texts.COL_KEY, column_values(top["key"]), "id", 4),
        labels.column("title", texts.COL_ITEM, [shorten(text, 50) for text in column_values(top["title"])], "long", 9),
        labels.column("region", texts.COL_REGION, _region_names(labels, top), "text", 3),
        ReportColumn(
            "owner",
            labels.header("owner", texts.COL_OWNER.say(lang)),
            _with_dashes(labels.item_values(top, "owner")),
            "text",
            4,
        ),
        ReportColumn("due", labels.header("due", ""), column_dates(top["due"]), "date", 4),
        labels.column("days_overdue", texts.COL_DAYS, column_values(top["days_overdue"]), "integer", 2, marks=marked),
        ReportColumn("reason", labels.header("reason", texts.COL_REASON.say(lang)), why, "long", 7),
    ]
    if labels.inputs.previous:
        change = [texts.CHANGE_NEW.say(lang) if new else texts.CHANGE_CONTINUING.say(lang) for new in top["new"]]
        marks: list[Mark | None] = ["overdue" if new else None for new in top["new"]]
        # The table has room for seven columns: whether an item is new tells more than its reason, which the listing
        # has.
        columns[-1] = labels.column("change", texts.COL_CHANGE, change, "text", 7, marks=marks)
    return Listing("overdue", title, "", tuple(columns))


def _nothing(name: str, title: str, text: str) -> Listing:
    """Return a listing of one line that says that there is nothing to list."""
    return Listing(name, title, "", (ReportColumn("none", "", [text], marks=["done"]),))


def _with_dashes(values: Sequence[ReportValue]) -> list[ReportValue]:
    return [value if value is not None else texts.DASH for value in values]


def _ageing(page: OverviewInputs) -> Chart:
    """Return the chart of overdue items by age."""
    lang = page.labels.lang
    edges = (0, *AGE_LIMITS)
    classes = [f"{low + 1}–{high}" for low, high in pairwise(edges)]
    classes.append(texts.AGE_OVER.format(lang, days=AGE_LIMITS[-1]))
    counts = tuple(float(n) for n in overdue_by_age(page.frame))
    bar = ChartBar(texts.STATUS_GROUP_NAMES["overdue"].say(lang), counts, "overdue")
    return Chart(texts.AGEING_TITLE.say(lang), tuple(classes), (bar,), texts.AGEING_TEXT.say(lang))


def _attention(page: OverviewInputs) -> Listing:
    """Return what needs coordination."""
    lang = page.labels.lang
    matters = attention_items(page.labels, page.frame, page.returned, _MAX_ATTENTION, page.violations)
    title = texts.ATTENTION_TITLE.say(lang)
    if not matters:
        return _nothing("attention", title, texts.NOTHING_OPEN.say(lang))
    marks: list[Mark | None] = [mark for _, _, mark in matters]
    topics = ReportColumn("topic", "", [topic for topic, _, _ in matters], "text", 4, marks=marks, with_symbols=True)
    return Listing(
        "attention", title, "", (topics, ReportColumn("detail", "", [text for _, text, _ in matters], "long", 29))
    )


def _owners(page: OverviewInputs) -> Listing:
    """Return the owners with most overdue items."""
    labels, lang = page.labels, page.labels.lang
    late = open_by_owner(page.frame)
    late = late[late["overdue"] > 0].head(_MAX_OWNERS)
    title = texts.OWNERS_TITLE.say(lang)
    if late.empty:
        return _nothing("owners", title, texts.NO_OWNER_OVERDUE.say(lang))
    first = late.assign(block=[_block_of(page.frame, owner) for owner in late["owner"]])
    columns = (
        ReportColumn(
            "owner", labels.header("owner", texts.COL_OWNER.say(lang)), labels.item_values(first, "owner"), "text", 4
        ),
        labels.column("region", texts.COL_REGION, _region_names(labels, late), "text", 3),
        labels.column("open", texts.COL_OPEN_ITEMS, column_values(late["open"]), "integer", 3),
        labels.column(
            "overdue",
            texts.COL_OVERDUE_SHORT,
            column_values(late["overdue"]),
            "integer",
            2,
            marks=["overdue"] * len(late),
        ),
        labels.column("worst", texts.COL_LONGEST, column_values(late["worst"]), "integer", 2),
    )
    return Listing("owners", title, "", columns)


def _block_of(frame: pd.DataFrame, owner: str) -> str:
    """Return a block in which a person owns an item; its definition knows the name in each language."""
    return str(frame.loc[frame["owner"] == owner, "block"].iloc[0])
