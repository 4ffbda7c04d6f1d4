"""The pairs that the checker is trained on: words of a source, a claim, and whether they support it."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.checker.edits import FALSE_EDITS, TRUE_EDITS, add_detail, trim
from rag.checker.scorer import BundledChecker, excerpt
from rag.errors import ConfigError
from rag.sentences import sentence_texts
from rag.words import leans_on_context

_CAPS = {  # what is too alike, too easy or too one-sided to be taken whole
    "fever_train_sr": 50000, "snli_devtest": 12000, "hans_sample": 4000, "breaking_nli": 1500, "med_monotonicity": 2500, "contractnli_tight": 1500,
}  # fmt: skip
_QUESTIONS = ("questions", "sentences")
LONGEST_CLAIM = 400
"""Characters."""
_NAME = r"(?:The\s)?[A-Z][\w'’.-]*(?:\s(?:(?:of|the|de|von|and)\s)*[A-Z][\w'’.-]*)*"
_DATE = r"(?:in (?:(?:early|late|mid)[ -])?(?:[A-Z][a-z]+,? )?\d{4}|on (?:\d{1,2} )?[A-Z][a-z]+(?: \d{1,2})?(?:,? \d{4})?|in the \d{4}s)"
_PARAPHRASED = (
    "fever_train_sr", "fever_docnli", "fever_symmetric", "citation_integrity", "alexa_factual_dialog", "factcheck_bench_stance", "scifact_pairs",
    "mnli_dev", "scitail_devtest", "seminli_wiki",
)  # fmt: skip
"""Sets whose claims are whole sentences in other words than their sources'."""
_EDITED = ("fever_docnli", "fever_train_sr", "seminli_wiki", "citation_integrity", "factcheck_bench_stance", "scifact_pairs")


@dataclass(frozen=True)
class Pair:
    """Words of a source, a claim, and whether the words support it."""

    set: str
    source: str
    claim: str
    """A sentence, or a question, with or without an answer after it."""
    supported: bool

    @property
    def is_question(self) -> bool:
        """Whether it is asked if the words answer a question."""
        return self.set in _QUESTIONS


@dataclass(frozen=True)
class JudgedClaim:
    """A claim that people held against evidence."""

    text: str
    evidence: tuple[str, ...]
    supported: bool


def read_pairs(folder: Path) -> dict[str, list[Pair]]:
    """The pairs of every ``<set>.jsonl.gz`` in a folder (rows: premise, hypothesis, label).

    Raises:
        ConfigError: the folder holds none, or a row lacks a key.
    """
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise ConfigError(f"{folder}: holds no .jsonl.gz files with premise, hypothesis and label; name the folder that does")
    pairs = {}
    for file in files:
        name = file.name.removesuffix(".jsonl.gz")
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        try:
            pairs[name] = [
                Pair(name, r["premise"].strip(), r["hypothesis"].strip(), r["label"] in {"entailment", "supported"}) for r in rows
            ]
        except KeyError as e:
            raise ConfigError(f"{file}: a row lacks the key {e}") from e
    return pairs


def training_pairs(sets: Mapping[str, list[Pair]], seed: int) -> list[Pair]:
    """Pairs of all sets in random order, the one-sided ones capped and balanced, some sources with other sentences around them."""
    rng = random.Random(seed)
    pairs = [pair for name, rows in sets.items() for pair in _capped(rows, _CAPS.get(name), rng)]
    pairs = [_among_others(pair, sets[pair.set], rng) if len(pair.source) < 300 and rng.random() < 0.25 else pair for pair in pairs]
    rng.shuffle(pairs)
    return [_read(pair) for pair in pairs if pair.source and pair.claim]


def edited_pairs(sets: Mapping[str, list[Pair]], wanted: int, seed: int) -> list[Pair]:
    """About so many pairs of a passage of the sets and a sentence of it, as it is or edited (``edits``)."""
    rng = random.Random(seed)
    passages = sorted({p.source for name in _EDITED for p in sets.get(name, ()) if 200 < len(p.source) < 1500})
    rng.shuffle(passages)
    return [_read(pair) for pair in _edited(passages, wanted, rng)]


def edited_claims(sets: Mapping[str, list[Pair]], wanted: int, seed: int) -> list[Pair]:
    """About so many pairs: supported claims in people's own words, and next to each the same claim edited so that it says something else.

    Of the kinds of edits that apply to a claim each is as likely, so that those which seldom apply are not rare.
    """
    rng = random.Random(seed)
    claims = [p for name in _PARAPHRASED for p in sets.get(name, ()) if p.supported and 5 <= len(p.claim.split()) <= 40]
    rng.shuffle(claims)
    made: list[Pair] = []
    for pair in claims:
        if len(made) >= wanted:
            break
        elsewhere = f"{pair.source} {rng.choice(claims).source}"
        tried = {e.__name__: e(pair.claim, elsewhere if e is add_detail else pair.source, rng) for e in dict.fromkeys(FALSE_EDITS)}
        if false := [(name, claim) for name, claim in tried.items() if claim and claim not in pair.source]:
            name, claim = rng.choice(false)
            shorter = trim(pair.claim, pair.source, rng) if rng.random() < 0.3 else None
            read = _read(pair)
            made += [replace(read, claim=shorter or pair.claim), replace(read, set=f"edits_{name}", claim=claim, supported=False)]
    return made


def read_questions(folder: Path, leave_out: Collection[str], seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs (words, question) and (words, question + answer) of ``docs.jsonl`` and ``questions.jsonl``, and those of the articles left out (id up to "_").

    A question is supported if the words answer it. A wrong answer is another name or number of the paragraph.
    """
    rng = random.Random(seed)
    with (folder / "docs.jsonl").open(encoding="utf-8") as lines:
        texts = {row["doc_id"]: row["text"] for row in map(json.loads, lines)}
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    left_out, trained = ([row for row in rows if (row["doc_id"].split("_")[0] in leave_out) is part] for part in (True, False))
    pairs = _questions(trained, texts, rng)
    rng.shuffle(pairs)
    return pairs, [p for p in _questions(left_out, texts, rng) if p.set == "questions"]


def _questions(rows: Iterable[dict[str, Any]], texts: dict[str, str], rng: random.Random) -> list[Pair]:
    pairs: list[Pair] = []
    for row in rows:
        source, question = excerpt(sentence_texts(texts[row["doc_id"]]), row["question"]), row["question"]
        answer = rng.choice(row["answers"]) if row["answerable"] else None
        if answer and answer not in source:
            continue
        pairs.append(Pair("questions", source, question, row["answerable"]))
        pairs.extend(_single_sentences(source, question, answer, rng))
        if answer:
            pairs.append(Pair("answers", source, f"{question} {answer}", True))
        other = _wrong_answer(answer or rng.choice(("1", "One")), source, rng)
        if other and (answer or rng.random() < 0.5) and not any(a in other or other in a for a in row["answers"]):
            pairs.append(Pair("answers", source, f"{question} {other}", False))
    return pairs


def read_claims(file: Path) -> dict[str, list[JudgedClaim]]:
    """The claims of each set of a claims file (rows: set, claim, evidence, supported)."""
    sets: dict[str, list[JudgedClaim]] = {}
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            sets.setdefault(row["set"], []).append(JudgedClaim(row["claim"].strip(), tuple(row["evidence"]), row["supported"]))
    return sets


def short_claims(sets: Mapping[str, Sequence[JudgedClaim]], per_set: int, seed: int) -> dict[str, list[Pair]]:
    """Up to ``per_set`` claims of each set as pairs, of those whose evidence is short."""
    rng = random.Random(seed)
    pairs = {name: [Pair(name, " ".join(c.evidence), c.text, c.supported) for c in claims] for name, claims in sets.items()}
    short = {name: [p for p in rows if len(p.source) < 900] for name, rows in pairs.items()}
    return {
        name: rng.sample(rows, min(per_set, len(rows)))
        for name, rows in short.items()
        if len({p.supported for p in rows}) == 2 and len(rows) >= 40
    }


def claim_pairs(sets: Mapping[str, Sequence[JudgedClaim]], checker: BundledChecker) -> list[Pair]:
    """Pairs of a sentence of a claim and what a checker reads of its evidence.

    Of a claim of several sentences all are supported if it is, else only the one that is found least likely is known not to be.
    """
    made: list[Pair] = []
    for name, claims in sets.items():
        for claim in claims:
            read = checker.readings(claim.text, claim.evidence)
            known = read if claim.supported else sorted(read, key=lambda r: r.logit)[:1]
            made += [Pair(name, r.source, r.part, claim.supported) for r in known]
    return made


def is_validation(claim: str, share: float = 0.02) -> bool:
    """Whether a claim belongs to the validation part: decided by the claim, for some sets share claims."""
    return int(hashlib.sha256(claim.lower().encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < share


def _read(pair: Pair) -> Pair:
    """The pair with as much of its source as is read at once."""
    return Pair(pair.set, excerpt(sentence_texts(pair.source), pair.claim), pair.claim, pair.supported)


def _capped(rows: list[Pair], cap: int | None, rng: random.Random) -> list[Pair]:
    if cap is None or len(rows) <= cap:
        return rows
    by_label = [[p for p in rows if p.supported is label] for label in (True, False)]
    half = [rng.sample(part, min(len(part), cap // 2)) for part in by_label]
    return half[0] + half[1]


def _among_others(pair: Pair, rows: list[Pair], rng: random.Random) -> Pair:
    before, after = ([rng.choice(rows).source[:300] for _ in range(rng.randint(0, 2))] for _ in range(2))
    return Pair(pair.set, " ".join([*before, pair.source, *after]), pair.claim, pair.supported)


def _single_sentences(passage: str, question: str, holds: str | None, rng: random.Random) -> Iterator[Pair]:
    """One sentence that answers the question (it contains ``holds``), if there is one, and one that does not."""
    sentences = sentence_texts(passage)
    right = [s for s in sentences if holds and holds in s]
    wrong = [s for s in sentences if s not in right and len(s.split()) > 4]
    if len(right) == 1 and not leans_on_context(right[0]):
        yield Pair("sentences", right[0], question, True)
    if wrong:
        yield Pair("sentences", rng.choice(wrong), question, False)


def _wrong_answer(answer: str, passage: str, rng: random.Random) -> str | None:
    """Another name or number of the passage, of the answer's kind."""
    if re.search(r"\d", answer):
        found = {m.group() for m in re.finditer(rf"{_DATE}|\b\d[\d,]*\b", passage)}
    else:
        found = {m.group() for m in re.finditer(rf"(?<![.!?] )(?<!^)\b{_NAME}", passage)}
    others = sorted(f for f in found if f not in answer and answer not in f)
    return re.sub(r"^(?:in|on|at) ", "", rng.choice(others)) if others else None


def _edited(passages: Iterable[str], wanted: int, rng: random.Random) -> Iterator[Pair]:
    made = 0
    for passage in passages:
        if made >= wanted:
            return
        sentences = [s for s in sentence_texts(passage) if 6 <= len(s.split()) <= 40 and s[0].isupper()]
        if len(sentences) < 2:
            continue
        sentence = rng.choice(sentences)
        true = [t for edit in TRUE_EDITS if (t := edit(sentence, passage, rng))]
        yield Pair("edits_true", passage, rng.choice(true) if true and rng.random() < 0.75 else sentence, True)
        false = [(edit.__name__, f) for edit in FALSE_EDITS if (f := edit(rng.choice([sentence, *true]), passage, rng))]
        if false:
            name, claim = rng.choice(false)
            yield Pair(f"edits_{name}", passage, claim, False)
        if rng.random() < 0.3:
            yield Pair("edits_absent", passage.replace(sentence, " ").strip(), sentence, False)
            made += 1
        made += 2
