"""Telephone numbers of many countries, as people there write them: equal by their key.

The forms follow the numbering plans of the ITU and the regulators, written down by hand.
"""

from __future__ import annotations

import random

import pandas as pd
import phonenumbers
import pytest

from workbench.settings.country import is_country
from workbench.telephone import _country, is_same_number, phone_key

# Country, its prefix, a number as dialled within it, and the same without what is dialled first.
PLANS = [
    ("US", "1", "(212) 555-0142", "2125550142"), ("CA", "1", "1 416 555 0142", "4165550142"),
    ("GB", "44", "07700 900123", "7700900123"), ("GB", "44", "020 7946 0018", "2079460018"),
    ("IE", "353", "087 123 4567", "871234567"), ("FR", "33", "06 12 34 56 78", "612345678"),
    ("DE", "49", "0151 23456789", "15123456789"), ("AT", "43", "0664 1234567", "6641234567"),
    ("CH", "41", "079 123 45 67", "791234567"), ("NL", "31", "06-12345678", "612345678"),
    ("BE", "32", "0470/12.34.56", "470123456"), ("IT", "39", "06 698 12345", "0669812345"),
    ("IT", "39", "312 345 6789", "3123456789"), ("ES", "34", "612 34 56 78", "612345678"),
    ("PT", "351", "912 345 678", "912345678"), ("SE", "46", "070-123 45 67", "701234567"),
    ("NO", "47", "406 12 345", "40612345"), ("DK", "45", "32 12 34 56", "32123456"),
    ("FI", "358", "041 2345678", "412345678"), ("IS", "354", "611 1234", "6111234"),
    ("EE", "372", "5123 4567", "51234567"), ("LT", "370", "8 612 34567", "61234567"),
    ("PL", "48", "512 345 678", "512345678"), ("CZ", "420", "601 123 456", "601123456"),
    ("HU", "36", "06 20 123 4567", "201234567"), ("RU", "7", "8 (912) 345-67-89", "9123456789"),
    ("GR", "30", "691 234 5678", "6912345678"), ("TR", "90", "0501 234 56 78", "5012345678"),
    ("IN", "91", "081234 56789", "8123456789"), ("JP", "81", "090-1234-5678", "9012345678"),
    ("KR", "82", "010-2000-0000", "1020000000"), ("CN", "86", "131 2345 6789", "13123456789"),
    ("AU", "61", "0412 345 678", "412345678"), ("NZ", "64", "021 123 4567", "211234567"),
    ("ZA", "27", "071 123 4567", "711234567"), ("KE", "254", "0712 123456", "712123456"),
    ("BR", "55", "(11) 96123-4567", "11961234567"), ("MX", "52", "55 1234 5678", "5512345678"),
]


def test_the_numbers_are_of_thirty_countries():
    assert len({country for country, *_ in PLANS}) >= 30


@pytest.mark.parametrize(("country", "prefix", "dialled", "rest"), PLANS,
                         ids=[f"{plan[0]} {plan[3]}" for plan in PLANS])
def test_every_way_to_write_a_number_gives_one_key(country, prefix, dialled, rest):
    spaced = " ".join([rest[:3], rest[3:6], rest[6:]])
    forms = [dialled, f"+{prefix}{rest}", f"+{prefix} {spaced}", f"00{prefix}{rest}",
             f"00 {prefix} {spaced}", f"tel. {dialled}", f"{dialled} ext. 12"]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    forms += [forms[1].translate(wide), dialled.translate(wide)]
    assert {form: phone_key(form, country) for form in forms} == dict.fromkeys(
        forms, f"+{prefix}{rest}")


def test_a_number_from_abroad_keeps_its_country():
    assert phone_key("+46 70 123 45 67", "GB") == phone_key("070-123 45 67", "SE")
    assert phone_key("0046 70 123 45 67", "US") == phone_key("070-123 45 67", "SE")
    assert phone_key("070-123 45 67", "SE") != phone_key("070-123 45 67", "FI")


@pytest.mark.parametrize("text", ["", "none", "123", "12-34", "000 000 0000", "1" * 40, "+",
                                  "\x00", "؟"])
def test_what_is_no_number_has_no_key(text):
    for country in ("US", "SE", ""):
        assert phone_key(text, country) == ""


@pytest.mark.parametrize(("one", "other"), [
    ("070-123 45 67", "0046701234567"), ("01 23 45 67 89", "+33123456789"),
    ("087 123 4567", "00353 87 123 4567"), ("0412 345 678", "+61 412 345 678"),
    ("555-1234", "(291) 555-1234"), ("2915551234 or more", "0012915551234"),
])
@pytest.mark.parametrize("country", ["", "US", "SE"])
def test_what_cannot_be_read_is_compared_by_its_last_digits(one, other, country):
    keys = pd.Series([phone_key(one, country)]), pd.Series([phone_key(other, country)])
    if keys[0][0].startswith("~") or keys[1][0].startswith("~"):
        assert is_same_number(*keys).tolist() == [True]
        assert is_same_number(*keys[::-1]).tolist() == [True]


def test_two_whole_numbers_that_end_alike_are_two():
    asked = pd.Series([phone_key("212 555 0142", "US"), None, phone_key("313 555 0142", "US")])
    closed = pd.Series([phone_key("(212) 555-0142", "US"), None])
    assert is_same_number(asked, closed).tolist() == [True, False, False]


@pytest.mark.parametrize("country", sorted({country for country, *_ in PLANS}))
def test_the_quick_way_takes_what_the_library_takes(country):
    """Against phonenumbers, asked for each number as it is dialled in the country."""
    chosen, quick = random.Random(country), _country(country)
    prefix = next(prefix for name, prefix, *_ in PLANS if name == country)
    n_quick = 0
    for start in 2_000 * ["", "0", f"+{prefix}"]:
        digits = start + "".join(chosen.choices("0123456789", k=chosen.randint(5, 13)))
        if not quick.key(digits):
            continue
        n_quick += 1
        number = phonenumbers.parse(digits, country)
        told = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert quick.key(digits) == told
        assert phonenumbers.is_possible_number(number)
    assert n_quick > 20


def test_a_country_is_two_capital_letters_that_stand_for_one():
    assert [is_country(code) for code in ("US", "us", "XX", "", "USA")] == [
        True, False, False, False, False]
