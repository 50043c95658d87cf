"""A version of which only a few people's rows are new would tell what those people did."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest

from workbench.errors import PublishRefused
from workbench.releases.few_changed import n_people_changed, refuse_few_changed
from workbench.settings import Disclosure
from workbench.tables import TABLES
from workbench.tables.files import write_arrow
from workbench.tables.people import CROSSWALK

RELEASE = "2026-10-05-0123456789ab"
PEOPLE = [f"P{n:02d}" for n in range(30)]


def gifts(amounts):
    """One gift a person: who is not named has given 50."""
    return pd.DataFrame({
        "source_name": "gifts", "source_row": range(2, 2 + len(amounts)),
        "donation_id": [f"g{person}" for person in amounts],
        "donation_date": dt.date(2026, 3, 1), "amount_minor": list(amounts.values()),
        "currency_code": "GBP", "gift_kind_code": "gift"})


def links(rows, table, people, keys):
    return pd.DataFrame({
        "source_name": rows["source_name"], "source_row": rows["source_row"],
        "table_name": table, "row_key": keys, "record_key": keys, "person_id": people,
        "how_code": "model", "link_probability": 0.9})


def put(root, name, frame, table):
    path = root / f"data/{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_arrow(pa.table({
        field.name: pa.array(frame[field.name].tolist(), field.type) if field.name in frame
        else pa.nulls(len(frame), field.type) for field in table.schema()}), path)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    kept = root / ".dvc/cache/files/md5" / digest[:2] / digest[2:]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(path.read_bytes())
    return digest


def build(root, tables, crosswalk):
    """What a build leaves: tables, who each row is of, DVC's copies and its lock."""
    digests = {f"data/tables/{name}.parquet": put(root, f"tables/{name}", frame, TABLES[name])
               for name, frame in tables.items()}
    digests["data/people/crosswalk.parquet"] = put(root, "people/crosswalk", crosswalk, CROSSWALK)
    outs = "".join(f"    - path: {path}\n      md5: {digest}\n"
                   for path, digest in digests.items())
    (root / "dvc.lock").write_text(f"schema: '2.0'\nstages:\n  gather:\n    outs:\n{outs}")
    return digests


def build_gifts(root, amounts):
    rows = gifts(amounts)
    return build(root, {"donations": rows},
                 links(rows, "donations", list(amounts), rows["donation_id"]))


@pytest.fixture
def campaign(tmp_path):
    """A campaign that has published a version in which everybody gave 50."""
    git(tmp_path, "init", "-q")
    return tmp_path


def git(root, *words):
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x.org", *words], cwd=root,
                   check=True)


def publish(root):
    git(root, "add", "dvc.lock")
    git(root, "commit", "-qm", "Published")
    git(root, "tag", RELEASE)


EVERYBODY = dict.fromkeys(PEOPLE, 5_000)


@pytest.mark.parametrize(("now", "n_people"), [
    (EVERYBODY, 0),
    (dict(reversed(EVERYBODY.items())), 0),  # other lines of the same file
    (dict.fromkeys(PEOPLE[1:], 5_000), 1),
    ({**EVERYBODY, "P99": 5_000}, 1),
    ({**EVERYBODY, "P03": 7_000}, 1),
    ({**EVERYBODY, **dict.fromkeys(PEOPLE[:12], 7_000)}, 12),
    ({**dict.fromkeys(PEOPLE[4:], 5_000), "P98": 1, "P99": 1}, 6),
])
def test_who_came_went_or_changed_is_counted_once(campaign, now, n_people):
    build_gifts(campaign, EVERYBODY)
    publish(campaign)
    build_gifts(campaign, now)
    assert n_people_changed(campaign, RELEASE) == n_people


def test_rows_of_nobody_count_as_one_person(campaign):
    rows = gifts(EVERYBODY)
    build(campaign, {"donations": rows}, links(rows, "donations", PEOPLE, rows["donation_id"]))
    publish(campaign)
    more = gifts({**EVERYBODY, **dict.fromkeys([f"Q{n}" for n in range(12)], 100)})
    build(campaign, {"donations": more}, links(rows, "donations", PEOPLE, rows["donation_id"]))
    assert n_people_changed(campaign, RELEASE) == 1


def test_a_row_that_names_an_elector_is_that_persons(campaign):
    def history(n_rows):
        return pd.DataFrame({
            "source_name": "history", "source_row": range(2, 2 + n_rows),
            "voter_id": [f"v{n % 3}" for n in range(n_rows)],
            "election_date": dt.date(2022, 11, 8), "election_name": "National 2022",
            "voted_code": "in_person"})
    voters = pd.DataFrame({"source_name": "voters", "source_row": range(2, 5)})
    whose = links(voters, "voters", ["P00", "P01", "P02"], ["v0", "v1", "v2"])
    build(campaign, {"vote_history": history(9)}, whose)
    publish(campaign)
    build(campaign, {"vote_history": history(11)}, whose)
    assert n_people_changed(campaign, RELEASE) == 2


def test_a_table_that_is_new_is_of_all_its_people(campaign):
    rows = gifts(EVERYBODY)
    whose = links(rows, "donations", PEOPLE, rows["donation_id"])
    build(campaign, {}, whose)
    publish(campaign)
    build(campaign, {"donations": rows}, whose)
    assert n_people_changed(campaign, RELEASE) == len(PEOPLE)


def test_what_dvc_no_longer_has_cannot_be_counted(campaign):
    digests = build_gifts(campaign, EVERYBODY)
    publish(campaign)
    build_gifts(campaign, {**EVERYBODY, "P03": 7_000})
    digest = digests["data/tables/donations.parquet"]
    (campaign / ".dvc/cache/files/md5" / digest[:2] / digest[2:]).unlink()
    assert n_people_changed(campaign, RELEASE) is None
    with pytest.raises(PublishRefused, match="cannot be counted"):
        refuse(campaign)
    refuse(campaign, why="40 gifts came in since")


def refuse(root, **how):
    refuse_few_changed(SimpleNamespace(root=root, disclosure=Disclosure(10, 5, 50)), RELEASE,
                       **how)


@pytest.mark.parametrize(("n_changed", "is_refused"), [(0, False), (1, True), (9, True),
                                                       (10, False), (25, False)])
def test_a_version_of_a_few_peoples_changes_is_refused(campaign, n_changed, is_refused):
    build_gifts(campaign, EVERYBODY)
    publish(campaign)
    build_gifts(campaign, {**EVERYBODY, **dict.fromkeys(PEOPLE[:n_changed], 7_000)})
    if not is_refused:
        refuse(campaign)
        return
    with pytest.raises(PublishRefused, match=f"of fewer than 10 people differ .* {RELEASE}"):
        refuse(campaign)
    refuse(campaign, why="the editor asked for a corrected title")
