"""An installed wheel works in an empty folder: prompts and articles are found inside it."""

import json
import os
import subprocess
import sys
import sysconfig
import venv

import pytest

from tests.conftest import ROOT

REQUIREMENTS_ARE_MET = """
from importlib.metadata import requires, version
from packaging.requirements import Requirement
for r in map(Requirement, requires("footnote")):
    if r.marker is None:
        assert r.specifier.contains(version(r.name), prereleases=True), r
"""

pytestmark = pytest.mark.slow


def test_a_wheel_in_a_new_environment_answers_from_an_empty_folder(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT], check=True, capture_output=True
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    bin_dir = tmp_path / "venv/bin"
    # What Footnote depends on comes from this environment, by path alone: its editable install of Footnote is not seen by the new one.
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    subprocess.run([bin_dir / "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"XDG_DATA_HOME": str(tmp_path / "share")}

    where = subprocess.run(
        [bin_dir / "python", "-c", "import rag, ui, eval; print(rag.__file__, ui.__file__, eval.__file__)"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.count(str(site)) == 3
    subprocess.run([bin_dir / "python", "-c", REQUIREMENTS_ARE_MET], check=True, env=env)
    asked = subprocess.run(
        [bin_dir / "footnote", "ask", "What did a drone hit in the Stavropol region?", "--json", "--llm", "extractive"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "oil depot" in json.loads(asked.stdout)["text"]
    evaluated = subprocess.run(
        [bin_dir / "footnote", "eval", "--llm", "extractive", "--limit", "2", "--json"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(evaluated.stdout)["metrics"]["right"]["count"] == 2
    assert (empty / "runs/footnote-extractive-test/report.html").exists()
    assert list(empty.iterdir()) == [empty / "runs"]
