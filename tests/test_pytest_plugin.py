"""What a team's own tests get: the plugin is loaded by pytest itself in a run of its own."""

import dataclasses

import pytest

from eval.pytest_plugin import assert_abstains, assert_grounded

pytest_plugins = ["pytester"]

KADENA = "From which air base were the F-35A jets deployed?"


def test_a_grounded_answer_and_an_abstention_pass(seeds):
    answer = seeds.ask(KADENA)
    assert_grounded(answer, text_of=lambda i: seeds.document(i).text)
    silence = seeds.ask("How do I bake sourdough bread?")
    assert_grounded(silence)
    assert_abstains(silence)


def test_what_is_wrong_with_an_answer_is_said(seeds):
    answer = seeds.ask(KADENA)
    (first, *_), (quote, *_) = answer.sentences, answer.citations
    changed = dataclasses.replace(first, text="The jets were deployed from Osan Air Base in 1999.")
    with pytest.raises(AssertionError, match=r"is not supported \(lexical 0\.00 < 0\.7\)"):
        assert_grounded(dataclasses.replace(answer, sentences=(changed,)))
    with pytest.raises(AssertionError, match="cites nothing"):
        assert_grounded(dataclasses.replace(answer, sentences=(dataclasses.replace(first, citations=()),)))
    moved = dataclasses.replace(answer, citations=(dataclasses.replace(quote, start=quote.start + 1), *answer.citations[1:]))
    with pytest.raises(AssertionError, match="is not the text of"):
        assert_grounded(moved, text_of=lambda i: seeds.document(i).text)
    with pytest.raises(AssertionError, match="should abstain"):
        assert_abstains(answer)


@pytest.mark.slow
def test_pytest_finds_the_plugin_and_opens_the_index(pytester, seeds_config):
    pytester.makepyfile(
        """
        from eval.pytest_plugin import assert_abstains, assert_grounded

        def test_answer(footnote_corpus):
            assert_grounded(footnote_corpus.ask("From which air base were the F-35A jets deployed?"))

        def test_silence(footnote_corpus):
            assert_abstains(footnote_corpus.ask("From which air base were the F-35A jets deployed?"))
        """
    )
    result = pytester.runpytest_subprocess("--footnote-data", str(seeds_config.data_dir))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*should abstain*"])


@pytest.mark.slow
def test_without_an_index_the_tests_are_skipped_with_the_reason(pytester):
    pytester.makepyfile("def test_answer(footnote_corpus): ...")
    result = pytester.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*--footnote-data DIR*"])
