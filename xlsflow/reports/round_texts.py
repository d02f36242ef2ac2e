"""Texts of a report about silence and change: what is not known, what is different from the last round.

All texts are in Chinese and English; those with {placeholders} are filled in with `LocalizedText.format`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import LocalizedText

# --- silence ---
CLAUSE_NOBODY = LocalizedText(
    "本轮没有区域回报，以下均为上次报送的情况", "no region has reported; all is as last reported"
)
CLAUSE_NOBODY_EVER = LocalizedText("还没有任何区域回报，情况不明", "no region has reported yet; nothing is known")
CLAUSE_GOOD_AS_KNOWN = LocalizedText("已知事项没有逾期和阻塞", "nothing known is overdue or blocked")
CLAUSE_SILENT = LocalizedText("{regions}交回空表或未改动的表", "an empty or unchanged return from {regions}")
FACT_CARRIED = LocalizedText(
    "其中 {count} 项为上次报送的情况，本轮未确认",
    "{count} {count:item|items} as last reported, not confirmed in this round",
)
FIGURE_BASIS = LocalizedText("{heard}/{expected} 个区域", "{heard} of {expected} regions")
LAST_ROUND = LocalizedText("上轮 {figure}", "last round {figure}")
SILENT_NAMES: Mapping[str, LocalizedText] = {
    "missing": LocalizedText("未交", "No return"),
    "empty": LocalizedText("交回空表", "Empty return"),
    "untouched": LocalizedText("未改动", "Unchanged"),
}
SILENCE = LocalizedText("{why}；{known}；{since}", "{why}; {known}; {since}")
KNOWN_OPEN = LocalizedText(
    "上次报送有未完成 {count} 项，逾期 {late} 项", "{count} open when last reported, {late} overdue"
)
NONE_KNOWN = LocalizedText("没有已知的未完成事项", "nothing open is known")
HEARD_IN = LocalizedText("{round} 之后没有消息", "no word since {round}")
NEVER_HEARD = LocalizedText("从未报送", "never reported")
