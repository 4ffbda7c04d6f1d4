import numpy as np
import pytest

from rag import embedding
from rag.config import load_config
from rag.embedding import Embedder
from rag.late_interaction import CONTEXT_SHARE, TokenVectors, match_tokens
from rag.words import words


def tokens(vectors, ranges):
    v = np.array(vectors, dtype=np.float32).reshape(-1, 2)
    return TokenVectors(v, np.array(ranges, dtype=np.intp).reshape(-1, 2))


def test_each_word_counts_by_its_closest_token_and_its_rarity():
    question = tokens([[1, 0], [0, 1]], [(0, 5), (6, 11)])
    [match] = match_tokens(
        words("ferry tower"), question, [tokens([[1, 0], [0.6, 0.8]], [(0, 1), (1, 2)])], {"ferri": 1.0, "tower": 3.0}.get
    )
    assert match.words == pytest.approx((1.0 + 3 * 0.8) / 4)
    assert match.least == pytest.approx(0.8)
    assert match.tokens == pytest.approx(0.9)


def test_function_words_count_among_the_tokens_only():
    question = tokens([[0, 1], [1, 0]], [(0, 3), (4, 9)])
    [match] = match_tokens(words("the ferry"), question, [tokens([[1, 0]], [(0, 1)])], lambda _: 1.0)
    assert (match.words, match.least, match.tokens) == (1.0, 1.0, 0.5)


def test_of_a_question_of_function_words_all_count():
    question = tokens([[0, 1], [1, 0]], [(0, 4), (5, 8)])
    [match] = match_tokens(words("what how"), question, [tokens([[1, 0]], [(0, 1)])], lambda _: 1.0)
    assert (match.words, match.least) == (0.5, 0.0)


def test_what_stands_around_a_sentence_counts_for_less():
    question = tokens([[1, 0], [0, 1]], [(0, 5), (6, 11)])
    said, around = tokens([[1, 0]], [(0, 1)]), tokens([[0, 1]], [(0, 1)])
    [match] = match_tokens(words("ferry tower"), question, [said], lambda _: 1.0, [[around]])
    assert match.least == pytest.approx(CONTEXT_SHARE)
    assert match.words == pytest.approx((1 + CONTEXT_SHARE) / 2)


def test_nothing_matches_nothing():
    nothing, ferry = tokens([], []), tokens([[1, 0]], [(0, 5)])
    assert [m.words for m in match_tokens(words("ferry"), ferry, [nothing], lambda _: 1.0)] == [0.0]
    assert [m.tokens for m in match_tokens([], nothing, [ferry], lambda _: 1.0)] == [0.0]


def test_words_of_like_meaning_match_better_than_others(embedder):
    question, like, other = embedder.encode_tokens(
        ["Who bought the vessel?", "The ship was purchased by Berg.", "The weather was fine in June."]
    )
    a, b = match_tokens(words("Who bought the vessel?"), question, [like, other], lambda _: 1.0)
    assert a.words > b.words
    assert a.least > b.least


def test_token_ranges_index_the_text(embedder):
    text = "Unbelievably, ferries float."
    [encoded] = embedder.encode_tokens([text])
    assert "".join(text[a:b] for a, b in encoded.ranges) == text.replace(" ", "")
    assert np.allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)


def test_a_text_longer_than_the_model_reads_is_encoded_as_far_as_it_reads(embedder):
    [encoded] = embedder.encode_tokens(["ferry " * 600])
    assert 200 < len(encoded.vectors) == len(encoded.ranges) < 260


def test_texts_are_encoded_once_and_the_cache_keeps_its_size(monkeypatch):
    monkeypatch.setattr(embedding, "TOKEN_CACHE_BYTES", 20_000)
    embedder = Embedder(load_config({}))
    asked: list[list[str]] = []
    encode = embedder._encode_tokens
    monkeypatch.setattr(embedder, "_encode_tokens", lambda texts: asked.append(list(texts)) or encode(texts))
    first, again, other = embedder.encode_tokens(["A ferry.", "A ferry.", "A tower."])
    assert again is first
    assert embedder.encode_tokens(["A tower.", "A ferry."]) == [other, first]
    assert asked == [["A ferry.", "A tower."]]
    assert embedder.encode_tokens([]) == []
    for i in range(10):
        embedder.encode_tokens([f"The ferry of day {i} sails."])
    embedder.encode_tokens(["A ferry.", "The ferry of day 9 sails."])
    assert asked[-1] == ["A ferry."]
    [long] = embedder.encode_tokens(["ferry " * 600])
    assert long.vectors.nbytes > 20_000
