"""The matrix of campaigns: does every campaign build, whatever files it has?

    python benchmarks/campaigns.py --people 800 --only 'without_*'

Builds each campaign of campaigns_made.py by the commands of dvc.yaml in their order, and by
nothing else, from one small sample. A stage whose inputs are those of an earlier campaign is
taken from there, as DVC would. Built is a campaign of which every stage ended well, whose index
is there, and on whose pages no empty table, tile or chart stands. What each came to is kept in
--results, so that a run that was stopped goes on. One line of JSON at the end.

--cells runs the cells of notebooks in this process, without the audit, the page, the overview and
the index: five times as quick, to look for what a cell stops at.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import fnmatch
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from campaigns_made import AS_OF, LAYOUTS, POLLING, Made, campaigns
from made_key import own_key

from workbench.cli import main as workbench
from workbench.pipeline.running import OF_STAGE, check_of, running_source
from workbench.pipeline.stages import Stage, read_stages
from workbench.sample import make_campaign, write_campaign

REPOSITORY = Path(__file__).parents[1]
CARRIED = ("canvass_codes.csv", "dvc.yaml", "expectations", "notebooks", "requirements.lock")
EMPTY = {
    "table": re.compile(r"<tbody>\s*</tbody>"),
    "tile": re.compile(r'<p class="value"><strong>(hidden|not shown)</strong>'),
    "number": re.compile(r">[^<]*\bnan%[^<]*<"),
    "chart": re.compile(r"<svg[^>]*>\s*</svg>"),
}


class Matrix:
    """One folder in which campaigns are built one after another, and what stages made before."""

    def __init__(self, work: Path, n_people: int, *, is_cells: bool = False) -> None:
        """Begin in an empty folder."""
        self.is_cells = is_cells
        self.code = _digest(REPOSITORY / "src/workbench")
        self.root, self.made, self.samples = work / "root", work / "made", work / "samples"
        self.n_people = n_people
        self.seconds: dict[str, float] = {}
        params = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
        self.params = yaml.safe_load(own_key(params))

    def build(self, made: Made) -> list[str]:
        """Build one campaign; return what failed, a line each, the stage first."""
        self._lay_out(made)
        stages = [stage for stage in read_stages(self.root)
                  if not (self.is_cells and stage.name in ("overview", "index"))]
        failed = [told for stage in stages if (told := self._run(stage))]
        if self.is_cells:
            return failed
        index = self.root / "reports/index.html"
        failed += [] if index.is_file() else ["index: it is not there"]
        return failed + list(_empty_things(self.root / "reports"))

    def _lay_out(self, made: Made) -> None:
        """Make the campaign's folder: params.yaml, its raw files, and what the project carries."""
        shutil.rmtree(self.root / "data", ignore_errors=True)
        shutil.rmtree(self.root / "reports", ignore_errors=True)
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "reports").mkdir()
        (self.root / "src").is_symlink() or (self.root / "src").symlink_to(REPOSITORY / "src")
        for name in CARRIED:
            _copy(REPOSITORY / name, self.root / name)
        for name in ("reports/baseline.json", "reports/releases.json", "data/registry"):
            _copy(REPOSITORY / name, self.root / name)
        raw = self._sample(made.as_of)
        for source in made.keeps:
            layout = LAYOUTS[source]
            content = (raw / layout.file_name).read_bytes()
            if source in made.alters:
                content = made.alters[source](content, layout)
            _write(self.root / "data/raw/sample" / layout.file_name, content)
        for path, content in made.files.items():
            _write(self.root / path, content)
        text = yaml.safe_dump(self._declared(made), sort_keys=False, allow_unicode=True)
        _write(self.root / "params.yaml", text.encode())

    def _declared(self, made: Made) -> dict[str, Any]:
        days = {"as_of": AS_OF, "polling_date": POLLING} | dict(made.campaign)
        campaign = {**self.params["campaign"],
                    **{key: str(value) for key, value in days.items()}}
        sources = {name: {**self.params["sources"][name], "expiry_date": "2035-12-31",
                          **made.sources.get(name, {})} for name in made.keeps}
        own = {name: entry for name, entry in made.sources.items() if "path" in entry}
        return {**self.params, "campaign": campaign, "sources": {**sources, **own}}

    def _sample(self, as_of: Any) -> Path:
        """Return the folder of the sample's raw files for a day of the build."""
        folder = self.samples / str(as_of)
        if not folder.is_dir():
            sample = make_campaign(self.n_people, seed=20121106, difficulty={}, as_of=as_of,
                                   polling_date=as_of + (POLLING - AS_OF))
            write_campaign(sample, folder, self.samples / f"truth-{as_of}")
        return folder

    def _run(self, stage: Stage) -> str:
        """Run one stage, or take what it made of the same inputs; return why it failed."""
        deps = [self.root / dep for dep in stage.deps]
        lacking = [str(dep.relative_to(self.root)) for dep in deps if not dep.exists()]
        if lacking and not lacking[0].startswith("data/raw"):
            if lacking == ["data/accepted", "data/quality", "data/set_aside"]:
                for dep in deps:
                    dep.exists() or dep.mkdir(parents=True)
            else:
                return f"{stage.name}: skipped for want of {lacking[0]}"
        kept = self.made / self._key(stage)
        if (kept / "failed").is_file():
            return (kept / "failed").read_text(encoding="utf-8")
        if not kept.is_dir():
            start = time.perf_counter()
            with patch.dict(os.environ, {"DVC_STAGE": stage.name}):
                told = _told(stage.command, self.root, is_cells=self.is_cells)
            self.seconds[stage.name] = round(time.perf_counter() - start, 1)
            draft = Path(tempfile.mkdtemp(dir=_folder(self.made)))
            for out in [] if told else stage.outs:
                _copy(self.root / out, draft / out)
            if told:
                _write(draft / "failed", f"{stage.name}: {told}".encode())
            draft.rename(kept)
            return f"{stage.name}: {told}" if told else ""
        for out in stage.outs:
            _copy(kept / out, self.root / out)
        return ""

    def _key(self, stage: Stage) -> str:
        """Return a hash of the code, a stage's command, its inputs and its parameters."""
        params: Any = yaml.safe_load((self.root / "params.yaml").read_text(encoding="utf-8"))
        told = [self.code, self.is_cells, stage.name, stage.command,
                [_value(params, key) for key in stage.params]]
        told += [[dep, _digest(self.root / dep)] for dep in sorted(stage.deps)
                 if not dep.startswith("src/")]
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def run_cells(command: str) -> int:
    """Run the cells of the notebook that a command runs, in this process; show what they show."""
    _, _, name, *options = command.split()
    given = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["notebooks"]
    names: dict[str, Any] = {}
    notebook = json.loads(Path(f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))
    for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        tree = ast.parse("".join(cell["source"]))
        is_shown = isinstance(tree.body[-1], ast.Expr)
        last = ast.Expression(tree.body.pop().value) if is_shown else None  # type: ignore
        exec(compile(tree, name, "exec"), names)
        shown = eval(compile(last, name, "eval"), names) if last else None
        for one in getattr(shown, "items", [shown]):
            if hasattr(one, "_repr_mimebundle_"):
                one._repr_mimebundle_()
        if "parameters" in cell["metadata"].get("tags", []):
            names |= given.get(name) or {}
            names |= dict(option.split("=") for option in options if "=" in option)
            names |= check_of(running_source())[1] if OF_STAGE in options else {}
    return 0


def _told(command: str, root: Path, *, is_cells: bool) -> str:
    """Run a command of dvc.yaml in this process; return what went wrong, empty if nothing did."""
    said, here = io.StringIO(), Path.cwd()
    os.chdir(root)
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            run = run_cells if is_cells and command.startswith("workbench run") else None
            code = run(command) if run else workbench(command.split()[1:])
    except Exception:
        return f"traceback {' | '.join(traceback.format_exc().splitlines()[-7:])}"
    finally:
        os.chdir(here)
    lines = [line.strip() for line in said.getvalue().splitlines()]
    start = next((n for n, line in enumerate(lines) if line.startswith("workbench:")), 0)
    return f"exit {code} {' | '.join(lines[start:start + 14])}" if code else ""


def _empty_things(reports: Path) -> Iterator[str]:
    for page in sorted(reports.rglob("*.html")):
        html = page.read_text(encoding="utf-8")
        for what, pattern in EMPTY.items():
            if n := len(pattern.findall(html)):
                yield f"{page.relative_to(reports)}: {n} empty {what}"


def _value(params: Any, key: str) -> Any:
    for part in key.split("."):
        params = (params or {}).get(part)
    return params


def _digest(path: Path) -> str:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [file for file in files if "__pycache__" not in file.parts]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(path: Path, content: bytes) -> None:
    _folder(path.parent)
    path.write_bytes(content)


def _copy(source: Path, target: Path) -> None:
    _folder(target.parent)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        shutil.copyfile(source, target)


def main() -> int:
    """Build the campaigns that are asked for; return 1 where one did not build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=800)
    parser.add_argument("--only", action="append", help="pattern of names; repeat for more")
    parser.add_argument("--cells", action="store_true", help="run cells only, see above")
    parser.add_argument("--part", default="1/1", help="every so-manieth campaign, such as 2/3")
    parser.add_argument("--work", type=Path, help="folder to work in; a temporary one by default")
    parser.add_argument("--results", type=Path, help="file of results, a line of JSON a campaign")
    options = parser.parse_args()
    part, n_parts = map(int, options.part.split("/"))
    chosen = [made for made in campaigns() if not options.only or any(
        fnmatch.fnmatch(made.name, pattern) for pattern in options.only)][part - 1::n_parts]
    done = _done(options.results)
    begun = time.perf_counter()
    work = options.work or Path(tempfile.mkdtemp(prefix="campaigns-"))
    matrix = Matrix(work, options.people, is_cells=options.cells)
    for made in chosen:
        if made.name in done:
            continue
        start = time.perf_counter()
        done[made.name] = matrix.build(made)
        line = {"campaign": made.name, "failed": done[made.name],
                "seconds": round(time.perf_counter() - start, 1), "stages": matrix.seconds}
        matrix.seconds = {}
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)
        if options.results:
            with options.results.open("a", encoding="utf-8") as results:
                results.write(json.dumps(line, ensure_ascii=False) + "\n")
    if not options.work:
        shutil.rmtree(work)
    failed = [made.name for made in chosen if done[made.name]]
    print(json.dumps({"campaigns": len(chosen), "built": len(chosen) - len(failed),
                      "failed": failed, "seconds": round(time.perf_counter() - begun, 1)}))
    return 1 if failed else 0


def _done(results: Path | None) -> dict[str, list[str]]:
    """Return what earlier runs wrote; a campaign that failed is built again."""
    if results is None or not results.is_file():
        return {}
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return {line["campaign"]: [] for line in lines if not line["failed"]}


if __name__ == "__main__":
    sys.exit(main())
