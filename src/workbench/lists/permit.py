"""Whether a row may be used at all: age, consent, and the terms of the sources behind it."""

from __future__ import annotations

import pandas as pd

from workbench.errors import ListRefused
from workbench.lists.checks import CONTACT_OF_CHANNEL, days, flags, given
from workbench.lists.keys import contact_keys
from workbench.lists.model import Evidence, Purpose
from workbench.tables import is_among
from workbench.tables.codes import CHANNELS, codes_that
from workbench.telephone import is_same_number

CONSENT_CHANNELS = codes_that(CHANNELS, "needs_consent")
UNREADABLE = "?"  # the key of no number and no address


def ages(rows: pd.DataFrame, people: pd.DataFrame, purpose: Purpose) -> pd.DataFrame:
    """Return ``is_minor`` and ``is_age_unknown`` of each row on polling day.

    The date of birth decides; where only the year is known, whoever may be under age is a
    minor. Somebody born on 29 February is of age on 1 March of a common year.
    """
    born = days(people, "birth_date", "the people")
    try:
        year = pd.to_numeric(people["birth_year"]).astype("Float64")
    except (ValueError, TypeError) as error:
        raise ListRefused(
            "birth_year of the people is not a number. Read the column as whole numbers."
        ) from error
    last_day = (born.dt.year * 10_000 + born.dt.month * 100 + born.dt.day).astype("Float64")
    last_day = last_day.fillna(year * 10_000 + 1231)
    known = pd.DataFrame({"person_id": people["person_id"], "last_birth_day": last_day})
    birth = rows[["person_id"]].merge(
        known[given(known["person_id"]).notna()], how="left", on="person_id",
        validate="many_to_one",
    )["last_birth_day"].set_axis(rows.index)
    polling = int(purpose.polling_date.strftime("%Y%m%d"))
    is_minor = birth + purpose.voting_age_years * 10_000 > polling
    return pd.DataFrame({"is_minor": is_minor.fillna(False).astype(bool),
                         "is_age_unknown": birth.isna()})


def has_no_usable_contact(rows: pd.DataFrame, purpose: Purpose) -> pd.Series:
    """Return whether the channel needs one readable number or address and the row has none."""
    contact = CONTACT_OF_CHANNEL.get(purpose.channel_code)
    if contact is None:
        return pd.Series(False, index=rows.index)
    return contact_keys(rows[contact], contact, purpose.country_code).isna()


def lacks_consent(rows: pd.DataFrame, consents: pd.DataFrame, purpose: Purpose) -> pd.Series:
    """Return whether the channel needs a consent and the row has none that stands.

    A consent is a person's, given on or before the day; where it names a number or address it
    is for that one only. It stands unless the person, or whoever has that number, refused on
    the same day or later. A refusal without a date outweighs every consent, a consent without
    a date counts for nothing.
    """
    if purpose.channel_code not in CONSENT_CHANNELS:
        return pd.Series(False, index=rows.index)
    contact = CONTACT_OF_CHANNEL[purpose.channel_code]
    said = _statements(consents[consents["channel_code"] == purpose.channel_code], contact,
                       purpose.country_code)
    is_yes = said["has_consented"] & (said["consent_date"] <= pd.Timestamp(purpose.as_of))
    asked = pd.DataFrame({
        "row": range(len(rows)), "person_id": rows["person_id"].to_numpy(),
        "contact": contact_keys(rows[contact], contact, purpose.country_code).to_numpy(),
    })
    yes = said[is_yes & said["person_id"].notna()]
    pairs = asked.merge(yes, on="person_id", suffixes=("", "_named"), validate="many_to_many")
    pairs = pairs[pairs["contact_named"].isna() | (pairs["contact_named"] == pairs["contact"])]
    no = said[~said["has_consented"]]
    for key in ("person_id", "contact"):
        refused = no[no[key].notna()].groupby(key)["consent_date"].max().rename("refused_date")
        pairs = pairs.drop(columns="refused_date", errors="ignore").merge(
            refused, how="left", left_on=key, right_index=True, validate="many_to_one")
        pairs = pairs[~(pairs["refused_date"] >= pairs["consent_date"])]
    if contact == "phone":  # a refusal of what may be the number outweighs every consent
        may_be = is_same_number(pairs["contact"], no["contact"])
        pairs = pairs[~may_be | is_among(pairs["contact"], no["contact"])]
    return pd.Series(~asked["row"].isin(pairs["row"]).to_numpy(), index=rows.index)


def source_faults(
    rows: pd.DataFrame, evidence: Evidence, purpose: Purpose
) -> dict[str, pd.Series]:
    """Return for each fault of a source whether one behind the row has it.

    A row that names no source has one that is not declared. The last day of a source is its
    expiry date.
    """
    texts = rows["source_names"].fillna("")
    found = {text: _faults(text, evidence, purpose) for text in texts.unique()}
    return {
        fault: texts.map({text: fault in faults for text, faults in found.items()}).astype(bool)
        for fault in ("source_undeclared", "source_expired", "use_not_permitted")
    }


def _statements(consents: pd.DataFrame, contact: str, country_code: str) -> pd.DataFrame:
    has_consented = flags(consents, "has_consented", "the consents")
    date = days(consents, "consent_date", "the consents")
    key = contact_keys(consents[contact], contact, country_code)
    return pd.DataFrame({
        "person_id": given(consents["person_id"]),
        "contact": key.where(key.notna() | given(consents[contact]).isna(), UNREADABLE),
        "has_consented": has_consented,
        "consent_date": date.where(date.notna() | has_consented, pd.Timestamp.max.floor("s")),
    })


def _faults(text: str, evidence: Evidence, purpose: Purpose) -> set[str]:
    names = [name.strip() for name in text.split(";") if name.strip()]
    sources = [evidence.sources[name] for name in names if name in evidence.sources]
    faults = set()
    if not names or len(sources) < len(names):
        faults.add("source_undeclared")
    if any(source.expiry_date < purpose.as_of for source in sources):
        faults.add("source_expired")
    if any(purpose.use_code in evidence.forbidden_uses.get(name, ()) for name in names):
        faults.add("use_not_permitted")
    return faults
