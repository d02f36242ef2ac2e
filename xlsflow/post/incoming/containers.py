"""Finds the workbooks in what returns come in: mails, mailboxes, zips, and any of them in another.

It runs in a reader process, within limits: what it is given may be hostile.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from xlsflow.post.incoming.mail_parts import MailFacts, MailPart, mail_facts, mail_parts, read_mail
from xlsflow.post.incoming.outlook import COMPOUND_FILE, TNEF, msg_parts, tnef_parts

CONTAINERS = frozenset((".eml", ".mbox", ".msg", ".zip", ".dat", ".emlx", ".mht"))
"""File name extensions that `collect` opens."""

_WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".et", ".ett"))
_ZIP = b"PK\x03\x04"
_WORKBOOK_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage"))
_MAIL_STREAM = "__properties_version1.0".encode("utf-16-le")
_OTHER_ARCHIVES = frozenset((".rar", ".7z"))
_DEEPEST = 5
_MOST_FILES = 500
_RATIO, _RATIO_FROM = 200, 10 << 20
_NEW_MAIL = re.compile(rb"(?m)^From [^\r\n]*\r?\n")
_UNNAMED = "attachment"


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """A workbook that was found.

    Attributes:
        name: Its name; one is made up where it has none.
        data: Its bytes.
        mail: The mail that brought it; blank where none did.
        inside: Where it was: the names of the files around it, the outermost first.
    """

    name: str
    data: bytes
    mail: MailFacts
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedContainer:
    """What was found in a file.

    Attributes:
        workbooks: The workbooks.
        others: How many other attachments there are.
        problems: Code of what could not be opened, and its name.
    """

    workbooks: tuple[FoundWorkbook, ...] = ()
    others: int = 0
    problems: tuple[tuple[str, str], ...] = ()


def open_container(largest: int, data: bytes, name: str) -> OpenedContainer:
    """Return the workbooks in a file.

    Args:
        largest: Bytes of all workbooks together; what is beyond that is a problem.
        data: The bytes of the file.
        name: Its name.
    """
    search = _Search(largest)
    search.file(name, data, MailFacts(), (), 0)
    return OpenedContainer(tuple(search.found), search.others, tuple(search.problems))


class _Search:
    def __init__(self, largest: int) -> None:
        self.left = largest
        self.found: list[FoundWorkbook] = []
        self.others = 0
        self.problems: list[tuple[str, str]] = []

    def file(self, name: str, data: bytes, mail: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        """Take a file apart, or count it."""
        suffix = PurePosixPath(name).suffix.lower()
        if depth > _DEEPEST or len(self.found) >= _MOST_FILES:
            self.problems.append(("container_too_deep", name))
        elif name.startswith("~$"):  # what Excel leaves beside an open workbook
            self.others += 1
        elif suffix in _WORKBOOKS or _is_workbook(data):
            self._workbook(FoundWorkbook(name, data, mail, inside))
        elif data.startswith(_ZIP):
            self._zip(name, data, mail, (*inside, name), depth)
        elif data.startswith(TNEF):
            self._each(tnef_parts(data), mail, (*inside, name), depth)
        elif data.startswith(COMPOUND_FILE) and (suffix == ".msg" or _MAIL_STREAM in data):
            self._outlook(name, data, mail, (*inside, name), depth)
        else:
            self._mails(name, data, mail, inside, depth)

    def _mails(self, name: str, data: bytes, mail: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        messages = _mails_in(name, data)
        for number, message in enumerate(messages, 1):
            self._mail(message, mail, (*inside, f"{name} {number}" if len(messages) > 1 else name), depth)
        if not messages:
            self.others += 1
            if PurePosixPath(name).suffix.lower() in _OTHER_ARCHIVES:
                self.problems.append(("archive_not_opened", name))

    def _workbook(self, workbook: FoundWorkbook) -> None:
        self.left -= len(workbook.data)
        if self.left < 0:
            self.problems.append(("container_too_large", workbook.name))
            return
        name = workbook.name
        if PurePosixPath(name).suffix.lower() not in _WORKBOOKS:
            kind = ".xls" if workbook.data.startswith(COMPOUND_FILE) else ".xlsx"
            name = f"{name or f'{_UNNAMED}-{len(self.found) + 1}'}{kind}"
        self.found.append(replace(workbook, name=name))

    def _mail(self, data: bytes, outer: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        message = read_mail(data)
        # A mail that was attached to a mail came with that one: when somebody else got it decides nothing.
        self._each(mail_parts(message), outer if outer.received else mail_facts(message), inside, depth)

    def _outlook(self, name: str, data: bytes, outer: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        try:
            facts, parts = msg_parts(data)
        except ImportError:
            self.problems.append(("mail_extra_missing", name))
        except (OSError, ValueError, IndexError):
            self.problems.append(("container_damaged", name))
        else:
            self._each(parts, outer if outer.received else facts, inside, depth)

    def _each(self, parts: Iterable[MailPart], mail: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        for part in parts:
            self.file(part.name, part.data, mail, inside, depth + 1)

    def _zip(self, name: str, data: bytes, mail: MailFacts, inside: tuple[str, ...], depth: int) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist()[: 4 * _MOST_FILES]:
                    self._entry(archive, entry, mail, inside, depth)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            self.problems.append(("container_damaged", name))

    def _entry(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, mail: MailFacts, inside: tuple[str, ...], depth: int
    ) -> None:
        name = PurePosixPath(_entry_name(entry).replace("\\", "/")).name
        if entry.is_dir() or name.startswith((".", "~$")) or "__MACOSX" in entry.filename:
            return
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in _WORKBOOKS | CONTAINERS:
            self.others += 1
        elif entry.flag_bits & 1:
            self.problems.append(("container_password", name))
        elif entry.file_size > self.left or _is_bomb(entry):
            self.problems.append(("container_too_large", name))
        else:
            try:
                with archive.open(entry) as file:
                    data = file.read(self.left + 1)  # whatever the entry says of its size
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
                self.problems.append(("container_damaged", name))
                return
            self.file(name, data, mail, inside, depth + 1)


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _RATIO_FROM and entry.file_size > _RATIO * max(entry.compress_size, 1)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; without the flag for UTF-8, what zipfile read as CP437 is UTF-8 or GBK."""
    if entry.flag_bits & 0x800:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return entry.filename.encode("cp437").decode(encoding)
    return entry.filename


def _is_workbook(data: bytes) -> bool:
    """Return whether bytes are those of a workbook, whatever it is called."""
    if data.startswith(COMPOUND_FILE):
        return _MAIL_STREAM not in data and any(name in data for name in _WORKBOOK_STREAMS)
    if not data.startswith(_ZIP):
        return False
    with suppress(zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
        return any(name.startswith("xl/") for name in names) or {"mimetype", "content.xml"} <= {*names}
    return False


def _mails_in(name: str, data: bytes) -> Sequence[bytes]:
    """Return the mails of a file: several of a mailbox, one of a saved mail; none of another file."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".mbox" or (not suffix and data.startswith(b"From ")):
        return list(_mails_of(data))
    if suffix == ".emlx":
        return [_without_length(data)]
    return [data] if suffix in (".eml", ".mht") else []


def _mails_of(data: bytes) -> Iterator[bytes]:
    """Yield the mails of an mbox: each begins with a line `From `."""
    marks = [*_NEW_MAIL.finditer(data)]
    ends = [*(mark.start() for mark in marks[1:]), len(data)]
    for mark, end in zip(marks, ends, strict=False):
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", data[mark.end() : end])


def _without_length(data: bytes) -> bytes:
    """Return the mail in an `.emlx` of Apple Mail, which begins with its length."""
    first, _, rest = data.partition(b"\n")
    return rest[: int(first)] if first.strip().isdigit() else data
