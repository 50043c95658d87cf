"""Ask strings: three amounts to ask each donor for, and why these.

Amounts start from what the donor gives now, not from the most that they ever gave: one large
gift would make every ask after it too large.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# Amounts that people give, in whole units of the currency; above the last, its multiples.
ROUND_AMOUNTS = np.array([
    3, 5, 10, 15, 20, 25, 35, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000, 1500,
    2000, 2500, 3000, 4000, 5000, 7500, 10000])
N_ASKS = 3
# By segment: what each of the three amounts is of the donor's usual gift, and the reason.
ASK_RULES: dict[str, tuple[tuple[float, float, float], str]] = {
    "monthly": ((1.2, 1.5, 2.0), "gives every month: ask to raise the monthly gift"),
    "new": ((1.0, 1.5, 2.0), "gave first not long ago: ask for the same again"),
    "regular": ((1.0, 1.5, 2.5), "gives often and lately: ask for more"),
    "occasional": ((1.0, 1.5, 2.0), "gave lately, seldom before: ask for the same again"),
    "at_risk": ((0.75, 1.0, 1.5), "used to give often: ask for a little less, to keep them"),
    "one_off": ((0.75, 1.0, 1.5), "gave seldom and not lately: ask for a little less"),
    "lapsed": ((0.5, 1.0, 1.5), "has not given for long: ask for half, to win them back"),
}
ENDED = "used to give every month: ask to begin again with the same"
AT_MOST = "; no more may be asked"


def ask_donors(donors: pd.DataFrame, *, most_minor: int) -> pd.DataFrame:
    """Return ``donors`` with their ask strings; one row a person, as before.

    Reads ``segment_code``, ``usual_minor`` (see usual_gifts) and ``last_instalment_date``. Adds
    ``is_monthly_ask``, three rising amounts ``ask_first_minor``, ``ask_second_minor``,
    ``ask_third_minor`` (hundredths of the currency) and ``ask_reason_name``. None is above
    ``most_minor``, the most that may be asked; where the usual gift reaches it, all three are
    that or the round amounts below it.
    """
    segment = donors["segment_code"]
    has_ended = donors["last_instalment_date"].notna() & (segment != "monthly")
    multiples = np.array([ASK_RULES[code][0] for code in segment]).reshape(-1, N_ASKS)
    multiples = np.where(has_ended.to_numpy()[:, None], (1.0, 1.25, 1.5), multiples)
    wanted = donors["usual_minor"].to_numpy(dtype="float64")[:, None] * multiples
    asks = _rising(wanted, most_minor)
    reasons = segment.map({code: reason for code, (_, reason) in ASK_RULES.items()})
    reasons = reasons.mask(has_ended, ENDED)
    is_capped = (wanted > most_minor).any(axis=1)
    return donors.assign(
        is_monthly_ask=(segment == "monthly") | has_ended,
        ask_first_minor=asks[:, 0], ask_second_minor=asks[:, 1], ask_third_minor=asks[:, 2],
        ask_reason_name=reasons.mask(is_capped, reasons + AT_MOST),
    )


def usual_gifts(settled: pd.DataFrame) -> pd.Series:
    """Return by person_id what they usually give: the median of their last three gifts.

    Instalments alone where they have given any, so that it is an amount a month.
    """
    gifts = settled[settled["person_id"].notna() & (settled["kept_minor"] > 0)]
    is_instalment = gifts["account_code"] == "counted_recurring"
    has_any = is_instalment.groupby(gifts["person_id"]).transform("any")
    asked_of = gifts[is_instalment | ~has_any].sort_values(
        ["person_id", "donation_date", "source_name", "source_row"])
    last = asked_of.groupby("person_id").tail(3)
    return last.groupby("person_id")["kept_minor"].median().rename("usual_minor")


def _rising(wanted: np.ndarray, most_minor: int) -> np.ndarray:
    """Return the round amounts nearest to ``wanted``, each row rising and at most the most."""
    ladder = np.append(ROUND_AMOUNTS, np.arange(2, 101) * ROUND_AMOUNTS[-1]) * 100
    ladder = np.append(ladder[ladder < most_minor], most_minor)
    places = np.abs(np.log(ladder) - np.log(np.maximum(wanted, 1))[..., None]).argmin(axis=-1)
    for column in range(1, N_ASKS):
        places[:, column] = np.maximum(places[:, column], places[:, column - 1] + 1)
    over = np.maximum(places[:, -1] - (len(ladder) - 1), 0)
    return np.asarray(ladder[np.maximum(places - over[:, None], 0)])
