"""`workbench link --review` and `--chart`: pairs of any files judged, and links by cut drawn."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from made_lists import make_lists, pairwise
from test_link_file import MAPPING, link

from workbench.anyfiles.chart import links_by_cut
from workbench.anyfiles.run import Asked, link_paths
from workbench.errors import RegistryError, SettingsError

SEED = 5


@pytest.fixture
def folder(tmp_path):
    for name, rows in zip("ab", make_lists(70, seed=SEED), strict=True):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "map.yaml").write_text(MAPPING)
    return tmp_path


def asked(folder, **more):
    return Asked([folder / "a.csv", folder / "b.csv"], folder / "map.yaml",
                 folder / "crosswalk.csv", **more)


class Reviewer:
    """Somebody who knows the town, and stops after ``most`` pairs."""

    def __init__(self, most=10_000, seed=SEED):
        lists = make_lists(70, seed=seed)
        self.who = {f"{name}.csv {key}": who for name, rows in zip("ab", lists, strict=True)
                    for key, who in zip(rows["id"], rows["who"], strict=True)}
        self.most, self.told, self.n_asked = most, [], 0

    def tell(self, line):
        self.told.append(line)

    def ask(self, question):
        if self.n_asked == self.most:
            return "q"
        self.n_asked += 1
        files, keys = (next(line.split()[1:] for line in reversed(self.told)
                            if line.startswith(f"  {name} ")) for name in ("file", "row_key"))
        left, right = (self.who[f"{file} {key}"] for file, key in zip(files, keys, strict=True))
        return "s" if left == right else "d"


@pytest.mark.slow
def test_what_reviewers_say_covers_the_truth_and_their_answers_are_kept(folder):
    reviewer = Reviewer()
    answers = folder / "answers.csv"
    crosswalk = link_paths(asked(folder, review=answers), tell=reviewer.tell, ask=reviewer.ask)
    with answers.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == reviewer.n_asked > 60
    for row in rows:
        is_same = reviewer.who[row["record_key_l"]] == reviewer.who[row["record_key_r"]]
        assert row["answer_code"] == ("same" if is_same else "different")
    told = re.search(r"judged ([0-9.]+)% of the links are right \(([0-9.]+)% to ([0-9.]+)%\)",
                     reviewer.told[-1])
    true, _ = pairwise(crosswalk, crosswalk["file"].str.cat(crosswalk["row_key"], " ").map(
        reviewer.who))
    assert float(told[2]) <= 100 * true + 0.05
    assert 100 * true - 0.05 <= float(told[3])


@pytest.mark.slow
def test_leaving_loses_nothing_and_the_next_run_goes_on(folder):
    answers = folder / "answers.csv"
    first = Reviewer(most=7)
    link_paths(asked(folder, review=answers), tell=first.tell, ask=first.ask)
    kept = answers.read_text().splitlines()
    assert len(kept) == 8
    second = Reviewer(most=5)
    link_paths(asked(folder, review=answers), tell=second.tell, ask=second.ask)
    assert set(kept) < set(answers.read_text().splitlines())
    assert len(answers.read_text().splitlines()) == 13


def test_the_probability_is_not_shown_and_a_text_cannot_steer_the_terminal(folder):
    path = folder / "a.csv"
    path.write_text(path.read_text().replace("harbour street", "harbour\x1b[2J street"))
    reviewer = Reviewer(most=0)
    link_paths(asked(folder, review=folder / "answers.csv"), tell=reviewer.tell, ask=reviewer.ask)
    pair = "\n".join(reviewer.told[reviewer.told.index(
        next(line for line in reviewer.told if line.startswith("\nPair 1"))):])
    assert "first_name" in pair.split("answers added")[0]
    assert not re.search(r"probab|0\.\d", pair.split("answers added")[0])
    assert "\x1b" not in "".join(reviewer.told)


def test_answers_that_are_none_are_refused_before_anything_is_written(folder):
    (folder / "answers.csv").write_text("record_key_l,record_key_r,answer_code\nx,y,perhaps\n")
    with pytest.raises(RegistryError, match="something else than"):
        link_paths(asked(folder, review=folder / "answers.csv"), tell=print, ask=input)
    assert not (folder / "crosswalk.csv").exists()


@pytest.mark.parametrize("more", [{"review": "crosswalk.csv"}, {"chart": "chart.csv"},
                                  {"review": "a.csv"}, {"pairs": "x.csv", "review": "x.csv"}])
def test_a_place_that_is_taken_or_of_another_kind_is_refused(folder, more):
    with pytest.raises(SettingsError, match=r"Give (the table|one)"):
        asked(folder, **{name: folder / place for name, place in more.items()}).require()


def test_links_by_cut_are_counted_as_by_hand():
    pairs = pd.DataFrame({"link_probability": [0.99, 0.97, 0.6, 0.5, 0.2, 0.05],
                          "what": ["linked"] * 4 + ["near_miss"] * 2})
    rows = links_by_cut(pairs).pivot_table(
        index="link_probability", columns="what", values="n_links")
    assert rows.loc[0.05].to_dict() == {"links": 6, "right, by the model": 3}
    assert rows.loc[0.5].to_dict() == {"links": 4, "right, by the model": 3}
    assert rows.loc[0.55].to_dict() == {"links": 3, "right, by the model": 3}
    assert rows.loc[0.95].to_dict() == {"links": 2, "right, by the model": 2}


def test_the_chart_is_a_page_of_its_own_that_shows_nobody(folder):
    assert link(folder, "a.csv", "b.csv", "--map", "map.yaml", "--chart", "chart.html") == 0
    page = Path(folder / "chart.html").read_text(encoding="utf-8")
    n_links = int(re.search(r"<span class=\"title\">(\d+) pairs are linked", page)[1])
    assert n_links > 60
    assert page.count("<svg") == 2
    assert not re.search(r"https?://(?!www\.w3\.org)|<script", page)
    for name in ("abernathy", "harbour street", "bruno"):
        assert name not in page
