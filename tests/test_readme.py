"""The README's Python examples run, and its commands exist."""

import re

import pytest

from rag.cli import _parser
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
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


@pytest.mark.parametrize("line", re.findall(r"^footnote eval (.+?)(?:\s+#.*)?$", README, re.MULTILINE))
def test_each_evaluation_command_is_one_that_the_suite_takes(line, capsys):
    """Each is tried with ``--help`` in the place of its values: an option that is not there is refused before that."""
    import shlex

    from eval.__main__ import main

    words = shlex.split(line)
    command = (
        [w for w in words[:2] if not w.startswith("-")]
        if words[0] in ("cases", "bench")
        else [w for w in words[:1] if w in ("compare", "judge")]
    )
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert {w for w in words if w.startswith("--")} <= known
