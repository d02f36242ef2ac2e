"""What is written of the definitions: the guide explains every word, its example works, a page lists every form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from tests.templates.handbooks import FORMS_OF_PACKS
from tests.templates.packs.forms_table import forms, forms_table
from xlsflow.cli import main
from xlsflow.i18n import LANGS, Lang
from xlsflow.model.project import Project
from xlsflow.pipeline.generate import facts_of
from xlsflow.pipeline.project_file import example_rows, open_library
from xlsflow.template.expressions.expression import EXPRESSION_FUNCTIONS
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.lists import Choice, ChoiceList, ChoiceTone
from xlsflow.template.loading.jsonschema import definition_schemas
from xlsflow.template.loading.variants import Variant
from xlsflow.template.model import Block, Follow, Pack, Template, TimingFields, TimingRule
from xlsflow.template.printed_blocks import Colour, PrintSetup
from xlsflow.template.rules import RULE_TYPES

TOP = Path(__file__).parents[2]
GUIDES = {"en": TOP / "workbook_templates" / "README.md", "zh": TOP / "workbook_templates" / "README.zh-CN.md"}
FORMS = {"en": TOP / "workbook_templates" / "FORMS.md", "zh": TOP / "workbook_templates" / "FORMS.zh-CN.md"}
RESOLVED = {"cell_fields", "parts"}
"""Keys of a matrix that nobody writes: the project's own columns, once they are there."""
BLOCKS = get_args(get_args(Block)[0])
WORDS = {
    "kinds": {get_args(kind.model_fields["kind"].annotation)[0] for kind in KIND_TYPES},
    "keys of a field": {key for kind in KIND_TYPES for key in kind.model_fields} | {"use"},
    "rules": {get_args(rule.model_fields["rule"].annotation)[0] for rule in RULE_TYPES},
    "keys of a rule": {key for rule in RULE_TYPES for key in rule.model_fields},
    "blocks": {get_args(block.model_fields["type"].annotation)[0] for block in BLOCKS},
    "keys of a block": {key for block in BLOCKS for key in block.model_fields} - RESOLVED,
    "functions": set(EXPRESSION_FUNCTIONS),
    "keys of a variant": set(Variant.model_fields),
    "keys of a sheet": set(Template.model_fields) | set(PrintSetup.model_fields) | {"variants"},
    "keys of what is followed": set(Follow.model_fields),
    "keys of a duty": set(TimingFields.model_fields),
    "keys of a list": (set(ChoiceList.model_fields) | set(Choice.model_fields)) - {"name", "label"}
    | {*LANGS, "project"},
    "keys of a pack": set(Pack.model_fields) | set(TimingRule.model_fields),
    "colours": set(get_args(Colour)),
    "tones": set(get_args(ChoiceTone)) - {""},
}


def code(guide: str) -> set[str]:
    """Return every word that a guide writes as code."""
    spans = re.findall(r"`+([^`]+)`+", re.sub(r"```.*?```", "", guide, flags=re.DOTALL))
    return {word for span in spans for word in re.findall(r"[a-z][a-z0-9_.]*", span)}


@pytest.mark.parametrize("sort", WORDS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_explains_every_word_of_the_definitions(lang: Lang, sort: str) -> None:
    assert WORDS[sort] - code(GUIDES[lang].read_text("utf-8")) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_names_what_a_cell_can_be_issued_with_and_the_lists_of_a_project(lang: Lang) -> None:
    project = Project.from_rows(example_rows())
    pack = open_library().pack("coordination")
    facts = set(facts_of(project, pack, project.regions[0], "", lang))

    assert (facts | set(project.lists())) - code(GUIDES[lang].read_text("utf-8")) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_the_worked_example_of_the_guide_has_no_mistake_and_its_sheet_is_generated(lang: Lang, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n# (templates/[\w/.]+)\n(.*?)```", GUIDES[lang].read_text("utf-8"), re.DOTALL)
    assert [name for name, _ in blocks] == [
        "templates/sheets/store_visits.toml",
        "templates/lists.toml",
        "templates/packs/stores.toml",
    ]
    for name, text in blocks:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    project, out = tmp_path / "project.xlsx", tmp_path / "out"
    run = CliRunner().invoke

    checked = run(main, ["templates", "check", str(tmp_path / "templates"), "--lang", "en"])
    shown = run(main, ["templates", "show", "store_visits:flagship", "--templates", str(tmp_path / "templates")])
    run(main, ["init", str(project), "--example"])
    generated = run(main, ["generate", str(project), "--pack", "stores", "--out", str(out)])

    assert (checked.exit_code, checked.output) == (0, "No mistakes: checked 3 files.\n")
    assert shown.exit_code == 0
    assert generated.exit_code == 0, generated.output
    assert len(list(out.glob("*.xlsx"))) == 5


@pytest.mark.parametrize("lang", LANGS)
def test_the_smallest_sheet_of_the_guide_has_no_mistake(lang: Lang, tmp_path: Path) -> None:
    (smallest,) = re.findall(r'```toml\n(name = "store_visits".*?)```', GUIDES[lang].read_text("utf-8"), re.DOTALL)
    path = tmp_path / "sheets" / "store_visits.toml"
    path.parent.mkdir()
    path.write_text(smallest, "utf-8")

    assert CliRunner().invoke(main, ["templates", "check", str(path)]).exit_code == 0


@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_names_schemas_that_there_are(lang: Lang) -> None:
    named = re.findall(r"#:schema \S*?([\w.]+\.json)", GUIDES[lang].read_text("utf-8"))

    assert named
    assert set(named) <= set(definition_schemas(open_library()))


# --- every form, its sheet, its packs ---


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_forms_lists_every_form_with_its_sheet_and_packs(lang: Lang) -> None:
    """Where this fails, run: python -m tests.helpers.documents."""
    assert forms_table(lang) in FORMS[lang].read_text("utf-8")


def test_every_form_of_the_five_handbooks_is_in_the_table() -> None:
    found = {(pack.name, template.title.zh) for pack, _, template in forms()}

    assert {(pack, form) for pack, listed in FORMS_OF_PACKS.items() for form in listed.split()} <= found
    for pack, use, template in forms():
        (line,) = [row for row in forms_table("zh").splitlines() if row.startswith(f"| {template.title.zh} |")]
        assert f"`{pack.name}`" in line
        assert f"`{use.template}{':' if use.variant else ''}{use.variant}`" in line
