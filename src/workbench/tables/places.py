"""Tables of places: polling districts and wards, seats, and their past results."""

from __future__ import annotations

from workbench.tables.model import Column, Table
from workbench.tables.shared import ELECTION_DATE, PROVENANCE, REGION_CODE, required

_AREA_ID = Column("area_id", "id", "Key of the polling district or ward.", is_required=True)
_SEAT_ID = Column("seat_id", "id", "Key of the seat.", is_required=True)
_PARTY_CODE = Column("party_code", "code", "Party that stood.", is_required=True)
_N_VOTES = Column("n_votes", "count", "Votes for the party.", unit="votes", is_required=True)

AREAS = Table(
    "areas",
    "one polling district or ward",
    ("source_name", "area_id"),
    (
        *PROVENANCE,
        _AREA_ID,
        Column("area_name", "text", "Name to read."),
        Column("area_type_code", "code", "What kind of place it is.",
               values=("polling_district", "ward"), is_required=True),
        Column("ward_id", "id", "area_id of the ward that holds the polling district."),
        Column("seat_id", "id", "Seat that holds it."),
        REGION_CODE,
        Column("n_electors", "count", "Electors on the register.", unit="people"),
        Column("n_ballots", "count", "Ballots cast at the last election.", unit="ballots"),
        Column("turnout_registered_share", "share", "Ballots over electors."),
        Column("postal_share", "share", "Electors who vote by post, over all electors."),
    ),
    adds="polling districts and wards, and so where to go first",
)

AREA_RESULTS = Table(
    "area_results",
    "one party in one polling district or ward at one election",
    ("source_name", "area_id", "election_date", "party_code"),
    (*PROVENANCE, _AREA_ID, required(ELECTION_DATE), _PARTY_CODE, _N_VOTES),
    adds="how each polling district or ward voted, and so where support is",
    dated_by="election_date",
    is_of_events=True,
)

SEATS = Table(
    "seats",
    "one seat with its census profile",
    ("source_name", "seat_id"),
    (
        *PROVENANCE,
        _SEAT_ID,
        Column("seat_name", "text", "Name to read."),
        REGION_CODE,
        Column("n_electors", "count", "Electors on the register.", unit="people"),
        Column("aged_65_share", "share", "Residents of 65 or more, over adults."),
        Column("aged_18_29_share", "share", "Residents of 18 to 29, over adults."),
        Column("degree_share", "share", "Adults with a degree."),
        Column("owned_home_share", "share", "Households that own their home."),
        Column("manual_work_share", "share", "Workers in manual occupations."),
        Column("born_abroad_share", "share", "Residents born abroad."),
        Column("density_per_km2", "number", "Residents a square kilometre.", unit="people/km2"),
    ),
    adds="each seat, its name and its census profile",
)

SEAT_RESULTS = Table(
    "seat_results",
    "one party in one seat at one election",
    ("source_name", "seat_id", "election_date", "party_code"),
    (*PROVENANCE, _SEAT_ID, required(ELECTION_DATE), _PARTY_CODE, _N_VOTES),
    adds="how each seat voted, and so where support is",
    dated_by="election_date",
    is_of_events=True,
)

PLACE_TABLES = (AREAS, AREA_RESULTS, SEATS, SEAT_RESULTS)
