"""Texts of a report about silence and change: what is not known, what is different from the last round.

All texts are in Chinese and English; those with {placeholders} are filled in with `LocalizedText.format`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.i18n import Lang, LocalizedText

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

# --- timing rules ---
PAGE_COMPLIANCE = LocalizedText("时限达成率", "Compliance")
PAGE_PENDING = LocalizedText("时限未了结", "Rules running")
NOTE_COMPLIANCE = LocalizedText(
    "达成率 = 按时 ÷（按时 + 超时限）；格内为“按时/已判定”；“–”为尚无可判定的事项。{worst}基准 {as_of}。",
    "Compliance = met ÷ (met + missed); in brackets met of judged; “–”: nothing to judge yet. {worst}As of {as_of}.",
)
WORST_COMPLIANCE = LocalizedText("最低：{region} {share}。", "Lowest: {region} {share}. ")
NOTE_PENDING = LocalizedText(
    "还有时间的 {running} 项，缺时间而无法判定的 {missing} 项；按最迟时间排列。基准 {as_of}。",
    "{running} with time left, {missing} that cannot be judged for lack of a time; by the time due. As of {as_of}.",
)
RULE_ALL = LocalizedText("合计", "All rules")
REGION_ALL = LocalizedText("全部区域", "All regions")
COL_OUTCOME = LocalizedText("结果", "Outcome")
COL_TIME_LEFT = LocalizedText("剩余", "Time left")
COL_OVERRUN_SPAN = LocalizedText("超出", "Over by")
COL_MISSING_TIME = LocalizedText("缺少的时间", "Missing time")
OUTCOMES: Mapping[str, LocalizedText] = {
    "met": LocalizedText("按时", "Met"),
    "running": LocalizedText("进行中", "Running"),
    "broken": LocalizedText("超时限", "Missed"),
    "not_judgeable": LocalizedText("无法判定", "Cannot be judged"),
}
NEVER_REPORTED = LocalizedText("从未反馈", "Never reported")
DAYS_AND_HOURS = LocalizedText("{days} 天 {hours} 小时", "{days} d {hours} h")
DAYS_ONLY = LocalizedText("{days} 天", "{days} d")
HOURS_ONLY = LocalizedText("{hours} 小时", "{hours} h")
MINUTES_ONLY = LocalizedText("{minutes} 分钟", "{minutes} min")


def span_text(lang: Lang, hours: float) -> str:
    """Return a length of time as days and hours, as minutes below an hour.

    >>> span_text("en", 50.4), span_text("en", 48), span_text("en", 0.5)
    ('2 d 2 h', '2 d', '30 min')
    """
    minutes = round(abs(hours) * 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return MINUTES_ONLY.format(lang, minutes=minutes)
    days, left = divmod(round(abs(hours)), 24)
    if not days:
        return HOURS_ONLY.format(lang, hours=left)
    return (DAYS_AND_HOURS if left else DAYS_ONLY).format(lang, days=days, hours=left)
