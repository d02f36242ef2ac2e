"""Reads mails as they really come: the workbooks in them under their names, who sent them, when they were received.

Names are understood as RFC 2231 and RFC 2047 write them, as raw bytes of UTF-8 or GBK, and where there is none.
"""

from __future__ import annotations

import base64
import email
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parseaddr, parsedate_to_datetime

_ENCODINGS = ("utf-8", "gb18030")
_WIDER: Mapping[str, str] = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "unknown-8bit": "gb18030",
}  # senders name the smaller one
_DEEPEST = 12
_MOST_PARTS = 2_000
_NESTED = "message/rfc822"


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a mail says of itself.

    Attributes:
        sender: Address that it came from; empty where there is none.
        received: When the last server received it, else when it was sent, as ISO 8601 with a time zone; empty where
            neither is known.
        message_id: Its Message-ID; empty where there is none.
    """

    sender: str = ""
    received: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class MailPart:
    """An attachment.

    Attributes:
        name: Its name without folders; empty where it has none.
        kind: Its MIME type.
        data: Its bytes.
    """

    name: str
    kind: str
    data: bytes


def mail_facts(message: Message) -> MailFacts:
    """Return what the headers of a mail say."""
    received = next(filter(None, map(_time_of_hop, _texts(message, "received"))), None)
    sent = next(filter(None, map(_instant, _texts(message, "date"))), None)
    _, address = parseaddr(_decoded(next(_texts(message, "from"), "")))
    instant = received or sent
    return MailFacts(
        sender=address.strip(),
        received=instant.isoformat() if instant else "",
        message_id=next(_texts(message, "message-id"), "").strip()[:200],
    )


def read_mail(data: bytes) -> Message:
    """Return a mail; whatever the bytes are, something comes of it."""
    return email.message_from_bytes(data)


def mail_parts(message: Message) -> Iterator[MailPart]:
    """Yield the attachments of a mail, those of mails attached to it too."""
    left = [_MOST_PARTS]
    yield from _parts(message, 0, left)


def _parts(message: Message, depth: int, left: list[int]) -> Iterator[MailPart]:
    left[0] -= 1
    if depth > _DEEPEST or left[0] < 0:
        return
    payload = message.get_payload()
    if message.is_multipart() and isinstance(payload, list):
        encoded = message.get_content_type() == _NESTED and _is_base64(message)
        for inner in payload:
            if isinstance(inner, Message):
                yield from _parts(_decoded_mail(inner) if encoded else inner, depth + 1, left)
        return
    kind, name = message.get_content_type(), _file_name(message)
    if not name and kind.startswith(("text/", "multipart/")):
        return  # what the sender wrote
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes) or not content:
        return
    if kind == _NESTED or name.lower().endswith(".eml"):  # a mail that was attached in base64 is no multipart
        yield from _parts(read_mail(content), depth + 1, left)
    else:
        yield MailPart(name, kind, content)


def _is_base64(part: Message) -> bool:
    return next(_texts(part, "content-transfer-encoding"), "").strip().lower() == "base64"


def _decoded_mail(inner: Message) -> Message:
    """Return a mail that was attached in base64, against RFC 2046, so that the parser took the letters for a mail."""
    with suppress(ValueError):
        return read_mail(base64.b64decode(inner.as_bytes()))
    return inner


def _file_name(part: Message) -> str:
    """Return the name of an attachment without folders; empty where it has none."""
    headers = Message()
    for name in ("content-disposition", "content-type"):
        for text in _texts(part, name):
            headers[name] = text
    for parameter, header in (("filename", "content-disposition"), ("name", "content-type")):
        with suppress(ValueError, TypeError, LookupError):
            value = headers.get_param(parameter, None, header)
            if value:
                return re.split(r"[/\\]", _parameter(value))[-1].strip()
    return ""


def _parameter(value: object) -> str:
    if isinstance(value, tuple):
        charset, _, raw = value
        if charset:
            return collapse_rfc2231_value((_WIDER.get(charset.lower(), charset), "", raw))
        return _of_bytes(raw.encode("latin-1", "replace"))
    return _decoded(str(value))


def _decoded(text: str) -> str:
    """Return a text with its encoded words decoded."""
    if "=?" not in text:
        return text
    parts = []
    for words, charset in decode_header(text):
        if isinstance(words, str):
            parts.append(words)
            continue
        named = _WIDER.get((charset or "").lower(), charset)
        try:
            parts.append(words.decode(named) if named else _of_bytes(words))
        except (LookupError, UnicodeError):
            parts.append(_of_bytes(words))
    return "".join(parts)


def _texts(message: Message, name: str) -> Iterator[str]:
    """Yield the values of a header as text; bytes that are no ASCII are UTF-8, else GBK."""
    # `Message.get` replaces such bytes, so they are taken from what was parsed.
    for header, value in message.raw_items():
        if header.lower() == name:
            text = str(value)
            if not text.isascii():
                text = _of_bytes(text.encode("utf-8", "surrogateescape"))
            yield re.sub(r"\r?\n(?=[ \t])", "", text)


def _of_bytes(data: bytes) -> str:
    for encoding in _ENCODINGS:
        with suppress(UnicodeError):
            return data.decode(encoding)
    return data.decode("utf-8", "replace")


def _time_of_hop(text: str) -> datetime | None:
    """Return the time in a `Received` header: what follows its last semicolon."""
    return _instant(text.rpartition(";")[2])


def _instant(text: str) -> datetime | None:
    with suppress(ValueError, TypeError, OverflowError):
        found = parsedate_to_datetime(text.strip())
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
