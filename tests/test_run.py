"""A notebook's run leaves a whole brief or none, the same warm and cold, and tells no value."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from made_campaign import (
    FINDING,
    SHOW,
    code_cell,
    make_campaign,
    make_notebook,
    write_notebook,
)

import workbench
from workbench.briefs.address import server_address
from workbench.briefs.build import brief_name, notebook_path, plan_run
from workbench.briefs.declared import declared_parameters
from workbench.briefs.environment import FIXED
from workbench.briefs.headlines import EXHIBIT, collect_headlines, headlines_text
from workbench.briefs.kernel import failure_report
from workbench.briefs.parameters import check_parameters, parse_parameters
from workbench.briefs.run import run_notebook, start_server
from workbench.errors import (
    BriefError,
    CellFailed,
    NotebookError,
    SettingsError,
    SourceError,
    ValidationStopped,
)
from workbench.exhibits.exhibit import MIME
from workbench.settings import load_settings

pytestmark = pytest.mark.usefixtures("in_stage")

ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the server needs fork")
FILES = ("reports/count.html", "reports/count.json", "data/executed/count.ipynb",
         "data/appendix/count.html", "data/shown/count.json")
ITS_OWN = ("dvc.yaml", "notebooks/count.ipynb", "params.yaml")
RUN = "from workbench.settings import load_settings as s; from workbench.briefs.run import *; "


@pytest.fixture(autouse=True)
def cold(monkeypatch):
    monkeypatch.setenv("WORKBENCH_WARM", "0")


@pytest.fixture
def campaign(tmp_path):
    return make_campaign(tmp_path / "a campaign")


def run(root, **options):
    return run_notebook(load_settings(root), "count", parameters=options)


def plan(root, **options):
    return plan_run(load_settings(root), "count", name=None, options=options)


def brief_bytes(root):
    return {name: (root / name).read_bytes() for name in FILES}


def left_files(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


# Parameters


def test_parameters_come_from_the_cell_then_params_yaml_then_the_options(campaign):
    resolved = plan(campaign, share=0.25).resolved
    assert (resolved["kind"], resolved["n_rows"], resolved["share"]) == ("gift", 40, 0.25)
    assert plan(campaign, n_rows=41).resolved["n_rows"] == 41


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"n_row": 1}, "count.ipynb has no parameter 'n_row'. Did you mean 'n_rows'?"),
        ({"n_rows": "many"}, "parameter 'n_rows' must be a whole number"),
        ({"n_rows": True}, "parameter 'n_rows' must be a whole number"),
        ({"n_rows": 1.5}, "parameter 'n_rows' must be a whole number"),
        ({"share": "half"}, "parameter 'share' must be a number"),
        ({"kind": 7}, "parameter 'kind' must be a text"),
        ({"is_new": 1}, "parameter 'is_new' must be true or false"),
        ({"codes": "a"}, "parameter 'codes' must be a list"),
    ],
)
def test_a_parameter_that_the_notebook_would_not_understand_is_refused(campaign, option, message):
    with pytest.raises(NotebookError) as raised:
        plan(campaign, **option)
    assert message in str(raised.value)


def test_a_whole_number_may_stand_for_a_number():
    declared = declared_parameters(make_notebook(parameters="share = 0.5"), "count")
    assert check_parameters({"share": 1}, declared, "count") == {"share": 1.0}


CELL = """\
recent_days = 180  # days, 1 to 3650; a gift no older than this is recent
place = 'seat'  # seat, area or ward; the kind of place
effects = {
    "door": 0.025, "phone": 0.019,
}  # share, -0.2 to 0.2; what a contact adds
codes = ["a"]  # a, b or c; in this order
free = "any"  # who is asked or not
"""


@pytest.mark.parametrize(("given", "message"), [
    ({"recent_days": -5}, "'recent_days' is -5 and must be 1 to 3,650 (days)"),
    ({"recent_days": 100_000}, "'recent_days' is 100,000 and must be 1 to 3,650 (days)"),
    ({"recent_days": 0}, "must be 1 to 3,650"),
    ({"place": "seats"}, "Did you mean 'seat'? It can be: seat, area, ward."),
    ({"effects": {"door": 0.3}}, "is 0.3 and must be -0.2 to 0.2 (share)"),
    ({"effects": {"doors": 0.1}}, "no value named 'doors'. Did you mean 'door'? It has: door"),
    ({"effects": {"door": "much"}}, "'effects', door, must be a number"),
    ({"effects": [0.1, 0.2]}, "must be named values, as in its parameters cell, and not a list"),
    ({"codes": ["a", "d"]}, "It can be: a, b, c."),
])
def test_a_value_out_of_its_range_or_choices_is_refused_with_both_ends(given, message):
    declared = declared_parameters(make_notebook(parameters=CELL), "count")
    with pytest.raises(NotebookError) as raised:
        check_parameters(given, declared, "count")
    assert message in str(raised.value)


def test_the_ends_of_a_range_and_named_values_in_part_are_taken():
    declared = declared_parameters(make_notebook(parameters=CELL), "count")
    given = {"recent_days": 3650, "effects": {"phone": 0}, "codes": ["c", "a"], "free": "x or y"}
    assert check_parameters(given, declared, "count") == given | {
        "effects": {"door": 0.025, "phone": 0.0}}


def test_a_cell_whose_own_value_is_out_of_its_range_is_refused():
    cell = CELL.replace("180", "4000")
    with pytest.raises(NotebookError, match="'recent_days' is 4,000 and must be 1 to 3,650"):
        check_parameters({}, declared_parameters(make_notebook(parameters=cell), "c"), "c")


@pytest.mark.slow
def test_an_edit_of_the_cell_takes_effect_and_params_yaml_wins_aloud(campaign, capfd):
    """The two places of a parameter: what the analyst edits, and what the campaign changed."""
    params = campaign / "params.yaml"
    params.write_text(params.read_text().replace("    n_rows: 40\n", "    share: 0.5\n"))
    write_notebook(campaign, "count", make_notebook(parameters="n_rows = 12  # rows\nshare = 0.4"))
    page = run(campaign)
    assert "n_rows = 12" in page.read_text()
    assert "share = 0.5" in page.read_text()
    told = capfd.readouterr().err
    assert "count: share is 0.5 as params.yaml has it, and not 0.4" in told
    assert "n_rows" not in told


@pytest.mark.parametrize("source", ["n = len('a')", "import os", "n, m = 1, 2", "n = ", "n.x = 1"])
def test_a_parameters_cell_holds_literals_only(source):
    with pytest.raises(NotebookError, match="may only set names to literals"):
        declared_parameters(make_notebook(parameters=source), "count")


def test_a_notebook_without_a_parameters_cell_is_refused():
    notebook = make_notebook()
    notebook["cells"][1]["metadata"]["tags"] = []
    with pytest.raises(NotebookError, match=r"count\.ipynb has 0 cells tagged 'parameters'"):
        declared_parameters(notebook, "count")


def test_a_notebook_with_two_parameters_cells_is_refused():
    notebook = make_notebook()
    notebook["cells"].append(notebook["cells"][1])
    with pytest.raises(NotebookError, match="has 2 cells tagged"):
        declared_parameters(notebook, "count")


@pytest.mark.parametrize("option", ["n_rows", "=3", "a b=3", "../x=3"])
def test_an_option_that_is_not_key_and_value_is_refused(option):
    with pytest.raises(SettingsError, match="not of the form key=value"):
        parse_parameters([option])


def test_an_option_given_twice_is_refused():
    with pytest.raises(SettingsError, match="-p n is given twice"):
        parse_parameters(["n=1", "n=2"])


@pytest.mark.parametrize("text", ["!!python/object:os.system x", "[" * 5000, "&a [*a]", "{a: 1}"])
def test_an_option_that_is_no_plain_value_stays_the_text_that_it_is(text):
    assert parse_parameters([f"n={text}"]) == {"n": text}


# Names


@pytest.mark.parametrize("name", ["../count", "/etc/passwd", "count.ipynb", "", "a/b", "x\ny"])
def test_a_notebook_is_named_by_its_stem_and_by_nothing_else(campaign, name):
    with pytest.raises(NotebookError, match="There is no notebook"):
        notebook_path(campaign, name)


def test_the_nearest_notebook_is_suggested(campaign):
    with pytest.raises(NotebookError, match="Did you mean 'count'"):
        notebook_path(campaign, "counts")


def test_a_notebook_that_is_a_link_out_of_the_folder_is_refused(campaign, tmp_path):
    (tmp_path / "own.ipynb").write_text("{}")
    (campaign / "notebooks" / "own.ipynb").symlink_to(tmp_path / "own.ipynb")
    with pytest.raises(NotebookError, match="a link out of notebooks"):
        notebook_path(campaign, "own")


@pytest.mark.parametrize(
    "name", ["../x", "a/../b", "/x", "a/b/c", "A", "a.b", "a\n", "", "{x}", "quality/", "x" * 99]
)
def test_a_brief_cannot_be_named_out_of_its_folder(name):
    with pytest.raises(NotebookError, match="cannot name a brief"):
        brief_name(name)


# Headlines


def shown(*headlines):
    outputs = [{"data": {EXHIBIT: {"kind": "headline", **headline}}} for headline in headlines]
    return {"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]}


def test_headlines_are_collected_by_name():
    notebook = shown({"name": "n_a", "value": 5}, {"name": "n_b", "value": None})
    headlines = collect_headlines(notebook)
    assert {name: entry["value"] for name, entry in headlines.items()} == {"n_a": 5, "n_b": None}


def test_two_headlines_of_one_name_are_refused():
    with pytest.raises(BriefError, match="Two headlines are named 'n_a'"):
        collect_headlines(shown({"name": "n_a"}, {"name": "n_a"}))


def test_a_headline_that_is_no_finite_number_is_refused():
    with pytest.raises(BriefError, match="not a finite number"):
        headlines_text("count", "0" * 12, shown({"name": "n_a", "value": float("nan")}))


def test_exhibits_and_headlines_agree_on_where_an_exhibit_lies():
    assert EXHIBIT == MIME


# Failures


def test_the_text_of_a_foreign_error_is_not_told():
    try:
        {}["Quentin Examplename"]
    except KeyError as error:
        report = failure_report(error, error.__traceback__)
    assert (report["kind"], report["message"], report["is_ours"]) == ("KeyError", "", False)


def test_the_text_of_our_own_error_is_told_with_the_frames_that_raised_it():
    try:
        brief_name("../x")
    except NotebookError as error:
        report = failure_report(error, error.__traceback__)
    assert report["message"].startswith("'../x' cannot name a brief")
    assert report["frames"][0].startswith("workbench/briefs/build.py:")


def test_a_failing_cell_tells_its_place_and_no_value_and_leaves_the_last_brief(campaign, capfd):
    for name in FILES:
        (campaign / name).parent.mkdir(parents=True, exist_ok=True)
        (campaign / name).write_text("the last good brief")
    before = brief_bytes(campaign)
    failing = "n = 1\nprint('Quentin Examplename'); raise ValueError('Quentin Examplename')"
    write_notebook(campaign, "count", make_notebook(FINDING, failing))
    with pytest.raises(CellFailed) as raised:
        run(campaign)
    assert "count.ipynb stopped with ValueError in cell 5, line 2: print(" in str(raised.value)
    assert "make lab" in str(raised.value)
    assert brief_bytes(campaign) == before
    assert left_files(campaign) == sorted([*FILES, *ITS_OWN])
    told = "count: n_rows is 40 as params.yaml has it, and not 10 as in the notebook's cell\n"
    heading = "count: How many? (cell 2 of 5)\n"
    assert capfd.readouterr() == ("", told + heading)


@pytest.mark.parametrize(("code", "told"), [
    ("import pandas_tomorrow", "ModuleNotFoundError in cell 5, line 1: import pandas_tomorrow: "
     "No module named 'pandas_tomorrow'"),
    ("from workbench.tables import read_everything", "cannot import name 'read_everything'"),
    ("x = (1,", "SyntaxError in cell 5, line 1: x = (1,: incomplete input"),
    ("def f(:\n    pass", "SyntaxError in cell 5, line 1: def f(:: invalid syntax"),
    ("brief.rows(frme)", "name 'frme' is not defined"),
])
def test_what_is_wrong_with_names_in_the_code_is_told(campaign, code, told):
    write_notebook(campaign, "count", make_notebook(FINDING, code))
    with pytest.raises(CellFailed) as raised:
        run(campaign)
    assert told in str(raised.value)
    assert "count.ipynb stopped with" in str(raised.value)


def test_what_is_no_exhibit_is_refused_with_its_cell(campaign):
    write_notebook(campaign, "count", make_notebook(FINDING, SHOW, "pd.DataFrame({'n': [3]})",
                                                    "brief.provenance()"))
    with pytest.raises(BriefError, match=r"in the cell that begins: pd\.DataFrame"):
        run(campaign)


def explored(*sources):
    """The notebook of the campaign with cells for exploring among the others."""
    notebook = make_notebook()
    for number, source in enumerate(sources, start=20):
        notebook["cells"].insert(3, code_cell(number, source, "explore"))
    return notebook


@pytest.mark.slow
def test_cells_for_exploring_run_in_jupyterlab_and_stay_out_of_the_brief(campaign):
    page = run(campaign)
    before = {name: (campaign / name).read_bytes() for name in FILES}
    write_notebook(campaign, "count", explored("print('a look')", "raise ValueError('not yet')"))
    assert run(campaign) == page
    assert {name: (campaign / name).read_bytes() for name in FILES} == before
    assert "a look" in (campaign / "notebooks/count.ipynb").read_text()


@pytest.mark.slow
def test_an_error_is_told_by_the_number_that_the_cell_has_in_jupyterlab(campaign):
    notebook = explored("print('a look')", "print('another')")
    notebook["cells"].insert(-1, code_cell(30, "1 / 0"))
    write_notebook(campaign, "count", notebook)
    with pytest.raises(CellFailed, match=f"in cell {len(notebook['cells']) - 1}, line 1: 1 / 0"):
        run(campaign)


def test_an_error_of_the_workbench_in_a_cell_keeps_its_kind_and_its_words(campaign):
    raising = "from workbench.errors import SourceError\nraise SourceError('3 rows. Fix them.')"
    write_notebook(campaign, "count", make_notebook(raising))
    with pytest.raises(SourceError, match=r"3 rows. Fix them.\n  in count.ipynb, cell 4, line 2"):
        run(campaign)


STOP = """brief.finding(
    title="Source gifts stops", bottom_line="No row fits.", decision="Correct it.",
    stop={"error": "ValidationStopped", "message": "gifts.csv: 3 of 3 rows do not fit."},
)"""


@pytest.mark.slow
def test_a_finding_that_stops_ends_the_run_once_its_brief_is_written(campaign):
    run(campaign)
    before = brief_bytes(campaign)
    notebook = make_notebook()
    cell = next(c for c in notebook["cells"] if "brief.finding" in "".join(c["source"]))
    cell["source"] = STOP
    write_notebook(campaign, "count", notebook)
    with pytest.raises(ValidationStopped, match=r"^gifts\.csv: 3 of 3 rows do not fit\.$"):
        run(campaign)
    after = brief_bytes(campaign)
    assert all(after[name] != before[name] for name in FILES if not name.startswith("data/shown"))
    assert b"Source gifts stops" in after["reports/count.html"]
    assert json.loads(after["reports/count.json"])["stop"] == "gifts.csv: 3 of 3 rows do not fit."


@pytest.mark.slow
def test_a_run_leaves_a_stripped_notebook_and_a_whole_brief(campaign):
    notebook = make_notebook()
    notebook["cells"][2]["execution_count"] = 9
    path = write_notebook(campaign, "count", notebook)
    assert run(campaign) == campaign / "reports" / "count.html"
    assert '"execution_count": 9' not in path.read_text()
    assert left_files(campaign) == sorted([*FILES, *ITS_OWN])
    executed = (campaign / "data/executed/count.ipynb").read_text()
    for trace in ("papermill", "kernelspec", "0x7f", str(campaign)):
        assert trace not in executed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import sys; sys.exit()", "ended early in cell 4"),
        ("raise ExceptionGroup('x', [ValueError('x')])", "stopped with ExceptionGroup in cell 4"),
        ("1 +", "stopped with SyntaxError in cell 4, line 1"),
        ("import os; os._exit(3)", "its kernel was ended from outside"),
        ("import os; os.kill(os.getppid(), 9)", "The run was ended from outside"),
    ],
)
def test_every_way_to_fail_is_told(campaign, source, words):
    write_notebook(campaign, "count", make_notebook(source))
    with pytest.raises(CellFailed, match=words):
        run(campaign)


@pytest.mark.slow
def test_a_brief_is_the_same_in_another_place_and_under_other_surroundings(campaign, tmp_path):
    run(campaign)
    other = make_campaign(tmp_path / "elsewhere")
    run_in(other, {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "OMP_NUM_THREADS": "2",
                   "PYTHONHASHSEED": "7", "COLUMNS": "40", "HOME": str(tmp_path)})
    assert brief_bytes(other) == brief_bytes(campaign)


@pytest.mark.slow
@ONLY_LINUX
def test_a_notebook_runs_without_any_network(campaign):
    if subprocess.run(["unshare", "-rn", "true"], check=False).returncode:
        pytest.skip("this machine lets nobody leave the network")
    run_in(campaign, {}, "unshare", "-rn")
    assert (campaign / "reports" / "count.html").is_file()


def run_in(root, environment, *before, code=None, wait=True):
    code = code or f"run_notebook(s(Path({str(root)!r})), 'count')"
    process = subprocess.Popen(  # a shell's background jobs ignore SIGINT, which is inherited
        [*before, sys.executable, "-c", RUN + code], env={**os.environ, **environment},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    if wait:
        assert process.wait() == 0
    return process


# Warm kernels


@pytest.fixture
def warm(monkeypatch, tmp_path):
    """A folder for sockets of its own, with the switch on; servers end with their folder."""
    monkeypatch.setenv("WORKBENCH_WARM", "1")
    sockets = Path("/tmp") / f"workbench-test-{os.getpid()}"
    sockets.mkdir()
    monkeypatch.setenv("TMPDIR", str(sockets))
    monkeypatch.setattr("tempfile.tempdir", str(sockets))
    yield sockets
    shutil.rmtree(sockets)


def start_and_wait(root):
    with start_server(root) as process:
        return process.stdout.read()


@pytest.mark.slow
@ONLY_LINUX
def test_warm_and_cold_kernels_leave_the_same_bytes(campaign, warm, monkeypatch):
    assert start_and_wait(campaign) == b"ready\n"
    run(campaign)
    by_server = brief_bytes(campaign)
    monkeypatch.setenv("WORKBENCH_WARM", "0")
    run(campaign)
    assert brief_bytes(campaign) == by_server


@pytest.mark.slow
@ONLY_LINUX
def test_the_server_answers_with_the_error_and_not_the_value(campaign, warm, capfd):
    assert start_and_wait(campaign) == b"ready\n"
    write_notebook(campaign, "count", make_notebook("raise ValueError('Quentin Examplename')"))
    with pytest.raises(CellFailed, match="stopped with ValueError in cell 4, line 1"):
        run(campaign)
    with pytest.raises(NotebookError, match="no parameter 'rows'"):
        run(campaign, rows=1)
    captured = capfd.readouterr()
    assert "Examplename" not in captured.err.replace("raise ValueError('Quentin", "")


def server_pid(root):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(server_address(root)))
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return struct.unpack("3i", peer)[0]


@pytest.mark.slow
@ONLY_LINUX
def test_one_server_lives_at_an_address_and_holds_nothing_of_who_started_it(campaign, warm):
    with open(campaign / "lock", "w") as lock:
        os.set_inheritable(lock.fileno(), True)
        assert start_and_wait(campaign) == b"ready\n"
    assert start_and_wait(campaign) == b""
    held = {os.readlink(handle) for handle in Path(f"/proc/{server_pid(campaign)}/fd").iterdir()}
    kinds = {name.partition(":")[0] for name in held}
    assert kinds == {"/dev/null", "socket", str(server_address(campaign).with_suffix(".lock"))}


@pytest.mark.slow
@ONLY_LINUX
def test_a_killed_server_and_its_stale_socket_harm_nobody(campaign, warm):
    assert start_and_wait(campaign) == b"ready\n"
    os.kill(server_pid(campaign), signal.SIGKILL)
    run(campaign)
    assert (campaign / "reports" / "count.html").is_file()


@pytest.mark.slow
@ONLY_LINUX
def test_a_run_that_breaks_off_in_the_server_is_done_again_in_a_process_of_its_own(campaign, warm):
    assert start_and_wait(campaign) == b"ready\n"
    once = "import os\nif not os.path.exists('once'):\n    open('once', 'w').close()\n"
    notebook = make_notebook(once + "    os.kill(os.getppid(), 9)", FINDING, SHOW)
    write_notebook(campaign, "count", notebook)
    run(campaign)
    assert (campaign / "reports" / "count.html").is_file()


@pytest.mark.slow
@ONLY_LINUX
def test_a_server_that_nobody_asks_ends_and_leaves_nothing(campaign, warm):
    code = (f"from workbench.briefs.server import serve; "
            f"serve(Path({str(campaign)!r}), idle_seconds=0)")
    run_in(campaign, {}, code=code)
    assert list((warm / f"workbench-{os.getuid()}").iterdir()) == []


@pytest.mark.slow
@ONLY_LINUX
def test_a_server_ends_with_the_campaigns_folder(campaign, warm):
    assert start_and_wait(campaign) == b"ready\n"
    server = os.pidfd_open(server_pid(campaign))
    shutil.rmtree(campaign)
    assert select.select([server], [], [], 10)[0]
    os.close(server)


@pytest.mark.slow
@ONLY_LINUX
def test_a_server_never_runs_code_that_has_changed(campaign, warm, monkeypatch, tmp_path):
    source = tmp_path / "src"
    shutil.copytree(Path(workbench.__file__).parent, source / "workbench",
                    ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(source))
    assert start_and_wait(campaign) == b"ready\n"
    (path,) = (warm / f"workbench-{os.getuid()}").glob("*.lock")
    lock = path.open()
    run_in(campaign, {})
    assert "A new unit" not in (campaign / "reports" / "count.json").read_text()
    measures = source / "workbench" / "measures.py"
    changed = "self.__dict__ | {'unit': 'A new unit'}"
    measures.write_text(measures.read_text().replace("asdict(self)", changed))
    run_in(campaign, {})
    assert "A new unit" in (campaign / "reports" / "count.json").read_text()
    fcntl.flock(lock, fcntl.LOCK_EX)  # returns when the old server has ended
    lock.close()


@pytest.mark.slow
@ONLY_LINUX
@pytest.mark.parametrize("is_warm", [True, False])
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_who_asks_and_goes_away_ends_the_run(campaign, warm, is_warm, blow):
    if is_warm:
        assert start_and_wait(campaign) == b"ready\n"
    os.mkfifo(campaign / "told")
    waiting = "import os, threading\nprint(os.getpid(), file=open('told', 'w'))\n"
    write_notebook(campaign, "count", make_notebook(waiting, "threading.Event().wait()"))
    client = run_in(campaign, {"WORKBENCH_WARM": str(int(is_warm))}, wait=False)
    kernel = os.pidfd_open(int((campaign / "told").read_text()))
    client.send_signal(blow)
    assert client.wait() != 0
    assert select.select([kernel], [], [], 10)[0], "the kernel still runs"
    os.close(kernel)


@ONLY_LINUX
def test_a_folder_for_sockets_that_others_may_enter_is_not_used(campaign, warm):
    (warm / f"workbench-{os.getuid()}").mkdir(mode=0o700)
    assert server_address(campaign) is not None
    (warm / f"workbench-{os.getuid()}").chmod(0o755)
    assert server_address(campaign) is None


def test_asking_for_a_run_loads_no_heavy_library():
    code = RUN + "import sys; print([m for m in ('pandas', 'pyarrow') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_what_could_change_a_brief_is_fixed():
    assert {"PYTHONHASHSEED", "TZ", "LC_ALL", "SOURCE_DATE_EPOCH", "OMP_NUM_THREADS"} <= set(FIXED)
