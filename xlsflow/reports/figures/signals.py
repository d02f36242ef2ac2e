"""Red, amber, green or grey: where a region stands, by a rule whose figures are settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsflow.reports.inputs import Basis

Light = Literal["red", "amber", "green", "grey"]

GRAVITY: tuple[Light, ...] = ("red", "amber", "grey", "green")
"""The lights, gravest first."""


@dataclass(frozen=True, slots=True)
class LightRule:
    """The figures of the rule; a pack or a project sets them under the names in brackets.

    Attributes:
        red_days: Days that something is overdue from more than which the light is red (`light_red_days`).
        red_new: Newly overdue things from which it is red; only with a round before, 0 for never (`light_red_new`).
        amber_soon: Things due soon and not begun from which it is amber (`light_amber_soon`).
    """

    red_days: int = 7
    red_new: int = 1
    amber_soon: int = 2

    @classmethod
    def of(cls, basis: Basis) -> LightRule:
        """Return the rule as the pack and the project set it."""
        usual = cls()
        return cls(
            red_days=int(basis.figure("light_red_days", usual.red_days)),
            red_new=int(basis.figure("light_red_new", usual.red_new)),
            amber_soon=int(basis.figure("light_amber_soon", usual.amber_soon)),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What the light of a region follows from.

    Attributes:
        returned: Whether its workbook came back.
        late: Whether it came back after the deadline.
        overdue: How many things are overdue.
        worst: Days of the one that is overdue longest.
        new: How many have become overdue since the round before.
        soon_idle: How many are due soon and not begun.
        blocked: How many are stuck.
        high: How many grave risks are open and overdue or not begun.
        errors: How many findings must be mended.
    """

    returned: bool = True
    late: bool = False
    overdue: int = 0
    worst: int = 0
    new: int = 0
    soon_idle: int = 0
    blocked: int = 0
    high: int = 0
    errors: int = 0


def light(standing: Standing, rule: LightRule | None = None) -> Light:
    """Return the light of a region.

    Grey: nothing came back, whatever is known from others; a missing return is never green. Red: something is overdue
    by more than `red_days`, or `red_new` things have become overdue since the round before, or a grave risk is overdue
    or not being dealt with. Amber: anything else overdue or blocked, `amber_soon` things due soon that nobody has
    begun, findings to mend, or a return after the deadline. Green: none of these.
    """
    rule = rule or LightRule()
    if not standing.returned:
        return "grey"
    if standing.worst > rule.red_days or standing.high or 0 < rule.red_new <= standing.new:
        return "red"
    uneasy = standing.overdue or standing.blocked or standing.errors or standing.late
    return "amber" if uneasy or standing.soon_idle >= rule.amber_soon else "green"


def overall(lights: Iterable[Light]) -> Light:
    """Return the light of the whole: red or amber where any region is, amber where a return is missing."""
    found: Light = min(lights, key=GRAVITY.index, default="green")
    return "amber" if found == "grey" else found
