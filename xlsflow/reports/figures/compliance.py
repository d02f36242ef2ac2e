"""Counts the outcomes of timing rules by region and rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.reports.figures.timing_rules import BROKEN, MET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Compliance:
    """How often rules were kept.

    Attributes:
        met: How often a rule was met.
        broken: How often it was broken.
    """

    met: int = 0
    broken: int = 0

    @property
    def judged(self) -> int:
        """How often it is known whether a rule was kept."""
        return self.met + self.broken

    @property
    def share(self) -> float | None:
        """Share of the rules that were met; None where nothing is judged."""
        return self.met / self.judged if self.judged else None


@dataclass(frozen=True)
class ComplianceTable:
    """Compliance of each region with each rule.

    Attributes:
        rules: The rules that apply to any row, in the order of the packs.
        regions: The regions with a row that any rule applies to, in the order of the project.
        counts: Region and rule -> its compliance; an empty region or rule stands for all of them.
    """

    rules: tuple[str, ...]
    regions: tuple[str, ...]
    counts: Mapping[tuple[str, str], Compliance]

    @property
    def worst(self) -> str | None:
        """The region with the lowest share; None where no region has missed a rule, or several are equally low."""
        shares = {region: (self.counts[region, ""].share, region) for region in self.regions}
        judged = sorted((share, region) for share, region in shares.values() if share is not None)
        if not judged or judged[0][0] == 1 or (len(judged) > 1 and judged[0][0] == judged[1][0]):
            return None
        return judged[0][1]


def compliance_table(outcomes: pd.DataFrame, rules: Sequence[str], regions: Sequence[str]) -> ComplianceTable:
    """Return the compliance of each region with each rule.

    Args:
        outcomes: The outcomes of timing rules (`timing_outcomes`).
        rules: The order of the rules.
        regions: The order of the regions; unknown ones follow.
    """
    counts: dict[str, Counter[tuple[str, str]]] = {MET: Counter(), BROKEN: Counter()}
    columns = (outcomes[name].tolist() for name in ("region", "rule", "outcome"))
    for region, rule, outcome in zip(*columns, strict=True):
        if outcome in counts:
            counts[outcome].update(((region, rule), (region, ""), ("", rule), ("", "")))
    there_rules, there_regions = set(outcomes["rule"].tolist()), set(outcomes["region"].tolist())
    shown_rules = tuple(rule for rule in dict.fromkeys((*rules, *sorted(there_rules))) if rule in there_rules)
    shown = tuple(r for r in dict.fromkeys((*regions, *sorted(there_regions))) if r in there_regions)
    cells = ((region, rule) for region in (*shown, "") for rule in (*shown_rules, ""))
    return ComplianceTable(
        shown_rules, shown, {cell: Compliance(counts[MET][cell], counts[BROKEN][cell]) for cell in cells}
    )
