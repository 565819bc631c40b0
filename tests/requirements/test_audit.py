"""`make audit` never says that nothing is known where nobody was asked."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.poses import ROOT

# Stands for pip-audit, with the same words and answers; what it knows is in answers.json beside it.
PIP_AUDIT = """
import json, sys
from pathlib import Path
service = sys.argv[sys.argv.index("--vulnerability-service") + 1]
known = json.loads(Path(__file__).with_name("answers.json").read_text())[service]
if isinstance(known, str):
    sys.exit(known)
libraries = []
for line in Path(sys.argv[-1]).read_text().splitlines():
    name, _, version = line.partition(" ;")[0].partition("==")
    answer = known.get(line, known.get("*"))
    libraries.append({"name": name, "version": version, "vulns": answer} if answer is not None
                     else {"name": name, "skip_reason": "not found"})
print(json.dumps({"dependencies": libraries}))
"""
HOLE = {"id": "PYSEC-1", "aliases": ["CVE-2022-24303"], "fix_versions": ["9.0.1"]}
UNREACHABLE = "Traceback\n  lines\nrequests.ConnectionError: pool (Caused by NameResolutionError('no such name'))"
OLD = "pillow==9.0.0"


def audit(folder, **answers):
    (folder / "pip_audit.py").write_text(PIP_AUDIT)
    (folder / "answers.json").write_text(json.dumps(answers))
    return subprocess.run(
        [sys.executable, ROOT / "requirements" / "audit.py"],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_service_that_knows_of_nothing(tmp_path):
    done = audit(tmp_path, pypi={OLD: [HOLE], "*": []}, osv="never asked")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("releases, asked of pypi: 0 known vulnerabilities\n")


def test_a_vulnerability(tmp_path):
    done = audit(tmp_path, pypi={OLD: [HOLE], "*": [], "torch==2.13.0": [HOLE]}, osv="")
    assert (done.returncode, done.stderr) == (1, "")
    assert "torch 2.13.0: PYSEC-1, CVE-2022-24303; fixed in 9.0.1\n" in done.stdout
    assert "1 known vulnerabilities" in done.stdout


@pytest.mark.parametrize(
    ("pypi", "osv", "said"),
    [
        (UNREACHABLE, UNREACHABLE, "pypi cannot be asked (NameResolutionError('no such name')); osv cannot"),
        ({}, UNREACHABLE, "pypi knows of nothing against pillow==9.0.0; osv cannot"),  # pip-audit alone ends with 0
        ({"*": []}, {"*": []}, "pypi knows of nothing against pillow==9.0.0; osv knows of nothing"),
        ({OLD: [HOLE]}, "", "pypi knows nothing of absl-py, acapture"),
    ],
)
def test_where_nobody_was_asked_it_says_so_in_one_line(tmp_path, pypi, osv, said):
    done = audit(tmp_path, pypi=pypi, osv=osv)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"not audited: {said}")


def test_the_second_service_is_asked_where_the_first_does_not_answer(tmp_path):
    done = audit(tmp_path, pypi=UNREACHABLE, osv={OLD: [HOLE], "*": []})
    assert done.returncode == 0
    assert "asked of osv: 0 known" in done.stdout
