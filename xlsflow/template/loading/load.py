"""Loads definitions from TOML files and reports the errors in them; the only module that reads definition files.

A folder of definitions has a file for each sheet (`sheets/*.toml`) and each pack (`packs/*.toml`), and `lists.toml`
and `fields.toml`. With several folders, a definition of a later folder replaces one of the same name in an earlier one.
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
from xlsflow.template.figures import TimingRule, with_figures, with_own_limits
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import ChoiceList, fold_text
from xlsflow.template.loading.pack_consistency import pack_errors, reference_errors
from xlsflow.template.loading.shared_files import read_lists, shared_field_errors
from xlsflow.template.loading.sheet_consistency import sheet_errors
from xlsflow.template.loading.source_locations import TomlTable, raw_blocks, raw_parts, resolve_shared_fields
from xlsflow.template.loading.validation_messages import DefinitionError, explain_invalid
from xlsflow.template.loading.variants import apply_variant
from xlsflow.template.model import Pack, SheetUse, Template

LISTS_FILE, FIELDS_FILE = "lists.toml", "fields.toml"


@dataclass(frozen=True)
class Library:
    """The definitions of one or more folders, each loaded when it is first needed.

    Attributes:
        folders: The folders; later ones take precedence.
    """

    folders: tuple[Path, ...]

    def _files(self, kind: str) -> Mapping[str, Path]:
        """Return name -> file; a later folder's file replaces one of the same name in an earlier folder."""
        return {path.stem: path for folder in self.folders for path in sorted((folder / kind).glob("*.toml"))}

    @cached_property
    def sheet_files(self) -> Mapping[str, Path]:
        """Sheet name -> its file."""
        return self._files("sheets")

    @cached_property
    def pack_files(self) -> Mapping[str, Path]:
        """Pack name -> its file."""
        return self._files("packs")

    def _tables(self, file: str) -> Iterator[tuple[Path, TomlTable]]:
        """Yield the path and content of a file in each folder that has it."""
        for folder in self.folders:
            path = folder / file
            if path.is_file():
                yield path, self._content(path)

    # The class is frozen, so what it has loaded grows in dicts, each made once by a cached property.
    @cached_property
    def _contents(self) -> dict[Path, TomlTable]:
        return {}

    def _parsed(self, path: Path) -> TomlTable:
        """Return a file's content, parsed once because parsing dominates loading time; callers must not change it."""
        if path not in self._contents:
            self._contents[path] = _read_toml(path)
        return self._contents[path]

    def _content(self, path: Path) -> TomlTable:
        """Return a copy of a file's content that the caller may change."""
        return _copy_table(self._parsed(path))

    @cached_property
    def _lists(self) -> tuple[Mapping[str, ChoiceList], Mapping[str, LocalizedText]]:
        all_lists: dict[str, ChoiceList] = {}
        all_project_lists: dict[str, LocalizedText] = {}
        for path, raw in self._tables(LISTS_FILE):
            lists, project_lists, errors = read_lists(raw)
            for at, why in errors:
                # Only the first: who wants them all asks `errors_in`.
                raise TemplateError(path, at, why)
            all_lists |= lists
            all_project_lists |= project_lists
        return all_lists, all_project_lists

    @property
    def lists(self) -> Mapping[str, ChoiceList]:
        """The choice lists whose values are part of the definitions."""
        return self._lists[0]

    @property
    def project_lists(self) -> Mapping[str, LocalizedText]:
        """Name -> title of the choice lists whose values each project supplies."""
        return self._lists[1]

    @cached_property
    def fields(self) -> Mapping[str, TomlTable]:
        """The shared fields as written in `fields.toml`; a sheet includes one with `use`."""
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
        """Return the definition of a sheet, or of a variant of it; its texts hold the figures that its author wrote.

        Raises:
            TemplateError: There is no such sheet, or its file has an error (the first one is raised).
        """
        if (name, variant) not in self._by_itself:
            self._by_itself[name, variant] = with_figures(self._definition(name, variant), {}, {})
        return self._by_itself[name, variant]

    @cached_property
    def _by_itself(self) -> dict[tuple[str, str], Template]:
        return {}

    def _definition(self, name: str, variant: str) -> Template:
        """Return the definition of a sheet with the figures in its texts still to be filled in.

        Raises:
            TemplateError: There is no such sheet, or its file has an error (the first one is raised).
        """
        if (name, variant) not in self._loaded:
            if name not in self.sheet_files:
                raise NoSuchTemplate(
                    name, LocalizedText("没有叫“{name}”的表", "There is no sheet “{name}”"), self.sheet_files
                )
            template, errors = self._read_sheet(self.sheet_files[name], variant)
            for error in errors:
                raise error
            assert template is not None  # _read_sheet returns a template or at least one error
            self._loaded[name, variant] = template
        return self._loaded[name, variant]

    def errors_in(self, path: Path, variant: str | None = None) -> Iterator[TemplateError]:
        """Yield every error in a definition file: a sheet, a pack, `lists.toml` or `fields.toml`.

        Args:
            path: The file.
            variant: Name of a variant to check; "" for the sheet without variant, None for the sheet and all variants.
        """
        try:
            raw = _read_toml(path)
            if path.name == LISTS_FILE:
                yield from (TemplateError(path, at, why) for at, why in read_lists(raw)[2])
            elif path.name == FIELDS_FILE:
                yield from (TemplateError(path, at, why) for at, why in shared_field_errors(raw))
            # A pack outside a `packs` folder, such as a file still being written, is recognised by its content.
            elif path.parent.name == "packs" or ("sheets" in raw and "blocks" not in raw):
                yield from self._pack_errors(path)
            else:
                yield from self._sheet_errors(path, raw, variant)
        except TemplateError as error:
            yield error

    def _sheet_errors(self, path: Path, raw: TomlTable, variant: str | None) -> Iterator[TemplateError]:
        if variant is not None:
            yield from self._read_sheet(path, variant)[1]
            return
        errors = self._read_sheet(path, "")[1]
        yield from errors
        variants = raw.get("variants")
        for name in variants if isinstance(variants, dict) else ():
            for error in self._read_sheet(path, name)[1]:
                if error.at.startswith("variants."):
                    yield error
                elif not errors:  # otherwise each error of the sheet itself would be repeated for every variant
                    yield TemplateError(error.file, error.at, f"{error.why} (in the variant {name!r})")

    def _read_sheet(self, path: Path, variant: str) -> tuple[Template | None, list[TemplateError]]:
        """Return a sheet's definition (None if invalid) and its errors."""
        raw, variant_errors = apply_variant(self._content(path), variant)
        sources, use_errors = resolve_shared_fields(raw, self.fields)
        errors = [TemplateError(path, at, why) for at, why in (*variant_errors, *use_errors)]
        template: Template | None = None
        try:
            template = Template.model_validate(raw)
            # After an error in a variant or a `use`, whatever refers to the fields concerned would be an error too.
            more = self._consistency_errors(template, path) if not errors else ()
        except ValidationError as invalid:
            more = explain_invalid(invalid, Template)
        for at, why in more:
            is_shared, key_path = sources.locate(at)
            file = self._field_files[key_path.split(".", maxsplit=1)[0]] if is_shared else path
            errors.append(TemplateError(file, key_path, why))
        return template, errors

    def _consistency_errors(self, template: Template, path: Path) -> Iterator[DefinitionError]:
        yield from sheet_errors(template, self.lists, self.project_lists)
        yield from reference_errors(template, self.sheet_files, self._field_names)
        if template.name != path.stem:
            yield "name", f"the file of sheet {template.name!r} must be {template.name}.toml"

    def _field_names(self, sheet: str) -> Mapping[str, Iterable[str]]:
        """Return block -> field names of a sheet, read from its file without validation."""
        # Validating the other sheet here would not end where two sheets refer to each other.
        return {
            str(block.get("name")): [
                str(field.get("name") or field.get("use"))
                for part in ("fields", "after")
                for field in raw_parts(block, part)
            ]
            for block in raw_blocks(self._parsed(self.sheet_files[sheet]))
        }

    def variants(self, name: str) -> tuple[str, ...]:
        """Return the names of a sheet's variants."""
        variants = self._parsed(self.sheet_files[name]).get("variants")
        return tuple(variants) if isinstance(variants, dict) else ()

    def pack(self, name: str) -> Pack:
        """Return the definition of a pack, given its name, its title or its label in the project workbook.

        Raises:
            TemplateError: There is no such pack, or its file has an error.
        """
        if name not in self.pack_files:
            name = self._pack_titled(name)
        if name not in self._packs:
            pack, errors = self._read_pack(self.pack_files[name])
            for error in errors:
                raise error
            assert pack is not None
            self._packs[name] = pack
        return self._packs[name]

    def _pack_titled(self, title: str) -> str:
        """Return the name of the pack with a title or label, in either language.

        Raises:
            NoSuchTemplate: There is none.
        """
        packs = {name: self._read_pack(path)[0] for name, path in self.pack_files.items()}
        titles = {name: pack.title for name, pack in packs.items() if pack}
        # The project workbook chooses a pack from a list, which is known by its codes: most of them are packs.
        labels = {
            choice.code: choice.label
            for choices in self.lists.values()
            if 2 * sum(choice.code in packs for choice in choices.values) > len(choices.values)
            for choice in choices.values
            if choice.code in packs
        }
        for name, text in (*labels.items(), *titles.items()):
            if fold_text(title) in map(fold_text, text.both()):
                return name
        why = LocalizedText("没有叫“{name}”的模板包", "There is no pack “{name}”")
        raise NoSuchTemplate(title, why, packs, titles=titles | labels)

    def has_flag(self, pack: str, flag: str) -> bool:
        """Return whether a pack sets a flag (`setup`, `default`), without validating the rest of its file.

        Raises:
            TemplateError: The file is not TOML.
        """
        return self._parsed(self.pack_files[pack]).get(flag) is True

    @cached_property
    def _packs(self) -> dict[str, Pack]:
        return {}

    def _read_pack(self, path: Path) -> tuple[Pack | None, list[TemplateError]]:
        """Return a pack's definition (None if invalid) and the errors in its own file."""
        try:
            pack = Pack.model_validate(self._parsed(path))
        except ValidationError as invalid:
            return None, [TemplateError(path, at, why) for at, why in explain_invalid(invalid, Pack)]
        errors: list[DefinitionError] = []
        if pack.name != path.stem:
            errors.append(("name", f"the file of pack {pack.name!r} must be {pack.name}.toml"))
        numbered = [(f"sheets[{number}]", use) for number, use in enumerate(pack.sheets)]
        for at, use in (*numbered, *((f"optional[{number}]", use) for number, use in enumerate(pack.optional))):
            if use.template not in self.sheet_files:
                errors.append((at, f"there is no sheet {use.template!r}{did_you_mean(use.template, self.sheet_files)}"))
            elif use.variant and use.variant not in (known := self.variants(use.template)):
                near = did_you_mean(use.variant, known)
                errors.append((at, f"sheet {use.template!r} has no variant {use.variant!r}{near}"))
        return pack, [TemplateError(path, at, why) for at, why in errors]

    def _pack_errors(self, path: Path) -> Iterator[TemplateError]:
        pack, errors = self._read_pack(path)
        yield from errors
        if pack is None or errors:
            return
        found: list[tuple[str, str]] = []
        # Whatever a project adds must fit too.
        whole = pack.with_optional({use.template for use in pack.optional})
        for variety in (pack, whole) if pack.optional else (pack,):
            templates: list[Template] = []
            for use in variety.sheets:
                try:
                    templates.append(self._definition(use.template, use.variant))
                except TemplateError as error:
                    yield error
            if len(templates) == len(variety.sheets):
                found += pack_errors(variety, templates)
        yield from (TemplateError(path, at, why) for at, why in dict.fromkeys(found))

    def sheets(self, pack: Pack, scope: Scope) -> tuple[Template, ...]:
        """Return a pack's sheets in order, with the project columns in place.

        Raises:
            TemplateError: A sheet has an error, or the sheets conflict with each other.
        """
        templates = [self._definition(sheet.template, sheet.variant) for sheet in pack.sheets]
        for at, why in pack_errors(pack, templates):
            raise TemplateError(self.pack_files.get(pack.name, pack.name), at, why)
        settings, timing = {**pack.settings, **scope.settings}, with_own_limits(pack.timing, scope.timing)
        return tuple(with_figures(template, settings, timing).resolved(scope) for template in templates)

    def scope(
        self,
        project_lists: Mapping[str, ChoiceList] | None = None,
        settings: Mapping[str, float] | None = None,
        timing: Mapping[str, TimingRule] | None = None,
    ) -> Scope:
        """Return the lists and figures of a project; project lists that are not given are empty."""
        empty = {name: ChoiceList(name=name, title=title, values=()) for name, title in self.project_lists.items()}
        return Scope({**self.lists, **empty, **(project_lists or {})}, settings or {}, timing or {})

    def template_for(self, sheet: SheetUse) -> Template:
        """Return the template that a pack refers to."""
        return self.template(sheet.template, sheet.variant)


def _read_toml(path: Path) -> TomlTable:
    """Return the content of a TOML file.

    Raises:
        TemplateError: The file is not TOML, not UTF-8, or cannot be read.
    """
    try:
        return tomli.loads(path.read_bytes().decode("utf-8-sig"))  # Notepad writes a byte order mark
    except tomli.TOMLDecodeError as error:
        raise TemplateError(path, "", f"this is not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise TemplateError(path, "", "the file is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise TemplateError(path, "", f"the file cannot be read: {error.strerror}") from error


def _copy_table(raw: TomlTable) -> TomlTable:
    """Return a deep copy of a table; TOML has no cycles, so this takes a fifth of the time of `copy.deepcopy`."""
    return {key: value if isinstance(value, str) else _copy_value(value) for key, value in raw.items()}


def _copy_value(value: Any) -> Any:  # noqa: ANN401 - what TOML can hold
    if isinstance(value, dict):
        return _copy_table(value)
    return [_copy_value(item) for item in value] if isinstance(value, list) else value


def load_library(folders: Iterable[Path]) -> Library:
    """Return the library of definitions in some folders.

    Raises:
        TemplateError: A folder does not exist.
    """
    paths = tuple(folders)
    for folder in paths:
        if not folder.is_dir():
            raise NoSuchTemplate(
                folder, LocalizedText("找不到模板文件夹 {name}", "The template folder {name} does not exist")
            )
    return Library(paths)
