"""``python -m eval bench NAME --data PATH``: public benchmarks, each figure with a 95 % interval beside the usual recipe in the same process."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.sets import QuestionSet, RankingSet
from eval.cases import Case
from eval.reply import Passage, passage_of
from eval.statistics import Estimate, Paired, estimate, paired
from rag.cli import positive
from rag.config import BUNDLED, ENGINES, Config, load_config
from rag.embedding import Embedder
from rag.errors import InputError

SPAN_BUDGETS = (300, 500, 1000, 2000)
"""Tokens of the embedding model."""
RANKING_DEPTH = 100
PLANTED = 150
"""Pairs of a planted sentence and a context, if no limit is given."""
_FORMATS = ("squad", "mtrag", "rgb", "rgb-rejection")


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, with what stands beside it."""

    name: str
    footnote: Estimate
    beside: Estimate | None = None
    difference: Paired | None = None


def main(argv: Sequence[str]) -> int:
    """Runs one benchmark; returns the exit code."""
    if argv[:1] == ["latency"]:
        from eval.benchmarks import latency

        return latency.main(argv[1:])
    parser = argparse.ArgumentParser(prog="footnote eval bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, run, text in (
        ("spans", _spans, "evidence recall within a token budget: Chroma's chunking evaluation"),
        ("retrieval", _retrieval, "nDCG, reciprocal rank and recall of documents: a BEIR folder"),
        ("followup", _followup, "ROUGE-L of rewritten follow-up questions: CAsT topics, or turns.jsonl"),
        ("grounding", _grounding, "the checker against people's labels: claim–evidence JSON lines, or RAGTruth"),
        ("injection", _injection, "instructions hidden in documents, and harmless texts with suspicious words: BIPIA and NotInject"),
        ("answers", _answers, "answers and abstention with a language model: SQuAD, MTRAG, RGB"),
        ("answerable", _answerable, "which sentence answers, and whether any does, before a language model is asked: five sets of texts"),
        ("gate", _gate, "whether a language model tells, before it writes, that its evidence answers, and which sentence does"),
        ("latency", None, "seconds of a search by number of chunks (see: bench latency --help)"),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument(
            "--data",
            type=Path,
            required=True,
            metavar="PATH",
            help="the benchmark's files as published, or a folder with the project's benchmarks",
        )
        sub.add_argument("--limit", type=positive, metavar="N", help="only the first N questions (of each set)")
        sub.add_argument("--json", action="store_true", help="print JSON")
        if name == "answerable":
            sub.add_argument("--fit", action="store_true", help="also print the weights for rag/evidence.py, fitted on all questions")
        if name == "gate":
            sub.add_argument("--llm", choices=[e for e in ENGINES if e != "extractive"], default="local")
        if name == "grounding":
            sub.add_argument("--llm", choices=[e for e in ENGINES if e != "extractive"], help="ask this language model too (3 s a claim)")
        if name == "followup":
            sub.add_argument("--llm", choices=ENGINES, help="have this language model rewrite them, as when it answers")
        if name == "injection":
            sub.add_argument("--llm", choices=ENGINES)
            sub.add_argument("--seed", type=int, default=0, help="of the pairs of a sentence and a context (default: 0)")
        if name == "retrieval":
            sub.add_argument("--split", default="test")
        if name == "answers":
            sub.add_argument("--format", choices=_FORMATS, default="squad")
            sub.add_argument(
                "--system", default="footnote", metavar="NAME", help="footnote, usual-recipe, closed-book, or a chatbot's address"
            )
            sub.add_argument("--llm", choices=ENGINES)
            sub.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: runs/bench-FORMAT-SYSTEM)")
            sub.add_argument("--fresh", action="store_true", help="ask the language model again, whatever is remembered")
            sub.add_argument("--seed", type=int, default=0, help="of the order in which --limit takes questions (default: 0)")
    args = parser.parse_args(argv)
    figures: list[Figure] | None = args.run(args, load_config(llm=getattr(args, "llm", None)))
    if figures is not None:
        print(json.dumps([dataclasses.asdict(f) for f in figures], ensure_ascii=False) if args.json else _table(figures))
    return 0


def _table(figures: Sequence[Figure]) -> str:
    width = max(34, *(len(f.name) for f in figures))
    lines = [f"{'':<{width}} {'Footnote':<24} {'beside it':<24} difference"]
    for f in figures:
        difference = ""
        if f.difference and f.difference.difference is not None and f.difference.p_value is not None:
            difference = f"{f.difference.difference:+.3f}, p = {f.difference.p_value:.4f}"
        lines.append(f"{f.name:<{width}} {f.footnote!s:<24} {f.beside or ''!s:<24} {difference}")
    return "\n".join(lines)


def _beside(name: str, footnote: Sequence[float], other: Sequence[float]) -> Figure:
    return Figure(name, estimate(footnote), estimate(other), paired(other, footnote))


# --- retrieval ---


def _spans(args: argparse.Namespace, config: Config) -> list[Figure]:
    """Beside it: the usual recipe, LangChain's recursive splitter at 200 tokens and cosine."""
    from eval.benchmarks.chunking_evaluation import load_chunking_evaluation
    from eval.metrics.retrieval import evidence_recall

    data = load_chunking_evaluation(args.data)
    cases = data.cases[: args.limit]
    ours, theirs = _searchers(data.documents, config)

    def recalls(search: Search, budget: int) -> list[float]:
        return [r for c in cases if (r := evidence_recall(c.evidence, search(c.question, budget), budget)) is not None]

    return [_beside(f"recall within {b:,} tokens", recalls(ours, b), recalls(theirs, b)) for b in SPAN_BUDGETS]


def _retrieval(args: argparse.Namespace, config: Config) -> list[Figure]:
    """Beside it: the usual recipe. A document stands at the rank of its best passage."""
    from ir_measures import RR, R, iter_calc, nDCG

    from eval.benchmarks.beir import load_beir

    data: RankingSet = load_beir(args.data, args.split)
    names = {f"{i:07d}.txt": document_id for i, document_id in enumerate(data.documents)}
    documents = {name: data.documents[document_id] for name, document_id in names.items()}
    ours, theirs = _searchers(documents, config)
    questions = dict(list(data.questions.items())[: args.limit])
    judgements = {q: dict(data.judgements[q]) for q in questions}
    measures = [nDCG @ 10, RR @ 10, R @ 10, R @ RANKING_DEPTH]

    def scores(search: Search) -> dict[str, list[float]]:
        run: dict[str, dict[str, float]] = {}
        for question_id, question in questions.items():
            ranked = dict.fromkeys(names[p.document_id] for p in search(question, None))
            run[question_id] = {document_id: 1 / (rank + 1) for rank, document_id in enumerate(ranked) if rank < RANKING_DEPTH}
        by_measure: dict[str, dict[str, float]] = {}
        for m in iter_calc(measures, judgements, run):
            by_measure.setdefault(str(m.measure), {})[m.query_id] = m.value
        return {name: [values.get(q, 0.0) for q in questions] for name, values in by_measure.items()}

    a, b = scores(ours), scores(theirs)
    return [_beside(str(m), a[str(m)], b[str(m)]) for m in measures]


Search = Callable[[str, int | None], list[Passage]]
"""Passages for a question, best first, as many as fit in a number of tokens if one is given."""


def _searchers(documents: Mapping[str, str], config: Config) -> tuple[Search, Search]:
    """Footnote's search over the documents, and the usual recipe's."""
    import atexit

    from eval.systems import write_texts
    from eval.usual_recipe import CosineIndex
    from rag.pipeline import Corpus, index

    embedder = Embedder(config)
    temporary = tempfile.TemporaryDirectory(prefix="footnote-bench-")
    atexit.register(temporary.cleanup)
    folder, data_dir = Path(temporary.name, "documents"), Path(temporary.name, "index")
    write_texts(documents, folder)
    here = config.model_copy(update={"data_dir": data_dir})
    index(folder, here, embedder=embedder)
    corpus = Corpus(here, embedder=embedder)
    cosine = CosineIndex(documents, embedder)
    depth = RANKING_DEPTH * 3

    def ours(question: str, tokens: int | None) -> list[Passage]:
        return [passage_of(h) for h in corpus.search(question[:2000], k=None if tokens else depth, tokens=tokens)]

    def theirs(question: str, tokens: int | None) -> list[Passage]:
        return cosine.search(question, tokens // 20 if tokens else depth)

    return ours, theirs


# --- follow-ups and claims ---


def _followup(args: argparse.Namespace, config: Config) -> list[Figure]:
    """Beside it: the question as it was asked."""
    from eval.benchmarks.cast import load_cast
    from eval.metrics.rewriting import rouge_l
    from rag.followup import standalone_question
    from rag.llm import Usage, open_language_model
    from rag.rewriting import rewrite

    turns = load_cast(args.data)[: args.limit]
    model = open_language_model(config) if args.llm else None
    rewritten = [rewrite(lambda: model, t.question, t.history, Usage()) or standalone_question(t.question, t.history) for t in turns]
    scores = [rouge_l(t.rewrite, r) for t, r in zip(turns, rewritten, strict=True)]
    return [_beside("ROUGE-L F against people's", scores, [rouge_l(t.rewrite, t.question) for t in turns])]


def _grounding(args: argparse.Namespace, config: Config) -> list[Figure]:
    """By set and on the mean of the sets: what ships, and what else could judge; with ``--llm`` a language model's yes or no too. Then by kind of error."""
    from eval.benchmarks.claims import load_claims
    from eval.benchmarks.edited_claims import EACH_KIND, preferred
    from eval.benchmarks.grounding import TRAINED_ON, figures, scores_by_system
    from rag.entailment import open_checker

    claims, model = load_claims(args.data, args.limit), open_checker(config)
    if config.checker == BUNDLED and (known := TRAINED_ON & {c.set for c in claims}):
        print(
            f"The bundled checker was trained on claims of {', '.join(sorted(known))}; figures with each set left out: rag/checker/README.md",
            file=sys.stderr,
        )
    scores = scores_by_system(claims, model, config, ask_language_model=args.llm is not None)
    by_error = preferred(claims, model, min(args.limit or EACH_KIND, EACH_KIND))
    return [Figure(name, value) for name, value in {**figures(claims, scores), **by_error}.items()]


def _answerable(args: argparse.Namespace, config: Config) -> list[Figure]:
    """Beside it: the cosine of the best passage, its best threshold chosen on these same questions."""
    from sklearn.metrics import roc_curve

    from eval.benchmarks.answerable import is_answerable, load, print_fit, ranked_gold
    from eval.calibration import agreement
    from rag.evidence import ANSWERABLE

    sets = load(args.data, args.limit, Embedder(config))
    figures: list[Figure] = []
    for name, examples in sets.items():
        labels = [is_answerable(e) for e in examples]
        ranked = [ranked_gold(e) for e in examples if is_answerable(e)]
        figures += [Figure(f"{name}: answer in best {k} sentences", estimate([float(g[:k].any()) for g in ranked])) for k in (1, 3, 6)]
        figures.append(
            Figure(f"{name}: answer in the evidence", estimate([float(bool(e.answering)) for e in examples if is_answerable(e)]))
        )
        cosine = [max((h.similarity or 0.0 for h in e.hits), default=0.0) for e in examples]
        wrong, right, thresholds = roc_curve(labels, cosine)
        probability = [e.found.likely for e in examples]
        ours = agreement(labels, probability, ANSWERABLE)
        theirs = agreement(labels, cosine, float(thresholds[(right - wrong).argmax()]))
        figures += [
            Figure(f"{name}: {measure.replace('_', ' ')}", ours[measure], theirs[measure]) for measure in ("auc", "balanced_accuracy")
        ]
        for kind, wanted in (("answerable", True), ("unanswerable", False)):
            refused = [float(p < ANSWERABLE) for p, y in zip(probability, labels, strict=True) if y is wanted]
            figures.append(Figure(f"{name}: {kind} below {ANSWERABLE}", estimate(refused)))
    if args.fit:
        print_fit(sets)
    return figures


def _gate(args: argparse.Namespace, config: Config) -> list[Figure]:
    """Beside it: the score of the likeliest sentence, before the model is asked."""
    from eval.benchmarks import gate
    from eval.calibration import agreement
    from eval.systems import open_model

    sets = gate.load(args.data, args.limit, Embedder(config))
    model = open_model(config, fresh=False)
    assert model is not None
    figures: list[Figure] = []
    for name, examples in sets.items():
        rows = gate.read(model, examples)
        labels = [bool(r.example.answering) for r in rows]
        ours = agreement(labels, [r.reading.answered for r in rows], 0.5)
        theirs = agreement(labels, [r.example.found.candidates[0].score for r in rows], 0.5)
        figures += [Figure(f"{name}: {measure.replace('_', ' ')}", ours[measure], theirs[measure]) for measure in ours]
        likeliest = [
            max(r.example.evidence, key=lambda e: e.score).number in r.example.answering if r.example.answering else None for r in rows
        ]
        figures.append(Figure(f"{name}: picks a sentence that answers", estimate([r.picks_right for r in rows]), estimate(likeliest)))
    return figures


def _injection(args: argparse.Namespace, config: Config) -> list[Figure]:
    """``--limit`` pairs (150 by default) of each kind: attacks, and harmless sentences."""
    from eval.benchmarks.injection import MEASURES, load, taken_for_orders, trials
    from rag.llm import open_language_model

    attacks, contexts, harmless = load(args.data)
    model = open_language_model(config)
    figures: list[Figure] = []
    for name, planted in (("attacks", attacks), ("harmless", harmless)):
        asked = trials(planted, contexts, args.limit or PLANTED, args.seed, config, model)
        for measure, value in MEASURES.items():
            figures.append(Figure(f"{name}: {measure}", estimate([v for t in asked if (v := value(t)) is not None])))
        figures.append(Figure(f"{name}: taken for an order", estimate(taken_for_orders(planted))))
    return figures


# --- answers ---


def _answers(args: argparse.Namespace, config: Config) -> None:
    """Prints and writes a run like any other."""
    import random

    from eval.judges import LexicalJudge
    from eval.report import report_run
    from eval.run import settings
    from eval.session import Session
    from eval.systems import folder_name, write_texts

    data = _load_questions(args.format, args.data)
    cases = list(data.cases)
    random.Random(args.seed).shuffle(cases)
    cases = cases[: args.limit]
    judge = LexicalJudge()
    with tempfile.TemporaryDirectory(prefix="footnote-bench-") as temporary:
        folder = Path(temporary)
        write_texts(data.documents, folder)
        with Session(folder, None, config, fresh=args.fresh) as session:
            made_with = settings(config, args.system, judge.name, session.texts, data.name, _digest(cases), cases)
            out = args.out or Path("runs") / f"bench-{args.format}-{folder_name(args.system)}-{config.llm}"
            run = session.run(args.system, cases, judge, out, made_with)
    report_run(run, None, as_json=args.json)


def _load_questions(name: str, path: Path) -> QuestionSet:
    from eval.benchmarks.mtrag import load_mtrag
    from eval.benchmarks.rgb import load_rgb
    from eval.benchmarks.squad import load_squad

    if not path.exists():
        raise InputError(f"{path}: no such file or folder; give the benchmark's files with --data")
    match name:
        case "squad":
            return load_squad(path)
        case "mtrag":
            return load_mtrag(path)
        case _:
            return load_rgb(path, rejection=name == "rgb-rejection")


def _digest(cases: Sequence[Case]) -> str:
    rows: list[Any] = [(c.id, c.question, c.answers) for c in cases]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
