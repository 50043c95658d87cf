"""From movements of money as reported to money that counts, every unit accounted for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbench.donors.refunds import VOIDED, kept_minor, original_gifts, undone_refunds
from workbench.tables.codes import ACCOUNTS, codes_that

COUNTED_GIFTS = codes_that(ACCOUNTS, "is_gift")
WENT_BACK = ("refund", "bounced", "moved")  # kinds of money below zero
RETURNED = codes_that(ACCOUNTS, "is_return")
COUNTED = (*COUNTED_GIFTS, *RETURNED)


def settle_gifts(
    donations: pd.DataFrame, *, crosswalk: pd.DataFrame, people: pd.DataFrame,
    as_of: dt.date, currency_code: str,
) -> pd.DataFrame:
    """Return ``donations`` with what became of each row, one row a movement, none dropped.

    Adds ``person_id`` and ``household_id`` of the giver (``crosswalk`` and ``people`` as the
    spine leaves them; missing where no person is known, or the person has no name at all),
    ``giver_key`` (the person, else the organisation, else the row itself), ``account_code``
    (of ACCOUNTS), ``counted_minor`` (hundredths of the currency; negative for a refund, 0 for
    a row that does not count) and ``kept_minor`` (of a gift that counts, what was not
    returned; 0 for every other row).
    """
    named = _with_givers(donations, crosswalk, people)
    excluded = _excluded(named, as_of, currency_code)
    original = original_gifts(named, is_excluded=excluded != "")
    undone = undone_refunds(named, is_excluded=excluded != "")
    original = original.fillna(undone.map(original))
    account = _counted(named, original, undone).where(excluded == "", excluded)
    counted = named["amount_minor"].where(account.isin(COUNTED), 0).astype("int64")
    settled = named.assign(account_code=account, counted_minor=counted)
    return settled.assign(
        kept_minor=kept_minor(settled, original, is_gift=account.isin(COUNTED_GIFTS)))


def reconcile_money(settled: pd.DataFrame) -> pd.DataFrame:
    """Return one row an account: code, name, ``is_counted``, ``n_rows``, ``amount_minor``.

    The rows add up to every row and all money reported in ``settled``; only the counted
    accounts make up the total of a brief.
    """
    tally = settled.groupby("account_code")["amount_minor"].agg(["size", "sum"])
    names = {code: account.name for code, account in ACCOUNTS.items()}
    tally = tally.reindex(list(names), fill_value=0)
    return pd.DataFrame({
        "account_code": list(names),
        "account_name": list(names.values()),
        "is_counted": [code in COUNTED for code in names],
        "n_rows": tally["size"].astype("int64").to_numpy(),
        "amount_minor": tally["sum"].astype("int64").to_numpy(),
    })


def _with_givers(
    donations: pd.DataFrame, crosswalk: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    known = crosswalk.loc[crosswalk["table_name"] == "donations",
                          ["source_name", "row_key", "person_id"]]
    named = people["first_name"].notna() | people["last_name"].notna()
    linked = donations.reset_index(drop=True).merge(
        known, how="left", left_on=["source_name", "donation_id"],
        right_on=["source_name", "row_key"], validate="many_to_one",
    ).merge(people.loc[named, ["person_id", "household_id"]], how="left", on="person_id",
            validate="many_to_one", indicator="named")
    is_named = linked["named"] == "both"
    linked["person_id"] = linked["person_id"].where(is_named)
    row = linked["source_name"].astype("str") + "/" + linked["source_row"].astype("str")
    organisation = "organisation/" + linked["organisation_name"].astype("str")
    return linked.drop(columns=["row_key", "named"]).assign(
        giver_key=linked["person_id"].fillna(organisation).fillna(row))


def _excluded(named: pd.DataFrame, as_of: dt.date, currency_code: str) -> pd.Series:
    """Return the account of each row that does not count, and '' for those that may."""
    kind = named["gift_kind_code"].fillna("gift")
    is_late = ~(named["donation_date"] <= pd.Timestamp(as_of))
    conditions = {
        "memo": kind == "memo",
        "conduit_out": kind == "conduit_out",
        "repeated_id": named.sort_values("source_row", kind="stable").duplicated(
            ["source_name", "donation_id"]).reindex(named.index),
        "other_currency": _is_other_currency(named, currency_code),
        "after_as_of": is_late,
        "other_kind": kind == "other",
        "zero": named["amount_minor"].fillna(0) == 0,
        "not_individual": named["donor_kind_code"].fillna("unknown") == "organisation",
        "sign_unclear": ((kind.isin(WENT_BACK) & (named["amount_minor"] > 0))
                         | ((kind == VOIDED) & (named["amount_minor"] < 0))),
    }
    return _first_that_holds(conditions, named.index, default="")


def _counted(named: pd.DataFrame, original: pd.Series, undone: pd.Series) -> pd.Series:
    """Return the account of each row that no rule excludes."""
    is_negative, kind = named["amount_minor"] < 0, named["gift_kind_code"].fillna("gift")
    is_voided = kind == VOIDED
    conditions = {
        "counted_voided": is_voided & undone.notna(),
        "voided_alone": is_voided,
        "counted_bounced": is_negative & (kind == "bounced"),
        "counted_moved": is_negative & (kind == "moved"),
        "counted_refund": is_negative & original.notna(),
        "counted_refund_alone": is_negative & (kind == "refund"),
        "sign_unclear": is_negative,
        "counted_recurring": named["is_recurring"].fillna(False),
    }
    return _first_that_holds(conditions, named.index, default="counted_gift")


def _is_other_currency(named: pd.DataFrame, currency_code: str) -> pd.Series:
    """Tell rows of another currency, and those of none where their source has several."""
    currency = named["currency_code"]
    is_stranger = currency.notna() & (currency != currency_code)
    has_several = is_stranger.groupby(named["source_name"]).transform("any")
    return is_stranger | (currency.isna() & has_several)


def _first_that_holds(
    conditions: dict[str, pd.Series], index: pd.Index, *, default: str
) -> pd.Series:
    flags = [flag.to_numpy(dtype=bool, na_value=False) for flag in conditions.values()]
    return pd.Series(np.select(flags, list(conditions), default), index=index, dtype="str")
