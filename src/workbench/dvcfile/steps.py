"""The stages that no notebook declares: what each runs, reads and makes."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.tables import TABLES, linked_tables
from workbench.voters.scores.inputs import READ as SCORED_FROM

LOCK = "requirements.lock"
PAGE_CODE, INTAKE_CODE = "data/code/page_code.txt", "data/code/intake_code.txt"
MAKES_PAGES = ("briefs.build", "briefs.run", "briefs.worker", "figures", "telephone")
ALWAYS = ("campaign", "disclosure")


@dataclass(frozen=True)
class Step:
    """One stage of the pipeline as it is declared.

    ``reads`` are names of tables and paths below the campaign's folder; ``code`` are the modules
    that its command starts from, for what they import follows; ``uses`` are dotted keys of
    params.yaml. ``makes`` are files besides the tables whose ``stage`` it is, and the headlines,
    which git keeps. ``notebook`` is the one that it runs, and ``rests_on`` the stages of whose
    sources its page tells. ``beside`` are fingerprints of code that every stage has which has
    this one's. With ``is_of_sources`` there is one for each source, and DVC fills in ``${key}``
    and ``${item}``; ``note`` stands behind its command.
    """

    name: str
    about: str
    command: str
    reads: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    headlines: str = ""
    notebook: str = ""
    rests_on: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    is_of_sources: bool = False
    note: str = ""


def pages_of(name: str) -> tuple[str, ...]:
    """Return what a run of a notebook leaves, but its headlines; ``name`` is the brief's.

    >>> pages_of("donors")[-1]
    'reports/donors.html'
    """
    return (f"data/executed/{name}.ipynb", f"data/shown/{name}.json",
            f"data/appendix/{name}.html", f"reports/{name}.html")


def first_steps() -> tuple[Step, ...]:
    """Return the stages that are there whatever notebooks there are, but the index."""
    return (
        Step("page_code", "Fingerprint the code that every brief is made with",
             "workbench fingerprint page_code", (LOCK,), MAKES_PAGES, makes=(PAGE_CODE,)),
        Step("intake_code", "Fingerprint the code that reads and checks sources",
             "workbench fingerprint intake_code", (), ("deliveries", "intake", "sources"),
             makes=(INTAKE_CODE,), beside=(PAGE_CODE,)),
        Step("before",
             "Keep what a source's last accepted file was like, to compare the next one with",
             "workbench sources keep", ("${item.path}", INTAKE_CODE, PAGE_CODE), ("deliveries",),
             makes=("data/before/${key}.json",), is_of_sources=True,
             note="whose it is DVC says: no name goes through a shell"),
        Step("check", "Read, check and accept one source; set aside the rows that do not fit",
             "workbench run check --source-of-stage",
             ("${item.path}", "data/before/${key}.json", INTAKE_CODE,
              "expectations/${item.table}.json", "expectations/sources"),
             ("exhibits", "figures", "intake", "settings"),
             uses=(*ALWAYS, "intake", '"sources.${key}"'),
             makes=("data/accepted/${key}.parquet", "data/set_aside/${key}.parquet",
                    "data/quality/${key}.json", *pages_of("quality/${key}")),
             headlines="reports/quality/${key}.json", notebook="check", is_of_sources=True),
        Step("gather", "Gather the accepted rows of every source into one file a canonical table",
             "workbench gather",
             ("data/accepted", "data/quality", "data/registry", "data/set_aside"),
             ("intake.gathering",),
             ("disclosure.cell_min", "linkage.key_fingerprint", "linkage.key_name", "sources"),
             ("data/gathered.json", *(f"data/received/{name}.json" for name in TABLES))),
        Step("spine", "Link the rows of every table into people, whose ids stay",
             "workbench spine", (*linked_tables(), "data/registry", LOCK), ("spine.make",),
             ("campaign.as_of", "engine", "linkage"),
             ("data/people/model.json", "data/people/quality.json",
              "data/people/records.parquet",
              "data/people/registry_next/id_registry.parquet")),
        Step("scores", "Score everybody's support and turnout from IDs, polls and past voting",
             "workbench scores",
             (*SCORED_FROM, "donations", "canvass_codes.csv", LOCK),  # the crosswalk has donors
             ("voters.scores.make",),
             ("campaign", "linkage.memory_limit_gb", "linkage.n_threads", "scores"),
             ("data/scores/quality.json",)),
    )


def index_step(briefs: tuple[str, ...]) -> Step:
    """Return the stage of the index, which lists every brief."""
    return Step("index", "List the latest briefs, their versions and the release",
                "workbench index",
                (*(f"reports/{name}.json" for name in briefs), "reports/quality",
                 "reports/releases.json", PAGE_CODE),
                ("briefs.index",), ("campaign", "sources"), ("reports/index.html",))
