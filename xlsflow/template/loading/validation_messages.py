"""What pydantic says of a wrong definition, said as one sentence with a key path and a did-you-mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.i18n import (
    LANGS,
    LocalizedText,
)
from xlsflow.template.kinds import KIND_TYPES
from xlsflow.template.lists import Choice
from xlsflow.template.rules import RULE_TYPES

_Loc = tuple[int | str, ...]
DefinitionError = tuple[str, str]
"""Key path, and why."""
KEY_MISSING = "this is missing"
_MAX_LISTED_KEYS = 8
"""So many keys are listed where none is near."""
_TAG_KEYS = ("kind", "rule", "type")
"""Keys whose word says which other keys there are."""


def _tags() -> dict[str, type[BaseModel]]:
    """Return every word that can stand after `kind`, `rule` or `type`, with the model it stands for."""
    from xlsflow.template.model import Block  # noqa: PLC0415 - model.py is above the kinds and rules, beside this

    blocks = get_args(get_args(Block)[0])
    tags: dict[str, type[BaseModel]] = {}
    for key, models in zip(_TAG_KEYS, (KIND_TYPES, RULE_TYPES, blocks), strict=True):
        for model in models:
            tags[get_args(model.model_fields[key].annotation)[0]] = model
    return tags


def _key_path(loc: _Loc) -> str:
    """Return a location as an author writes it: `blocks[1].fields[3].kind`."""
    tags = _tags()
    text = ""
    before: int | str = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not (isinstance(before, int) and part in tags) and not part.endswith("]"):  # a tag, a validator's name
            text += f".{part}" if text else part
        before = part
    return text


def explain_invalid(wrong: ValidationError, model: type[BaseModel], above: _Loc = ()) -> Iterator[DefinitionError]:
    """Yield each of pydantic's complaints as the author's mistake, in his own terms."""
    for complaint in wrong.errors(include_url=False):
        loc: _Loc = complaint["loc"]
        if complaint["type"] == "too_short" and complaint["input"]:
            continue  # what is in it is wrong, and has been complained of already
        why, key = _sentence(complaint, loc, model)
        yield _key_path((*above, *loc, *key)), why


def _sentence(complaint: Any, loc: _Loc, model: type[BaseModel]) -> tuple[str, _Loc]:  # noqa: ANN401 - pydantic's own dict
    """Return why something is wrong, and the key that its location lacks."""
    context = complaint.get("ctx", {})
    match complaint["type"]:
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
            return _not_allowed(complaint["input"], str(context["expected"])), ()
        case "too_short":
            return "this is empty; give at least one", ()
    said = _SENTENCES.get(complaint["type"]) or str(complaint["msg"]).removeprefix("Input ")
    return said if isinstance(complaint["input"], dict | list) else f"{complaint['input']!r}: {said}", ()


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
"""Sort of complaint -> what it comes to, where pydantic speaks of Python."""


def _unknown_tag(key: str, context: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    tag, known = str(context["tag"]), re.findall(r"'(\w+)'", str(context["expected_tags"]))
    return f"there is no {key} {tag!r}{did_you_mean(tag, known)}; known are {', '.join(known)}"


def _not_allowed(found: object, expected: str) -> str:
    known = [word for word in re.findall(r"'([^']*)'", expected) if word]
    return f"{found!r} is not possible here{did_you_mean(str(found), known)}; it can be {', '.join(known)}"


def unknown_key(key: str, known: Collection[str]) -> str:
    """Return that a key has no place among the known ones."""
    near = did_you_mean(key, known)
    listed = [*known]
    few = f"; known are {', '.join(listed)}" if not near and 0 < len(listed) <= _MAX_LISTED_KEYS else ""
    return f"there is no key {key!r} here{near}{few}"


def _discriminator(context: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    return str(context["discriminator"]).strip("'")


def _known_keys(loc: _Loc, model: type[BaseModel]) -> list[str]:
    """Return the keys that may stand at a location inside a model."""
    current: object = model
    for part in loc:
        if isinstance(part, int):
            continue
        found = [one for one in _models(current) if _tag(one) == part]
        if found:
            current = found[0]
        elif isinstance(current, type) and issubclass(current, BaseModel) and part in current.model_fields:
            current = current.model_fields[part].annotation
        elif len(inner := list(_models(current))) == 1:  # a table whose keys are names, such as of timing rules
            current = inner[0]
    inner = list(_models(current))
    if inner == [LocalizedText]:
        return [*LANGS]
    if inner == [Choice]:  # its label is written as zh and en
        return [*LANGS, *Choice.model_fields]
    return [*dict.fromkeys(key for one in inner for key in (*_keys(one), *(["use"] if one in KIND_TYPES else [])))]


def _keys(model: type) -> Iterable[str]:
    return model.model_fields if issubclass(model, BaseModel) else ()


def _tag(model: type) -> str | None:
    """Return the word that a model answers to behind `kind`, `rule` or `type`."""
    fields = model.model_fields if issubclass(model, BaseModel) else {}
    return next(
        (str(words[0]) for key in _TAG_KEYS if key in fields and (words := get_args(fields[key].annotation))), None
    )


def _models(annotation: object) -> Iterator[type]:
    """Yield the models, or the words, that an annotation is about."""
    if isinstance(annotation, type) and (annotation is LocalizedText or issubclass(annotation, BaseModel)):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
