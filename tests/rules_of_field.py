"""What any reader knows of the lists, universes and selections briefs: what adds up."""

from __future__ import annotations

from collections.abc import Iterator

from page_attacker import PageAttack, Rule

UNIVERSES = {"Get out the vote": "Remind", "Return the postal vote": "Postal",
             "Unknown: ask": "Ask", "Register": "Register", "Leave alone": "Leave"}
LEAST_OF = {"one": 1.0, "five": 5.0, "ten": 10.0}


def on_lists(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the lists brief knows: who is counted where."""
    page = pages.pages["lists"]
    combinations = list(page.table("People") if "office" in page.table("People") else {})
    of = {name: pages.cell("lists", name, "People") for name in combinations}
    yield pages.tile("lists", "On a list"), list(of.values()), True
    yield (pages.tile("lists", "On two lists or more"),
           [key for name, key in of.items() if " + " in name], True)
    names = [name for name in combinations if " + " not in name]
    heads = {name: name[:1].upper() + name[1:] for name in names}
    all_heads = tuple(heads.values())
    for one in names:
        for other in names:
            both = [key for name, key in of.items() if {one, other} <= set(name.split(" + "))]
            yield pages.cell("lists", one, heads[other], *all_heads), both, True
    sources = {"office": "call_list_office", "volunteers": "call_list_volunteer",
               "GOTV": "gotv_list", "fundraising": "fundraising_list"}
    held = []
    for name in names:
        due, left = ("Not linked", "This week"), ("Stay", "On it twice")
        rows = pages.cell("lists", name, "Rows", *due)
        pages.same(rows, pages.cell("lists", name, "Rows", *left))
        pages.same(rows, pages.used(sources[name]))
        yield rows, [pages.cell("lists", name, column, *due) for column in
                     ("This week", "Later, past or undated")], True
        yield rows, [pages.cell("lists", name, column, *left) for column in
                     ("Stay", "On it twice", "To another list", "Called that week")], True
        yield rows, [pages.cell("lists", name, heads[name], *all_heads),
                     pages.cell("lists", name, "Not linked", *due),
                     pages.cell("lists", name, "On it twice", *left)], True
        draft = pages.cell("lists", name, "On the draft", "Held back")
        pages.same(draft, pages.cell("lists", name, "Stay", *left))
        held.append(pages.cell("lists", name, "Held back", "On the draft"))
        yield draft, [pages.cell("lists", name, "Would leave", "On the draft"), held[-1]], True
    together = ("lists", "held back of all lists")
    yield together, held, True
    yield together, [pages.read(("lists", name, "Held back"), row["Held back"])
                     for name, row in page.only("Held back").items()], True


def in_universes(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the universes brief knows: everybody is in one, and in one place."""
    places = list(pages.pages["universes"].table("Remind", "Leave"))
    of = {name: pages.cell("universes", name, "People") for name in UNIVERSES}
    yield (pages.tile("universes", "To remind"),
           [of["Get out the vote"], of["Return the postal vote"]], True)
    pages.same(pages.tile("universes", "To leave alone"), of["Leave alone"])
    for name, column in UNIVERSES.items():
        yield of[name], [pages.cell("universes", place, column, "Remind", "Leave")
                         for place in places], False
    for place in places:
        yield (pages.cell("universes", place, "People", "Remind", "Leave"),
               [pages.cell("universes", place, column, "Remind", "Leave")
                for column in UNIVERSES.values()], True)


def at_contacts(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader knows of the shares of a universe, its talks and its channels."""
    page = pages.pages["universes"]
    of = {name: pages.cell("universes", name, "People") for name in UNIVERSES}
    flags, talks = page.table("No screen", "People"), page.table("No talk", "People")
    for kind, table in (("open", flags), ("talks", talks)):
        for name, row in table.items():
            for column, text in row.items():
                key = ("universes", kind, name, column)
                pages.share(key, text, of[name]) if column != "People" else None
    none = {name: ("universes", "talks", name, "No talk") for name in talks}
    for name in talks:
        yield of[name], [("universes", "talks", name, column)
                         for column in ("No talk", "One", "Two or more")], True
    to_remind, screens = pages.tile("universes", "To remind"), ("universes", "open no screen")
    remind = ["Get out the vote", "Return the postal vote"]
    for key, heading, parts in (
        (("universes", "not talked to"), "Not talked to yet", [none.get(one) for one in remind]),
        (screens, "No screen reaches", [("universes", "open", one, "No screen")
                                        for one in remind])):
        pages.share(key, page.tiles.get(heading, ""), to_remind)
        if all(parts):
            yield key, [part for part in parts if part], True
    untalked = ("universes", "not talked to at all")
    for place in page.table("Remind", "Leave"):
        there = pages.cell("universes", place, "Not talked to", "Remind", "Leave")
        yield (pages.cell("universes", place, "People", "Remind", "Leave"),
               [there, pages.cell("universes", place, "Leave", "Remind", "Leave")], False)
        yield untalked, [there], False
    if none:
        yield untalked, [none[name] for name in none if name != "Leave alone"], True
    channels = page.table("Contacts", "People")
    reached = {name: pages.cell("universes", name, "People", "Contacts") for name in channels}
    if channels:
        yield pages.base("universes", "Votes gained by the budget"), list(reached.values()), True
    for name, people in reached.items():
        yield people, [pages.cell("universes", name, "Contacts", "People")], False


def at_doors(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the selections brief knows: everybody of a place has a reason."""
    page = pages.pages["selections"]
    places = list(page.table("To ask for", "Doors"))
    listed = pages.tile("selections", "People behind them")
    yield (listed, [pages.cell("selections", place, "To ask for", "Doors") for place in places],
           True)
    everybody = ("selections", "everybody of the places")
    yield everybody, [pages.cell("selections", place, "People of the place", "Doors")
                      for place in places], True
    reasons = {name: pages.read(("selections", name), row["People"])
               for name, row in page.only("People").items()}
    yield everybody, list(reasons.values()), True
    if reasons:
        pages.same(listed, reasons["On a walk list"])


def of_canvassing(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader knows of knocks: by day, by office and by who brought voter IDs."""
    page, knocks = pages.pages["selections"], pages.base("selections", "Voter IDs in the period")
    ids = pages.tile("selections", "Voter IDs in the period")
    days = page.only("Knocks and calls")
    yield knocks, [pages.read(("selections", day), row["Knocks and calls"])
                   for day, row in days.items()], True
    yield knocks, [pages.base("selections", "Doors that lead to a talk")], False
    offices = list(page.table("Knocks and calls", "Talks"))
    for whole, column in ((knocks, "Knocks and calls"), (ids, "Voter IDs")):
        yield whole, [pages.cell("selections", office, column, "Talks", "Led to an ID")
                      for office in offices], False
    for office in offices:
        tried, talked, told = (pages.cell("selections", office, column, "Talks", "Led to an ID")
                               for column in ("Knocks and calls", "Talks", "Voter IDs"))
        yield tried, [talked], False
        yield talked, [told], False
    bands = {pages.cell("selections", name, "Canvassers"): LEAST_OF.get(name.split()[0], 0.0)
             for name in page.table("Canvassers")}
    if any(bands.values()):
        pages.at_least(ids, {key: least for key, least in bands.items() if least})
