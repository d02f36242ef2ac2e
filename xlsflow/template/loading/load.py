"""TOML -> definitions, or every mistake of their author with its place. Nobody else knows the syntax.

A folder of definitions holds `sheets/*.toml` (one a sheet), `packs/*.toml` (one a pack), `lists.toml` and
`fields.toml`. Several folders may be given: what a later one defines takes the place of an earlier one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError

from xlsflow.errors import NoSuchTemplate, TemplateError, did_you_mean
from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import ChoiceList
from xlsflow.template.loading.pack_consistency import (
    pack_errors,
    reference_errors,
)
from xlsflow.template.loading.shared_files import (
    read_lists,
    shared_field_errors,
)
from xlsflow.template.loading.sheet_consistency import sheet_errors
from xlsflow.template.loading.source_locations import (
    TomlTable,
    raw_blocks,
    raw_parts,
    resolve_shared_fields,
)
from xlsflow.template.loading.validation_messages import (
    DefinitionError,
    explain_invalid,
)
from xlsflow.template.loading.variants import apply_variant
from xlsflow.template.model import Pack, SheetUse, Template

LISTS_FILE, FIELDS_FILE = "lists.toml", "fields.toml"


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

    def _tables(self, file: str) -> Iterator[tuple[Path, TomlTable]]:
        """Yield the content of every file of that name."""
        for folder in self.folders:
            path = folder / file
            if path.is_file():
                yield path, self._content(path)

    @cached_property
    def _contents(self) -> dict[Path, TomlTable]:
        return {}

    def _parsed(self, path: Path) -> TomlTable:
        """Return a file's content, which nobody may change: parsing is most of the time of loading, and done once."""
        if path not in self._contents:
            self._contents[path] = _read_toml(path)
        return self._contents[path]

    def _content(self, path: Path) -> TomlTable:
        """Return a file's content for one who changes it."""
        return _copy_table(self._parsed(path))

    @cached_property
    def _lists(self) -> tuple[Mapping[str, ChoiceList], Mapping[str, LocalizedText]]:
        fixed: dict[str, ChoiceList] = {}
        named: dict[str, LocalizedText] = {}
        for path, raw in self._tables(LISTS_FILE):
            lists, project_lists, wrong = read_lists(raw)
            for at, why in wrong:
                raise TemplateError(path, at, why)
            fixed |= lists
            named |= project_lists
        return fixed, named

    @property
    def lists(self) -> Mapping[str, ChoiceList]:
        """The choice lists whose values stand in the definitions."""
        return self._lists[0]

    @property
    def project_lists(self) -> Mapping[str, LocalizedText]:
        """The choice lists whose values a project names, with their titles."""
        return self._lists[1]

    @cached_property
    def fields(self) -> Mapping[str, TomlTable]:
        """The fields that several sheets share, as written; a sheet takes one by `use`."""
        return {
            name: field
            for _, raw in self._tables(FIELDS_FILE)
            for name, field in raw.items()
            if isinstance(field, dict)
        }

    @cached_property
    def _field_files(self) -> Mapping[str, Path]:
        return {name: path for path, raw in self._tables(FIELDS_FILE) for name in raw}

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
                raise NoSuchTemplate(
                    name, LocalizedText("没有叫“{name}”的表", "there is no sheet {name!r}"), self.sheet_files
                )
            template, wrong = self._read_sheet(self.sheet_files[name], variant)
            for mistake in wrong:
                raise mistake
            assert template is not None  # it is there where nothing is wrong
            self._loaded[name, variant] = template
        return self._loaded[name, variant]

    def errors_in(self, path: Path, variant: str | None = None) -> Iterator[TemplateError]:
        """Yield every mistake in a file of definitions: a sheet, a pack, `lists.toml` or `fields.toml`.

        Args:
            path: The file.
            variant: Only this variant of a sheet; the sheet as it is where empty, it and all its variants where None.
        """
        try:
            raw = _read_toml(path)
            if path.name == LISTS_FILE:
                yield from (TemplateError(path, at, why) for at, why in read_lists(raw)[2])
            elif path.name == FIELDS_FILE:
                yield from (TemplateError(path, at, why) for at, why in shared_field_errors(raw))
            elif path.parent.name == "packs" or ("sheets" in raw and "blocks" not in raw):
                yield from self._pack_mistakes(path)
            else:
                yield from self._sheet_mistakes(path, raw, variant)
        except TemplateError as wrong:
            yield wrong

    def _sheet_mistakes(self, path: Path, raw: TomlTable, variant: str | None) -> Iterator[TemplateError]:
        if variant is not None:
            yield from self._read_sheet(path, variant)[1]
            return
        told = self._read_sheet(path, "")[1]
        yield from told
        variants = raw.get("variants")
        for name in variants if isinstance(variants, dict) else ():
            for mistake in self._read_sheet(path, name)[1]:
                if mistake.at.startswith("variants."):
                    yield mistake
                elif not told:  # the sheet is sound without the variant
                    yield TemplateError(mistake.file, mistake.at, f"{mistake.why} (in the variant {name!r})")

    def _read_sheet(self, path: Path, variant: str) -> tuple[Template | None, list[TemplateError]]:
        """Return a sheet's definition, or everything that is wrong with it."""
        raw, wrong = apply_variant(self._content(path), variant)
        found = [TemplateError(path, at, why) for at, why in wrong]
        origins, wrong = resolve_shared_fields(raw, self.fields)
        found += [TemplateError(path, at, why) for at, why in wrong]
        template: Template | None = None
        try:
            template = Template.model_validate(raw)
            said = self._disagreements(template, path) if not found else ()
        except ValidationError as invalid:
            said = explain_invalid(invalid, Template)
        for at, why in said:
            shared, where = origins.locate(at)
            file = self._field_files[where.split(".", maxsplit=1)[0]] if shared else path
            found.append(TemplateError(file, where, why))
        return template, found

    def _disagreements(self, template: Template, path: Path) -> Iterator[DefinitionError]:
        yield from sheet_errors(template, self.lists, self.project_lists)
        yield from reference_errors(template, self.sheet_files, self._names_in)
        if template.name != path.stem:
            yield "name", f"the file of sheet {template.name!r} must be {template.name}.toml"

    def _names_in(self, sheet: str) -> Mapping[str, Iterable[str]]:
        """Return block -> names of its fields, of a sheet as its file has it."""
        return {
            str(block.get("name")): [
                str(field.get("name") or field.get("use"))
                for part in ("fields", "after")
                for field in raw_parts(block, part)
            ]
            for block in raw_blocks(self._parsed(self.sheet_files[sheet]))
        }

    def variants(self, name: str) -> tuple[str, ...]:
        """Return the variants that a sheet has."""
        variants = self._parsed(self.sheet_files[name]).get("variants")
        return tuple(variants) if isinstance(variants, dict) else ()

    def pack(self, name: str) -> Pack:
        """Return the definition of a pack.

        Raises:
            TemplateError: There is none of that name, or its file has a mistake.
        """
        if name not in self._packs:
            if name not in self.pack_files:
                raise NoSuchTemplate(
                    name, LocalizedText("没有叫“{name}”的模板包", "there is no pack {name!r}"), self.pack_files
                )
            pack, wrong = self._read_pack(self.pack_files[name])
            for mistake in wrong:
                raise mistake
            assert pack is not None
            self._packs[name] = pack
        return self._packs[name]

    def has_flag(self, pack: str, flag: str) -> bool:
        """Return whether the definition of a pack sets a flag (`setup`, `default`), without a look at the rest.

        Raises:
            TemplateError: Its file is not TOML.
        """
        return self._parsed(self.pack_files[pack]).get(flag) is True

    @cached_property
    def _packs(self) -> dict[str, Pack]:
        return {}

    def _read_pack(self, path: Path) -> tuple[Pack | None, list[TemplateError]]:
        """Return a pack's definition, or everything that is wrong with it by itself."""
        try:
            pack = Pack.model_validate(self._parsed(path))
        except ValidationError as invalid:
            return None, [TemplateError(path, at, why) for at, why in explain_invalid(invalid, Pack)]
        said = [] if pack.name == path.stem else [("name", f"the file of pack {pack.name!r} must be {pack.name}.toml")]
        for number, use in enumerate(pack.sheets):
            at = f"sheets[{number}]"
            if use.template not in self.sheet_files:
                said.append((at, f"there is no sheet {use.template!r}{did_you_mean(use.template, self.sheet_files)}"))
            elif use.variant and use.variant not in (known := self.variants(use.template)):
                near = did_you_mean(use.variant, known)
                said.append((at, f"sheet {use.template!r} has no variant {use.variant!r}{near}"))
        return pack, [TemplateError(path, at, why) for at, why in said]

    def _pack_mistakes(self, path: Path) -> Iterator[TemplateError]:
        pack, wrong = self._read_pack(path)
        yield from wrong
        if pack is None or wrong:
            return
        templates: list[Template] = []
        for use in pack.sheets:
            try:
                templates.append(self.template_for(use))
            except TemplateError as mistake:
                yield mistake
        if len(templates) == len(pack.sheets):
            yield from (TemplateError(path, at, why) for at, why in pack_errors(pack, templates))

    def sheets(self, pack: Pack, scope: Scope) -> tuple[Template, ...]:
        """Return a pack's sheets in order, with the project's own columns in place.

        Raises:
            TemplateError: A sheet has a mistake, or the sheets do not go together.
        """
        templates = [self.template_for(sheet) for sheet in pack.sheets]
        for at, why in pack_errors(pack, templates):
            raise TemplateError(self.pack_files.get(pack.name, pack.name), at, why)
        return tuple(template.resolved(scope) for template in templates)

    def scope(
        self, project_lists: Mapping[str, ChoiceList] | None = None, settings: Mapping[str, float] | None = None
    ) -> Scope:
        """Return what definitions are resolved against; a list that no project has filled is there, but empty."""
        empty = {name: ChoiceList(name=name, title=title, values=()) for name, title in self.project_lists.items()}
        return Scope({**self.lists, **empty, **(project_lists or {})}, settings or {})

    def template_for(self, sheet: SheetUse) -> Template:
        """Return the template that a pack names."""
        return self.template(sheet.template, sheet.variant)


def _read_toml(path: Path) -> TomlTable:
    """Return a TOML file's content.

    Raises:
        TemplateError: It is not TOML, or not UTF-8.
    """
    try:
        return tomli.loads(path.read_bytes().decode("utf-8-sig"))  # Notepad puts a mark before the first character
    except tomli.TOMLDecodeError as wrong:
        raise TemplateError(path, "", f"this is not valid TOML: {wrong}") from wrong
    except UnicodeDecodeError as wrong:
        raise TemplateError(path, "", "the file is not UTF-8 text; save it as UTF-8") from wrong
    except OSError as wrong:
        raise TemplateError(path, "", f"the file cannot be read: {wrong.strerror}") from wrong


def _copy_table(raw: TomlTable) -> TomlTable:
    """Return what a TOML file holds with tables and arrays of its own: a fifth of the time of `copy.deepcopy`."""
    return {key: value if isinstance(value, str) else _copy_value(value) for key, value in raw.items()}


def _copy_value(value: Any) -> Any:  # noqa: ANN401 - what TOML can hold
    if isinstance(value, dict):
        return _copy_table(value)
    return [_copy_value(one) for one in value] if isinstance(value, list) else value


def load_library(folders: Iterable[Path]) -> Library:
    """Return the library of some folders.

    Raises:
        TemplateError: A folder is not there.
    """
    found = tuple(folders)
    for folder in found:
        if not folder.is_dir():
            raise NoSuchTemplate(folder, LocalizedText("找不到这个模板文件夹", "there is no such folder of templates"))
    return Library(found)
