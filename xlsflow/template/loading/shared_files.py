"""Reads and validates the definitions that sheets share: `lists.toml` and `fields.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.i18n import LANGS, LocalizedText
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.lists import ChoiceList
from xlsflow.template.loading.source_locations import TomlTable
from xlsflow.template.loading.validation_messages import KEY_MISSING, DefinitionError, explain_invalid, unknown_key


class ProjectList(BaseModel):
    """A choice list whose values each project supplies."""

    model_config = ConfigDict(extra="forbid")

    project: bool
    title: LocalizedText


ReadLists = tuple[Mapping[str, ChoiceList], Mapping[str, LocalizedText], list[DefinitionError]]
"""Lists with values, titles of project lists, errors."""


def read_lists(raw: TomlTable) -> ReadLists:
    """Return the lists of a file, the titles of its project lists, and the errors in it."""
    lists: dict[str, ChoiceList] = {}
    project_lists: dict[str, LocalizedText] = {}
    errors: list[DefinitionError] = []
    for name, body in raw.items():
        model: type[BaseModel] = ChoiceList
        try:
            if isinstance(body, dict) and body.get("project"):
                model = ProjectList
                project_lists[name] = ProjectList.model_validate(body).title
            else:
                written = {"name": name, **_with_labels(body)} if isinstance(body, dict) else body
                lists[name] = ChoiceList.model_validate(written)
        except ValidationError as invalid:
            # In the file `zh` and `en` are keys of the value itself; the model has them in `label`.
            errors += [(at.replace("].label.", "]."), why) for at, why in explain_invalid(invalid, model, (name,))]
    return lists, project_lists, errors


def _with_labels(body: TomlTable) -> TomlTable:
    """Return a list whose values have `zh` and `en` moved into `label`, as the model expects them."""
    values = body.get("values")
    return {**body, "values": [_with_label(value) for value in values] if isinstance(values, list) else values}


def _with_label(value: Any) -> Any:  # noqa: ANN401 - anything that TOML can hold
    # Left as it is, so that the model reports it at the key where the author wrote it.
    if not isinstance(value, dict) or "label" in value:
        return value
    rest = {key: content for key, content in value.items() if key not in LANGS}
    return {**rest, "label": {key: value[key] for key in LANGS if key in value}}


def shared_field_errors(raw: TomlTable) -> Iterator[DefinitionError]:
    """Yield the errors in shared fields, missing keys excepted: the sheet that uses a field may add them."""
    kinds = {str(get_args(kind.model_fields["kind"].annotation)[0]): kind for kind in KIND_TYPES}
    for name, field in raw.items():
        if not isinstance(field, dict):
            yield name, "a shared field is a table of its own: [name]"
        # Without a kind, which the sheet then gives, any key that some kind has may be right.
        elif (kind := field.get("kind")) is None:
            known = {key for model in KIND_TYPES for key in model.model_fields}
            yield from ((f"{name}.{key}", unknown_key(key, known)) for key in field if key not in known)
        elif (model := kinds.get(str(kind))) is None:
            near = did_you_mean(str(kind), kinds)
            yield f"{name}.kind", f"there is no kind {kind!r}{near}; known are {', '.join(kinds)}"
        else:
            try:
                model.model_validate({"name": name, **field})
            except ValidationError as invalid:
                errors = explain_invalid(invalid, model, (name,))
                yield from ((at, why) for at, why in errors if why != KEY_MISSING)
