"""The timing rules that were broken, as the reader sees them: the listing, and the one line for each rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.reports import texts as w
from xlsflow.reports.figures.tracked_items import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from xlsflow.model.report_model import (
        Mark,
        Value,
    )
    from xlsflow.reports.labels import Labels


def timing_listing(labels: Labels, over: pd.DataFrame) -> Listing:
    """Return every timing rule that was broken, the longest overrun first.

    Args:
        labels: The words.
        over: What was broken (`broken`).
    """
    say = labels.lang
    counts = Counter(over["rule"].tolist())
    between = "、" if say == "zh" else ", "
    rules = between.join(f"{_rule(labels, rule)} {count}" for rule, count in counts.most_common())
    words = w.TIMING_NOTE if counts else w.TIMING_KEPT
    note = words.say(say).format(count=len(over), rules=rules, as_of=labels.as_of)
    name = w.TIMING.say(say)
    return Listing(name, name, note, _columns(labels, over), "follow_up", 2)


def _columns(labels: Labels, over: pd.DataFrame) -> tuple[Column, ...]:
    say = labels.lang
    where = {block: labels.sheet(block) for block in over["block"].unique()}
    said = [
        w.SPANS[unit].say(say).format(n=f"{figure:g}")
        for unit, figure in zip(over["unit"].tolist(), over["allowed"].tolist(), strict=True)
    ]
    done: list[Value] = [moment or w.NOT_YET.say(say) for moment in plain(over["end"])]
    open_: list[Mark | None] = ["due_soon" if moment is None else None for moment in plain(over["end"])]
    marked: list[Mark | None] = ["overdue"] * len(over)
    regions = [name or None for name in labels.regions(over["region"].tolist())]
    hours = [round(hours, 1) for hours in over["hours"].tolist()]
    return (
        Column("rule", w.TIMING_RULE.say(say), [_rule(labels, rule) for rule in over["rule"].tolist()], "text", 19),
        Column("key", w.KEY.say(say), plain(over["key"]), "id", 15),
        Column("title", w.ITEM.say(say), plain(over["title"]), "text", 30),
        Column("region", w.REGION.say(say), regions, "text", 10),
        Column("owner", w.PERSON.say(say), [_person(labels, name) for name in plain(over["owner"])], "text", 13),
        Column("allowed", w.ALLOWED.say(say), said, "text", 13),
        Column("start", w.BEGAN.say(say), plain(over["start"]), "datetime", 17),
        Column("due", w.LATEST.say(say), plain(over["due"]), "datetime", 17),
        Column("end", w.DONE_AT.say(say), done, "datetime", 17, marks=open_),
        Column("hours", w.OVERRUN.say(say), hours, "number", 11, marks=marked),
        Column("block", w.WHERE.say(say), [where[block] for block in over["block"].tolist()], "text", 12, role="made"),
        Column("file", w.FILE.say(say), plain(over["file"]), "text", 24, role="made"),
        Column("row", w.ROW.say(say), plain(over["row"]), "integer", 7, role="made"),
    )


def _rule(labels: Labels, rule: str) -> str:
    words = labels.basis.rules.get(rule)
    return words.say(labels.lang) if words else rule


def _person(labels: Labels, name: Value) -> Value:
    return labels.person(name) if isinstance(name, str) else None


def by_rule(labels: Labels, over: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each rule that was broken, the one broken most often first: by whom mostly."""
    lang = labels.lang
    for rule, count in Counter(over["rule"].tolist()).most_common():
        here = over[over["rule"] == rule]
        people = Counter(zip(here["region"].tolist(), plain(here["owner"]), strict=True))
        (region, owner), most = min(people.items(), key=lambda pair: (-pair[1], str(pair[0])))
        yield w.ASK_TIMING.say(lang).format(
            rule=_rule(labels, rule),
            count=count,
            region=labels.region(region),
            owner=_person(labels, owner) or w.NOTHING,
            most=most,
            page=w.TIMING.say(lang),
        )


def worst_region(labels: Labels, over: pd.DataFrame) -> str:
    """Return which region broke most rules, and how many."""
    regions: Sequence[str] = over["region"].tolist()
    code, count = min(Counter(regions).items(), key=lambda pair: (-pair[1], pair[0]))
    return w.BROKEN_MOST.say(labels.lang).format(where=labels.region(code) or w.OF_NOBODY.say(labels.lang), count=count)
