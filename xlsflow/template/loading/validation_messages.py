"""Translates pydantic's validation errors of a definition into sentences with key path and suggestion."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.i18n import LANGS, LocalizedText
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.lists import Choice
from xlsflow.template.rules import RULE_TYPES

_Loc = tuple[int | str, ...]
DefinitionError = tuple[str, str]
"""An error in a definition: key path and reason."""
KEY_MISSING = "this is missing"
# Known keys are listed in a message only if there are no more than this.
_MAX_LISTED_KEYS = 10
# Keys whose value selects the model: discriminators of pydantic's tagged unions.
_TAG_KEYS = ("kind", "rule", "type")


def _tags() -> dict[str, type[BaseModel]]:
    """Return every value of `kind`, `rule` and `type` with the model that it selects."""
    from xlsflow.template.model import Block  # noqa: PLC0415 - avoids an import cycle

    blocks = get_args(get_args(Block)[0])
    tags: dict[str, type[BaseModel]] = {}
    for key, models in zip(_TAG_KEYS, (KIND_TYPES, RULE_TYPES, blocks), strict=True):
        for model in models:
            tags[get_args(model.model_fields[key].annotation)[0]] = model
    return tags


def _key_path(loc: _Loc) -> str:
    """Return the key path of a pydantic location as an author writes it: `blocks[1].fields[3].kind`."""
    tags = _tags()
    text = ""
    before: int | str = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
            before = part
            continue
        # pydantic inserts the tag of a union after an index, and names of validators such as `function-after[...]`.
        is_inserted = (isinstance(before, int) and part in tags) or part.endswith("]")
        if not is_inserted:
            text += f".{part}" if text else part
        before = part
    return text


def explain_invalid(invalid: ValidationError, model: type[BaseModel], above: _Loc = ()) -> Iterator[DefinitionError]:
    """Yield the errors of a definition as key path and sentence.

    Args:
        invalid: What pydantic reports.
        model: The model that was validated.
        above: Key path of the validated value in its file.
    """
    for detail in invalid.errors(include_url=False):
        loc: _Loc = detail["loc"]
        # pydantic drops invalid items of a list and then finds it too short; the items are reported already.
        if detail["type"] == "too_short" and detail["input"]:
            continue
        why, key = _sentence(detail, loc, model)
        yield _key_path((*above, *loc, *key)), why


def _sentence(detail: Any, loc: _Loc, model: type[BaseModel]) -> tuple[str, _Loc]:  # noqa: ANN401 - pydantic's own dict
    """Return the sentence for an error, and the missing key that its location does not include."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return unknown_key(str(loc[-1]), _known_keys(loc[:-1], model)), ()
        case "missing" | "missing_argument":
            return KEY_MISSING, ()
        case "union_tag_invalid" | "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return (_unknown_tag(key, context) if "tag" in context else KEY_MISSING), (key,)
        case "value_error":
            return str(context["error"]), ()
        case "literal_error":
            return _not_allowed(detail["input"], str(context["expected"])), ()
        case "too_short":
            return "this is empty; give at least one", ()
    sentence = _SENTENCES.get(detail["type"]) or str(detail["msg"]).removeprefix("Input ")
    return sentence if isinstance(detail["input"], dict | list) else f"{detail['input']!r}: {sentence}", ()


# Type of pydantic error -> sentence, where pydantic's own message uses Python terms.
_SENTENCES: Mapping[str, str] = {
    "string_too_short": "a text must not be blank",
    "dataclass_type": "should be a text in both languages, { zh = ..., en = ... }",
    "tuple_type": "should be a list, [...]",
    "model_type": "should be a table, { ... }",
    "mapping_type": "should be a table, { ... }",
    "dict_type": "should be a table, { ... }",
    "string_type": "should be a text",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_parsing": "should be a number",
}


def _unknown_tag(key: str, context: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    tag, known = str(context["tag"]), re.findall(r"'(\w+)'", str(context["expected_tags"]))
    return f"there is no {key} {tag!r}{did_you_mean(tag, known)}; known are {', '.join(known)}"


def _not_allowed(found: object, expected: str) -> str:
    known = [word for word in re.findall(r"'([^']*)'", expected) if word]
    return f"{found!r} is not possible here{did_you_mean(str(found), known)}; it can be {', '.join(known)}"


def unknown_key(key: str, known: Collection[str]) -> str:
    """Return the message for a key that the model does not have."""
    suggestion = did_you_mean(key, known)
    listed = f"; known are {', '.join(known)}" if not suggestion and 0 < len(known) <= _MAX_LISTED_KEYS else ""
    return f"there is no key {key!r} here{suggestion}{listed}"


def _known_keys(loc: _Loc, model: type[BaseModel]) -> list[str]:
    """Return the keys that are valid at a location inside a model."""
    current: object = model
    for part in loc:
        if isinstance(part, int):
            continue
        selected = [candidate for candidate in _models(current) if _tag(candidate) == part]
        if selected:
            current = selected[0]
        elif isinstance(current, type) and issubclass(current, BaseModel) and part in current.model_fields:
            current = current.model_fields[part].annotation
        elif len(inner := list(_models(current))) == 1:  # a table with free keys, such as timing rules
            current = inner[0]
    inner = list(_models(current))
    if inner == [LocalizedText]:
        return [*LANGS]
    if inner == [Choice]:  # in TOML its label is written as the keys zh and en
        return [*LANGS, *Choice.model_fields]
    # `use` is no key of a model: it is replaced by the shared field before the sheet is validated.
    keys = (key for found in inner for key in (*_keys(found), *(["use"] if found in KIND_TYPES else [])))
    return [*dict.fromkeys(keys)]


def _keys(model: type) -> Iterable[str]:
    return model.model_fields if issubclass(model, BaseModel) else ()


def _tag(model: type) -> str | None:
    """Return the value of `kind`, `rule` or `type` that selects a model, None for other models."""
    fields = model.model_fields if issubclass(model, BaseModel) else {}
    return next(
        (str(words[0]) for key in _TAG_KEYS if key in fields and (words := get_args(fields[key].annotation))), None
    )


def _models(annotation: object) -> Iterator[type]:
    """Yield the models, and `LocalizedText`, in a type annotation."""
    if isinstance(annotation, type) and (annotation is LocalizedText or issubclass(annotation, BaseModel)):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
