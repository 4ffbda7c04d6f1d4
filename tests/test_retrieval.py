import itertools

import pytest

from rag.embedding import load_cross_encoder
from rag.errors import ConfigError, QuestionError
from rag.retrieval import fuse_ranks
from rag.types import Filters
from tests.conftest import tiny_cross_encoder


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
    assert list((seeds_config.data_dir / "keywords").glob("*/chunks.json"))
    with Corpus(seeds_config, embedder=embedder) as again:
        assert again.search("oil depot", k=3) == seeds.search("oil depot", k=3)


def test_a_document_is_found_by_a_name_that_only_its_file_has(tmp_path, embedder):
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    for name in ("1961_anna_berg", "1962_olav_lund", "1963_marta_vik"):
        (tmp_path / f"{name}.txt").write_text(
            "We shall build a harbour for all. Nobody will have to leave this town. The mills will run again."
        )
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        for name in ("1961_anna_berg", "1962_olav_lund", "1963_marta_vik"):
            hit, *_ = corpus.search(f"What did {name.split('_')[2].title()} say about the harbour?", k=1)
            assert (hit.chunk.document_id, hit.chunk.title) == (f"{name}.txt", name.replace("_", " "))


def test_no_passage_ends_before_the_answer_to_its_question(tmp_path, embedder):
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    saints = "Olav Hallvard Sunniva Magnus Henrik Erik Knut Birgitta Anders Clemens Laurits Nikolas Peter Paul Maria Anna".split()
    asked = "Where does the name of the ferry number {} come from?"
    (tmp_path / "faq.txt").write_text("\n\n".join(f"{asked.format(n)}\n\nFrom {saint}. It is so." for n, saint in enumerate(saints)))
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        hits = corpus.search(asked.format(7), k=2)
        assert not [h for h in hits if h.chunk.text.endswith("?")]
        assert any(f"{asked.format(3)}\n\nFrom Magnus." in h.chunk.text for h in hits)


def test_a_passage_over_several_sections_knows_their_headings(tmp_path, embedder):
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    text = "1. Rent\nThe rent is due in May.\n\n2. Fees\nFees are due in May.\n\n3. Pets\nNo pets are kept."
    (tmp_path / "lease.txt").write_text(text)
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        [hit] = corpus.search("What is due in May?")
        assert hit.chunk.heading == "1. Rent"
        assert [(hit.chunk.text[place:].split("\n")[0], heading) for place, heading in hit.chunk.sections] == [
            ("2. Fees", "2. Fees"),
            ("3. Pets", "3. Pets"),
        ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory, embedder):
    """Reports of several years in folders, of two types, about the same harbour."""
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    root = tmp_path_factory.mktemp("archive")
    for name, date, text in (
        ("2019/a.md", "2019-03-01", "The harbour of Torvik handled 120 ships. The harbour master was Ida Berg of Nordby."),
        ("2020/b.md", "2020-03-01", "The harbour of Torvik handled 180 ships. The harbour master was Ida Berg of Nordby."),
        ("2021/c.txt", "2021-03-01", "The harbour of Torvik handled 240 ships. A new quay for the F-35A freighter was built."),
        ("notes.txt", None, "The harbour of Torvik lies in the north. Its museum shows old anchors and ropes. Its trade is pivotal."),
    ):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text((f"---\ntitle: Report {name}\ndate: {date}\n---\n" if date else "") + text)
    config = load_config({}, data_dir=tmp_path_factory.mktemp("archive-index"), llm="extractive")
    index(root, config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        yield corpus


def found(hits):
    return {h.chunk.document_id for h in hits}


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(paths=("2019/a.md",)), {"2019/a.md"}),
        (Filters(paths=("2020",)), {"2020/b.md"}),
        (Filters(paths=("20*/*",)), {"2019/a.md", "2020/b.md", "2021/c.txt"}),
        (Filters(types=(".txt",)), {"2021/c.txt", "notes.txt"}),
        (Filters(types=("text/markdown",)), {"2019/a.md", "2020/b.md"}),
        (Filters(after="2020-03-01"), {"2020/b.md", "2021/c.txt"}),
        (Filters(before="2020-12-31"), {"2019/a.md", "2020/b.md"}),
        (Filters(types=(".md",), after="2020-01-01"), {"2020/b.md"}),
        (Filters(types=(".pdf",)), set()),
        (Filters(), {"2019/a.md", "2020/b.md", "2021/c.txt", "notes.txt"}),
    ],
)
def test_filters_let_through_what_they_name(archive, filters, documents):
    assert found(archive.search("harbour of Torvik", k=20, filters=filters)) == documents
    answer = archive.ask("How many ships did the harbour of Torvik handle?", filters=filters)
    assert found(answer.hits) <= documents
    assert {c.document_id for c in answer.citations} <= documents


@pytest.mark.parametrize(("filters", "says"), [(Filters(paths=("2030",)), "2030"), (Filters(after="May"), "YYYY-MM-DD")])
def test_a_filter_that_cannot_work_is_an_error_that_names_it(archive, filters, says):
    with pytest.raises(QuestionError, match=says):
        archive.search("harbour", filters=filters)


def test_hits_know_their_documents_date_and_title(archive):
    hit = archive.search("240 ships", k=1)[0]
    assert (hit.chunk.published, hit.chunk.title) == ("2021-03-01", "Report 2021/c.txt")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What is the latest number of ships in the harbour of Torvik?", "2021/c.txt"),
        ("How many ships in the harbour in 2019?", "2019/a.md"),
    ],
)
def test_the_time_that_a_question_asks_for_comes_first(archive, question, document):
    assert archive.search(question, k=3)[0].chunk.document_id == document


def test_a_question_about_several_documents_hears_each(archive):
    hits = archive.search("Compare the number of ships in all reports", k=4)
    assert {"2019/a.md", "2020/b.md", "2021/c.txt"} <= found(hits)


def test_no_sentence_comes_twice(archive):
    texts = [h.chunk.text for h in archive.search("Who was the harbour master of Torvik?", k=20)]
    assert sum("harbour master was Ida Berg" in t for t in texts) == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [("What does the musuem show?", "old anchors"), ("Who is the harbuor master?", "Ida Berg"), ("F35 freighter", "F-35A")],
)
def test_misspelt_words_and_other_forms_find_their_passage(archive, question, words):
    assert words in archive.search(question, k=1)[0].chunk.text


def test_an_acronym_is_spelled_out_as_the_documents_have_it_and_the_other_way_round(tmp_path, embedder):
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.txt").write_text(
        "The Federal Bureau of Fisheries gave 30 boats. In May the WMO and Lone Star Inc. gave two. The NSO did too."
    )
    (tmp_path / "docs/b.txt").write_text("The Nordic Sea Office is in Oslo, as is the Lake Society Institute. Lone Star Inc. left.")
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path / "docs", config, embedder=embedder)
    with Corpus(config, embedder=embedder) as corpus:
        assert corpus._as_spelled("How many boats did the FBF give?") == "How many boats did the Federal Bureau of Fisheries give?"
        assert corpus._as_spelled("What did the World Moon Organisation give?") == "What did the WMO give?"
        for kept in ("Where is the NSO?", "Who leads the LSI?", "Where is the Nordic Sea Office?", "Who are they?"):
            assert corpus._as_spelled(kept) == kept


@pytest.mark.parametrize(
    "question", ["Who is the master of Torvik?", "What is in Turin?", "Who is Aida?", "What about Bert?", "Who was the pilot?"]
)
def test_known_words_and_other_names_are_not_corrected(archive, question):
    assert archive._as_spelled(question) == question


def test_a_reranker_orders_the_passages(archive, tmp_path, embedder):
    from rag.pipeline import Corpus

    folder = tiny_cross_encoder(tmp_path)
    plain = archive.search("harbour", k=4)
    with Corpus(archive.config.model_copy(update={"reranker": str(folder)}), embedder=embedder) as corpus:
        hits = corpus.search("harbour", k=4)
        scores = load_cross_encoder(str(folder)).predict([("harbour", h.chunk.text) for h in hits])
    assert list(scores) == sorted(scores, reverse=True)
    assert [h.rank for h in hits] == [1, 2, 3, 4]
    assert {h.chunk.text for h in hits} & {h.chunk.text for h in plain}


def test_a_reranker_that_is_not_there_is_an_error_that_names_it(archive, embedder):
    from rag.pipeline import Corpus

    with (
        Corpus(archive.config.model_copy(update={"reranker": "/no/such/model"}), embedder=embedder) as corpus,
        pytest.raises(ConfigError, match="/no/such/model"),
    ):
        corpus.search("harbour")


def test_the_keyword_index_is_made_when_the_documents_are_indexed(archive):
    assert list((archive.config.data_dir / "keywords").glob("*/chunks.json"))


def test_a_keyword_index_of_other_terms_is_made_anew(tmp_path, embedder):
    from rag.config import load_config
    from rag.pipeline import Corpus, index

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The ferry sank on Nov. 10, 2018. The pier is old.")
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path / "docs", config, embedder=embedder)
    (kept,) = (config.data_dir / "keywords").iterdir()
    kept.rename(kept.with_name(kept.name.rpartition(".")[0]))  # As an earlier version named it.
    with Corpus(config, embedder=embedder) as corpus:
        assert corpus.search("What happened in November?", k=1)[0].keyword_rank == 1
    assert list((config.data_dir / "keywords").iterdir()) == [kept]
