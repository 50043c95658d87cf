"""Numbers that are not so are not shown: unknown homes, dead files, failed forecasts, exact n."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_briefs import made_settings
from made_built import Page
from made_gifts import campaign_rows, donation, settle

from workbench.disclosure import forget_ledger, open_ledger, protect_measure
from workbench.donors.segments import SegmentRules
from workbench.donors.value.period import Period
from workbench.donors.valued import value_donors
from workbench.exhibits import open_brief
from workbench.measures import FORMS, Measure
from workbench.pages.donors import first_screen
from workbench.pages.donors.first_screen import donor_measures
from workbench.pages.donors.forecast import held_out_table, next_period_table
from workbench.pages.donors.money import account_table, account_words, waterfall_table
from workbench.pages.donors.who import home_table, home_words, place_age_table
from workbench.settings import Campaign, Disclosure

AS_OF = dt.date(2026, 10, 5)
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
RULES = SegmentRules(recent_days=180, lapse_days=730, repeat_gifts_min=3)
PERIOD = Period(days=182, level=0.9, seed=1)
CAMPAIGN = Campaign("Harbour", AS_OF, dt.date(2026, 11, 3), 18, "USD", "Confidential")


def value(settled, as_of=AS_OF):
    return value_donors(settled, as_of=as_of, rules=RULES, period=PERIOD,
                               ask_most_minor=330_000)


def finding(valued, as_of=AS_OF):
    return first_screen.finding(valued, PROFILE, campaign=replace(CAMPAIGN, as_of=as_of),
                          period=PERIOD)


def regular_givers(last, *, n=200, every_days=60, n_gifts=12):
    """Gifts of ``n`` people, each about every 60 days; the last of all on ``last``."""
    rng = np.random.default_rng(5)
    return [donation(i * 100 + k, int(rng.integers(2_000, 9_000)),
                     str((pd.Timestamp(last) - pd.Timedelta(days=i % 50 + every_days * k)).date()),
                     person=f"p{i}")
            for i in range(n) for k in range(int(rng.integers(1, n_gifts)))]


# Homes.


def test_a_donor_whose_home_no_file_knows_is_no_home():
    rows = [donation(i, 1000 + i, person=f"p{i}", household=f"h{i // 2}" if i < 60 else None)
            for i in range(100)]
    valued = value(settle(rows))
    shown = home_table(valued.donors, PROFILE).set_index("home_name")
    assert shown.loc["Several donors", ["n_homes", "n_donors"]].tolist() == [30, 60]
    assert shown.index.tolist() == ["Several donors"]
    assert home_words(valued.donors, PROFILE, place="X") == (
        "X; without 40 donors whose home no file has")


def test_where_no_home_is_known_none_is_counted():
    valued = value(settle([donation(i, 1000 + i, person=f"p{i}") for i in range(100)]))
    assert home_table(valued.donors, PROFILE).empty
    assert home_words(valued.donors, PROFILE, place="X") == (
        "X; no file has the address of a donor, so homes cannot be counted")


# Files that ended.


def test_nothing_is_predicted_from_gifts_that_ended_years_before_the_build():
    valued = value(settle(regular_givers("2015-03-31")))
    told = finding(valued)
    assert told["title"] == "The gifts on file end in March 2015: no forecast can be made"
    assert "11 years before the day of the build" in told["bottom_line"]
    assert "Plan on" not in told["decision"]
    assert valued.donors["value_minor"].isna().all()
    assert next_period_table(valued, PROFILE).empty
    expected = donor_measures(valued, period=PERIOD)[2]
    assert expected.name == "expected_value"
    assert expected.value is None


@pytest.mark.slow
def test_recency_is_counted_from_the_last_day_of_a_file_that_ended():
    rows = regular_givers("2015-03-31")
    late = value(settle(rows))
    on_time = value(settle(rows), as_of=dt.date(2015, 3, 31))
    assert late.seen_on == dt.date(2015, 3, 31)
    names = ["person_id", "segment_code", "recency_days"]
    pd.testing.assert_frame_equal(late.donors[names], on_time.donors[names])
    assert not (late.donors["segment_code"] == "lapsed").all()


def test_no_forecast_is_not_shown_as_nothing_expected_by_region_and_age():
    valued = value(settle(regular_givers("2015-03-31")))
    people = pd.DataFrame({
        "person_id": valued.donors["person_id"], "birth_date": pd.Timestamp("1980-06-01"),
        "birth_year": pd.array([pd.NA] * len(valued.donors), dtype="Int64"),
        "region_code": "west_coast"})
    cells = place_age_table(valued, people, PROFILE, as_of=AS_OF, n_places=2)
    assert cells["n_donors"].max() == 200
    assert cells["mean_value_minor"].isna().all()


# Forecasts that failed.


def test_a_forecast_that_held_on_the_last_period_is_planned_on():
    valued = value(settle(campaign_rows(3_000, seed=20121106)))
    everybody = valued.held_out.sums.set_index("segment_code").loc["everybody"]
    for what, actual in (("expected_gifts", "n_gifts"), ("value_minor", "given_minor")):
        assert everybody[f"{what}_low"] < everybody[actual] < everybody[f"{what}_high"]
    told = finding(valued)
    assert told["decision"].startswith("Plan on USD ")


def test_nobody_is_asked_to_plan_on_a_forecast_that_failed_on_the_last_period():
    cut = pd.Timestamp("2026-04-06")
    rows = [row for row in regular_givers("2026-10-05")
            if row["donation_date"] < cut or int(row["person"][1:]) % 8 == 0]
    valued = value(settle(rows))
    everybody = valued.held_out.sums.set_index("segment_code").loc["everybody"]
    assert everybody["n_gifts"] < everybody["expected_gifts_low"]
    told = finding(valued)
    assert told["title"] == "The forecast of gifts failed its own test: do not plan on it"
    shown = held_out_table(valued, PROFILE).set_index("segment_name").loc["Everybody"]
    low, high, given = shown["n_expected_low"], shown["n_expected_high"], shown["n_given"]
    assert f"predicted {low:,} to {high:,} gifts (90% interval), and {given:,} were given" in (
        told["bottom_line"])
    assert "Plan on USD" not in told["decision"]
    expected = donor_measures(valued, period=PERIOD)[2]
    assert expected.title == "Expected in 182 days (failed its test)"


def test_a_forecast_that_was_never_tried_is_said_to_be_untested():
    rows = [row for row in regular_givers("2026-10-05")
            if row["donation_date"] > pd.Timestamp("2026-05-01")]
    valued = value(settle(rows))
    assert not valued.held_out.has_forecast
    assert valued.donors["value_minor"].notna().any()
    told = finding(valued)
    assert told["title"].startswith("The forecast of gifts has not been tested")
    assert "Plan on USD" not in told["decision"]


# Totals that are hidden here and shown there.


@pytest.mark.parametrize(
    ("n_named", "n_nameless", "largest"),
    [(8, 5, 1000), (12, 0, 1000), (9, 0, 1000), (0, 12, 1000), (12, 0, 60_000), (12, 3, 9000)],
)
def test_the_money_raised_is_shown_in_the_headline_and_in_the_steps_or_in_neither(
    n_named, n_nameless, largest
):
    rows = [donation(i, 1000, person=f"p{i}" if i < n_named else None)
            for i in range(n_named + n_nameless)]
    rows[0]["amount_minor"] = largest
    valued = value(settle(rows))
    headline = protect_measure(donor_measures(valued, period=PERIOD)[0], PROFILE)
    last = waterfall_table(valued.settled, PROFILE)["change_minor"].iloc[-1]
    assert headline.name == "raised_net"
    assert (None if pd.isna(last) else last) == headline.value
    is_safe = n_named + n_nameless >= 10 and largest < 1000 * (n_named + n_nameless - 1)
    assert (headline.value is not None) == is_safe


@pytest.mark.parametrize(("n_refunds", "is_shown"), [(12, True), (5, False)])
def test_gifts_are_shown_where_the_hidden_refunds_are_safe_together(n_refunds, is_shown):
    rows = [donation(i, 1000, person=f"p{i}") for i in range(60)]
    rows += [donation(100 + i, -1000, "2026-09-02", person=f"p{i}") for i in range(n_refunds)]
    rows += [donation(200 + i, -1000, "2026-09-02", person=f"p{i + 30}",
                      gift_kind_code="bounced") for i in range(2)]
    accounts = account_table(settle(rows), PROFILE).set_index("account_name")
    shown = accounts["money_minor"]
    assert pd.isna(shown["Less payments that bounced, were voided or charged back"])
    assert pd.isna(shown["Less refunds of these gifts"])
    assert (shown.fillna(-1)["Single gifts of people"] == 60_000) == is_shown


def test_rows_of_amount_zero_hide_no_money():
    accounts = account_table(settle([donation(1, 0), donation(2, 500)]), PROFILE)
    shown = accounts.set_index("account_name")["money_minor"]
    assert shown["Of amount zero"] == 0
    assert pd.isna(shown["Single gifts of people"])


# Counts of people.


def test_gifts_that_name_nobody_are_told_rounded():
    rows = [donation(i, 1000, person=None) for i in range(13)]
    assert "of the gifts 15 name nobody" in account_words(settle(rows), PROFILE)
    assert "of the gifts under 10 name nobody" in account_words(settle(rows[:3]), PROFILE)
    assert "name nobody" not in account_words(settle([donation(1, 5)]), PROFILE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", [None, 0.25, 12, 54_587])
def test_no_headline_shows_an_exact_number_of_people(form, value):
    shown = protect_measure(
        Measure("m", "M", value, form, "people", "M.", n=54_587, low=1.0, high=9.0), PROFILE)
    assert shown.n is None or shown.n % PROFILE.rounding_base == 0
    if value is None:
        assert (shown.low, shown.high) == (None, None)


@pytest.mark.parametrize("n", [60, 80, 137, 990])
def test_a_sentence_and_a_tile_say_one_share(n):
    rows = [donation(i, 500 + 7 * i, str(dt.date(2026, 9, 1)), person=f"p{i}") for i in range(n)]
    valued = value(settle(rows))
    tile = next(protect_measure(one, PROFILE) for one in donor_measures(
        valued, period=PERIOD) if one.name == "top_fifth_share")
    told = finding(valued)
    assert f"{tile.value:.0%} of the money" in told["title"] + told["bottom_line"]


def test_a_number_of_people_that_is_hidden_stands_under_no_other_headline():
    open_ledger(json.dumps([["donors", "n_donors", {}]]))
    try:
        tiles = open_brief(made_settings()).headlines([
            Measure("n_donors", "Donors", 80, "count", "donors", "M.", n=80,
                    population="donors"),
            Measure("raised", "Raised", 166_000, "money", "USD", "M.", n=81,
                    population="givers"),
            Measure("n_homes", "Homes", 40, "count", "homes", "M.", n=40, population="homes")])
    finally:
        forget_ledger()
    shown = {one.data["name"]: (one.data["value"], one.data["n"]) for one in tiles.items}
    assert shown == {"n_donors": (None, None), "raised": (166_000, None), "n_homes": (40, 40)}
    assert "80" not in "".join(one.html for one in tiles.items)


# Columns of numbers that count nobody, by title of the table (or '' for any) and heading.
COUNTS_NOBODY = {
    ("Every row has an account", "Rows"): "rows of files, by technical reason",
    ("", "Half years"): "the axis", ("", "Groups"): "groups that were searched",
    ("", "Stood out"): "groups", ("", "Confirmed"): "groups", ("", "Of 1,000"): "a rate",
    ("", "Estimate, of 1,000"): "a rate",
    ("", "Expected"): "a forecast", ("", "Gifts"): "a forecast", ("", "Rows"): "the axis",
    ("", "Net votes of a thousand knocks"): "a forecast", ("", "Weight bits"): "evidence",
    ("", "Talks or messages"): "a forecast, of the contacts that are shown",
    ("", "True: even chances"): "votes of a thousand", ("", "True: the same"): "the same",
    ("", "True: often vote"): "the same", ("", "True: seldom vote"): "the same",
    ("", "At worst"): "the same", ("", "Net votes"): "a forecast",
}
NUMBER = re.compile(r"(?<![\d,.$])[\d,]+(?![\d,.])")  # money counts nobody
RATES = re.compile(r"[\d,]+ of 1,000(?: \([\d,]+ to [\d,]+\))?")  # count nobody either
BRIEFS = ("donors", "voters", "universes", "offers", "selections", "lists", "link")


def counts_people(title: str, head: str) -> bool:
    """Whether the numbers of a column count people, by its table's title and its heading."""
    return not {(title, head), ("", head)} & set(COUNTS_NOBODY)


@pytest.mark.slow
@pytest.mark.parametrize("brief", BRIEFS)
def test_no_page_counts_people_exactly(built, brief):
    page = (built / f"reports/{brief}.html").read_text(encoding="utf-8")
    page, _, _ = page.partition("What arrived, and what was set aside</h2>")
    counts = [(title, head, int(text.replace(",", ""))) for title, head, text in Page(page).cells
              if re.fullmatch(r"[\d,]+", text)]
    counts += [("tile", "n", int(n.replace(",", ""))) for n in
               re.findall(r"<dt>n</dt><dd>([\d,]+)</dd>", page)]
    assert counts
    exact = {(title, head) for title, head, n in counts if n % PROFILE.rounding_base
             and counts_people(title, head)}
    assert exact == set()


@pytest.mark.slow
def test_the_pages_hold_no_true_count_of_people(built):
    """Counts of people reckoned from the tables, where rounding changes them."""
    people = pd.read_parquet(built / "data/people/people.parquet")
    donors_made = pd.read_parquet(built / "data/donors/donor_value.parquet")
    universes = pd.read_parquet(built / "data/universes/universes.parquet")
    lists = pd.read_parquet(built / "data/tables/call_lists.parquet")
    true = {"people": len(people), "electors": int(people["is_elector"].sum()),
            "donors": len(donors_made), "universes": len(universes), "entries": len(lists),
            **universes["universe_code"].value_counts().to_dict(),
            **donors_made["segment_code"].value_counts().to_dict()}
    told = {name: n for name, n in true.items() if n > 99 and n % PROFILE.rounding_base}
    assert told
    for brief in BRIEFS:
        page = (built / f"reports/{brief}.html").read_text(encoding="utf-8")
        page, _, _ = page.partition("What arrived, and what was set aside</h2>")
        text = re.sub(r"<(svg|table).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
        cells = (cell for title, head, cell in Page(page).cells if counts_people(title, head))
        numbers = {n for told in (RATES.sub(" ", text), *cells) for n in NUMBER.findall(told)}
        assert {name for name, n in told.items() if f"{n:,}" in numbers} == set(), brief
