"""Excel is expected to open every workbook that is written cleanly, and nothing is dropped with a mere warning."""

from __future__ import annotations

import re
import warnings
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from openxml_audit import FileFormat, OpenXmlValidator

from tests.templates.packs.round import Round
from tests.workbook.outgoing_example import LIBRARY, PACKS, example_outgoing
from tests.workbook.test_outgoing import opened
from xlsflow import api
from xlsflow.i18n import LANGS, Lang
from xlsflow.workbook.outgoing.plan import plan
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

NOW = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - the project's own time
LOCAL = {"_xlnm._FilterDatabase", "Print_Area", "Print_Titles", "_xlnm.Print_Area", "_xlnm.Print_Titles"}
"""What xlsxwriter writes of a filter and of the page."""
OUTGOING = [name for name in PACKS if not LIBRARY.pack(name).setup]


def faults(path: Path) -> list[str]:
    """Return what an auditor of the format says of a workbook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", PACKS)
def test_what_is_laid_out_for_print_is_clean(tmp_path: Path, pack: str, lang: Lang) -> None:
    write_workbook(tmp_path / "print.xlsx", replace(example_outgoing(pack, lang, filled=True), for_print=True))

    assert faults(tmp_path / "print.xlsx") == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_project_workbook_is_clean(tmp_path: Path, lang: Lang) -> None:
    for example in (False, True):
        path = api.init(tmp_path / f"{lang}-{example}.xlsx", lang=lang, example=example)

        assert faults(path) == []


@pytest.mark.parametrize("pack", OUTGOING)
def test_what_is_made_of_returns_is_clean(tmp_path: Path, office: Office, pack: str) -> None:
    """The consolidated workbook, the report, the marked copy of a return, the workbooks of the next round."""
    here = Round(tmp_path)
    here.back(office, pack, "HD", here.rows(pack, "HD"))
    blank = here.sent(pack, "HW")
    api.check([blank], project=here.project, now=NOW, feedback=tmp_path / "feedback")
    made = [*(tmp_path / "feedback").glob("*.xlsx")]
    assert len(made) == 1
    for lang in LANGS:
        view = api.View(NOW, lang=lang)
        book, report = tmp_path / f"book-{lang}.xlsx", tmp_path / f"report-{lang}.xlsx"
        api.merge_to([tmp_path / "inbox", blank], book, project=here.project, view=view)
        api.report(book, report, view=view)
        made += [book, report]
    order = api.Order(pack=pack, round="2026-W48", source=[tmp_path / "book-zh.xlsx"], closed=True)
    made += api.generate(here.project, tmp_path / "next", order)

    assert [(path.name, faults(path)) for path in made] == [(path.name, []) for path in made]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pack", PACKS)
def test_every_name_of_a_workbook_is_accounted_for(tmp_path: Path, pack: str, lang: Lang) -> None:
    """Lists and groups that its dropdowns use, the stamp, what cells define, counts and sentences of the self-check.

    A sheet counts its rows in use, blank required cells, errors, warnings, tables that are full, and loose rows: those
    in use that have no checks.
    """
    one = example_outgoing(pack, lang)
    write_workbook(tmp_path / "names.xlsx", one)
    book = opened(tmp_path / "names.xlsx")

    rules = [rule.formula1 or "" for sheet in book for rule in sheet.data_validations.dataValidation]
    used = {name for rule in rules for name in re.findall(r"(?:lst|grp|ref)_\w+", rule)}
    stamp = {f"xf_{key}" for key in asdict(one.stamp)} - {"xf_corrects"}  # only a marked copy has it
    defined = {field.defines for t in one.templates for block in t.data for field in block.columns if field.defines}
    checks = {name for name in book.defined_names if name.startswith("chk_")}
    fields = [field for template in one.templates for block in template.data for field in block.columns]
    refused = {f"chk_not_{field.excluded_list()}" for field in fields if field.excluded_list()}
    numbers = [number for number, sheet in enumerate(plan(one).sheets) if sheet.template.data]
    assert set(book.defined_names) == used | stamp | defined | {"as_of"} | checks
    assert {name for name in checks if re.fullmatch(r"chk_[a-z]+_\d+", name)} == {
        f"chk_{what}_{number}" for number in numbers for what in ("used", "missing", "mend", "look", "full", "loose")
    }
    assert {name for name in checks if name.startswith("chk_not_")} <= refused
    said = {name for name in checks if re.fullmatch(r"chk_say_\d+_\d+", name)}
    assert said <= {f"chk_say_{n}_{m}" for n in numbers for m in range(len(plan(one).sheets[n].template.data))}
    assert all(not sheet.defined_names or set(sheet.defined_names) <= LOCAL for sheet in book)


def test_what_xlsxwriter_would_drop_with_a_warning_fails_a_test(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "warned.xlsx") as book:
        sheet = book.add_worksheet()
        with pytest.raises(UserWarning, match="32"):
            sheet.data_validation("A1", {"validate": "any", "input_title": "x" * 33, "input_message": "y"})
        with pytest.raises(UserWarning, match="255"):
            sheet.data_validation("A1", {"validate": "any", "input_title": "x", "input_message": "y" * 256})
