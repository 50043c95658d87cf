"""Build one brief: resolve its parameters, run its notebook, render it, write it whole."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

from workbench import errors
from workbench.baseline import read_baseline
from workbench.briefs.blocks import read_received
from workbench.briefs.changed import cause_words
from workbench.briefs.declared import declared_parameters
from workbench.briefs.headlines import brief_stop, brief_title, headlines_text
from workbench.briefs.manifest import Manifest
from workbench.briefs.parameters import check_parameters, overridden
from workbench.briefs.strip import Notebook, notebook_text, read_notebook, strip_file
from workbench.briefs.versions import (
    brief_inputs,
    content_version,
    environment_hash,
)
from workbench.errors import NotebookError, WorkbenchError, nearest_name
from workbench.settings import Settings
from workbench.tables import whole_file
from workbench.tables.trials import is_stage, place_to_write

if TYPE_CHECKING:
    from workbench.briefs.kernel import RunningKernel

NOTEBOOK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
BRIEF_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}(/[a-z][a-z0-9_-]{0,60})?")


@dataclass(frozen=True)
class Run:
    """What one run of a notebook is asked to do, checked and resolved.

    ``parameters`` are those given, to be injected; ``resolved`` are all that the notebook has,
    with the literals of its own parameters cell where nothing was given. ``options`` are those
    given for this run alone.
    """

    notebook: str
    brief: str
    content: Notebook
    parameters: Mapping[str, Any]
    resolved: Mapping[str, Any]
    options: Mapping[str, Any]

    @property
    def command(self) -> str:
        """The command that builds the brief again."""
        name = [] if self.brief == self.notebook else ["--name", self.brief]
        given = [f"{key}={_spelled(value)}" for key, value in sorted(self.options.items())]
        options = [part for option in given for part in ("-p", option)]
        return shlex.join(["workbench", "run", self.notebook, *name, *options])


def plan_run(
    settings: Settings, notebook: str, *, name: str | None, options: Mapping[str, Any]
) -> Run:
    """Check names and parameters, strip the notebook's file, and say what is to be run."""
    path = notebook_path(settings.root, notebook)
    brief = brief_name(name or notebook)
    content = read_notebook(path)
    declared = declared_parameters(content, notebook)
    changed = settings.notebooks.get(notebook) or {}
    for line in overridden(changed, declared):
        print(f"{notebook}: {line}", file=sys.stderr)
    parameters = check_parameters({**changed, **options}, declared, notebook)
    if strip_file(path):
        content = read_notebook(path)
    resolved = {**{one.name: one.literal for one in declared.values()}, **parameters}
    return Run(notebook, brief, content, parameters, resolved, options)


def notebook_path(root: Path, name: str) -> Path:
    """Return the file of a notebook in notebooks/; NotebookError for any other name."""
    names = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    if name not in names or not NOTEBOOK_NAME.fullmatch(name):
        raise NotebookError(
            f"There is no notebook {name[:60]!a} in notebooks/.{nearest_name(name, names)} "
            f"Name one by its stem: {', '.join(names) or 'there are none yet'}."
        )
    path = root / "notebooks" / f"{name}.ipynb"
    if path.resolve().parent != (root / "notebooks").resolve():
        raise NotebookError(f"{name}.ipynb is a link out of notebooks/. Copy the notebook there.")
    return path


def brief_name(name: str) -> str:
    """Return ``name`` if it may name a brief; NotebookError where it could leave reports/.

    >>> brief_name("quality/voters")
    'quality/voters'
    """
    if not BRIEF_NAME.fullmatch(name):
        raise NotebookError(
            f"{name[:60]!a} cannot name a brief. Use lower-case letters, digits, '_' and "
            "'-', with one '/' at the most, such as donors or quality/voters."
        )
    return name


def build_brief(settings: Settings, run: Run, kernel: RunningKernel) -> Path:
    """Run the notebook in ``kernel`` and leave its brief; return the path of the page.

    Nothing is written before all has succeeded: the last good brief stands until then. Where
    the finding says that the run stops, its error is raised once the brief is written.
    """
    manifest = describe_run(settings, run)
    run_cells = import_module("workbench.briefs.run_cells")
    ledger = import_module("workbench.briefs.ledger")
    rendering = Thread(target=import_module, args=("workbench.briefs.render",), daemon=True)
    rendering.start()  # imports nbconvert while the cells run in the kernel's process
    audited = ledger.run_audited(
        run.content, run.parameters, manifest=manifest, name=run.notebook, kernel=kernel
    )
    executed = audited.notebook
    run_cells.tidy_outputs(executed, settings.root)
    executed.metadata["n_hidden_second"] = audited.n_second
    rendering.join()
    render = import_module("workbench.briefs.render")
    texts = {
        f"data/executed/{run.brief}.ipynb": notebook_text(executed),
        f"data/appendix/{run.brief}.html": render.render_appendix(executed, manifest, settings),
        f"data/shown/{run.brief}.json": audited.text,
        f"reports/{run.brief}.json": headlines_text(
            run.brief, manifest.version, executed,
            why=" ".join(cause_words(manifest, read_baseline(settings.root)))),
        f"reports/{run.brief}.html": render.render_brief(executed, manifest, settings),
    }
    places = {path: place_to_write(settings.root, path, in_trial=manifest.is_trial)
              for path in texts}
    write_together({places[path]: text for path, text in texts.items()})
    page = places[f"reports/{run.brief}.html"]
    if stop := brief_stop(executed):
        raise_told(stop)
    return page


def raise_told(stop: Mapping[str, str]) -> NoReturn:
    """Raise the error that a finding says ends its run."""
    kind: type[WorkbenchError] = getattr(errors, stop["error"], WorkbenchError)
    raise kind(stop["message"])


def describe_run(settings: Settings, run: Run) -> Manifest:
    """Return the manifest of a run, with the version that its inputs and parameters give."""
    inputs = brief_inputs(settings.root, run.notebook, run.brief)
    before = read_baseline(settings.root).briefs.get(run.brief, {})
    return Manifest(
        brief=run.brief,
        title=brief_title(run.content),
        version=content_version(settings, run.brief, inputs=inputs, parameters=run.resolved),
        previous_version=str(before.get("version", "")),
        inputs=inputs,
        parameters=run.resolved,
        environment=environment_hash(settings.root),
        disclosure=asdict(settings.disclosure),
        as_of=settings.campaign.as_of.isoformat(),
        command=run.command,
        received=read_received(settings, inputs),
        is_trial=not is_stage(),
    )


def write_together(texts: Mapping[Path, str]) -> None:
    """Write texts so that none replaces what stands before all lie whole on the disk."""
    with ExitStack() as drafts:
        for path, text in texts.items():
            draft = drafts.enter_context(whole_file(path))
            draft.write_text(text, encoding="utf-8", newline="\n")


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
