"""Words for probabilities: one scale, computed from the number, never typed."""

from __future__ import annotations

import pytest
from made_briefs import (
    made_finding,
    made_manifest,
    made_measures,
    made_settings,
    notebook_of,
    one_exhibit_page,
)

from workbench.briefs.render import render_brief
from workbench.disclosure import protect_measure
from workbench.errors import BriefError
from workbench.exhibits import Poll, open_brief
from workbench.likelihood import SCALE, bare_words, likelihood_phrase, likelihood_word
from workbench.measures import Measure

SETTINGS = made_settings()
PHIA = {  # the published ranges, in per cent, whose insides must have the published word
    "remote chance": (0, 5), "highly unlikely": (10, 20), "unlikely": (25, 35),
    "realistic possibility": (40, 49), "likely": (55, 75), "highly likely": (80, 90),
    "almost certain": (95, 100),
}
ITEMS = ("strategy", "sponsor", "wording", "population", "sample", "mode", "dates", "precision",
         "weighting", "processing", "limitations")


@pytest.fixture
def brief():
    """The brief of a made-up campaign."""
    return open_brief(SETTINGS)


def win(**changes):
    """The probability that a seat is won."""
    fields = {"name": "win", "title": "We win Harbour West", "value": 0.62,
              "form": "probability", "unit": "probability", "meaning": "Higher is better for us.",
              "low": 0.55, "high": 0.7, "is_about_people": False}
    return Measure(**{**fields, **changes})


def page_of(exhibit):
    return render_brief(one_exhibit_page(exhibit), made_manifest(), SETTINGS)


def test_the_scale_covers_every_percentage_once():
    told = [p for band in SCALE for p in range(band.low_percent, band.high_percent + 1)]
    assert told == list(range(101))


@pytest.mark.parametrize("word", PHIA)
def test_a_number_inside_a_published_range_has_the_published_word(word):
    low, high = PHIA[word]
    assert {likelihood_word(percent / 100) for percent in range(low, high + 1)} == {word}


@pytest.mark.parametrize(("probability", "word"), [
    (0.074, "remote chance"), (0.075, "highly unlikely"), (0.2249, "highly unlikely"),
    (0.225, "unlikely"), (0.3749, "unlikely"), (0.375, "realistic possibility"),
    (0.5249, "realistic possibility"), (0.525, "likely"), (0.7749, "likely"),
    (0.775, "highly likely"), (0.9249, "highly likely"), (0.925, "almost certain"),
])
def test_a_number_in_a_gap_has_the_word_of_the_nearer_range(probability, word):
    assert likelihood_word(probability) == word


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_a_bug(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        likelihood_word(probability)


@pytest.mark.parametrize("text", [
    "We are likely to win.", "It is Unlikely.", "A win is highly likely.", "She will probably win",
    "highly\nlikely", "Very likely a slip", "Almost certain to hold", "a remote chance",
    "realistic possibility", "improbable", "none is likely",
    "We are likely (30%, range 20% to 40%) to win",
    "likely (101%)",
])
def test_a_word_without_its_own_number_is_found(text):
    assert len(bare_words(text)) == 1


@pytest.mark.parametrize("text", [
    "The likeliest record", "likelier to vote", "more likely than not", "twice as likely as",
    "so likely", "less likely", "more\nlikely", "the most likely pair", "equally likely",
    "how likely", "Likelihood", "probability", "probabilities", "certain", "we may lose",
    "unlike", "Electors of Likely Bay", "Harbours, Likely Coasts and Islands",
    *(likelihood_phrase(p / 20, 0, 1) for p in range(21)),
])
def test_a_comparison_a_noun_and_a_computed_word_are_left(text):
    assert bare_words(text) == []


def test_a_probability_shows_its_number_its_range_and_its_word(brief):
    html = brief.likelihood(win()).html
    assert "62%, range 55% to 70%: likely" in html


def test_a_headline_that_is_a_probability_carries_its_word(brief):
    html = brief.headline(win()).html
    assert '<strong>62%</strong> <span class="unit">likely</span>' in html
    assert "55% to 70%" in html


@pytest.mark.parametrize("changes", [{"low": None}, {"high": None}])
def test_a_probability_without_a_range_is_refused(brief, changes):
    for show in (brief.likelihood, brief.headline):
        with pytest.raises(BriefError, match="'win' has no range"):
            show(win(**changes))
    with pytest.raises(BriefError, match="no probability but a share"):
        brief.likelihood(win(form="share"))


def test_a_probability_of_few_people_is_hidden_with_its_word(brief):
    few = win(is_about_people=True, n=9)
    assert protect_measure(few, SETTINGS.disclosure).value is None
    html = brief.likelihood(few).html
    assert "not shown" in html
    assert "likely" not in html


def test_the_scale_is_printed_once_where_it_is_used_and_nowhere_else(brief):
    used = page_of([brief.likelihood(win()), brief.likelihood(win())])
    said = page_of(brief.sentence(f"A win is {likelihood_phrase(0.62, 0.55, 0.7)}."))
    for page in (used, said):
        assert page.count('id="scale"') == 1
        for band in SCALE:
            assert f'<th scope="row">{band.word}</th>' in page
    assert 'id="scale"' not in page_of(brief.sentence("Nothing to judge."))


@pytest.mark.parametrize("part", ["title", "bottom_line", "decision"])
def test_a_typed_word_in_the_finding_stops_the_brief(brief, part):
    words = {**made_finding(), part: "We are likely to win."}
    tiles = [brief.headline(m) for m in made_measures()]
    notebook = notebook_of("# Who?", brief.finding(**words), tiles)
    with pytest.raises(BriefError, match=f"“likely” in the {part.replace('_', ' ')} of a finding"):
        render_brief(notebook, made_manifest(), SETTINGS)


def test_a_typed_word_in_prose_or_a_sentence_stops_the_brief(brief):
    with pytest.raises(BriefError, match="“probably” in the text of a sentence"):
        page_of(brief.sentence("They will probably give again."))
    notebook = one_exhibit_page(brief.sentence("Fine."))
    notebook.cells[0]["source"] += "\n\nIt is unlikely."
    with pytest.raises(BriefError, match="'donors' says “unlikely” in cell 1"):
        render_brief(notebook, made_manifest(), SETTINGS)


def test_a_quoted_poll_discloses_eleven_items_none_of_them_empty(brief):
    items = {name: f"What is told of {name}" for name in ITEMS}
    html = page_of(brief.poll(Poll("Harbour poll, May 2026", **items)))
    assert len(ITEMS) == 11
    for told in items.values():
        assert f"<dd>{told}</dd>" in html
    for name in ITEMS:
        with pytest.raises(BriefError, match=f"1 of the items .* are empty: {name}"):
            Poll("Harbour poll", **{**items, name: " "})


def test_a_poll_shows_hostile_text_as_text(brief):
    html = brief.poll(Poll("<script>", **dict.fromkeys(ITEMS, "<img src=x>"))).html
    assert "<script" not in html
    assert "<img" not in html
