"""Selects what is to be decided today: at most five matters, who must decide, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Literal

from xlsflow.model.report_model import Listing
from xlsflow.reports import round_texts, texts
from xlsflow.reports.figures.columns import column_dates, column_values
from xlsflow.reports.figures.tracked_items import untreated_risks
from xlsflow.reports.follow_up.escalation import Ladder
from xlsflow.reports.labels import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.labels import Labels

MAX_DECISIONS = 5
DecisionTopic = Literal["superior", "redated", "high", "blocked", "conflict", "silent"]
_MARKS: Mapping[DecisionTopic, Mark] = {
    "superior": "overdue", "redated": "overdue", "high": "overdue", "blocked": "blocked", "conflict": "due_soon",
    "silent": "missing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionToMake:
    """One matter to decide.

    Attributes:
        topic: What it is about.
        text: What is to be decided.
        who: Who must decide.
        by: By when.
    """

    topic: DecisionTopic
    text: str
    who: str
    by: date


def decisions_to_make(labels: Labels, frame: pd.DataFrame, regions: pd.DataFrame) -> tuple[DecisionToMake, ...]:
    """Return at most five matters to decide today; every topic comes before the second matter of another.

    Args:
        labels: Labels in the language of the report.
        frame: The tracked items (`items_with_flags`).
        regions: The status of each region (`region_status`).
    """
    maker = _Decisions(labels, frame, regions)
    topics = (maker.superior(), maker.redated(), maker.high(), maker.blocked(), maker.conflicts(), maker.silent())
    found = (matter for several in zip_longest(*topics) for matter in several if matter is not None)
    return tuple(islice(found, MAX_DECISIONS))


def decisions_listing(labels: Labels, frame: pd.DataFrame, regions: pd.DataFrame) -> Listing | None:
    """Return what is to be decided today as a table; None where there is nothing to decide."""
    matters = decisions_to_make(labels, frame, regions)
    if not matters:
        return None
    lang = labels.lang
    topics = [round_texts.DECISION_TOPICS[matter.topic].say(lang) for matter in matters]
    marks: list[Mark | None] = [_MARKS[matter.topic] for matter in matters]
    columns = (
        labels.column(
            "topic",
            round_texts.COL_TOPIC,
            topics,
            "text",
            5,
            marks=marks,
            with_symbols=True,
            codes=[matter.topic for matter in matters],
        ),
        labels.column("text", round_texts.COL_DECISION, [matter.text for matter in matters], "long", 20),
        labels.column("who", round_texts.COL_WHO, [matter.who or texts.DASH for matter in matters], "text", 5),
        labels.column("by", round_texts.COL_BY, [matter.by for matter in matters], "date", 4),
    )
    return Listing("decisions", round_texts.DECISIONS_TITLE.say(lang), "", columns, key="decisions")


@dataclass(frozen=True)
class _Decisions:
    labels: Labels
    frame: pd.DataFrame
    regions: pd.DataFrame

    @property
    def _today(self) -> date:
        inputs = self.labels.inputs
        return inputs.as_of.astimezone(inputs.project.zone).date()

    @property
    def _coordinator(self) -> str:
        return self.labels.inputs.project.project.coordinator

    def superior(self) -> Iterator[DecisionToMake]:
        """Yield the items that have climbed to the top of the ladder."""
        ladder = Ladder.of(self.labels.inputs)
        frame = self.frame[self.frame["open"] & (self.frame["days_overdue"] > 0) & self.frame["asked"].isna()]
        who = self.labels.inputs.project.project.superior or self._coordinator
        pressing = (frame["urgent"] | frame["high"]).tolist()
        rungs = [
            ladder.rung(int(days), urgent=urgent)
            for days, urgent in zip(frame["days_overdue"].tolist(), pressing, strict=True)
        ]
        top = frame.take([number for number, rung in enumerate(rungs) if rung == "superior"])
        yield from self._about(top, "superior", who)

    def redated(self) -> Iterator[DecisionToMake]:
        """Yield the overdue items whose region asks for a new date."""
        yield from self._about(self.frame[self.frame["asked"].notna()], "redated", self._coordinator)

    def high(self) -> Iterator[DecisionToMake]:
        """Yield the high risks that nobody has addressed."""
        yield from self._about(self.frame[untreated_risks(self.frame)], "high", "")

    def blocked(self) -> Iterator[DecisionToMake]:
        """Yield the items that wait for somebody's help."""
        yield from self._about(self.frame[self.frame["group"] == "blocked"], "blocked", self._coordinator)

    def conflicts(self) -> Iterator[DecisionToMake]:
        """Yield that conflicts and proposals wait, those about new dates not counted."""
        waiting = sum(proposal.kind != "redated" for proposal in self.labels.inputs.book.proposals)
        if waiting:
            text = round_texts.DECISION_TEXTS["conflict"].format(self.labels.lang, count=waiting)
            yield DecisionToMake("conflict", text, self._person(self._coordinator), self._today)

    def silent(self) -> Iterator[DecisionToMake]:
        """Yield the silent regions with open items, those with most first."""
        silent = self.regions[(self.regions["silent"] != "") & (self.regions["known_open"] > 0)]
        for row in silent.sort_values("known_open", ascending=False, kind="stable").to_dict("records"):
            text = round_texts.DECISION_TEXTS["silent"].format(
                self.labels.lang, region=self.labels.region(row["region"]), since=row["heard"] or texts.DASH,
                count=row["known_open"],
            )  # fmt: skip
            yield DecisionToMake("silent", text, self._person(self._coordinator), self._today)

    def _about(self, rows: pd.DataFrame, topic: DecisionTopic, who: str) -> Iterator[DecisionToMake]:
        """Yield the matters about some items, the longest overdue first; without a name the regional head decides."""
        order = ["days_overdue", "region", "key"]
        rows = rows.sort_values(order, ascending=[False, True, True], kind="stable").head(MAX_DECISIONS)
        lang, labels = self.labels.lang, self.labels
        dates = zip(column_dates(rows["due"]), column_dates(rows["asked"]), strict=True)
        needs = (
            help_ or reason for help_, reason in zip(*(column_values(rows[n]) for n in ("help", "reason")), strict=True)
        )
        owners = labels.item_values(rows, "owner")
        for row, (due, asked), needed, owner in zip(rows.to_dict("records"), dates, needs, owners, strict=True):
            text = round_texts.DECISION_TEXTS[topic].format(
                lang, key=_text(row["key"]), title=shorten(_text(row["title"]), 44),
                region=labels.region(row["region"]), owner=owner or texts.DASH, days=row["days_overdue"],
                due=due or texts.DASH, asked=asked or texts.DASH,
                help=shorten(needed, 56) or round_texts.NO_HELP_NAMED.say(lang),
            )  # fmt: skip
            yield DecisionToMake(topic, text, self._person(who or self._head(row["region"])), self._by(due))

    def _by(self, due: ReportValue) -> date:
        """Return the due date, or today where it has passed or is not known."""
        today = self._today
        return max(due, today) if isinstance(due, type(today)) else today

    def _head(self, region: str) -> str:
        project = self.labels.inputs.project
        return (project.region(region).head if project.has_region(region) else "") or self._coordinator

    def _person(self, name: str) -> str:
        return self.labels.person(name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
