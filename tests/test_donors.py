"""Money is counted once, net of refunds, and every row reported has an account."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench import donors
from workbench.settings import Disclosure
from workbench.tables import TABLES, to_arrow, to_pandas

AS_OF = dt.date(2026, 10, 5)
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)


def donation(number, amount, day="2026-09-01", **more):
    row = {"source_name": "s", "source_row": number, "donation_id": str(number),
           "first_name": "Ada", "last_name": "Moor", "postcode": "10001-1234",
           "donation_date": pd.Timestamp(day), "amount_minor": amount, "currency_code": "USD",
           "gift_kind_code": "refund" if amount < 0 else "gift",
           "donor_kind_code": "individual"}
    return {**row, **more}


def table(*rows):
    frame = pd.DataFrame(list(rows))
    return to_pandas(to_arrow(frame, TABLES["donations"]))


def settle(*rows):
    return donors.settle_gifts(table(*rows), as_of=AS_OF, currency_code="USD")


def test_a_refund_lowers_the_total_and_never_counts_as_a_gift():
    settled = settle(donation(1, 5000), donation(2, -2000))
    summary = donors.summarise_donors(settled, as_of=AS_OF)
    assert summary[["n_gifts", "net_minor"]].to_numpy().tolist() == [[1, 3000]]


@pytest.mark.parametrize(
    ("change", "account"),
    [({"gift_kind_code": "memo"}, "memo"), ({"gift_kind_code": "conduit_out"}, "conduit_out"),
     ({"gift_kind_code": "conduit_in"}, "counted_gift"),
     ({"currency_code": "EUR"}, "other_currency"), ({"gift_kind_code": "other"}, "other_kind"),
     ({"donation_date": pd.Timestamp("2026-10-06")}, "after_as_of"),
     ({"donation_date": pd.Timestamp("2026-10-05")}, "counted_gift"),
     ({"amount_minor": 0}, "zero"), ({"donor_kind_code": "organisation"}, "not_individual"),
     ({"amount_minor": -1}, "counted_refund")],
)
def test_each_row_has_the_account_that_its_rule_says(change, account):
    settled = settle({**donation(1, 5000), **change})
    assert settled["account_code"].tolist() == [account]
    assert (settled["counted_minor"].iloc[0] != 0) == account.startswith("counted")


def test_the_accounts_add_up_to_every_row_and_all_money():
    rng = np.random.default_rng(1)
    kinds = rng.choice(["gift", "refund", "memo", "conduit_in", "conduit_out", "other"], 500)
    amounts = rng.integers(-9000, 9000, 500)
    raw = table(*[donation(i, int(a), gift_kind_code=k)
                  for i, (a, k) in enumerate(zip(amounts, kinds, strict=True))])
    settled = donors.settle_gifts(raw, as_of=AS_OF, currency_code="USD")
    accounts = donors.reconcile_money(settled).set_index("account_code")
    assert accounts["n_rows"].sum() == 500
    assert accounts["amount_minor"].sum() == amounts.sum()
    by_hand = sum(a for a, k in zip(amounts, kinds, strict=True)
                  if k in ("gift", "refund", "conduit_in"))
    assert settled["counted_minor"].sum() == by_hand


def test_the_same_name_at_the_same_postcode_is_one_donor_however_it_is_written():
    settled = settle(donation(1, 100), donation(2, 100, last_name=" MOOR", postcode="10001"),
                     donation(3, 100, first_name="Bo"))
    assert settled["donor_key"].nunique() == 2


def test_rows_without_a_name_or_a_postcode_never_merge():
    settled = settle(donation(1, 100, last_name=None), donation(2, 100, last_name=None),
                     donation(3, 100, postcode=None), donation(4, 100, postcode=None))
    assert settled["donor_key"].nunique() == 4


def summary_of(rows):
    frame = pd.DataFrame(rows, columns=["donor_key", "n_gifts", "net_minor", "first", "last"])
    frame["first_gift_date"] = pd.to_datetime(frame["first"])
    frame["last_gift_date"] = pd.to_datetime(frame["last"])
    frame["recency_days"] = (pd.Timestamp(AS_OF) - frame["last_gift_date"]).dt.days
    return frame


@pytest.mark.parametrize(
    ("n_gifts", "first", "last", "segment"),
    [(1, "2026-09-01", "2026-09-01", "new"), (5, "2024-01-01", "2026-09-01", "regular"),
     (2, "2024-01-01", "2026-09-01", "occasional"), (5, "2024-01-01", "2026-01-01", "at_risk"),
     (1, "2026-01-01", "2026-01-01", "one_off"), (9, "2020-01-01", "2024-01-01", "lapsed"),
     (1, "2026-07-07", "2026-07-07", "new"), (1, "2026-07-06", "2026-07-06", "one_off")],
)
def test_a_segment_follows_from_recency_and_frequency(n_gifts, first, last, segment):
    frame = summary_of([("k", n_gifts, 1000, first, last)])
    result = donors.segment_donors(frame, as_of=AS_OF, recent_days=90, lapse_days=730,
                                   repeat_gifts_min=3)
    assert result["segment_code"].tolist() == [segment]


def test_fifths_are_equal_in_number_and_rise_with_value():
    frame = summary_of([(str(i), 1, 100 * (i + 1), "2026-01-01", "2026-01-01")
                        for i in range(50)])
    result = donors.segment_donors(frame, as_of=AS_OF, recent_days=90, lapse_days=730,
                                   repeat_gifts_min=3)
    assert result["value_fifth"].value_counts().tolist() == [10] * 5
    assert result["value_fifth"].is_monotonic_increasing


def test_segments_share_out_all_donors_and_hide_small_ones():
    frame = summary_of([(str(i), 1, 1000, "2026-09-01", "2026-09-01") for i in range(95)]
                       + [(f"l{i}", 1, 1000, "2020-01-01", "2020-01-01") for i in range(5)])
    segmented = donors.segment_donors(frame, as_of=AS_OF, recent_days=90, lapse_days=730,
                                      repeat_gifts_min=3)
    shown = donors.segment_table(segmented, PROFILE).set_index("segment_name")
    assert shown.loc["New", "n_donors"] == 95
    assert shown.loc["New", "donor_share"] == 0.95
    assert shown.loc["New", "raised_minor"] == 95_000
    assert shown.loc["Lapsed", ["n_donors", "raised_minor", "mean_minor"]].isna().all()


def test_a_month_dominated_by_one_donor_hides_its_sum_not_its_count():
    rows = [donation(i, 100, last_name=f"N{i}") for i in range(20)]
    rows.append(donation(99, 1_000_000, last_name="Rich"))
    shown = donors.giving_by_month(settle(*rows), PROFILE)
    assert shown["n_donors"].tolist() == [20]
    assert shown["raised_minor"].isna().tolist() == [True]


@pytest.mark.parametrize("n", [0, 1, 49])
def test_few_donors_get_a_brief_that_says_so(n):
    rows = [donation(i, 100, last_name=f"N{i}") for i in range(n)]
    settled = settle(*rows) if rows else donors.settle_gifts(
        table(donation(1, 1)).iloc[:0], as_of=AS_OF, currency_code="USD")
    summary = donors.summarise_donors(settled, as_of=AS_OF)
    segmented = donors.segment_donors(summary, as_of=AS_OF, recent_days=90, lapse_days=730,
                                      repeat_gifts_min=3)
    assert donors.finding(segmented, PROFILE)["title"] == "Too few donors to describe"
    assert len(donors.segment_table(segmented, PROFILE)) == len(donors.SEGMENT_RULES)
    assert len(donors.giving_by_month(settled, PROFILE)) <= 1
    assert len(donors.donor_measures(segmented)) == 5


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(2)
    rows = [donation(i, int(rng.integers(1, 9999)), last_name=f"N{i % 37}") for i in range(200)]
    straight = donors.summarise_donors(settle(*rows), as_of=AS_OF)
    shuffled = donors.summarise_donors(settle(*rng.permutation(rows)), as_of=AS_OF)
    pd.testing.assert_frame_equal(straight, shuffled)


def test_the_accounts_of_the_brief_name_every_row_and_hide_small_sums():
    rows = [donation(i, 100, last_name=f"N{i}") for i in range(20)]
    rows += [donation(100 + i, -100, last_name=f"N{i}") for i in range(3)]
    shown = donors.account_table(settle(*rows), PROFILE).set_index("account_name")
    assert shown["n_rows"].sum() == 23
    assert shown.loc["Gifts that count", "money_minor"] == 2000
    assert pd.isna(shown.loc["Less refunds that count", "money_minor"])
    assert shown.loc["Of amount zero", "money_minor"] == 0
