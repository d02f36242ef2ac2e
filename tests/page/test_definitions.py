"""The definitions in a page: small, without anything private, loaded without pydantic, the same bytes every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.documents import TOP
from xlsflow.model.people import Person
from xlsflow.model.project import Project, Region
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.page.definitions_for_page import definitions_for_page
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.template.lists import ChoiceList
from xlsflow.template.sealed_people import SealedPeople, has_people, sealed

SAMPLE = TOP / "samples" / "round" / "project.xlsx"
LOADED = """
import pickle, sys
sys.path[:] = [folder for folder in sys.path if "site-packages" not in folder]
sys.path.insert(0, {stand_ins!r})
definitions = pickle.loads(open({file!r}, "rb").read())
for pack in map(definitions.pack, definitions.packs):
    assert pack.recogniser and pack.readers and pack.fingerprint
absent = [name for name in ("pydantic_core", "pandas", "tomli") if name in sys.modules]
print(len(definitions.packs), absent)
"""


def of_sample(region: str = "") -> bytes:
    library = open_library([], SAMPLE)
    return definitions_for_page(Definitions(library, load_project(SAMPLE, library)), region)


def people() -> ChoiceList:
    staff = (
        Person("李明", "Li Ming", "华东", email="Li.Ming@example.com", phone="13800001111"),
        Person("王芳", "Wang Fang", "华南", email="wang.fang@example.com"),
    )
    project = Project(regions=(Region("HD", "华东"), Region("HN", "华南")), people=staff)
    return project.lists()["people"]


def test_no_address_and_no_telephone_goes_along() -> None:
    library = open_library([], SAMPLE)
    project = load_project(SAMPLE, library)
    data = definitions_for_page(Definitions(library, project))
    private = {text for person in project.people for text in (person.email, person.phone)}
    private |= {region.email for region in project.regions} | {project.project.coordinator_contact}

    assert len(private - {""}) > 5
    assert [text for text in private - {""} if text.encode() in data or text.lower().encode() in data] == []
    assert not re.search(rb"[\w.]+@[\w-]+\.(com|cn|example)", data)


def test_an_owner_typed_as_an_address_is_recognised() -> None:
    listed = people()
    assert has_people(listed)
    public = sealed(listed)

    assert public.code_of_email("LI.MING@example.com") == listed.code_of_email("li.ming@example.com") == "李明"
    assert public.code_of_email("nobody@example.com") is None


def test_a_page_for_one_region_recognises_the_other_people_without_naming_them() -> None:
    public = sealed(people(), "HD")

    assert [choice.code for choice in public.values] == ["李明"]
    assert public.is_label("王芳")
    assert public.find_code("王芳") == "王芳"
    assert public.has("王芳")
    assert public.find_code("王小芳") is None
    assert "王芳" not in repr(public)
    assert isinstance(public, SealedPeople)
    whole, own = of_sample(), of_sample("HD")
    assert len(own) < len(whole)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_they_are_loaded_without_pydantic_and_are_the_same_bytes_in_every_process(seed: str, tmp_path: Path) -> None:
    code = "import sys; from tests.page.test_definitions import of_sample; sys.stdout.buffer.write(of_sample())"
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=TOP, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TOP)}, check=True, capture_output=True,
    )  # fmt: skip
    assert made.stdout == of_sample()
    file = tmp_path / "definitions"
    file.write_bytes(made.stdout)
    stand_ins = str(TOP / "xlsflow" / "page" / "browser")

    loaded = subprocess.run(
        [sys.executable, "-c", LOADED.format(stand_ins=stand_ins, file=str(file))],
        cwd=TOP, env={**os.environ, "PYTHONPATH": str(TOP)}, check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert loaded.stdout.split(maxsplit=1)[1].strip() == "[]"
