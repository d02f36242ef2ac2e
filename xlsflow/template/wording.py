"""What pydantic says of a wrong definition, said as one sentence with a key path and a did-you-mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from xlsflow.errors import TemplateError, did_you_mean
from xlsflow.template.kinds import KINDS
from xlsflow.template.rules import RULES

Loc = tuple[int | str, ...]


def _tags() -> dict[str, type[BaseModel]]:
    """Return every word that can stand after `kind`, `rule` or `type`, with the model it stands for."""
    from xlsflow.template.model import Block  # noqa: PLC0415 - model.py is above the kinds and rules, beside this

    blocks = get_args(get_args(Block)[0])
    tags: dict[str, type[BaseModel]] = {}
    for key, models in (("kind", KINDS), ("rule", RULES), ("type", blocks)):
        for model in models:
            tags[get_args(model.model_fields[key].annotation)[0]] = model
    return tags


def key_path(loc: Loc) -> str:
    """Return a location as an author writes it: `blocks[1].fields[3].kind`."""
    tags = _tags()
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part not in tags and not part.endswith("()"):
            text += f".{part}" if text else part
    return text


def explain(wrong: ValidationError, path: Path, model: type[BaseModel], above: Loc = ()) -> Iterator[TemplateError]:
    """Yield each of pydantic's complaints as the author's mistake, in his own terms."""
    for complaint in wrong.errors(include_url=False):
        loc: Loc = (*above, *complaint["loc"])
        yield TemplateError(path, key_path(loc), _sentence(complaint, loc, model))


def _sentence(complaint: Any, loc: Loc, model: type[BaseModel]) -> str:  # noqa: ANN401 - pydantic's own dict
    context = complaint.get("ctx", {})
    match complaint["type"]:
        case "extra_forbidden":
            known = _known_keys(loc, model)
            return f"there is no key {loc[-1]!r} here{did_you_mean(str(loc[-1]), known)}"
        case "unexpected_keyword_argument":
            return f"there is no key {loc[-1]!r} here; a text has zh and en"
        case "missing" | "missing_argument":
            return "this is missing"
        case "union_tag_invalid":
            tag = str(context["tag"])
            known = [t.strip("' ") for t in str(context["expected_tags"]).split(",")]
            return f"there is no {context['discriminator']} {tag!r}{did_you_mean(tag, known)}; known are {', '.join(known)}"
        case "union_tag_not_found":
            return f"{context['discriminator']} is missing"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"{complaint['input']!r} is not possible here; it can be {context['expected']}"
    return f"{complaint['msg'][:1].lower()}{complaint['msg'][1:]}, not {complaint['input']!r}"


def _known_keys(loc: Loc, model: type[BaseModel]) -> list[str]:
    """Return the keys that may stand where an unknown one was found."""
    tags = _tags()
    for part in reversed(loc[:-1]):
        if isinstance(part, str) and part in tags:
            return [*tags[part].model_fields, "use"]
    parts = [part for part in loc[:-1] if isinstance(part, str)]
    current = model
    for part in parts:
        nested = [t for t in _models_in(current.model_fields[part].annotation)] if part in current.model_fields else []
        if not nested:
            break
        current = nested[0]
    return list(current.model_fields)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
