"""The report: what it shows, that nothing in it runs, and how it looks and works in a real browser, with 5,000 cases too."""

import re

import pytest

from eval.cases import Case
from eval.judges import LexicalJudge
from eval.metrics.abstention import RiskCoverage
from eval.plots import risk_coverage
from eval.reply import CitedWords, Passage, Reply, ReplySentence, Seconds
from eval.report import show, show_difference, write_reports
from eval.run import RunFolder, settings
from eval.scoring import score, supports_by
from eval.statistics import Estimate, Paired
from rag.config import load_config
from rag.types import Span

HOSTILE = "<script>window.hacked = 1</script> & <b>bold</b>"
TEXTS = {"birds.txt": f"Herons nest on the old pier. {HOSTILE} Otters swim.", "<i>x.txt": "Otters swim."}
QUOTE = "Herons nest on the old pier."


def made_run(out, number, *, wrong_every=4, system="footnote"):
    """A run over ``number`` cases, one in ``wrong_every`` of them wrong, with hostile text in every place that shows text."""
    cases = [
        Case(
            str(i),
            "test",
            f"kind {i % 3} {HOSTILE}" if i % 3 else "plain",
            f"Where do herons nest? {i} {HOSTILE}",
            answers=(("pier",),),
            evidence=(Span("birds.txt", 0, 28),),
        )
        for i in range(number)
    ]
    replies = {}
    for i, case in enumerate(cases):
        text = f"In a tree {HOSTILE}." if i % wrong_every == 0 else "They nest on the old pier."
        quote = CitedWords(1, "birds.txt", 0, 28, QUOTE)
        hits = (Passage("birds.txt", 0, 28, 9),)
        seconds = Seconds(0.01, 1 + i % 7, 2 + i % 7)
        replies[case.id] = Reply(
            text, False, (ReplySentence(text, (1,)),), (quote,), hits, (i % 10) / 10, HOSTILE, seconds, {"prompt_tokens": 9}
        )
    made_with = settings(load_config({}), system, "lexical", TEXTS, "cases.jsonl", "0", cases)
    folder = RunFolder(out, made_with)
    folder.begin()
    supports = supports_by(LexicalJudge())
    return folder.finish(cases, replies, {c.id: score(c, replies[c.id], TEXTS.__getitem__, supports) for c in cases}, TEXTS)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    run = made_run(tmp_path_factory.mktemp("run"), 40)
    baseline = made_run(tmp_path_factory.mktemp("base"), 40, wrong_every=2, system="usual-recipe")
    return write_reports(run, baseline)


def test_the_report_is_one_file_that_loads_nothing_and_escapes_all_text(report):
    html = report[0].read_text()
    assert not re.search(r'(?:src|href)="(?!#)(?!http://www\.w3\.org)', re.sub(r"xlink:href", "", html))
    assert HOSTILE not in html
    assert "&lt;script&gt;window.hacked" in html
    assert html.count("<script>") == 1


def test_the_report_shows_figures_with_intervals_the_baseline_the_judges_agreement_and_failures_first(report):
    html = report[0].read_text()
    assert "75.0 % [60–86]" in html
    assert "usual-recipe" in html
    assert re.search(r"balanced accuracy \d\d\.\d %", html)
    order = re.findall(r'<details class="case (\w+)"', html)
    assert order == ["wrong"] * 10 + ["correct"] * 30
    assert f"<mark>{QUOTE}</mark>" in html
    assert html.count("<svg") == 3
    assert "does not apply" in html


def test_the_report_for_a_pull_request_is_markdown(report):
    text = report[1].read_text()
    assert re.search(r"\| right, over all \| 75\.0 % \[60–86\] \| 50\.0 % \[35–65\] \| \+25\.0", text)
    assert "10 cases became right" in text


def test_the_report_is_the_same_every_time(report, tmp_path):
    run = made_run(tmp_path / "a", 40)
    first = write_reports(run, None)[0].read_bytes()
    assert write_reports(run, None)[0].read_bytes() == first


def test_plots_take_their_colours_from_the_page():
    svg = risk_coverage({"footnote": RiskCoverage((0.5, 1), (0, 0.25), 0.125), "usual-recipe": RiskCoverage((1,), (0.5,), 0.5)})
    assert "var(--accent)" in svg
    assert "var(--second)" in svg
    assert not re.search(r"#0[1-4]0[1-4]0[1-4]", svg)


def test_figures_are_shown_in_per_cent_and_points():
    assert show(Estimate(0.874, 0.79, 0.93, 87)) == "87.4 % [79–93]"
    assert show(Estimate(None, None, None, 0, 5)) == "applies to no case"
    assert show_difference(Paired(0.12, 0.03, 0.21, 0.01, 100, 0.1)) == "+12.0 [+3, +21], p = 0.010"
    assert show_difference(Paired(None, None, None, None, 0, None)) == ""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_is_readable_in_light_and_dark_and_on_a_phone(report, browser, scheme, width):
    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(report[0].as_uri())
    assert asked == [report[0].as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert (_lightness(paper) > _lightness(ink)) is (scheme == "light")
    label = page.locator("figure svg text").first.evaluate("e => getComputedStyle(e).fill")
    assert label == ink
    page.locator("details.case summary").first.click()
    assert page.locator("details.case[open] mark").first.is_visible()
    assert page.evaluate("window.hacked") is None


def _lightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


@pytest.mark.slow
def test_a_report_of_5000_cases_stays_usable(tmp_path, browser):
    html, _ = write_reports(made_run(tmp_path, 5000), None)
    assert html.stat().st_size < 25_000_000
    page = browser.new_page()
    page.goto(html.as_uri())
    page.select_option("#which", "wrong")
    assert page.locator("details.case:visible").count() == 1250
    page.fill("#find", "nest? 4996 ")
    assert page.locator("details.case:visible").count() == 1
    page.locator("details.case:visible summary").click()
    assert "pier" in page.locator("details.case[open] .sides").inner_text()
