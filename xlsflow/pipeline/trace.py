"""The verb `trace`: a consolidated workbook and the id of a requirement -> what became of the requirement."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from xlsflow.errors import InputError
from xlsflow.pipeline.merge import basis
from xlsflow.pipeline.report import open_consolidated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlsflow.model.requirement_life import RequirementLife
    from xlsflow.reports import ReportInputs
    from xlsflow.template.loading.load import Library

_MOST_SUGGESTED = 3


def trace(path: Path, requirement: str, library: Library) -> RequirementLife:
    """Return what became of a requirement.

    Args:
        path: The consolidated workbook.
        requirement: Id of the requirement, as people type it.
        library: The definitions.

    Raises:
        InputError: The workbook is not there, or has no such requirement.
        Refused: It is no consolidated workbook, or rows of it are missing.
    """
    from xlsflow.reports import requirement_life, requirement_stages, tracked_items

    opened = open_consolidated(path, library)
    inputs = basis(opened.book, opened.definitions, opened.instant)
    stages = requirement_stages(inputs, tracked_items(inputs))
    if not stages.ids:
        raise InputError("no_requirements", file=path.name)
    known = requirement if requirement in stages.ids else _as_in_data(requirement, inputs)
    if known not in stages.ids:
        raise InputError("no_such_requirement", file=path.name, id=requirement, known=_nearest(known, stages.ids))
    return requirement_life(inputs, stages, known)


def _as_in_data(requirement: str, inputs: ReportInputs) -> str:
    """Return an id as a return with it would be read: with capital letters and the usual separators."""
    keys = [block.field(block.key) for _, block in inputs.blocks.values() if block.requirement]
    values = (key.read(requirement, inputs.scope).value for key in keys)
    return next((str(value) for value in values if value is not None), requirement)


def _nearest(requirement: str, ids: Sequence[str]) -> str:
    """Return the ids most similar to one, or the first where none is similar."""
    near = get_close_matches(requirement.upper(), ids, n=_MOST_SUGGESTED, cutoff=0.5) or ids[:_MOST_SUGGESTED]
    return " ".join(near)
