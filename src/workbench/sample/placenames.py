"""Parts of the invented towns and streets, and what else the made-up exports name."""

from __future__ import annotations

TOWN_STARTS: dict[str, str] = {
    "west_coast": (
        "Puerto San Gull Salt Kelp Tide Pelican Surf Cove Sand Otter Anchor Marlin Bright Coral "
        "Driftwood Fog Heron Larkspur Sequoia"
    ),
    "inland": (
        "Prairie Mill Cedar Grain Elk Stone Copper Bison Maple River Plow Barley Fern Iron Oak "
        "Quarry Sage Timber Wheat Windmill"
    ),
    "east_coast": (
        "New Old Port Brine Granite Harbour Beacon Cod Light Sable Wharf Amber Bristle Crown "
        "Dover Eastern Grey Linden Market North"
    ),
}
TOWN_ENDS = (
    "haven ford mouth bridge view cliff field bury stead moor point reach side wick "
    "crest grove hollow landing springs cross"
)
STREETS = (
    "Oak Maple Cedar Elm Pine Walnut Chestnut Willow Main High Church Mill Park Lake Hill "
    "River Spring Market Station Bridge School Meadow Orchard Garden Forest Valley Sunset "
    "Sunrise Harbour Canal Quarry Foundry Tannery Weaver Cooper Chandler Saddler Mason Potter "
    "Fisher Falcon Heron Kestrel Lark Robin Swan Otter Badger Fox Hare Juniper Laurel Magnolia "
    "Hawthorn Hazel Holly Ivy Rose Primrose Clover Thistle Bramble Heather First Second Third "
    "Fourth Fifth Sixth Seventh Eighth Ninth Tenth King Queen Prince Duke Earl Regent Union "
    "Liberty Concord Unity Victory Jubilee Pioneer Founders Settlers Lincoln's O'Hara Saint-Anne"
)
STREET_TYPES = "Street Avenue Road Lane Drive Court Way Terrace Place Crescent"
SHORT_STREET_TYPES = "St Ave Rd Ln Dr Ct Way Ter Pl Cres"
EMAIL_DOMAINS = "mail.example post.example inbox.example letters.example net.example my.example"
EMPLOYERS = (
    "Self|Retired|Not employed|Harbour Shipping|Saltmarsh Hospital|County Schools|Granite Bank|"
    "Tidewater Energy|Maple & Sons, Ltd|Prairie Grain Co.|Beacon Insurance|Cove Software|"
    "Ironbridge Steel|City of Port Amber|Linden University|Kelp Foods"
)
OCCUPATIONS = (
    "Retired|Teacher|Nurse|Engineer|Lawyer|Farmer|Clerk|Electrician|Manager|Physician|Student|"
    "Carpenter|Driver|Accountant|Writer|Not employed"
)
ORGANISATIONS = (
    "Dockworkers Local 12|Coastal Teachers Association|Inland Growers, Inc.|Friends of the Bay|"
    "Granite Trades Council|Amber Street Traders"
)
INTERESTS = "cooking|gardening|cinema|football|travel|fishing|reading|music|motoring|theatre"
