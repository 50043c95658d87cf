"""The tables that scoring reads, at any size, linked without a mistake, and the truth apart.

    python benchmarks/scores_data.py --people 200000 --folder /tmp/two [--seed 1]

The people and what they think and do are those of the sample campaign (``workbench.sample``).
Its exports become canonical tables at once, with the columns that scoring reads and no others;
raw files, checks and linking have benchmarks of their own.

    FOLDER/data/tables/<table>.parquet, FOLDER/data/people/…   what scoring reads
    FOLDER/truth.parquet   a row an elector: person_id and the sample's own scores and traits
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from shared import ROOT, options

from workbench.sample import make_campaign
from workbench.sample.campaign import Campaign
from workbench.sample.export import Export
from workbench.sample.texts import keys
from workbench.tables import table_named

PRESETS = ROOT / "src/workbench/sources/presets"
LINKED = {"voters": "voter_id", "canvass": "contact_id", "polls": "respondent_id",
          "consumer": "consumer_id", "mobile_contacts": "contact_id",
          "donations": "gift_id", "social_users": "social_user_id"}
READ = {
    "voters": "voter_id status_code sex_code birth_date birth_year age_years party_code area_id "
              "seat_id region_code registration_date is_postal_voter",
    "vote_history": "voter_id election_date election_name voted_code",
    "canvass": "contact_id contact_date channel_code result_code voter_id_code",
    "polls": "respondent_id wave_name interview_date vote_intention_code "
             "past_vote_code turnout_intention_code weight",
    "consumer": "consumer_id income_band_code tenure_code classification_code "
                "classification_version",
    "mobile_contacts": "contact_id", "social_users": "social_user_id",
    "area_results": "area_id election_date party_code n_votes",
    "seat_results": "seat_id election_date party_code n_votes",
}


def write_tables(folder: Path, n_people: int, *, seed: int) -> None:
    """Write every table that scoring reads, and the truth, below ``folder``."""
    campaign = make_campaign(n_people, seed=seed, difficulty={})
    for part in ("data/tables", "data/people"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    links = [write_table(folder, name, campaign.export(name)) for name in READ]
    crosswalk = pa.concat_tables([link for link in links if link is not None])
    pq.write_table(crosswalk, folder / "data/people/crosswalk.parquet")
    write_people(folder, campaign)


def write_table(folder: Path, name: str, export: Export) -> pa.Table | None:
    """Write one canonical table; return its part of the crosswalk, None where it has none."""
    preset = yaml.safe_load((PRESETS / f"sample_{name}.yaml").read_text(encoding="utf-8"))
    columns = {column: converted(export, preset["columns"][column], name, column)
               for column in READ[name].split()}
    n = export.n_rows
    source = pa.array(np.full(n, name))
    table = pa.table({"source_name": source, "source_row": np.arange(n) + 2, **columns})
    pq.write_table(table, folder / f"data/tables/{name}.parquet")
    if name not in LINKED:
        return None
    row_key = table[LINKED[name]].combine_chunks()
    if name == "polls":
        row_key = pc.binary_join_element_wise(row_key, table["wave_name"].combine_chunks(), "|")
    return pa.table({"source_name": source, "table_name": pa.array(np.full(n, name)),
                     "row_key": row_key, "person_id": keys("P", export.person, 9)})


def converted(export: Export, rule: dict[str, object], name: str, column: str) -> pa.Array:
    """Return one column in the kind of its canonical table, as its preset has it."""
    texts = export.columns[str(rule["from"])]
    if "codes" in rule:
        codes = rule["codes"]
        assert isinstance(codes, dict)
        at = pc.index_in(texts, pa.array([str(code) for code in codes]))
        return pa.array([str(code) for code in codes.values()]).take(at)
    kind = table_named(name).schema().field(column).type
    if pa.types.is_date(kind):
        is_given = pc.not_equal(texts, "01/01/1900")
        given = pc.if_else(is_given, texts, pa.scalar(None, pa.string()))
        form = str(rule.get("format", "%Y-%m-%d"))
        return pc.strptime(given, form, "s").cast(pa.date32())
    if pa.types.is_boolean(kind):
        return pc.equal(texts, "Y")
    return texts.cast(kind)


def write_people(folder: Path, campaign: Campaign) -> None:
    """Write people.parquet as linking would leave it, and the truth of each elector."""
    world, truth = campaign.world, campaign.truth()
    everybody, people, politics = truth["people"], world.people, world.politics
    ids = keys("P", np.arange(len(people)), 9)
    pq.write_table(pa.table({
        "person_id": ids, "household_id": keys("H", people.home, 9),
        "voter_id": everybody["voter_id"], "is_elector": people.is_elector,
    }), folder / "data/people/people.parquet")
    scores = truth["scores"].select(["support_probability", "turnout_probability"])
    traits = {"has_degree": politics.has_degree, "owns_home": politics.owns_home,
              "is_manual": politics.is_manual, "is_born_abroad": politics.is_born_abroad,
              "is_female": people.is_female, "age_years": people.age_years,
              "seat_id": everybody["seat_id"], "region_code": everybody["region_code"]}
    true = pa.table({"person_id": ids, **dict(zip(scores.column_names, scores, strict=True)),
                     **traits,
                     "lean": world.places.lean[world.seat]})
    pq.write_table(true.filter(pa.array(people.is_elector)), folder / "truth.parquet")


if __name__ == "__main__":
    asked = options(__doc__, people=200_000, seed=1, folder={"type": Path, "required": True})
    write_tables(asked.folder, asked.people, seed=asked.seed)
