"""TOML -> definitions, or every mistake of their author with its place. Nobody else knows the syntax.

A folder of definitions holds `sheets/*.toml` (one a sheet), `packs/*.toml` (one a pack), `lists.toml` and `fields.toml`. Several folders
may be given: what a later one defines takes the place of an earlier one's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from xlsflow.errors import TemplateError, did_you_mean
from xlsflow.template.consistency import faults
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import ChoiceList
from xlsflow.template.model import Pack, SheetUse, Template
from xlsflow.template.variants import vary
from xlsflow.template.wording import explain
from xlsflow.words import Words

Raw = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Library:
    """The definitions of one or more folders; each is read when it is first asked for.

    Attributes:
        folders: Where they lie, the later ones taking precedence.
    """

    folders: tuple[Path, ...]

    def _files(self, kind: str) -> Mapping[str, Path]:
        """Return name -> file; a later folder's file takes the place of an earlier one's of the same name."""
        return {path.stem: path for folder in self.folders for path in sorted((folder / kind).glob("*.toml"))}

    @cached_property
    def sheet_files(self) -> Mapping[str, Path]:
        """Name of a sheet -> its file."""
        return self._files("sheets")

    @cached_property
    def pack_files(self) -> Mapping[str, Path]:
        """Name of a pack -> its file."""
        return self._files("packs")

    def _tables(self, file: str) -> Iterator[tuple[str, Any, Path]]:
        """Yield each top-level table of a file of that name in every folder."""
        for folder in self.folders:
            path = folder / file
            if path.is_file():
                for name, raw in _toml(path).items():
                    yield name, raw, path

    @cached_property
    def _lists(self) -> tuple[Mapping[str, ChoiceList], Mapping[str, Words]]:
        fixed: dict[str, ChoiceList] = {}
        named: dict[str, Words] = {}
        for name, raw, path in self._tables("lists.toml"):
            body = dict(raw) if isinstance(raw, dict) else {}
            if body.pop("project", False):
                named[name] = _validated(_Titled, body, path, (name,)).title
                continue
            body["values"] = [_labelled(value) for value in body.get("values", [])]
            fixed[name] = _validated(ChoiceList, {"name": name, **body}, path, (name,))
        return fixed, named

    @property
    def lists(self) -> Mapping[str, ChoiceList]:
        """The choice lists whose values stand in the definitions."""
        return self._lists[0]

    @property
    def project_lists(self) -> Mapping[str, Words]:
        """The choice lists whose values a project names, with their titles."""
        return self._lists[1]

    @cached_property
    def fields(self) -> Mapping[str, Raw]:
        """The fields that several sheets share, as written; a sheet takes one by `use`."""
        return {name: raw for name, raw, _ in self._tables("fields.toml")}

    @cached_property
    def _loaded(self) -> dict[tuple[str, str], Template]:
        return {}

    def template(self, name: str, variant: str = "") -> Template:
        """Return the definition of a sheet, or of a variant of it.

        Raises:
            TemplateError: There is none of that name, or its file has a mistake (the first is told).
        """
        if (name, variant) not in self._loaded:
            if name not in self.sheet_files:
                raise TemplateError(name, "", f"there is no sheet {name!r}{did_you_mean(name, self.sheet_files)}")
            path = self.sheet_files[name]
            for mistake in self.mistakes(path, variant):
                raise mistake
        return self._loaded[name, variant]

    def mistakes(self, path: Path, variant: str = "") -> Iterator[TemplateError]:
        """Yield every mistake in a sheet's file; where there is none, the template is loaded."""
        try:
            raw = vary(_toml(path), variant, path)
            template = Template.model_validate(self._with_shared_fields(raw, path))
        except ValidationError as wrong:
            yield from explain(wrong, path, Template)
            return
        except TemplateError as wrong:
            yield wrong
            return
        found = [TemplateError(path, at, why) for at, why in faults(template, self.lists, self.project_lists)]
        if template.name != path.stem:
            found.append(
                TemplateError(path, "name", f"the file of sheet {template.name!r} must be {template.name}.toml")
            )
        yield from found
        if not found:
            self._loaded[template.name, variant] = template

    def variants(self, name: str) -> tuple[str, ...]:
        """Return the variants that a sheet has."""
        return tuple(_toml(self.sheet_files[name]).get("variants", {}))

    def _with_shared_fields(self, raw: Raw, path: Path) -> Raw:
        """Return a raw sheet with every `use` replaced by the shared field that it names."""
        for place, block in enumerate(raw.get("blocks", [])):
            for part in ("fields", "after"):
                for number, field in enumerate(block.get(part, []) if isinstance(block, dict) else []):
                    shared = field.pop("use", None)
                    if shared is None:
                        continue
                    if shared not in self.fields:
                        at = f"blocks[{place}].{part}[{number}].use"
                        why = f"there is no shared field {shared!r}{did_you_mean(str(shared), self.fields)}"
                        raise TemplateError(path, at, why)
                    block[part][number] = {"name": shared, **self.fields[shared], **field}
        return raw

    def pack(self, name: str) -> Pack:
        """Return the definition of a pack.

        Raises:
            TemplateError: There is none of that name, or its file has a mistake.
        """
        if name not in self.pack_files:
            raise TemplateError(name, "", f"there is no pack {name!r}{did_you_mean(name, self.pack_files)}")
        path = self.pack_files[name]
        pack = _validated(Pack, _toml(path), path, ())
        if pack.name != path.stem:
            raise TemplateError(path, "name", f"the file of pack {pack.name!r} must be {pack.name}.toml")
        for number, use in enumerate(pack.sheets):
            if use.template not in self.sheet_files:
                why = f"there is no sheet {use.template!r}{did_you_mean(use.template, self.sheet_files)}"
                raise TemplateError(path, f"sheets[{number}]", why)
        return pack

    def sheets(self, pack: Pack, scope: Scope) -> tuple[Template, ...]:
        """Return a pack's sheets in order, with the project's own columns in place."""
        return tuple(self.use(sheet).resolved(scope) for sheet in pack.sheets)

    def scope(
        self, project_lists: Mapping[str, ChoiceList] | None = None, settings: Mapping[str, float] | None = None
    ) -> Scope:
        """Return what definitions are resolved against; a list that no project has filled is there, but empty."""
        empty = {name: ChoiceList(name=name, title=title, values=()) for name, title in self.project_lists.items()}
        return Scope({**self.lists, **empty, **(project_lists or {})}, settings or {})

    def use(self, sheet: SheetUse) -> Template:
        """Return the template that a pack names."""
        return self.template(sheet.template, sheet.variant)


class _Titled(BaseModel, extra="forbid"):
    title: Words


def _labelled(value: object) -> object:
    """Return a choice with its `zh` and `en` gathered as the label: lists are written short."""
    if isinstance(value, dict) and "label" not in value:
        rest = {key: v for key, v in value.items() if key not in ("zh", "en")}
        return {**rest, "label": {key: value[key] for key in ("zh", "en") if key in value}}
    return value


def _toml(path: Path) -> Raw:
    """Return a TOML file's content.

    Raises:
        TemplateError: It is not TOML, or not UTF-8.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise TemplateError(path, "", f"this is not valid TOML: {wrong}") from wrong
    except UnicodeDecodeError as wrong:
        raise TemplateError(path, "", "the file is not UTF-8 text; save it as UTF-8") from wrong
    except OSError as wrong:
        raise TemplateError(path, "", f"the file cannot be read: {wrong.strerror}") from wrong


def _validated(model: type[Model], raw: Raw, path: Path, at: tuple[str, ...]) -> Model:
    """Return a definition, or raise the first thing that is wrong with it."""
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        for mistake in explain(wrong, path, model, at):
            raise mistake from wrong
        raise


def load_library(folders: Iterable[Path]) -> Library:
    """Return the library of some folders.

    Raises:
        TemplateError: A folder is not there.
    """
    found = tuple(folders)
    for folder in found:
        if not folder.is_dir():
            raise TemplateError(folder, "", "there is no such folder of templates")
    return Library(found)
