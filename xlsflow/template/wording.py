"""What pydantic says of a wrong definition, said as one sentence with a key path and a did-you-mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from xlsflow.errors import did_you_mean
from xlsflow.template.kinds import KINDS
from xlsflow.template.lists import Choice
from xlsflow.template.rules import RULES
from xlsflow.words import LANGS, Words

Loc = tuple[int | str, ...]
Fault = tuple[str, str]
"""Key path, and why."""
MISSING = "this is missing"
SORTS = ("kind", "rule", "type")
"""Keys whose word says which other keys there are."""


def _tags() -> dict[str, type[BaseModel]]:
    """Return every word that can stand after `kind`, `rule` or `type`, with the model it stands for."""
    from xlsflow.template.model import Block  # noqa: PLC0415 - model.py is above the kinds and rules, beside this

    blocks = get_args(get_args(Block)[0])
    tags: dict[str, type[BaseModel]] = {}
    for key, models in zip(SORTS, (KINDS, RULES, blocks), strict=True):
        for model in models:
            tags[get_args(model.model_fields[key].annotation)[0]] = model
    return tags


def key_path(loc: Loc) -> str:
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


def explain(wrong: ValidationError, model: type[BaseModel], above: Loc = ()) -> Iterator[Fault]:
    """Yield each of pydantic's complaints as the author's mistake, in his own terms."""
    for complaint in wrong.errors(include_url=False):
        loc: Loc = complaint["loc"]
        why, key = _sentence(complaint, loc, model)
        yield key_path((*above, *loc, *key)), why


def _sentence(complaint: Any, loc: Loc, model: type[BaseModel]) -> tuple[str, Loc]:  # noqa: ANN401 - pydantic's own dict
    """Return why something is wrong, and the key that its location lacks."""
    context = complaint.get("ctx", {})
    match complaint["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return no_key(str(loc[-1]), known_keys(loc[:-1], model)), ()
        case "missing" | "missing_argument":
            return MISSING, ()
        case "union_tag_invalid" | "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return (_no_such(key, context) if "tag" in context else MISSING), (key,)
        case "value_error":
            return str(context["error"]), ()
        case "literal_error":
            return _not_possible(complaint["input"], str(context["expected"])), ()
        case "too_short":
            return "this is empty; give at least one", ()
    said = str(complaint["msg"]).removeprefix("Input ")
    return said if isinstance(complaint["input"], dict | list) else f"{complaint['input']!r}: {said}", ()


def _no_such(key: str, context: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    tag, known = str(context["tag"]), re.findall(r"'(\w+)'", str(context["expected_tags"]))
    return f"there is no {key} {tag!r}{did_you_mean(tag, known)}; known are {', '.join(known)}"


def _not_possible(found: object, expected: str) -> str:
    known = re.findall(r"'([^']+)'", expected)
    return f"{found!r} is not possible here{did_you_mean(str(found), known)}; it can be {', '.join(known)}"


def no_key(key: str, known: Iterable[str]) -> str:
    """Return that a key has no place among the known ones."""
    return f"there is no key {key!r} here{did_you_mean(key, known)}"


def _discriminator(context: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    return str(context["discriminator"]).strip("'")


def known_keys(loc: Loc, model: type[BaseModel]) -> list[str]:
    """Return the keys that may stand at a location inside a model."""
    tags = _tags()
    current: object = model
    before: int | str = ""
    for part in loc:
        if isinstance(before, int) and part in tags:
            current = tags[str(part)]
        elif isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(part)
            current = _inside(field.annotation) if field else None
        before = part
    if current is Words:
        return [*LANGS]
    if current is Choice:  # its label is written as zh and en
        return [*LANGS, *Choice.model_fields]
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [*current.model_fields, *(["use"] if current in KINDS else [])]


def _inside(annotation: object) -> object:
    """Return the model, or the words, that an annotation is about."""
    if isinstance(annotation, type) and (annotation is Words or issubclass(annotation, BaseModel)):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _inside(argument))), None)
