"""The first page: what a coordinator wants to know in the first thirty seconds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from xlsflow.model.report_model import (
    Bar,
    Chart,
    Column,
    Listing,
    Overview,
)
from xlsflow.reports import texts as w
from xlsflow.reports.figures.returns import MISSING
from xlsflow.reports.figures.signals import GRAVITY
from xlsflow.reports.figures.status import (
    EDGES,
    ageing,
    by_owner,
)
from xlsflow.reports.figures.tracked_items import (
    DUE_SOON_DAYS,
    days,
    overdue,
    plain,
)
from xlsflow.reports.front_page.attention import attention
from xlsflow.reports.front_page.conclusion import (
    conclusion,
    facts,
)
from xlsflow.reports.front_page.tiles import tiles
from xlsflow.reports.labels import short
from xlsflow.reports.listings.returns import (
    LIGHT_MARKS,
    STATE_MARKS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xlsflow.model.report_model import (
        Mark,
        Value,
    )
    from xlsflow.reports.figures.status import Figures
    from xlsflow.reports.labels import Labels

REGIONS_MOST, LATE_MOST, ATTENTION_MOST, OWNERS_MOST = 12, 8, 8, 8
"""How many lines of each table fit on one printed page; the listings have them all."""

STATUS: tuple[tuple[str, Mark], ...] = (
    ("done", "done"), ("active", "in_progress"), ("idle", "idle"), ("blocked", "blocked"), ("overdue", "overdue"),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What an overview is made from, worked out once.

    Attributes:
        labels: The words.
        frame: What is followed up (`standings`).
        back: Who has returned (`returns`).
        regions: Where each region stands (`by_region`).
        figures: The figures of the whole.
        over: The timing rules that were broken (`broken`); None where the book tells of none.
    """

    labels: Labels
    frame: pd.DataFrame
    back: pd.DataFrame
    regions: pd.DataFrame
    figures: Figures
    over: pd.DataFrame | None = None


def overview(found: Found) -> Overview:
    """Return the first page."""
    labels = found.labels
    project, lang = labels.basis.project, labels.lang
    name = (project.project.name_en if lang == "en" else "") or project.project.name
    title = w.REPORT.say(lang).format(project=name) if name else w.REPORT_WITHOUT_NAME.say(lang)
    rnd = w.ROUND.say(lang).format(round=project.round.id) if project.round.id else ""
    shown = _gravest(found.regions)
    foot = w.FOOT.say(lang).format(page=w.RETURNS.say(lang))
    return Overview(
        name=w.OVERVIEW.say(lang),
        title=title,
        aside="  ".join(filter(None, (rnd, project.round.title if project.round.title != project.round.id else ""))),
        facts=facts(labels, found.figures),
        conclusion=conclusion(labels, found.frame, found.figures),
        mark=LIGHT_MARKS[found.figures.light],
        figures=tiles(labels, found.frame, found.figures, found.over),
        lights=_lights(found, shown),
        status=_status(labels, shown),
        overdue=_overdue(found),
        ageing=_ageing(found),
        attention=_attention(found),
        owners=_owners(found),
        footer=(foot, w.MADE_BY.say(lang)),
    )


def _gravest(regions: pd.DataFrame) -> pd.DataFrame:
    """Return the regions in their own order; where they are too many for a page, the gravest of them."""
    if len(regions) <= REGIONS_MOST:
        return regions
    rank = regions["light"].map({name: place for place, name in enumerate(GRAVITY)})
    ranked = regions.assign(rank=rank).sort_values(
        ["rank", "overdue", "worst"], ascending=[True, False, False], kind="stable"
    )
    return ranked.head(REGIONS_MOST).drop(columns="rank")


def _names(labels: Labels, shown: pd.DataFrame) -> list[str]:
    nobody = w.OF_NOBODY.say(labels.lang)
    return [labels.region(code) or nobody for code in shown["region"]]


def _lights(found: Found, shown: pd.DataFrame) -> Listing:
    """Return a row a region: light, return, counts; a zero is a dash, so that what is not stands out."""
    labels, lang = found.labels, found.labels.lang
    empty = [(state == MISSING) and not total for state, total in zip(shown["state"], shown["total"], strict=True)]
    states = [state if isinstance(state, str) else "" for state in shown["state"]]
    lights = shown["light"].tolist()

    def count(name: str, title: str, width: int, mark: Mark | None = None) -> Column:
        numbers = [0 if none else int(n) for none, n in zip(empty, shown[name].fillna(0), strict=True)]
        marks: list[Mark | None] = [mark if n else None for n in numbers] if mark else []
        return Column(name, title, [n or w.NOTHING for n in numbers], "integer", width, marks=marks)

    within = int(labels.basis.figure("due_soon_days", DUE_SOON_DAYS))
    said = [w.STATES[state].say(lang) if state else w.NOTHING for state in states]
    state_marks: list[Mark | None] = [STATE_MARKS.get(state) for state in states]
    shown_lights = [w.LIGHTS[light].say(lang) for light in lights]
    light_marks: list[Mark | None] = [LIGHT_MARKS[light] for light in lights]
    shares = [w.NOTHING if share != share else share for share in shown["share"].tolist()]  # noqa: PLR0124 - nan
    columns = (
        Column("region", w.REGION.say(lang), _names(labels, shown), "text", 5),
        Column("light", w.LIGHT.say(lang), shown_lights, "text", 4, marks=light_marks, signed=True),
        Column("state", w.STATE.say(lang), said, "text", 4, marks=state_marks, signed=True),
        count("total", w.TOTAL.say(lang), 2),
        Column("share", w.SHARE.say(lang), shares, "percent", 5),
        count("overdue", w.LATE_ITEMS.say(lang), 3, "overdue"),
        count("soon", w.SOON_ITEMS.say(lang).format(days=within), 4, "due_soon"),
        count("stuck", w.STUCK.say(lang), 3, "blocked"),
        count("errors", w.TO_MEND.say(lang), 3, "warning"),
    )  # fmt: skip
    cut = len(shown) < len(found.regions)
    title = w.LIGHTS_TITLE_CUT if cut else w.LIGHTS_TITLE
    text = title.say(lang).format(shown=len(shown), count=len(found.regions))
    return Listing("lights", text, "", columns)


def _status(labels: Labels, shown: pd.DataFrame) -> Chart:
    """Return where each region's items stand."""
    bars = tuple(
        Bar(w.GROUPS[name].say(labels.lang), tuple(float(n) for n in shown[name]), mark) for name, mark in STATUS
    )
    lang = labels.lang
    return Chart(w.STATUS_TITLE.say(lang), tuple(_names(labels, shown)), bars, w.STATUS_TEXT.say(lang))


def _overdue(found: Found) -> Listing:
    """Return what is overdue longest."""
    labels, lang = found.labels, found.labels.lang
    late = overdue(found.frame)
    title = w.LATE_TITLE.say(lang).format(count=len(late), page=w.OVERDUE.say(lang))
    top = late.head(LATE_MOST)
    if top.empty:
        return Listing("overdue", title, "", (Column("none", "", [w.NOBODY_LATE.say(lang)], marks=["done"]),))
    marked: list[Mark | None] = ["overdue"] * len(top)
    why = [short(said, 36) or w.NOTHING for said in plain(top["reason"])]
    columns = [
        Column("key", w.KEY.say(lang), plain(top["key"]), "id", 4),
        Column("title", w.ITEM.say(lang), [short(text, 50) for text in plain(top["title"])], "long", 9),
        Column("region", w.REGION.say(lang), _names(labels, top), "text", 3),
        Column("owner", labels.header("owner", w.PERSON.say(lang)), _dashed(labels.followed(top, "owner")), "text", 4),
        Column("due", labels.header("due", ""), days(top["due"]), "date", 4),
        Column("days_overdue", w.DAYS.say(lang), plain(top["days_overdue"]), "integer", 2, marks=marked),
        Column("reason", labels.header("reason", w.WHY.say(lang)), why, "long", 7),
    ]
    if labels.basis.previous:
        change = [w.NEW.say(lang) if new else w.CONTINUING.say(lang) for new in top["new"]]
        marks: list[Mark | None] = ["overdue" if new else None for new in top["new"]]
        columns[-1] = Column("change", w.CHANGE.say(lang), change, "text", 7, marks=marks)
    return Listing("overdue", title, "", tuple(columns))


def _dashed(values: Sequence[Value]) -> list[Value]:
    return [value if value is not None else w.NOTHING for value in values]


def _ageing(found: Found) -> Chart:
    """Return how long things are overdue."""
    lang = found.labels.lang
    edges = (0, *EDGES)
    classes = [f"{low + 1}–{high}" for low, high in pairwise(edges)]
    classes.append(w.BEYOND.say(lang).format(days=EDGES[-1]))
    counts = tuple(float(n) for n in ageing(found.frame))
    bar = Bar(w.GROUPS["overdue"].say(lang), counts, "overdue")
    return Chart(w.AGEING_TITLE.say(lang), tuple(classes), (bar,), w.AGEING_TEXT.say(lang))


def _attention(found: Found) -> Listing:
    """Return what needs coordination."""
    lang = found.labels.lang
    matters = attention(found.labels, found.frame, found.back, ATTENTION_MOST, found.over)
    title = w.ATTENTION_TITLE.say(lang)
    if not matters:
        return Listing("attention", title, "", (Column("none", "", [w.NOTHING_OPEN.say(lang)], marks=["done"]),))
    marks: list[Mark | None] = [mark for _, _, mark in matters]
    topics = Column("topic", "", [topic for topic, _, _ in matters], "text", 4, marks=marks, signed=True)
    return Listing("attention", title, "", (topics, Column("detail", "", [text for _, text, _ in matters], "long", 29)))


def _owners(found: Found) -> Listing:
    """Return who has most overdue."""
    labels, lang = found.labels, found.labels.lang
    late = by_owner(found.frame)
    late = late[late["overdue"] > 0].head(OWNERS_MOST)
    title = w.OWNERS_TITLE.say(lang)
    if late.empty:
        return Listing("owners", title, "", (Column("none", "", [w.NO_OWNER_LATE.say(lang)], marks=["done"]),))
    first = late.assign(block=[_block_of(found.frame, owner) for owner in late["owner"]])
    columns = (
        Column("owner", labels.header("owner", w.PERSON.say(lang)), labels.followed(first, "owner"), "text", 4),
        Column("region", w.REGION.say(lang), _names(labels, late), "text", 3),
        Column("open", w.OPEN_ITEMS.say(lang), plain(late["open"]), "integer", 3),
        Column("overdue", w.LATE_SHORT.say(lang), plain(late["overdue"]), "integer", 2, marks=["overdue"] * len(late)),
        Column("worst", w.DAYS.say(lang), plain(late["worst"]), "integer", 2),
    )
    return Listing("owners", title, "", columns)


def _block_of(frame: pd.DataFrame, owner: str) -> str:
    """Return a block in which a person owns something: it knows how the name is written in each language."""
    return str(frame.loc[frame["owner"] == owner, "block"].iloc[0])
