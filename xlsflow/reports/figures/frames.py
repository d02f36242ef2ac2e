"""Makes the frames of figures that notebooks ask a book for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xlsflow.reports.figures.status_counts import items_with_flags, open_by_owner, region_status
from xlsflow.reports.figures.timing_rules import timing_violations
from xlsflow.reports.figures.tracked_items import overdue, tracked_items

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.model.consolidated_book import FrameName
    from xlsflow.reports.inputs import ReportInputs


def figure_frame(inputs: ReportInputs, name: FrameName) -> pd.DataFrame:
    """Return a frame of figures; its columns are those of the function that it is named for in `Book`."""
    return _FRAMES[name](inputs)


def _due_soon(inputs: ReportInputs) -> pd.DataFrame:
    frame = items_with_flags(inputs)
    return frame[frame["soon"]].sort_values(["due", "region", "key"], kind="stable").reset_index(drop=True)


def _blocked(inputs: ReportInputs) -> pd.DataFrame:
    frame = items_with_flags(inputs)
    return frame[frame["group"] == "blocked"].sort_values(["region", "key"], kind="stable").reset_index(drop=True)


_FRAMES: Mapping[FrameName, Callable[[ReportInputs], pd.DataFrame]] = {
    "overdue": lambda inputs: overdue(tracked_items(inputs)),
    "due_soon": _due_soon,
    "blocked": _blocked,
    "by_region": lambda inputs: region_status(inputs, items_with_flags(inputs)),
    "by_owner": lambda inputs: open_by_owner(items_with_flags(inputs)),
    "timing": timing_violations,
}
