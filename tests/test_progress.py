"""A terminal shows in one line where a long step stands, a log in plain lines, a file nowhere."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata

import pytest
from made_campaign import FINDING, SHOW, code_cell, make_campaign, make_notebook, write_notebook
from made_files import GIFTS, csv_text, make_folder

from workbench.intake.parts import share_read
from workbench.progress import Step, _notes_go_to, line_of, send_notes
from workbench.sources import Chunk, open_source

SHOW_STEPS = """
import sys
from pathlib import Path
from workbench.progress import follow_notes, note, run_again, send_notes, shown, step
with shown("letters", Path(sys.argv[1])):
"""
TWO_STEPS = """
    step("folding")
    step("folding")
    step("posting \\x1b[31m\\rred")
    note("12 letters", 0.5)
"""
RUN = """
import sys
from pathlib import Path
from workbench.briefs.run import run_notebook
from workbench.errors import WorkbenchError
from workbench.settings import load_settings
try:
    run_notebook(load_settings(Path(sys.argv[1])), "count")
except WorkbenchError as error:
    sys.exit(f"workbench: {error}")
"""
DONE = r"letters: done in 0:0\d\n"
WHO = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "## Who gives most?\n\nSome."}
WRITTEN = ("reports/count.html", "reports/count.json", "data/executed/count.ipynb",
           "data/appendix/count.html", "data/shown/count.json")


def command(code, folder):
    return [sys.executable, "-c", code, str(folder)]


def environment(**changed):
    """That of a person at a terminal: no stage of DVC's, no warm server, no tqdm setting."""
    return {**os.environ, "WORKBENCH_WARM": "0", "TERM": "xterm", "DVC_STAGE": "a stage",
            "PYTHONIOENCODING": "utf-8", **changed}


def through_pipe(code, folder):
    return subprocess.run(command(code, folder), env=environment(), capture_output=True,
                          text=True, check=False)


def on_terminal(code, folder, *, n_columns=100, until="", **changed):
    """Run code with all its streams on a terminal; return the text that the terminal gets.

    Once ``until`` is there, a line is typed, for which the code may wait.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, n_columns, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    with subprocess.Popen(command(code, folder), env=environment(**changed), stdin=theirs,
                          stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        got = b""
        while part := read_some(ours):
            got += part
            if until and until in got.decode("utf-8", "replace"):
                os.write(ours, b"\n")
                until = ""
        process.wait(timeout=60)
    os.close(ours)
    return got.decode("utf-8").replace("\r\n", "\n")


def read_some(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # nobody has it open any more
        return b""


def left_standing(text):
    """The lines as a reader sees them in the end: what was written over is gone."""
    return [line.rpartition("\r")[2].rstrip() for line in text.split("\n")]


def width(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "FW" else 1 for sign in text)


# Steps of any kind


def test_elsewhere_each_new_text_is_a_plain_line(tmp_path):
    done = through_pipe(SHOW_STEPS + TWO_STEPS, tmp_path)
    assert done.stdout == ""
    assert done.stderr == "letters: folding\nletters: posting  [31m red\n"


def test_a_terminal_has_one_line_that_is_written_again(tmp_path):
    got = on_terminal(SHOW_STEPS + TWO_STEPS, tmp_path)
    assert re.search(r"\rletters: 0:0\d, folding *\r", got)
    assert re.fullmatch(DONE, "\n".join(left_standing(got)))
    assert "\x1b" not in got


def test_steps_that_are_run_again_are_numbered_on_a_terminal_and_said_once_elsewhere(tmp_path):
    again = SHOW_STEPS + """
    step("folding")
    run_again("once more, with thinner paper")
    step("folding")
"""
    got = on_terminal(again, tmp_path)
    assert re.search(r"\rletters: 0:0\d, folding *\r", got)
    assert re.search(r"\rletters, run 2: 0:0\d, folding *\r", got)
    assert re.fullmatch(DONE, "\n".join(left_standing(got)))
    assert through_pipe(again, tmp_path).stderr == (
        "letters: folding\nletters: once more, with thinner paper\n")


def test_a_terminal_that_cannot_write_again_gets_plain_lines(tmp_path):
    got = on_terminal(SHOW_STEPS + TWO_STEPS, tmp_path, TERM="dumb")
    assert got == "letters: folding\nletters: posting  [31m red\n"


@pytest.mark.parametrize("n_columns", [1, 2, 12, 40])
def test_a_narrow_terminal_cuts_the_line_and_never_wraps_it(tmp_path, n_columns):
    steps = "    step('Wer gibt am meisten? 誰が一番多く寄付するか', number=3, n_cells=4)\n"
    got = on_terminal(SHOW_STEPS + steps, tmp_path, n_columns=n_columns)
    assert got.count("\n") == 1
    assert max(map(width, re.split(r"[\r\n]", got))) < max(n_columns, 2)


def test_a_terminal_that_does_not_tell_its_width_gets_a_line_of_the_usual_one(tmp_path):
    steps = f"    step({'long ' * 40!r})\n"
    got = on_terminal(SHOW_STEPS + steps, tmp_path, n_columns=0)
    assert got.count("\n") == 1
    assert max(map(width, re.split(r"[\r\n]", got))) == 79


@pytest.mark.parametrize("place", ["terminal", "pipe"])
def test_an_error_begins_on_a_line_of_its_own(tmp_path, place):
    failing = SHOW_STEPS + "    step('folding')\n    sys.exit('workbench: no paper')\n"
    got = (on_terminal(failing, tmp_path) if place == "terminal"
           else through_pipe(failing, tmp_path).stderr)
    assert left_standing(got)[-2:] == ["workbench: no paper", ""]
    assert "folding" in left_standing(got)[-3]


def test_the_line_is_kept_up_to_date_and_tells_what_another_process_notes(tmp_path):
    """The notes of a kernel go to a file; who shows it reads the file again and again."""
    noted = SHOW_STEPS + """
    step("reading", number=1, n_cells=2)
    path = Path(sys.argv[1], "note.json")
    follow_notes(path)
    path.write_text('{"no')
    send_notes(path)
    note("1,200 rows read", 0.5)
    input()
    step("checking", number=2, n_cells=2)
"""
    got = on_terminal(noted, tmp_path, until="1,200 rows read")
    assert re.search(r"\rletters: \|██▌ +\| cell 1 of 2, 0:0\d, .*1,200 rows read, reading", got)
    assert not re.search(r"rows read, checking", got)
    assert not (tmp_path / "note.json").exists()


def test_the_time_left_is_that_of_the_last_good_run(tmp_path):
    kept = tmp_path / ".dvc/tmp/seconds-letters.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("[0.0, 60.0, 100.0]")
    failing = SHOW_STEPS + "    step('folding')\n    sys.exit('no paper')\n"
    assert re.search(r"letters: \|          \| 0:00, about 1:3\d left, folding",
                     on_terminal(failing, tmp_path))
    assert kept.read_text() == "[0.0, 60.0, 100.0]"
    good = SHOW_STEPS + "    step('folding')\n    step('posting')\n    step('resting')\n"
    got = on_terminal(good, tmp_path)
    assert re.search(r"\| 0:00, about 0:3\d left, posting", got)
    assert "\rletters: 0:00, resting" in got  # which that run did not have
    assert json.loads(kept.read_text())[-1] < 10
    assert len(json.loads(kept.read_text())) == 4


@pytest.mark.parametrize("text", ["", "{", "{}", "3", '["a"]', "null"])
def test_without_a_run_that_is_known_no_time_left_is_told(tmp_path, text):
    kept = tmp_path / ".dvc/tmp/seconds-letters.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(text)
    got = on_terminal(SHOW_STEPS + "    step('folding')\n", tmp_path)
    assert " left" not in got
    assert re.fullmatch(DONE, "\n".join(left_standing(got)))


def test_the_time_left_of_a_step_goes_by_its_notes():
    """A quarter took 10 seconds, half is left, and 2 seconds have gone by since: 20 - 2."""
    step = Step("reading", note="6 rows", done_share=0.5, notes=((10.0, 0.25), (20.0, 0.5)))
    assert line_of("gifts", step, 22.0, None) == (
        "gifts: 0:22, about 0:18 left of this step, 6 rows, reading")
    first = Step("reading", note="3 rows", done_share=0.25, notes=((10.0, 0.25), (10.0, 0.25)))
    assert line_of("gifts", first, 22.0, None) == "gifts: 0:22, 3 rows, reading"


# Notebooks


@pytest.fixture
def campaign(tmp_path):
    return make_campaign(tmp_path / "campaign")


def write_two_headings(campaign, *sources):
    """A notebook with a second heading above its last cells."""
    notebook = make_notebook(FINDING, SHOW)
    notebook["cells"] += [WHO, *(code_cell(7 + n, source) for n, source in enumerate(sources))]
    write_notebook(campaign, "count", notebook)


def built(campaign):
    return {name: (campaign / name).read_bytes() for name in WRITTEN}


@pytest.mark.slow
def test_a_notebook_tells_its_headings_and_leaves_the_same_bytes_everywhere(campaign):
    write_two_headings(campaign, "brief.provenance()", "1;")
    done = through_pipe(RUN, campaign)
    assert done.stderr.splitlines()[1:] == [
        "count: How many? (cell 2 of 8)", "count: Who gives most? (cell 7 of 8)"]
    in_pipe = built(campaign)
    got = on_terminal(RUN, campaign)
    assert "cell 2 of 8, 0:0" in got
    assert re.search(r"\rcount: \|█+.? *\| cell 8 of 8, 0:\d\d, Who gives most\? *\r", got)
    assert left_standing(got)[1].startswith("count: done in 0:")
    assert built(campaign) == in_pipe
    assert not [path for path in campaign.rglob("*") if "seconds" in path.name]


def test_a_notebook_that_fails_leaves_its_place_above_the_message(campaign):
    write_two_headings(campaign, "raise ValueError('Quentin Examplename')")
    lines = left_standing(on_terminal(RUN, campaign))
    assert re.fullmatch(r"count: \|█+.? *\| cell 7 of 7, 0:\d\d, Who gives most\?", lines[1])
    assert lines[2].startswith("workbench: count.ipynb stopped with ValueError in cell 7")


@pytest.mark.slow
def test_cells_for_exploring_keep_their_number_and_are_not_told(campaign):
    notebook = make_notebook()
    notebook["cells"].insert(3, code_cell(9, "1 / 0", "explore"))
    write_notebook(campaign, "count", notebook)
    got = on_terminal(RUN, campaign)
    assert "cell 3 of 8" in got
    assert "cell 4 of 8" not in got
    assert "cell 5 of 8" in got


def test_a_run_that_is_killed_leaves_the_message_a_line_of_its_own(campaign):
    killing = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    write_two_headings(campaign, killing)
    lines = left_standing(on_terminal(RUN, campaign))
    assert "cell 7 of 7" in lines[1]
    assert lines[2].startswith("workbench: The run was ended from outside")


def test_a_source_tells_how_many_of_its_rows_are_read(tmp_path):
    folder = make_folder(tmp_path / "campaign")
    folder.write(csv_text(*GIFTS))
    send_notes(tmp_path / "note.json")
    try:
        folder.admit()
    finally:
        _notes_go_to.clear()
    told = json.loads((tmp_path / "note.json").read_text())
    assert told == {"text": "3 rows read", "done_share": 1.0}


def test_the_share_that_is_read_counts_the_bytes_of_all_files(tmp_path):
    """The second file is three times the first: at its middle 5 of 8 parts are read."""
    folder = make_folder(tmp_path / "campaign", path="data/raw/gifts")
    first = csv_text(*GIFTS)
    folder.write(first, "data/raw/gifts/a.csv")
    folder.write(first.ljust(3 * len(first), "\n"), "data/raw/gifts/b.csv")
    opened = open_source(folder.settings.source("gifts"), folder.root)
    stop = 3 * len(first) // 2
    chunk = Chunk(1, 0, stop, first_line=1, lines_before=4, is_last=False)
    assert share_read(opened, chunk) == pytest.approx(5 / 8, abs=0.01)
