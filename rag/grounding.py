"""Checks whether words support a claim: its numbers, dates, names, negation, doubts, and most of its content words must be there.

Deterministic and free of models; a model of entailment can be plugged in. A claim is compared with the evidence as a whole; negation
with the evidence sentence that shares most words with it, opposites with those that share nearly as many.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from rag.modality import reservation
from rag.sentences import is_prose, is_question, sentence_texts, split_sentences
from rag.tables import read_cells
from rag.types import Verdict
from rag.words import (
    FUNCTION_WORDS,
    MONTHS,
    NUMBER_WORDS,
    YEAR,
    Word,
    holds_alike,
    is_day_of_month,
    month_or_weekday,
    opposites,
    stem,
    words,
)

MIN_SCORE = 0.6
"""Least share of the content words that a claim asserts that its evidence must hold."""
MIN_SHARE = 0.4
"""The same where a model judges too: it knows other words for the same thing, but not for most of a claim."""
LIKELY = 0.4
"""Least probability that a model must give to a claim: best on claims of sets that neither was fitted on, of which as many are weighed true as false."""
Entails = Callable[[str, Sequence[str]], float]
"""The probability, in 0..1, that evidence sentences entail a claim."""
_PENALTY = 0.45
"""Factor on the rules' score for each kind of violation."""

_NEGATIONS = frozenset(
    """no not never none nor neither nobody nothing nowhere without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't
    hasn't haven't hadn't wouldn't couldn't shouldn't hardly barely failed refused denied declined unable lacks lacked""".split()
)
_DENYING = _NEGATIONS | frozenset(
    """except excluding excluded exclusion exclusions exception exceptions prohibited forbidden banned avoid cancelled canceled rejected withdrawn deprecated
    obsolete expired former false wrong myth myths misconception misconceptions rumour rumours rumor rumors proposal proposals proposed suggestion suggestions
    ideas wishes plans planned draft drafts""".split()
)
_GOES_WRONG = re.compile(r"\b(?:goes|going|gone|go|went|is|what['’]s) wrong\b", re.IGNORECASE)
"""Of what is above advice: that is meant."""
_SAME_SHARE = 0.75
"""Share of a claim's words, numbers left out, that a sentence must hold to speak of the same."""
_LEAST_SHARED = 3
# Of which only one can hold at a time: not born and died, which one sentence may say both of.
_OPPOSITE = opposites(
    """more/less first/last largest/smallest highest/lowest increased/decreased increase/decrease rose/fell rise/fall higher/lower
    won/lost win/lose accepted/rejected accept/reject approved/rejected supported/opposed support/oppose allowed/banned northern/southern
    eastern/western male/female older/younger early/late earlier/later many/few always/never most/least above/below public/private
    positive/negative major/minor succeeded/failed upper/lower success/failure victory/defeat confirmed/denied best/worst legal/illegal
    guilty/innocent acquitted/convicted cleared/convicted gained/lost grew/shrank growth/decline improved/worsened expanded/shrank strengthened/weakened
    raised/lowered raised/cut profit/loss bought/sold survived/died alive/dead cheaper/dearer cheap/expensive shorter/longer larger/smaller
    bigger/smaller faster/slower warmer/colder stronger/weaker better/worse lighter/heavier maximum/minimum arrived/departed full/empty
    wet/dry hot/cold"""
)
_DECADE = re.compile(r"(\d{3})0s")
_PLURAL = re.compile(r"[a-z-]+s|people|men|women|children")
_PLURAL_OR_PERCENT = re.compile(rf"{_PLURAL.pattern}|percent")
_COUNTED_WITHIN = 2
_COORDINATED = re.compile(r"(?P<one>[^\W\d][\w-]+) (?:and|or|&) (?=(?P<other>[^\W\d][\w-]+))", re.IGNORECASE)
_PART_ENDS = re.compile(r"[,;|]\s|\s[–—-]\s|\s(?:and|but|while|whereas)\s")
_CASE = re.compile(
    r"[,;(]\s?(?:(?:at|during|for|from|in|on|with)\s)?(?:the\s)?(?P<what>[^\W\d](?:[^,;:.()\d](?!\b(?:and|are|is|it|of|to|was|were)\b)){1,40}?)\s?:?\s(?:only\s|up to\s|about\s)?"
    rf"(?P<own>(?!{YEAR.pattern})\d[\d.,]*(?!\w)|{'|'.join(NUMBER_WORDS)})(?=\s(?P<unit>{_PLURAL.pattern})|\W)",
    re.IGNORECASE,
)
"""A case that a sentence gives a number of its own for: "(Max: 8 hours)", ", for batteries up to two weeks"."""
_NUMBER_THEN = re.compile(
    rf"(?<![\d.,])(?P<number>(?!{YEAR.pattern}\b)\d[\d.,]*\d|\d)\s(?:[^\W\d][\w'’-]*\s){{0,4}}?(?:by|during|for|from|in|of|since|until)\s(?:(?:early|late)\s)?"
    rf"(?P<time>(?:(?:{'|'.join(MONTHS)})\s)?(?:{YEAR.pattern})\b|(?-i:{'|'.join(m.capitalize() for m in MONTHS)})\b)",
    re.IGNORECASE,
)
"""A number and when that was: "240 tons in 2025"."""
_TIMES = ("(weekday)", "(month)", "(year)")
"""What ``_measures`` calls them: names that are no stem, for "3 years" is not the year 3."""
_SAID_ALIKE, _SUBJECT_WITHIN = 4, 6
"""Words: a claim that has so many in a row from a sentence says of its subject, which these may stand before, what that says of another."""
_SAID_AROUND = 2
"""Words before a number, and behind it, that a claim must have from a sentence to put that number in the place of another."""
_NEAR = 6
"""Words after a number among which what it counts is looked for."""


def check(claim: str, evidence: Sequence[str], entails: Entails | None = None, *, as_fact: bool = True) -> Verdict:
    """Whether the evidence sentences support the claim.

    A claim with a violation, or without content, is not supported. By the rules alone ``score`` is the share of the asserted content words that the
    evidence holds, lowered for each violation, and must be at least ``MIN_SCORE``. With a model it is the model's probability, halved where
    there is a violation, and must be at least ``LIKELY``: evidence may say the same in other words. Of a question with its answer it is the
    product of both: the few words of an answer stand in the evidence, or it is another answer.

    Args:
        entails: a model of entailment.
        as_fact: whether a claim that leaves out a doubt of the evidence ("reportedly") is a violation.
    """
    claim_words = words(claim)
    content = [w for w in claim_words if w.is_content]
    if not content or not any(e.strip() for e in evidence):
        return Verdict(False, 0.0, ("it says nothing that can be checked",) if not content else ("it cites no words",))
    sentences = [words(e) for e in evidence]
    stems = {w.stem for s in sentences for w in s}
    asserted, opening = _asserted(claim, content)
    missing = [w for w in asserted if not _is_held(w, stems) and not any(_spells_out(s, w) for s in sentences)]
    reasons = _violations(claim_words, asserted, missing, sentences, opening)
    if moved := [*_moved_numbers(asserted, evidence), *_of_another_time(claim, evidence), *_in_place_of_another(claim_words, sentences)]:
        reasons.append(f"in the cited words {', '.join(dict.fromkeys(moved))} belongs to something else")
    claimed = {w.stem for w in asserted}
    if mixed := _of_another_row(claimed, evidence):
        reasons.append(f"in the table {', '.join(mixed)} stands in another row")
    if other := _of_another_subject(claim_words, asserted, sentences):
        reasons.append(f"it says of {other} what the cited words say of something else")
    if half := _of_other_half(claimed, evidence, sentences):
        reasons.append(f"it says of {half[0]} what the cited words say of {half[1]}")
    if as_fact and (doubtful := hidden_doubt(claim, evidence)):
        reasons.append(f"it states as fact what the cited words say with “{doubtful}”")
    share = 1 - len(missing) / len(asserted)
    score = share * _PENALTY ** len(reasons)
    if share < (MIN_SCORE if entails is None else MIN_SHARE):
        reasons.append(f"the cited words do not hold {', '.join(dict.fromkeys(w.surface for w in missing))}")
    if entails is not None:
        probability = entails(claim, evidence)
        answers_question = len(asserted) < len(content)
        if answers_question:
            score *= probability
        else:
            score = probability / 2 if reasons else probability
        if probability < LIKELY:
            reasons.append(doubt(probability))
    return Verdict(not reasons, round(score, 4), tuple(reasons))


def hidden_doubt(claim: str, evidence: Sequence[str]) -> str | None:
    """The words ("reportedly", "was to be", "If …") by which the closest sentence does not state as fact what a claim does; None where it does."""
    return reservation(claim, closest_sentence(claim, [s for e in evidence for s in sentence_texts(e)]))


def closest_sentence(claim: str, evidence: Sequence[str]) -> str:
    """The evidence sentence that shares most content words with a claim; empty without any."""
    stems = {w.stem for w in words(claim) if w.is_content}
    return max(evidence, key=lambda e: len({w.stem for w in words(e)} & stems), default="")


def doubt(probability: float) -> str:
    """The reason that a model of entailment thinks a claim unlikely."""
    return f"the checker's model gives it a probability of {probability:.2f}"


def _asserted(claim: str, content: Sequence[Word]) -> tuple[list[Word], set[int]]:
    """Of a claim's content words those that it asserts, and where its sentences start.

    Of a question with its answer the question asserts nothing: what it takes for granted may be written elsewhere.
    """
    sentences = split_sentences(claim)
    asked = [s for s in sentences if is_question(claim[s.start : s.end])]
    asserted = [w for w in content if not any(s.start <= w.start < s.end for s in asked)]
    return asserted or list(content), {s.start for s in sentences if s.is_prose}


def _violations(
    claim: Sequence[Word], content: Sequence[Word], missing: Sequence[Word], sentences: Sequence[Sequence[Word]], opening: Collection[int]
) -> list[str]:
    """What of a claim the evidence sentences contradict or must hold and do not.

    Args:
        opening: where the claim's sentences start.
        content: the claim's content words.
        missing: those that the evidence does not hold.
    """
    reasons: list[str] = []
    for kind, found in (
        ("number", [w for w in missing if _is_number(w)]),
        ("date", [w for w in missing if month_or_weekday(w)]),
        ("name", [w for w in missing if _is_name(w, opening) and not _is_number(w) and not month_or_weekday(w)]),
    ):
        if found:
            reasons.append(f"the cited words do not hold the {kind} {', '.join(dict.fromkeys(w.surface for w in found))}")
    if loose := [w for w in content if _is_number(w) and w not in missing and not _counts_the_same(w, claim, sentences)]:
        reasons.append(f"in the cited words {', '.join(dict.fromkeys(w.surface for w in loose))} counts something else")
    claimed = {w.stem for w in content}
    shared = [len({w.stem for w in s} & claimed) for s in sentences]
    closest = sentences[shared.index(max(shared))]
    near = {w.stem for s, n in zip(sentences, shared, strict=True) if 2 * n >= max(shared) for w in s}
    claimed_times, held_times = _measures(content), _measures(closest)
    for kind in _TIMES:
        if kind in claimed_times and kind in held_times and not claimed_times[kind].keys() & held_times[kind].keys():
            said, held = (", ".join(times[kind].values()) for times in (claimed_times, held_times))
            reasons.append(f"the closest cited words say {held} instead of {said}")
    says_the_same = max(shared) >= _SAME_SHARE * len(claimed)
    here = {w.stem for w in closest}
    # What says the same but for one word may stand beside others that have that word: a title that tells who else was convicted.
    others = here if says_the_same else set()
    if turned := [w for w in content if w.stem not in here and _OPPOSITE.get(w.stem, set()) & (near if w in missing else others)]:
        reasons.append(f"the cited words say the opposite of {', '.join(dict.fromkeys(w.surface for w in turned))}")
    if says_the_same and _negated(claim, content) != _negated(closest, content):
        reasons.append("one of claim and cited words is negated, the other is not")
    return reasons


def _moved_numbers(content: Sequence[Word], evidence: Sequence[str]) -> list[str]:
    """Numbers of a claim that belong to another of the things that the evidence lists with a number each.

    "Open 8 to 18 on Mondays" of "Monday to Friday 6 to 21, at weekends 8 to 18": the part that holds 8 has words of its own and the claim has none of
    them, but those of another part, and not its numbers.
    """
    stated = [w for w in content if _is_number(w) and not YEAR.fullmatch(w.surface)]
    if not stated:
        return []
    claimed = {w.stem for w in content}
    sentences = [_parts(sentence) for text in evidence for sentence in sentence_texts(text)]
    return [
        w.surface
        for w in stated
        for parts in sentences
        for numbers, rest in parts
        if w.stem in numbers and rest and not rest & claimed
        if any(theirs and not theirs & claimed and others & claimed for theirs, others in parts)
    ] + _of_another_case(stated, claimed, evidence)


def _of_another_case(stated: Sequence[Word], claimed: AbstractSet[str], evidence: Sequence[str]) -> list[str]:
    """Numbers of a claim about a case for which a sentence that has them gives another: "two weeks" of "two weeks, for batteries a month", said of batteries."""
    found: list[str] = []
    for sentence in (s for text in evidence for s in sentence_texts(text)):
        for case in _CASE.finditer(sentence):
            what = [w.stem for w in words(case["what"]) if w.is_content]
            before = words(sentence[: case.start()])
            is_claimed = bool(what) and all(s in claimed for s in what) and what[-1] not in {w.stem for w in before}
            own = {w.stem for w in words(f"{case['own']} {case['unit'] or ''}")}
            if is_claimed and not own <= claimed:
                found += [w.surface for w in stated if w.stem in {x.stem for x in before}]
    return found


def _of_another_time(claim: str, evidence: Sequence[str]) -> list[str]:
    """Numbers of a claim that the evidence has only with another time behind them: "exported 240 tons in 2021" of "exported 240 tons in 2025, twice as much as in 2021"."""
    found: list[str] = []
    for said in _NUMBER_THEN.finditer(claim):
        number = re.compile(rf"(?<![\d.,]){re.escape(said['number'])}(?!\d|[.,]\d)")
        places = [(text, m.start()) for text in evidence for m in number.finditer(text)]
        times = [_NUMBER_THEN.match(text, start) for text, start in places]
        claimed = {w.lower() for w in said["time"].split()}
        if times and all(t and claimed.isdisjoint(w.lower() for w in t["time"].split()) for t in times):
            found.append(said["number"])
    return found


def _in_place_of_another(claim: Sequence[Word], sentences: Sequence[Sequence[Word]]) -> list[str]:
    """Numbers of a claim that goes on, word for word, before and behind them as a sentence does with another, which also has them: "up to 190 euros a night" of
    "up to 140 euros a night, in Paris 190"; but for years and days."""
    stems = [w.stem for w in claim]
    amounts = [i for i, w in enumerate(claim) if _is_number(w) and not (YEAR.fullmatch(w.surface) or is_day_of_month(claim, i))]
    found: list[str] = []
    for sentence in sentences if amounts else []:
        said = [w.stem for w in sentence]
        steps = SequenceMatcher(None, stems, said, autojunk=False).get_opcodes()
        for (_, a, b, *_), (_, start, end, other, other_end), (_, c, d, *_) in zip(steps, steps[1:], steps[2:], strict=False):
            is_one_for_one = end - start == other_end - other == 1 and min(b - a, d - c) >= _SAID_AROUND
            is_moved = is_one_for_one and start in amounts and stems[start] in said and said[other] not in stems
            if is_moved and _is_number(sentence[other]):
                found.append(claim[start].surface)
    return found


def _of_another_row(claimed: AbstractSet[str], evidence: Sequence[str]) -> list[str]:
    """Words of a claim from another row than that whose first cell it names: "Green means stop" of the rows "Green | go" and "Red | stop"."""
    rows = [[{w.stem: w.surface for w in words(cell) if w.is_content} for cell in read_cells(text)] for text in evidence]
    found: list[str] = []
    for named, other in itertools.permutations((r for r in rows if len(r) > 1), 2):
        if len(named) != len(other):
            continue
        (name, *values), (other_name, *other_values) = (
            [a.keys() - b.keys() for a, b in zip(x, y, strict=True)] for x, y in ((named, other), (other, named))
        )
        takes = [s for cell in other_values for s in cell & claimed]
        if takes and name & claimed and not (other_name & claimed) and not any(cell & claimed for cell in values):
            found += [cell[s] for s in takes for cell in other if s in cell]
    return list(dict.fromkeys(found))


def _of_another_subject(claim: Sequence[Word], asserted: Sequence[Word], sentences: Sequence[Sequence[Word]]) -> str | None:
    """What a claim begins with and then says, word for word, what a sentence says of something else, where that sentence names it only behind that:
    "Moths are known to harm bees and moths" of "Light is known to harm bees and moths"."""
    stems = [w.stem for w in claim]
    for sentence in sentences:
        match = SequenceMatcher(None, stems, said := [w.stem for w in sentence], autojunk=False).find_longest_match()
        if match.size < _SAID_ALIKE or match.a > _SUBJECT_WITHIN:
            continue
        subject = [w for w in claim[: match.a] if w in asserted and not w.surface[0].isdigit()]
        its_own = [w.stem for w in sentence[max(0, match.b - _SUBJECT_WITHIN) : match.b] if w.is_content]
        if (
            subject
            and its_own
            and not any(holds_alike(its_own, w.stem) for w in subject)
            and all(w.stem in said[match.b :] and w.stem not in said[: match.b] for w in subject)
        ):
            return " ".join(w.surface for w in subject)
    return None


def _of_other_half(claimed: AbstractSet[str], evidence: Sequence[str], sentences: Sequence[Sequence[Word]]) -> tuple[str, str] | None:
    """Which of two things that a heading names together a claim is about, and which the words below it are ("Brightness and colour"); None where they are about the
    same.

    Args:
        sentences: the words of each piece of evidence.
    """
    pairs = [m for text in evidence if not is_prose(text) for m in _COORDINATED.finditer(text)]
    below = (
        {w.stem for text, said in zip(evidence, sentences, strict=True) if is_prose(text) for w in said if w.is_content} if pairs else set()
    )
    for pair in pairs:
        for said, held in itertools.permutations((pair["one"], pair["other"])):
            if stem(said) in claimed - below and stem(held) in below - claimed:
                return said, held
    return None


def _parts(sentence: str) -> list[tuple[set[str], set[str]]]:
    """Of each part of a sentence the stems that no other part holds: numbers, and other content words."""
    stems = [{w.stem for w in words(part) if w.is_content} for part in _PART_ENDS.split(sentence)]
    own = [part.difference(*(other for other in stems if other is not part)) for part in stems]
    return [({x for x in part if x[0].isdigit()}, {x for x in part if not x[0].isdigit()}) for part in own]


def states_another_number(sentence: str, claim: str, evidence: Sequence[str], *, asked: str = "", around: str = "") -> bool:
    """Whether a sentence says what the claim says, but with another number of the same things, another year, month or weekday; or another number of what
    is asked for, about what is asked.

    Args:
        evidence: what the claim rests on; numbers that it holds are none of another.
        asked: the question that the claim answers.
        around: what tells what the sentence is about.
    """
    claim_words, said, question = words(claim), words(sentence), words(asked)
    known = {w.stem for ws in (claim_words, *map(words, evidence)) for i, w in enumerate(ws) if not is_day_of_month(ws, i)}
    own, other = (_measures(ws) for ws in (claim_words, said))
    things = {thing for thing in own.keys() & other.keys() if not known & other[thing].keys()}
    says_the_same = bool(things) and _share(claim_words, said)
    return says_the_same or (not things.isdisjoint(w.stem for w in question) and _share(question, [*words(around), *said]))


def _share(claim: Sequence[Word], said: Sequence[Word]) -> bool:
    """Whether some words hold enough of a claim's, but for numbers and dates, to be about the same."""
    rest = {w.stem for w in claim if w.is_content and not _is_number(w) and not month_or_weekday(w)}
    return len(rest) >= _LEAST_SHARED and len(rest & {w.stem for w in said}) >= _SAME_SHARE * len(rest)


def _measures(sentence: Sequence[Word]) -> dict[str, dict[str, str]]:
    """The numbers of a sentence (stem to surface) by what they count (the stem of the plural noun after them, or of a percentage), and its ``_TIMES``."""
    found: dict[str, dict[str, str]] = {}
    for i, w in enumerate(sentence):
        if day := month_or_weekday(w):
            found.setdefault("(month)" if day in MONTHS else "(weekday)", {})[w.stem] = w.surface
        elif YEAR.fullmatch(w.surface):
            found.setdefault("(year)", {})[w.stem] = w.surface
        elif _is_number(w) and (counted := _numbered(sentence, i) or _counted(sentence, i, _PLURAL_OR_PERCENT)) is not None:
            found.setdefault(counted.stem, {})[w.stem] = w.surface
    return found


def _is_held(word: Word, stems: set[str]) -> bool:
    """Whether the evidence holds a word, or one with the same long beginning (``Korean``, ``Korea``), or a year of a decade (``1960s``)."""
    if word.stem in stems:
        return True
    if decade := _DECADE.fullmatch(word.stem):
        return any(YEAR.fullmatch(s) and s.startswith(decade[1]) for s in stems)
    return holds_alike(stems, word.stem)


def _counts_the_same(number: Word, claim: Sequence[Word], sentences: Sequence[Sequence[Word]]) -> bool:
    """Whether what a number counts in the claim stands near the same number in the evidence, or the evidence holds it nowhere near any number.

    Only plural nouns soon after the number are looked at ("three pilots", "three young pilots"); years, dates, measures and names pass.
    """
    counted = _counted(claim, next(i for i, w in enumerate(claim) if w is number), _PLURAL)
    if counted is None:
        return True
    for sentence in sentences:
        for j, w in enumerate(sentence):
            if w.stem == number.stem:
                following = sentence[j + 1 : j + 1 + _NEAR]
                if any(_is_held(counted, {x.stem}) for x in following):
                    return True
                if not (following and _PLURAL.fullmatch(following[0].surface)):
                    return True
    return False


def _counted(sentence: Sequence[Word], i: int, noun: re.Pattern[str]) -> Word | None:
    """What the number at ``i`` counts: the first such noun soon after it."""
    return next((w for w in sentence[i + 1 : i + 1 + _COUNTED_WITHIN] if noun.fullmatch(w.surface)), None)


def _numbered(sentence: Sequence[Word], i: int) -> Word | None:
    """What the number at ``i``, which ends a phrase, counts where that stands before it: "the number of people killed has risen to 12"."""
    ends = i + 1 == len(sentence) or sentence[i + 1].start > sentence[i].end + 1
    if not ends or is_day_of_month(sentence, i):
        return None
    named = [n for n in range(2, i) if (sentence[n - 2].surface.lower(), sentence[n - 1].surface) == ("number", "of")]
    return next((w for n in named for w in sentence[n : min(i, n + _COUNTED_WITHIN)] if _PLURAL.fullmatch(w.surface)), None)


def _is_number(word: Word) -> bool:
    return word.stem[0].isdigit()


def _is_name(word: Word, opening: Collection[int]) -> bool:
    """Capitalised where a common word would not be: ``opening`` is where sentences start."""
    return word.surface[0].isupper() and (word.start not in opening or not word.surface[1:].islower())


def _spells_out(sentence: Sequence[Word], acronym: Word) -> bool:
    """Whether neighbouring words of a sentence have the initials of an acronym (``CNN``, ``convolutional neural network``)."""
    letters = acronym.surface.replace(".", "")
    if not letters.isupper() or len(letters) < 2:
        return False
    initials = "".join(w.surface[0] for w in sentence)
    # Two initials stand side by side by chance: they must be capitals.
    return letters in initials or (len(letters) > 2 and letters in initials.upper())


def denies(words_above: str) -> bool:
    """Whether a heading, or what introduces a list, may turn what stands below it into its opposite ("Not covered", "Exclusions", "Myths")."""
    return any(_lower(w) in _DENYING for w in words(_GOES_WRONG.sub(" ", words_above)))


def _lower(word: Word) -> str:
    return word.surface.lower().replace("’", "'")


def _negated(sentence: Sequence[Word], content: Sequence[Word]) -> bool:
    """Whether a sentence has an odd number of negations that stand just before a word of the claim."""
    stems = {w.stem for w in content}
    count = 0
    for i, w in enumerate(sentence):
        if _lower(w) in _NEGATIONS:
            following = [x for x in sentence[i + 1 : i + 6] if x.surface.lower() not in FUNCTION_WORDS][:3]
            count += any(x.stem in stems for x in following) or not following
    return count % 2 == 1
