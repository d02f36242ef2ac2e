"""What of a project goes into a page that everybody may read: definitions, and what checks ask of the project."""

from __future__ import annotations

from dataclasses import replace

from xlsflow.model.project import Project
from xlsflow.pipeline.definitions import Definitions, PackDefinitions
from xlsflow.template.sealed_people import has_people, sealed


def definitions_for_page(definitions: Definitions, region: str = "") -> bytes:
    """Return definitions as a page carries them: every pack open, no addresses, no telephone numbers.

    Args:
        definitions: The definitions, with a project.
        region: Code of the region that the page is for; only its people are listed by name. All where empty.

    Raises:
        TemplateError: The definition of a pack is wrong.
    """
    from xlsflow.template.loading.load import Library
    from xlsflow.template.without_pydantic import pickled_plainly

    project = definitions.project
    assert project is not None
    for name in definitions.packs:
        definitions.pack(name)  # a pickle would leave out what is wrong, and the page call its returns unknown
    state = replace(definitions, as_of=project.round.as_of, check_rows=True).__getstate__()
    opened: dict[str, PackDefinitions] = state["_opened"]  # type: ignore[assignment]
    listed = {id(choices): choices for pack in opened.values() for choices in pack.scope.lists.values()}
    # Each list once: packs share theirs, and a pickle holds what is shared a single time.
    public = {key: sealed(c, region) if has_people(c) else c for key, c in listed.items()}
    for name, pack in opened.items():
        lists = {of: public[id(choices)] for of, choices in pack.scope.lists.items()}
        opened[name] = replace(pack, scope=replace(pack.scope, lists=lists))
    state |= {"project": _for_everybody(project, region)}
    state.pop("_project_lists", None)
    carried = object.__new__(Definitions)
    carried.__setstate__(state)
    return pickled_plainly(carried, Library)


def _for_everybody(project: Project, region: str) -> Project:
    """Return what the checks of one file ask of a project."""
    own = project.region(region) if region else None
    people = (
        replace(person, email="", phone="")
        for person in project.people
        if own is None or project.region_of(person.name) in ("", own.code)
    )
    return Project(
        project=replace(project.project, coordinator="", coordinator_contact=""),
        round=project.round,
        regions=tuple(replace(each, email="", contact="", head="") for each in project.regions),
        departments=project.departments,
        people=tuple(people),
        raci_columns=project.raci_columns,
        settings=project.settings,
        waivers=project.waivers,
        returns=project.returns,
    )
