"""The index follows its folder, and nothing that can go wrong loses what is stored."""

import json
import shutil

import pytest
from filelock import FileLock

from rag.config import load_config
from rag.errors import CorpusError, DocumentError
from rag.pipeline import Corpus, index
from rag.store import Store
from tests.conftest import SEEDS


class CountingEmbedder:
    """The real embedder, counting what it embeds, and failing at a given text."""

    def __init__(self, embedder, fail_at=None):
        self._embedder, self.texts, self.fail_at = embedder, [], fail_at
        self.identity, self.count_tokens, self.load = embedder.identity, embedder.count_tokens, embedder.load
        self.count_tokens_batch = embedder.count_tokens_batch

    def encode(self, texts):
        if self.fail_at and any(self.fail_at in t for t in texts):
            raise KeyboardInterrupt
        self.texts += texts
        return self._embedder.encode(texts)


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SEEDS, tmp_path / "docs")


@pytest.fixture
def config(tmp_path):
    return load_config({}, data_dir=tmp_path / "data", llm="extractive")


def found(config, embedder, question):
    with Corpus(config, embedder=embedder) as corpus:
        return corpus.search(question, k=1)[0].chunk.text


def test_a_second_run_embeds_nothing(folder, config, embedder):
    counting = CountingEmbedder(embedder)
    first = index(folder, config, embedder=counting)
    assert (len(first.added), first.embedded) == (5, first.chunks)
    counting.texts.clear()
    second = index(folder, config, embedder=counting)
    assert (second.unchanged, second.embedded, counting.texts) == (5, 0, [])


def test_only_what_changed_is_embedded_and_what_vanished_is_gone(folder, config, embedder):
    index(folder, config, embedder=embedder)
    (folder / "new.md").write_text("Herons nest on the old pier in spring.")
    (folder / "001_04c823a8404f9df4.txt").unlink()
    (folder / "003_68e254e2bdd542a9.txt").write_text("Otters swim past the harbour at night.")
    report = index(folder, config, embedder=embedder)
    assert (report.added, report.changed, report.removed) == (("new.md",), ("003_68e254e2bdd542a9.txt",), ("001_04c823a8404f9df4.txt",))
    assert report.embedded == 2
    assert "Herons" in found(config, embedder, "Where do herons nest?")
    assert "Otters" in found(config, embedder, "otters")
    assert "Hawaii" not in found(config, embedder, "The drill in waters off Hawaii")


def test_an_update_cut_short_leaves_the_old_version_and_the_next_run_completes_it(folder, config, embedder):
    index(folder, config, embedder=embedder)
    (folder / "003_68e254e2bdd542a9.txt").write_text("Otters swim past the harbour at night.")
    with pytest.raises(KeyboardInterrupt):
        index(folder, config, embedder=CountingEmbedder(embedder, fail_at="Otters"))
    assert "Hawaii" in found(config, embedder, "The drill in waters off Hawaii")
    assert index(folder, config, embedder=embedder).changed == ("003_68e254e2bdd542a9.txt",)
    assert "Otters" in found(config, embedder, "otters")


@pytest.mark.slow
def test_a_first_run_cut_short_can_be_repeated(folder, config, embedder):
    with pytest.raises(KeyboardInterrupt):
        index(folder, config, embedder=CountingEmbedder(embedder, fail_at="oil depot"))
    report = index(folder, config, embedder=embedder)
    assert len(report.added) + report.unchanged == 5
    assert "oil depot" in found(config, embedder, "oil depot")


def test_a_file_that_became_unreadable_is_named_and_keeps_its_stored_text(folder, config, embedder):
    index(folder, config, embedder=embedder)
    (folder / "003_68e254e2bdd542a9.txt").write_bytes(b"\xff\xfe broken")
    report = index(folder, config, embedder=embedder)
    assert len(report.problems) == 1
    assert "003_68e254e2bdd542a9.txt" in report.problems[0]
    assert report.removed == ()
    assert "Hawaii" in found(config, embedder, "The drill in waters off Hawaii")


@pytest.mark.slow
def test_bad_folders_make_no_data_folder_and_lose_nothing(folder, config, embedder, tmp_path):
    for bad in (tmp_path / "missing", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(DocumentError):
            index(bad, config, embedder=embedder)
    assert not config.data_dir.exists()
    index(folder, config, embedder=embedder)
    with pytest.raises(DocumentError):
        index(tmp_path / "empty", config, embedder=embedder)
    assert "Hawaii" in found(config, embedder, "The drill in waters off Hawaii")


def test_another_folder_takes_the_place_only_when_told_to(folder, config, embedder, tmp_path):
    index(folder, config, embedder=embedder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "birds.txt").write_text("Herons nest on the old pier in spring.")
    with pytest.raises(CorpusError, match="--replace"):
        index(other, config, embedder=embedder)
    assert "Hawaii" in found(config, embedder, "The drill in waters off Hawaii")
    assert len(index(other, config, embedder=embedder, replace=True).removed) == 5
    assert "Herons" in found(config, embedder, "herons")


@pytest.mark.slow
def test_the_same_documents_in_a_moved_folder_are_not_embedded_again(folder, config, embedder, tmp_path):
    index(folder, config, embedder=embedder)
    moved = folder.rename(tmp_path / "moved docs")
    assert index(moved, config, embedder=embedder).embedded == 0


def test_another_embedding_model_is_refused_and_nothing_is_lost(folder, config, embedder):
    index(folder, config, embedder=embedder)
    other = CountingEmbedder(embedder)
    other.identity = "some/other-model"
    for attempt in (lambda: index(folder, config, embedder=other), lambda: Corpus(config, embedder=other)):
        with pytest.raises(CorpusError, match="all-MiniLM-L6-v2") as error:
            attempt()
        assert str(config.data_dir) in str(error.value)
    assert "Hawaii" in found(config, embedder, "The drill in waters off Hawaii")


@pytest.mark.slow
def test_two_processes_do_not_index_into_one_data_folder_at_once(folder, config, embedder):
    index(folder, config, embedder=embedder)
    with FileLock(str(config.data_dir / "index.lock")), pytest.raises(CorpusError, match="another process"):
        index(folder, config, embedder=embedder)


@pytest.mark.slow
def test_a_changed_chunk_size_cuts_the_documents_anew(folder, config, embedder):
    before = index(folder, config, embedder=embedder).chunks
    after = index(folder, config.model_copy(update={"chunk_tokens": 50}), embedder=embedder)
    assert after.embedded == after.chunks > before


def test_a_data_folder_without_an_index_is_an_error(config):
    with pytest.raises(CorpusError, match="footnote index"):
        Corpus(config)


def test_an_index_of_another_version_is_named_when_opened_and_made_anew_when_indexed(tmp_path, embedder):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/tides.txt").write_text("The sea rises twice a day.")
    config = load_config({}, data_dir=tmp_path / "index", llm="extractive")
    index(tmp_path / "docs", config, embedder=embedder)
    store = Store(config.data_dir)
    values = json.loads(store._chunks.metadata["footnote"])
    store._chunks.modify(metadata={"footnote": json.dumps(values | {"format": 1})})
    store.close()
    with pytest.raises(CorpusError, match="another version"):
        Corpus(config, embedder=embedder)
    assert index(tmp_path / "docs", config, embedder=embedder).embedded == 1
    with Corpus(config, embedder=embedder) as corpus:
        assert "twice" in corpus.ask("How often does the sea rise a day?").text
