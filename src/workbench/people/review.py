"""Which pairs a person is to judge: drawn from the links offered, more where it is doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.tables import RESULTS

if TYPE_CHECKING:
    import duckdb

    from workbench.people.resolve import Resolved

PROBABILITY_EDGES = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999)
LEAST_IN_STRATUM = 15
LEAST_DOUBT = 0.02  # no class is taken to be surer than this before somebody has looked at it


def offers_of(connection: duckdb.DuckDBPyConnection, resolved: Resolved) -> pd.DataFrame:
    """Return one row a link offered: ``rid_l`` < ``rid_r``, and whether it was accepted.

    What is offered to a record is its likeliest person: the person that it went to, or the
    elector that it was refused to. The other record of the pair is that person's which the
    most evidence speaks for. ``match_weight`` is in bits without the prior; ``link_probability``
    that of the link; ``is_linked`` tells that it was accepted. Entries of the register, and
    records that carry an elector's number, need no link. ``scored`` and ``record`` must be in
    ``connection`` as linking left them.
    """
    connection.register("outcome_given", _outcomes(resolved))
    connection.execute("CREATE OR REPLACE TEMP TABLE outcome AS SELECT o.*, r.is_elector FROM "
                       "outcome_given o JOIN record r USING (rid)")
    connection.unregister("outcome_given")
    offers = connection.execute("""
        WITH ends AS (
            SELECT rid_l AS rid, rid_r AS other, match_weight FROM scored
            UNION ALL SELECT rid_r, rid_l, match_weight FROM scored
        ), offers AS (
            SELECT rid, other, match_weight, o.how = 'model' AND t.person = o.person AS is_linked,
                t.is_elector AND coalesce(t.person = o.offered_person, false) AS is_offered,
                o.probability, o.offered_probability
            FROM ends JOIN outcome o USING (rid) JOIN outcome t ON t.rid = ends.other
            WHERE (o.how = 'model' AND t.person = o.person)
            OR (o.is_refused AND t.is_elector AND t.person = o.offered_person)
        ), best AS (
            SELECT * FROM offers QUALIFY 1 = row_number() OVER (
                PARTITION BY rid, is_linked ORDER BY is_offered DESC, match_weight DESC, other)
        )
        SELECT least(rid, other) AS rid_l, greatest(rid, other) AS rid_r,
            max(match_weight) AS match_weight,
            max(CASE WHEN is_linked THEN probability ELSE offered_probability END)
                AS link_probability,
            bool_or(is_linked) AS is_linked
        FROM best GROUP BY ALL ORDER BY rid_l, rid_r
    """).df()
    connection.execute("DROP TABLE outcome")
    return offers


def draw_review_pairs(
    offers: pd.DataFrame, record_keys: pd.Series, *, n_pairs: int, seed: int
) -> pd.DataFrame:
    """Return REVIEW_PAIRS: ``n_pairs`` of the links offered, or all where there are fewer.

    ``record_keys`` gives the record_key of each rid. A stratum is a class of probability of
    the links accepted (11 and up) or refused (1 and up): each has LEAST_IN_STRATUM pairs or
    all that it holds, the rest go where size and doubt are greatest. Within a stratum the keys
    and the seed decide, so that the same data in any order, or grown a little, give the same
    pairs. The offers are the model's own, before any answer of a reviewer overrode it.
    """
    pairs = _keyed(offers, record_keys)
    edge = np.searchsorted(PROBABILITY_EDGES, pairs["link_probability"], side="right")
    pairs["stratum"] = edge + 1 + 10 * pairs["is_linked"].astype("int64")
    pairs["n_in_stratum"] = pairs.groupby("stratum")["stratum"].transform("size")
    drawn = _shares_of_the_draw(pairs, n_pairs)
    pairs["n_drawn"] = pairs["stratum"].map(drawn).astype("int64")
    pairs = _in_order_of_chance(pairs, seed)
    place = pairs.groupby("stratum").cumcount()
    chosen = pairs[place < pairs["n_drawn"]]
    chosen = chosen.sort_values(["record_key_l", "record_key_r"]).reset_index(drop=True)
    return chosen[list(RESULTS["review_pairs"].column_names)]


def _outcomes(resolved: Resolved) -> pd.DataFrame:
    """One row a record: where it went, and the elector that it was offered to."""
    n = len(resolved.person)
    offered_person = np.full(n, -1)
    offered_person[resolved.offered_record] = resolved.person[resolved.offered_person]
    offered_probability = np.full(n, np.nan)
    offered_probability[resolved.offered_record] = resolved.offered
    went_there = resolved.person == offered_person
    is_open = np.isin(resolved.how, ("model", "alone"))
    return pd.DataFrame({
        "rid": np.arange(1, n + 1), "person": resolved.person + 1,
        "how": resolved.how.astype(str), "probability": resolved.probability,
        "offered_person": np.where(offered_person < 0, 0, offered_person + 1),
        "offered_probability": offered_probability,
        "is_refused": is_open & (offered_person >= 0) & ~went_there,
    })


def _keyed(offers: pd.DataFrame, record_keys: pd.Series) -> pd.DataFrame:
    left = offers["rid_l"].map(record_keys).astype(str)
    right = offers["rid_r"].map(record_keys).astype(str)
    is_ordered = left < right
    return pd.DataFrame({
        "record_key_l": left.where(is_ordered, right),
        "record_key_r": right.where(is_ordered, left),
        "link_probability": offers["link_probability"].astype("float64"),
        "match_weight": offers["match_weight"].astype("float64"),
        "is_linked": offers["is_linked"].astype(bool),
    })


def _shares_of_the_draw(pairs: pd.DataFrame, n_pairs: int) -> dict[int, int]:
    """Return how many pairs to draw from each stratum: the least first, then by size and doubt."""
    strata = pairs.groupby("stratum")["link_probability"].agg(n="size", mean="mean").sort_index()
    mean = strata["mean"].clip(LEAST_DOUBT, 1 - LEAST_DOUBT)
    claim = (strata["n"] * np.sqrt(mean * (1 - mean))).to_numpy()
    size = strata["n"].to_numpy()
    drawn = np.minimum(size, min(LEAST_IN_STRATUM, n_pairs // max(len(size), 1)))
    while drawn.sum() < min(n_pairs, size.sum()):
        room = np.where(drawn < size, claim / (drawn + 1.0), -1.0)
        drawn[np.argmax(room)] += 1
    return dict(zip(strata.index, drawn, strict=True))


def _in_order_of_chance(pairs: pd.DataFrame, seed: int) -> pd.DataFrame:
    keys = pairs["record_key_l"] + f"|{seed}|" + pairs["record_key_r"]
    chance = pd.util.hash_array(keys.to_numpy(dtype=object), categorize=False)
    order = np.lexsort((pairs["record_key_r"], pairs["record_key_l"], chance))
    return pairs.iloc[order]
