"""Reads the data of an earlier round, from which the workbooks of the next are prefilled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, nearest_match
from xlsflow.i18n import LocalizedText, untranslated

if TYPE_CHECKING:
    from xlsflow.model.progress import Progress
    from xlsflow.model.project import Project
    from xlsflow.prefill.prefill import Prefill
    from xlsflow.template.loading.load import Library
    from xlsflow.template.model import Template


def prefill_from(
    paths: Sequence[Path],
    project: Project,
    templates: Sequence[Template],
    library: Library,
    progress: Progress | None = None,
) -> Prefill:
    """Return the rows of an earlier round: those of a consolidated workbook, or of returns of any round of the project.

    Raises:
        InputError: A path is not there, or nothing in it was sent out for this project.
    """
    from xlsflow.pipeline.definitions import Definitions
    from xlsflow.pipeline.merge import merge_paths
    from xlsflow.prefill.prefill import Prefill

    book = merge_paths(paths, Definitions(library, project, any_round=True), progress)
    if not book.counted:
        raise InputError("nothing_to_go_on_from", path=", ".join(map(str, paths)))
    return Prefill(book, templates, [region.code for region in project.regions], project.round.id)


def known_tables(names: Sequence[str], templates: Sequence[Template]) -> frozenset[str]:
    """Return the sheets or blocks that names stand for.

    Raises:
        InputError: There is none of that name with rows in it.
    """
    known: dict[str, str] = {}
    for template in templates:
        many = [template.full_name(block) for block in template.data if block.has_rows]
        known |= dict.fromkeys((*template.tab.both(), template.name), template.name) if many else {}
        known |= {name: name for name in many}
    for name in names:
        if name not in known:
            near = nearest_match(name, known)
            suggestion = (
                LocalizedText(f"（是不是“{near}”？）", f" (did you mean “{near}”?)") if near else untranslated("")
            )
            names_known = ", ".join(template.name for template in templates if template.name in known)
            raise InputError("no_such_table", table=name, near=suggestion, known=names_known)
    return frozenset(known[name] for name in names)
