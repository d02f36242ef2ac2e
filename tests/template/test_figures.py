"""Figures that a project changes are what every hint, dropdown help, cover and message says."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.returned_rows import PROJECT as PROJECT_WORKBOOK
from xlsflow.checks.context import CheckContext
from xlsflow.checks.row_by_row import check_rows
from xlsflow.fileformat.cells import Scalar
from xlsflow.i18n import Lang, LocalizedText
from xlsflow.model.project import Project
from xlsflow.model.project_rows import Setting, Timing
from xlsflow.model.returns import BlockRows, JoinedRows
from xlsflow.pipeline.generate import Order, generate
from xlsflow.pipeline.project_file import load_project, open_library
from xlsflow.template.figures import with_figures
from xlsflow.template.model import Template

LIBRARY = open_library()
PACKS = [name for name in LIBRARY.pack_files if not LIBRARY.has_flag(name, "setup")]


def sheet(name: str, pack: str, project: Project) -> Template:
    definition = LIBRARY.pack(pack)
    return next(t for t in LIBRARY.sheets(definition, project.scope(LIBRARY, definition)) if t.name == name)


def hours(rule: str, figure: float = 12) -> Timing:
    return Timing(rule, hours=figure)


def days(rule: str) -> Timing:
    return Timing(rule, days=5)


def working(rule: str) -> Timing:
    return Timing(rule, working_days=1)


CHANGED: list[tuple[str, str, Setting | Timing, str, str]] = [
    ("coordination", "risks", Setting("risk_high", 20), "20 及以上为高", "20 or more is high"),
    ("coordination", "risks", Setting("risk_high", 20), "6～19 为中", "6 to 19 medium"),
    ("coordination", "risks", Setting("risk_medium", 8), "8～14 为中，7 及以下为低", "8 to 14 medium, 7 or less low"),
    ("team_plan", "risks", Setting("risk_high", 12.5), "12.5 及以上为高", "12.5 or more is high"),
    ("coordination", "minutes", hours("minutes"), "会后 12 小时内完成", "Send out within 12 hours"),
    ("coordination", "minutes", working("minutes"), "会后 1 个工作日内", "Within 1 working day of a meeting"),
    ("communication", "minutes", hours("minutes"), "会后 12 小时内完成", "Send out within 12 hours"),
    ("coordination", "issues", hours("respond", 1), "1 小时内首次响应", "first response within 1 hour;"),
    ("cross_region", "exceptions", working("lag"), "发现滞后 1 个工作日内", "1 working day of a delay"),
    ("cross_region", "notice", days("notice"), "会前 5 天发出", "Send it 5 days before"),
    ("toolkit", "notice", working("notice"), "会前 1 个工作日发出", "Send it 1 working day before"),
    ("cross_region", "requirement", days("review"), "协调人 5 天内审核", "reviewed within 5 days"),
    ("toolkit", "requirement", hours("open_points"), "确认后 12 小时内答复", "answered within 12 hours of"),
    ("team_plan", "resource_requests", days("resource_answer"), "协调人 5 天内答复", "answers within 5 days"),
    ("cross_region", "results", hours("result_report"), "完成后 12 小时内", "Within 12 hours"),
    ("toolkit", "notice", Setting("meeting_minutes", 60), "全程不超过 60 分钟", "60 minutes at most"),
    ("toolkit", "notice", Setting("topic_minutes", 15), "单个议题不超过 15 分钟", "at most 15 minutes per"),
    # The project's limit holds for all cases of the handbook.
    ("communication", "opinions", hours("dispute_meeting"), "一般的 12 小时内", "ordinary ones within 12"),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "name", "change", "zh", "en"), CHANGED)
def test_texts_of_a_sheet_say_the_project_s_figure(
    pack: str, name: str, change: Setting | Timing, zh: str, en: str
) -> None:
    part = {"settings": (change,)} if isinstance(change, Setting) else {"timing": (change,)}
    texts = sheet(name, pack, replace(Project(), **part)).model_dump_json()
    assert zh in texts
    assert en in texts
    if isinstance(change, Timing):  # a limit that is set for another pack is not this one's
        other = replace(Project(), timing=(replace(change, pack="other"),))
        assert zh not in sheet(name, pack, other).model_dump_json()


@pytest.mark.parametrize("pack", PACKS)
def test_the_figures_that_authors_write_are_those_of_the_packs(pack: str) -> None:
    definition = LIBRARY.pack(pack)
    for use in definition.sheets:
        filled = sheet(use.template, pack, Project())
        assert "{timing" not in filled.model_dump_json()
        assert "{setting" not in filled.model_dump_json()
        itself = LIBRARY.template_for(use).resolved(Project().scope(LIBRARY, definition))
        texts = filled.model_dump_json(), itself.model_dump_json()
        # Of a meeting's topics one handbook says something else.
        assert texts[0] == texts[1] or use.template == "notice", (
            f"{use.template}: a text says another figure than the pack {pack}"
        )


def test_a_workbook_prints_and_prompts_with_the_project_s_figures(tmp_path: Path) -> None:
    project = load_project(PROJECT_WORKBOOK, LIBRARY)
    own = replace(project, settings=(Setting("risk_high", 20),), timing=(Timing("minutes", hours=12.0),))
    printed: dict[Lang, tuple[str, str]] = {
        "zh": ("20 及以上为高", "会后 12 小时内"),
        "en": ("20 or more is high", "Within 12 hours of a meeting"),
    }
    for lang, parts in printed.items():
        (path,) = generate(own, tmp_path / lang, Order(regions=("HN",), lang=lang), LIBRARY)
        with zipfile.ZipFile(path) as package:
            texts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}
        whole = "".join(texts.values())
        assert whole.count(parts[0]) >= 2, "hint and dropdown help"
        assert parts[1] in whole
        assert "15 及以上" not in whole
        assert "15 or more" not in whole


@pytest.mark.parametrize(
    ("likelihood", "severity", "level", "expected"),
    [
        (3, 3, "high", "9，应为“中”"), (4, 4, "high", "16，应为“中”"), (5, 4, "medium", "20，应为“高”"),
        (5, 5, "low", "25，应为“高”"), (1, 5, "medium", "5，应为“低”"), (1, 1, "high", "1，应为“低”"),
        (2, 3, "low", "6，应为“中”"), (5, 5, "high", ""), (3, 3, "medium", ""), (None, 3, "high", ""),
        (1, 5, "low", ""),
    ],
)  # fmt: skip
def test_the_message_names_value_and_right_answer(
    likelihood: int | None, severity: int, level: str, expected: str
) -> None:
    definition = LIBRARY.pack("coordination")
    project = replace(Project(), settings=(Setting("risk_high", 20),))
    scope = project.scope(LIBRARY, definition)
    block = sheet("risks", "coordination", project).block("risks")
    values: dict[str, list[Scalar]] = {field.name: [None] for field in block.columns if not field.computed}
    values |= {"likelihood": [likelihood], "severity": [severity], "level": [level]}
    table = BlockRows("Risks", "risks", "risks", [7], values, {}, 1, 0)
    found = check_rows(JoinedRows(values, [table], [0], [0]), block, CheckContext(scope), set())
    sentences = [text.zh for d in found if isinstance(text := d.diagnostic.facts.get("sentence"), LocalizedText)]
    assert [text for text in sentences if "风险值" in text] == (
        [f"风险值（可能性×影响程度）是 {expected}，请改正。"] if expected else []
    )


def test_names_that_are_none_are_told(tmp_path: Path) -> None:
    for folder in ("sheets", "packs"):
        (tmp_path / folder).mkdir()
    text = Path(LIBRARY.sheet_files["risks"]).read_text("utf-8").replace("{setting.risk_high:15}", "{timing.minuts:15}")
    (tmp_path / "sheets" / "risks.toml").write_text(text.replace("{score}", "{scroe}"), "utf-8")
    library = open_library([tmp_path])
    whys = "\n".join(error.why for error in library.errors_in(tmp_path / "sheets" / "risks.toml"))
    assert "no list offers a timing rule 'minuts', which a text names (did you mean 'minutes'?)" in whys
    assert "there is no field 'scroe' (did you mean 'score'?)" in whys


def test_parts_without_a_figure_stay_the_same_objects() -> None:
    plain = LIBRARY.template("raci")
    assert with_figures(plain, {"risk_high": 1}, {}) is plain
