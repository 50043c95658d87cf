"""Sealed copies: only their words open them, no byte changes unseen, no word is written down."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import os
import pty
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from made_briefs import made_manifest, made_notebook, made_settings
from made_payloads import HOSTILE

from workbench.briefs.render import render_brief
from workbench.errors import BriefError, NotebookError, SealError, StorageError
from workbench.sealing import check_copies, envelope, seal_brief
from workbench.sealing.command import run_seal
from workbench.sealing.copies import Copy, mark_copy, recipient_name
from workbench.sealing.envelope import envelope_digest, open_text, seal_text
from workbench.sealing.log import read_log
from workbench.sealing.page import open_page, sealed_page, template_text
from workbench.sealing.words import draw_passphrase, normal_words, word_list

WORDS = "acid acorn acre acts afar affix"
BOUND = "Copy 2, for Ann Example\n0123456789ab"
REPOSITORY = Path(__file__).parents[1]
HTML = render_brief(made_notebook(with_charts=False), made_manifest(), made_settings())
CANARIES = tuple(f"canary{number:04d}@example.org" for number in range(1000))


def made_copy(recipient: str = "Ann Example", **changes) -> Copy:
    """The second copy of the made-up brief."""
    return dataclasses.replace(Copy("donors", "0123456789ab", 2, recipient, "Confidential"),
                               **changes)


def built(root: Path, html: str = HTML):
    """A campaign with one built brief."""
    folder = root / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "donors.html").write_text(html, encoding="utf-8")
    (folder / "donors.json").write_text(
        json.dumps({"brief": "donors", "version": "0123456789ab"}), encoding="utf-8")
    return made_settings(root)


def test_six_words_are_drawn_from_more_than_seven_thousand_seven_hundred():
    words = word_list()
    assert len(words) == len(set(words)) == 7772
    assert all(re.fullmatch("[a-z]{3,9}", word) for word in words)
    drawn = draw_passphrase()
    assert len(drawn.split()) == 6
    assert set(drawn.split()) <= set(words)
    assert drawn != draw_passphrase()


@pytest.mark.parametrize("typed", ["acid-acorn", " Acid  ACORN ", "acid\tacorn", "ａｃｉｄ acorn"])
def test_words_may_be_typed_with_capitals_hyphens_and_wide_spaces(typed):
    assert normal_words(typed) == "acid acorn"


def test_what_was_sealed_opens_by_its_words_and_by_no_others():
    sealed = seal_text("The finding", WORDS, BOUND)
    assert open_text(sealed, WORDS.upper(), BOUND) == "The finding"
    with pytest.raises(SealError, match="These words do not open this sealed copy"):
        open_text(sealed, "acid acorn acre acts affix afar", BOUND)


def test_a_copy_for_another_version_or_recipient_does_not_open():
    sealed = seal_text("The finding", WORDS, BOUND)
    with pytest.raises(SealError, match="damaged"):
        open_text(sealed, WORDS, BOUND.replace("Ann", "Ben"))
    main = sealed.rpartition(".")[0]
    other = BOUND.replace("0123", "9999")
    with pytest.raises(SealError, match="do not open"):
        open_text(f"{main}.{envelope_digest(main, other)}", WORDS, other)


def test_two_copies_share_neither_salt_nor_key_nor_content():
    one, two = (seal_text("The finding", WORDS, BOUND).split(".")[1:] for _ in range(2))
    assert not set(one) & set(two)


def test_the_key_costs_six_hundred_thousand_rounds_here_and_in_the_browser():
    assert envelope.ITERATIONS >= 600_000
    assert f"N_ROUNDS = {envelope.ITERATIONS};" in template_text("seal.js")


def flipped(content: bytes, seed: int, n_flips: int):
    """Yield the content with one byte changed, each time another one."""
    rng = random.Random(seed)
    for place in rng.sample(range(len(content)), n_flips):
        changed = bytearray(content)
        changed[place] ^= rng.randrange(1, 256)
        yield place, bytes(changed)


def test_a_thousand_flipped_bytes_of_the_envelope_are_all_noticed():
    sealed = seal_text(HTML, WORDS, BOUND).encode()
    for _, changed in flipped(sealed, 1, 1000):
        with pytest.raises(SealError, match="damaged"):
            open_text(changed.decode("utf-8", "replace"), WORDS, BOUND)


def test_a_thousand_flips_are_noticed_where_the_digest_was_made_to_fit():
    main = seal_text(HTML, WORDS, BOUND).rpartition(".")[0]
    head = ".".join(main.split(".")[:2]) + "."
    body = main.removeprefix(head).encode()
    for _, changed in flipped(body, 2, 1000):
        forged = head + changed.decode("utf-8", "replace")
        with pytest.raises(SealError, match="damaged|do not open"):
            open_text(f"{forged}.{envelope_digest(forged, BOUND)}", WORDS, BOUND)


def test_a_copy_is_marked_in_the_bar_every_section_the_footer_and_on_paper():
    content = mark_copy(HTML, made_copy())
    n_sections = HTML.count("</section>")
    assert n_sections > 3
    assert content.body.count("Copy 2, for Ann Example</p></section>") == n_sections
    for end in ("</div></header>", "</footer>"):
        assert f'<p class="copy">Copy 2, for Ann Example</p>{end}' in content.body
    assert '@top-center{content:"Copy 2, for Ann Example"' in content.styles[-1]


def test_a_copy_leads_to_no_other_file():
    html = HTML.replace("</main>", '<a href="voters.html">Voters</a><a href="#x">x</a></main>')
    body = mark_copy(html, made_copy()).body
    assert "All briefs" not in body
    assert re.findall(r'href="([^"]*)"', body) == ["#x"]
    assert "Voters" in body


@pytest.mark.parametrize("html", ["", "<body><p>x</p></body>", HTML.replace("0123456789ab", "9")])
def test_what_is_no_page_of_that_version_is_not_sealed(html):
    with pytest.raises(BriefError, match="is no page of this version of the workbench"):
        mark_copy(html, made_copy())


@pytest.mark.parametrize("payload", HOSTILE[::30])
def test_a_hostile_recipient_stays_text(payload):
    name = recipient_name("".join(sign for sign in payload if sign.isprintable())[:60])
    plain, hostile = (sealed_page(mark_copy(HTML, made_copy(n)), made_copy(n), WORDS)
                      for n in ("Ann", name))
    tags = [re.findall(r"<[a-z/!]+", re.sub("<script>.*", "", page)) for page in (plain, hostile)]
    assert tags[0] == tags[1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_read_on_paper_is_refused(name):
    with pytest.raises(SealError, match="A recipient's name has 1 to 60 signs"):
        recipient_name(name)


def test_a_page_opens_here_as_in_a_browser_and_shows_no_word_of_the_brief_before():
    copy = made_copy("Ann & <b>Bo</b>")
    content = mark_copy(HTML, copy)
    page = sealed_page(content, copy, WORDS)
    assert open_page(page, WORDS) == content
    for secret in ("donors would give", "Harbour Alliance", "12,340", WORDS):
        assert secret not in page


def test_the_policy_of_a_sealed_page_lets_in_its_own_scripts_and_style_alone():
    page = sealed_page(mark_copy(HTML, made_copy()), made_copy(), WORDS)
    policy = re.search(r'Policy" content="([^"]*)"', page)[1]
    assert re.fullmatch(
        r"default-src 'none'; script-src( 'sha256-[^' ]+'){2}; style-src 'sha256-[^' ]+'; "
        r"img-src data:; base-uri 'none'; form-action 'none'", policy)
    for never in ("localStorage", "sessionStorage", "indexedDB", "cookie", "caches", "fetch("):
        assert never not in page


def test_copies_are_numbered_and_entered_and_open_by_their_own_words(tmp_path):
    settings = built(tmp_path)
    sealed = [*seal_brief(settings, "donors", ["Ann Example", "Ben Øre"]),
              *seal_brief(settings, "donors", ["Ann Example"])]
    assert [one.copy.number for one in sealed] == [1, 2, 3]
    assert sealed[1].file == "sealed/donors-0123456789ab-2-ben-re.html"
    pages = [(tmp_path / one.file).read_text(encoding="utf-8") for one in sealed]
    assert "Copy 2, for Ben Øre" in open_page(pages[1], sealed[1].passphrase).body
    with pytest.raises(SealError, match="do not open"):
        open_page(pages[1], sealed[0].passphrase)
    assert [entry["copy"] for entry in read_log(tmp_path)] == [1, 2, 3]
    assert all(line.endswith("as it was sealed") for line in check_copies(tmp_path))


def test_of_a_thousand_canaries_and_the_words_no_file_holds_one(tmp_path):
    canaries = "".join(f"<p>{canary}</p>" for canary in CANARIES)
    settings = built(tmp_path, HTML.replace("</main>", f"{canaries}</main>"))
    sealed = seal_brief(settings, "donors", ["Ann Example", "Ben Example"])
    files = [path for path in (tmp_path / "sealed").rglob("*") if path.is_file()]
    assert len(files) == 4
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert [c for c in CANARIES if c in text] == []
        assert [one for one in sealed if one.passphrase in text
                or one.passphrase.replace(" ", "-") in text] == []
    opened = open_page((tmp_path / sealed[0].file).read_text(encoding="utf-8"),
                       sealed[0].passphrase)
    assert all(canary in opened.body for canary in CANARIES)


@pytest.mark.parametrize("spoil", [
    lambda lines: lines[1:], lambda lines: lines[::-1], lambda lines: [lines[0], "x", lines[2]],
    lambda lines: [lines[0], lines[1].replace("Ben", "Bob"), lines[2]],
    lambda lines: [lines[0], lines[2]],
], ids=["first gone", "order", "no JSON", "a name", "middle gone"])
def test_a_log_that_was_altered_is_refused_and_nothing_is_sealed(tmp_path, spoil):
    settings = built(tmp_path)
    seal_brief(settings, "donors", ["Ann", "Ben", "Cy"])
    log = tmp_path / "sealed/log.jsonl"
    log.write_text("\n".join(spoil(log.read_text(encoding="utf-8").splitlines())) + "\n",
                   encoding="utf-8")
    before = sorted(path.name for path in log.parent.iterdir())
    with pytest.raises(SealError, match=r"Line \d of sealed/log.jsonl is not what was written"):
        seal_brief(settings, "donors", ["Dee"])
    assert sorted(path.name for path in log.parent.iterdir()) == before


def test_an_altered_copy_is_named_and_a_missing_one_is_told(tmp_path):
    one, two = seal_brief(built(tmp_path), "donors", ["Ann", "Ben"])
    (tmp_path / one.file).unlink()
    assert "not in this folder any more" in check_copies(tmp_path)[0]
    (tmp_path / two.file).write_text("x", encoding="utf-8")
    with pytest.raises(SealError, match="1 of 2 sealed copies are not what was sealed: sealed/"):
        check_copies(tmp_path)


def test_a_campaign_without_copies_says_so(tmp_path):
    assert check_copies(tmp_path) == ["No copy was sealed yet."]


def test_a_brief_that_is_not_built_is_told_and_a_path_is_no_brief(tmp_path):
    with pytest.raises(StorageError, match="Build the brief with `dvc repro`, then seal it"):
        seal_brief(made_settings(tmp_path), "donors", ["Ann"])
    with pytest.raises(NotebookError, match="cannot name a brief"):
        seal_brief(made_settings(tmp_path), "../donors", ["Ann"])
    assert not (tmp_path / "sealed").exists()


def test_a_page_with_another_byte_than_the_build_made_is_not_sealed(tmp_path):
    settings = built(tmp_path)
    outs = "".join(
        f"    - path: reports/donors.{ending}\n      hash: md5\n      md5: "
        + hashlib.md5((tmp_path / f"reports/donors.{ending}").read_bytes()).hexdigest() + "\n"
        for ending in ("html", "json"))
    (tmp_path / "dvc.lock").write_text(f"stages:\n  donors:\n    outs:\n{outs}", encoding="utf-8")
    assert len(seal_brief(settings, "donors", ["Ann"])) == 1
    page = tmp_path / "reports/donors.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<p>", "<p >", 1), encoding="utf-8")
    with pytest.raises(SealError, match="reports/donors.html is not what the build made"):
        seal_brief(settings, "donors", ["Ben"])
    assert len(read_log(tmp_path)) == 1


def test_one_bad_name_of_two_seals_nothing(tmp_path):
    with pytest.raises(SealError):
        seal_brief(built(tmp_path), "donors", ["Ann", ""])
    assert not (tmp_path / "sealed").exists()


def test_two_sealings_at_once_are_refused(tmp_path):
    settings = built(tmp_path)
    seal_brief(settings, "donors", ["Ann"])
    with open(tmp_path / "sealed/.lock", "w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SealError, match="Another `workbench seal` is at work"):
            seal_brief(settings, "donors", ["Ben"])


def test_without_a_terminal_a_brief_or_a_recipient_nothing_is_sealed(tmp_path):
    settings = built(tmp_path)
    with pytest.raises(SealError, match="shown at a terminal only"):
        run_seal(settings, "donors", ["Ann"], is_terminal=False)
    for brief, names in ((None, ["Ann"]), ("donors", [])):
        with pytest.raises(SealError, match="Name a brief and those who get a copy"):
            run_seal(settings, brief, names, is_terminal=True)
    assert not (tmp_path / "sealed").exists()


def command(root: Path, *arguments: str, out) -> subprocess.Popen:
    code = "import sys, workbench.cli; sys.exit(workbench.cli.main())"
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=root, stdout=out,
                            stderr=subprocess.PIPE, text=True)


def read_terminal(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 4096):
            parts.append(part)
    except OSError:  # the other end has closed
        pass
    return b"".join(parts).decode()


@pytest.mark.slow
def test_the_command_shows_the_words_at_a_terminal_and_refuses_a_pipe(tmp_path):
    built(tmp_path)
    params = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    piped = command(tmp_path, "seal", "donors", "--to", "Ann", out=subprocess.PIPE)
    shown, told = piped.communicate()
    assert (piped.returncode, shown, "shown at a terminal only" in told) == (27, "", True)
    terminal, other = pty.openpty()
    running = command(tmp_path, "seal", "donors", "--to", "Ann Example", "Ben", out=other)
    os.close(other)
    lines = read_terminal(terminal).replace("\r", "").split("\n")
    assert running.wait() == 0
    page = (tmp_path / lines[0].partition(":")[0]).read_text(encoding="utf-8")
    assert "Copy 1, for Ann Example" in open_page(page, lines[1].strip()).body
    checked = command(tmp_path, "seal", "--check", out=subprocess.PIPE)
    assert checked.communicate()[0].count("as it was sealed") == 2
