import itertools

import pytest

from rag.retrieval import fuse_ranks


def test_reciprocal_rank_fusion_prefers_what_both_rankings_find():
    fused = fuse_ranks([({"a": 1, "b": 2}, 0.5), ({"c": 1, "b": 2}, 0.5)], k=10)
    assert max(fused, key=fused.__getitem__) == "b"
    assert fuse_ranks([({"a": 1}, 0.5), ({"a": 1}, 0.5)])["a"] == pytest.approx(1)


def test_hits_are_ranked_and_carry_the_words_at_their_span(seeds):
    hits = seeds.search("Where were the F-35A jets deployed from?", k=5)
    assert [h.rank for h in hits] == [1, 2, 3, 4, 5]
    assert "Kadena Air Base" in hits[0].chunk.text
    assert all(seeds.document(h.chunk.document_id).text[h.chunk.start : h.chunk.end] == h.chunk.text for h in hits)
    assert all(a.score >= b.score for a, b in itertools.pairwise(hits))


@pytest.mark.parametrize("question", ["oil depot", "F35A", "DPRK", "Choe"])
def test_rare_words_are_found_by_keyword(seeds, question):
    assert any(h.keyword_rank == 1 for h in seeds.search(question, k=3))


def test_a_meaning_without_a_shared_word_is_found_by_vector(seeds):
    hits = seeds.search("unmanned aircraft shot down", k=3)
    assert any("drones were intercepted" in h.chunk.text for h in hits)


@pytest.mark.parametrize("budget", [1, 60, 300, 1000])
def test_hits_fit_the_token_budget(seeds, embedder, budget):
    hits = seeds.search("missile defense exercise", tokens=budget)
    assert sum(embedder.count_tokens(h.chunk.text) for h in hits) <= budget
    assert budget < 60 or hits


def test_the_keyword_index_is_read_from_disk_the_next_time(seeds, seeds_config, embedder):
    from rag.pipeline import Corpus

    seeds.search("oil depot")
    assert list((seeds_config.data_dir / "keywords").glob("*/ids.json"))
    with Corpus(seeds_config, embedder=embedder) as again:
        assert again.search("oil depot", k=3) == seeds.search("oil depot", k=3)
