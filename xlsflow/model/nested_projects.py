"""Projects within a project: which of a province's regions the regions of its counties' projects count for.

The project workbook says it in the column "comes from" of its regions: `A` is every region of the project A, `A/HZ` is
one of them. Inside a book the region HZ of the project A is called `A/HZ`, since other projects may have an HZ too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.template.lists import Choice, ChoiceList, fold_text

if TYPE_CHECKING:
    from xlsflow.model.project import Project, Region

_SIGN = "/"
# Between several sources of a region.
_APART = re.compile(r"[、，,；;\n]")


def nested_code(project: str, region: str) -> str:
    """Return what a region of another project is called in a book; what is of no region still has its project."""
    return f"{project}{_SIGN}{region}"


def region_in_project(code: str, project: str) -> str:
    """Return the code of a region as its own project calls it.

    >>> region_in_project("A/HZ", "A"), region_in_project("ZJ", "A")
    ('HZ', 'ZJ')
    """
    return code.removeprefix(project + _SIGN)


def source_projects(project: Project) -> frozenset[str]:
    """Return the codes of the projects that regions of a project come from, as they are compared."""
    return frozenset(fold_text(source) for region in project.regions for source, _ in _sources(region))


def overview_regions(project: Project) -> Mapping[str, str]:
    """Return for each region of the projects within a project the region that it counts for.

    A county's region may count for one of a province, and that for one of the country. Those that count for none are
    left out.
    """
    inside = {
        nested_code(part.project.code, region.code): (part.project.code, region.code)
        for part in project.parts
        for region in part.regions
    }
    owners = {one.project.code: _owners(one, inside) for one in (project, *project.parts)}

    def counted_for(code: str, seen: frozenset[str]) -> str:
        if code in seen:  # two projects that name each other
            return ""
        if owner := owners[project.project.code].get(code):
            return owner
        above = (nested_code(part, found[code]) for part, found in owners.items() if code in found)
        return next(filter(None, (counted_for(outer, seen | {code}) for outer in above)), "")

    return {code: owner for code in inside if (owner := counted_for(code, frozenset()))}


def _owners(project: Project, inside: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
    """Return the region that names each region of another project as its source.

    One that is named by itself goes before all of its project.
    """
    named = {
        (fold_text(source), fold_text(inner)): region.code
        for region in reversed(project.regions)
        for source, inner in _sources(region)
    }
    found = {}
    for code, (part, region_code) in inside.items():
        owner = named.get((fold_text(part), fold_text(region_code))) or named.get((fold_text(part), ""))
        if owner and part != project.project.code:
            found[code] = owner
    return found


def lists_with_parts(project: Project) -> Mapping[str, ChoiceList]:
    """Return the choice lists of a project and, behind its own, the values of the projects within it."""
    lists = dict(project.lists())
    for part in project.parts:
        for name, choices in part.lists().items():
            lists[name] = _with_values(lists[name], choices, part)
    return lists


def lists_of_regions(project: Project) -> frozenset[str]:
    """Return the names of a project's choice lists that have its regions among their values."""
    codes = {region.code for region in project.regions}
    return frozenset(
        name for name, choices in project.lists().items() if codes & {choice.code for choice in choices.values}
    )


def nested_region(project: Project, code: str) -> Region | None:
    """Return a region of a project within a project; None where there is no such region."""
    inside = (
        (nested_code(part.project.code, region.code), region) for part in project.parts for region in part.regions
    )
    return next((region for known, region in inside if known == code), None)


def nested_label(project: Project, code: str, counted_for: str) -> LocalizedText | None:
    """Return what people read for a region of a project within a project: the region that it counts for, and its own.

    Args:
        project: The project.
        code: What the region is called in a book.
        counted_for: Code of the project's region that it counts for.
    """
    inner, outer = nested_region(project, code), next((r for r in project.regions if r.code == counted_for), None)
    if inner is None or outer is None:
        return None
    return LocalizedText(f"{outer.label.zh}·{inner.label.zh}", f"{outer.label.en} · {inner.label.en}")


def _sources(region: Region) -> Iterator[tuple[str, str]]:
    """Yield project and region of each source of a region; without a region, all regions of the project."""
    for text in _APART.split(region.comes_from):
        project, _, code = (part.strip() for part in text.partition(_SIGN))
        if project:
            yield project, code


def _with_values(own: ChoiceList, more: ChoiceList, part: Project) -> ChoiceList:
    """Return a list with the values of another project's that it does not have."""
    known = {fold_text(text) for choice in own.values for text in (choice.code, *choice.label.both())}
    regions = {region.code for region in part.regions}
    added: list[Choice] = []
    for choice in more.values:
        if choice.code in regions:
            code, label = nested_code(part.project.code, choice.code), choice.label
            if known & set(map(fold_text, label.both())):  # two projects have a region of one name
                label = LocalizedText(f"{label.zh}（{part.project.code}）", f"{label.en} ({part.project.code})")
            added.append(Choice(code=code, label=label, group=choice.group))
        elif fold_text(choice.code) not in known:
            added.append(choice)
    # Not validated: the lists of two projects need not be free of contradictions, and here labels are only looked up.
    return ChoiceList.model_construct(name=own.name, title=own.title, values=(*own.values, *added), open=own.open)
