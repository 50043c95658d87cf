"""The sample campaign: its dirt at the stated rates, its planted facts, its files."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from workbench.errors import SettingsError
from workbench.sample import DEFAULT, FACTS, make_campaign, rates_of_dirt, write_campaign
from workbench.sample.layouts import LAYOUTS
from workbench.sample.places import number_of_seats
from workbench.settings import Source
from workbench.sources import open_source
from workbench.tables import TABLES

N_PEOPLE = 20_000
PRESETS = Path(__file__).parents[1] / "src" / "workbench" / "sources" / "presets"
MADE_BY_SOURCES = {"source_name", "source_row"}


class Written:
    """A written campaign, read again by plain pandas: raw texts and truth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def lines(self, name: str) -> list[str]:
        layout = LAYOUTS[name]
        text = (self.folder / "raw" / layout.file_name).read_bytes().decode(layout.encoding)
        return text.split(layout.line_end)[:-1]

    def raw(self, name: str) -> pd.DataFrame:
        """Return the well-formed rows with the true person of each."""
        layout, who = LAYOUTS[name], self.truth(f"who_{name}")
        header, *lines = self.lines(name)
        is_sound = (who.fault_code.isna() & ~who.is_repeated).to_numpy()
        sound = [line for line, keep in zip(lines, is_sound, strict=True) if keep]
        frame = pd.read_csv(
            StringIO("\n".join([header, *sound])), sep=layout.delimiter, dtype=str,
            quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE, keep_default_na=False,
        ).rename(columns=str.strip)
        frame = frame.apply(lambda column: column.str.strip())
        return frame.assign(person_id=who.person_id[is_sound].to_numpy())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("campaign")
    campaign = make_campaign(N_PEOPLE, seed=7, difficulty={})
    write_campaign(campaign, folder / "raw", folder / "truth")
    return Written(folder)


def hashes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*.*"))}


def written_hashes(folder: Path, n_people: int, seed: int) -> dict[str, str]:
    write_campaign(make_campaign(n_people, seed=seed, difficulty={}), folder / "raw",
                   folder / "truth")
    return hashes(folder)


def share_near(found: float, expected: float, n: int) -> bool:
    """Tell whether a share of n lies within four standard errors of the expected one."""
    return abs(found - expected) <= 4 * np.sqrt(expected * (1 - expected) / n) + 1e-9


# -- settings ---------------------------------------------------------------------------


def test_an_unknown_rate_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match="unknown key 'nicknam'. Did you mean 'nicknames'"):
        make_campaign(10, seed=1, difficulty={"nicknam": 0.1})


@pytest.mark.parametrize("rate", [-0.01, 1.01, True, "much"])
def test_a_rate_outside_0_to_1_is_refused(rate: float) -> None:
    with pytest.raises(SettingsError, match="sample.difficulty.moved must be a share"):
        rates_of_dirt({"moved": rate})


def test_a_campaign_without_people_is_refused() -> None:
    with pytest.raises(SettingsError, match="sample.n_people must be 1 or more"):
        make_campaign(0, seed=1, difficulty={})


def test_a_rate_can_be_overridden() -> None:
    campaign = make_campaign(2_000, seed=1, difficulty={"initials_only": 1.0})
    assert campaign.export("polls").slips["initial"].all()


def test_seats_grow_with_the_country_up_to_650() -> None:
    assert [number_of_seats(n) for n in (1, 20_000, 400_000, 10**7)] == [1, 40, 650, 650]


# -- files ------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = written_hashes(tmp_path / "a", 300, 5)
    assert written_hashes(tmp_path / "b", 300, 5) == first
    other = written_hashes(tmp_path / "c", 300, 6)
    raw = {name for name in first if name.startswith("raw")}
    assert not {name for name in raw if first[name] == other[name]} - {"raw/events.csv"}


@pytest.mark.parametrize("n_people", [1, 10, 500])
def test_a_tiny_campaign_has_every_file(tmp_path: Path, n_people: int) -> None:
    names = set(written_hashes(tmp_path, n_people, 1))
    assert {f"raw/{layout.file_name}" for layout in LAYOUTS.values()} <= names
    assert len(pd.read_parquet(tmp_path / "truth" / "people.parquet")) >= n_people


def test_every_canonical_table_is_exported_once_and_call_lists_twice() -> None:
    tables = [layout.table for layout in LAYOUTS.values()]
    assert set(tables) == set(TABLES)
    assert len(tables) == len(TABLES) + 1
    assert tables.count("call_lists") == 2


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_preset_maps_every_canonical_column_to_a_column_of_the_file(
    written: Written, name: str
) -> None:
    preset = yaml.load((PRESETS / f"sample_{name}.yaml").read_text(), Loader=yaml.BaseLoader)
    header = [field.strip() for field in written.lines(name)[0].lstrip("\ufeff").split(
        LAYOUTS[name].delimiter)]
    assert preset["table"] == LAYOUTS[name].table
    assert preset["file"]["delimiter"] == LAYOUTS[name].delimiter
    assert {rule["from"] for rule in preset["columns"].values()} <= set(header)
    expected = set(TABLES[LAYOUTS[name].table].column_names) - MADE_BY_SOURCES
    assert set(preset["columns"]) == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_row_of_a_file_has_one_line_of_truth(written: Written, name: str) -> None:
    who, lines = written.truth(f"who_{name}"), written.lines(name)
    assert who.source_row.tolist() == list(range(2, len(lines) + 1))
    people = len(written.truth("people"))
    assert who.person_id.dropna().between(0, people - 1).all()
    is_about_people = not name.startswith(("area", "seat", "event"))
    if is_about_people and name != "donations":
        assert who.person_id.notna().all()


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_column_of_a_file_is_empty(written: Written, name: str) -> None:
    raw = written.raw(name)
    filled = raw.ne("") & raw.ne("NA")
    assert not set(raw.columns[~filled.any()]) - {"suffix"}     # rare in a short file


def test_only_malformed_rows_have_another_number_of_fields(written: Written) -> None:
    lines, who = written.lines("voters"), written.truth("who_voters")
    n_fields = lines[0].count("\t") + 1
    odd = np.array([line.count("\t") + 1 != n_fields for line in lines[1:]])
    assert (odd == who.fault_code.isin(["shifted", "truncated"])).all()
    assert who.fault_code.notna().sum() == round(DEFAULT["malformed_rows"] * 20_100)


def test_the_office_call_list_has_shifted_columns_at_their_own_rate(written: Written) -> None:
    who = written.truth("who_call_list_office")
    assert share_near((who.fault_code == "shifted").mean(), DEFAULT["shifted_columns"], len(who))


def test_files_come_in_the_encodings_of_real_ones(written: Written) -> None:
    raw = written.folder / "raw"
    assert (raw / "call_list_volunteer.txt").read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert b"\r\n" in (raw / "donations.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        (raw / "voters.txt").read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_reader_sets_aside_just_the_rows_that_were_spoilt(
    written: Written, name: str
) -> None:
    layout = LAYOUTS[name]
    source = Source(name, f"raw/{layout.file_name}", layout.table, "sample",
                    dt.date(2027, 1, 1), preset=f"sample_{name}")
    batches = list(open_source(source, written.folder).batches())
    aside = pa.concat_tables([batch.set_aside for batch in batches])["source_row"].to_pylist()
    who = written.truth(f"who_{name}")
    assert sorted(aside) == who[who.fault_code.notna()].source_row.tolist()
    accepted = pa.concat_tables([batch.accepted for batch in batches]).to_pandas()
    assert accepted.shape[0] == len(who) - len(aside)
    assert set(accepted.columns[accepted.isna().all()]) <= {"name_suffix"}


def test_postcodes_lose_their_leading_zero_in_the_volunteers_list(written: Written) -> None:
    lengths = written.raw("call_list_volunteer")["Post Code"].str.len()
    assert set(lengths) == {4, 5}
    assert set(written.raw("call_list_office").postcode.str.len()) == {5}


# -- dirt -------------------------------------------------------------------------------


def test_donor_accounts_are_as_dirty_as_stated(written: Written) -> None:
    accounts = written.truth("who_donations").drop_duplicates("account_id")
    n = len(accounts)
    expected = {
        "initial": "initials_only", "moved": "moved", "new_surname": "new_surnames",
        "last_typo": "typos_last_name", "has_birth_date": "donors_birth_date",
        "has_phone": "donors_phone", "has_email": "donors_email",
    }
    for slip, rate in expected.items():
        assert share_near(accounts[slip].mean(), DEFAULT[rate], n), slip
    assert share_near(accounts.nickname.mean(), DEFAULT["nicknames"] * 0.96, n)
    wrong = accounts.wrong_phone.sum() / accounts.has_phone.sum()
    assert share_near(wrong, 1 - DEFAULT["donors_phone_right"], int(accounts.has_phone.sum()))


def test_a_fifth_of_donors_is_not_on_the_register_and_some_have_two_accounts(
    written: Written,
) -> None:
    donors = written.truth("donors")
    accounts = written.truth("who_donations").drop_duplicates("account_id")
    own = donors[~donors.is_won_by_offer]
    assert (~own.is_elector).mean() == pytest.approx(0.20, abs=0.01)
    assert 1 - len(donors) / len(accounts) == pytest.approx(0.15, abs=0.01)


def test_names_in_the_donations_differ_from_the_truth_as_often_as_stated(
    written: Written,
) -> None:
    raw = written.raw("donations").query("`Donor Type` == 'I'")
    raw = raw.drop_duplicates(["person_id", "Donor Addr1", "Donor First Name"])
    both = raw.merge(written.truth("people"), on="person_id", validate="m:1")
    differs = (both["Donor Last Name"] != both.last_name).mean()
    plain = DEFAULT["typos_last_name"] + DEFAULT["new_surnames"]
    accents = (~both.last_name.map(str.isascii)).mean() * DEFAULT["dropped_diacritics"]
    assert share_near(differs, plain + accents, len(both))


@pytest.mark.parametrize(("name", "column", "rate"), [
    ("voters", "birth_dt", "voters_birth_date"),
    ("voters", "full_phone_number", "voters_phone"), ("voters", "email_addr", "voters_email"),
    ("canvass", "Elector No", "canvass_voter_id"),
    ("polls", "tel", "polls_phone"), ("social_users", "email", "social_email"),
    ("social_users", "city", "social_town"), ("social_users", "birth_year", "social_birth_year"),
    ("mobile_contacts", "first", "mobile_first_name"),
    ("mobile_contacts", "last", "mobile_last_name"),
    ("call_list_office", "telephone", "call_lists_phone"),
    ("call_list_volunteer", "Tel", "call_lists_phone"),
])
def test_sources_carry_the_identifiers_stated(
    written: Written, name: str, column: str, rate: str
) -> None:
    raw = written.raw(name)
    filled = (raw[column] != "") & (raw[column] != "NA")
    assert share_near(filled.mean(), DEFAULT[rate], len(raw))


def test_the_register_has_every_elector_and_older_second_entries(written: Written) -> None:
    raw, people = written.raw("voters"), written.truth("people")
    assert people.voter_id.notna().sum() == N_PEOPLE
    assert raw.elector_no.is_unique
    assert raw.person_id.duplicated().sum() == pytest.approx(0.005 * N_PEOPLE, abs=2)


def test_the_register_holds_attainers_too_young_on_polling_day(written: Written) -> None:
    attains = pd.to_datetime(written.raw("voters").attain_dt, format="%m/%d/%Y", errors="coerce")
    assert (attains > "2026-11-03").sum() > 0
    assert attains.dropna().between("2026-10-06", "2027-10-05").all()


def test_families_share_names_phones_and_birthdays(written: Written) -> None:
    people = written.truth("people")
    home = people.groupby(["household_id", "last_name"])
    assert home.birth_date.apply(lambda dates: dates.duplicated().any()).sum() > 20
    juniors = people[people.name_suffix == "Jr"]
    fathers = people.merge(juniors, on=["household_id", "first_name"], suffixes=("", "_jr"))
    assert len(fathers.query("age_years > age_years_jr + 15")) >= 0.9 * len(juniors) > 20
    phones = written.raw("mobile_contacts").mobile.str.replace(r"\D", "", regex=True)
    assert phones.duplicated().sum() > 20


def test_a_reissued_number_now_belongs_to_somebody_else(written: Written) -> None:
    raw = written.raw("canvass").query("`Elector No` != ''")
    holder = written.truth("people").dropna(subset="voter_id").set_index("voter_id")
    holder = holder.person_id
    is_else = raw["Elector No"].map(holder) != raw.person_id
    assert 0 < is_else.mean() < DEFAULT["reissued_numbers"]
    days = pd.to_datetime(raw["Date Canvassed"], format="%d/%m/%Y")
    assert days[is_else].max() < days.max() - pd.Timedelta(days=365)


def test_lists_overlap_and_clash(written: Written) -> None:
    volunteer, office = (written.raw(f"call_list_{who}") for who in ("volunteer", "office"))
    both = set(volunteer.person_id) & set(office.person_id)
    assert len(both) / volunteer.person_id.nunique() == pytest.approx(0.30, abs=0.05)
    assert volunteer.person_id.duplicated().any()
    gotv, asks = written.raw("gotv_list"), written.raw("fundraising_list")
    assert set(gotv.person_id) & set(asks.person_id)


# -- planted facts ----------------------------------------------------------------------


def response_rates(written: Written, appeal: str) -> pd.DataFrame:
    raw = written.raw("appeals_sent").query("appeal == @appeal")
    rows = raw.merge(written.truth("scores"), on="person_id", validate="m:1")
    return rows.assign(has_responded=(rows.responded == "y").astype(float))


@pytest.mark.parametrize(("appeal", "segment"), [
    ("AP-DINNER-W", "offer_west"), ("AP-DINNER-E", "offer_east"),
])
def test_each_offer_draws_its_own_segment(written: Written, appeal: str, segment: str) -> None:
    offered = response_rates(written, appeal).query("arm == 'offer'")
    inside = offered.segment_code == segment
    rate, elsewhere = (offered.has_responded[mask].mean() for mask in (inside, ~inside))
    plain = offered.plain_probability
    assert share_near(elsewhere, plain[~inside].mean(), int((~inside).sum()))
    assert share_near(rate, plain[inside].mean() + FACTS.offer_segment_effect, int(inside.sum()))
    assert rate > 3 * elsewhere
    for one in (FACTS.plain_donor_rate, FACTS.plain_rate):
        answered = offered.has_responded[~inside & np.isclose(plain, one)]
        assert len(answered) > 100
        assert share_near(answered.mean(), one, len(answered))


def test_the_segments_are_women_of_40_to_49_on_their_coast(written: Written) -> None:
    people = written.truth("people").merge(written.truth("scores"), on="person_id")
    west = people[people.segment_code == "offer_west"]
    assert west.is_female.all()
    assert west.age_years.between(40, 49).all()
    assert (west.region_code == "west_coast").all()


@pytest.mark.parametrize(("appeal", "who", "direction"), [
    ("AP-JOBS", "is_persuadable", 1), ("AP-ATTACK", "is_put_off", -1),
])
def test_one_appeal_persuades_and_one_backfires(
    written: Written, appeal: str, who: str, direction: int
) -> None:
    rows = response_rates(written, appeal).query("via != 'text'")
    effect = {
        is_in: part[part.arm == "treatment"].has_responded.mean()
        - part[part.arm == "control"].has_responded.mean()
        for is_in, part in rows.groupby(who)
    }
    assert direction * effect[True] > 0.05
    assert direction * (effect[True] - effect[False]) > 0.05


def test_the_arms_are_randomised(written: Written) -> None:
    rows = response_rates(written, "AP-JOBS")
    control = rows[rows.arm == "control"]
    assert share_near(len(control) / len(rows), 1 / 3, len(rows))
    gap = rows.groupby("arm").support_probability.mean().diff().abs().max()
    assert gap < 4 * rows.support_probability.std() / np.sqrt(len(control))


def test_one_in_five_of_the_friends_asked_acts(written: Written) -> None:
    raw = written.raw("share_requests").assign(acts=lambda rows: rows.acted == "t")
    asked, held = raw[raw.asked == "t"], raw[raw.arm == "hold"]
    assert share_near(asked.acts.mean(), FACTS.share_asked_rate, len(asked))
    assert share_near(held.acts.mean(), FACTS.share_unasked_rate, len(held))
    assert not (held.asked == "t").any()
    both = raw.groupby("from_user").filter(lambda rows: len(rows) > 1)
    assert (both.groupby("from_user").arm.nunique() == 2).all()


def test_one_district_is_strong_and_hardly_votes(written: Written) -> None:
    place = written.truth("places").set_index("fact_code").loc["strong_district_low_turnout"]
    people = written.truth("people").merge(written.truth("scores"), on="person_id")
    support = people.groupby("area_id").support_probability.mean()
    assert support.rank(pct=True)[place.area_id] > 0.95
    areas = written.raw("areas").query("type == 'PD'").set_index("area")
    turnout = areas.turnout.replace("", np.nan).astype(float)
    assert turnout[place.area_id] == turnout.min()


def test_one_seat_is_safe_against_us_with_a_profile_that_is_ours(written: Written) -> None:
    seat = written.truth("places").set_index("fact_code").loc["odd_seat", "seat_id"]
    votes = written.raw("seat_results").query("date == '05/11/2024'")
    counts = votes.votes.astype(int).groupby([votes.constituency, votes.party]).sum()
    ours = counts.xs("HAR", level="party") / counts.groupby("constituency").sum()
    degree = written.raw("seats").set_index("constituency").degree.astype(float)
    assert ours[seat] <= ours.quantile(0.1)
    assert degree.rank(pct=True)[seat] > 0.8
    others = ours.drop(seat)
    assert np.corrcoef(others, degree[others.index])[0, 1] > 0.3


def test_places_agree_with_the_people_who_voted(written: Written) -> None:
    history = written.raw("vote_history").query("election_desc == 'National 2024'")
    area = written.truth("people").set_index("person_id").area_id
    voted = history[history.voting_method.isin(list("VEPX"))]
    ballots = voted.person_id.map(area).value_counts()
    areas = written.raw("areas").query("type == 'PD'").set_index("area")
    stated, electors = areas.ballots.astype(int), areas.electorate.astype(int)
    n_malformed = (written.truth("who_vote_history").fault_code.notna()).sum()
    assert (stated - ballots.reindex(stated.index, fill_value=0)).between(0, 3).all()
    assert 0 <= stated.sum() - ballots.sum() <= n_malformed
    assert (stated <= electors).all()
    votes = written.raw("area_results").query("date == '05/11/2024'")
    of_area = votes.votes.astype(int).groupby(votes.area).sum()
    assert (of_area <= stated[of_area.index]).all()
    wards = written.raw("areas").query("type == 'WARD'").set_index("area").ballots.astype(int)
    assert (stated.groupby(areas.ward).sum() == wards).all()


def test_history_has_all_meanings_and_agrees_with_turnout(written: Written) -> None:
    history = written.raw("vote_history")
    assert set(history.voting_method) == set("-NVEPX")
    rows = history[history.voting_method != "-"].merge(
        written.truth("scores"), on="person_id", validate="m:1")
    voted = (rows.voting_method != "N").astype(float)
    by_score = voted.groupby(pd.qcut(rows.turnout_probability, 5, labels=False)).mean()
    assert by_score.is_monotonic_increasing
    assert by_score.iloc[-1] - by_score.iloc[0] > 0.3


def test_polls_and_canvassers_reach_other_people_than_the_average(written: Written) -> None:
    scores = written.truth("scores").set_index("person_id")
    for name, column in (("polls", "turnout_probability"), ("canvass", "support_probability")):
        reached = scores[column].reindex(written.raw(name).person_id)
        assert reached.mean() > scores[column].mean() + 0.02, name


def test_poll_weights_have_mean_one(written: Written) -> None:
    polls = written.raw("polls")
    assert polls.wt.astype(float).groupby(polls.wave).mean().between(0.95, 1.05).all()


# -- money ------------------------------------------------------------------------------


def test_gifts_net_of_refunds_counted_once_give_the_true_total(written: Written) -> None:
    raw, who = written.raw("donations"), written.truth("who_donations")
    raw = raw[raw["Donor Type"] == "I"]
    counted = raw[raw.Kind.isin(["G", "R", "CI"])]
    net = (counted.Amount.astype(float) * 100).round().groupby(counted.person_id).sum()
    truth = written.truth("donors").set_index("person_id").net_minor
    spoilt = set(who[who.fault_code.notna() | who.person_id.isna()].person_id.dropna())
    is_whole = ~net.index.isin(spoilt)
    agrees = net[is_whole] == truth.reindex(net.index)[is_whole]
    assert agrees.mean() > 0.95        # the rest gave as an organisation


def test_each_refund_returns_a_gift_and_each_conduit_gift_stands_twice(written: Written) -> None:
    raw = written.raw("donations").set_index("Lineitem ID")
    refunds = raw[raw.Kind == "R"]
    gifts = raw.reindex(refunds["Refund Of"])
    known = gifts.Amount.notna().to_numpy()
    assert known.mean() > 0.95
    back = -refunds.Amount.astype(float).to_numpy()[known]
    assert (back == gifts.Amount.astype(float).to_numpy()[known]).all()
    pair = ["Date", "Amount", "Donor Last Name", "Donor Addr1"]
    reported, passed_on = (raw[raw.Kind == kind][pair].drop_duplicates() for kind in ("CI", "CO"))
    twice = passed_on.merge(reported, on=pair, validate="one_to_one")
    assert len(twice) / len(passed_on) > 0.98  # the rest: a side that is malformed
    assert len(twice) / len(reported) > 0.98


def test_gifts_span_three_years_with_a_heavy_tail(written: Written) -> None:
    raw = written.raw("donations").query("Kind == 'G' or Kind == 'CI'")
    days = pd.to_datetime(raw.Date, format="%m/%d/%Y")
    assert (days.max() - days.min()).days > 3 * 365
    assert days.max() <= pd.Timestamp("2026-10-05")
    given = raw.Amount.astype(float).groupby(raw.person_id).sum().sort_values()
    assert given.tail(len(given) // 5).sum() > 0.5 * given.sum()
    alive = written.truth("donors").is_alive.mean()
    assert 0.15 < alive < 0.7
