"""The command line as a person meets it: plain sentences, exit codes, JSON, never a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.documents import TOP, run

ROUND = TOP / "samples" / "round"


@pytest.fixture
def round_(tmp_path: Path) -> Path:
    """Return a copy of the sample round."""
    shutil.copytree(ROUND, tmp_path / "round")
    return tmp_path / "round"


def test_a_round_from_an_empty_folder_to_a_report(tmp_path: Path) -> None:
    assert run("init", "project.xlsx", "--example", cwd=tmp_path).returncode == 0
    sent = run("generate", "project.xlsx", "--out", "outbox", cwd=tmp_path)
    assert sent.returncode == 0
    assert len(list((tmp_path / "outbox").glob("*.xlsx"))) == 5

    merged = run("merge", "outbox", "--project", "project.xlsx", "--out", "result.xlsx", cwd=tmp_path)

    assert merged.returncode == 1, "five blank covers have required cells"
    assert (tmp_path / "result.xlsx").is_file()
    assert merged.stderr == ""


def test_findings_leave_with_one_and_a_clean_file_with_zero(round_: Path) -> None:
    faulty = next((round_ / "inbox").glob("DJXP*HN*.xlsx"))
    clean = next((round_ / "inbox").glob("DJXP*HB*.xlsx"))

    assert run("check", str(faulty), "--project", str(round_ / "project.xlsx")).returncode == 1
    assert run("check", str(clean), "--project", str(round_ / "project.xlsx")).returncode == 0


def test_json_is_one_object_with_the_keys_that_were_promised(round_: Path) -> None:
    done = run("check", str(round_ / "inbox"), "--project", str(round_ / "project.xlsx"), "--format", "json")

    reported = json.loads(done.stdout)
    assert set(reported) == {"files", "findings", "ledger", "returns"}
    assert set(reported["files"][0]) == {"file", "region", "round", "pack", "version", "status", "reason"}
    assert set(reported["findings"][0]) == {
        "severity",
        "code",
        "file",
        "sheet",
        "cell",
        "field",
        "value",
        "message",
        "waived",
    }
    assert set(reported["ledger"][0]) == {
        "file", "sheet", "block", "seen", "blank", "merged", "superseded", "duplicate", "set_aside",
        "unchanged", "carried",
    }  # fmt: skip
    for line in reported["ledger"]:
        parts = ("blank", "merged", "superseded", "duplicate", "set_aside", "unchanged", "carried")
        assert line["seen"] == sum(line[part] for part in parts)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["generate", "nothing.xlsx", "--out", "o"], "The project workbook nothing.xlsx does not exist."),
        (["check", "nothing.xlsx"], "nothing.xlsx does not exist."),
        (["merge", "nothing", "--project", "p.xlsx", "--out", "o.xlsx"], "The project workbook p.xlsx does not exist."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_two(words: list[str], said: str, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.strip() == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bad"], "没有 --bad 这个选项。"),
        (["merg", "x"], "没有 merg 这个命令；是不是想写 merge。"),
        (["trace"], "缺少 ID，请补上。"),
        (["print", "p.xlsx"], "缺少 --out，请补上。"),
        (["generate", "p.xlsx"], "不在项目文件夹里用时，要写明 --out。"),
        (["check", "--projct", "p", "f"], "没有 --projct 这个选项；是不是想写 --project。"),
        (["check", "f", "--format", "xml"], "--format 只能是 text、json 之一。"),
        (
            ["check", "f", "--as-of", "11月"],
            "--as-of 后面不是日期或时间，请写成 2026-11-20 或 2026-11-20T18:00 的样子。",
        ),
        (["check", "f", "--project"], "选项 --project 的用法不对，后面要跟一个值。"),
    ],
)
def test_a_call_that_cannot_be_used_is_reported_in_chinese_too(words: list[str], said: str) -> None:
    done = run(*words, lang="zh")

    assert done.returncode == 2
    assert said in done.stderr.splitlines()
    assert "Error" not in done.stderr
    assert run(*words, lang="en").returncode == 2


def test_an_existing_project_is_never_overwritten(tmp_path: Path) -> None:
    run("init", "project.xlsx", cwd=tmp_path)
    before = (tmp_path / "project.xlsx").read_bytes()

    again = run("init", "project.xlsx", "--example", cwd=tmp_path)

    assert again.returncode == 2
    assert (tmp_path / "project.xlsx").read_bytes() == before


def test_a_region_that_is_not_there_is_named_with_those_that_are(round_: Path, tmp_path: Path) -> None:
    done = run("generate", str(round_ / "project.xlsx"), "--out", "o", "--region", "华中", lang="zh", cwd=tmp_path)

    assert done.returncode == 2
    assert "华中" in done.stderr
    assert "华东" in done.stderr


def test_the_same_input_gives_the_same_bytes(round_: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("generate", str(round_ / "project.xlsx"), "--out", name, cwd=tmp_path)
        run(
            "merge",
            str(round_ / "inbox"),
            "--project",
            str(round_ / "project.xlsx"),
            "--out",
            f"{name}.xlsx",
            cwd=tmp_path,
        )

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_inputs_are_never_modified(round_: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in round_.rglob("*") if path.is_file()}

    run("merge", str(round_ / "inbox"), "--project", str(round_ / "project.xlsx"), "--out", "r.xlsx", cwd=tmp_path)

    assert {path: path.read_bytes() for path in round_.rglob("*") if path.is_file()} == before


def test_messages_speak_the_language_that_is_asked_for(tmp_path: Path) -> None:
    assert "找不到" in run("check", "nothing.xlsx", "--lang", "zh", lang="en", cwd=tmp_path).stderr
    assert "does not exist" in run("check", "nothing.xlsx", "--lang", "en", lang="zh", cwd=tmp_path).stderr


def test_the_demo_lays_a_finished_round_out(tmp_path: Path) -> None:
    done = run("demo", "demo", lang="zh", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "result.xlsx").is_file()
    assert str(Path("demo") / "result.xlsx") in done.stdout

    again = run("demo", "demo", cwd=tmp_path)
    assert again.returncode == 2


def test_a_return_in_an_archive_is_a_warning_that_says_what_to_do(round_: Path) -> None:
    (round_ / "inbox" / "HB.zip").write_bytes(b"PK")

    done = run("check", str(round_ / "inbox"), "--project", str(round_ / "project.xlsx"), lang="zh")

    assert "◆ HB.zip 是压缩包，没有读取；请先解压，再把里面的工作簿放进来。" in done.stdout.splitlines()


def test_counts_of_one_are_in_the_singular(round_: Path, tmp_path: Path) -> None:
    one = run("generate", str(round_ / "project.xlsx"), "--out", "o", "--region", "HN", cwd=tmp_path)
    assert one.stdout.splitlines()[-1] == "1 workbook, ready to send."

    faulty = next((round_ / "inbox").glob("DJXP*HN*.xlsx"))
    checked = run("check", str(faulty), "--project", str(round_ / "project.xlsx")).stdout
    assert "1 file: " in checked
    assert " 1 warning" in checked


def test_a_pack_that_is_not_there_is_reported_with_those_that_are(round_: Path) -> None:
    done = run("generate", str(round_ / "project.xlsx"), "--out", "o", "--pack", "foo")

    assert done.returncode == 2
    assert done.stderr.startswith("There is no pack “foo”; there are: collaboration (Multi-department collaboration ")
