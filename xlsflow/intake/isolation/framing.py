"""Frames the messages between a reader process and its parent: each is bytes after their length."""

from __future__ import annotations

import struct
from typing import IO

READY = b"ready"
_LENGTH = struct.Struct("<Q")
_LENGTH_BITS = 40  # what claims to be longer is no message


class MessageTooLong(Exception):  # noqa: N818 - named after what is wrong
    """A message is longer than the receiver takes; nothing of it was read."""


def send_message(stream: IO[bytes], message: bytes) -> None:
    """Write one message and flush it."""
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes], limit: int) -> bytes | None:
    """Return one message; None if the stream ends before it is whole.

    Raises:
        MessageTooLong: It is longer than `limit` bytes.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    # Such bytes are no message of ours: whatever wrote them cannot be answered by raising a limit.
    if length >> _LENGTH_BITS:
        return None
    if length > limit:
        raise MessageTooLong
    message = stream.read(length)
    return message if len(message) == length else None
