"""Posts a short text to the robot of a chat group: WeCom, DingTalk, Feishu, or plain JSON.

The address of a robot is a secret: whoever has it can write to the group. It is in no message, journal or log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from xlsflow.errors import InputError
from xlsflow.messages.single_line import single_line

# Bytes of a message, with room to spare: WeCom takes 2,048 of a text, DingTalk and Feishu 20,000 of the whole request.
_LONGEST: Mapping[str, int] = {"wecom": 2000, "dingtalk": 15_000, "feishu": 15_000, "json": 1_000_000}
# What they answer to whoever posts too often; all allow 20 messages a minute at least.
_TOO_OFTEN: Mapping[str, frozenset[int]] = {
    "wecom": frozenset((45009,)), "dingtalk": frozenset((130101, 410100)), "feishu": frozenset((9499, 11232)),
}  # fmt: skip
_TOO_MANY_REQUESTS = 429
_WAITS = (10.0, 60.0)
_TIMEOUT = 30.0
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_MOST_BYTES = 1 << 16


@dataclass(frozen=True)
class Robot:
    """A robot.

    Attributes:
        name: Its name in the settings.
        service: `wecom`, `dingtalk`, `feishu` or `json`.
        address: Its address.
        key: What messages are signed with; empty if it asks for no signature.
        pause: Waits a number of seconds.
        clock: Seconds since 1970.
    """

    name: str
    service: str
    address: str
    key: str = ""
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def post(self, text: str, facts: Mapping[str, Any]) -> int:
        """Post a text, in several messages where it is too long for one; return how many.

        Args:
            text: The text.
            facts: What a plain JSON message has besides it.

        Raises:
            InputError: The address cannot be used, or the robot does not take the message; the sentence says why and
                has no address in it.
        """
        parts = urlsplit(self.address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise InputError("robot_address_wrong", name=self.name)
        pieces = pieces_of(text, _LONGEST[self.service])
        for piece in pieces:
            self._post(piece, facts)
        return len(pieces)

    def _post(self, text: str, facts: Mapping[str, Any]) -> None:
        why = ""
        for wait in (*_WAITS, None):
            code, why = self._answer(text, facts)
            if code == 0:
                return
            if wait is None or code not in _TOO_OFTEN.get(self.service, frozenset()) | {_TOO_MANY_REQUESTS}:
                break
            self.pause(wait)
        raise InputError("robot_refused", name=self.name, why=why)

    def _answer(self, text: str, facts: Mapping[str, Any]) -> tuple[int, str]:
        """Return the code of the answer, 0 for success, and what it says."""
        address, body = self._request(text, facts)
        request = urllib.request.Request(  # noqa: S310 - https, or loopback
            address, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"}
        )
        try:
            with urllib.request.build_opener(_NoRedirects).open(request, timeout=_TIMEOUT) as answer:
                data = answer.read(_MOST_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, f"HTTP {error.code}"
        except (OSError, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            return -1, self._without_secrets(str(reason))
        return (0, "") if self.service == "json" else self._verdict(data)

    def _verdict(self, data: bytes) -> tuple[int, str]:
        try:
            said = json.loads(data)
            code = next(said[name] for name in ("errcode", "code", "StatusCode") if name in said)
            text = next((str(said[name]) for name in ("errmsg", "msg", "StatusMessage") if name in said), "")
            return int(code), self._without_secrets(f"{code} {text}")
        except (ValueError, TypeError, StopIteration):
            return -1, self._without_secrets(data.decode("utf-8", "replace")[:100])

    def _request(self, text: str, facts: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return the address and the body of a request, signed as the service documents it."""
        if self.service == "json":
            return self.address, {"text": text, **facts}
        if self.service == "feishu":
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if self.key:
                seconds = str(int(self.clock()))
                # Feishu signs nothing with the key: the text to sign is the key of the HMAC, and the message is empty.
                body |= {"timestamp": seconds, "sign": _signature(f"{seconds}\n{self.key}", b"")}
            return self.address, body
        body = {"msgtype": "text", "text": {"content": text}}
        if self.service == "dingtalk" and self.key:
            stamp = str(int(self.clock() * 1000))
            sign = quote_plus(_signature(self.key, f"{stamp}\n{self.key}".encode()))
            return f"{self.address}&timestamp={stamp}&sign={sign}", body
        return self.address, body

    def _without_secrets(self, text: str) -> str:
        for secret in (self.address, *re.split(r"[/?&=]", self.address)[3:], self.key):
            if len(secret) > 5:  # noqa: PLR2004 - words like `robot` are no secret
                text = text.replace(secret, "…")
        return single_line(text, 200)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the address would be told to whoever is there."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Return no request."""


def _signature(key: str, text: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode("ascii")


def pieces_of(text: str, longest: int) -> Sequence[str]:
    r"""Return a text in pieces of limited length, cut at line ends where that is possible.

    >>> pieces_of("ab\ncd\n", 3)
    ['ab\n', 'cd\n']
    """
    pieces, piece = [], ""
    for line in text.splitlines(keepends=True):
        left = line
        if len((piece + left).encode()) > longest and piece:
            pieces.append(piece)
            piece = ""
        while len(left.encode()) > longest:
            head = left.encode()[:longest].decode("utf-8", "ignore")
            pieces.append(head)
            left = left[len(head) :]
        piece += left
    return [*pieces, piece] if piece else pieces
