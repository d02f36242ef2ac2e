"""Finds the stages in the lives of requirements: the requirement itself, opinions, meetings, tasks, results.

Which blocks are stages and which fields hold state and date is in the definitions (`step`, `follow`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.requirement_links import RequirementLinks, block_graph

if TYPE_CHECKING:
    import pandas as pd

    from xlsflow.i18n import LocalizedText
    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.model import LifeStep


@dataclass(frozen=True)
class RequirementStage:
    """A block whose rows are steps in the lives of requirements; each sequence has one value for each of its rows.

    Attributes:
        block: Full name of the block.
        step: Which fields hold title, date, status and owner.
        rows: Requirement -> positions of its rows in the block's table.
        dates: Date of each row, with its time where it has one.
        open: Whether each row is neither done nor cancelled; None where the block has no such status.
        days_overdue: Days that each tracked item is overdue.
    """

    block: str
    step: LifeStep
    rows: Mapping[str, Sequence[int]]
    dates: Sequence[date | None]
    open: Sequence[bool | None]
    days_overdue: Sequence[int]


@dataclass(frozen=True)
class RequirementStages:
    """The requirements of a book and the stages in their lives.

    Attributes:
        ids: The requirements, those too that are only referred to.
        roots: The stages of the requirements themselves; a book may have several sheets of them.
        others: The stages that follow; each comes after those that its rows refer to.
    """

    ids: tuple[str, ...]
    roots: tuple[RequirementStage, ...]
    others: tuple[RequirementStage, ...]


def requirement_stages(inputs: ReportInputs, frame: pd.DataFrame) -> RequirementStages:
    """Return the requirements of a book; there are no stages where no block holds requirements.

    Args:
        inputs: What the report is made from.
        frame: The tracked items (`tracked_items`).
    """
    links = RequirementLinks(inputs)
    late = {str(block): rows["days_overdue"].tolist() for block, rows in frame.groupby("block")}
    stages = tuple(_stages(inputs, links, late))
    roots = tuple(stage for stage in stages if stage.block in links.graph.roots)
    return RequirementStages(links.ids, roots, tuple(stage for stage in stages if stage not in roots))


def _stages(
    inputs: ReportInputs, links: RequirementLinks, late: Mapping[str, Sequence[int]]
) -> Iterator[RequirementStage]:
    for name in links.graph.order:
        step, table = inputs.blocks[name][1].life_step, inputs.book.tables[name]
        if step is None or name not in links.graph.linked:
            continue
        none: Sequence[object] = [None] * len(table)
        dates = column_values(table[step.date]) if step.date in table.columns else none
        states = column_values(table[step.status]) if step.done and step.status in table.columns else none
        yield RequirementStage(
            name,
            step,
            links.rows(name),
            [_day(moment) for moment in dates],
            # A blank status counts as open: a task that nobody has finished must not vanish.
            [state not in step.done for state in states] if step.done else [None] * len(table),
            late.get(name, [0] * len(table)),
        )


def _day(moment: object) -> date | None:
    """Return a moment without its time where it has none."""
    if isinstance(moment, datetime) and moment.time() == time():
        return moment.date()
    return moment if isinstance(moment, date) else None


def unlinked_sheets(inputs: ReportInputs) -> Iterator[tuple[LocalizedText, tuple[LocalizedText, ...]]]:
    """Yield the title of each pack that has no link from some of its sheets to requirements, and those sheets.

    Sheets that are no step in anything, such as lists of members, are left out.
    """
    roots = [name for name, (_, block) in inputs.blocks.items() if block.requirement]
    for pack in inputs.packs:
        blocks = {sheet.full_name(block): (sheet, block) for sheet in pack.templates for block in sheet.data}
        fields = {name: block.columns for name, (_, block) in blocks.items()}
        linked = block_graph(blocks, fields.__getitem__, roots).linked
        tabs = (sheet.tab for name, (sheet, block) in blocks.items() if block.life_step and name not in linked)
        if names := tuple(dict.fromkeys(tabs)):
            yield pack.title, names
