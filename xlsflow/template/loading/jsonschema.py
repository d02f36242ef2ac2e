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
from xlsflow.template.kinds import KINDS
from xlsflow.template.kinds.field import FieldBase
from xlsflow.template.lists import ChoiceList
from xlsflow.template.loading.load import (
    FIELDS,
    LISTS,
    Library,
)
from xlsflow.template.loading.shared_files import ProjectList
from xlsflow.template.loading.variants import Variant
from xlsflow.template.model import MatrixBlock, Pack, Template

if TYPE_CHECKING:
    from pydantic import BaseModel

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = r"^[a-z][a-z0-9_]*$"
SHARED, FIELD, REF = "SharedField", "Field", "#/$defs/"
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_IDLE: tuple[object, ...] = (None, "", [], {})
"""Defaults that tell an author nothing."""


def schemas(library: Library) -> dict[str, Schema]:
    """Return file name -> schema, for sheets, packs, lists and shared fields.

    Args:
        library: The definitions whose lists, fields and sheets an editor offers; other names are accepted too.
    """
    offered = _Offered(library)
    return {
        "sheet.schema.json": _sheet(offered),
        "pack.schema.json": _pack(offered),
        LISTS.replace(".toml", ".schema.json"): _lists(),
        FIELDS.replace(".toml", ".schema.json"): _fields(offered),
    }


class _Offered:
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
    def _one_of(names: Iterable[str]) -> Schema:
        return {"anyOf": [{"enum": sorted(names)}, {"type": "string"}]}

    def put_into(self, definitions: Mapping[str, Schema]) -> None:
        """Offer the names at every key where one can stand."""
        for schema in definitions.values():
            for key, offer in self.by_key.items():
                if key in schema.get("properties", {}):
                    schema["properties"][key] |= offer
                    schema["properties"][key].pop("type", None)


class _Written(GenerateJsonSchema):
    """Makes a schema of a model with what its docstrings say of it; TOML has no null."""

    def model_schema(self, schema: Any) -> Schema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of a model."""
        made: Schema = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        said = {name: text for base in reversed(model.__mro__) for name, text in _attributes(base)}
        for name, one in made.get("properties", {}).items():
            if name in said:
                one["description"] = said[name]
            if name == "name":
                one["pattern"] = NAME
            if "const" in one and name not in (required := made.setdefault("required", [])):
                required.append(name)  # says which model it is: a default there, but always written
            if one.get("default") in _IDLE:
                one.pop("default", None)
        made["description"] = inspect.cleandoc(model.__doc__ or "").split("\n\n")[0]
        return made

    def nullable_schema(self, schema: Any) -> Schema:  # noqa: ANN401 - pydantic's own dict
        """Return the schema of what may be left out."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own dict
        """Return that a key needs no title besides itself."""
        return False


def _attributes(model: type) -> Iterable[tuple[str, str]]:
    """Return what a class's own docstring says of its attributes."""
    _, _, listed = inspect.cleandoc(model.__dict__.get("__doc__") or "").partition("Attributes:\n")
    return [(name, " ".join(text.split())) for name, text in _ATTRIBUTE.findall(listed)]


def _of(model: type[BaseModel]) -> Schema:
    made: Schema = _without_discriminators(model.model_json_schema(schema_generator=_Written))
    return made


def _without_discriminators(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema without what only OpenAPI knows."""
    if isinstance(node, dict):
        return {key: _without_discriminators(one) for key, one in node.items() if key != "discriminator"}
    return [_without_discriminators(one) for one in node] if isinstance(node, list) else node


def _top(schema: Schema, title: str) -> Schema:
    return {"$schema": DIALECT, **schema, "title": title}


def _sheet(offered: _Offered) -> Schema:
    schema, variant = _of(Template), _of(Variant)
    definitions = schema["$defs"]
    matrix = definitions[MatrixBlock.__name__]["properties"]
    for resolved in ("cell_fields", "parts"):  # the project's own columns, which nobody writes
        matrix.pop(resolved)
    definitions[SHARED] = _any_field(definitions)
    definitions[FIELD] = {"oneOf": [_ref(SHARED), *(_ref(kind.__name__) for kind in KINDS)]}
    for block in definitions.values():
        for part in ("fields", "after"):
            if part in block.get("properties", {}):
                block["properties"][part]["items"] = _ref(FIELD)
    definitions["Variant"] = _variant(variant, definitions)
    schema["properties"]["variants"] = {
        "description": "Variants of the sheet by name: fields added, dropped, renamed or in another order.",
        "type": "object",
        "propertyNames": {"pattern": NAME},
        "additionalProperties": _ref("Variant"),
    }
    offered.put_into(definitions)
    return _top(schema, "A sheet")


def _ref(name: str) -> Schema:
    return {"$ref": REF + name}


def _any_field(definitions: Mapping[str, Schema]) -> Schema:
    """Return the schema of a field that takes over a shared one: any key of any kind may be written."""
    properties: dict[str, Schema] = {"use": {"description": "Name of the shared field that it takes over."}}
    for kind in KINDS:
        for name, one in definitions[kind.__name__]["properties"].items():
            if name in properties and _meant(properties[name]) != _meant(one):
                known = properties[name].get("anyOf") or [properties[name]]
                fresh = [] if _meant(one) in map(_meant, known) else [one]
                properties[name] = {"anyOf": [*known, *fresh]}
            else:
                properties.setdefault(name, dict(one))
    words = [get_args(kind.model_fields["kind"].annotation)[0] for kind in KINDS]
    properties["kind"] = {"enum": words, "description": "Kind of the field; the shared field's own where not given."}
    description = "A shared field of fields.toml, taken over; what is given here takes the place of what stands there."
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        "required": ["use"],
    }


def _meant(schema: Schema) -> Schema:
    """Return what a schema accepts, without what it says of it."""
    return {key: one for key, one in schema.items() if key not in ("description", "default")}


def _variant(variant: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return the schema of a variant: what it adds and changes are fields."""
    variant.pop("$defs", None)
    keys = definitions[SHARED]["properties"]
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


def _pack(offered: _Offered) -> Schema:
    schema = _of(Pack)
    sheets = schema["properties"]["sheets"]
    sheets["items"] = {"anyOf": [offered.sheets, sheets["items"]]}
    return _top(schema, "A pack")


def _lists() -> Schema:
    written, project = _of(ChoiceList), _of(ProjectList)
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
    return _file_of({"anyOf": [_ref("List"), _ref("ProjectList")]}, definitions, "Choice lists by name")


def _fields(offered: _Offered) -> Schema:
    definitions = _of(Template)["$defs"]
    shared = _any_field(definitions)
    shared["properties"].pop("use")
    shared.pop("required")
    shared["description"] = FieldBase.__doc__.split("\n")[0] if FieldBase.__doc__ else ""
    kept = {"LocalizedText": definitions["LocalizedText"], SHARED: shared}
    offered.put_into(kept)
    return _file_of(_ref(SHARED), kept, "Fields that several sheets share, by name")


def _file_of(one: Schema, definitions: Schema, title: str) -> Schema:
    """Return the schema of a file of named tables."""
    names = {"pattern": NAME}
    whole = {"type": "object", "propertyNames": names, "additionalProperties": one, "$defs": definitions}
    return _top(whole, title)
