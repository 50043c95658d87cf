"""Money is counted once, net of refunds; every row has an account, and every person one row."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from made_files import accepted_rows, make_source
from made_gifts import campaign_rows, canonical, donation, settle, spine_of

from workbench.disclosure import close_ledger, forget_ledger, open_ledger
from workbench.donors.asks import ASK_RULES, ask_donors, usual_gifts
from workbench.donors.gifts import COUNTED_GIFTS, reconcile_money, settle_gifts
from workbench.donors.segments import SEGMENT_RULES, SegmentRules, segment_donors, summarise_donors
from workbench.donors.value.period import Period
from workbench.donors.valued import value_donors, write_donors
from workbench.pages.donors.first_screen import donor_measures, finding
from workbench.pages.donors.forecast import (
    calibration_words,
    held_out_table,
    held_out_words,
    next_period_table,
)
from workbench.pages.donors.method import forecast_words
from workbench.pages.donors.money import (
    account_table,
    account_words,
    giving_by_month,
    waterfall_table,
)
from workbench.pages.donors.retention import cohort_table, cohort_words, retention_table
from workbench.pages.donors.who import ask_table, home_table, place_age_table, segment_table
from workbench.settings import Campaign, Disclosure
from workbench.sources import open_source
from workbench.tables import RESULTS, TABLES, read_table
from workbench.tables.codes import ACCOUNTS

AS_OF = dt.date(2026, 10, 5)
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
RULES = SegmentRules(recent_days=180, lapse_days=730, repeat_gifts_min=3)
PERIOD = Period(days=182, level=0.9, seed=1)
CAMPAIGN = Campaign("Harbour", AS_OF, dt.date(2026, 11, 3), 18, "USD", "Confidential")
REAL = os.environ.get("WORKBENCH_REAL_DATA", "")


def accounts_of(*rows):
    return settle(list(rows))["account_code"].tolist()


def value(settled):
    return value_donors(settled, as_of=AS_OF, rules=RULES, period=PERIOD,
                               ask_most_minor=330_000)


@pytest.fixture(scope="module")
def made():
    """A made-up campaign of 20,000 electors: its rows, settled, and its donors valued."""
    rows = campaign_rows(20_000, seed=20121106)
    settled = settle(rows)
    return rows, settled, value(settled)


def test_a_refund_lowers_the_total_and_never_counts_as_a_gift():
    settled = settle([donation(1, 5000), donation(2, -2000)])
    summary = summarise_donors(settled, as_of=AS_OF)
    assert summary[["n_gifts", "net_minor"]].to_numpy().tolist() == [[1, 3000]]
    assert settled["kept_minor"].tolist() == [3000, 0]


def test_a_gift_that_was_wholly_returned_is_no_gift():
    settled = settle([donation(1, 5000), donation(2, 700), donation(3, -5000)])
    summary = summarise_donors(settled, as_of=AS_OF)
    assert summary[["n_gifts", "net_minor"]].to_numpy().tolist() == [[1, 700]]


@pytest.mark.parametrize(
    ("change", "account"),
    [({"gift_kind_code": "memo"}, "memo"), ({"gift_kind_code": "conduit_out"}, "conduit_out"),
     ({"gift_kind_code": "conduit_in"}, "counted_gift"),
     ({"is_recurring": True}, "counted_recurring"),
     ({"currency_code": "EUR"}, "other_currency"), ({"gift_kind_code": "other"}, "other_kind"),
     ({"donation_date": pd.Timestamp("2026-10-06")}, "after_as_of"),
     ({"donation_date": pd.NaT}, "after_as_of"),
     ({"donation_date": pd.Timestamp("2026-10-05")}, "counted_gift"),
     ({"amount_minor": 0}, "zero"), ({"donor_kind_code": "organisation"}, "not_individual"),
     ({"amount_minor": -1}, "sign_unclear"),
     ({"amount_minor": -1, "gift_kind_code": "refund"}, "counted_refund_alone"),
     ({"gift_kind_code": "refund"}, "sign_unclear"),
     ({"amount_minor": -1, "gift_kind_code": "bounced"}, "counted_bounced"),
     ({"amount_minor": -1, "gift_kind_code": "moved"}, "counted_moved"),
     ({"gift_kind_code": "bounced"}, "sign_unclear"),
     ({"gift_kind_code": "moved"}, "sign_unclear"),
     ({"gift_kind_code": "voided_refund"}, "voided_alone"),
     ({"amount_minor": -1, "gift_kind_code": "voided_refund"}, "sign_unclear")],
)
def test_each_row_has_the_account_that_its_rule_says(change, account):
    settled = settle([{**donation(1, 5000), **change}])
    assert settled["account_code"].tolist() == [account]
    assert (settled["counted_minor"].iloc[0] != 0) == account.startswith("counted")


def test_a_transaction_that_comes_again_counts_once():
    rows = [donation(1, 5000), donation(2, 5000, donation_id="1"),
            donation(3, 5000, donation_id="1", source_name="another")]
    assert accounts_of(*rows) == ["counted_gift", "repeated_id", "counted_gift"]


def test_a_blank_currency_is_ours_unless_its_source_has_several():
    blank = donation(1, 100, currency_code=None)
    assert accounts_of(blank) == ["counted_gift"]
    foreign = donation(2, 100, currency_code="EUR")
    elsewhere = donation(3, 100, currency_code="EUR", source_name="another")
    assert accounts_of(blank, foreign) == ["other_currency", "other_currency"]
    assert accounts_of(blank, elsewhere) == ["counted_gift", "other_currency"]


@pytest.mark.parametrize(
    ("refund", "account"),
    [({"refund_of_id": "1"}, "counted_refund"),
     ({"refund_of_id": "9"}, "counted_refund_alone"),
     ({"refund_of_id": "9", "gift_kind_code": "gift"}, "sign_unclear"),
     ({"gift_kind_code": "gift"}, "counted_refund"),
     ({"amount_minor": -5001}, "counted_refund_alone"),
     ({"donation_date": pd.Timestamp("2026-08-31")}, "counted_refund_alone"),
     ({"person": "bo"}, "counted_refund_alone")],
)
def test_a_refund_returns_the_gift_it_names_or_an_earlier_one_as_large(refund, account):
    back = {**donation(2, -5000, "2026-09-02"), **refund}
    assert accounts_of(donation(1, 5000), back)[1] == account


def test_a_refund_without_an_id_returns_the_latest_gift_that_fits():
    settled = settle([donation(1, 5000, "2026-01-01"), donation(2, 6000, "2026-02-01"),
                      donation(3, 800, "2026-03-01"), donation(4, -5000, "2026-04-01")])
    assert settled["kept_minor"].tolist() == [5000, 1000, 800, 0]


@pytest.mark.parametrize(
    ("voided", "account", "net_minor"),
    [({}, "counted_voided", 5000), ({"refund_of_id": "2"}, "counted_voided", 5000),
     ({"refund_of_id": "9"}, "voided_alone", 1000), ({"amount_minor": 3999}, "voided_alone", 1000),
     ({"donation_date": pd.Timestamp("2026-09-01")}, "voided_alone", 1000),
     ({"person": "bo"}, "voided_alone", 1000)],
)
def test_a_refund_whose_cheque_was_voided_did_not_go_back(voided, account, net_minor):
    void = {**donation(3, 4000, "2026-09-09", gift_kind_code="voided_refund"), **voided}
    settled = settle([donation(1, 5000), donation(2, -4000, "2026-09-02"), void])
    assert settled["account_code"].tolist() == ["counted_gift", "counted_refund", account]
    assert settled["counted_minor"].sum() == net_minor
    assert settled["kept_minor"].tolist() == [net_minor, 0, 0]


def test_a_refund_is_undone_once():
    void = {"gift_kind_code": "voided_refund"}
    settled = settle([donation(2, -4000, "2026-09-02"), donation(3, 4000, "2026-09-08", **void),
                      donation(4, 4000, "2026-09-09", **void)])
    assert settled["account_code"].tolist() == [
        "counted_refund_alone", "counted_voided", "voided_alone"]
    assert settled["counted_minor"].sum() == 0


def test_the_accounts_add_up_to_every_row_and_all_money():
    rng = np.random.default_rng(1)
    kinds = rng.choice(["gift", "refund", "bounced", "moved", "voided_refund", "memo",
                        "conduit_in", "conduit_out", "other"], 500)
    amounts = rng.integers(-9000, 9000, 500)
    currencies = rng.choice(["USD", "EUR"], 500, p=[0.9, 0.1])
    settled = settle([donation(i, int(a), gift_kind_code=k, currency_code=c, person=f"p{i % 40}")
                      for i, (a, k, c) in enumerate(zip(amounts, kinds, currencies,
                                                        strict=True))])
    accounts = reconcile_money(settled)
    assert accounts["n_rows"].sum() == 500
    assert accounts["amount_minor"].sum() == amounts.sum()
    counted = accounts.loc[accounts["is_counted"], "amount_minor"].sum()
    assert counted == settled["counted_minor"].sum()
    assert set(settled["account_code"]) <= set(accounts["account_code"])


# What the money rules say, in SQL over the rows as they are reported, written apart from them.
BY_HAND = """
WITH once AS (
    SELECT *, row_number() OVER (PARTITION BY source_name, donation_id ORDER BY source_row) AS nth
    FROM rows)
SELECT CAST(sum(amount_minor) AS BIGINT) FROM once
WHERE nth = 1 AND currency_code = 'USD' AND donation_date <= DATE '{as_of}'
  AND donor_kind_code <> 'organisation'
  AND (gift_kind_code IN ('gift', 'conduit_in') AND amount_minor > 0
       OR gift_kind_code = 'refund' AND amount_minor < 0)
"""


@pytest.mark.slow
def test_the_total_of_the_sample_is_that_of_sql_written_by_hand(made):
    rows, settled, _ = made
    frame = rows.assign(donation_date=rows["donation_date"].astype("datetime64[us]"))
    with duckdb.connect() as connection:
        connection.register("rows", frame.drop(columns=["person", "test_name"]))
        by_hand = connection.execute(BY_HAND.format(as_of=AS_OF)).fetchone()[0]
    assert settled["counted_minor"].sum() == by_hand
    naive = int(rows["amount_minor"].sum())
    twice = rows.loc[rows["gift_kind_code"].isin(["conduit_out", "memo"]), "amount_minor"].sum()
    assert naive - by_hand == twice
    assert naive / by_hand > 1.2


# Fields from 0: 5 type, 6 entity, 7 name, 14 dollars, 18 memo. A refund (22Y) is written above
# zero; 24T and 24I are the conduit's side of a 15E. The one voided cheque of these files is an
# organisation's, and counts for nobody.
BY_HAND_FEC = """
WITH rows AS (
    SELECT CAST(column14 AS BIGINT) * 100 AS amount, column05 AS kind, column18 AS memo,
           column07 IS NULL OR column06 IN ('IND', 'CAN')
             OR column06 IS NULL AND column07 LIKE '%,%' AS is_no_organisation
    FROM read_csv('{path}', delim='|', header=false, quote='', all_varchar=true)
    WHERE column13 IS NOT NULL)
SELECT CAST(sum(CASE WHEN kind LIKE '__Y' THEN -abs(amount) ELSE amount END)
            FILTER (memo IS DISTINCT FROM 'X' AND is_no_organisation AND amount <> 0
                    AND kind NOT IN ('24T', '24I', '15I', '15T')
                    AND (kind LIKE '__Y' OR amount < 0 OR kind IN
                         ('10', '11', '15', '15C', '30', '31', '32', '15E', '30E', '31E', '32E'))
                   ) AS BIGINT),
       CAST(sum(amount) AS BIGINT)
FROM rows
"""


@pytest.mark.skipif(not REAL, reason="WORKBENCH_REAL_DATA names no folder of real files")
@pytest.mark.parametrize("name", ["2015q1_10000", "mixed_2015_2017_5000", "2017q3_5000"])
def test_the_total_of_a_real_file_is_that_of_sql_over_its_raw_text(name):
    path = Path(REAL) / "contributions" / f"itcont_{name}.txt"
    source = make_source(name="fec", path=path.name, table="donations", preset="fec_itcont",
                         columns=None, date_format=None)
    rows = accepted_rows(open_source(source, path.parent)).to_pandas()
    names = rows[["last_name", "first_name", "postcode"]].fillna("").agg("|".join, axis=1)
    rows = rows.assign(person=names.where(rows["last_name"].notna()))
    crosswalk, people = spine_of(rows)
    settled = settle_gifts(canonical(rows, TABLES["donations"]), crosswalk=crosswalk,
                                  people=people, as_of=AS_OF, currency_code="USD")
    total, naive = duckdb.execute(BY_HAND_FEC.format(path=path)).fetchall()[0]
    assert settled["counted_minor"].sum() == total
    assert settled["amount_minor"].sum() == rows["amount_minor"].sum()
    assert naive > total


def test_a_row_is_neither_multiplied_nor_dropped_and_its_money_stays(made):
    rows, settled, _ = made
    assert settled["donation_id"].tolist() == rows["donation_id"].tolist()
    assert settled["amount_minor"].sum() == rows["amount_minor"].sum()


def test_people_come_from_the_spine_and_not_from_names():
    settled = settle([donation(1, 100), donation(2, 100, last_name="Moore"),
                      donation(3, 100, person="bo")])
    assert settled["person_id"].tolist() == ["ada", "ada", "bo"]


def test_who_has_no_name_is_no_donor_but_their_money_counts():
    nameless = {"first_name": None, "last_name": None}
    settled = settle([donation(1, 100, person="x", **nameless), donation(2, 40, person=None),
                      donation(3, 100)])
    assert settled["person_id"].notna().tolist() == [False, False, True]
    assert settled["giver_key"].nunique() == 3
    assert settled["counted_minor"].sum() == 240
    assert "of the gifts under 10 name nobody" in account_words(settled, PROFILE)
    assert summarise_donors(settled, as_of=AS_OF)["net_minor"].tolist() == [100]


def test_gifts_of_one_organisation_have_one_giver_and_no_person():
    gift = {"donor_kind_code": "organisation", "organisation_name": "Pier Ltd", "person": None}
    settled = settle([donation(1, 100, **gift), donation(2, 100, **gift)])
    assert settled["person_id"].isna().all()
    assert settled["giver_key"].nunique() == 1
    assert settled["counted_minor"].sum() == 0


def test_the_money_of_people_is_their_truth(made):
    rows, _, valued = made
    counted = rows[rows["gift_kind_code"].isin(["gift", "refund", "conduit_in"])]
    true = counted.groupby(counted["person"].astype("str"))["amount_minor"].sum()
    true = true[true > 0]
    assert valued.donors["person_id"].tolist() == sorted(true.index)
    assert (valued.donors.set_index("person_id")["net_minor"] == true.sort_index()).all()


def summary_of(rows):
    frame = pd.DataFrame(rows, columns=["person_id", "n_gifts", "net_minor", "first", "last"])
    frame["first_gift_date"] = pd.to_datetime(frame["first"])
    frame["last_gift_date"] = pd.to_datetime(frame["last"])
    frame["recency_days"] = (pd.Timestamp(AS_OF) - frame["last_gift_date"]).dt.days
    frame["last_instalment_date"] = pd.NaT
    frame["household_id"] = None
    return frame


def segmented(rows):
    return segment_donors(summary_of(rows), as_of=AS_OF,
                                 rules=SegmentRules(90, 730, 3))


@pytest.mark.parametrize(
    ("n_gifts", "first", "last", "segment"),
    [(1, "2026-09-01", "2026-09-01", "new"), (5, "2024-01-01", "2026-09-01", "regular"),
     (2, "2024-01-01", "2026-09-01", "occasional"), (5, "2024-01-01", "2026-01-01", "at_risk"),
     (1, "2026-01-01", "2026-01-01", "one_off"), (9, "2020-01-01", "2024-01-01", "lapsed"),
     (1, "2026-07-07", "2026-07-07", "new"), (1, "2026-07-06", "2026-07-06", "one_off")],
)
def test_a_segment_follows_from_recency_and_frequency(n_gifts, first, last, segment):
    assert segmented([("k", n_gifts, 1000, first, last)])["segment_code"].tolist() == [segment]


@pytest.mark.parametrize(("last", "segment"), [("2026-08-04", "monthly"), ("2026-08-03", "new")])
def test_a_recurring_gift_has_ended_when_two_instalments_are_missing(last, segment):
    frame = summary_of([("k", 2, 1000, "2026-08-01", last)])
    frame["last_instalment_date"] = frame["last_gift_date"]
    found = segment_donors(frame, as_of=AS_OF, rules=SegmentRules(90, 730, 3))
    assert found["segment_code"].tolist() == [segment]


def test_fifths_are_equal_in_number_and_rise_with_value():
    result = segmented([(f"{i:02}", 1, 100 * (i + 1), "2026-01-01", "2026-01-01")
                        for i in range(50)])
    assert result["value_quintile"].value_counts().tolist() == [10] * 5
    assert result["value_quintile"].is_monotonic_increasing


def test_segments_share_out_all_donors_and_hide_small_ones():
    rows = segmented([(str(i), 1, 1000, "2026-09-01", "2026-09-01") for i in range(95)]
                     + [(f"l{i}", 1, 1000, "2020-01-01", "2020-01-01") for i in range(5)])
    shown = segment_table(rows, PROFILE).set_index("segment_name")
    assert shown.loc["New", "n_donors"] == 95
    assert shown.loc["New", "donor_share"] == 0.95
    assert shown.loc["New", "raised_minor"] == 95_000
    assert shown.loc["Lapsed", ["n_donors", "raised_minor", "mean_minor"]].isna().all()


def test_a_month_dominated_by_one_donor_hides_its_sum_not_its_count():
    rows = [donation(i, 100, person=f"p{i}") for i in range(20)]
    rows.append(donation(99, 1_000_000, person="rich"))
    shown = giving_by_month(settle(rows), PROFILE, as_of=AS_OF)
    assert shown["n_donors"].tolist() == [20]
    assert shown["raised_minor"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("day", "n_months"), [("2026-10-30", 1), ("2026-10-31", 2), ("2026-11-01", 2)])
def test_a_month_that_is_not_over_is_not_drawn(day, n_months):
    rows = [donation(i, 100, when, person=f"p{i}") for i, when in
            enumerate(["2026-09-30", "2026-10-02"] * 20)]
    as_of = dt.date.fromisoformat(day)
    assert len(giving_by_month(settle(rows, as_of), PROFILE, as_of=as_of)) == n_months


@pytest.mark.parametrize("n", [0, 1, 49])
def test_few_donors_get_a_brief_that_says_so(n):
    settled = settle([donation(i, 100, person=f"p{i}") for i in range(max(n, 1))])
    settled = settled.iloc[:n]
    valued = value(settled)
    assert finding(valued, PROFILE, campaign=CAMPAIGN, period=PERIOD)["title"] == (
        "Too few donors to describe" if n else "No gift is on file")
    assert len(segment_table(valued.donors, PROFILE)) == len(SEGMENT_RULES)
    assert len(giving_by_month(settled, PROFILE, as_of=AS_OF)) <= 1
    measures = donor_measures(valued, period=PERIOD)
    assert [m.name for m in measures] == ["raised_net", "n_donors", "expected_value",
                                          "given_before", "top_fifth_share"]
    assert measures[2].value is None
    assert "Too few" in forecast_words(valued)
    assert "could not" in held_out_words(valued, PROFILE, period=PERIOD)
    for table in (next_period_table(valued, PROFILE),
                  held_out_table(valued, PROFILE)):
        assert table.filter(like="expected").isna().all(axis=None)
        assert calibration_words(held_out_table(valued, PROFILE), place="x",
                                        days=182)["title"].startswith("Too few")
    cohorts = cohort_table(settled, PROFILE, as_of=AS_OF)
    assert cohort_words(cohorts, place="x")["title"].startswith("No cohort")
    assert retention_table(settled, PROFILE, as_of=AS_OF).empty


def test_enough_donors_of_one_gift_each_get_a_brief_without_a_forecast():
    settled = settle([donation(i, 100 + i, "2026-09-01", person=f"p{i}") for i in range(80)])
    told = finding(value(settled), PROFILE, campaign=CAMPAIGN, period=PERIOD)
    assert "top fifth" in told["title"]
    assert "No forecast may be shown" in told["bottom_line"]


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(2)
    rows = [donation(i, int(rng.integers(1, 9999)), person=f"p{i % 37}") for i in range(200)]
    straight = summarise_donors(settle(rows), as_of=AS_OF)
    shuffled = summarise_donors(settle(list(rng.permutation(rows))), as_of=AS_OF)
    pd.testing.assert_frame_equal(straight, shuffled)


def test_the_accounts_of_the_brief_name_every_row_and_hide_what_the_total_would_give_away():
    rows = [donation(i, 100, person=f"p{i}") for i in range(20)]
    rows += [donation(100 + i, -100, person=f"p{i}") for i in range(3)]
    shown = account_table(settle(rows), PROFILE).set_index("account_name")
    assert shown["n_rows"].sum() == 23
    assert pd.isna(shown.loc["Less refunds of these gifts", "money_minor"])
    assert pd.isna(shown.loc["Single gifts of people", "money_minor"])
    assert shown.loc["Of amount zero", "money_minor"] == 0
    many = [donation(200 + i, -100, person=f"p{i}") for i in range(3, 15)]
    shown = account_table(settle(rows + many), PROFILE).set_index("account_name")
    assert shown.loc["Single gifts of people", "money_minor"] == 2000
    assert shown.loc["Less refunds of these gifts", "money_minor"] == 1500


def test_the_waterfall_leads_from_all_rows_to_the_total_by_steps_that_add_up(made):
    _, settled, _ = made
    steps = waterfall_table(settled, PROFILE).set_index("step_name")["change_minor"]
    first, last = steps.iloc[0], steps.iloc[-1]
    exact = settled["counted_minor"].sum()
    assert last == float(f"{exact:.3g}")
    assert abs(steps.iloc[:-1].sum() - last) <= 0.01 * first
    assert (steps.iloc[1:-1] < 0).all()


def test_hidden_steps_of_the_waterfall_are_safe_together(made):
    _, settled, _ = made
    names = account_table(settled, PROFILE)
    hidden = names.loc[names["money_minor"].isna(), "account_name"]
    codes = [code for code, one in ACCOUNTS.items() if one.name in set(hidden)]
    givers = settled[settled["account_code"].isin(codes)]["giver_key"].nunique()
    assert givers == 0 or givers >= PROFILE.cell_min
    assert not set(codes) & set(COUNTED_GIFTS)


@pytest.mark.slow
def test_how_the_forecast_held_is_told_from_rounded_numbers_and_of_a_fifth_that_hides_nobody():
    valued = value(settle(campaign_rows(6_000, seed=4)))
    told = held_out_words(valued, PROFILE, period=PERIOD)
    everybody = held_out_table(valued, PROFILE).iloc[-1]
    change = abs(float(everybody["n_given"] / everybody["n_expected"]) - 1)
    assert f"{change:.0%}" in told
    held = valued.held_out.donors.sort_values("value_minor", ascending=False)
    share = held["given_minor"].head(len(held) // 5).sum() / held["given_minor"].sum()
    assert f"then gave {share:.0%} of the money" in told
    one = valued.held_out.donors.index[0]
    valued.held_out.donors.loc[one, "given_minor"] = 10**9
    assert "of the money" not in held_out_words(valued, PROFILE, period=PERIOD)


def test_retention_is_who_gave_again_a_year_later():
    days = {"stays": ["2025-01-01", "2026-01-01"], "goes": ["2025-01-01"],
            "new": ["2026-01-01"], "back": ["2024-01-01", "2026-01-01"],
            "oldest": ["2023-10-01"]}
    rows = [donation(i * 1000 + n, 1000 * (n + 1), day, person=f"{kind}{i}")
            for i in range(60) for kind, of_kind in days.items()
            for n, day in enumerate(of_kind)]
    rows = [{**row, "donation_id": f"{row['person']}{row['donation_id']}"} for row in rows]
    latest = retention_table(settle(rows), PROFILE, as_of=AS_OF).iloc[0]
    assert latest["n_before"] == 120
    assert latest["retained_share"] == 0.5
    assert latest["upgraded_share"] == 1
    assert latest["n_new"] == 60
    assert latest["n_returned"] == 60


def test_years_of_giving_are_compared_with_each_other():
    """Who gave in a year is in the next row's year before: that would tell who came back."""
    days = {"again": (38, ["2024-01-01", "2025-01-01", "2026-01-01"]),
            "goes": (40, ["2024-01-01"]), "new": (53, ["2025-01-01"]),
            "back": (3, ["2023-01-01", "2025-01-01"])}
    rows = [{**donation(n, 1000, day, person=f"{kind}{i}"), "donation_id": f"{kind}{i} {n}"}
            for kind, (many, of_kind) in days.items() for i in range(many)
            for n, day in enumerate(of_kind)]
    settled, plan, hidden = settle(rows), [], 0
    while plan or not hidden:
        open_ledger(json.dumps(plan))
        shown = retention_table(settled, PROFILE, as_of=AS_OF)
        plan = close_ledger(data="x").content["plan"]
        hidden += bool(plan)
        assert plan or hidden, "nothing more is hidden"
    forget_ledger()
    assert pd.isna(shown["n_returned"].iloc[1])
    told = [shown["n_before"].iloc[0], *shown.iloc[1][["n_new", "retained_share"]]]
    assert pd.isna(told).any()


def test_a_cohort_is_followed_as_far_as_all_its_donors_have_lived():
    rows = []
    for i in range(60):
        later = "2024-03-01" if i < 45 else "2024-09-01"
        rows += [donation(2 * i, 100, "2024-01-01", person=f"p{i}"),
                 donation(2 * i + 1, 100, later, person=f"p{i}")]
    shown = cohort_table(settle(rows), PROFILE, as_of=AS_OF)
    assert shown["half_years"].tolist() == [1, 2, 3, 4, 5]
    assert shown["active_share"].tolist()[:2] == [0.75, 0.25]
    assert shown["active_share"][2:].isna().all()


@pytest.mark.parametrize(
    ("segment", "usual", "asks"),
    [("new", 5000, [5000, 7500, 10000]), ("regular", 10000, [10000, 15000, 25000]),
     ("lapsed", 10000, [5000, 10000, 15000]), ("monthly", 1000, [1000, 1500, 2000]),
     ("new", 1, [300, 500, 1000]), ("regular", 200_000, [200_000, 300_000, 330_000]),
     ("regular", 900_000, [250_000, 300_000, 330_000])],
)
def test_an_ask_string_rises_from_the_usual_gift_and_ends_where_the_law_does(
        segment, usual, asks):
    frame = pd.DataFrame({"segment_code": [segment], "usual_minor": [usual],
                          "last_instalment_date": [pd.NaT]})
    asked = ask_donors(frame, most_minor=330_000).iloc[0]
    found = [asked[f"ask_{place}_minor"] for place in ("first", "second", "third")]
    assert found == asks
    assert asked["ask_reason_name"].startswith(ASK_RULES[segment][1])
    assert asked["is_monthly_ask"] == (segment == "monthly")
    assert asked["ask_reason_name"].endswith("no more may be asked") == (usual > 132_000)


def test_who_used_to_give_monthly_is_asked_to_begin_again():
    frame = pd.DataFrame({"segment_code": ["lapsed"], "usual_minor": [1000],
                          "last_instalment_date": [pd.Timestamp("2024-01-01")]})
    asked = ask_donors(frame, most_minor=330_000).iloc[0]
    assert asked["is_monthly_ask"]
    assert asked["ask_first_minor"] == 1000


def test_a_shown_ask_is_one_that_somebody_is_asked_for(made):
    valued = made[2]
    asked = set(valued.donors["ask_third_minor"].dropna())
    assert set(ask_table(valued, PROFILE)["ask_third_minor"].dropna()) <= asked


def test_the_usual_gift_is_the_median_of_the_last_three_and_of_instalments_first():
    rows = [donation(i, amount, f"2026-0{i + 1}-01") for i, amount in
            enumerate([90_000, 100, 300, 200])]
    assert usual_gifts(settle(rows)).tolist() == [200]
    rows.append(donation(9, 1500, "2026-01-02", is_recurring=True))
    assert usual_gifts(settle(rows)).tolist() == [1500]


def test_the_tables_that_are_written_have_one_row_a_person_and_all_money(made, tmp_path):
    rows, _, valued = made
    write_donors(tmp_path, valued)
    table = read_table(tmp_path / "data/donors/donor_value.parquet")
    accounts = read_table(tmp_path / "data/donors/money_accounts.parquet")
    assert tuple(table.columns) == RESULTS["donor_value"].column_names
    assert table["person_id"].is_unique
    assert not table.isna()[["expected_gifts", "value_minor", "ask_third_minor"]].any(axis=None)
    for low, middle, high in (("expected_gifts_low", "expected_gifts", "expected_gifts_high"),
                              ("value_minor_low", "value_minor", "value_minor_high")):
        assert (table[low] <= table[middle] + 1e-9).all()
        assert (table[middle] <= table[high] + 1e-9).all()
    asks = table[["ask_first_minor", "ask_second_minor", "ask_third_minor"]].astype("int64")
    assert (asks.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    assert accounts["amount_minor"].sum() == rows["amount_minor"].sum()


def test_donors_are_shown_by_region_and_age_and_by_home(made):
    _, _, valued = made
    n = len(valued.donors)
    people = pd.DataFrame({
        "person_id": valued.donors["person_id"], "birth_date": pd.Timestamp("1980-06-01"),
        "birth_year": pd.array([pd.NA] * n, dtype="Int64"), "region_code": "west_coast"})
    cells = place_age_table(valued, people, PROFILE, as_of=AS_OF, n_places=2)
    whole = cells[cells["age_band"] == "35-49"].iloc[0]
    assert whole["place"] == "west coast"
    assert whole["n_donors"] == round(n / 5) * 5
    assert cells["n_donors"].notna().sum() == 1
    homes = valued.donors.assign(household_id=["h"] * 30 + [None] * (n - 30))
    assert home_table(homes, PROFILE).empty  # donors would bound so few homes
