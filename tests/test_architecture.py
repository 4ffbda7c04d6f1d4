"""The shape of the code: who may import whom, and what loads late."""

import ast
import subprocess
import sys
from functools import cache

import pytest

from tests.conftest import ROOT

STAGES = {
    "documents", "layout", "directives", "questions", "chunking", "sync", "embedding", "store", "keywords", "followup", "retrieval", "sections", "overview", "openings", "late_interaction", "context", "evidence", "drafting",
    "prompting", "llm", "local_model", "scorer", "entailment", "grounding", "answering", "writing",
}  # fmt: skip
HEAVY = ("chromadb", "sentence_transformers", "openai", "xllamacpp", "gradio", "torch", "bm25s", "scipy")


@cache
def imports(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    return names


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", modules("rag"), ids=lambda p: p.stem)
def test_stages_do_not_import_what_is_built_on_them(path):
    built_on_them = {"rag.pipeline", "rag.cli", "ui", "eval"}
    if path.stem in STAGES | {
        "types",
        "errors",
        "words",
        "markup",
        "sentences",
        "headings",
        "absences",
        "answer_types",
        "appositions",
        "background",
        "definitions",
        "designations",
        "lists",
        "notes",
        "tables",
        "logistic",
        "config",
        "weights",
        "resources",
        "offline",
    }:
        assert not {i for i in imports(path) if any(i == b or i.startswith(b + ".") for b in built_on_them)}


def test_types_and_errors_import_nothing_of_footnote():
    for name in ("types", "errors"):
        assert not {i for i in imports(ROOT / "rag" / f"{name}.py") if i.startswith(("rag", "ui", "eval"))}


def test_the_page_and_the_suite_do_not_import_each_other():
    assert not {i for p in modules("ui") for i in imports(p) if i.split(".")[0] == "eval"}
    assert not {i for p in modules("eval") for i in imports(p) if i.split(".")[0] == "ui"}


@pytest.mark.parametrize("library", ["chromadb", "sentence_transformers", "openai", "xllamacpp", "gradio", "bm25s", "sentencex"])
def test_each_heavy_library_has_one_importer(library):
    importers = {
        p.name
        for package in ("rag", "ui", "eval")
        for p in modules(package)
        if p.name != "train.py" and any(i.split(".")[0] == library for i in imports(p))  # Training is run by hand, not by Footnote.
    }
    assert len(importers) == 1, importers


@pytest.mark.parametrize("module", ["rag", "rag.cli", "eval.__main__"])
def test_importing_loads_no_heavy_library(module):
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "[]"


def test_the_top_level_is_what_the_user_fixed():
    assert all((ROOT / name).exists() for name in ("pyproject.toml", "README.md", "rag", "ui", "prompts", "tests", "seeds", "eval"))
