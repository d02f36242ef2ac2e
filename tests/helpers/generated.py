"""The parts of pages that are generated: command reference, forms, sheets and settings of a project, what survives.

Each part is between two marks, `<!-- name: begin -->` and `<!-- name: end -->`. A test compares it with what is
generated now; `python -m tests.helpers.documents` puts that in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.helpers.documents import PAGES, TOP, every_command, page_text, run
from tests.office.test_survival import SURVIVAL
from tests.templates.packs.forms_table import forms_table
from tests.templates.packs.project_tables import figures_table, handbooks_table, sheets_tables
from xlsflow.i18n import LANGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsflow.i18n import Lang

_ROUTES = {"en": ("LibreOffice", "as .ods and back", "openpyxl"), "zh": ("LibreOffice", "存成 .ods 再存回", "openpyxl")}
_VERDICTS = {"zh": {"kept": "保留", "partly": "部分保留", "lost": "丢失"}}
_IN_CHINESE = {
    "validations, their help and refusal": "数据验证、输入提示和出错警告",
    "whether a refusal warns or stops": "出错时是警告还是停止",
    "defined names": "定义的名称",
    "stamp in the properties": "文档属性里的身份标记",
    "stamp on the hidden sheet": "隐藏工作表里的身份标记",
    "stamp in the names": "名称里的身份标记",
    "hidden row of keys": "隐藏的键行",
    "protection, and which cells are free": "工作表保护、可填写的单元格",
    "what protection allows": "保护下允许的操作（筛选、排序、列宽）",
    "conditional formats": "条件格式",
    "print area, titles, paper, fit": "打印区域、标题行、纸张、缩放",
    "print area that grows with the rows": "随行数增长的打印区域",
    "headers and footers": "页眉和页脚",
    "hidden sheets": "隐藏的工作表",
    "very hidden (not offered to be shown)": "深度隐藏（界面上不能取消隐藏）",
    "frozen panes": "冻结窗格",
    "zoom, grid lines off": "显示比例、不显示网格线",
    "filters": "筛选",
    "tab colours": "工作表标签颜色",
    "results of formulas": "公式的计算结果",
    "notes on cells that are blank again": "留空单元格的批注",
}


class Part(NamedTuple):
    """A generated part: the English page, the name of its marks, and what makes it in a language."""

    page: str
    name: str
    make: Callable[[Lang], str]

    def pages(self) -> dict[Lang, str]:
        """Return language -> the page that the part is on."""
        return dict(zip(LANGS, (PAGES[self.page], self.page), strict=True))


def command_reference(lang: Lang) -> str:
    """Return the help of every command."""
    shown = [(words, run(*words, "--help", lang=lang).stdout) for words in every_command()]
    return "\n\n".join(
        f"### {' '.join(('xlsflow', *words))}\n\n```text\n{text.replace('python -m xlsflow', 'xlsflow').rstrip()}\n```"
        for words, text in shown
    )


def survival_table(lang: Lang) -> str:
    """Return what each program keeps of a workbook that it saves, as `tests/office/test_survival.py` measures it."""
    heads = ["", *_ROUTES[lang]]
    rows = [
        [_IN_CHINESE[what] if lang == "zh" else what, *(_VERDICTS.get(lang, {}).get(word, word) for word in verdicts)]
        for what, verdicts in SURVIVAL.items()
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows))


PARTS = (
    Part("xlsflow/cli/README.md", "commands", command_reference),
    Part("xlsflow/workbook/README.md", "survival", survival_table),
    Part("workbook_templates/FORMS.md", "forms", forms_table),
    Part("workbook_templates/PROJECT.md", "sheets", sheets_tables),
    Part("workbook_templates/PROJECT.md", "handbooks", handbooks_table),
    Part("workbook_templates/PROJECT.md", "figures", figures_table),
)


def rewrite() -> None:
    """Put what is generated now into all pages."""
    for part in PARTS:
        for lang, page in part.pages().items():
            before, after = f"<!-- {part.name}: begin -->", f"<!-- {part.name}: end -->"
            new = f"{before}\n\n{part.make(lang)}\n\n{after}"
            text = page_text(page)
            start, end = text.index(before), text.index(after) + len(after)
            if text[start:end] != new:
                (TOP / page).write_text(text[:start] + new + text[end:], "utf-8")
