"""Letters: as drafts, and through a server that fails at every step of the dialogue."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.helpers import soak
from tests.helpers.documents import TOP
from tests.post.conftest import MONDAY
from tests.post.mail_server import CUT, PASSWORD, USER, MailServer, mail_server
from xlsflow.errors import InputError
from xlsflow.post.journal import letter_histories
from xlsflow.project_folder.folder import ProjectFolder
from xlsflow.project_folder.letters_out import LetterOrder
from xlsflow.project_folder.send import SendLine, SendOrder, send_letters

REGIONS = ["HD", "HN", "HB", "XN", "HW"]
QUIET = SendOrder(by_smtp=True, pause=lambda _: None)


def use(folder: ProjectFolder, server: MailServer, security: str = "tls", more: str = "") -> ProjectFolder:
    (folder.path / "xlsflow.toml").write_text(
        f'[smtp]\nhost = "localhost"\nport = {server.port}\nsecurity = "{security}"\nuser = "{USER}"\n'
        f'ca_file = "{server.ca_file}"\nper_minute = 60000\ntimeout = 10\n{more}\n',
        "utf-8",
    )
    return ProjectFolder(folder.path)


def send(folder: ProjectFolder, order: SendOrder = QUIET) -> dict[str, SendLine]:
    """Send, and return the last line about each region."""
    return {line.region.code: line for line in send_letters(folder, order, MONDAY)}


def states(lines: dict[str, SendLine]) -> list[str]:
    return [lines[region].state for region in REGIONS]


def test_a_letter_goes_to_every_region_in_its_language_with_its_workbook(
    folder: ProjectFolder, server: MailServer
) -> None:
    lines = send(use(folder, server))
    assert states(lines) == ["sent"] * 5
    assert server.recipients[0] == "zhang.licheng@example.com"
    assert server.taken[0][0] == ("zhang.licheng@example.com", "wang.yutong@example.com")
    first, last = server.messages[0], server.messages[-1]
    assert (str(first["To"]), str(first["Cc"])) == (
        "张立诚 <zhang.licheng@example.com>", "王雨桐 <wang.yutong@example.com>",
    )  # fmt: skip
    assert first["Subject"] == "【冬季新品联合铺货】华东 · 第 47 周 填报表，请于 2026-11-20 18:00 前发回"
    assert last["Subject"] == "[Winter Launch] Overseas · 2026-W47: please return your workbook by 2026-11-20 18:00"
    assert "UTC+08:00" in str(last.get_body().get_content())  # type: ignore[union-attr]
    assert first["X-Unsent"] is None
    for message, (_, data), region in zip(server.messages, server.taken, REGIONS, strict=True):
        (attached,) = message.iter_attachments()
        shown = str(attached.get_filename())  # the ASCII name, which every client reads
        assert shown.isascii()
        assert shown.startswith(f"DJXP-2026-W47-{region}")
        name = unquote(data.partition(b"filename*=UTF-8''")[2].partition(b"\r\n")[0].decode("ascii"))
        assert name.startswith(f"DJXP-2026-W47-{region}_")
        assert attached.get_payload(decode=True) == (folder.round().outbox / name).read_bytes()


def test_a_second_run_sends_nothing_and_a_changed_workbook_is_told(folder: ProjectFolder, server: MailServer) -> None:
    folder = use(folder, server)
    send(folder)
    path = next(folder.round().outbox.glob("*HD*"))
    path.write_bytes(path.read_bytes() + b"\0")
    lines = send(folder)
    assert states(lines) == ["already"] * 5
    assert [line.fault for line in lines.values()] == [True, False, False, False, False]
    assert "--again" in lines["HD"].why.zh
    assert len(server.taken) == 5
    again = send(folder, replace(QUIET, again=True, letters=LetterOrder(regions=("华东",))))
    assert again["HD"].state == "sent"
    assert server.recipients[5:] == ["zhang.licheng@example.com"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_server_must_be_trusted_and_let_us_in(
    folder: ProjectFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("XLSFLOW_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path, security) as server:
        folder = use(folder, server, security)
        assert states(send(folder)) == ["sent"] * 5
        settings = folder.path / "xlsflow.toml"
        settings.write_text(settings.read_text("utf-8").replace("ca_file", "#"), "utf-8")
        with pytest.raises(InputError) as refused:
            send(ProjectFolder(folder.path), replace(QUIET, again=True))
        assert refused.value.code == "mail_certificate"
        monkeypatch.setenv("XLSFLOW_SMTP_PASSWORD", "wrong")
        with pytest.raises(InputError) as refused:
            send(use(folder, server, security), replace(QUIET, again=True))
        assert refused.value.code == "mail_login_refused"
        assert "wrong" not in refused.value.say("zh") + refused.value.say("en")
        assert len(server.taken) == 5


def test_a_server_without_encryption_gets_no_password(folder: ProjectFolder, server: MailServer) -> None:
    folder = use(folder, server, "none")
    settings = folder.path / "xlsflow.toml"
    settings.write_text(settings.read_text("utf-8").replace('"localhost"', '"mail.invalid"'), "utf-8")
    with pytest.raises(InputError) as refused:
        send(ProjectFolder(folder.path))
    assert refused.value.code == "mail_unsafe"


PERMANENT = [("MAIL", "553 no such sender"), ("RCPT", "550 no such user"), ("DATA", "554 no"), ("END", "552 too big")]
PASSING = [
    ("MAIL", "451 later"),
    ("RCPT", "450 greylisted"),
    ("DATA", "451 later"),
    ("END", "452 disk full"),
    ("RCPT", "421 bye"),
]
CUTS = [("MAIL", CUT), ("RCPT", CUT), ("DATA", CUT)]


@pytest.mark.parametrize(("step", "answer"), PERMANENT)
def test_a_letter_that_is_refused_is_told_and_costs_the_others_nothing(
    folder: ProjectFolder, server: MailServer, step: str, answer: str
) -> None:
    server.answers[step] = [answer]
    lines = send(use(folder, server))
    assert states(lines) == ["refused", "sent", "sent", "sent", "sent"]
    assert lines["HD"].why.zh == answer
    assert states(send(folder)) == ["sent", *["already"] * 4]  # the next run tries it again
    assert Counter(server.recipients).most_common(1)[0][1] == 1


@pytest.mark.parametrize(("step", "answer"), [*PASSING, *CUTS])
def test_what_the_server_puts_off_is_tried_again_in_the_same_run(
    folder: ProjectFolder, server: MailServer, step: str, answer: str
) -> None:
    server.answers[step] = [answer]
    assert states(send(use(folder, server))) == ["sent"] * 5
    assert sorted(server.recipients) == sorted(set(server.recipients))
    assert len(server.recipients) == 5


def test_what_is_put_off_for_good_is_left_to_the_next_run(folder: ProjectFolder, server: MailServer) -> None:
    server.answers["RCPT"] = ["451 later"] * 99
    lines = send(use(folder, server))
    assert states(lines) == ["postponed"] * 5
    assert server.steps["RCPT"] == 15
    server.answers.clear()
    assert states(send(folder)) == ["sent"] * 5


@pytest.mark.parametrize("answer", [CUT, "taken, then cut"])
def test_a_letter_without_an_answer_is_in_doubt_and_sent_again_only_if_asked(
    folder: ProjectFolder, server: MailServer, answer: str
) -> None:
    server.answers["END"] = [answer]
    lines = send(use(folder, server))
    assert states(lines) == ["in_doubt", "sent", "sent", "sent", "sent"]
    (state,) = [each for each in letter_histories(folder.round().journal.entries()).values() if each.region == "HD"]
    assert state.message_id in lines["HD"].why.zh
    assert states(send(folder))[0] == "in_doubt"
    asked = send(folder, replace(QUIET, again=True, letters=LetterOrder(regions=("HD",))))
    assert asked["HD"].state == "sent"
    ids = [message["Message-ID"] for message in server.messages]
    assert ids[-1] == state.message_id  # a mailbox that has it already can tell
    assert len(server.taken) == (5 if answer == CUT else 6)


def test_a_copy_that_is_refused_costs_nobody_the_letter(folder: ProjectFolder, server: MailServer) -> None:
    server.answers["RCPT"] = [None, "550 left the firm"]
    lines = send(use(folder, server))
    assert states(lines) == ["sent"] * 5
    assert "wang.yutong@example.com" in lines["HD"].why.zh
    assert lines["HD"].fault
    assert server.taken[0][0] == ("zhang.licheng@example.com",)


def test_letters_keep_the_rate(folder: ProjectFolder, server: MailServer) -> None:
    folder, waited = use(folder, server), list[float]()
    settings = folder.path / "xlsflow.toml"
    settings.write_text(settings.read_text("utf-8").replace("60000", "20.0"), "utf-8")
    send(ProjectFolder(folder.path), replace(QUIET, pause=waited.append))
    assert len(waited) == 4
    assert all(2 < seconds <= 3 for seconds in waited)


def test_xoauth2_sends_the_token(folder: ProjectFolder, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLSFLOW_SMTP_TOKEN", "ya29.token")
    with pytest.raises(InputError) as refused:  # the stand-in knows no XOAUTH2
        send(use(folder, server, more='auth = "xoauth2"'))
    assert refused.value.code == "mail_login_refused"
    assert "ya29" not in refused.value.say("en")


def test_secrets_are_in_no_file(folder: ProjectFolder, server: MailServer) -> None:
    send(use(folder, server))
    everything = b"".join(path.read_bytes() for path in folder.path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in everything
    assert "张立诚".encode() not in (folder.round().path / "journal.jsonl").read_bytes()


def test_drafts_leave_the_machine_to_the_coordinator(folder: ProjectFolder) -> None:
    order = SendOrder()
    assert states(send(folder, order)) == ["drafted"] * 5
    drafts = {path.name: path.read_bytes() for path in folder.round().letters.iterdir()}
    assert len(drafts) == 5
    assert all(data.startswith(b"X-Unsent: 1\r\n") for data in drafts.values())
    assert states(send(folder, order)) == ["already"] * 5
    assert {path.name: path.read_bytes() for path in folder.round().letters.iterdir()} == drafts
    edited, taken = sorted(folder.round().letters.iterdir())[:2]
    edited.write_bytes(edited.read_bytes() + b"more\r\n")
    taken.unlink()
    lines = send(folder, order)
    assert edited.read_bytes().endswith(b"more\r\n")
    assert not taken.exists()  # it was opened and sent: not written again by itself
    assert sum(line.fault for line in lines.values()) == 1
    send(folder, SendOrder(again=True))
    assert taken.exists()


def test_a_coordinator_edits_the_texts(folder: ProjectFolder) -> None:
    text = folder.letter_texts / "invitation.zh.txt"
    text.write_text("主题：{region}请填\n\n{contact}，请于 {due} 前填好{file}。{{ok}}", "utf-8")
    with pytest.raises(InputError) as wrong:
        send(folder, SendOrder())
    assert (wrong.value.code, wrong.value.facts["line"]) == ("letter_text_unknown_fact", "3")
    text.write_text("\ufeff主题：{region}请填\n\n{contact}，请于 {due} 前填好{file}。", "utf-8")
    send(folder, SendOrder())
    assert "华东" in next(folder.round().letters.glob("HD*")).name


def test_a_region_without_an_address_or_workbook_is_named(folder: ProjectFolder, server: MailServer) -> None:
    next(folder.round().outbox.glob("*HN*")).unlink()
    renamed = next(folder.round().outbox.glob("*HB*"))
    renamed.rename(renamed.with_name("给华北.xlsx"))
    lines = send(use(folder, server))
    assert states(lines) == ["sent", "left_out", "sent", "sent", "sent"]
    assert lines["HN"].fault


CHILD = "from xlsflow.__main__ import run; run()"


def run_until(folder: ProjectFolder) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(TOP), "XLSFLOW_LANG": "en"}
    command = [sys.executable, "-c", CHILD, "send", "--smtp"]
    return subprocess.Popen(
        command, cwd=folder.path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@soak.campaign("kills of send", 3)
def test_after_any_kill_none_is_left_out_and_none_sent_twice(
    made_folder: Path, tmp_path: Path, server: MailServer
) -> None:
    for number in soak.numbers(3):
        chance = random.Random(number)  # noqa: S311 - no secret
        folder = use(ProjectFolder(shutil.copytree(made_folder, tmp_path / str(number))), server)
        server.taken.clear()
        server.steps.clear()
        server.at.clear()
        step, nth, delay = (
            chance.choice(["MAIL", "RCPT", "DATA", "END"]),
            chance.randrange(1, 6),
            chance.random() * 0.02,
        )
        process = run_until(folder)

        def kill(
            step: str = step, nth: int = nth, delay: float = delay, process: subprocess.Popen[bytes] = process
        ) -> None:
            if server.steps[step] == nth:
                if delay < 0.01:
                    process.send_signal(signal.SIGKILL)
                else:
                    threading.Timer(delay, process.send_signal, [signal.SIGKILL]).start()

        server.at[step] = kill
        process.wait(60)
        server.at.clear()
        time.sleep(0.03)  # what was on its way to the server arrives
        doubtful = {
            each.region
            for each in letter_histories(folder.round().journal.entries()).values()
            if each.state == "in_doubt"
        }
        assert len(doubtful) <= 1
        lines = send(folder)
        assert {code for code, line in lines.items() if line.state == "in_doubt"} == doubtful
        times = Counter(message["Subject"] for message in server.messages)
        assert set(times.values()) == {1}
        assert len(times) in ((5,) if not doubtful else (4, 5))
        if doubtful:
            send(folder, replace(QUIET, again=True, letters=LetterOrder(regions=tuple(doubtful))))
            assert len({message["Subject"] for message in server.messages}) == 5
            assert len({message["Message-ID"] for message in server.messages}) == 5


def test_two_runs_do_not_send_at_once(folder: ProjectFolder) -> None:
    with folder.round().locked(), pytest.raises(InputError) as refused:
        send(folder, SendOrder())
    assert refused.value.code == "already_running"


def test_the_journal_is_read_by_people_and_survives_them(folder: ProjectFolder, server: MailServer) -> None:
    folder = use(folder, server)
    send(folder)
    journal = folder.round().path / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert [line["what"] for line in lines[5:7]] == ["sending", "sent"]
    # Half a line of a killed run, a line that a person typed, bytes that are no text.
    journal.write_bytes(journal.read_bytes() + "备注\n{\n[]\n\xff\n".encode("latin-1", "ignore") + b'{"at": "2026-11')
    assert states(send(folder)) == ["already"] * 5
    folder.round().journal.add("note", MONDAY, text="华东来电")
    assert json.loads(journal.read_text("utf-8", "replace").splitlines()[-1])["text"] == "华东来电"


def test_what_is_overdue_for_long_goes_up_the_ladder_of_the_report(folder: ProjectFolder, server: MailServer) -> None:
    for path in (TOP / "samples" / "round" / "inbox").glob("DJXP*"):
        shutil.copy(path, folder.round().inbox)
    order = replace(QUIET, escalations=True)
    lines = [line for line in send_letters(use(folder, server), order, MONDAY) if line.state == "sent"]
    assert lines
    addresses = {person.email for person in folder.project.people} | {"pmo@example.com"}
    for message in server.messages:
        assert {address.addr_spec for address in message["To"].addresses} <= addresses
        assert "HD-2026-" in message.get_body().get_content()  # type: ignore[union-attr]
    again = [line.state for line in send_letters(folder, order, MONDAY)]
    assert set(again) <= {"already", "left_out"}
