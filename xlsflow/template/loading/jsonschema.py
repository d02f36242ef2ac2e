"""The JSON schemas of what an author writes, for the completion and the checks of an editor.

They come from the very models that read a definition; what differs between the model and what is written (`use`, the
short form of a list, a sheet's name in a pack, the variants) is put right here.
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
from xlsflow.template.loading.load import (
    FIELDS_FILE,
    LISTS_FILE,
    Library,
)
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
_TRIVIAL_DEFAULTS: tuple[object, ...] = (None, "", [], {})
"""Defaults that tell an author nothing."""


def definition_schemas(library: Library) -> dict[str, JsonSchema]:
    """Return file name -> schema, for sheets, packs, lists and shared fields.

    Args:
        library: The definitions whose lists, fields and sheets an editor offers; other names are accepted too.
    """
    offered = _NameSuggestions(library)
    return {
        "sheet.schema.json": _sheet_schema(offered),
        "pack.schema.json": _pack_schema(offered),
        LISTS_FILE.replace(".toml", ".schema.json"): _lists_schema(),
        FIELDS_FILE.replace(".toml", ".schema.json"): _fields_schema(offered),
    }


class _NameSuggestions:
    """Names that an editor offers, each where it can stand."""

    def __init__(self, library: Library) -> None:
        known = (*library.lists, *library.project_lists)
        self.by_key = {
            "use": self._one_of(library.fields),
            "of": self._one_of(known),
            "never": self._one_of(known),
            "across": self._one_of(library.project_lists),
            "per": self._one_of(library.project_lists),
        }
        spelt = [f"{name}:{variant}" for name in library.sheet_files for variant in library.variants(name)]
        self.sheets = self._one_of([*library.sheet_files, *spelt])

    @staticmethod
    def _one_of(names: Iterable[str]) -> JsonSchema:
        return {"anyOf": [{"enum": sorted(names)}, {"type": "string"}]}

    def put_into(self, definitions: Mapping[str, JsonSchema]) -> None:
        """Offer the names at every key where one can stand."""
        for schema in definitions.values():
            for key, offer in self.by_key.items():
                if key in schema.get("properties", {}):
                    schema["properties"][key] |= offer
                    schema["properties"][key].pop("type", None)


class _SchemaGenerator(GenerateJsonSchema):
    """Makes a schema of a model with what its docstrings say of it; TOML has no null."""

    def model_schema(self, schema: Any) -> JsonSchema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of a model."""
        made: JsonSchema = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        said = {name: text for base in reversed(model.__mro__) for name, text in _attribute_docs(base)}
        for name, one in made.get("properties", {}).items():
            if name in said:
                one["description"] = said[name]
            if name == "name":
                one["pattern"] = _NAME_PATTERN
            if "const" in one and name not in (required := made.setdefault("required", [])):
                required.append(name)  # says which model it is: a default there, but always written
            if one.get("default") in _TRIVIAL_DEFAULTS:
                one.pop("default", None)
        made["description"] = inspect.cleandoc(model.__doc__ or "").split("\n\n")[0]
        return made

    def nullable_schema(self, schema: Any) -> JsonSchema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of what may be left out."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own dict
        """Return that a key needs no title besides itself."""
        return False


def _attribute_docs(model: type) -> Iterable[tuple[str, str]]:
    """Return what a class's own docstring says of its attributes."""
    _, _, listed = inspect.cleandoc(model.__dict__.get("__doc__") or "").partition("Attributes:\n")
    return [(name, " ".join(text.split())) for name, text in _ATTRIBUTE.findall(listed)]


def _model_schema(model: type[BaseModel]) -> JsonSchema:
    made: JsonSchema = _without_discriminators(model.model_json_schema(schema_generator=_SchemaGenerator))
    return made


def _without_discriminators(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema without what only OpenAPI knows."""
    if isinstance(node, dict):
        return {key: _without_discriminators(one) for key, one in node.items() if key != "discriminator"}
    return [_without_discriminators(one) for one in node] if isinstance(node, list) else node


def _document(schema: JsonSchema, title: str) -> JsonSchema:
    return {"$schema": _DIALECT, **schema, "title": title}


def _sheet_schema(offered: _NameSuggestions) -> JsonSchema:
    schema, variant = _model_schema(Template), _model_schema(Variant)
    definitions = schema["$defs"]
    matrix = definitions[MatrixBlock.__name__]["properties"]
    for resolved in ("cell_fields", "parts"):  # the project's own columns, which nobody writes
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
    offered.put_into(definitions)
    return _document(schema, "A sheet")


def _ref(name: str) -> JsonSchema:
    return {"$ref": _REF + name}


def _any_field_schema(definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """Return the schema of a field that takes over a shared one: any key of any kind may be written."""
    properties: dict[str, JsonSchema] = {"use": {"description": "Name of the shared field that it takes over."}}
    for kind in KIND_TYPES:
        for name, one in definitions[kind.__name__]["properties"].items():
            if name in properties and _accepted(properties[name]) != _accepted(one):
                known = properties[name].get("anyOf") or [properties[name]]
                fresh = [] if _accepted(one) in map(_accepted, known) else [one]
                properties[name] = {"anyOf": [*known, *fresh]}
            else:
                properties.setdefault(name, dict(one))
    words = [get_args(kind.model_fields["kind"].annotation)[0] for kind in KIND_TYPES]
    properties["kind"] = {"enum": words, "description": "Kind of the field; the shared field's own where not given."}
    description = "A shared field of fields.toml, taken over; what is given here takes the place of what stands there."
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        "required": ["use"],
    }


def _accepted(schema: JsonSchema) -> JsonSchema:
    """Return what a schema accepts, without what it says of it."""
    return {key: one for key, one in schema.items() if key not in ("description", "default")}


def _variant_schema(variant: JsonSchema, definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """Return the schema of a variant: what it adds and changes are fields."""
    variant.pop("$defs", None)
    keys = definitions[_SHARED]["properties"]
    place = {
        "block": {"type": "string", "description": "Block that it is added to."},
        "after": {"type": "string", "description": "Field that it stands behind; the last one where not given."},
    }
    added = {"type": "object", "additionalProperties": False, "properties": {**place, **keys}, "required": ["block"]}
    variant["properties"]["add"]["items"] = added
    changed = {key: one for key, one in keys.items() if key not in ("use", "name")}
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


def _pack_schema(offered: _NameSuggestions) -> JsonSchema:
    schema = _model_schema(Pack)
    sheets = schema["properties"]["sheets"]
    sheets["items"] = {"anyOf": [offered.sheets, sheets["items"]]}
    return _document(schema, "A pack")


def _lists_schema() -> JsonSchema:
    written, project = _model_schema(ChoiceList), _model_schema(ProjectList)
    definitions = written.pop("$defs")
    choice = definitions["Choice"]
    choice["properties"].pop("label")
    labels = dict(zip(LANGS, ("Label in Chinese.", "Label in English."), strict=True))
    choice["properties"] |= {
        lang: {"type": "string", "minLength": 1, "description": text} for lang, text in labels.items()
    }
    choice["required"] = ["code", *LANGS]
    written["properties"].pop("name")
    written["required"].remove("name")
    project.pop("$defs")
    definitions |= {"List": written, "ProjectList": project}
    return _named_tables({"anyOf": [_ref("List"), _ref("ProjectList")]}, definitions, "Choice lists by name")


def _fields_schema(offered: _NameSuggestions) -> JsonSchema:
    definitions = _model_schema(Template)["$defs"]
    shared = _any_field_schema(definitions)
    shared["properties"].pop("use")
    shared.pop("required")
    shared["description"] = FieldBase.__doc__.split("\n")[0] if FieldBase.__doc__ else ""
    kept = {"LocalizedText": definitions["LocalizedText"], _SHARED: shared}
    offered.put_into(kept)
    return _named_tables(_ref(_SHARED), kept, "Fields that several sheets share, by name")


def _named_tables(one: JsonSchema, definitions: JsonSchema, title: str) -> JsonSchema:
    """Return the schema of a file of named tables."""
    names = {"pattern": _NAME_PATTERN}
    whole = {"type": "object", "propertyNames": names, "additionalProperties": one, "$defs": definitions}
    return _document(whole, title)
