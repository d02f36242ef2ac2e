"""What happened in a round, one line each: an append-only file of JSON lines that a person can read.

A line is on the disk before the work goes on. It names files, digests, addresses and times, never what is in a
workbook. What a letter's lines say together is its state.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from xlsflow.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

GENERATED, DRAFTED, SENDING, SENT, POSTPONED, REFUSED = (
    "generated", "drafted", "sending", "sent", "postponed", "refused",
)  # fmt: skip
RETURN_RECEIVED, MAIL_READ, MERGED, NOTIFIED = "received", "mail_read", "merged", "notified"
"""What a line may be about. `sending` is written between the server's go-ahead and the letter's last byte."""

INVITATION, REMINDER = "invitation", "reminder"
"""Kinds of letters, as the names of letters hold them."""

LetterState = Literal["drafted", "in_doubt", "sent", "postponed", "refused"]
_OF_LETTERS = frozenset((DRAFTED, SENDING, SENT, POSTPONED, REFUSED))


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal.

    Attributes:
        at: When it happened.
        what: What happened, one of the words of this module.
        facts: What else the line says.
    """

    at: datetime
    what: str
    facts: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a fact as text; empty where the line has none."""
        return str(self.facts.get(name, "") or "")


@dataclass(frozen=True, slots=True)
class LetterHistory:
    """What became of one letter.

    Attributes:
        letter: Its name: region, kind, and what tells it from others of that kind.
        state: Where it stands. In doubt: handed over, without an answer whether it was taken.
        at: When the state began.
        message_id: Its Message-ID; it stays the same however often the letter is tried.
        why: What the server said, where it did not take the letter.
        digest: Digest of the attached workbook.
    """

    letter: str
    state: LetterState
    at: datetime
    message_id: str
    why: str = ""
    digest: str = ""

    @property
    def region(self) -> str:
        """Code of the region that it is for."""
        return self.letter.split("/")[0]

    @property
    def letter_kind(self) -> str:
        """What kind of letter it is."""
        return self.letter.split("/")[1]


class Journal:
    """The journal of one round."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, what: str, at: datetime, **facts: object) -> None:
        """Append a line, and return once it is on the disk.

        Raises:
            OutputError: It cannot be written: then what it would say must not be done.
        """
        line = json.dumps({"at": at.isoformat(timespec="seconds"), "what": what, **facts}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                # A run that was killed may have left half a line; the next one must not be glued to it.
                torn = file.tell() > 0 and not _ends_with_newline(self.path)
                file.write(b"\n" * torn + line.encode("utf-8", "backslashreplace") + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError("output_not_writable", file=self.path, reason=error.strerror or error) from error

    def entries(self) -> tuple[JournalEntry, ...]:
        """Return every line that is whole, in the order of the file; without a file there is none."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            # Taken for empty, it would have every letter sent again.
            raise OutputError("journal_unreadable", file=self.path, reason=error.strerror or error) from error
        return tuple(_entries(data.decode("utf-8", "replace").splitlines()))


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _entries(lines: Iterable[str]) -> Iterator[JournalEntry]:
    for line in lines:
        # Half a line of a killed run, or what a person has typed in between.
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            facts = json.loads(line)
            at = datetime.fromisoformat(facts.pop("at"))
            what = facts.pop("what")
            if at.tzinfo and isinstance(what, str):
                yield JournalEntry(at, what, facts)


def letter_histories(entries: Iterable[JournalEntry]) -> Mapping[str, LetterHistory]:
    """Return the name of each letter -> what became of it; a letter that was taken stays sent."""
    found: dict[str, LetterHistory] = {}
    for entry in entries:
        letter = entry.text("letter")
        if entry.what not in _OF_LETTERS or letter.count("/") < 1:
            continue
        before = found.get(letter)
        asked_again = bool(entry.facts.get("again"))
        if before and before.state == SENT and not asked_again and entry.what != SENT:
            continue
        state: Any = "in_doubt" if entry.what == SENDING else entry.what
        message_id = entry.text("message_id") or (before.message_id if before else "")
        digest = entry.text("sha256") or (before.digest if before else "")
        found[letter] = LetterHistory(letter, state, entry.at, message_id, entry.text("why"), digest)
    return found
