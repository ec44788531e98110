"""Runs the features of this folder with pytest-bdd (pip install pytest-bdd)."""
import pytest

pytest.importorskip("pytest_bdd", reason="pytest-bdd is not installed: pip install pytest-bdd")

from pytest_bdd import scenarios  # noqa: E402

scenarios(".")
