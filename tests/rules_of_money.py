"""What any reader knows of the donors and offers briefs: which of their numbers add up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from page_attacker import Key, PageAttack, Rule

STEPS_FROM, STEPS_TO, STEPS_REST = (
    "All rows but refunds", "Raised, net", "All else that does not count")
ADDED = ("Single gifts of people", "Instalments of recurring gifts",
         "Plus refunds whose cheque was voided: the money stayed")
LESS = ("Less refunds of these gifts", "Less refunds whose gift is in no file",
        "Less payments that bounced, were voided or charged back",
        "Less gifts moved to another person or election, where they stand again",
        "A voided cheque whose refund is in no file")


def of_donors(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the donors brief knows: each donor has a segment and a reason."""
    page, donors = pages.pages["donors"], pages.tile("donors", "Donors")
    for headings in (("Who is in it", "Raised, net"), ("First ask", "Second"),
                     ("Gifts", "Money")):
        rows = [row for row in page.table("Donors", *headings) if row != "Everybody"]
        yield donors, [pages.cell("donors", row, "Donors", *headings) for row in rows], True
    homes = list(page.table("Homes", "Donors"))
    is_all = "everybody's home is on file" in page.words
    yield donors, [pages.cell("donors", row, "Donors", "Homes") for row in homes], is_all
    alone = pages.cell("donors", "One donor", "Homes", "Donors")
    pages.same(alone, pages.cell("donors", "One donor", "Donors", "Homes"))
    if homes:
        pages.at_least(pages.cell("donors", "Several donors", "Donors", "Homes"),
                       {pages.cell("donors", "Several donors", "Homes", "Donors"): 2.0})
    yield donors, [pages.read(("donors", row["Age band"], row["Place"]), row["Donors"])
                   for row in page.rows("Age band", "Place", "Expected a donor")], False


def from_year_to_year(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader knows of donors by year: who gave gave again, is new or came back."""
    rows = pages.pages["donors"].rows("Gave the year before", "Gave again", "New")
    for number, row in enumerate(rows):
        year = row["Year to"]
        before = pages.read(("donors", year, "before"), row["Gave the year before"])
        again = pages.share(("donors", year, "again"), row["Gave again"], before)
        pages.share(("donors", year, "gave more"), row["Of these, gave more"], again)
        parts = [again, *(pages.read(("donors", year, column), row[column])
                          for column in ("New", "Came back"))]
        if number:  # the row above has this year as the one before
            yield ("donors", rows[number - 1]["Year to"], "before"), parts, True


def of_offers(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the offers brief knows: every ask has an account, and an answer."""
    page = pages.pages["offers"]
    accounts = {name: pages.read(("offers", name), row["Asks"])
                for name, row in page.only("Asks").items()}
    yield pages.used("appeals_sent"), list(accounts.values()), True
    asked_of = {}
    for row in page.rows("Test", "Variation", "Asked", "Answered"):
        name = (row["Test"], row["Variation"])
        asked = pages.read(("offers", *name, "asked"), row["Asked"])
        yield asked, [pages.read(("offers", *name, "answered"), row["Answered"])], False
        asked_of[", ".join(name)] = asked
    used = next((key for name, key in accounts.items() if name.startswith("Used")), None)
    if used:
        yield used, list(asked_of.values()), False
    yield from _on_the_map(pages, asked_of)


def _on_the_map(pages: PageAttack, asked_of: dict[str, Key]) -> Iterator[Rule]:
    page = pages.pages["offers"]
    rows = page.rows("Age", "Place", "Asked", "Answered")
    cells = {name: [pages.read(("offers", row["Age"], row["Place"], name), row[name])
                    for row in rows] for name in ("Asked", "Answered")}
    for asked, answered in zip(*cells.values(), strict=True):
        yield asked, [answered], False
    offer = re.search(r"who answered (.+?) in 1,000", page.words)
    if offer and offer[1] in asked_of:
        whole = asked_of[offer[1]]
        yield whole, cells["Asked"], False
        yield (*whole[:-1], "answered"), cells["Answered"], False


def read_money(pages: PageAttack) -> None:
    """Read the sums of money of the donors brief, and which of them add up."""
    page = pages.pages["donors"]
    raised = pages.sum(("raised",), page.tiles.get("Raised, net", ""))
    tables: dict[str, tuple[dict[str, dict[str, str]], str]] = {
        "segment": (page.table("Who is in it", "Raised, net"), "Raised, net"),
        "home": (page.table("Homes", "Raised, net"), "Raised, net"),
        "month": (page.only("Raised"), "Raised"), "step": (page.only("Money"), "Money"),
        "account": (page.table("Rows", "Money"), "Money"),
        "next": (page.table("Gifts", "Money"), "Money")}
    of: dict[str, dict[str, Key]] = {
        kind: {name: pages.sum((kind, name), row[column]) for name, row in table.items()}
        for kind, (table, column) in tables.items()}
    pages.money.add_up(raised, list(of["segment"].values()))
    pages.money.add_up(raised, list(of["home"].values()),
                       is_all="everybody's home is on file" in page.words)
    pages.money.add_up(raised, list(of["month"].values()), is_all=False)
    _add_accounts(pages, raised, of["account"], of["step"])
    everybody = of["next"].pop("Everybody", None)
    if everybody:
        pages.money.add_up(everybody, list(of["next"].values()))


def _add_accounts(
    pages: PageAttack, raised: Key, accounts: dict[str, Key], steps: dict[str, Key]
) -> None:
    """Note that gifts less what was returned were raised, and that the steps lead there."""
    less = [accounts[name] for name in LESS if name in accounts]
    if accounts:
        row = ((raised, 1.0), *((key, 1.0) for key in less),
               *((accounts[name], -1.0) for name in ADDED if name in accounts))
        pages.money.rows[row] = (0.0, 0.0)
    if not {STEPS_FROM, STEPS_TO} <= set(steps):
        return
    pages.money.add_up(steps[STEPS_TO], [raised])
    taken = [key for name, key in steps.items() if name not in (STEPS_FROM, STEPS_TO)]
    pages.money.add_up(steps[STEPS_FROM], [raised, *taken])
    rest = [key for key in accounts.values() if key in pages.money.hidden and key not in less]
    if STEPS_REST in steps and rest:
        pages.money.add_up(steps[STEPS_REST], rest)
