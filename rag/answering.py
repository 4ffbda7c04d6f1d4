"""Turns drafted and documents' own sentences into an answer: each checked against the words it cites, numbered by first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, dropwhile, pairwise, takewhile

from rag.answer_types import holds_names
from rag.drafting import DraftSentence
from rag.evidence import Candidate
from rag.grounding import Entails, check, closest_sentence, doubt, states_another_number
from rag.logistic import logit
from rag.markup import ITEM
from rag.questions import asks_whether
from rag.sentences import is_question
from rag.types import Citation, Document, Evidence, Sentence, Span, Verdict
from rag.words import Word, content_stems, holds_alike, leans_on_context, leaves_open_who, may_be_name, month_or_weekday, names, words

MAX_CITED = 3
MIN_SCORE = 0.75
"""Least share of a drafted sentence's content words that the cited words must hold."""
ENTAILED = 0.48
"""Least probability that a model of entailment must give to it; as strict as when it was chosen, for the bundled checker's scale has changed since."""
SAID = 0.78
"""From this degree of support on a drafted sentence is said; below it the words that it cites are. Of 120 drafts that passed as supported, on
development questions, 23 were wrong, 13 of them among the 42 below this; the cited words held the answer in as many of the 42 as the drafts had."""
NEAR_CHARACTERS = 300
"""How far apart two pieces of evidence may stand to be joined, and from a sentence the names of the question to be what it is about."""
ADJACENT_CHARACTERS = 1
"""Between two sentences of one paragraph stands a space."""
VERBATIM_SENTENCES = 2
ABOUT_AS_GOOD = 0.8
"""Most by which the logit of a second sentence's score may be less than that of the best one's, to be quoted along."""
MOST_OTHER_LISTS = 3
DIFFERING_SHARE = 0.5
"""Least share of the best candidate's score of a sentence that may contradict the answer."""
SHORTEST_CLAUSE_WORDS = 4
_AGENT_WITHIN = 3
"""Words after "by"."""
LONGEST_ITEM_WORDS = 4
"""Of a list."""
_EXTENTS = frozenset("must shall should may might always never all every only most each both".split())
_REPORTS = re.compile(r"\b(?:sa(?:id|ys?)|told|stat(?:ed|es)|announced|claimed|declared)\b", re.IGNORECASE)
_REPORTED = re.compile(
    rf"{_REPORTS.pattern}|[\"“”]|\b(?:according to|add(?:ed|s)|argued|asked|called|explained|insisted|promised|replied|reported|stressed|warned|wrote)\b",
    re.IGNORECASE,
)
"""What tells that somebody says something."""
_LIMIT = re.compile(
    r"\b(?P<limit>(?:about|approximately|around|roughly|nearly|almost|up to|at least|at most|more than|fewer than|less than|over|under)(?=\s+\W?\d)"
    r"|(?:nearly|almost|mainly|principally|mostly|largely|partly|partially|usually|often|sometimes|generally|typically|normally|rarely|seldom|hardly))\s+\W?(?P<limited>\w+)",
    re.IGNORECASE,
)
"""What tells how far the next word holds."""
_RELATION = re.compile(
    r"\b(?P<limit>after(?! \w+ing\b)|apart from|before|despite|except(?: for)?|instead of|other than|prior to|rather than|unlike|until|without)"
    r"\s+(?:(?:an?|the|his|her|its|their)\s+)?(?P<limited>\w+)",
    re.IGNORECASE,
)
"""What tells how something is related to what the next words name: "an hour before landfall"."""
_OR = re.compile(r"(?:\s\([^()]*\))?,?\sor\b")
_IS, _WAS = (re.compile(rf"\b(?:{verbs})\s+(?:(?:an?|the)\s+)?(?P<of>\w+)", re.IGNORECASE) for verbs in ("is|are", "was|were|used to be"))
_BETWEEN_NEIGHBOURS = re.compile(r"\.?(?:\s+|-)")
_WHO = re.compile(r", (?:who|whose|whom)\b")
_RELATIVE = re.compile(r"(?P<name>\b[^\W\d_a-z][\w'’.-]*(?:\s[^\W\d_a-z][\w'’.-]*)*), (?:which|who)\s(?P<said>[^,;]+)")
"""What a clause says of a name before it."""
_CLAUSE = re.compile(
    r",\s+(?=(?:and|but|which|who|whose|where|while|although|because|as|making|leading|causing|including|following|according)\b)|;\s|\s[–—-]\s|\s\((?=[^()]*\)\W*$)",
)

_check_words = partial(check, as_fact=False)
"""Whether evidence holds the words of a draft; a doubt that it leaves out is for the writer to put back."""


class AnswerBuilder:
    """Collects the sentences of one answer; ``text``, ``sentences`` and ``citations`` always agree with each other."""

    def __init__(self, document: Callable[[str], Document]) -> None:
        self._document = document
        self._numbers: dict[Span, int] = {}
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []

    def add(self, text: str, spans: Sequence[Span], verdict: str, result: Verdict, *, is_item: bool = False) -> Sentence:
        """Appends a sentence that cites ``spans``."""
        follows_item = bool(self.sentences) and self.sentences[-1].is_item
        mark = "- " if is_item and not ITEM.match(text) else ""
        before = ("\n" if is_item or follows_item else " ") * bool(self.text) + mark
        start = len(self.text) + len(before)
        self.text += before + text
        sentence = Sentence(
            text, start, start + len(text), tuple(sorted({self._number(s) for s in spans})), verdict, result.score, result.reasons, is_item
        )
        self.sentences.append(sentence)
        return sentence

    def holds(self, text: str) -> bool:
        """Whether a sentence says the same words already."""
        return any(_bare(s.text) == _bare(text) for s in self.sentences)

    def says(self, text: str, spans: Collection[Span], question: str) -> bool:
        """Whether the sentences that cite some places already say all of a text in its words or those of the question."""
        if not all(map(self.cites, spans)):
            return False
        numbers = {self._numbers[s] for s in spans}
        said = {stem for s in self.sentences if numbers & {*s.citations} for stem in content_stems(s.text)}
        return {*content_stems(text)} <= said | {*content_stems(question)}

    def cites(self, span: Span) -> bool:
        """Whether a sentence cites these words."""
        return span in self._numbers

    def article(self, document_id: str, place: int) -> tuple[str, int]:
        """Which article holds a place in a document."""
        return self._document(document_id).article_id(place)

    def _number(self, span: Span) -> int:
        if span not in self._numbers:
            self._numbers[span] = number = len(self._numbers) + 1
            d = self._document(span.document_id)
            page = sum(offset <= span.start for offset in d.page_offsets) or None
            article = d.article_at(span.start)
            self.citations.append(
                Citation(number, d.id, article.title, article.published, span.start, span.end, d.text[span.start : span.end], page)
            )
        return self._numbers[span]


def _bare(text: str) -> str:
    return ITEM.sub("", text, count=1).casefold().rstrip(".:")


def support(draft: DraftSentence, evidence: Sequence[Evidence], entails: Entails | None = None) -> tuple[Verdict, tuple[Evidence, ...]]:
    """The evidence that supports a drafted sentence, with the verdict: what it cites if that will do, else the least that does.

    Tries, in this order, what it cites together with what that cannot be understood without, each piece of evidence alone, and what it cites
    together with one other piece that stands near it and goes on about the same: joining what has nothing in common would let a sentence mix two
    facts. The verdict of what it cites comes back where nothing supports it.
    """
    by_number = {e.number: e for e in evidence}
    named = tuple(by_number[n] for n in draft.numbers[:MAX_CITED])
    cited = with_contexts(named, evidence)
    first = _check(draft.text, cited, entails)
    if first.supported:
        return first, _least(draft.text, cited, first.score, entails)
    singles = [(e,) for e in evidence if (e,) != cited]
    base = named[:1]
    joined = [
        tuple(sorted((*base, e), key=lambda x: x.number))
        for e in evidence
        if base and e not in base and _belong_together(draft.text, base[0], e)
    ]
    for group in (singles, joined):
        judged = [(_check(draft.text, tried, entails), tried) for tried in group]
        good = [(v, tried) for v, tried in judged if v.supported]
        if good:
            return max(good, key=lambda g: g[0].score)
    return first, cited


def pointed_at(question: str, draft: DraftSentence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that a drafted sentence cites, if that holds all that the sentence adds to the question: it may answer where the sentence strays from it.

    A sentence that adds nothing says yes or no; it points at evidence only where that was asked.
    """
    cited = with_contexts([e for e in evidence if e.number in draft.numbers], evidence)
    if only_asks(cited):
        return []
    added = _without_words_of([question, *(e.title for e in cited)], draft.text)
    if not any(w.is_content for w in words(added)):
        return list(cited) if asks_whether(question) else []
    verdict = _check_words(added, [e.text for e in cited])
    return list(cited) if verdict.supported and verdict.score >= MIN_SCORE else []


def holds_all(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether the cited words and their titles hold every content word: a verb of the draft's own ("gets" for "supplied") may turn what they say.

    A name must stand there as it does in the draft, for "St. John's Tower" is none of "St. John's Cathedral and the Gunpowder Tower"; so must what tells
    how far something holds, for "must" is not "should usually", and "owned" is not "principally owned", or is before something else. Nor may it stand for a pronoun, as far as is known.
    Words that only a title holds may be its subject, and no more: "voted against the strike" is not what "Strike ends" and "voted against" say. What it has somebody say must be said there. What is done by somebody must be what they do there: "it carries a drill by Padua" does not say that Padua carries it; and of two alternatives it must have both.
    """
    strays = (_leaves_out_limit, _leaves_out_alternative, _makes_present, _gives_other_agent)
    if _names_for_pronoun(text, cited) or _adds_of_title(text, cited) or any(s(text, e.text) for s in strays for e in cited):
        return False
    held = [*(e.title for e in cited), *(e.text for e in cited)]
    extents = {w.surface.lower() for w in words(text)} & _EXTENTS
    if not extents <= {w.surface.lower() for h in held for w in words(h)}:
        return False
    if _REPORTS.search(text) and not any(map(_REPORTED.search, held)):
        return False
    named = {(a.stem, b.stem) for a, b in _neighbours(text) if all(w.is_content and w.surface[0].isupper() for w in (a, b))}
    return named <= {(a.stem, b.stem) for h in held for a, b in _neighbours(h)} and _check_words(text, held).score == 1


def _without_limits(text: str, evidence: str, limits: re.Pattern[str]) -> Iterator[Word]:
    """The words of evidence that a draft has too, but without what limits them there ("principally owned", "about 400", "before landfall")."""
    said = {w.stem for w in words(text)}
    left_out = (m for m in limits.finditer(evidence) if not all(w.stem in said for w in words(m["limit"])))
    return (w for m in left_out for w in words(m["limited"]) if w.stem in said)


def _leaves_out_limit(text: str, evidence: str) -> bool:
    """Whether a draft leaves out how far something holds, or how it is related to what the draft names."""
    return any(_without_limits(text, evidence, _LIMIT)) or any(w.is_content for w in _without_limits(text, evidence, _RELATION))


def _leaves_out_alternative(text: str, evidence: str) -> bool:
    """Whether a draft has only what stands before an "or" of the evidence: "Ask Ann." of "Ask Ann or, about IT, Ben."."""
    said = {w.stem for w in words(text)}
    if "or" in said:
        return False
    near = ((content_stems(evidence[: m.start()])[-1:], content_stems(evidence[m.end() :])[:1]) for m in _OR.finditer(evidence))
    return any(said.issuperset(before) and after and said.isdisjoint(after) for before, after in near)


def _makes_present(text: str, evidence: str) -> bool:
    """Whether a draft says that something is so which evidence says was ("who was responsible")."""
    now, then = ({w.stem for m in copula.finditer(t) for w in words(m["of"])} for copula, t in ((_IS, text), (_WAS, evidence)))
    return not now.isdisjoint(then - {w.stem for m in _IS.finditer(evidence) for w in words(m["of"])})


def _gives_other_agent(text: str, evidence: str) -> bool:
    """Whether a draft says of what it is by whom the evidence names as the one by whom something else is."""
    theirs = _done_by(evidence)
    order = [w.stem for w in words(evidence)]
    return any(
        agent in theirs and done not in theirs[agent] and done not in order[order.index(agent) :]
        for agent, own in _done_by(text).items()
        for done in own
    )


def _done_by(text: str) -> dict[str, set[str]]:
    """The stems of the words before each "by", by those of the first content word behind it; times and numbers left out."""
    found: dict[str, set[str]] = {}
    some = words(text)
    for i, w in enumerate(some[1:], 1):
        agent = next((x for x in some[i + 1 : i + 1 + _AGENT_WITHIN] if x.is_content), None)
        if w.surface == "by" and some[i - 1].is_content and agent and not (month_or_weekday(agent) or agent.surface[0].isdigit()):
            found.setdefault(agent.stem, set()).add(some[i - 1].stem)
    return found


def _names_for_pronoun(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether a draft has a name for a pronoun ("his aim") that the cited words do not have, but name others, or lack what the pronoun stands for."""
    leaning = [e for e in cited if leans_on_context(e.text)]
    said = _capitalised(words(text)) - {w.stem for e in cited for w in words(e.text)}
    if not leaning or not said:
        return False
    titles = {w.stem for e in cited for w in words(e.title)}
    return any(e.context is None for e in leaning) or any(_capitalised(words(e.text)[1:]) - titles for e in cited)


def _adds_of_title(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether a draft has words of a title, but for names, that the cited words lack, behind words that they hold, which lean on nothing before them."""
    stems = {w.stem for e in cited for w in words(e.text)}
    content = [w for w in words(text) if w.is_content]
    behind = dropwhile(lambda w: not holds_alike(stems, w.stem), content)
    adds = any(w.surface[0].islower() and not holds_alike(stems, w.stem) for w in behind)
    return adds and not any(leans_on_context(e.text) for e in cited)


def _capitalised(some: Sequence[Word]) -> set[str]:
    """The stems of words that may be names, months and weekdays left out."""
    return {w.stem for w in some if may_be_name(w)}


def _neighbours(text: str) -> Iterator[tuple[Word, Word]]:
    """Words that follow each other with nothing but a space, a hyphen or an abbreviation's full stop between them."""
    return ((a, b) for a, b in pairwise(words(text)) if _BETWEEN_NEIGHBOURS.fullmatch(text, a.end, b.start))


def with_contexts(cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What is cited, and of the evidence what that cannot be understood without; in the order of the evidence."""
    spans = {e.span for e in cited} | {c.span for e in cited if (c := _context(e, evidence))}
    return tuple(e for e in evidence if e.span in spans)


def _context(cited: Evidence, evidence: Sequence[Evidence]) -> Evidence | None:
    """The evidence that some other cannot be understood without, if it helps."""
    return next((e for e in evidence if e.span == cited.context and not leaves_open_who(e.text, cited.text)), None)


def only_asks(cited: Sequence[Evidence]) -> bool:
    """Whether what is cited states nothing, for it holds questions only."""
    return all(is_question(e.text) for e in cited)


def shorten(text: str) -> list[str]:
    """The sentence without its last clause, without its last two, and so on: what may hold where the whole does not.

    Cut only before words that open a clause of its own, not before the last item of a list; never before a condition, for without it the rest says
    more than was said.
    """
    kept = [text[: m.start()].rstrip(" ,;:–—-") for m in _CLAUSE.finditer(text) if not _ends_list(text, m)]
    return [f"{k}{'' if k.endswith('.') else '.'}" for k in reversed(kept) if len(k.split()) >= SHORTEST_CLAUSE_WORDS]


def _ends_list(text: str, cut: re.Match[str]) -> bool:
    """Whether a cut would be made before the last item of a list ("the U.S., and Japan"): another comma stands a few words before."""
    words_before = text[: cut.start()].split()[-LONGEST_ITEM_WORDS:]
    return cut.group().startswith(",") and text.startswith("and", cut.end()) and any("," in w for w in words_before)


def _check(text: str, cited: Sequence[Evidence], entails: Entails | None) -> Verdict:
    """As ``grounding.check``, but stricter: a draft is asked to keep to the words of its evidence, and must pass rules and model each by itself.

    The score is the model's, if there is one.

    What the evidence's title names need not stand in the evidence again.
    """
    evidence = [e.text for e in cited]
    titles = list(dict.fromkeys(e.title for e in cited if e.title))
    verdict = _check_words(text, evidence)
    if titles and not (verdict.supported and verdict.score >= MIN_SCORE):
        verdict = _check_words(_without_words_of(titles, text), evidence)
        evidence = [*titles, *evidence]
    if not verdict.supported:
        return verdict
    if displaced := next(filter(None, (_displaced(t, [e.text for e in cited]) for t in _with_relative_clauses(text))), None):
        return replace(verdict, supported=False, reasons=(f"it says of another what the cited words say of {displaced}",))
    if verdict.score < MIN_SCORE:
        return replace(verdict, supported=False, reasons=("too many of its words are not in the cited words",))
    if entails is None:
        return verdict
    probability = entails(text, evidence)
    if probability >= ENTAILED:
        return replace(verdict, score=probability)
    return Verdict(False, min(verdict.score, probability), (doubt(probability),))


def _with_relative_clauses(text: str) -> Iterator[str]:
    """A sentence, and each of its clauses that say something of a name, as sentences of their own: "Lumma carries more water." of "It is the Lumma, which
    carries more water."."""
    yield text
    yield from (f"{m['name']} {m['said']}" for m in _RELATIVE.finditer(text))


def _displaced(claim: str, evidence: Sequence[str]) -> str | None:
    """Whom the sentence of the evidence that is closest to what is said names before what it shares with a claim that begins with others: "Bergen sold the
    ferry" for "Anna Berg sold the ferry"."""
    content = [w for w in words(claim) if w.is_content]
    said = next((w.start for w in content if not w.surface[0].isupper()), 0)
    closest = closest_sentence(claim[said:], evidence)
    if not any(w.surface[0].isupper() for w in _opening(claim, {w.stem for w in words(closest)})):
        return None
    opening = _opening(closest, {w.stem for w in words(claim) if w.is_content})
    opening = [w for w in opening if w.start > 0 or _WHO.match(closest, w.end)]
    return next((w.surface for w in opening if w.surface[0].isupper() and not month_or_weekday(w)), None)


def _opening(text: str, shared: Collection[str]) -> list[Word]:
    """The content words before the first one that is shared, those that a comma follows without "who" left out; none where none is shared."""
    content = [w for w in words(text) if w.is_content]
    opening = list(takewhile(lambda w: w.stem not in shared, content))
    return [w for w in opening if not text.startswith(",", w.end) or _WHO.match(text, w.end)] if len(opening) < len(content) else []


def _without_words_of(others: Sequence[str], text: str) -> str:
    """The text without the content words that one of the others holds."""
    known = {w.stem for other in others for w in words(other)}
    for word in reversed(words(text)):
        if word.is_content and word.stem in known:
            text = text[: word.start] + text[word.end :]
    return text


def _belong_together(claim: str, a: Evidence, b: Evidence) -> bool:
    """Whether the later of two pieces goes on about the earlier one: right after it, by a pronoun, or by a name that the claim has too.

    A row of a table or an item of a list belongs to its heading, however far above that stands.
    """
    if a.span == b.context or b.span == a.context:
        return True
    first, second = sorted((a, b), key=lambda e: e.span.start)
    gap = second.span.start - first.span.end
    if a.span.document_id != b.span.document_id or gap > NEAR_CHARACTERS:
        return False
    return gap <= ADJACENT_CHARACTERS or leans_on_context(second.text) or bool(names(claim) & names(first.text) & names(second.text))


def _least(text: str, cited: tuple[Evidence, ...], score: float, entails: Entails | None) -> tuple[Evidence, ...]:
    """The smallest part of what is cited that holds as many words of the text and supports it about as well as all of it, whose score is given."""
    held = _check_words(text, [e.text for e in cited]).score
    for size in range(1, len(cited)):
        for part in combinations(cited, size):
            if _check_words(text, [e.text for e in part]).score >= held:
                verdict = _check(text, part, entails)
                if verdict.supported and verdict.score >= min(score, SAID):
                    return part
    return cited


def verbatim(
    question: str,
    chosen: Sequence[Evidence],
    candidates: Sequence[Candidate],
    document: Callable[[str], Document],
    *,
    by_names: bool = True,
) -> list[Evidence]:
    """The evidence that answers best in the documents' own words: the best sentence with the context that it needs, and a second about as good.

    Args:
        by_names: nothing where a name or number of the question is neither in these sentences, nor close to them, nor in the title or the file's
            name: they are about somebody else then.
    """
    by_span = {e.span: e for e in chosen}
    is_outright = any(c.is_outright for c in candidates[:1])
    best: list[Evidence] = []
    for candidate in candidates:
        if candidate.span not in by_span or (best and logit(candidates[0].score) - logit(candidate.score) > ABOUT_AS_GOOD):
            continue
        said = by_span[candidate.span]
        if context := _context(said, chosen):
            best.append(context)
        best.append(said)
        if len(best) >= VERBATIM_SENTENCES:
            break
    if (
        by_names
        and not is_outright
        and not holds_names(question, " ".join(_surroundings(e.span, document(e.span.document_id)) for e in best))
    ):
        return []
    return sorted(dict.fromkeys(best), key=lambda e: e.number)


def differing(written: AnswerBuilder, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sentences of other documents, or of other articles, that answer the question, or say the same as the answer, but for a number or a date: both are said
    then."""
    found: list[Candidate] = []
    sources = {written.article(c.document_id, c.start) for c in written.citations}
    near = [c for c in candidates if written.sentences and c.score >= DIFFERING_SHARE * candidates[0].score]
    others = [(c, source) for c in near if (source := written.article(c.span.document_id, c.span.start)) not in sources]
    for sentence in written.sentences:
        cited = [c.quote for c in written.citations if c.number in sentence.citations]
        for candidate, source in others:
            if source in sources:
                continue
            around = " ".join((candidate.title, *candidate.above))
            if states_another_number(candidate.text, sentence.text, cited, asked=question, around=around):
                sources.add(source)
                found.append(candidate)
    return found


def in_other_lists(cited: Sequence[Citation], question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Items of other lists of a document that are the same as one that is cited but for their numbers, where the question does not tell which list it means: sugar
    for the dough, and for the crumble."""
    if asks_whether(question):
        return []
    asked = {*content_stems(question)}
    items = [(c, kind) for c in candidates if ITEM.match(c.text) and (kind := _kind_of_item(c.text))]
    found: list[Candidate] = []
    for own, kind in items:
        if not (kind & asked and any(x.document_id == own.span.document_id and own.span.start <= x.start < own.span.end for x in cited)):
            continue
        for other, its_kind in items:
            above, its_above = {*own.above}, {*other.above}
            is_same = (kind <= its_kind or its_kind <= kind) and kind & asked == its_kind & asked
            is_elsewhere = other.span.document_id == own.span.document_id and above - its_above and its_above - above
            if is_same and is_elsewhere and asked.isdisjoint(content_stems(" ".join(above ^ its_above))):
                found.append(other)
    return found[:MOST_OTHER_LISTS]


def _kind_of_item(text: str) -> set[str]:
    """The content words of an item with a number but for its numbers; none of another."""
    content = [w for w in words(ITEM.sub("", text, count=1)) if w.is_content]
    kind = {w.stem for w in content if not w.surface[0].isdigit()}
    return kind if len(content) > len(kind) else set()


def _surroundings(span: Span, document: Document) -> str:
    article = document.article_at(span.start)
    return f"{document.id} {article.title} {document.text[max(article.start, span.start - NEAR_CHARACTERS) : min(article.end, span.end + NEAR_CHARACTERS)]}"
