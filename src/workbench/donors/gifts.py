"""From movements of money as reported to money that counts, every unit accounted for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

POSTCODE_STEM_LENGTH = 5
ACCOUNT_ROWS = (
    ("counted_gift", "Gifts that count"),
    ("counted_refund", "Less refunds that count"),
    ("conduit_out", "Passed on by a conduit; the recipient reports it too"),
    ("memo", "Memo rows; the money stands in another row"),
    ("other_kind", "Neither gift nor refund"),
    ("other_currency", "In another currency"),
    ("after_as_of", "Dated after the day of the build"),
    ("zero", "Of amount zero"),
    ("not_individual", "Given by an organisation or a committee"),
)
COUNTED = ("counted_gift", "counted_refund")


def settle_gifts(
    donations: pd.DataFrame, *, as_of: dt.date, currency_code: str
) -> pd.DataFrame:
    """Return ``donations`` with what became of each row, one row a movement, none dropped.

    Adds ``account_code`` (the first of ACCOUNT_ROWS that applies, exclusions first),
    ``counted_minor`` (hundredths of the currency; negative for a refund, 0 for a row that
    does not count) and ``donor_key``: one name at one postcode, until records are linked.
    A row without a name or a postcode is a donor of its own, so that strangers never merge.
    """
    account = _account_codes(donations, as_of, currency_code)
    counted = donations["amount_minor"].where(account.isin(COUNTED), 0)
    return donations.assign(
        account_code=account,
        counted_minor=counted.astype("int64"),
        donor_key=_donor_keys(donations),
    )


def reconcile_money(settled: pd.DataFrame) -> pd.DataFrame:
    """Return one row an account: ``account_code``, ``account_name``, ``n_rows``, ``amount_minor``.

    The rows add up to every row and all money reported in ``settled``; only the two counted
    accounts make up the total of a brief.
    """
    tally = settled.groupby("account_code")["amount_minor"].agg(["size", "sum"])
    names = dict(ACCOUNT_ROWS)
    tally = tally.reindex(list(names), fill_value=0)
    return pd.DataFrame({
        "account_code": list(names),
        "account_name": list(names.values()),
        "n_rows": tally["size"].astype("int64").to_numpy(),
        "amount_minor": tally["sum"].astype("int64").to_numpy(),
    })


def _account_codes(donations: pd.DataFrame, as_of: dt.date, currency_code: str) -> pd.Series:
    amount = donations["amount_minor"].fillna(0)
    kind = donations["gift_kind_code"].fillna("gift")
    currency = donations["currency_code"].fillna(currency_code)
    conditions = {
        "memo": kind == "memo",
        "conduit_out": kind == "conduit_out",
        "other_currency": currency != currency_code,
        "after_as_of": donations["donation_date"] > pd.Timestamp(as_of),
        "other_kind": kind == "other",
        "zero": amount == 0,
        "not_individual": donations["donor_kind_code"].fillna("unknown") == "organisation",
        "counted_refund": amount < 0,
    }
    chosen = np.select(
        [c.to_numpy(dtype=bool, na_value=False) for c in conditions.values()],
        list(conditions), default="counted_gift",
    )
    return pd.Series(chosen, index=donations.index, dtype="str")


def _donor_keys(donations: pd.DataFrame) -> pd.Series:
    parts = [
        donations[column].fillna("").str.casefold().str.replace(r"[^\w]", "", regex=True)
        for column in ("last_name", "first_name", "postcode")
    ]
    parts[2] = parts[2].str[:POSTCODE_STEM_LENGTH]
    whole = (parts[0] != "") & (parts[2] != "")
    alone = donations["source_name"].fillna("") + "/" + donations["donation_id"].fillna("")
    return (parts[0] + "|" + parts[1] + "|" + parts[2]).where(whole, alone)
