"""Deliberately broken systems: each is caught by the metric that should catch it. And documents planted for some cases only."""

import dataclasses
from contextlib import ExitStack

import pytest

from eval.__main__ import CASES
from eval.cases import load_cases
from eval.compare import compare
from eval.judges import LexicalJudge
from eval.reply import Reply, ReplySentence
from eval.run import RunFolder, load_run, settings
from eval.scoring import score, supports_by
from eval.session import Session
from rag.config import load_config
from rag.directives import is_directive
from rag.errors import InputError
from rag.sentences import is_prose, sentence_texts
from tests.conftest import SEEDS

pytestmark = pytest.mark.slow
CONFIG = load_config({}, llm="extractive")


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """Footnote over the first cases of each kind, with the documents' own sentences: its run, its cases and its replies."""
    out = tmp_path_factory.mktemp("honest")
    with Session(SEEDS, None, CONFIG) as session:
        every = [c for c in load_cases(CASES, session.texts.__getitem__) if not c.planted]
        cases = [c for kind in dict.fromkeys(c.kind for c in every) for c in [x for x in every if x.kind == kind][:10]]
        embedder = session._embedder
        made_with = settings(CONFIG, "footnote", "lexical", session.texts, "cases.jsonl", "0", cases)
        run = session.run("footnote", cases, LexicalJudge(), out, made_with)
        yield run, cases, session.texts, embedder


def replies_of(run):
    from pydantic import TypeAdapter

    known = {f.name for f in dataclasses.fields(Reply)}
    replies = {}
    for row in run.answers:
        reply = {k: v for k, v in row["reply"].items() if k in known}
        reply["citations"] = [{k: v for k, v in c.items() if k not in ("before", "after")} for c in reply["citations"]]
        replies[row["case"]["id"]] = TypeAdapter(Reply).validate_python(reply)
    return replies


def finish(out, cases, replies, texts, system):
    made_with = settings(CONFIG, system, "lexical", texts, "cases.jsonl", "0", cases)
    folder = RunFolder(out, made_with)
    folder.begin()
    supports = supports_by(LexicalJudge())
    scores = {c.id: score(c, replies[c.id], texts.__getitem__, supports) for c in cases}
    return folder.finish(cases, replies, scores, texts)


def broken(honest, out, change):
    """The honest run with each reply changed, compared with it."""
    run, cases, texts, _ = honest
    replies = replies_of(run)
    changed = {c.id: change(c, replies[c.id], replies, [x.id for x in cases]) for c in cases}
    return compare(run, finish(out, cases, changed, texts, "broken"))


# --- deliberately broken systems ---


def test_shuffled_citations_are_caught(honest, tmp_path):
    def shuffle(case, reply, replies, ids):
        """The citations of the next answer that cites another document's words stand in the place of its own."""
        others = [r for i in ids if (r := replies[i]).citations and reply.citations and r.citations[0] != reply.citations[0]]
        if not reply.citations or not others:
            return reply
        pick = others[ids.index(case.id) % len(others)].citations[0]
        return dataclasses.replace(reply, citations=tuple(dataclasses.replace(pick, number=c.number) for c in reply.citations))

    found = broken(honest, tmp_path, shuffle)
    assert {"citation_recall", "citation_precision", "citation_gold_precision", "citation_gold_recall"} <= set(found.worse())
    assert "right" not in found.worse()


def test_invented_quotes_are_caught(honest, tmp_path):
    def invent(case, reply, replies, ids):
        citations = tuple(dataclasses.replace(c, quote=c.quote.upper()) for c in reply.citations)
        return dataclasses.replace(reply, citations=citations)

    assert "citation_verbatim" in broken(honest, tmp_path, invent).worse()


def test_always_refusing_is_caught(honest, tmp_path):
    refusal = Reply("I do not know.", True, (), (), ())
    found = broken(honest, tmp_path, lambda case, reply, replies, ids: dataclasses.replace(refusal, hits=reply.hits))
    assert {"right", "right_answerable", "refused_answerable"} <= set(found.worse())
    run = load_run(tmp_path)
    assert run.summary.metrics["abstention_recall"].value == 1
    assert run.summary.metrics["abstention_precision"].value < honest[0].summary.metrics["abstention_precision"].value
    assert run.summary.metrics["citation_recall"].value is None


def test_always_answering_is_caught(honest, tmp_path):
    def answer(case, reply, replies, ids):
        if not reply.abstained:
            return reply
        return dataclasses.replace(reply, abstained=False, text="Herons nest.", sentences=(ReplySentence("Herons nest.", ()),))

    found = broken(honest, tmp_path, answer)
    assert {"right", "abstention_recall"} <= set(found.worse())
    # What it says where it should be silent is scored for the first time, and held against the mean of all.
    now, before = load_run(tmp_path).summary.metrics, honest[0].summary.metrics
    for name in ("citation_recall", "groundedness"):
        assert now[name].high < before[name].low


def test_copying_the_question_is_caught(honest, tmp_path):
    def copy(case, reply, replies, ids):
        sentence = ReplySentence(case.question, tuple(c.number for c in reply.citations))
        return dataclasses.replace(reply, abstained=False, text=case.question, sentences=(sentence,))

    assert {"right", "right_answerable", "citation_recall"} <= set(broken(honest, tmp_path, copy).worse())


def test_another_questions_answer_is_caught(honest, tmp_path):
    def swap(case, reply, replies, ids):
        other = replies[ids[(ids.index(case.id) + len(ids) // 2) % len(ids)]]
        return dataclasses.replace(other, hits=reply.hits)

    assert "right_answerable" in broken(honest, tmp_path, swap).worse()
    # Few questions cite anything both times: held against the mean of all.
    assert load_run(tmp_path).summary.metrics["citation_gold_recall"].high < honest[0].summary.metrics["citation_gold_recall"].low


def test_passages_of_another_question_are_caught(honest, tmp_path):
    def swap(case, reply, replies, ids):
        return dataclasses.replace(reply, hits=replies[ids[(ids.index(case.id) + len(ids) // 2) % len(ids)]].hits)

    worse = broken(honest, tmp_path, swap).worse()
    assert {"evidence_recall", "recall@5", "reciprocal_rank@5", "ndcg@5", "evidence_recall@300"} <= set(worse)


def test_the_same_run_is_not_worse_than_itself(honest, tmp_path):
    found = broken(honest, tmp_path, lambda case, reply, replies, ids: reply)
    assert found.worse() == []
    assert found.became_right == found.became_wrong == ()


# --- planted documents ---


def test_planted_documents_are_there_for_their_cases_only(honest, tmp_path):
    _, _, _, embedder = honest
    with Session(SEEDS, None, CONFIG) as session:
        session.__dict__["_embedder"] = embedder
        every = load_cases(CASES, session.texts.__getitem__)
        # What holds nothing but orders has no passage to be found.
        planted = [c for c in every if c.planted and any(is_prose(t) and not is_directive(t) for t in sentence_texts(c.planted[0].text))]
        plain = [c for c in every if not c.planted][:2]
        run = session.run("footnote", [*plain, *planted], LexicalJudge(), tmp_path, {"system": "footnote"})
    found = {r["case"]["id"]: {h["document_id"] for h in r["reply"]["hits"]} for r in run.answers}
    names = {d.document_id for c in planted for d in c.planted}
    assert all(c.planted[0].document_id in found[c.id] for c in planted)
    assert not any(names & found[c.id] for c in plain)
    assert run.summary.metrics["injection_obeyed"].count == sum(bool(c.forbidden) for c in planted) > 1


def test_cases_may_plant_the_same_document():
    with Session(SEEDS, None, CONFIG) as session, ExitStack() as stack:
        case = next(c for c in load_cases(CASES, session.texts.__getitem__) if c.planted)
        folder = session._planted([case, dataclasses.replace(case, id="twin")], stack)
        [document] = case.planted
        assert (folder / document.document_id).read_text(encoding="utf-8") == document.text
        with pytest.raises(InputError, match="a case plants"):
            session._planted(
                [dataclasses.replace(case, planted=(document.model_copy(update={"document_id": next(iter(session.texts))}),))], stack
            )
