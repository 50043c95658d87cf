"""The recipes of CONTRIBUTING.md, carried out on a copy: what is touched, what is forgotten."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
COPIED = ("src", "notebooks", "expectations", "docs", "tests", "dvc.yaml", "params.yaml",
          "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "Makefile", "pyproject.toml",
          "requirements.lock", "reports/baseline.json", "canvass_codes.csv")
LAWS = ["tests/test_tables.py", "tests/test_store.py", "tests/test_codes.py",
        "tests/test_reasons.py", "tests/test_documents.py",
        "tests/test_dvcfile.py::test_the_committed_pipeline_is_as_declared",
        "tests/test_checks.py::test_every_table_has_a_suite_and_every_suite_a_table"]
TABLE = '''
RALLIES = Table(
    "rallies",
    "one rally",
    ("source_name", "rally_id"),
    (
        *PROVENANCE,
        Column("rally_id", "id", "Key of the rally.", is_required=True),
        Column("rally_date", "date", "Day of the rally.", is_required=True),
        Column("n_people", "count", "People who came.", unit="people"),
    ),
    adds="where crowds came, and when",
    dated_by="rally_date",
)
'''
SUITE = {"name": "rallies", "expectations": [{
    "type": "expect_column_values_to_be_between", "kwargs": {"column": "n_people", "min_value": 0,
                                                             "max_value": 10**6},
    "meta": {"why": "More people than a city has came from another column.", "severity": "warn",
             "rows": "keep"}}]}
PRESET = '''table: rallies
columns:
  rally_id: {from: No}
  rally_date: {from: Day}
  n_people: {from: Crowd}
'''
CHART = '''"""Stacks: one a row, for a few groups."""

from __future__ import annotations

from workbench.figures.rows import bars


def stacks(frame, *, category, value, caption):
    """Return one stack a row of a protected table; here drawn as bars."""
    return bars(frame, category=category, value=value, caption=caption)
'''


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository under git, to be changed."""
    root = tmp_path / "campaign"
    root.mkdir()
    for name in COPIED:
        source, place = REPOSITORY / name, root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copyfile(source, place)
    (root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n.hypothesis/\n.venv\n/data\n")
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=n", "-c", "user.email=e@x.org",
                                                  "commit", "-qm", "as it was"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def touched(root):
    """The files that are new or other, as git has them."""
    done = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=root, check=True,
                          capture_output=True, text=True)
    return {line[3:] for line in done.stdout.splitlines()}


def run(root, *command):
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    path = os.pathsep.join([str(root / "src"), str(root / "tests")])
    return subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True,
                          env={**env, "PYTHONPATH": path}, check=False)


def workbench(root, *words):
    call = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
    done = run(root, "-c", call, *words)
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout


def laws(root):
    """What the laws of the house say of the copy; '' where it keeps them."""
    done = run(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *LAWS)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def put(path, before, text):
    """Put a text before the one place where another stands."""
    content = path.read_text(encoding="utf-8")
    assert content.count(before) == 1, before
    path.write_text(content.replace(before, text + before), encoding="utf-8")


def declare_table(root):
    put(root / "src/workbench/tables/places.py", "PLACE_TABLES = (", TABLE.lstrip() + "\n")
    put(root / "src/workbench/tables/places.py", "AREAS, AREA_RESULTS", "RALLIES, ")


def write_suite(root):
    (root / "expectations/rallies.json").write_text(json.dumps(SUITE, indent=2) + "\n")


def write_dictionary(root):
    (root / "docs/data-dictionary.md").write_text(workbench(root, "dictionary"))


def write_pipeline(root):
    workbench(root, "pipeline")


STEPS = {"declare": declare_table, "suite": write_suite, "dictionary": write_dictionary,
         "pipeline": write_pipeline}


@pytest.mark.slow
def test_a_table_of_sources_is_two_files_and_two_that_are_written(copy):
    for step in STEPS.values():
        step(copy)
    by_hand = {"src/workbench/tables/places.py", "expectations/rallies.json"}
    assert touched(copy) == by_hand | {"docs/data-dictionary.md", "dvc.yaml"}
    assert laws(copy) == ""
    assert "- data/tables/rallies.parquet: {persist: true}" in (copy / "dvc.yaml").read_text()
    assert "## rallies" in (copy / "docs/data-dictionary.md").read_text()


@pytest.mark.slow
def test_a_file_of_the_new_table_comes_in_by_a_preset(copy):
    for step in STEPS.values():
        step(copy)
    (copy / "src/workbench/sources/presets/rallies_file.yaml").write_text(PRESET)
    assert len(touched(copy)) == 5
    raw = copy / "data/raw/rallies.csv"
    raw.parent.mkdir(parents=True)
    raw.write_text("No,Day,Crowd\nR1,2026-09-01,350\nR2,2026-09-08,1200\n")
    params = copy / "params.yaml"
    sources = ("sources:\n  rallies:\n    path: data/raw/rallies.csv\n    preset: rallies_file\n"
               "    table: rallies\n    lawful_basis: none\n    expiry_date: '2027-05-31'\n\n")
    params.write_text(re.sub(r"(?ms)^sources:.*?(?=^notebooks:)", lambda _: sources,
                             params.read_text()))
    done = run(copy, "-c", "from workbench.settings import load_settings as s\n"
               "from workbench.intake import admit, gather\nfrom workbench.tables import store\n"
               "admit(s(), 'rallies'); gather(s())\n"
               "print(store.read(s().root, 'rallies')[['rally_id', 'n_people']].values.tolist())")
    assert done.stdout.splitlines()[-1:] == ["[['R1', 350], ['R2', 1200]]"], done.stderr[-1500:]


@pytest.mark.slow
def test_what_is_to_be_written_again_for_a_table_is_named(copy):
    declare_table(copy)
    write_suite(copy)
    told = laws(copy)
    for forgotten in ("test_the_data_dictionary_is_the_one_that_the_tables_make",
                      "dvc.yaml: gather now has data/received/rallies.json"):
        assert forgotten in told


@pytest.mark.slow
@pytest.mark.parametrize("step", [declare_table, write_suite])
def test_a_table_without_its_suite_and_a_suite_without_its_table_are_named(copy, step):
    step(copy)
    assert "test_every_table_has_a_suite_and_every_suite_a_table" in laws(copy)


@pytest.mark.slow
def test_a_reason_is_one_file_and_one_that_is_written(copy):
    put(copy / "src/workbench/tables/objections.py", '    Reason("other",',
        '    Reason("threatened", "was threatened"),\n')
    assert "test_the_data_dictionary_is_the_one" in laws(copy)
    write_dictionary(copy)
    assert touched(copy) == {"src/workbench/tables/objections.py", "docs/data-dictionary.md"}
    assert laws(copy) == ""


@pytest.mark.slow
def test_a_chart_is_a_module_and_its_name_and_one_page_is_written(copy):
    (copy / "src/workbench/figures/stacks.py").write_text(CHART)
    init = copy / "src/workbench/figures/__init__.py"
    put(init, "from workbench.figures.waterfall", "from workbench.figures.stacks import stacks\n")
    put(init, '"waterfall",', '"stacks", ')
    assert "test_the_page_of_charts_is_the_one_that_the_charts_make" in laws(copy)
    (copy / "docs/charts.md").write_text(workbench(copy, "dictionary", "--charts"))
    assert touched(copy) == {"src/workbench/figures/stacks.py", "docs/charts.md",
                             "src/workbench/figures/__init__.py"}
    assert laws(copy) == ""


@pytest.mark.slow
def test_a_list_is_one_entry_and_its_place_in_the_notebook(copy):
    put(copy / "src/workbench/tables/codes.py", '    List("walk",',
        '    List("events", "reconcile", "gotv_list"),\n')
    assert "dvc.yaml: reconcile now has data/lists/events.parquet" in laws(copy)
    write_pipeline(copy)
    path = copy / "notebooks/lists.ipynb"
    text = path.read_text()
    for old, new in (("list_names = [", 'list_names = [\\"events\\", '),
                     ("channel_codes = {", 'channel_codes = {\\"events\\": \\"phone\\", '),
                     ("use_codes = {", 'use_codes = {\\"events\\": \\"research\\", ')):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)
    assert touched(copy) == {"src/workbench/tables/codes.py", "notebooks/lists.ipynb", "dvc.yaml"}
    assert laws(copy) == ""


@pytest.mark.slow
def test_a_notebook_is_made_with_its_test_and_three_files_are_written(copy):
    workbench(copy, "new", "notebook", "dinner")
    made = {"notebooks/dinner.ipynb", "tests/test_dinner.py"}
    assert touched(copy) == made | {"dvc.yaml", "params.yaml", "notebooks/START.md"}
    assert laws(copy) == ""


@pytest.mark.slow
def test_a_country_is_one_file(copy):
    params = copy / "params.yaml"
    text = params.read_text()
    for old, new in (("currency_code: USD", "currency_code: SEK"),
                     ("country_code: US", "country_code: SE")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    params.write_text(text)
    assert touched(copy) == {"params.yaml"}
    told = run(copy, "-c", "from workbench.settings import load_settings as s\n"
               "from workbench.exhibits import House, show\n"
               "print(s().campaign.country_code, show(123456, 'money', House('SEK', 10)))")
    assert told.stdout.split()[0] == "SE", told.stderr[-800:]
    assert "SEK" in told.stdout or "kr" in told.stdout
