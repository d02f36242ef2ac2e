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
COL_OUTCOME = LocalizedText("判定", "Outcome")
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
HOURS_AND_MINUTES = LocalizedText("{hours} 小时 {minutes} 分", "{hours} h {minutes} min")
HOURS_ONLY = LocalizedText("{hours} 小时", "{hours} h")
MINUTES_ONLY = LocalizedText("{minutes} 分钟", "{minutes} min")


def span_text(lang: Lang, hours: float) -> str:
    """Return a length of time as days and hours, below a day as hours and minutes.

    >>> span_text("en", 50.4), span_text("en", 48), span_text("en", 1.5), span_text("en", 0.5)
    ('2 d 2 h', '2 d', '1 h 30 min', '30 min')
    """
    minutes = round(abs(hours) * 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return MINUTES_ONLY.format(lang, minutes=minutes)
    days, left = divmod(round(abs(hours)), 24)
    if minutes < 24 * 60:
        whole, rest = divmod(minutes, 60)
        return (HOURS_AND_MINUTES if rest else HOURS_ONLY).format(lang, hours=whole, minutes=rest)
    return (DAYS_AND_HOURS if left else DAYS_ONLY).format(lang, days=days, hours=left)


# --- what has changed ---
PAGE_CHANGES = LocalizedText("本轮变化", "Changes")
NOTE_CHANGES = LocalizedText(
    "与 {round} 相比：{kinds}。基准 {as_of}。", "Compared with {round}: {kinds}. As of {as_of}."
)
NOTE_NO_CHANGES = LocalizedText("与 {round} 相比没有变化。基准 {as_of}。", "No change since {round}. As of {as_of}.")
NOTE_FIRST_ROUND = LocalizedText("这是已知的第一轮，没有可比较的。", "This is the first round that is known.")
COL_CHANGE_KIND = LocalizedText("变化", "Change")
COL_TIMES = LocalizedText("次数", "Times")
COL_DETAIL = LocalizedText("变化说明", "Detail")
CHANGE_KINDS: Mapping[str, LocalizedText] = {
    "newly_overdue": LocalizedText("新增逾期", "Newly overdue"),
    "redated": LocalizedText("改期待同意", "New date to accept"),
    "slipped": LocalizedText("已改期", "Slipped"),
    "reopened": LocalizedText("重新打开", "Reopened"),
    "backwards": LocalizedText("进度倒退", "Went back"),
    "gone": LocalizedText("未完成即消失", "Gone while open"),
    "long_overdue": LocalizedText("连续逾期", "Overdue for rounds"),
    "same_excuse": LocalizedText("理由未变", "Same reason"),
    "recovered": LocalizedText("逾期已办结", "Recovered"),
}
CHANGE_DETAILS: Mapping[str, LocalizedText] = {
    "newly_overdue": LocalizedText("逾期 {days} 天", "{days} {days:day|days} overdue"),
    "redated": LocalizedText(
        "申请改到 {asked}，未同意前仍按原日期计", "asks for {asked}; the date before counts until it is accepted"
    ),
    "slipped": LocalizedText(
        "累计改期 {times} 次，共推后 {days} 天",
        "slipped {times} {times:time|times}, by {days} {days:day|days} altogether",
    ),
    "reopened": LocalizedText("累计重新打开 {times} 次", "reopened {times} {times:time|times}"),
    "backwards": LocalizedText("累计倒退 {times} 次", "went back {times} {times:time|times}"),
    "gone": LocalizedText("{since} 还未完成，本轮表中没有", "open in {since}, missing from this round's return"),
    "long_overdue": LocalizedText("已连续 {times} 轮逾期，自 {since} 起", "overdue for {times} rounds, since {since}"),
    "same_excuse": LocalizedText("连续 {times} 轮同一理由", "the same reason in {times} reports in a row"),
    "recovered": LocalizedText("上轮逾期，本轮办结", "overdue in the last round, closed in this one"),
}
KIND_COUNT = LocalizedText("{kind} {count}", "{kind} {count}")

# --- trend ---
PAGE_TREND = LocalizedText("历轮趋势", "Trend")
TREND_CHART_TITLE = LocalizedText("历轮趋势", "Trend over the rounds")
TREND_TEXT = LocalizedText(
    "各轮的完成率、逾期项数和按时回收率", "Completion, overdue items and returns in time for each round"
)
NOTE_TREND = LocalizedText(
    "各轮当时报告中的数字；上一轮的数字见各指标下方。",
    "The figures of each round as its report gave them; those of the last round stand below the figures.",
)
COL_ROUND = LocalizedText("轮次", "Round")
COL_AS_OF = LocalizedText("截至", "As of")
COL_RETURNED = LocalizedText("已回收", "Returned")
COL_IN_TIME = LocalizedText("按时", "In time")
COL_EXPECTED = LocalizedText("应报", "Expected")
COL_NEW = LocalizedText("新增逾期", "Newly overdue")
SERIES_DONE = LocalizedText("完成比例", "Completion")
SERIES_OVERDUE = LocalizedText("逾期", "Overdue")
SERIES_IN_TIME = LocalizedText("按时回收率", "Returned in time")

# --- escalation ---
PAGE_REMINDERS = LocalizedText("今日催办", "Reminders today")
NOTE_REMINDERS = LocalizedText(
    "逾期 {head} 天起请区域负责人督促，{coordinator} 天起由协调人协调，{superior} 天起请上级决定；"
    "紧急和高风险事项天数加倍计；阶梯可在项目工作簿《参数》修改。基准 {as_of}。",
    "From {head} days overdue the regional head is asked, from {coordinator} the coordinator, from {superior} the "
    "superior; days count double for urgent items and high risks. The project workbook sets the ladder. As of {as_of}.",
)
COL_RUNG = LocalizedText("催办对象", "Level")
COL_WHOM = LocalizedText("找谁", "To")
COL_ADDRESS = LocalizedText("联系", "Address")
COL_COPY = LocalizedText("抄送给", "Copy to")
COL_ABOUT = LocalizedText("何事", "About")
COL_TEXT = LocalizedText("可直接发送的文字", "Text ready to send")
RUNG_NAMES: Mapping[str, LocalizedText] = {
    "owner": LocalizedText("责任人", "Owner"),
    "head": LocalizedText("区域负责人", "Regional head"),
    "coordinator": LocalizedText("协调人", "Coordinator"),
    "superior": LocalizedText("上级", "Superior"),
}
REMINDER_GREETING = LocalizedText("{person}，您好：", "Dear {person},")
REMINDER_GREETING_NOBODY = LocalizedText("您好：", "Hello,")
ASKS: Mapping[str, LocalizedText] = {
    "owner": LocalizedText(
        "以下 {count} 项已逾期，请今天回复进展和能完成的日期。",
        "{count} {count:item is|items are} overdue. Please reply today with the progress and a date you can keep.",
    ),
    "head": LocalizedText(
        "贵区域以下 {count} 项逾期较久，请督促责任人，今天回复解决办法和日期。",
        "{count} {count:item|items} of your region {count:has|have} been overdue for long. Please see to "
        "{count:it|them} and reply today with a way out and a date.",
    ),
    "coordinator": LocalizedText(
        "以下 {count} 项区域未能解决，请今天协调。",
        "{count} {count:item has|items have} not been solved by the regions. Please coordinate today.",
    ),
    "superior": LocalizedText(
        "以下 {count} 项长期逾期，协调未果，请决定如何处理。",
        "{count} {count:item has|items have} been overdue for very long and could not be solved. Please decide.",
    ),
}
ASK_RETURN = LocalizedText(
    "贵区域 {round} 的表还没有收到（截止 {due}），请今天交回。",
    "We have not received your workbook of {round} (due {due}). Please return it today.",
)
LINE_OVERDUE = LocalizedText(
    "{number}. {key} {title}（{region} {owner}），应于 {due} 完成，已逾期 {days} 天{why}",
    "{number}. {key} {title} ({region}, {owner}), due {due}, {days} {days:day|days} overdue{why}",
)
LINE_WHY = LocalizedText("；原因：{why}", "; reason: {why}")
LINE_MORE = LocalizedText("……另有 {count} 项，见报告《逾期》。", "… and {count} more; see “Overdue” in the report.")
SIGNED = LocalizedText("—— {coordinator}", "{coordinator}")
RETURN_OF = LocalizedText("{round} 的表", "workbook of {round}")

# --- to decide today ---
DECISIONS_TITLE = LocalizedText("今日须决定", "To decide today")
COL_TOPIC = LocalizedText("事由", "Matter")
COL_DECISION = LocalizedText("决定什么", "What to decide")
COL_WHO = LocalizedText("谁决定", "Who decides")
COL_BY = LocalizedText("何时前", "By")
DECISION_TOPICS: Mapping[str, LocalizedText] = {
    "superior": LocalizedText("长期逾期", "Long overdue"),
    "redated": LocalizedText("改期", "New date"),
    "high": LocalizedText("高风险", "High risk"),
    "blocked": LocalizedText("阻塞", "Blocked"),
    "conflict": LocalizedText("填报冲突", "Conflict"),
    "silent": LocalizedText("未回报", "Silent"),
}
DECISION_TEXTS: Mapping[str, LocalizedText] = {
    "superior": LocalizedText(
        "{key} {title}（{region} {owner}）逾期 {days} 天：继续、换人还是取消",
        "{key} {title} ({region}, {owner}), {days} days overdue: go on, hand over or cancel",
    ),
    "redated": LocalizedText(
        "{key} {title}（{region} {owner}）由 {due} 改到 {asked}：是否同意",
        "{key} {title} ({region}, {owner}) from {due} to {asked}: accept or not",
    ),
    "high": LocalizedText(
        "{key} {title}（{region} {owner}）没有进展：采取什么措施",
        "{key} {title} ({region}, {owner}) has not moved: what is to be done",
    ),
    "blocked": LocalizedText("{key} {title}（{region} {owner}）：{help}", "{key} {title} ({region}, {owner}): {help}"),
    "conflict": LocalizedText(
        "{count} 处填报冲突和建议待定，见《冲突与建议》",
        "{count} conflicts and proposals wait; see “Conflicts and proposals”",
    ),
    "silent": LocalizedText(
        "{region} 自 {since} 起没有消息，已知未完成 {count} 项：如何跟进",
        "{region} silent since {since}, {count} known open: how to follow up",
    ),
}
NO_HELP_NAMED = LocalizedText("没有写明需要什么支持", "does not say what is needed")
