"""Records of any tables: rows as texts become standard identifiers, one record a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.people import standardise as s

if TYPE_CHECKING:
    import duckdb

# What a file may say of who a row is about, each as text. ``birth_digits`` is the day of birth
# as YYYYMMDD, though it be no day of the calendar; ages are those of the year ``age_year``.
FIELDS = (
    "full_name", "first_name", "middle_name", "last_name", "name_suffix", "birth_digits",
    "birth_year", "age_years", "age_year", "sex_code", "address_line", "town_name", "postcode",
    "seat_id", "phone", "email", "voter_id", "person_number",
)
OTHER = "other_"  # begins the name of any other column, compared as a plain text
EARLIEST_YEAR, LATEST_YEAR, OLDEST_YEARS = 1500, 2200, 130
NOT_A_NAME = "unknown|unk|none|null|nan|n a|na|not known|not stated|no name|anonymous"


def create_records(connection: duckdb.DuckDBPyConnection, others: tuple[str, ...] = ()) -> None:
    """Create ``record`` and ``row_record`` from ``given``.

    ``given`` has a row a row of a file: file_number, row_order (of the file's rows, unique),
    lists_once, FIELDS and the columns ``others``, compared as plain texts. Rows of one file
    that say the same, and enough to tell a person, are one record; of a file that lists
    everybody once, each row is one. ``record`` is numbered by what it says, so that the order
    of the rows does not matter.
    """
    names = ", ".join((*FIELDS, *others))
    connection.execute(
        f"CREATE TABLE stated AS SELECT *, CASE WHEN lists_once OR NOT ({_IS_ENOUGH}) "
        f"THEN row_order ELSE -1 END AS apart FROM given")
    connection.execute(
        f"CREATE TABLE identity AS SELECT row_number() OVER (ORDER BY file_number, {names}, "
        f"apart) AS rid, * FROM (SELECT file_number, {names}, apart, any_value(lists_once) AS "
        "lists_once FROM stated GROUP BY ALL)")
    same = " AND ".join(f"i.{name} IS NOT DISTINCT FROM g.{name}" for name in (*FIELDS, *others))
    connection.execute(
        "CREATE TABLE row_record AS SELECT g.file_number, g.row_order, i.rid FROM stated g "
        f"JOIN identity i ON i.file_number = g.file_number AND i.apart = g.apart AND {same}")
    connection.execute(
        f"CREATE TABLE record AS WITH worded AS ({_worded_sql(others)}), parted AS "
        f"({_parted_sql()}), born AS ({_born_sql()}) {_record_sql(others)}")
    connection.execute("DROP TABLE stated")


_IS_ENOUGH = (
    "(full_name IS NOT NULL OR (first_name IS NOT NULL AND last_name IS NOT NULL)) AND "
    "coalesce(birth_digits, address_line, phone, email, voter_id, person_number) IS NOT NULL")


def _worded_sql(others: tuple[str, ...]) -> str:
    """Return a SELECT of names, address and other texts in plain words."""
    plain = "".join(f", {_plain_sql(name)} AS {name}_text" for name in others)
    names = _full_name_sql()
    return f"""
    SELECT *, coalesce({_name_words('first_name')}, {names['given']}) AS first_words,
        coalesce({_name_words('last_name')}, {names['family']}) AS last_words,
        {_name_words('middle_name')} AS second_words,
        {s.address_text('address_line')} AS address{plain}
    FROM identity"""


def _parted_sql() -> str:
    """Return a SELECT of the parts of names and addresses, and of numbers as numbers."""
    return f"""
    SELECT *, {s.given_name('first_words')} AS first_token,
        coalesce(second_words, nullif(trim(substr(first_words,
            length(split_part(first_words, ' ', 1)) + 2)), '')) AS middle_words,
        {s.family_name('last_words')} AS family, {s.house_number('address')} AS house,
        {s.street_name('address')} AS street, coalesce({s.flat_number('address')}, '') AS flat,
        {_number_sql('birth_year', 4)} AS year_given, {_number_sql('age_years', 3)} AS age,
        coalesce({s.letters('town_name')}, {_plain_sql('town_name')}) AS town,
        {s.postcode_key('postcode')} AS zip
    FROM worded"""


def _born_sql() -> str:
    """Return a SELECT of the day of birth, and of the latest year that an age allows."""
    return f"""
    SELECT *, try_strptime(birth_digits, '%Y%m%d')::DATE AS birth_date,
        coalesce(TRY_CAST(left(birth_digits, 4) AS BIGINT), year_given) AS birth_year_known,
        CASE WHEN age <= {OLDEST_YEARS} THEN TRY_CAST(age_year AS BIGINT) - age END
            AS birth_high_by_age
    FROM parted"""


def _record_sql(others: tuple[str, ...]) -> str:
    """Return a SELECT of the standard identifiers of each record."""
    token = "CASE WHEN length(first_token) > 1 THEN first_token END"
    second = "split_part(middle_words, ' ', 1)"
    texts = "".join(f", {name}_text AS {name}, {_sorted_words_sql(f'{name}_text')} AS {name}_words"
                    for name in others)
    return f"""
    SELECT rid, file_number, lists_once, {token} AS first_name,
        left(first_token, 1) AS first_initial, coalesce(n.formals, [{token}]) AS formals,
        coalesce(n.formals[1], {token}) AS first_root, left(middle_words, 1) AS middle_initial,
        CASE WHEN length({second}) > 1 THEN {second} END AS second_name, family AS last_name,
        coalesce({s.suffix_code('name_suffix')}, {s.suffix_behind('last_words')}) AS suffix,
        birth_digits, birth_date, {_year_sql('birth_high_by_age - 1')} AS birth_low,
        {_year_sql('birth_high_by_age')} AS birth_high, {_sex_sql()} AS sex_code,
        address, list_filter({_sorted_words_sql('address')}, lambda w: w NOT IN ({_TYPES}))
            AS address_words, house, street, flat,
        CASE WHEN house IS NOT NULL AND street IS NOT NULL
            THEN concat_ws(' ', house, street) END AS house_street,
        town, zip AS postcode, nullif(upper(trim(seat_id)), '') AS seat_id,
        phone_number(phone) AS phone, {s.email_address('email')} AS email,
        ltrim({_code_sql('voter_id')}, '0') AS voter_id,
        {_code_sql('person_number')} AS person_number,
        {_skeleton_sql('first_token')} AS first_bones,
        {_skeleton_sql('family')} AS last_bones{texts}
    FROM born LEFT JOIN nickname n ON n.form = first_token"""


_TYPES = ", ".join(f"'{short}'" for short in s.STREET_TYPES)


def _plain_sql(column: str) -> str:
    """Return SQL for a text in small letters and digits of any script, or NULL."""
    return (rf"nullif(trim(regexp_replace(strip_accents(lower({column})), '[^\pL\pN]+', ' ', "
            "'g')), '')")


def _sorted_words_sql(column: str) -> str:
    return f"list_sort(list_distinct(string_split({column}, ' ')))"


def _name_words(column: str) -> str:
    """Return SQL for the plain words of a name, or NULL where it says that there is none."""
    plain = f"coalesce({s.letters(column)}, {_plain_sql(column)})"
    return f"CASE WHEN regexp_full_match({plain}, '{NOT_A_NAME}') THEN NULL ELSE {plain} END"


def _full_name_sql() -> dict[str, str]:
    """Return SQL for the given and the family names of 'FAMILY, GIVEN' or 'GIVEN FAMILY'."""
    words = s.letters("full_name")
    every = "|".join(s.SUFFIXES.values())
    bare = f"regexp_replace({words}, ' (?:{every})$', '')"
    last = f"nullif(regexp_extract({bare}, '([^ ]+)$', 1), '')"
    rest = f"nullif(trim(regexp_replace({bare}, '[^ ]+$', '')), '')"
    before = s.letters("split_part(full_name, ',', 1)")
    behind = s.letters("substr(full_name, strpos(full_name, ',') + 1)")
    has_comma = f"contains(full_name, ',') AND {behind} IS NOT NULL"
    return {"given": f"CASE WHEN {has_comma} THEN {behind} ELSE {rest} END",
            "family": f"CASE WHEN {has_comma} THEN {before} ELSE {last} END"}


def _number_sql(column: str, n_digits: int) -> str:
    """Return SQL for a whole number of so many digits at the most, or NULL."""
    return (f"TRY_CAST(nullif(regexp_extract({column}, '^[^0-9]*([0-9]{{1,{n_digits}}})"
            f"(?:[.]0*)?[^0-9]*$', 1), '') AS BIGINT)")


def _year_sql(by_age: str) -> str:
    is_year = f"birth_year_known BETWEEN {EARLIEST_YEAR} AND {LATEST_YEAR}"
    return f"coalesce(CASE WHEN {is_year} THEN birth_year_known END, {by_age})"


def _sex_sql() -> str:
    cases = " ".join(f"WHEN regexp_full_match(lower(trim(sex_code)), '{forms}') THEN '{code}'"
                     for code, forms in s.SEXES.items())
    return f"CASE {cases} END"


def _code_sql(column: str) -> str:
    """Return SQL for a number of a person without spaces and marks; NULL where it is nothing."""
    bare = f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"
    return f"CASE WHEN regexp_full_match({bare}, '0*') THEN NULL ELSE {bare} END"


def _skeleton_sql(column: str) -> str:
    """Return SQL for a name's first letter and its other consonants, each run of one once."""
    marks = f"regexp_replace(substr({column}, 2), '[aeiouyhw]', '', 'g')"
    for letter in "bcdfgklmnprstz":
        marks = f"regexp_replace({marks}, '{letter}+', '{letter}', 'g')"
    return f"(left({column}, 1) || {marks})"
