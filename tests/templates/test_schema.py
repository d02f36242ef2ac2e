"""The JSON schemas of definitions: up to date, valid for every definition, strict about errors."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from xlsflow.cli import main
from xlsflow.pipeline.project_file import open_library
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.loading.jsonschema import definition_schemas
from xlsflow.template.loading.variants import Variant
from xlsflow.template.model import Pack, Template
from xlsflow.template.rules import RULE_TYPES

TOP = Path(__file__).parents[2]
BUILT_IN, STORES = TOP / "workbook_templates", Path(__file__).parent / "packs" / "store_inspection"
SCHEMAS = definition_schemas(open_library())
OF_FILE = {"lists.toml": "lists.schema.json", "fields.toml": "fields.schema.json"}
FILES = [path for folder in (BUILT_IN, STORES) for path in sorted(folder.rglob("*.toml"))]
SHEET = """
name = "colours"
title = { zh = "色", en = "Colours" }
tab = { zh = "色", en = "Colours" }
purpose = { zh = "色", en = "Colours" }
blocks = [{ name = "rows", type = "table", fields = [{ use = "owner", required = true }] }]
"""


def plain(value: Any) -> Any:  # noqa: ANN401 - anything that TOML can hold
    """Return a value as an editor hands it to a schema: JSON has no dates."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def complaints(schema: str, text: str) -> list[str]:
    """Return the JSON paths of a definition's schema violations."""
    errors = Draft202012Validator(SCHEMAS[schema]).iter_errors(plain(tomllib.loads(text)))
    return [error.json_path for error in errors]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_stored_schema_is_the_one_that_the_models_give(name: str) -> None:
    """Where this fails: xlsflow templates schema --out workbook_templates/schema."""
    assert json.loads((BUILT_IN / "schema" / name).read_text("utf-8")) == SCHEMAS[name]
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_no_other_schema_is_stored() -> None:
    assert {path.name for path in (BUILT_IN / "schema").iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_a_schema_accepts_every_definition_there_is(path: Path) -> None:
    schema = OF_FILE.get(path.name) or f"{path.parent.name.removesuffix('s')}.schema.json"
    assert complaints(schema, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("schema", "before", "after"),
    [
        ("sheet.schema.json", 'type = "table"', 'type = "tabel"'),
        ("sheet.schema.json", 'use = "owner", required = true', "required = true"),
        ("sheet.schema.json", 'use = "owner"', 'use = "owner", requird = true'),
        ("sheet.schema.json", 'use = "owner"', 'name = "x", kind = "texte", label = { zh = "a", en = "b" }'),
        ("sheet.schema.json", 'use = "owner"', 'name = "x", kind = "text", label = { zh = "a" }'),
        ("sheet.schema.json", 'use = "owner"', 'name = "x", kind = "choice", label = { zh = "a", en = "b" }'),
        ("sheet.schema.json", 'use = "owner"', 'use = "owner", kind = "texte"'),
        ("sheet.schema.json", 'name = "colours"', 'name = "Colours"'),
        ("sheet.schema.json", 'name = "colours"', 'name = "colours"\ncolour = "red"'),
        ("sheet.schema.json", 'name = "colours"', 'name = "colours"\nvariants = { x = { renam = {} } }'),
        ("sheet.schema.json", 'name = "colours"', 'name = "colours"\nvariants = { x = { add = [{ use = "owner" }] } }'),
        (
            "sheet.schema.json",
            'name = "colours"',
            'name = "colours"\nvariants = { x = { change = { "a.b" = { wdth = 1 } } } }',
        ),
    ],
)
def test_a_schema_notices_a_mistake(schema: str, before: str, after: str) -> None:
    assert complaints(schema, SHEET) == []
    assert before in SHEET
    assert complaints(schema, SHEET.replace(before, after, 1)) != []


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ("pack.schema.json", 'sheets = ["cover", "a:b", { template = "a", variant = "b" }]', "sheets = [1]"),
        ("pack.schema.json", "timing = { a = { hours = 1 } }", "timing = { a = { hour = 1 } }"),
        ("lists.schema.json", "[a]\nproject = true\ntitle = { zh = 'a', en = 'a' }", "[a]\nproject = true"),
        (
            "lists.schema.json",
            "[a]\ntitle = { zh = 'a', en = 'a' }\nvalues = [{ code = 'a', zh = 'a', en = 'a' }]",
            "[a]\ntitle = { zh = 'a', en = 'a' }\nvalues = [{ code = 'a', zh = 'a' }]",
        ),
        ("fields.schema.json", "[a]\nkind = 'text'\nmost = 20", "[a]\nkind = 'text'\nmsot = 20"),
        ("fields.schema.json", "[a]\nkind = 'date'\nleast = 2026-01-01", "[a]\nkind = 'dat'"),
    ],
)
def test_packs_lists_and_fields_are_written_as_the_guide_says(schema: str, right: str, wrong: str) -> None:
    head = 'name = "a"\ntitle = { zh = "a", en = "a" }\nsubtitle = { zh = "a", en = "a" }\n'
    sheets = 'sheets = ["cover"]\n'
    if schema == "pack.schema.json":
        right, wrong = (head + ("" if "sheets" in text else sheets) + text for text in (right, wrong))
    assert complaints(schema, right) == []
    assert complaints(schema, wrong) != []


def test_every_key_of_a_kind_rule_block_pack_and_variant_tells_what_it_is() -> None:
    """An editor shows it beside the key."""
    definitions = SCHEMAS["sheet.schema.json"]["$defs"]
    for model in (*KIND_TYPES, *RULE_TYPES):
        assert definitions[model.__name__]["description"]
    for schema in (
        SCHEMAS["sheet.schema.json"],
        SCHEMAS["pack.schema.json"],
        *(definitions[k.__name__] for k in KIND_TYPES),
    ):
        tags = ("kind",)
        assert [
            key for key, described in schema["properties"].items() if "description" not in described and key not in tags
        ] == []


def test_every_key_that_a_model_knows_can_be_completed() -> None:
    sheet = SCHEMAS["sheet.schema.json"]
    assert set(sheet["properties"]) == {*Template.model_fields, "variants"}
    assert set(SCHEMAS["pack.schema.json"]["properties"]) == set(Pack.model_fields)
    assert set(sheet["$defs"]["Variant"]["properties"]) == set(Variant.model_fields)
    for kind in KIND_TYPES:
        assert set(sheet["$defs"][kind.__name__]["properties"]) == set(kind.model_fields)
        assert "kind" in sheet["$defs"][kind.__name__]["required"]
        assert (
            get_args(kind.model_fields["kind"].annotation)[0]
            in sheet["$defs"]["SharedField"]["properties"]["kind"]["enum"]
        )


def test_the_command_writes_schemas_that_offer_the_names_of_ones_own_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["templates", "schema", "--out", str(tmp_path), "--templates", str(STORES)])

    assert done.exit_code == 0
    assert {Path(line).name for line in done.output.split()} == set(SCHEMAS)
    sheet = json.loads((tmp_path / "sheet.schema.json").read_text("utf-8"))["$defs"]
    assert {"store_code", "owner"} <= set(sheet["SharedField"]["properties"]["use"]["anyOf"][0]["enum"])
    assert {"store_format", "urgency"} <= set(sheet["ChoiceField"]["properties"]["of"]["anyOf"][0]["enum"])
