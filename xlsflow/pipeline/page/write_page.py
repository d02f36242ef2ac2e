"""The command `page`: project and definitions -> one HTML file that checks workbooks."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError
from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.page.document import PageContent, page_document
from xlsflow.page.runtime import Runtime
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.page.definitions_for_page import definitions_for_page
from xlsflow.system.atomic_write import write_atomically

if TYPE_CHECKING:
    from xlsflow.model.project import Project
    from xlsflow.template.loading.load import Library

_ENDINGS = (".html", ".htm")


def write_page(out: Path, project: Project, library: Library, runtime: Path, region: str = "") -> int:
    """Write the page that checks the workbooks of a project, and return its size in bytes.

    Args:
        out: The file to write.
        project: The project.
        library: The definitions.
        runtime: Folder of the runtime.
        region: Code or name of the region that the page is for; all regions where empty.

    Raises:
        ProjectError: There is no such region.
        InputError: The file is no HTML file, or the runtime is missing or not of this version.
        OutputError: The file cannot be written.
    """
    if out.suffix.lower() not in _ENDINGS:
        raise InputError("report_format", file=out.name, known=_ENDINGS[0])
    own = project.region(region) if region else None
    parts = Runtime(runtime)
    parts.verify()
    facts = project.project
    about = {"project": LocalizedText(facts.name, facts.name_en or facts.name)}
    if project.round.id:
        about["round"] = untranslated(project.round.id)
    if own:
        about["region"] = own.label
    content = PageContent(
        definitions_for_page(Definitions(library, project), own.code if own else ""),
        [facts.time_zone, *(each.time_zone for each in project.regions)],
        about,
        own.language if own else facts.language,
        _version(),
    )
    data = page_document(content, parts)
    write_atomically(out, lambda path: path.write_bytes(data))
    return len(data)


def _version() -> str:
    try:
        return version("xlsflow")
    except PackageNotFoundError:  # run from a folder, not installed
        return ""
