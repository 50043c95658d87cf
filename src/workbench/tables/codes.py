"""The codes that tables and settings share, each once: channels, uses, universes, lists, accounts.

What they are for, in which order they are told, and in what words. The reasons of suppressions
are in `objections`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A way by which people are reached, in the order in which briefs have them.

    ``is_of_lists``: a list may leave for it, and ``opens`` where the gate says whom it
    reaches. ``contact`` is what it needs to know, and ``closed_by`` are other channels whose
    suppression closes it as well, to be safe. ``is_by_home``: one contact reaches everybody of
    a home. ``is_talk`` and ``is_message`` are contacts in which somebody answers and ones that
    are sent. ``is_screen``: it is read on a screen. ``needs_consent``: nobody is reached by it
    who has not agreed. ``attempts``: where it is a talk, what attempts at one are called.
    """

    code: str
    name: str
    is_of_lists: bool = False
    opens: bool = False
    is_by_home: bool = False
    is_talk: bool = False
    is_message: bool = False
    is_screen: bool = False
    needs_consent: bool = False
    contact: str = ""
    closed_by: tuple[str, ...] = ()
    attempts: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of suppressions that close it."""
        return (self.code, *self.closed_by, ALL)


@dataclass(frozen=True)
class Universe:
    """What the campaign does about somebody; each elector, and who could be one, is in one.

    ``is_asked``: a canvasser goes there. ``is_reminded``: they are to be got to vote.
    ``is_of_tests``: it is there where a randomised test has found whom asking persuades.
    """

    code: str
    name: str
    is_asked: bool = False
    is_reminded: bool = False
    is_of_tests: bool = False


@dataclass(frozen=True)
class List:
    """A list that may leave: the stage that drafts it and, where one is, the table it came as.

    ``words`` are what people call it where that is not its name.
    """

    name: str
    stage: str
    table: str = ""
    words: str = ""


@dataclass(frozen=True)
class Account:
    """What becomes of a movement of money, in words; whether it counts, and as what it does.

    ``step`` is what a chart calls it; one that has none is no step of the chart.
    """

    code: str
    name: str
    step: str = ""
    is_gift: bool = False
    is_return: bool = False


ALL = "all"  # a scope that closes every channel
CHANNELS = {one.code: one for one in (
    Channel("door", "Door", is_of_lists=True, opens=True, is_by_home=True, is_talk=True,
            contact="address", attempts="knocks"),
    Channel("phone", "Phone", is_of_lists=True, opens=True, is_talk=True, contact="phone",
            attempts="calls"),
    Channel("text", "Text", is_of_lists=True, opens=True, is_message=True, is_screen=True,
            needs_consent=True, contact="phone", closed_by=("phone",)),
    Channel("email", "E-mail", is_of_lists=True, opens=True, is_message=True, is_screen=True,
            needs_consent=True, contact="email"),
    Channel("post", "Post", is_of_lists=True, opens=True, is_by_home=True, is_message=True,
            contact="address"),
    Channel("social", "Social account", opens=True, is_screen=True),
    Channel("event", "Event"),
)}
CHANNEL_CODES = tuple(CHANNELS)
USE_CODES = ("persuade", "get_out_the_vote", "fundraise", "research")  # what a list is for
UNIVERSES = {one.code: one for one in (
    Universe("get_out_the_vote", "Get out the vote", is_asked=True, is_reminded=True),
    Universe("vote_early", "Return the postal vote", is_asked=True, is_reminded=True),
    Universe("persuade", "Persuade", is_asked=True, is_of_tests=True),
    Universe("both", "Persuade and get out", is_asked=True, is_reminded=True, is_of_tests=True),
    Universe("unknown", "Unknown: ask", is_asked=True),
    Universe("register", "Register"),
    Universe("leave_alone", "Leave alone"),
)}
UNIVERSE_NAMES = {code: universe.name for code, universe in UNIVERSES.items()}
LISTS = {one.name: one for one in (
    List("volunteer", "reconcile", "call_lists", words="volunteers"),
    List("office", "reconcile", "call_lists"),
    List("gotv", "reconcile", "gotv_list", words="GOTV"),
    List("fundraising", "reconcile", "fundraising_list"),
    List("walk", "selections"),
    List("invitations", "offers"),
)}
# What becomes of a row of the files of gifts, in the order in which it is told.
ACCOUNTS = {one.code: one for one in (
    Account("counted_gift", "Single gifts of people", is_gift=True),
    Account("counted_recurring", "Instalments of recurring gifts", is_gift=True),
    Account("counted_refund", "Less refunds of these gifts", "Refunds", is_return=True),
    Account("counted_refund_alone", "Less refunds whose gift is in no file",
            "Refunds whose gift is in no file", is_return=True),
    Account("counted_bounced", "Less payments that bounced, were voided or charged back",
            "Bounced or charged back", is_return=True),
    Account("counted_moved",
            "Less gifts moved to another person or election, where they stand again",
            "Moved to another giver", is_return=True),
    Account("counted_voided", "Plus refunds whose cheque was voided: the money stayed",
            "Refunds never cashed", is_return=True),
    Account("voided_alone", "A voided cheque whose refund is in no file",
            "Voided, refund in no file"),
    Account("conduit_out", "Passed on by a conduit; the recipient reports it too",
            "Passed on by a conduit"),
    Account("memo", "Memo rows; the money stands in another row", "Memo rows"),
    Account("repeated_id", "The same transaction again", "The same transaction again"),
    Account("other_kind", "Neither gift nor refund", "Neither gift nor refund"),
    Account("other_currency", "In another currency, or in none where there are several",
            "In another currency"),
    Account("after_as_of", "Dated after the day of the build, or not dated",
            "Dated after the build"),
    Account("zero", "Of amount zero"),
    Account("not_individual", "Given by an organisation or a committee", "From organisations"),
    Account("sign_unclear", "A gift below zero or a refund above it", "Of the wrong sign"),
)}


def codes_that(declared: Mapping[str, object], flag: str) -> tuple[str, ...]:
    """Return the codes of what is declared of which a flag is so, in their order.

    >>> codes_that(CHANNELS, "is_by_home"), codes_that(CHANNELS, "needs_consent")
    (('door', 'post'), ('text', 'email'))
    """
    return tuple(code for code, one in declared.items() if getattr(one, flag))
