"""A small valid set of definitions, and helpers that change one thing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.template.loading.load import Library, load_library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LISTS = """
[staff]
project = true
title = { zh = "人员", en = "People" }

[areas]
project = true
title = { zh = "区域", en = "Areas" }

[columns]
project = true
title = { zh = "列", en = "Columns" }

[states]
title = { zh = "状态", en = "State" }
values = [
  { code = "open", zh = "进行中", en = "Open", synonyms = ["在办"] },
  { code = "done", zh = "已完成", en = "Done" },
]

[roles]
title = { zh = "职责", en = "Role" }
values = [
  { code = "A", zh = "A", en = "A" },
  { code = "R", zh = "R", en = "R" },
]
"""

FIELDS = """
[deadline]
kind = "date"
label = { zh = "期限", en = "Deadline" }

[remark]
kind = "text"
label = { zh = "备注", en = "Remark" }
"""

JOBS = """
name = "jobs"
version = 1
title = { zh = "任务", en = "Jobs" }
tab = { zh = "任务", en = "Jobs" }
purpose = { zh = "跟踪任务", en = "Follow jobs" }
colour = "teal"
print = { landscape = true }

[[blocks]]
name = "rows"
type = "table"
key = "job_id"
rows = 10

[blocks.follow]
title = "job"
owner = "owner"
due = "deadline"
status = "state"
done = ["done"]

[[blocks.fields]]
name = "job_id"
kind = "id"
prefix = "JB"
label = { zh = "编号", en = "ID" }

[[blocks.fields]]
name = "job"
kind = "text"
most = 200
label = { zh = "内容", en = "Job" }
required = true

[[blocks.fields]]
name = "owner"
kind = "person"
of = "staff"
never = "areas"
label = { zh = "责任人", en = "Owner" }

[[blocks.fields]]
name = "start"
kind = "date"
label = { zh = "开始", en = "Start" }

[[blocks.fields]]
use = "deadline"

[[blocks.fields]]
name = "state"
kind = "choice"
of = "states"
label = { zh = "状态", en = "State" }

[[blocks.fields]]
name = "share"
kind = "percent"
label = { zh = "完成率", en = "Share" }

[[blocks.fields]]
name = "left"
kind = "computed"
formula = "deadline - as_of + setting.grace"
label = { zh = "剩余", en = "Left" }

[[blocks.rules]]
rule = "not_before"
field = "deadline"
other = "start"

[[blocks.rules]]
rule = "must"
that = "share == 1"
when = "state == 'done'"
at = "share"
say = { zh = "应为 100%。", en = "It should be 100 %." }

[[blocks]]
name = "notes"
type = "text"
lines = [{ zh = "说明", en = "Note" }]

[[blocks]]
name = "who"
type = "signatures"
per = "areas"

[variants.short]
drop = ["rows.share"]
rename = { "rows.job" = { zh = "事项", en = "Item" } }
first = { rows = ["job_id", "deadline"] }

[variants.long]
change = { "rows.job" = { required = false } }
add = [{ block = "rows", after = "job", use = "remark" }]
"""

WHO = """
name = "who"
title = { zh = "分工", en = "Who" }
tab = { zh = "分工", en = "Who" }
purpose = { zh = "谁做什么", en = "Who does what" }

[[blocks]]
name = "grid"
type = "matrix"
cells = "parts"
across = "columns"
of = "roles"

[[blocks.fields]]
name = "job_id"
kind = "id"
prefix = "JB"
to = "jobs.rows.job_id"
label = { zh = "编号", en = "ID" }

[[blocks.after]]
name = "check"
kind = "computed"
formula = "count(parts, 'A')"
label = { zh = "校验", en = "Check" }

[[blocks.rules]]
rule = "exactly_one"
cells = "parts"
codes = ["A"]
at = "job_id"
"""

PACK = """
name = "weekly"
title = { zh = "周报", en = "Weekly" }
subtitle = { zh = "任务", en = "Jobs" }
sheets = ["jobs:short", "who"]
default = true

[settings]
grace = 2

[timing]
feedback = { every = "week" }
solve = { hours = 24, case = { urgent = 2 } }
"""

SMALL: Mapping[str, str] = {
    "lists.toml": LISTS,
    "fields.toml": FIELDS,
    "sheets/jobs.toml": JOBS,
    "sheets/who.toml": WHO,
    "packs/weekly.toml": PACK,
}
"""Path below the folder -> content."""


def small_library(folder: Path, changes: Mapping[str, str | bytes] | None = None) -> Library:
    """Write the small set, with some files replaced, and return its library."""
    for name, text in {**SMALL, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_library([folder])


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """Return a file of the small set with one text replaced."""
    assert SMALL[file].count(old) == 1, f"{old!r} is there {SMALL[file].count(old)} times in {file}"
    return {file: SMALL[file].replace(old, new)}
