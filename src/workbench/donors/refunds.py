"""Which gift a refund returns, which refund a voided cheque undoes, and what is left of a gift."""

from __future__ import annotations

import numpy as np
import pandas as pd

VOIDED = "voided_refund"


def original_gifts(named: pd.DataFrame, *, is_excluded: pd.Series) -> pd.Series:
    """Return for each row below zero the row of the gift that it returns, else missing.

    That is the gift named by ``refund_of_id``; where none is named, the giver's latest gift
    that is no later and no smaller. Rows that are excluded return nothing and are not returned.
    ``named`` has a running index, its rows' numbers.
    """
    usable = _numbered(named[~is_excluded & (named["gift_kind_code"].fillna("gift") != VOIDED)])
    gifts = usable[usable["amount_minor"] > 0]
    refunds = usable[usable["amount_minor"] < 0]
    by_id = refunds.dropna(subset=["refund_of_id"]).merge(
        gifts[["source_name", "donation_id", "row"]], how="inner",
        left_on=["source_name", "refund_of_id"], right_on=["source_name", "donation_id"],
        suffixes=("", "_gift"), validate="many_to_one",
    )
    unnamed = refunds[refunds["refund_of_id"].isna()]
    found = pd.concat([by_id, _latest_gifts(unnamed, gifts)])
    return found.set_index("row")["row_gift"].reindex(named.index).astype("Int64")


def undone_refunds(named: pd.DataFrame, *, is_excluded: pd.Series) -> pd.Series:
    """Return for each voided refund the row of the refund that it undoes, else missing.

    That is the refund named by ``refund_of_id``; where none is named, the giver's latest
    refund of that very amount that is no later. A refund is undone once.
    """
    usable = _numbered(named[~is_excluded])
    voided = usable[(usable["gift_kind_code"] == VOIDED) & (usable["amount_minor"] > 0)]
    refunds = usable[usable["amount_minor"] < 0]
    pairs = voided.merge(refunds, on=["source_name", "giver_key"], suffixes=("", "_refund"),
                         validate="many_to_many")
    is_named = pairs["refund_of_id"].notna()
    fits = np.where(is_named, pairs["refund_of_id"] == pairs["donation_id_refund"],
                    (pairs["amount_minor"] == -pairs["amount_minor_refund"])
                    & (pairs["donation_date_refund"] <= pairs["donation_date"]))
    ordered = pairs[fits.astype(bool)].sort_values(["donation_date_refund", "row_refund", "row"])
    once = ordered.drop_duplicates("row_refund", keep="first").drop_duplicates("row", keep="last")
    return once.set_index("row")["row_refund"].reindex(named.index).astype("Int64")


def kept_minor(
    settled: pd.DataFrame, original: pd.Series, *, is_gift: pd.Series
) -> pd.Series:
    """Return what is left of each gift that counts, never below 0; 0 for every other row."""
    is_refund = original.notna()
    returned = settled.loc[is_refund, "counted_minor"].groupby(original[is_refund]).sum()
    returned.index = returned.index.astype("int64")
    left = settled["counted_minor"] + returned.reindex(settled.index).fillna(0).astype("int64")
    return left.clip(lower=0).where(is_gift, 0).astype("int64")


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["source_name", "donation_id", "refund_of_id", "giver_key", "donation_date",
               "amount_minor", "gift_kind_code"]
    return rows[columns].rename_axis("row").reset_index()


def _latest_gifts(refunds: pd.DataFrame, gifts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a refund whose giver gave as much before, with the row of that gift."""
    pairs = refunds.merge(gifts, on="giver_key", suffixes=("", "_gift"),
                          validate="many_to_many")
    could_be = ((pairs["donation_date_gift"] <= pairs["donation_date"])
                & (pairs["amount_minor_gift"] >= -pairs["amount_minor"]))
    ordered = pairs[could_be].sort_values(["row", "donation_date_gift", "row_gift"])
    return ordered.drop_duplicates("row", keep="last")
