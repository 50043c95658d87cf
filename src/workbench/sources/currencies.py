"""The currencies that a mark beside an amount may mean: codes, signs and names of them."""

from __future__ import annotations

# ISO 4217, the codes of money in use.
_ISO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_ISO.split())
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU",
            "DOP", "JMD", "TTD", "BBD", "BSD", "BZD", "XCD", "FJD", "GYD", "LRD", "NAD", "SRD",
            "SBD", "KYD", "BMD", "BND")
_MARKS = {
    "£": ("GBP",), "€": ("EUR",), "₹": ("INR",), "₽": ("RUB",), "₪": ("ILS",), "₩": ("KRW",),
    "₺": ("TRY",), "₴": ("UAH",), "zł": ("PLN",), "zloty": ("PLN",), "kč": ("CZK",),
    "ft": ("HUF",), "r$": ("BRL",), "us$": ("USD",), "ca$": ("CAD",), "c$": ("CAD",),
    "can$": ("CAD",), "a$": ("AUD",), "au$": ("AUD",), "nz$": ("NZD",), "hk$": ("HKD",),
    "s$": ("SGD",), "mx$": ("MXN",), "euro": ("EUR",), "euros": ("EUR",), "fr": ("CHF",),
    "$": _DOLLARS, "dollar": _DOLLARS, "dollars": _DOLLARS,
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR"), "rupee": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "rupees": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "kr": ("SEK", "NOK", "DKK", "ISK"), "krone": ("NOK", "DKK"), "kroner": ("NOK", "DKK"),
    "krona": ("SEK", "ISK"), "kronor": ("SEK",),
    "pound": ("GBP", "EGP"), "pounds": ("GBP", "EGP"), "¥": ("JPY", "CNY"), "yen": ("JPY",),
    "franc": ("CHF", "XOF", "XAF"), "francs": ("CHF", "XOF", "XAF"),
    "peso": ("MXN", "ARS", "CLP", "COP", "PHP"), "pesos": ("MXN", "ARS", "CLP", "COP", "PHP"),
}
# Written small these are no English words.
_SMALL_CODES = {"usd", "eur", "gbp", "cad", "aud", "nzd", "sek", "nok", "dkk", "chf", "pln"}


def currencies_of(mark: str) -> tuple[str, ...]:
    """Return the currencies that a mark may mean; none where it means none.

    >>> currencies_of("kr."), currencies_of("USD"), currencies_of("VAT")
    (('SEK', 'NOK', 'DKK', 'ISK'), ('USD',), ())
    """
    folded = mark.casefold().rstrip(".")
    if folded in _MARKS:
        return _MARKS[folded]
    is_code = mark in CODES or folded in _SMALL_CODES
    return (mark.upper(),) if is_code else ()
