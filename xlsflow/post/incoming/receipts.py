"""When each return was received, and from whom: a hidden list in the folder that it was put into.

The list knows files by their digest, so a file may be renamed or moved within the folder. A copy that came twice has
the earliest of its receipts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xlsflow.errors import OutputError

RECEIPTS_FILE = ".xlsflow-receipts.jsonl"
OPENED = "opened"
"""Source of the line about a mail or archive in the folder itself whose workbooks have been taken out."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One arrival of one file.

    Attributes:
        file: Name that it was stored under.
        sha256: Digest of its bytes.
        received: When the mail with it was received; None for a file that came in no mail.
        sender: Address that the mail came from.
        message_id: Message-ID of the mail.
        source: Where it was found: a mailbox, or a file with its parts.
    """

    file: str
    sha256: str
    received: datetime | None = None
    sender: str = ""
    message_id: str = ""
    source: str = ""


def add_receipt(folder: Path, receipt: Receipt) -> None:
    """Append a receipt to the list of a folder; it is on the disk when this returns.

    Raises:
        OutputError: It cannot be written.
    """
    facts = {name: getattr(receipt, name) for name in ("file", "sha256", "sender", "message_id", "source")}
    facts["received"] = receipt.received.isoformat() if receipt.received else ""
    path = folder / RECEIPTS_FILE
    try:
        # A newline first: a run that was killed may have left half a line.
        with path.open("ab") as file:
            file.write(b"\n" + json.dumps(facts, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError("output_not_writable", file=path, reason=error.strerror or error) from error


def receipts_in(folder: Path) -> tuple[Receipt, ...]:
    """Return the receipts of a folder, in the order of the list."""
    try:
        text = (folder / RECEIPTS_FILE).read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(_receipts(text.splitlines()))


def earliest_receipts(paths: Iterable[Path]) -> Mapping[str, datetime]:
    """Return the digest of each file that a mail has brought -> when the first one was received.

    Args:
        paths: Files and folders; a list may be in a folder, in folders below it, and beside a file.
    """
    found: dict[str, datetime] = {}
    for folder in dict.fromkeys(inner for path in paths for inner in _folders(path)):
        for receipt in receipts_in(folder):
            received = receipt.received
            if received is not None:
                found[receipt.sha256] = min(found.get(receipt.sha256, received), received)
    return found


def opened_digests(paths: Iterable[Path]) -> frozenset[str]:
    """Return the digests of the mails and archives in folders whose workbooks lie beside them."""
    folders = dict.fromkeys(inner for path in paths for inner in _folders(path))
    return frozenset(each.sha256 for folder in folders for each in receipts_in(folder) if each.source == OPENED)


def _folders(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (Path(name) for name, _, files in os.walk(path) if RECEIPTS_FILE in files)
    elif (path.parent / RECEIPTS_FILE).is_file():
        yield path.parent


def _receipts(lines: Iterable[str]) -> Iterator[Receipt]:
    for line in lines:
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            facts = json.loads(line)
            received = datetime.fromisoformat(facts["received"]) if facts["received"] else None
            if received is None or received.tzinfo:
                texts = {name: str(facts[name]) for name in ("file", "sha256", "sender", "message_id", "source")}
                yield Receipt(received=received, **texts)
