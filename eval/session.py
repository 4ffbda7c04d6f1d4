"""One evaluation: the documents, the models and the systems over them, opened when they are needed and closed together."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from eval.cases import Case
from eval.judges import Judge
from eval.reply import Reply
from eval.run import Run, RunFolder, ask_all
from eval.scoring import score, supports_by
from eval.systems import open_model, open_system, read_texts, write_texts
from rag.config import Config
from rag.embedding import Embedder
from rag.errors import FailureError, InputError
from rag.llm import LanguageModel

_FAILURES_IN_A_ROW = 5


class Session:
    """Runs systems over one folder of documents. A context manager."""

    def __init__(self, folder: Path, data_dir: Path | None, config: Config, *, fresh: bool = False) -> None:
        """``data_dir``: an index of the folder, to be asked as it is; None for a new one."""
        self._folder = folder
        self._data_dir = data_dir
        self._config = config
        self._fresh = fresh
        self._stack = ExitStack()
        self.texts = read_texts(folder)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder(self._config)

    @cached_property
    def _model(self) -> LanguageModel | None:
        return open_model(self._config, fresh=self._fresh)

    def run(self, system: str, cases: Sequence[Case], judge: Judge, out: Path, settings: dict[str, Any]) -> Run:
        """Asks the cases and writes the run's folder. Goes on where a run with the same settings was stopped.

        Raises:
            FailureError: the system failed several times in a row; what it answered before is kept.
            InputError: a case plants a document that is there already.
        """
        from tqdm import tqdm

        folder = RunFolder(out, settings)
        replies: dict[str, Reply] = folder.begin()
        failures = 0
        with tqdm(total=len(cases), initial=len(replies), desc=f"footnote eval: {system}", unit="case", file=sys.stderr) as bar:
            for planting in (False, True):
                asked = [c for c in cases if bool(c.planted) is planting and c.id not in replies]
                if not asked:
                    continue
                with ExitStack() as stack:
                    opened = stack.enter_context(self._open(system, self._planted(asked, stack) if planting else None))
                    for case, reply in ask_all(opened, asked, folder):
                        replies[case.id] = reply
                        failures = failures + 1 if reply.error else 0
                        if failures == _FAILURES_IN_A_ROW:
                            raise FailureError(f"{system} failed {failures} times in a row: {reply.error}")
                        bar.update()
        supports = supports_by(judge)
        texts = self.texts | {d.document_id: d.text for c in cases for d in c.planted}
        scores = {c.id: score(c, replies[c.id], texts.__getitem__, supports) for c in cases}
        return folder.finish(cases, replies, scores, texts)

    def _open(self, system: str, planted: Path | None) -> Any:
        return open_system(
            system,
            planted or self._folder,
            self._config,
            data_dir=None if planted else self._data_dir,
            model=self._model if "://" not in system else None,
            embedder=self._embedder,
        )

    def _planted(self, cases: Sequence[Case], stack: ExitStack) -> Path:
        """A copy of the documents with the planted ones beside them."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-planted-")))
        write_texts(self.texts, folder)
        try:
            write_texts({d.document_id: d.text for c in cases for d in c.planted}, folder)
        except InputError as e:
            raise InputError(f"a case plants {e}") from e
        return folder
