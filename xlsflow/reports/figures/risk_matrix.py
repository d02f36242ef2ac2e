"""Values open risks by likelihood and impact, compares them with the previous round, and counts them in a matrix."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from xlsflow.template.expressions.expression import Calculation, Ref
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.reports.inputs import ReportInputs
    from xlsflow.template.model import DataBlock

SCALE = 5
"""Likelihood and impact are scored from 1 to this."""

_FACTORS = ("likelihood", "impact")


def open_risks(inputs: ReportInputs, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the open risks, the greatest value first; the index is that of the tracked items.

    Columns: `likelihood` and `impact` (1 to 5), `value` (their product), `change` of the value since the previous
    round, `level` (code), `rank` of the level (0 is the highest). What a risk lacks is missing.

    Args:
        inputs: What the report is made from.
        frame: The tracked items (`items_with_flags`).
    """
    blocks = {name: block for name, (_, block) in inputs.blocks.items() if isinstance(block, TableBlock) and block.risk}
    rows = frame[frame["open"] & frame["block"].isin(list(blocks))]
    scored = [_scores(inputs, rows[rows["block"] == name], block) for name, block in blocks.items()]
    risks = pd.concat(scored) if scored else _scores(inputs, rows, None)
    # A risk of the highest level comes first, whatever its figures are: that is what its region says.
    order = {"rank": risks["rank"], "value": -risks["value"].fillna(0), "at": range(len(risks))}
    return risks.loc[pd.DataFrame(order, index=risks.index).sort_values([*order], na_position="last").index]


def _scores(inputs: ReportInputs, rows: pd.DataFrame, block: TableBlock | None) -> pd.DataFrame:
    """Return the figures of one block's risks."""
    own = _factors_by_key(inputs, rows, block)
    before = _factors_by_key(inputs.previous, rows, block) if inputs.previous else own.assign(**dict.fromkeys(_FACTORS))
    made = own[list(_FACTORS)].apply(pd.to_numeric, errors="coerce").astype("Int64")
    value = made["likelihood"] * made["impact"]
    earlier = before[list(_FACTORS)].apply(pd.to_numeric, errors="coerce").astype("Int64")
    levels = inputs.scope.lists[block.field(block.risk).list_name()].values if block else ()  # noqa: PD011 - no frame
    codes = [choice.code for choice in levels]
    rank = own["level"].map({code: place for place, code in enumerate(codes)}).fillna(len(codes)).astype("int64")
    change = value - earlier["likelihood"] * earlier["impact"]
    level = {"level": own["level"], "rank": rank.where(~rows["high"], 0)}
    return pd.DataFrame({**made, "value": value, "change": change, **level}, index=rows.index)


def _factors_by_key(inputs: ReportInputs, rows: pd.DataFrame, block: TableBlock | None) -> pd.DataFrame:
    """Return likelihood, impact and level of risks as a book has them; a risk that it does not have has none."""
    empty = pd.DataFrame({name: pd.Series(index=rows.index, dtype="object") for name in (*_FACTORS, "level")})
    table = inputs.book.tables.get(str(rows["block"].iloc[0])) if len(rows) else None
    if block is None or table is None or not len(table):
        return empty
    fields = {**dict(zip(_FACTORS, risk_factors(block), strict=False)), "level": block.risk}
    keys = pd.MultiIndex.from_arrays([table[block.key].astype("str"), table["_region"].astype("str")])
    known = pd.DataFrame({part: table[name].to_numpy(dtype="object") for part, name in fields.items()}, index=keys)
    known = known[~known.index.duplicated()]
    # A row's own region may differ from that of its file; the file's is what makes its key unique.
    files = dict(zip(table["_file"], table["_region"], strict=True))
    regions = rows["file"].map(files).fillna(rows["region"]).astype("str")
    wanted = pd.MultiIndex.from_arrays([rows["key"].astype("str"), regions])
    found = known.reindex(wanted)
    return empty.assign(**{part: found[part].to_numpy() for part in found.columns})


def risk_factors(block: DataBlock) -> tuple[str, ...]:
    """Return the fields that a risk's value is the product of, likelihood first; none where no field is a product."""
    for field in block.columns:
        formula = getattr(field, "expression", None)
        if isinstance(formula, Calculation) and formula.op == "*":
            sides = (formula.left, formula.right)
            names = tuple(side.field for side in sides if isinstance(side, Ref))
            if len(names) == len(sides):
                return names
    return ()


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """The open risks of one likelihood and impact: how many, how many of them rose here, fell here or are new."""

    count: int = 0
    risen: int = 0
    fallen: int = 0


def risk_matrix(risks: pd.DataFrame) -> Mapping[tuple[int, int], MatrixCell]:
    """Return likelihood and impact -> the open risks there, for the cells that have any.

    Args:
        risks: The open risks (`open_risks`).
    """
    scored = risks.dropna(subset=list(_FACTORS))
    at = list(zip(scored["likelihood"].astype("int64"), scored["impact"].astype("int64"), strict=True))
    change = scored["change"].fillna(0)
    counts = Counter(at)
    risen = Counter(cell for cell, moved in zip(at, change > 0, strict=True) if moved)
    fallen = Counter(cell for cell, moved in zip(at, change < 0, strict=True) if moved)
    return {cell: MatrixCell(count, risen[cell], fallen[cell]) for cell, count in counts.items()}
