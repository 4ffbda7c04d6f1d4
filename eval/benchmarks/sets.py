"""What the adapters turn public data into: documents with questions, or follow-ups with people's rewrites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.cases import Case
from rag.types import Turn


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents and questions about them."""

    name: str
    documents: Mapping[str, str]
    """Texts by ids that are valid file names."""
    cases: tuple[Case, ...]
    """With literal answers in one group, or gold spans, or both."""


@dataclass(frozen=True, slots=True)
class RankingSet:
    """Documents and questions with judged documents."""

    name: str
    documents: Mapping[str, str]
    """Texts by the ids that the judgements use."""
    questions: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]
    """Grade of each judged document by question; more than 0 is relevant."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question of a conversation with a person's rewrite that stands alone."""

    id: str
    history: tuple[Turn, ...]
    question: str
    rewrite: str
