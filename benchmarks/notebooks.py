"""What it costs to run and render a notebook, beyond its own computing: ours beside stock tools.

    python benchmarks/notebooks.py --runs 5

On a made-up campaign in a temporary folder, one notebook reads a Parquet file, shows a table,
a chart and three headlines. Its own computing is the time of its cells in a kernel where
everything is imported already. The overhead is the rest of a run's time: starting, importing,
running, rendering, writing. Three ways, in turn and repeatedly: warm (a server forks the
kernel), cold (a process of its own), and stock (the command lines of papermill and nbconvert
one after the other). The last line is JSON.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from shared import Clock, kept_or_temporary, options, tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from made_campaign import code_cell, make_campaign, make_notebook, write_notebook

N_ROWS = 200_000
SETUP = """\
import pandas as pd
from workbench import figures
from workbench.disclosure import exempt
from workbench.exhibits import open_brief
from workbench.measures import Measure
from workbench.settings import load_settings
settings = load_settings()
brief = open_brief(settings)
rows = pd.read_parquet(settings.root / 'data' / 'tables' / 'gifts.parquet')"""
CELLS = (
    "brief.finding(title='The east gives more', bottom_line='It does.', decision='Go east.')",
    "totals = rows.groupby('region_code', as_index=False).agg(n_gifts=('n', 'sum'))\n"
    "totals = exempt(totals, 'gifts that were made up')\n"
    "def tally(name, value):\n"
    "    return Measure(name, name, int(value), 'count', 'rows', 'Rows.', is_about_people=False)\n"
    "brief.headlines([tally('n_rows', len(rows)), tally('n_regions', len(totals)),\n"
    "                 tally('n_gifts', rows.n.sum())])",
    "brief.table(totals, title='Gifts by region')",
    "caption = brief.caption(title='Gifts by region', subtitle='Gifts',\n"
    "                        alt_text='Bars of gifts by region; they are much alike.')\n"
    "figures.bars(totals, category='region_code', value='n_gifts', caption=caption)",
    "brief.provenance()",
)
OURS = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
OWN = """\
import json, sys, time
code = [''.join(cell['source']) for cell in json.load(open(sys.argv[1]))['cells']
        if cell['cell_type'] == 'code']
def run():
    start, space = time.perf_counter(), {}
    for source in code:
        exec(source, space)
    return time.perf_counter() - start
from workbench import figures
run()
print(run())"""


def make_example(root: Path) -> None:
    """Make a campaign with one Parquet file and the notebook that is measured."""
    make_campaign(root)
    rng = np.random.default_rng(1)
    (root / "data" / "tables").mkdir(parents=True)
    regions = rng.choice(["north", "east", "south", "west"], N_ROWS)
    rows = pd.DataFrame({"region_code": regions, "n": rng.integers(1, 9, N_ROWS)})
    rows.to_parquet(root / "data" / "tables" / "gifts.parquet")
    notebook = make_notebook(*CELLS)
    notebook["cells"][2] = code_cell(3, SETUP, "setup")
    write_notebook(root, "count", notebook)


def seconds(command: list[str], root: Path, **environment: str) -> float:
    """Return the wall time of a command, which must succeed."""
    clock = Clock()
    subprocess.run(command, cwd=root, env={**os.environ, **environment}, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return clock.read()[0]


def run_stock(root: Path, notebook: str) -> float:
    """Return the time of the two command lines that one would otherwise use."""
    source, target = f"notebooks/{notebook}.ipynb", f"stock/{notebook}.ipynb"
    (root / "stock").mkdir(exist_ok=True)
    ran = seconds([sys.executable, "-m", "papermill", "-k", "python3", source, target], root)
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", target]
    return ran + seconds(convert, root)


def run_ours(root: Path, notebook: str, *, warm: bool) -> float:
    """Return the time of one ``workbench run``."""
    command = [sys.executable, "-c", OURS, "run", notebook]
    return seconds(command, root, WORKBENCH_WARM=str(int(warm)))


def own_seconds(root: Path, notebook: str) -> float:
    """Return the time that the notebook's own cells take once all is imported."""
    command = [sys.executable, "-c", OWN, f"notebooks/{notebook}.ipynb"]
    return float(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout)


def measure(root: Path, notebook: str, n_runs: int) -> dict[str, float]:
    """Return medians in seconds, the three ways taken in turn."""
    from workbench.briefs.run import start_server

    with start_server(root) as server:
        assert server.stdout is not None
        server.stdout.read()
    times: dict[str, list[float]] = {"own": [], "warm": [], "cold": [], "stock": []}
    for _ in range(n_runs):
        times["own"].append(own_seconds(root, notebook))
        times["warm"].append(run_ours(root, notebook, warm=True))
        times["cold"].append(run_ours(root, notebook, warm=False))
        times["stock"].append(run_stock(root, notebook))
    return {way: statistics.median(seconds) for way, seconds in times.items()}


def main() -> None:
    """Measure, and print one line of JSON."""
    asked = options(__doc__, runs=5, root={"type": Path, "help": "a campaign of your own"},
                    notebook={"default": "count", "help": "a notebook of that campaign"})
    with kept_or_temporary(None) as folder:
        root = asked.root.resolve() if asked.root else folder / "campaign"
        if not asked.root:
            make_example(root)
        medians = measure(root, asked.notebook, asked.runs)
    overhead = {way: medians[way] - medians["own"] for way in ("warm", "cold", "stock")}
    print(f"   own {medians['own']:6.2f} s")
    for way, value in overhead.items():
        print(f"{way:>6} {medians[way]:6.2f} s, overhead {value:.2f} s")
    tell(overhead_s=round(overhead["warm"], 3), cold_overhead_s=round(overhead["cold"], 3),
         stock_overhead_s=round(overhead["stock"], 3),
         ratio=round(overhead["stock"] / overhead["warm"], 2), own_s=round(medians["own"], 3),
         runs=asked.runs)


if __name__ == "__main__":
    main()
