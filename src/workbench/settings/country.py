"""The campaign's country, from which telephone numbers are dialled."""

from __future__ import annotations

_COUNTRY_OF_CURRENCY = {
    "AUD": "AU", "BRL": "BR", "CAD": "CA", "CHF": "CH", "CZK": "CZ", "DKK": "DK", "GBP": "GB",
    "HUF": "HU", "INR": "IN", "ISK": "IS", "JPY": "JP", "KRW": "KR", "MXN": "MX", "NOK": "NO",
    "NZD": "NZ", "PLN": "PL", "RON": "RO", "SEK": "SE", "TRY": "TR", "UAH": "UA", "USD": "US",
    "ZAR": "ZA",
}


def is_country(code: str) -> bool:
    """Return whether numbers can be read as dialled from a country (ISO 3166, two letters)."""
    if code in _COUNTRY_OF_CURRENCY.values():
        return True
    import phonenumbers  # it takes longer to import than most commands need to begin

    return code in phonenumbers.SUPPORTED_REGIONS


def country_of_currency(currency_code: str) -> str:
    """Return the country that has a currency for itself; empty where several share it."""
    return _COUNTRY_OF_CURRENCY.get(currency_code, "")
