"""Notebooks are kept without what a run leaves in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_campaign import make_notebook

from workbench.briefs.strip import (
    read_notebook,
    strip_before_save,
    strip_file,
    strip_folder,
    strip_notebook,
)
from workbench.errors import NotebookError

REPOSITORY = Path(__file__).parents[1]


def run_notebook_by_hand():
    notebook = make_notebook("1 + 1")
    output = {"output_type": "stream", "name": "stdout", "text": "Quentin Examplename"}
    notebook["cells"][3] |= {"execution_count": 7, "outputs": [output]}
    notebook["cells"][3]["metadata"]["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    notebook["metadata"] = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    return notebook


def test_stripping_leaves_what_people_wrote_and_nothing_that_a_run_left():
    notebook = run_notebook_by_hand()
    assert strip_notebook(notebook)
    assert notebook == make_notebook("1 + 1")


@pytest.mark.parametrize("left", [
    {"deletable": True, "editable": True, "slideshow": {"slide_type": ""}, "tags": []},
    {"editable": True}, {"slideshow": {}}, {"tags": []}])
def test_what_the_property_inspector_leaves_is_stripped(left):
    notebook = make_notebook("1 + 1")
    notebook["cells"][3]["metadata"] = dict(left)
    assert strip_notebook(notebook)
    assert notebook == make_notebook("1 + 1")


def test_what_an_analyst_chose_in_the_property_inspector_stays():
    chosen = {"deletable": False, "editable": False, "slideshow": {"slide_type": "skip"},
              "tags": ["explore"]}
    notebook = make_notebook("1 + 1")
    notebook["cells"][3]["metadata"] = dict(chosen)
    assert not strip_notebook(notebook)
    assert notebook["cells"][3]["metadata"] == chosen


def test_stripping_twice_changes_nothing_more():
    notebook = run_notebook_by_hand()
    strip_notebook(notebook)
    assert not strip_notebook(notebook)


def test_a_clean_file_keeps_its_very_bytes(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(make_notebook("1 + 1")))  # one line: not how Jupyter spells it
    before = path.read_bytes()
    assert not strip_file(path)
    assert path.read_bytes() == before


def test_only_the_files_with_outputs_are_rewritten(tmp_path):
    (tmp_path / "clean.ipynb").write_text(json.dumps(make_notebook()))
    (tmp_path / "run.ipynb").write_text(json.dumps(run_notebook_by_hand()))
    assert strip_folder(tmp_path) == (tmp_path / "run.ipynb",)
    assert "Examplename" not in (tmp_path / "run.ipynb").read_text()


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3}', "[" * 100_000])
def test_what_is_no_notebook_is_refused_by_name(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(NotebookError, match=r"a\.ipynb is not a notebook"):
        read_notebook(tmp_path / "a.ipynb")


def test_jupyter_strips_a_notebook_as_it_saves_it(tmp_path):
    from jupyter_server.services.contents.largefilemanager import LargeFileManager
    from traitlets.config.loader import PyFileConfigLoader

    folder = REPOSITORY / "etc" / "jupyter"
    config = PyFileConfigLoader("jupyter_server_config.py", str(folder)).load_config()
    contents = LargeFileManager(root_dir=str(tmp_path), config=config)
    model = {"type": "notebook", "format": "json", "content": run_notebook_by_hand()}
    contents.save(model, "a.ipynb")
    assert read_notebook(tmp_path / "a.ipynb")["metadata"] == {}
    assert "Examplename" not in (tmp_path / "a.ipynb").read_text()


def test_the_save_hook_leaves_other_files_alone():
    model = {"type": "file", "format": "text", "content": "text"}
    strip_before_save(model)
    assert model["content"] == "text"


def test_jupyterlab_asks_no_server_for_news():
    folder = REPOSITORY / "etc" / "jupyter" / "labconfig"
    settings = json.loads((folder / "default_setting_overrides.json").read_text())
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"checkForUpdates": False, "fetchNews": "false"}


def test_every_committed_notebook_is_stripped():
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        assert not strip_notebook(read_notebook(path)), path.name
