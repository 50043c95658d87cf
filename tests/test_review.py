"""Pairs to judge, what their answers say of all links, and the terminal that asks."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from test_people import linked, made_tables, rows_of

from workbench.errors import RegistryError, SettingsError
from workbench.people.answers import ANSWERS_FILE, read_answers, read_day, write_answers
from workbench.people.judge import judge_pairs
from workbench.people.quality import estimate_quality, model_quality, recalibrate
from workbench.people.review import LEAST_IN_STRATUM, draw_review_pairs, offers_of
from workbench.tables import RESULTS, to_arrow, to_pandas, write_table

N_PAIRS = 440
# (strength, shift) of what the model believes against what is so, in log odds
BELIEFS = {"calibrated": (1.0, 0.0), "too sure": (2.0, 0.0), "not sure enough": (0.5, 0.0),
           "links too readily": (1.0, 3.0), "links too rarely": (1.0, -3.0)}


def population(seed, *, n=6000, strength=1.0, shift=0.0):
    """Links offered and whether each is right: weights of two normals, 8 of 10 right."""
    rng = np.random.default_rng(seed)
    is_right = rng.random(n) < 0.8
    weight = np.where(is_right, rng.normal(9, 4, n), rng.normal(-3, 3, n))
    density = [-0.5 * ((weight - mean) / sd) ** 2 - math.log(sd) for mean, sd in
               ((9, 4), (-3, 3))]
    odds = strength * (math.log(4) + density[0] - density[1]) + shift
    probability = 1 / (1 + np.exp(-np.clip(odds, -35, 35)))
    offers = pd.DataFrame({
        "rid_l": np.arange(1, n + 1), "rid_r": np.arange(n + 1, 2 * n + 1),
        "match_weight": weight, "link_probability": probability,
        "is_linked": probability >= 0.85})
    return offers, is_right


def keys_of(offers):
    every = range(1, 2 * len(offers) + 1)
    return pd.Series([f"{rid:09}" for rid in every], index=every)


def judged(drawn, is_right):
    right = is_right[drawn["record_key_l"].astype(int) - 1]
    return drawn[["record_key_l", "record_key_r"]].assign(
        answer_code=np.where(right, "same", "different"))


def covered(seed, **belief):
    """Whether the intervals from 440 labels hold the true precision and the true recall."""
    offers, is_right = population(seed, **belief)
    drawn = draw_review_pairs(offers, keys_of(offers), n_pairs=N_PAIRS, seed=seed)
    quality = estimate_quality(drawn, judged(drawn, is_right))
    is_linked = offers["is_linked"].to_numpy()
    precision = is_right[is_linked].mean()
    recall = is_right[is_linked].sum() / is_right.sum()
    return (quality.precision_low <= precision <= quality.precision_high,
            quality.recall_low <= recall <= quality.recall_high)


@pytest.fixture(scope="module")
def offered():
    return population(7)


@pytest.fixture(scope="module")
def drawn(offered):
    return draw_review_pairs(offered[0], keys_of(offered[0]), n_pairs=N_PAIRS, seed=1)


def test_as_many_pairs_are_drawn_as_were_asked_for_some_from_every_stratum(drawn, offered):
    assert list(drawn.columns) == list(RESULTS["review_pairs"].column_names)
    assert len(drawn) == N_PAIRS
    assert (drawn["record_key_l"] < drawn["record_key_r"]).all()
    sizes = drawn.groupby("stratum").agg(n=("n_drawn", "size"), told=("n_drawn", "first"),
                                         all=("n_in_stratum", "first"))
    assert (sizes["n"] == sizes["told"]).all()
    assert (sizes["n"] >= np.minimum(sizes["all"], LEAST_IN_STRATUM)).all()
    assert sizes["all"].sum() == len(offered[0])
    assert drawn.groupby("stratum")["is_linked"].nunique().eq(1).all()


def test_a_doubtful_link_is_likelier_to_be_drawn_than_a_sure_one(drawn):
    share = drawn["n_drawn"] / drawn["n_in_stratum"]
    doubtful = drawn["link_probability"].between(0.2, 0.95)
    assert share[doubtful].min() > 1.5 * share[drawn["link_probability"] > 0.9999].max()


def test_the_same_pairs_are_drawn_whatever_the_order_of_the_links(drawn, offered):
    offers = offered[0].sample(frac=1, random_state=3).rename(
        columns={"rid_l": "rid_r", "rid_r": "rid_l"})
    again = draw_review_pairs(offers, keys_of(offers), n_pairs=N_PAIRS, seed=1)
    pd.testing.assert_frame_equal(drawn, again)
    other = draw_review_pairs(offers, keys_of(offers), n_pairs=N_PAIRS, seed=2)
    assert set(other["record_key_l"]) != set(drawn["record_key_l"])


@pytest.mark.parametrize("n_links", [0, 3, 50])
def test_where_there_are_few_links_all_are_drawn(n_links):
    offers = population(1, n=60)[0].head(n_links)
    assert len(draw_review_pairs(offers, keys_of(population(1, n=60)[0]), n_pairs=N_PAIRS,
                                 seed=1)) == n_links


@pytest.mark.slow
def test_what_was_offered_is_each_records_likeliest_person():
    tables, _ = made_tables(n=300)
    found, connection = linked(tables)
    offers = offers_of(connection, found.resolved)
    rows = rows_of(connection).drop_duplicates("rid").set_index("rid")
    by_model = rows.index[rows["how_code"] == "model"]
    made = offers[offers["is_linked"]]
    assert set(by_model) <= {*made["rid_l"], *made["rid_r"]}
    assert (rows["person"].reindex(made["rid_l"]).to_numpy()
            == rows["person"].reindex(made["rid_r"]).to_numpy()).all()
    refused = offers[~offers["is_linked"]]
    assert (rows["person"].reindex(refused["rid_l"]).to_numpy()
            != rows["person"].reindex(refused["rid_r"]).to_numpy()).all()
    assert not offers.duplicated(["rid_l", "rid_r"]).any()
    assert (made["link_probability"] >= min(found.resolved.cut,
                                            found.resolved.cut_of_the_rest) - 1e-12).all()


def test_the_estimate_counts_every_stratum_by_its_size():
    pairs = made_pairs([(1, False, 100, "ddds"), (12, True, 300, "sssd")])
    quality = estimate_quality(*pairs)
    assert quality.precision == pytest.approx(0.75)
    assert quality.recall == pytest.approx(225 / (225 + 25))
    assert quality.precision_low < 0.75 < quality.precision_high
    assert quality.n_labelled == 8


def test_a_population_that_was_judged_whole_has_no_interval():
    quality = estimate_quality(*made_pairs([(1, False, 2, "ds"), (12, True, 4, "sssd")]))
    assert quality.precision_low == quality.precision_high == 0.75
    assert quality.recall_low == quality.recall_high == 0.75


def test_unsure_answers_widen_the_interval_and_do_not_move_the_estimate():
    sure = estimate_quality(*made_pairs([(1, False, 100, "dddd"), (12, True, 300, "ssss")]))
    less = estimate_quality(*made_pairs([(1, False, 100, "ddddu"), (12, True, 300, "ssssu")]))
    assert (less.precision, less.recall) == (sure.precision, sure.recall) == (1.0, 1.0)
    assert less.n_unsure == 2
    assert less.precision_low < sure.precision_low
    assert less.recall_low < sure.recall_low


def test_a_stratum_that_nobody_judged_may_be_anything():
    quality = estimate_quality(*made_pairs([(11, True, 500, "----"), (12, True, 500, "ssss")]))
    assert quality.precision_low < 0.5
    assert quality.precision_high == pytest.approx(1.0)


def test_without_answers_the_model_speaks_for_itself(drawn, offered):
    none = to_pandas(to_arrow(pd.DataFrame(), RESULTS["review_answers"]))
    own = estimate_quality(drawn, none)
    assert own == model_quality(drawn)
    assert own.n_labelled == 0
    offers, is_right = offered
    is_linked = offers["is_linked"].to_numpy()
    assert own.precision == pytest.approx(is_right[is_linked].mean(), abs=0.01)
    assert own.recall == pytest.approx(is_right[is_linked].sum() / is_right.sum(), abs=0.02)
    assert own.precision_low < own.precision < own.precision_high


def test_where_no_link_was_offered_nothing_can_be_told():
    empty = to_pandas(to_arrow(pd.DataFrame(), RESULTS["review_pairs"]))
    assert math.isnan(model_quality(empty).precision)
    assert math.isnan(model_quality(empty).recall_high)


@pytest.mark.slow
@pytest.mark.parametrize("belief", ["calibrated", "too sure"])
def test_the_interval_covers_the_truth_in_nine_of_ten_samples(belief):
    strength, shift = BELIEFS[belief]
    hits = np.array([covered(s, n=3000, strength=strength, shift=shift) for s in range(30)])
    assert (hits.mean(axis=0) >= 0.9).all()


@pytest.mark.slow
@pytest.mark.parametrize("belief", BELIEFS)
def test_the_interval_covers_the_truth_whatever_the_model_believes(belief):
    """Of 200 samples each; measured on all but the last belief: 93 to 99 of 100."""
    strength, shift = BELIEFS[belief]
    hits = np.array([covered(s, strength=strength, shift=shift) for s in range(200)])
    assert (hits.mean(axis=0) >= 0.9).all()


def test_recalibrated_probabilities_rise_and_their_cut_is_near_the_best(offered):
    offers, is_right = population(11, strength=0.5, shift=2.0)
    drawn = draw_review_pairs(offers, keys_of(offers), n_pairs=N_PAIRS, seed=1)
    found = recalibrate(drawn, judged(drawn, is_right))
    assert found.points["calibrated_probability"].is_monotonic_increasing
    order = np.argsort(-offers["link_probability"].to_numpy())
    right = np.cumsum(is_right[order])
    best = (2 * right / (np.arange(1, len(order) + 1) + is_right.sum())).max()
    is_in = (offers["link_probability"] >= found.cut).to_numpy()
    f1 = 2 * is_right[is_in].sum() / (is_in.sum() + is_right.sum())
    assert f1 >= best - 0.01
    assert found.expected_f1 == pytest.approx(f1, abs=0.03)


def test_nothing_is_recalibrated_without_answers(drawn):
    unsure = drawn[["record_key_l", "record_key_r"]].assign(answer_code="unsure")
    assert recalibrate(drawn, unsure) is None


def made_pairs(strata):
    """Review pairs and answers: (stratum, is_linked, size, a letter an answer; - is none)."""
    rows, answers = [], []
    words = {"s": "same", "d": "different", "u": "unsure"}
    for stratum, is_linked, size, letters in strata:
        for i, letter in enumerate(letters):
            key = {"record_key_l": f"a{stratum}{i}", "record_key_r": f"b{stratum}{i}"}
            rows.append({**key, "stratum": stratum, "is_linked": is_linked,
                         "n_in_stratum": size, "n_drawn": len(letters),
                         "link_probability": 0.9 if is_linked else 0.1})
            answers += [{**key, "answer_code": words[letter]}] if letter in words else []
    return pd.DataFrame(rows), pd.DataFrame(
        answers, columns=["record_key_l", "record_key_r", "answer_code"])


@pytest.fixture(scope="module")
def model():
    return linked(made_tables(n=300)[0])[0].model


@pytest.fixture
def root(tmp_path, model):
    """A campaign's folder with three pairs to judge; the names try to steer the terminal."""
    names = {"a": "ann", "b": "ann", "c": "hu\x1b[2Jgo", "d": "hugo", "e": "ines", "f": "olga"}
    folder = tmp_path / "data" / "people"
    folder.mkdir(parents=True)
    pd.DataFrame([{
        "record_key": key, "source_name": "s", "first_name": name, "first_initial": name[0],
        "formals": [name], "first_root": name, "last_name": "foxton", "tf_first_name": 0.1,
        "tf_last_name": 0.1, "tf_phone": None, "tf_email": None,
    } for key, name in names.items()]).to_parquet(folder / "records.parquet")
    pairs = pd.DataFrame({"record_key_l": ["a", "c", "e"], "record_key_r": ["b", "d", "f"],
                          "link_probability": 0.9, "match_weight": 1.0, "stratum": 11,
                          "n_in_stratum": 3, "n_drawn": 3, "is_linked": True})
    write_table(pairs, RESULTS["review_pairs"], folder / "review_pairs.parquet")
    (folder / "model.json").write_text(json.dumps(model))
    return tmp_path


def answering(*given):
    waiting = list(given)

    def ask(question):
        if not waiting:
            raise EOFError
        answer = waiting.pop(0)
        if answer == "Ctrl-C":
            raise KeyboardInterrupt
        return answer

    return ask


@pytest.mark.slow
def test_answers_are_kept_one_by_one_and_the_rest_is_asked_next_time(root):
    told = []
    assert judge_pairs(root, ask=answering("S", "what?", "d", "Ctrl-C"), tell=told.append,
                       reviewer_name="Kim", answer_date=read_day("2026-10-05")) == 2
    first = read_answers(root)
    assert sorted(first["answer_code"]) == ["different", "same"]
    assert set(first["reviewer_name"]) == {"Kim"}
    assert sum("Answer s, d, u or q." in line for line in told) == 1
    told.clear()
    assert judge_pairs(root, ask=answering("u"), tell=told.append) == 1
    assert told[0] == "\nPair 1 of 1"
    assert len(read_answers(root)) == 3
    assert judge_pairs(root, ask=answering("s"), tell=told.append) == 0


def test_both_records_stand_side_by_side_with_the_reasons_and_no_probability(root):
    told = []
    judge_pairs(root, ask=answering("q"), tell=told.append)
    judge_pairs(root, ask=answering("s", "s", "s"), tell=told.append)
    text = "\n".join(told)
    assert "first_name       ann                                ann" in text
    assert "the same family name" in text
    assert "0.9" not in text
    assert "\x1b" not in text


HEADER = "record_key_l,record_key_r,answer_code,reviewer_name,answer_date\n"


def answers_file(tmp_path, text):
    path = tmp_path / "data" / "registry" / "review_answers.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def test_answers_are_read_in_order_and_those_left_open_are_not(tmp_path):
    found = read_answers(answers_file(
        tmp_path, "\ufeff" + HEADER + "b,a,Same,Kim,2026-10-01\nc,d,,,\na,c,unsure,,\n"))
    told = found[["record_key_l", "record_key_r", "answer_code"]].to_numpy().tolist()
    assert told == [["a", "b", "same"], ["a", "c", "unsure"]]
    assert found["answer_date"][0] == pd.Timestamp("2026-10-01")
    assert len(read_answers(tmp_path / "elsewhere")) == 0


@pytest.mark.parametrize(("text", "message"), [
    ("", "no column 'record_key_l'"),
    ("record_key_l,record_key_r,answercode\na,b,same\n", "Did you mean 'answer_code'"),
    (HEADER + "a,b,yes,,\n", r"1 rows answer with something else than same, .*first at row 2"),
    (HEADER + "a,b,same,,\nb,a,different,,\n", "2 rows answer a pair that another"),
    (HEADER + "a,a,same,,\n", "do not name two records"),
    (HEADER + "a,b,same,Kim,1.10.26\n", "an answer_date that is no day"),
    (HEADER + "a,b,same\n", "row 2 has 3 cells"),
    (HEADER.encode("utf-16"), "is not CSV in UTF-8"),
])
def test_answers_of_another_shape_are_refused_without_a_value(tmp_path, text, message):
    with pytest.raises(RegistryError, match=message) as caught:
        read_answers(answers_file(tmp_path, text))
    assert "Kim" not in str(caught.value)


def test_pairs_without_an_answer_wait(root):
    path = root / ANSWERS_FILE
    path.parent.mkdir(parents=True)
    path.write_text("record_key_l,record_key_r,answer_code\na,b,\nc,d,same\n")
    assert list(read_answers(root)["record_key_l"]) == ["c"]


def test_answers_survive_being_written_and_read(root):
    rows = to_pandas(to_arrow(pd.DataFrame({
        "record_key_l": ["c", "a"], "record_key_r": ["d", "b"], "answer_code": ["same", "unsure"],
        "reviewer_name": ["O'Neil, \"Jo\"", None],
        "answer_date": [pd.Timestamp("2026-10-05"), None]}), RESULTS["review_answers"]))
    write_answers(rows, root / ANSWERS_FILE)
    again = read_answers(root)
    pd.testing.assert_frame_equal(
        again, rows.sort_values("record_key_l").reset_index(drop=True))


def test_a_day_that_is_none_is_refused():
    assert read_day("") is None
    with pytest.raises(SettingsError, match="--date is no day"):
        read_day("5 October")
