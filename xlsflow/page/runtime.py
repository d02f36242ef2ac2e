"""The folder of what the page runs on: Pyodide and the time zones as their registries have them, and compiled code.

Files are fetched by the npm and pip clients as they are set up on this computer, and used only if their SHA-256 is that
of the lock.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from xlsflow.errors import InputError
from xlsflow.page.sources import page_sources
from xlsflow.system.atomic_write import make_folder, write_atomically

_HERE = Path(__file__).parent
_COMPILED, _COMPILED_FROM = "compiled.zip", "compiled.txt"
_LOADER, _ENGINE, _WASM = "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm"
_FOR_NODE = "pyodide.mjs"
_STANDARD_LIBRARY, _LOCK = "python_stdlib.zip", "pyodide-lock.json"
# What only a module may say -> what a script says instead; nothing is fetched from that address.
_OF_MODULES = (("export default _createPyodideModule", ""), ("import.meta.url", '"https://page.invalid/"'))
_PRODUCTS: Mapping[str, str] = {"npm": "Node.js", "node": "Node.js", "pip": "Python"}
_LONGEST_REASON = 300
_PATIENCE = 600.0  # seconds for a download over a slow line


@dataclass(frozen=True)
class LockedFile:
    """One file of the runtime that comes from a registry.

    Attributes:
        client: What fetches it, `npm` or `pip`.
        name: Its package.
        version: The version.
        file: Its name.
        sha256: The digest that it must have.
    """

    client: str
    name: str
    version: str
    file: str
    sha256: str

    def is_in(self, folder: Path) -> bool:
        """Return whether a folder has the file, as it is locked."""
        path = folder / self.file
        return path.is_file() and sha256(path.read_bytes()).hexdigest() == self.sha256


def locked_files() -> tuple[LockedFile, ...]:
    """Return what the lock lists."""
    return tuple(LockedFile(**entry) for entry in json.loads((_HERE / "lock.json").read_text("utf-8")))


@dataclass(frozen=True)
class Runtime:
    """A folder with everything that the page runs on.

    Attributes:
        folder: The folder.
    """

    folder: Path

    def verify(self) -> None:
        """Raise where the folder is not what this version of xlsflow needs.

        Raises:
            InputError: A file is missing or altered, or the code was compiled for another version.
        """
        for locked in locked_files():
            if not (self.folder / locked.file).is_file():
                raise InputError("page_runtime_missing", folder=self.folder, file=locked.file)
            if not locked.is_in(self.folder):
                raise InputError("page_part_altered", file=self.folder / locked.file)
        if not (self.folder / _COMPILED).is_file():
            raise InputError("page_runtime_missing", folder=self.folder, file=_COMPILED)
        if self._noted() != self._note():
            raise InputError("page_runtime_outdated", folder=self.folder)

    @property
    def scripts(self) -> str:
        """The JavaScript of Pyodide as one script: `loadPyodide`, `_createPyodideModule`, a `lock` of no packages.

        It is published as modules. A page that was opened from a folder has no origin, and may import none.
        """
        engine = self._pyodide[_ENGINE].decode()
        for found, instead in _OF_MODULES:
            if found not in engine:
                raise InputError("page_part_altered", file=_ENGINE)
            engine = engine.replace(found, instead)
        lock = json.dumps({"info": json.loads(self._pyodide[_LOCK])["info"], "packages": {}})
        return f"{self._pyodide[_LOADER].decode()}\n{engine}\nconst lock = {lock};"

    @property
    def wasm(self) -> bytes:
        """Python, as WebAssembly."""
        return self._pyodide[_WASM]

    @cached_property
    def code(self) -> bytes:
        """The standard library and xlsflow, compiled, as a zip without compression."""
        return (self.folder / _COMPILED).read_bytes()

    def zone(self, name: str) -> bytes:
        """Return the file of a time zone."""
        wheel = next(locked for locked in locked_files() if locked.client == "pip")
        with zipfile.ZipFile(self.folder / wheel.file) as archive:
            return archive.read(f"tzdata/zoneinfo/{name}")

    @cached_property
    def _pyodide(self) -> dict[str, bytes]:
        """Name -> content of each file of Pyodide."""
        package = next(locked for locked in locked_files() if locked.client == "npm")
        files: dict[str, bytes] = {}
        with tarfile.open(self.folder / package.file) as archive:
            for name in (_LOADER, _FOR_NODE, _ENGINE, _WASM, _STANDARD_LIBRARY, _LOCK):
                member = archive.extractfile(f"package/{name}")
                assert member is not None
                files[name] = member.read()
        return files

    @cached_property
    def _sources(self) -> bytes:
        return page_sources(self._pyodide[_STANDARD_LIBRARY])

    def _note(self) -> str:
        """Return what the compiled code must be of: sources, and the program that compiled them."""
        compiler = (_HERE / "browser" / "compile.mjs").read_bytes()
        return "\n".join(sha256(part).hexdigest() for part in (self._sources, compiler, self.code))

    def _noted(self) -> str:
        note = self.folder / _COMPILED_FROM
        return note.read_text("utf-8").strip() if note.is_file() else ""

    def compile(self) -> None:
        """Compile standard library and xlsflow with Pyodide itself, in Node; its Python alone knows its byte code.

        Raises:
            InputError: Node is missing, or does not succeed.
            OutputError: The folder cannot be written into.
        """
        with TemporaryDirectory() as scratch:
            work = Path(scratch)
            for name, data in self._pyodide.items():
                (work / name).write_bytes(data)
            (work / "sources.zip").write_bytes(self._sources)
            _run("node", [str(_HERE / "browser" / "compile.mjs"), scratch, "sources.zip", "compiled.zip"], work)
            compiled = (work / "compiled.zip").read_bytes()
        write_atomically(self.folder / _COMPILED, lambda path: path.write_bytes(compiled))
        vars(self).pop("code", None)  # what was there before
        note = self._note()
        write_atomically(self.folder / _COMPILED_FROM, lambda path: path.write_text(f"{note}\n", "utf-8", newline="\n"))


def fetch_runtime(folder: Path) -> Runtime:
    """Fetch into a folder what it lacks of the runtime, and compile for it; what is there and sound is kept.

    Raises:
        InputError: npm, pip or Node is missing or fails, or hands over another file than the locked one.
        OutputError: The folder cannot be written into.
    """
    make_folder(folder)
    for locked in locked_files():
        if not locked.is_in(folder):
            _fetch(locked, folder)
    runtime = Runtime(folder)
    try:
        runtime.verify()
    except InputError:
        runtime.compile()
    return runtime


def _fetch(locked: LockedFile, folder: Path) -> None:
    with TemporaryDirectory() as scratch:
        if locked.client == "npm":
            _run("npm", ["pack", f"{locked.name}@{locked.version}", "--silent", "--no-update-notifier"], Path(scratch))
        else:
            wanted = ["--no-deps", "--only-binary=:all:", f"{locked.name}=={locked.version}"]
            download = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", *wanted]
            _run("pip", download, Path(scratch), sys.executable)
        if not locked.is_in(Path(scratch)):
            raise InputError("page_part_altered", file=locked.file)
        data = (Path(scratch) / locked.file).read_bytes()
    write_atomically(folder / locked.file, lambda path: path.write_bytes(data))


def _run(program: str, arguments: Sequence[str], folder: Path, path: str | None = None) -> None:
    """Run a program in a folder.

    Raises:
        InputError: It is missing or fails.
    """
    path = path or which(program)
    product = _PRODUCTS[program]
    if path is None:
        raise InputError("page_program_missing", program=program, product=product)
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            [path, *arguments], cwd=folder, check=True, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        why = (said[-1] if said else f"exit {error.returncode}")[:_LONGEST_REASON]
        raise InputError("page_program_failed", program=program, product=product, why=why) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError("page_program_failed", program=program, product=product, why=type(error).__name__) from error
