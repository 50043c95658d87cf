"""What any reader knows of the voters, link, quality and overview briefs: what adds up."""

from __future__ import annotations

from collections.abc import Iterator

from page_attacker import PageAttack, Rule


def of_voters(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the voters brief knows: each elector has an age, a place, a score."""
    page, electors = pages.pages["voters"], pages.tile("voters", "Electors")
    scored = pages.base("voters", "Expected to vote")
    for column in ("Support", "Turnout"):
        table = page.table("Support", "Turnout")
        table = table if all("%" in name for name in table) else {}
        tenths = [pages.read(("voters", column, name), row[column])
                  for name, row in table.items()]
        if tenths:
            yield scored, tenths, True
    yield electors, [pages.cell("voters", name, sex, "Women", "Men")
                     for name in page.table("Women", "Men") for sex in ("Women", "Men")], False
    places = page.table("Electors", "Vote by post")
    of = {name: pages.cell("voters", name, "Electors", "Vote by post") for name in places}
    yield electors, list(of.values()), False
    for name, row in places.items():
        for column in ("Aged 65 or more", "Vote by post"):
            pages.share(("voters", name, column), row[column], of[name])
    yield scored, [pages.read(("voters", "ID", name), row["People"])
                   for name, row in page.only("People").items()], False
    yield from _at_elections(pages)


def _at_elections(pages: PageAttack) -> Iterator[Rule]:
    """Yield that at every election the electors of today voted, did not, or could not."""
    page, kinds = pages.pages["voters"], ("Voted, not by post", "By post", "Did not vote",
                                          "Not on the register yet")
    everybody = ("voters", "electors at elections")
    for name, row in page.table(*kinds).items():
        yield everybody, [pages.read(("voters", name, kind), row[kind]) for kind in kinds], True


def of_links(pages: PageAttack) -> Iterator[Rule]:
    """Yield what a reader of the link brief knows: rows have people, some of them electors."""
    page, people = pages.pages["link"], pages.tile("link", "People")
    sizes = [pages.read(("link", "rows", name), row["People"])
             for name, row in page.only("People").items()]
    if sizes:
        yield people, sizes, True
    electors = pages.base("link", "Electors we know more of")
    known = pages.share(("link", "known"), page.tiles.get("Electors we know more of", ""),
                        electors)
    places = list(page.table("Electors", "Known"))
    of = {name: [pages.cell("link", name, column, "Electors", "Known")
                 for column in ("Electors", "Known")] for name in places}
    yield electors, [pair[0] for pair in of.values()], False
    yield known, [pair[1] for pair in of.values()], False
    pages.leave(("link", "not known"), electors, [known])
    for name, (there, of_them) in of.items():
        pages.leave(("link", name, "not known"), there, [of_them])
    yield from _linked_rows(pages)


def _linked_rows(pages: PageAttack) -> Iterator[Rule]:
    """Yield that the rows of all sources are those of electors and others, and so are links."""
    page, rows = pages.pages["link"], pages.base("link", "Rows of electors")
    table = page.only("Linked share")
    sources = {name: pages.used(name.replace(" ", "_")) for name in table}
    linked = {name: pages.share(("link", name, "linked"), row["Linked share"], sources[name])
              for name, row in table.items()}
    if not linked:
        return
    yield rows, list(sources.values()), True
    of_electors = pages.share(("link", "linked"), page.tiles.get("Rows of electors", ""), rows)
    yield of_electors, list(linked.values()), True
    for name, key in linked.items():
        pages.leave(("link", name, "of no elector"), sources[name], [key])
    bands = [pages.cell("link", band, column, "Refused", "Accepted")
             for band in page.table("Refused", "Accepted") if " to " in band
             for column in ("Refused", "Accepted")]
    yield pages.base("link", "Right links made"), bands, True


def of_sources(pages: PageAttack) -> Iterator[Rule]:
    """Yield that all pages print one number of a source's used rows, and one of a headline."""
    for name in [name for name in pages.pages if name.startswith("quality/")]:
        yield pages.used(name.removeprefix("quality/")), [pages.tile(name, "Accepted")], True
    for heading in pages.pages["overview"].tiles if "overview" in pages.pages else ():
        for page in pages.pages:
            if page != "overview" and heading in pages.pages[page].tiles:
                yield pages.tile("overview", heading), [pages.tile(page, heading)], True
                yield pages.base("overview", heading), [pages.base(page, heading)], True
