"""How each raw export lies in its file: name, delimiter, quotes, encoding, padding, dirt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.sample import calling, contacts, ledger, register
from workbench.sample.export import Export, Story


@dataclass(frozen=True)
class Layout:
    """A raw file. ``date`` and ``code`` are columns in which malformed rows hold nonsense.

    ``widths`` pads columns with spaces on the right, ``shifted`` marks the file whose
    malformed rows have a column too many, at their own rate.
    """

    file_name: str
    table: str
    build: Callable[[Story], Export]
    delimiter: str = ","
    quote: bool = True
    encoding: str = "utf-8"
    line_end: str = "\n"
    missing: str = ""
    date: str = ""
    code: str = ""
    widths: dict[str, int] = field(default_factory=dict)
    shifted: bool = False

    @property
    def can_be_malformed(self) -> bool:
        """Files of places and offers are small and typed by one hand: they are clean."""
        return bool(self.date or self.code or self.shifted)


_PADDED = {"last_name": 25, "first_name": 20, "midl_name": 20, "name_sufx_cd": 3,
           "res_street_address": 40, "res_city_desc": 25, "voter_status_desc": 10}

LAYOUTS: dict[str, Layout] = {
    "voters": Layout("voters.txt", "voters", register.voters, "\t", quote=False,
                     encoding="cp1252", date="registr_dt", code="status_cd", widths=_PADDED),
    "vote_history": Layout("vote_history.txt", "vote_history", register.vote_history, "\t",
                           quote=False, date="election_lbl", code="voting_method"),
    "canvass": Layout("canvass.csv", "canvass", contacts.canvass, ";", date="Date Canvassed",
                      code="Result"),
    "polls": Layout("polls.csv", "polls", contacts.polls, missing="NA", date="interview_dt",
                    code="sex"),
    "donations": Layout("donations.csv", "donations", ledger.donations, line_end="\r\n",
                        date="Date", code="Kind"),
    "appeals_sent": Layout("appeals_sent.txt", "appeals_sent", ledger.appeals_sent, "|",
                           quote=False, date="sent", code="via"),
    "events": Layout("events.csv", "events", ledger.events),
    "fundraising_list": Layout("fundraising_list.csv", "fundraising_list",
                               calling.fundraising_list, line_end="\r\n", date="Ask On"),
    "consumer": Layout("consumer.txt", "consumer", contacts.consumer, "|", quote=False,
                       code="TENURE"),
    "social_users": Layout("social_users.csv", "social_users", contacts.social_users,
                           encoding="utf-8-sig", date="consented"),
    "friendships": Layout("friendships.csv", "friendships", contacts.friendships),
    "share_requests": Layout("share_requests.csv", "share_requests", contacts.share_requests,
                             date="date", code="acted"),
    "mobile_contacts": Layout("mobile_contacts.csv", "mobile_contacts",
                              contacts.mobile_contacts, date="opt_in_date", code="opt_in"),
    "call_list_volunteer": Layout("call_list_volunteer.txt", "call_lists",
                                  calling.call_list_volunteer, "\t", quote=False,
                                  encoding="utf-16", date="Call On", widths={"Tel": 16}),
    "call_list_office": Layout("call_list_office.csv", "call_lists", calling.call_list_office,
                               date="date", shifted=True),
    "gotv_list": Layout("gotv_list.csv", "gotv_list", calling.gotv_list, ";", date="Day"),
    "suppressions": Layout("suppressions.csv", "suppressions", calling.suppressions,
                           date="since", code="scope"),
    "areas": Layout("areas.csv", "areas", register.areas),
    "area_results": Layout("area_results.csv", "area_results", register.area_results),
    "seats": Layout("seats.csv", "seats", register.seats),
    "seat_results": Layout("seat_results.csv", "seat_results", register.seat_results),
}
