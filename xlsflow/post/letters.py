"""Composes a letter: headers that no name can forge, a text, and a workbook whose name every mail program shows."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from xlsflow.messages.single_line import single_line

if TYPE_CHECKING:
    from collections.abc import Sequence

# RFC 5321, without quoted local parts and address literals: nobody's mailbox in a firm has one. ASCII only, since an
# address with other letters needs servers that speak SMTPUTF8 all the way.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_NAMED = re.compile(r'\s*"?([^"<>]*?)"?\s*<\s*([^<>\s]+)\s*>\s*')
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_HEADER_TEXT = 200
_LONGEST_ENCODED = 900  # of a line of 998 bytes
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINE = 74
_ATOMS = re.compile(r"[A-Za-z0-9 _'-]+")
_QUOTED, _ESCAPED = re.compile(r'(["\\])'), r"\\\1"
# Headers stand as they are composed here. The library's newer policies read what they are given: they decode what looks
# like an encoded word, line ends included, and drop one of the two names of an attachment.
_RAW = compat32.clone(linesep="\r\n", max_line_length=None)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one region.

    Attributes:
        name: Its name in the journal: region, kind, and what tells it from others of that kind.
        to: Who gets it.
        copies: Who gets a copy.
        subject: Its subject.
        text: Its text.
        file: Name of the attached workbook; empty where there is none.
        data: The bytes of that workbook.
        message_id: Its Message-ID, with angle brackets.
        answers: Message-ID of the letter that it follows up; empty where there is none.
    """

    name: str
    to: Mailbox
    copies: tuple[Mailbox, ...]
    subject: str
    text: str
    file: str = ""
    data: bytes = b""
    message_id: str = ""
    answers: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address that it goes to, each once."""
        return tuple(dict.fromkeys(mailbox.address for mailbox in (self.to, *self.copies)))


def mailbox(name: str, address: str) -> Mailbox | None:
    """Return a mailbox; None where the address is none that a letter can go to."""
    address = address.strip()
    known = _ADDRESS.fullmatch(address) and ".." not in address and not address.startswith(".") and ".@" not in address
    return Mailbox(single_line(name, _LONGEST_HEADER_TEXT), address) if known else None


def parsed_mailbox(text: str) -> Mailbox | None:
    """Return the mailbox of a text like `Name <address>` or `address`; None where it is neither."""
    found = _NAMED.fullmatch(text)
    return mailbox(found[1], found[2]) if found else mailbox("", text)


def wire_bytes(letter: Letter, sender: Mailbox, at: datetime | None = None) -> bytes:
    """Return a letter as it is sent or saved, with CRLF line ends.

    Args:
        letter: The letter.
        sender: Whom it comes from.
        at: Its date, with a time zone. Without one it is a draft, which a mail program opens for sending (`X-Unsent`);
            equal drafts have equal bytes.
    """
    message = Message(policy=_RAW)
    headers = {
        "X-Unsent": "1" if at is None else "",
        "From": _shown(sender),
        "To": _shown(letter.to),
        "Cc": ",\r\n ".join(map(_shown, letter.copies)),
        "Subject": _encoded(letter.subject),
        "Date": format_datetime(at) if at else "",
        "Message-ID": letter.message_id,
        "In-Reply-To": letter.answers,
        "References": letter.answers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/mixed; boundary="=_xlsflow_{_boundary(letter)}"',
    }
    for name, value in headers.items():
        if value:
            message[name] = value
    message.attach(_text(letter.text))
    if letter.file:
        message.attach(_attachment(letter.file, letter.data))
    return message.as_bytes(policy=_RAW)


def _boundary(letter: Letter) -> str:
    """Return a text that differs between letters, and is the same each time for one."""
    return sha256(f"{letter.message_id}\n{letter.name}\n{letter.file}".encode("utf-8", "replace")).hexdigest()[:24]


def _shown(mailbox: Mailbox) -> str:
    return f"{_encoded(mailbox.name, phrase=True)} <{mailbox.address}>" if mailbox.name else mailbox.address


def _encoded(text: str, *, phrase: bool = False) -> str:
    """Return a text as a header may hold it: as it is, quoted, or as encoded words."""
    text = single_line(text, _LONGEST_HEADER_TEXT)
    # What looks like an encoded word would be decoded by whoever reads it, line ends included.
    if text.isascii() and "=?" not in text and len(text) <= _LINE:
        return f'"{_QUOTED.sub(_ESCAPED, text)}"' if phrase and not _ATOMS.fullmatch(text) else text
    return Header(text, "utf-8", _LINE, "Subject").encode(linesep="\r\n")


def _text(text: str) -> Message:
    part = Message(policy=_RAW)
    part["Content-Type"] = 'text/plain; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "base64"
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    part.set_payload(base64.encodebytes(lines.encode("utf-8", "replace")).decode("ascii"))
    return part


def _attachment(name: str, data: bytes) -> Message:
    part = Message(policy=_RAW)
    ascii_name = ascii_fallback(name)
    # Both forms (RFC 6266, appendix D, for mail RFC 2231): who does not read `filename*` shows the ASCII name.
    encoded = quote(_fit(single_line(name, _LONGEST_HEADER_TEXT)), safe="")
    part["Content-Type"] = f'{_XLSX}; name="{ascii_name}"'
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\";\r\n filename*=UTF-8''{encoded}"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return part


def _fit(name: str) -> str:
    """Return a name whose encoded form is no longer than a line of a mail may be."""
    stem, dot, suffix = name.rpartition(".")
    return name if len(quote(name)) <= _LONGEST_ENCODED else f"{stem[:70]}{dot}{suffix[:10]}"


def ascii_fallback(name: str) -> str:
    """Return a name of ASCII letters for a file, with its extension.

    >>> ascii_fallback("DJXP-2026-W47-HD_华东.xlsx"), ascii_fallback("华东.xlsx")
    ('DJXP-2026-W47-HD.xlsx', 'workbook.xlsx')
    """
    stem, dot, extension = name.rpartition(".")
    stem, extension = (stem, extension) if dot else (name, "")
    plain = _UNFIT.sub("_", stem.encode("ascii", "ignore").decode("ascii")).strip("._- ") or "workbook"
    suffix = _UNFIT.sub("", extension.encode("ascii", "ignore").decode("ascii"))
    return f"{plain[:100]}.{suffix[:10]}" if suffix else plain[:100]


def any_address(addresses: Sequence[str], address: str) -> bool:
    """Return whether an address is among some, as mail compares them in practice: capitals do not count."""
    return address.strip().casefold() in {each.strip().casefold() for each in addresses}
