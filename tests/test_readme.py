"""The README's Python examples run, and its commands exist."""

import re

import pytest

from rag.cli import _parser
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_runs(code, tmp_path, monkeypatch, capsys):
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_readme_has_examples():
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize("line", re.findall(r"^footnote (?!eval)(.+?)(?:\s+#.*)?$", README, re.MULTILINE))
def test_each_command_line_is_one_that_the_program_takes(line):
    import shlex

    assert _parser().parse_args(shlex.split(line)).command in line


def test_each_make_target_exists():
    named = {a or b for a, b in re.findall(r"(?m)^make ([a-z]+)|`make ([a-z]+)`", README)}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"chat", "test", "check", "eval"} == named & targets == named
