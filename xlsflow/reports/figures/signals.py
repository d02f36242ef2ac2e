"""Determines the signal of a region (red, amber, green, grey) by a rule whose thresholds are settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsflow.reports.inputs import ReportInputs

Signal = Literal["red", "amber", "green", "grey"]

# Grey before green: of a region that has not reported, nothing good is known.
SIGNALS_WORST_FIRST: tuple[Signal, ...] = ("red", "amber", "grey", "green")
"""Signals from worst to best."""


@dataclass(frozen=True, slots=True)
class SignalRule:
    """Thresholds of the rule; packs and projects set them under the names in brackets.

    Attributes:
        red_days: Red if an item is overdue by more than this many days (`light_red_days`).
        red_new: Red from this many items that have become overdue since the previous round; 0 for never
            (`light_red_new`).
        amber_soon: Amber from this many items due soon and not started (`light_amber_soon`).
    """

    red_days: int = 7
    red_new: int = 3
    amber_soon: int = 2

    @classmethod
    def of(cls, inputs: ReportInputs) -> SignalRule:
        """Return the rule with the thresholds of the pack and the project."""
        usual = cls()
        return cls(
            red_days=int(inputs.setting("light_red_days", usual.red_days)),
            red_new=int(inputs.setting("light_red_new", usual.red_new)),
            amber_soon=int(inputs.setting("light_amber_soon", usual.amber_soon)),
        )


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """Facts about a region that decide its signal.

    Attributes:
        silent: Whether nothing is known of it in this round: no return, an empty one, or one without any change.
        late: Whether the return was after the deadline.
        overdue: Number of overdue items.
        worst: Days that the longest overdue item is overdue.
        new: Number of items that have become overdue since the previous round.
        soon_idle: Number of items due soon and not started.
        blocked: Number of blocked items.
        high: Number of untreated high risks.
        errors: Number of findings of severity error.
    """

    silent: bool = False
    late: bool = False
    overdue: int = 0
    worst: int = 0
    new: int = 0
    soon_idle: int = 0
    blocked: int = 0
    high: int = 0
    errors: int = 0


def region_signal(facts: SignalFacts, rule: SignalRule | None = None) -> Signal:
    """Return the signal of a region.

    Grey: the region has said nothing in this round, so nothing is known. Red: an item is overdue by more than
    `red_days`, `red_new` items have become overdue since the previous round, or a high risk is untreated. Amber: any
    other item is overdue or blocked, `amber_soon` items are due soon and not started, there are errors in the data, or
    the return was late. Green: none of these.
    """
    rule = rule or SignalRule()
    if facts.silent:
        return "grey"
    if facts.worst > rule.red_days or facts.high or 0 < rule.red_new <= facts.new:
        return "red"
    uneasy = facts.overdue or facts.blocked or facts.errors or facts.late
    return "amber" if uneasy or facts.soon_idle >= rule.amber_soon else "green"


def overall_signal(signals: Iterable[Signal], known: Iterable[Signal] = ()) -> Signal:
    """Return the signal of the round.

    It is the worst of the regions, where silence counts as amber; if all are silent and nothing worse is known of
    them, it is grey.

    Args:
        signals: The signal of each region.
        known: The signal that each region would have by what is known of it: silence makes nothing better.
    """
    each = [*signals]
    worst: Signal = min((*each, *known), key=SIGNALS_WORST_FIRST.index, default="grey")
    # Silence is no reason for red by itself, but the round cannot be green without a region.
    return "amber" if worst == "grey" and set(each) != {"grey"} and each else worst
