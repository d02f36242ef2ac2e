"""JSON schemas of the definition files, for completion and validation in an editor.

The schemas are generated from the models that validate definitions. Where TOML differs from the model (`use`, the short
form of a list, the name of a sheet in a pack, variants), the generated schema is adjusted here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic.json_schema import GenerateJsonSchema

from xlsflow.i18n import LANGS
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.kinds.field import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.loading.load import FIELDS_FILE, LISTS_FILE, Library
from xlsflow.template.loading.shared_files import ProjectList
from xlsflow.template.loading.variants import Variant
from xlsflow.template.model import MatrixBlock, Pack, Template

if TYPE_CHECKING:
    from pydantic import BaseModel

JsonSchema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
_SHARED, _FIELD, _REF = "SharedField", "Field", "#/$defs/"
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
# Defaults that are left out of the schema because they do not inform an author.
_TRIVIAL_DEFAULTS: tuple[object, ...] = (None, "", [], {})


def definition_schemas(library: Library) -> dict[str, JsonSchema]:
    """Return file name -> schema, for sheets, packs, lists and shared fields.

    Args:
        library: The definitions whose lists, fields and sheets an editor suggests; other names are valid too.
    """
    suggestions = _NameSuggestions(library)
    return {
        "sheet.schema.json": _sheet_schema(suggestions),
        "pack.schema.json": _pack_schema(suggestions),
        LISTS_FILE.replace(".toml", ".schema.json"): _lists_schema(),
        FIELDS_FILE.replace(".toml", ".schema.json"): _fields_schema(suggestions),
    }


class _NameSuggestions:
    """Names of existing definitions, which an editor suggests for the keys that refer to them."""

    def __init__(self, library: Library) -> None:
        lists = (*library.lists, *library.project_lists)
        self.by_key = {
            "use": self._suggest(library.fields),
            "of": self._suggest(lists),
            "never": self._suggest(lists),
            "across": self._suggest(library.project_lists),
            "per": self._suggest(library.project_lists),
        }
        # A pack may name a variant in short, `sheet:variant`.
        variants = [f"{name}:{variant}" for name in library.sheet_files for variant in library.variants(name)]
        self.sheets = self._suggest([*library.sheet_files, *variants])

    @staticmethod
    def _suggest(names: Iterable[str]) -> JsonSchema:
        return {"anyOf": [{"enum": sorted(names)}, {"type": "string"}]}

    def add_to(self, definitions: Mapping[str, JsonSchema]) -> None:
        """Add the suggestions to every property that refers to a definition."""
        for schema in definitions.values():
            for key, suggested in self.by_key.items():
                if key in schema.get("properties", {}):
                    schema["properties"][key] |= suggested
                    schema["properties"][key].pop("type", None)


class _SchemaGenerator(GenerateJsonSchema):
    """Generates a model's schema with descriptions from its docstring and without null, which TOML does not have."""

    def model_schema(self, schema: Any) -> JsonSchema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of a model."""
        result: JsonSchema = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        descriptions = {name: text for base in reversed(model.__mro__) for name, text in _attribute_docs(base)}
        for name, property_schema in result.get("properties", {}).items():
            if name in descriptions:
                property_schema["description"] = descriptions[name]
            if name == "name":
                property_schema["pattern"] = _NAME_PATTERN
            # A discriminator has a default in the model, but a definition must contain it.
            if "const" in property_schema and name not in (required := result.setdefault("required", [])):
                required.append(name)
            if property_schema.get("default") in _TRIVIAL_DEFAULTS:
                property_schema.pop("default", None)
        result["description"] = inspect.cleandoc(model.__doc__ or "").split("\n\n")[0]
        return result

    def nullable_schema(self, schema: Any) -> JsonSchema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of an optional value, without null."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own dict
        """Return False: the key itself is title enough."""
        return False


def _attribute_docs(model: type) -> Iterable[tuple[str, str]]:
    """Return name and description of each attribute in a class's own docstring."""
    _, _, listed = inspect.cleandoc(model.__dict__.get("__doc__") or "").partition("Attributes:\n")
    return [(name, " ".join(text.split())) for name, text in _ATTRIBUTE.findall(listed)]


def _model_schema(model: type[BaseModel]) -> JsonSchema:
    schema: JsonSchema = _without_discriminators(model.model_json_schema(schema_generator=_SchemaGenerator))
    return schema


def _without_discriminators(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema without `discriminator`, a keyword of OpenAPI that JSON schema does not define."""
    if isinstance(node, dict):
        return {key: _without_discriminators(value) for key, value in node.items() if key != "discriminator"}
    return [_without_discriminators(item) for item in node] if isinstance(node, list) else node


def _document(schema: JsonSchema, title: str) -> JsonSchema:
    return {"$schema": _DIALECT, **schema, "title": title}


def _sheet_schema(suggestions: _NameSuggestions) -> JsonSchema:
    schema, variant = _model_schema(Template), _model_schema(Variant)
    definitions = schema["$defs"]
    matrix = definitions[MatrixBlock.__name__]["properties"]
    for resolved in ("cell_fields", "parts"):  # filled in for each project, never written in a definition
        matrix.pop(resolved)
    definitions[_SHARED] = _any_field_schema(definitions)
    definitions[_FIELD] = {"oneOf": [_ref(_SHARED), *(_ref(kind.__name__) for kind in KIND_TYPES)]}
    for block in definitions.values():
        for part in ("fields", "after"):
            if part in block.get("properties", {}):
                block["properties"][part]["items"] = _ref(_FIELD)
    definitions["Variant"] = _variant_schema(variant, definitions)
    schema["properties"]["variants"] = {
        "description": "Variants of the sheet by name: fields added, dropped, renamed or in another order.",
        "type": "object",
        "propertyNames": {"pattern": _NAME_PATTERN},
        "additionalProperties": _ref("Variant"),
    }
    suggestions.add_to(definitions)
    return _document(schema, "A sheet")


def _ref(name: str) -> JsonSchema:
    return {"$ref": _REF + name}


def _any_field_schema(definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """Return the schema of a field that includes a shared one: any key of any kind is valid."""
    properties: dict[str, JsonSchema] = {"use": {"description": "Name of the shared field to include."}}
    for kind in KIND_TYPES:
        for name, schema in definitions[kind.__name__]["properties"].items():
            # Kinds give one key different types (`least` is a date or a number); a shared field may become either.
            if name in properties and _accepted(properties[name]) != _accepted(schema):
                alternatives = properties[name].get("anyOf") or [properties[name]]
                added = [] if _accepted(schema) in map(_accepted, alternatives) else [schema]
                properties[name] = {"anyOf": [*alternatives, *added]}
            else:
                properties.setdefault(name, dict(schema))
    kinds = [get_args(kind.model_fields["kind"].annotation)[0] for kind in KIND_TYPES]
    properties["kind"] = {"enum": kinds, "description": "Kind of the field; by default that of the shared field."}
    description = "A shared field of fields.toml; keys that are given here replace those of the shared field."
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        "required": ["use"],
    }


def _accepted(schema: JsonSchema) -> JsonSchema:
    """Return the part of a schema that decides which values are valid."""
    return {key: value for key, value in schema.items() if key not in ("description", "default")}


def _variant_schema(variant: JsonSchema, definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """Return the schema of a variant, in which `add` and `change` contain keys of fields."""
    variant.pop("$defs", None)
    keys = definitions[_SHARED]["properties"]
    position = {
        "block": {"type": "string", "description": "Block to add the field to."},
        "after": {"type": "string", "description": "Field to insert it after; by default the last one."},
    }
    added = {"type": "object", "additionalProperties": False, "properties": {**position, **keys}, "required": ["block"]}
    variant["properties"]["add"]["items"] = added
    # A variant may change what a reader sees and how a cell is read, not which field of the data it is.
    changed = {key: schema for key, schema in keys.items() if key not in ("use", "name")}
    variant["properties"]["change"]["additionalProperties"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": changed,
    }
    variant["properties"]["print"] = {
        "description": variant["properties"]["print"].get("description", ""),
        **_ref("PrintSetup"),
    }
    return variant


def _pack_schema(suggestions: _NameSuggestions) -> JsonSchema:
    schema = _model_schema(Pack)
    for key in ("sheets", "optional"):
        sheets = schema["properties"][key]
        sheets["items"] = {"anyOf": [suggestions.sheets, sheets["items"]]}
    return _document(schema, "A pack")


def _lists_schema() -> JsonSchema:
    fixed, project = _model_schema(ChoiceList), _model_schema(ProjectList)
    definitions = fixed.pop("$defs")
    choice = definitions["Choice"]
    # In TOML the two labels are keys of the choice itself.
    choice["properties"].pop("label")
    labels = dict(zip(LANGS, ("Label in Chinese.", "Label in English."), strict=True))
    choice["properties"] |= {
        lang: {"type": "string", "minLength": 1, "description": text} for lang, text in labels.items()
    }
    choice["required"] = ["code", *LANGS]
    # The name of a list is that of its table.
    fixed["properties"].pop("name")
    fixed["required"].remove("name")
    # Both models define LocalizedText alike; one copy is enough for the file.
    project.pop("$defs")
    definitions |= {"List": fixed, "ProjectList": project}
    return _named_tables({"anyOf": [_ref("List"), _ref("ProjectList")]}, definitions, "Choice lists by name")


def _fields_schema(suggestions: _NameSuggestions) -> JsonSchema:
    definitions = _model_schema(Template)["$defs"]
    shared = _any_field_schema(definitions)
    shared["properties"].pop("use")
    shared.pop("required")
    shared["description"] = FieldBase.__doc__.split("\n")[0] if FieldBase.__doc__ else ""
    used = {"LocalizedText": definitions["LocalizedText"], _SHARED: shared}
    suggestions.add_to(used)
    return _named_tables(_ref(_SHARED), used, "Fields that several sheets share, by name")


def _named_tables(table: JsonSchema, definitions: JsonSchema, title: str) -> JsonSchema:
    """Return the schema of a file whose top-level keys are names of tables."""
    names = {"pattern": _NAME_PATTERN}
    file = {"type": "object", "propertyNames": names, "additionalProperties": table, "$defs": definitions}
    return _document(file, title)
