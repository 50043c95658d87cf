"""How dirty the made-up campaign is: every rate in one place (see docs/sample.md)."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import SettingsError, nearest_name

DEFAULT: dict[str, float] = {
    # typed names, in every source but the register (share of records)
    "nicknames": 0.18,
    "initials_only": 0.04,
    "typos_first_name": 0.04,
    "typos_last_name": 0.04,
    "new_surnames": 0.025,
    "dropped_diacritics": 0.50,          # of the names that have one
    "moved": 0.16,                       # the source holds an earlier address
    # donors (share of donor accounts)
    "donors_birth_date": 0.15,
    "donors_phone": 0.55,
    "donors_phone_right": 0.80,
    "donors_email": 0.70,
    "donors_email_right": 0.85,
    "donors_off_voter_file": 0.20,       # of those whom no offer won
    "donors_repeated": 0.15,
    "gifts_refunded": 0.02,
    "gifts_through_conduit": 0.20,       # reported twice: conduit_in and conduit_out
    "gifts_with_memo_row": 0.01,
    # identifiers that the other sources carry (share of rows filled)
    "voters_birth_date": 0.90,
    "voters_phone": 0.65,
    "voters_email": 0.40,
    "canvass_voter_id": 0.80,
    "polls_phone": 0.60,
    "social_email": 0.80,
    "social_town": 0.60,
    "social_birth_year": 0.40,
    "mobile_first_name": 0.90,
    "mobile_last_name": 0.50,
    "call_lists_phone": 0.85,
    # the register
    "typos_register": 0.004,             # in each name of the register itself
    "registered_twice": 0.005,           # share of electors with a second, older entry
    "reissued_numbers": 0.01,            # canvass rows whose number is now somebody else's
    "addresses_removed": 0.003,
    "placeholder_dates": 0.005,          # 01/01/1900 for a date that is not known
    "deceased": 0.006,
    # families (share of households with such a pair possible)
    "twins": 0.06,
    "fathers_and_sons": 0.12,
    "shared_phones": 0.25,               # records that carry the household's number
    # lists
    "double_calls": 0.30,                # volunteer list entries also on the office list
    "list_clashes": 0.15,                # of those, with another number
    "opt_outs": 0.02,                    # of all people
    # raw files
    "malformed_rows": 0.0012,            # share of a file's rows that cannot be accepted
    "shifted_columns": 0.01,             # the same in the office call list
    "repeated_keys": 0.0005,             # rows that come twice with one key
}


def rates_of_dirt(overrides: Mapping[str, float]) -> dict[str, float]:
    """Return the default rates with ``overrides`` in their places.

    Raises SettingsError for a name that is no rate and for a rate outside 0 to 1.

    >>> rates_of_dirt({"moved": 0.3})["moved"]
    0.3
    """
    for name, rate in overrides.items():
        if name not in DEFAULT:
            raise SettingsError(
                f"sample.difficulty has an unknown key '{name}'.{nearest_name(name, DEFAULT)} "
                f"It knows: {', '.join(sorted(DEFAULT))}."
            )
        is_number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
        if not is_number or not 0 <= rate <= 1:
            raise SettingsError(
                f"sample.difficulty.{name} must be a share between 0 and 1. Change it in "
                "params.yaml."
            )
    return {**DEFAULT, **{name: float(rate) for name, rate in overrides.items()}}
