"""Returns out of mails, mailboxes and zips: found whatever they are called, stored once, told by whom and when."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.two_rounds import enter_round
from tests.post import mails
from tests.post.conftest import MONDAY
from tests.post.imap_server import PASSWORD, ImapServer, cut_after, dovecot, pymap
from xlsflow.errors import InputError
from xlsflow.post.incoming.containers import open_container
from xlsflow.post.incoming.receipts import earliest_receipts, receipts_in
from xlsflow.project_folder.collect import Collected, CollectOrder, collect_returns
from xlsflow.project_folder.folder import ProjectFolder
from xlsflow.project_folder.merged_round import merge_present_round, merged_round
from xlsflow.project_folder.region_figures import region_figures
from xlsflow.system.package_data import package_data_path

INBOX = package_data_path("samples") / "round" / "inbox"
RETURNS = {path.name: path.read_bytes() for path in sorted(INBOX.glob("DJXP*.xlsx"))}
HD = next(data for name, data in RETURNS.items() if "HD" in name)
HN = next(data for name, data in RETURNS.items() if "HN" in name)
LARGEST = 512 << 20


def collect(folder: ProjectFolder, *paths: Path, mark_read: bool = False, move_to: str = "") -> Collected:
    done = Collected()
    collect_returns(folder, CollectOrder(paths, mark_read=mark_read, move_to=move_to), MONDAY, done)
    return done


def states(done: Collected) -> Counter[str]:
    return Counter(line.state for line in done.lines)


def stored(folder: ProjectFolder) -> dict[str, bytes]:
    inbox = folder.round().inbox
    return {path.name: path.read_bytes() for path in inbox.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize("way", mails.WAYS)
def test_a_return_is_found_however_its_name_is_written(way: str) -> None:
    name = "DJXP-2026-W47-HD_华东（终稿）.xlsx"
    (found,) = open_container(LARGEST, mails.mail({name: HD}, way), "a.eml").workbooks
    assert found.data == HD
    assert found.name == ("attachment-1.xlsx" if way == "none" else name)
    assert found.mail.sender == "zhang.licheng@example.com"
    assert found.mail.received == "2026-11-19T10:00:00+08:00"
    assert found.mail.message_id == "<1@example.com>"


def containers() -> Iterator[tuple[str, str, bytes]]:
    one = {"华东.xlsx": HD}
    yield "a mail attached to a mail", "a.eml", mails.forwarded(mails.mail(one))
    yield "a mail attached in base64", "a.eml", mails.forwarded(mails.mail(one), encoded=True)
    yield "three mails deep", "a.eml", mails.forwarded(mails.forwarded(mails.forwarded(mails.mail(one))))
    yield "a zip in a mail", "a.eml", mails.mail({"回收.zip": mails.zipped(one)})
    yield "a zip with names in GBK", "回收.zip", mails.zipped(one, gbk=True)
    yield "a zip in a zip", "回收.zip", mails.zipped({"内.zip": mails.zipped(one)})
    yield "a mail in a zip", "回收.zip", mails.zipped({"a.eml": mails.mail(one)})
    yield "winmail.dat in a mail", "a.eml", mails.mail({"winmail.dat": mails.winmail(one)}, kind="application/ms-tnef")
    yield "winmail.dat", "winmail.dat", mails.winmail(one)
    yield "a .msg", "a.msg", mails.msg(one)
    yield "a mail attached to a .msg", "a.msg", mails.msg({}, nested=[one])
    yield "a .msg in a mail", "a.eml", mails.mail({"原邮件.msg": mails.msg(one)})
    yield "a mailbox file", "a.mbox", mails.mbox([mails.mail({}), mails.mail(one)])
    yield "a mail of Apple Mail", "1.emlx", str(len(mails.mail(one))).encode() + b"\n" + mails.mail(one) + b"<plist/>"
    yield "inline in a reply chain", "a.eml", mails.mail(one).replace(b"attachment;", b"inline;")


@pytest.mark.parametrize(("name", "data"), [pytest.param(*rest, id=what) for what, *rest in containers()])
def test_a_return_is_found_in_whatever_it_comes(name: str, data: bytes) -> None:
    opened = open_container(LARGEST, data, name)
    assert [found.data for found in opened.workbooks] == [HD]
    assert opened.workbooks[0].name == "华东.xlsx"
    assert opened.problems == ()


def test_a_mail_that_was_forwarded_came_when_it_came_here() -> None:
    (found,) = open_container(LARGEST, mails.forwarded(mails.mail({"a.xlsx": HD})), "a.eml").workbooks
    assert (found.mail.sender, found.mail.received) == ("head@example.com", "2026-11-19T12:00:00+08:00")
    (found,) = open_container(LARGEST, mails.mail({"a.msg": mails.msg({"a.xlsx": HD})}), "a.eml").workbooks
    assert found.mail.sender == "zhang.licheng@example.com"


def bomb(size: int = 64 << 20) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.xlsx", "w", force_zip64=True) as file,
    ):
        for _ in range(size >> 20):
            file.write(b"\0" * (1 << 20))
    return out.getvalue()


def test_hostile_files_cost_one_line_each(folder: ProjectFolder, tmp_path: Path) -> None:
    post = tmp_path / "post"
    post.mkdir()
    nested = b"PK"
    for _ in range(9):
        nested = mails.zipped({"a.zip": nested, "b.xlsx": HD})
    damaged = mails.zipped({"c.xlsx": HD})
    hostile = {
        "bomb.eml": mails.mail({"bomb.zip": bomb()}),
        "deep.zip": nested,
        "damaged.zip": damaged[: len(damaged) // 2],
        "torn.msg": mails.msg({"a.xlsx": HD})[:5000],
        "torn.dat": mails.winmail({"a.xlsx": HD})[:3000],
        "empty.eml": b"",
        "nul.eml": b"\0" * 5000,
        "loop.eml": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 50_000,
        "good.eml": mails.mail({"../../etc/华南.xlsx": HN}),
    }
    for name, data in hostile.items():
        (post / name).write_bytes(data)
    done = collect(folder, post)
    problems = {line.source for line in done.lines if line.state == "problem"}
    assert {"bomb.eml", "deep.zip", "damaged.zip", "torn.msg"} <= problems
    assert all(line.notes for line in done.lines if line.state == "problem")
    assert not (tmp_path / "etc").exists()
    assert stored(folder)["华南.xlsx"] == HN


@given(st.binary(max_size=300), st.sampled_from(["a.eml", "a.msg", "winmail.dat", "a.zip", "a.mbox", "a.emlx"]))
def test_whatever_the_bytes_are_nothing_is_raised(data: bytes, name: str) -> None:
    for whole in (data, b"\x78\x9f\x3e\x22" + data, b"PK\x03\x04" + data, b"From x\n" + data, b"Content-Type: " + data):
        open_container(LARGEST, whole, name)


def test_returns_of_a_folder_are_stored_once_with_their_receipt(folder: ProjectFolder, tmp_path: Path) -> None:
    post = tmp_path / "post"
    post.mkdir()
    (post / "1.eml").write_bytes(mails.mail({"华东.xlsx": HD}, number=1, received="Fri, 20 Nov 2026 19:00:00 +0800"))
    (post / "2.eml").write_bytes(mails.mail({"再发.xlsx": HD}, number=2, received="Fri, 20 Nov 2026 17:00:00 +0800"))
    assert states(collect(folder, post)) == {"new": 1, "again": 1}
    assert states(collect(folder, post)) == {"known": 2}
    assert stored(folder) == {"华东.xlsx": HD}
    (came,) = earliest_receipts([folder.round().inbox]).values()
    assert came == datetime(2026, 11, 20, 9, tzinfo=UTC)  # the earlier of the two, whichever was read first
    (folder.round().inbox / "华东.xlsx").unlink()  # by hand, on purpose: not brought back
    assert states(collect(folder, post)) == {"known": 2}
    assert stored(folder) == {}


def test_mails_in_the_inbox_itself_are_opened(folder: ProjectFolder) -> None:
    shutil.copy(next(INBOX.glob("*HN*")), folder.round().inbox)
    (folder.round().inbox / "mail.eml").write_bytes(mails.mail({"华东.xlsx": HD}))
    assert states(collect(folder)) == {"new": 1}
    assert len(stored(folder)) == 3
    codes = {finding.code for finding in merged_round(folder, MONDAY).book.findings}
    assert "container_opened" in codes
    assert "mail_not_opened" not in codes
    (folder.round().inbox / "other.eml").write_bytes(mails.mail({"华北.xlsx": HD}, number=2))
    assert "mail_not_opened" in {finding.code for finding in merged_round(folder, MONDAY).book.findings}


def test_a_sender_who_is_not_the_contact_is_told(folder: ProjectFolder, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mails.mail({"a.xlsx": HD}, sender="somebody@else.example"))
    (line,) = collect(folder, path).lines
    assert line.region == "HD"
    assert "somebody@else.example" in line.notes[0].zh
    assert "zhang.licheng@example.com" in line.notes[0].en
    path.write_bytes(mails.mail({"a.xlsx": HD}, number=2, sender="Zhang.Licheng@EXAMPLE.com"))
    (line,) = collect(folder, path).lines
    assert line.notes == ()


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with dovecot() as server:
        yield server


def use(
    project: ProjectFolder,
    server: ImapServer,
    monkeypatch: pytest.MonkeyPatch,
    folder: str = "INBOX",
    more: str = "",
    port: int = 0,
) -> ProjectFolder:
    monkeypatch.setenv("XLSFLOW_IMAP_PASSWORD", server.password)
    (project.path / "xlsflow.toml").write_text(server.settings(folder, port, more), "utf-8")
    return ProjectFolder(project.path)


def flags(server: ImapServer, folder: str) -> list[tuple[bytes, ...]]:
    with server.client() as client:
        client.select_folder(folder, readonly=True)
        return [facts[b"FLAGS"] for _, facts in sorted(client.fetch(client.search(), ["FLAGS"]).items())]


def two_hundred() -> list[bytes]:
    """Return 200 mails: every return in seven ways, duplicates, and what has nothing to do with it."""
    returns = list(RETURNS.items())
    found = []
    for number in range(200):
        name, data = returns[number % len(returns)]
        way = mails.WAYS[number % 7]
        found.append(mails.mail({} if number >= 42 else {name: data}, way, number=number + 1000))
    return found


def test_two_hundred_mails_are_read_once_and_nothing_on_the_server_changes(
    folder: ProjectFolder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.deliver(two_hundred(), "回收")
    folder = use(folder, imap, monkeypatch, folder="回收")
    done = collect(folder)
    assert done.mails == 200
    assert states(done) == {"new": len(RETURNS), "again": 42 - len(RETURNS)}
    assert sorted(stored(folder).values()) == sorted(RETURNS.values())
    assert set(flags(imap, "回收")) <= {(), (b"\\Recent",)}
    assert collect(folder).mails == 0
    with imap.client() as client:  # the mailbox is made anew: other numbers, another UIDVALIDITY
        client.delete_folder("回收")
    imap.deliver(two_hundred()[:8], "回收")
    again = collect(folder)
    assert again.mails == 8
    assert states(again) == {"known": 8}


def test_a_cut_connection_loses_nothing(
    folder: ProjectFolder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.deliver([mails.mail({name: data}, number=n) for n, (name, data) in enumerate(RETURNS.items())], "cut")
    size = sum(map(len, RETURNS.values()))
    done = Collected()
    with cut_after(imap.port, size // 2) as port:
        folder = use(folder, imap, monkeypatch, folder="cut", port=port)
        with pytest.raises(InputError) as cut:
            collect_returns(folder, CollectOrder(), MONDAY, done)
    assert cut.value.code == "mail_unreachable"
    assert 0 < len(done.lines) < len(RETURNS)
    rest = collect(use(folder, imap, monkeypatch, folder="cut"))
    assert len(done.lines) + len(rest.lines) == len(RETURNS)
    assert sorted(stored(folder).values()) == sorted(RETURNS.values())


def test_a_large_mail_and_a_bomb_are_read_within_limits(
    folder: ProjectFolder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = mails.mail({"video.bin": bytes(range(256)) * (150 << 10), "华东.xlsx": HD}, number=1)
    assert len(large) > 50 << 20
    imap.deliver([large, mails.mail({"b.zip": bomb()}, number=2)], "large")
    done = collect(use(folder, imap, monkeypatch, folder="large"))
    assert states(done) == {"new": 1, "problem": 1}
    assert done.others == 1
    imap.deliver([large.replace(b"<1@", b"<3@")], "large")
    done = collect(use(folder, imap, monkeypatch, folder="large", more="largest = 20.0"))
    assert [(line.state, "largest" in line.notes[0].zh) for line in done.lines] == [("problem", True)]


def test_mails_are_marked_and_moved_only_if_asked(
    folder: ProjectFolder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.deliver([mails.mail({"a.xlsx": HD}, number=1), mails.mail({}, number=2)], "asked")
    folder = use(folder, imap, monkeypatch, folder="asked")
    collect(folder, mark_read=True, move_to="已收")
    assert all(b"\\Seen" not in each for each in flags(imap, "asked"))
    assert len(flags(imap, "asked")) == 1
    assert [b"\\Seen" in each for each in flags(imap, "已收")] == [True]


def test_the_server_must_let_us_in_and_have_the_folder(
    folder: ProjectFolder, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = use(folder, imap, monkeypatch, folder="无此文件夹")
    with pytest.raises(InputError) as missing:
        collect(folder)
    assert missing.value.code == "mail_folder_missing"
    assert "INBOX" in missing.value.say("zh")
    monkeypatch.setenv("XLSFLOW_IMAP_PASSWORD", "wrong-one")
    with pytest.raises(InputError) as refused:
        collect(folder)
    assert refused.value.code == "mail_login_refused"
    assert "wrong-one" not in refused.value.say("zh")


def test_another_server_serves_as_well(folder: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with pymap() as server:
        server.deliver([mails.mail({name: data}, number=n) for n, (name, data) in enumerate(RETURNS.items())])
        folder = use(folder, server, monkeypatch)
        assert states(collect(folder)) == {"new": len(RETURNS)}
        assert collect(folder).mails == 0


def test_a_receipt_decides_what_is_late_and_travels_with_the_book(folder: ProjectFolder, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(mails.mail({"a.xlsx": HD}, received="Fri, 20 Nov 2026 20:30:00 +0800"))
    collect(folder, tmp_path / "1.eml")
    figures = region_figures(merged_round(folder, MONDAY)).of("HD")
    assert (figures.state, figures.hours_late) == ("late", 2.5)
    merge_present_round(folder, MONDAY, "zh")
    shutil.rmtree(folder.round().inbox)  # the book knows it by itself
    assert region_figures(merged_round(folder, MONDAY)).of("HD").hours_late == 2.5
    text = (
        next(folder.round().feedback.glob("*.txt")).read_text("utf-8") if folder.round().feedback.exists() else "收到"
    )
    assert "收到" in text


def test_the_record_of_receipts_holds_no_contents(folder: ProjectFolder, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(mails.mail({"a.xlsx": HD}))
    collect(folder, tmp_path / "1.eml")
    (receipt,) = receipts_in(folder.round().inbox)
    assert (receipt.sender, receipt.source) == ("zhang.licheng@example.com", "1.eml")
    assert PASSWORD not in (folder.round().path / "journal.jsonl").read_text("utf-8")


def test_a_return_of_an_earlier_round_goes_into_that_rounds_book(folder: ProjectFolder, tmp_path: Path) -> None:
    before = merge_present_round(folder, MONDAY, "zh").present
    assert not before.book.counted
    enter_round(folder.project_file, "2026-W48")
    folder = ProjectFolder(folder.path)
    (tmp_path / "1.eml").write_bytes(mails.mail({"补交.xlsx": HD}))
    (line,) = collect(folder, tmp_path / "1.eml").lines
    assert "2026-W47" in line.notes[0].zh
    assert (folder.round("2026-W47").inbox / "补交.xlsx").read_bytes() == HD
    folder.round().inbox.mkdir(parents=True, exist_ok=True)
    (folder.round().inbox / "放错.xlsx").write_bytes(HN)  # by hand, into the wrong round
    done = merge_present_round(folder, MONDAY, "zh")
    (corrected,) = done.corrected
    assert corrected.round.path.name == "2026-W47"
    assert {record.stamp.region for record in corrected.book.counted} == {"HD", "HN"}
    assert not [record for record in done.present.book.counted if record.stamp.round == "2026-W48"]
