"""What the merged round says of each region: the figures of the report, and the files that go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.intake.find_files import find_files
from xlsflow.post.board import ReturnFigures
from xlsflow.system.owned_folder import listed_sources

if TYPE_CHECKING:
    from xlsflow.project_folder.merged_round import MergedRound


@dataclass(frozen=True)
class RegionFigures:
    """The figures of a round, by region.

    Attributes:
        returns: Code of each region -> what came of it.
        feedback: Code of each region -> its marked copies and covering texts.
    """

    returns: Mapping[str, ReturnFigures]
    feedback: Mapping[str, tuple[Path, ...]]

    def of(self, region: str) -> ReturnFigures:
        """Return the figures of a region."""
        return self.returns[region]

    def feedback_of(self, region: str) -> tuple[Path, ...]:
        """Return the marked copy and the covering text of a region's last return."""
        return self.feedback.get(region, ())


def region_figures(merged: MergedRound) -> RegionFigures:
    """Return the figures of a merged round: those of the report, which counts the same returns."""
    from xlsflow.reports.figures.returns import return_status

    returns: dict[str, ReturnFigures] = {}
    for row in return_status(merged.inputs).to_dict("records"):
        came = row["came"]
        returns[row["region"]] = ReturnFigures(
            state=row["state"],
            files=tuple(row["files"]),
            came=None if came is None or came != came else _plain(came),  # noqa: PLR0124 - NaT differs from itself
            hours_late=float(row["hours_late"]),
            errors=int(row["errors"]),
            warnings=int(row["warnings"]),
        )
    return RegionFigures(returns, _feedback(merged, returns))


def _plain(moment: datetime) -> datetime:
    return datetime(*moment.timetuple()[:6])  # noqa: DTZ001 - local time of the region


def _feedback(merged: MergedRound, returns: Mapping[str, ReturnFigures]) -> Mapping[str, tuple[Path, ...]]:
    paths: Sequence[Path] = merged.returned.paths
    names = {file.path.resolve(): file.name for file in find_files(paths)} if paths else {}
    by_name: dict[str, list[Path]] = {}
    for path, source in listed_sources(merged.round.feedback).items():
        by_name.setdefault(names.get(source.resolve(), ""), []).append(path)
    refused = {
        record.file: record.stamp.region
        for record in merged.book.files
        if record.status == "refused" and record.stamp.region
    }
    found: dict[str, tuple[Path, ...]] = {}
    for code, figures in returns.items():
        own = [*figures.files, *(name for name, region in refused.items() if region == code)]
        files = [path for name in own for path in sorted(by_name.get(name, ())) if path.is_file()]
        # Of several returns the last one is what the region goes on with.
        last = files[-1].name.removesuffix(".txt") if files else ""
        found[code] = tuple(path for path in files if path.name.removesuffix(".txt") == last)
    return found
