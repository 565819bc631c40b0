"""The tables of guards name code and tests that are there; `python -m benchmarks guards` takes each guard out."""

from __future__ import annotations

import ast

import pytest
from support.poses import ROOT

from benchmarks.guards import guards

GUARDS = guards()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.check}-{guard.test.rpartition('::')[2]}")
def test_a_guard_is_where_its_table_says(guard):
    assert (ROOT / guard.file).read_text(encoding="utf-8").count(guard.guard) == 1
    path, _, name = guard.test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
