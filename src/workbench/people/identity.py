"""What a row of any canonical table says of who somebody is, in a standard spelling."""

from __future__ import annotations

from workbench.people import standardise as s
from workbench.people.records import columns_sql, row_key_sql
from workbench.tables import Table

ACCOUNT_COLUMNS = (
    "social_user_id", "social_user_id_l", "social_user_id_r", "sender_id", "friend_id",
)
_SAID = (
    "voter_id", "given", "middle_words", "last_name", "suffix", "birth_date", "birth_year",
    "age_years", "age_band_code", "sex_code", "address", "town", "postcode", "seat_id", "phone",
    "email",
)


def telling_columns(table: Table) -> list[tuple[str, str, str]]:
    """Return the columns for which a row is worth looking at: name, what it holds, and its SQL.

    Whoever is known by more than a row's key is known by one of these and more.
    """
    column = '"{}"'.format
    told = [
        ("voter_id", "voter_id", _bare(column("voter_id"))),
        ("email", "email", s.email_address(column("email"))),
        ("phone", "phone", s.phone_digits(column("phone"))),
        ("phone", "phone", f"phone_number({column('phone')})"),
        ("last_name", "last_name", s.family_name(s.letters(column("last_name")))),
        *((name, "account", _bare(column(name))) for name in ACCOUNT_COLUMNS),
    ]
    return [one for one in told if one[0] in table.column_names]


def _bare(column: str) -> str:
    return f"nullif(upper(trim({column})), '')"


def standard_sql(table: Table) -> str:
    """Return a SELECT over ``erasure_rows``, rows of ``table`` with an ``erasure_place`` each.

    One row a row: place, source_name, row_key (NULL where it is the number of the line), said
    (all that it says of somebody; NULL where that is too little to know anybody by), voter_id,
    given (first given name or initial), tokens (the names that it may stand for), last_name,
    suffix, birth_date, home (house and street with the postcode, or else with the town),
    town_home (with the town), house_street, postcode, flat, phone (the last ten digits), dialled
    (the number as reading.phone_number has it), email and accounts (on social networks).
    """
    accounts = ", ".join(f'"{name}"' for name in ACCOUNT_COLUMNS if name in table.column_names)
    said = " || chr(31) || ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in _SAID)
    return f"""
    WITH written AS (
        SELECT erasure_place AS place, source_name, nullif({row_key_sql(table)},
            CAST(source_row AS VARCHAR)) AS row_key, {columns_sql(table)},
            CAST([{accounts}] AS VARCHAR[]) AS written_accounts FROM erasure_rows
    ), plain AS (
        SELECT * REPLACE ({_bare('voter_id')} AS voter_id,
                {s.phone_digits('phone')} AS phone, {s.email_address('email')} AS email,
                {s.postcode_key('postcode')} AS postcode,
                {_bare('seat_id')} AS seat_id,
                CASE WHEN year(birth_date) >= {s.EARLIEST_BIRTH_YEAR}
                    THEN strftime(birth_date, '%Y-%m-%d') END AS birth_date),
            phone_number(phone) AS dialled,
            {s.letters('first_name')} AS first_words, {s.letters('middle_name')} AS middle_words,
            {s.letters('last_name')} AS last_words, {s.letters('town_name')} AS town,
            {s.address_text('address_line')} AS address FROM written
    ), parted AS (
        SELECT * REPLACE ({s.family_name('last_words')} AS last_name),
            {s.given_name('first_words')} AS given,
            coalesce({s.suffix_code('name_suffix')}, {s.suffix_behind('last_words')}) AS suffix,
            {s.house_number('address')} || ' ' || {s.street_name('address')} AS house_street,
            {s.flat_number('address')} AS flat FROM plain
    )
    SELECT place, source_name, row_key, CASE WHEN {_IS_TELLING} THEN {said} END AS said,
        voter_id, given, CASE WHEN given IS NULL THEN [] WHEN length(given) = 1
            THEN [given || '.'] ELSE coalesce(formals, [given]) END AS tokens,
        last_name, suffix, birth_date, coalesce({_HOME}, {_TOWN_HOME}) AS home,
        {_TOWN_HOME} AS town_home, house_street, postcode, flat, phone, dialled, email,
        list_filter(list_transform(written_accounts, lambda a: {_bare('a')}),
            lambda a: a IS NOT NULL) AS accounts
    FROM parted LEFT JOIN nickname ON form = given ORDER BY place"""


_HOME = "house_street || ' p ' || postcode"
_TOWN_HOME = "house_street || ' t ' || town"
# A name alone is many people's; with an age, a town or a seat it is one row's of its source.
_IS_TELLING = (
    "voter_id IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL OR (given IS NOT NULL AND "
    "last_name IS NOT NULL AND coalesce(birth_date, CAST(birth_year AS VARCHAR), "
    "CAST(age_years AS VARCHAR), age_band_code, address, town, postcode, seat_id) IS NOT NULL)"
)
