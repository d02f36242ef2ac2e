"""Robots of chat groups: local stand-ins that hold requests to the rules that the services document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.post.conftest import MONDAY
from xlsflow.errors import InputError
from xlsflow.post.robots import Robot, pieces_of
from xlsflow.project_folder.folder import ProjectFolder
from xlsflow.project_folder.status import notify

KEY = "SEC0123456789abcdef"
TOKEN = "a94a8fe5ccb19ba61c4c0873d391e987"  # noqa: S105 - of nobody
NOW = 1_794_800_000.0


@dataclass
class Service:
    """A stand-in for a chat service.

    Attributes:
        kind: Which one.
        port: Its port.
        taken: The texts that it has posted.
        left: How many messages it still takes this minute.
    """

    kind: str
    port: int = 0
    signed: bool = True
    taken: list[str] = field(default_factory=list)
    left: int = 20
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/robot/send?access_token={TOKEN}"

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and body of an answer, as the service documents it."""
        self.asked.append(path)
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        answers = {"wecom": self._wecom, "dingtalk": self._dingtalk, "feishu": self._feishu, "json": self._json}
        if query.get("access_token") != TOKEN:
            return 403, {}
        return answers[self.kind](query, body)

    def _take(self, text: str) -> bool:
        self.left -= 1
        if self.left >= 0:
            self.taken.append(text)
        return self.left >= 0

    def _wecom(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        text = body["text"]["content"]
        if body["msgtype"] != "text" or len(text.encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "invalid Request Parameter"}
        return 200, {"errcode": 0, "errmsg": "ok"} if self._take(text) else {
            "errcode": 45009,
            "errmsg": "api freq out of limit",
        }

    def _dingtalk(self, query: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.signed:
            text = f"{query.get('timestamp')}\n{KEY}".encode()
            wanted = base64.b64encode(hmac.new(KEY.encode(), text, hashlib.sha256).digest()).decode()
            near = abs(int(query.get("timestamp", "0")) / 1000 - NOW) < 3600
            if query.get("sign") != wanted or not near:
                return 200, {"errcode": 310000, "errmsg": "sign not match"}
        good = body["msgtype"] == "text" and self._take(body["text"]["content"])
        return 200, {"errcode": 0, "errmsg": "ok"} if good else {
            "errcode": 130101,
            "errmsg": "send too fast, exceed 20 times per minute",
        }

    def _feishu(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.signed:
            key = f"{body.get('timestamp')}\n{KEY}".encode()
            wanted = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
            if body.get("sign") != wanted or abs(int(body.get("timestamp", "0")) - NOW) >= 3600:
                return 200, {
                    "code": 19021,
                    "msg": "sign match fail or timestamp is not within one hour from current time",
                }
        good = body["msg_type"] == "text" and self._take(body["content"]["text"])
        return 200, {"code": 0, "msg": "success", "data": {}} if good else {"code": 11232, "msg": "frequency limited"}

    def _json(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (200, {}) if self._take(f"{body['round']}: {body['text']}") else (429, {})


@pytest.fixture(params=["wecom", "dingtalk", "feishu", "json"])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    stand_in = Service(request.param)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = stand_in.answer(self.path, body)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join(5)
    server.server_close()


def robot(service: Service, key: str = KEY, **more: Any) -> Robot:  # noqa: ANN401
    return Robot("team", service.kind, service.address, key, clock=lambda: NOW, **more)


def test_a_message_is_signed_as_the_service_documents_it(service: Service) -> None:
    assert robot(service).post("第 47 周：3/5 已采用\n", {"round": "W47"}) == 1
    assert service.taken == [("W47: " if service.kind == "json" else "") + "第 47 周：3/5 已采用\n"]


def test_a_wrong_key_is_told_and_no_secret_with_it(service: Service) -> None:
    if service.kind in ("wecom", "json"):  # they sign nothing: the address is all
        service.taken.append("")
        return
    with pytest.raises(InputError) as refused:
        robot(service, "SECwrong-wrong").post("x", {"round": ""})
    said = refused.value.say("zh") + refused.value.say("en") + str(refused.value)
    assert "sign" in said
    assert TOKEN not in said
    assert "SECwrong" not in said
    assert service.taken == []


def test_whoever_posts_too_often_waits(service: Service) -> None:
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        service.left = 20

    service.left = 0
    robot(service, pause=pause).post("x", {"round": "W"})
    assert waited == [10.0]
    assert len(service.taken) == 1
    service.left = -100
    with pytest.raises(InputError) as refused:
        robot(service, pause=waited.append).post("x", {"round": "W"})
    assert waited == [10.0, 10.0, 60.0]
    assert refused.value.code == "robot_refused"


def test_a_long_text_is_posted_whole_in_pieces(service: Service) -> None:
    text = "".join(f"{number}. 华东：逾期任务，责任人张立诚\n" for number in range(150))
    count = robot(service).post(text, {"round": "W"})
    assert "".join(piece.removeprefix("W: ") for piece in service.taken) == text
    assert count == len(service.taken) == (4 if service.kind == "wecom" else 1)


def test_an_address_that_cannot_be_used_is_not_shown(service: Service) -> None:
    for address in (f"http://example.com/{TOKEN}", TOKEN, f"ftp://127.0.0.1/{TOKEN}", f"http://127.0.0.1:9/{TOKEN}"):
        with pytest.raises(InputError) as refused:
            Robot("team", service.kind, address).post("x", {"round": ""})
        assert TOKEN not in refused.value.say("en") + str(refused.value)


def test_no_redirect_is_followed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "answer", lambda *_: (302, {}))
    with pytest.raises(InputError) as refused:
        robot(service).post("x", {"round": ""})
    assert "302" in refused.value.say("en")


def test_a_robot_of_the_settings_is_told_and_the_journal_has_no_address(
    service: Service, folder: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.path / "xlsflow.toml").write_text(f'[robots.team-1]\nservice = "{service.kind}"\n', "utf-8")
    folder, service.signed = ProjectFolder(folder.path), False
    with pytest.raises(InputError) as refused:
        notify(folder, "team-1", "x", MONDAY)
    assert "XLSFLOW_ROBOT_TEAM_1" in refused.value.say("zh")
    monkeypatch.setenv("XLSFLOW_ROBOT_TEAM_1", service.address)
    assert notify(folder, "team-1", "x", MONDAY) == 1
    journal = (folder.round().path / "journal.jsonl").read_text("utf-8")
    assert '"notified"' in journal
    assert TOKEN not in journal
    with pytest.raises(InputError) as refused:
        notify(folder, "team-2", "x", MONDAY)
    assert "team-1" in refused.value.say("zh")


@pytest.mark.parametrize("longest", [4, 7, 100])
def test_pieces_are_the_text(longest: int) -> None:
    text = "华东区\n\nabc华\n" * 3
    pieces = pieces_of(text, longest)
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= longest for piece in pieces)
