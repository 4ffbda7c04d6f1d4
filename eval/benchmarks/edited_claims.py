"""Which errors the checker sees: claims that people call supported beside the same claims with one error put in. For ``python -m eval bench grounding``.

The errors are of the kinds that the bundled checker is trained on (``rag.checker.edits``), put into claims that it is not trained on.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from eval.benchmarks.claims import Claim
from eval.benchmarks.grounding import checker_scores
from eval.statistics import Estimate, estimate
from rag.checker.edits import FALSE_EDITS
from rag.entailment import Entailment

EACH_KIND = 100
"""Claims, at most."""
MOST_WORDS = 40
"""Of a claim: in a longer one a single error weighs little."""


def with_errors(claims: Sequence[Claim], most: int = EACH_KIND, seed: int = 0) -> dict[str, list[tuple[Claim, Claim]]]:
    """Pairs of a supported claim and the same with an error, by kind of error; the claims of each kind are drawn from all sets."""
    rng = random.Random(seed)
    usable = [c for c in claims if c.supported and "?" not in c.text and len(c.text.split()) <= MOST_WORDS]
    found: dict[str, list[tuple[Claim, Claim]]] = {}
    for edit in dict.fromkeys(FALSE_EDITS):
        pairs = found[edit.__name__.replace("_", " ")] = []
        for claim in rng.sample(usable, len(usable)):
            if len(pairs) == most:
                break
            if edited := edit(claim.text, " ".join(claim.evidence), rng):
                pairs.append((claim, replace(claim, text=edited, supported=False)))
    return found


def preferred(claims: Sequence[Claim], model: Entailment | None, most: int = EACH_KIND) -> dict[str, Estimate]:
    """How often the claim as it was gets the higher score, an equal one counting half, by kind of error and system; 0.5 is chance."""
    figures: dict[str, Estimate] = {}
    for kind, pairs in with_errors(claims, most).items():
        for system, scores in checker_scores([c for pair in pairs for c in pair], model).items():
            if not system.endswith(", decision"):
                wins = [(right > wrong) + (right == wrong) / 2 for right, wrong in zip(scores[::2], scores[1::2], strict=True)]
                figures[f"{kind}: {system} prefers the claim without"] = estimate(wins)
    return figures
