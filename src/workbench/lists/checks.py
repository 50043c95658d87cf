"""What must hold of a list's rows and of its evidence before the gate can decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from workbench.errors import ListRefused, nearest_name
from workbench.lists.keys import email_key, given_name_key, keyed, name_key
from workbench.lists.model import Evidence, Purpose
from workbench.tables import table_named
from workbench.tables.codes import CHANNELS, USE_CODES
from workbench.telephone import keys_in

CONTACT_OF_CHANNEL = {code: one.contact for code, one in CHANNELS.items()
                      if one.contact in ("phone", "email")}
ROW_TEXTS = ("person_id", "owner_id", "source_names")
ROW_TEXTS_WHERE_THERE = ("phone", "email", "voter_id", "first_name", "last_name", "postcode")
SUPPRESSION_TEXTS = ("person_id", "source_name", "voter_id", "first_name", "last_name",
                     "postcode", "phone", "email", "scope_code", "reason_code")
CONSENT_TEXTS = ("person_id", "channel_code", "phone", "email")


def check_rows(rows: pd.DataFrame, purpose: Purpose) -> None:
    """Refuse rows that are not one person and one owner each, in texts that can be compared."""
    where = f"list '{purpose.list_name}'"
    contact = CONTACT_OF_CHANNEL.get(purpose.channel_code)
    _require(rows, (*ROW_TEXTS, *([contact] if contact else [])), where)
    if not rows.columns.is_unique:
        raise ListRefused(f"A column of {where} is there twice. Give each its own name.")
    there = [name for name in ROW_TEXTS_WHERE_THERE if name in rows.columns]
    _require_texts(rows, (*ROW_TEXTS, *there), where)
    n_repeats = int(given(rows["person_id"]).dropna().duplicated().sum())
    if n_repeats:
        raise ListRefused(
            f"{n_repeats} rows of {where} name a person who is on it already. Keep one row "
            "a person: a list is of people."
        )
    n_unowned = int(given(rows["owner_id"]).isna().sum())
    if n_unowned:
        raise ListRefused(
            f"{n_unowned} rows of {where} have no owner_id. Give each row the one who is to "
            "make the contact."
        )


def check_evidence(evidence: Evidence, purpose: Purpose) -> None:
    """Refuse evidence that is incomplete, out of date or cannot be compared."""
    dated = ("start_date",)
    _require(evidence.suppressions, (*SUPPRESSION_TEXTS, *dated), "the suppressions")
    _require_texts(evidence.suppressions, SUPPRESSION_TEXTS, "the suppressions")
    _require(evidence.consents, (*CONSENT_TEXTS, "has_consented", "consent_date"),
             "the consents")
    _require_texts(evidence.consents, CONSENT_TEXTS, "the consents")
    _require(evidence.people, ("person_id", "birth_date", "birth_year"), "the people")
    _require_texts(evidence.people, ("person_id",), "the people")
    n_repeats = int(given(evidence.people["person_id"]).dropna().duplicated().sum())
    if n_repeats:
        raise ListRefused(
            f"{n_repeats} rows of the people repeat a person_id. Link the records again, so "
            "that a person is one row."
        )
    _check_suppression_sources(evidence, purpose)
    _check_codes(evidence.suppressions)
    _check_identifiers(evidence.suppressions)
    _check_forbidden_uses(evidence)


def given(values: pd.Series) -> pd.Series:
    """Return the texts, missing where they are blank."""
    return values.where(values.notna() & (values.astype(str).str.strip() != ""), None)


def days(frame: pd.DataFrame, column: str, where: str) -> pd.Series:
    """Return a column of calendar days; ListRefused where it holds anything else."""
    values = frame[column]
    if not pd.api.types.is_datetime64_dtype(values):
        n_others = sum(not isinstance(value, dt.date) for value in values.dropna())
        if n_others:
            raise ListRefused(
                f"{n_others} values of {column} in {where} are no dates. Read the column "
                "as dates."
            )
        values = pd.Series(pd.to_datetime(values.astype(object)), index=frame.index)
    return values.astype("datetime64[s]").dt.normalize()


def flags(frame: pd.DataFrame, column: str, where: str) -> pd.Series:
    """Return a column of yes or no, False where it is missing; ListRefused for anything else."""
    values = frame[column]
    if values.notna().any() and pd.api.types.infer_dtype(values.dropna()) != "boolean":
        raise ListRefused(f"{column} in {where} is no yes-or-no. Read the column as a flag.")
    return values.astype("boolean").fillna(False).astype(bool)


def _require(frame: pd.DataFrame, names: Sequence[str], where: str) -> None:
    for name in names:
        if name not in frame.columns:
            raise ListRefused(
                f"{where[0].upper()}{where[1:]} lack the column '{name}'."
                f"{nearest_name(name, map(str, frame.columns))} Add it: without it the gate "
                "cannot tell who may be contacted."
            )


def _require_texts(frame: pd.DataFrame, names: Sequence[str], where: str) -> None:
    for name in names:
        values = frame[name].dropna()
        if len(values) and pd.api.types.infer_dtype(values) != "string":
            raise ListRefused(
                f"Column '{name}' of {where} is not text. Read it as text, so that it can be "
                "compared."
            )


def _check_suppression_sources(evidence: Evidence, purpose: Purpose) -> None:
    declared = {n: s for n, s in evidence.sources.items() if s.table == "suppressions"}
    named = set(given(evidence.suppressions["source_name"]).dropna())
    n_strange = int((~evidence.suppressions["source_name"].isin(list(declared))).sum())
    if not declared or n_strange:
        raise ListRefused(
            f"{n_strange} suppressions come from a source that params.yaml does not declare, "
            f"and it declares {len(declared)} sources of suppressions. Declare each under "
            "sources, with its expiry_date, and run 'dvc repro gather'."
        )
    for name, source in sorted(declared.items()):
        if source.expiry_date < purpose.as_of:
            raise ListRefused(
                f"The suppressions of {source.path} (source '{name}') expired on "
                f"{source.expiry_date}. Fetch the list again and set its expiry_date."
            )
        if name not in named and name not in evidence.may_be_empty:
            raise ListRefused(
                f"There are no suppressions of {source.path} (source '{name}'). Fetch the "
                "file and gather again; if nobody is on it, say so in may_be_empty."
            )


def _check_codes(suppressions: pd.DataFrame) -> None:
    table = table_named("suppressions")
    for name in ("scope_code", "reason_code"):
        known = table.column(name).values
        values = suppressions[name].dropna()
        n_strange = int((~values.isin(known)).sum())
        if n_strange:
            raise ListRefused(
                f"{n_strange} of {len(suppressions)} suppressions have a {name} that is not "
                f"known. It can be: {', '.join(known)}. Correct the source."
            )


def _check_identifiers(suppressions: pd.DataFrame) -> None:
    has_any = given(suppressions["person_id"]).notna() | given(suppressions["voter_id"]).notna()
    has_any |= suppressions["phone"].map(lambda text: bool(keys_in(str(text), ""))).astype(bool)
    has_any |= keyed(suppressions["email"], email_key).notna()
    has_any |= (keyed(suppressions["first_name"], given_name_key).notna()
                & keyed(suppressions["last_name"], name_key).notna())
    n_nameless = int((~has_any).sum())
    if n_nameless:
        raise ListRefused(
            f"{n_nameless} of {len(suppressions)} suppressions do not say whom they are about: "
            "no person, voter_id, readable phone or e-mail, nor both names. Complete them in "
            "the source."
        )


def _check_forbidden_uses(evidence: Evidence) -> None:
    for name, uses in evidence.forbidden_uses.items():
        strange = set(uses) - set(USE_CODES)
        if name not in evidence.sources or isinstance(uses, str) or strange:
            raise ListRefused(
                f"forbidden_uses of source '{name}' cannot be kept: the source is not declared, "
                f"or a use is none of {', '.join(USE_CODES)}."
                f"{nearest_name(name, evidence.sources)} Correct it."
            )
