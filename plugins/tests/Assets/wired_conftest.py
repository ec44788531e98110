"""What the tests of process models share: their markers, and the way to a real system.

All tests are skipped until Playwright is installed (pip install pytest-playwright) and BPMN_WIRING names a Python module with

    wire(page, file, process)   opens the real system in the page, and returns a run of that process

A run has start(*nodes), place(node), bring(flow), decide(*flows), repeat(node, times), complete(node), occur(event), at() and
has_ended(). `decide` chooses data with which the conditions of these flows hold, and no others; `at` returns the ids of the
nodes at which the run stands, in the order of the model. Ids are those of the BPMN file.
"""
import importlib
import os

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "bpmn(process, node): the part of the model that a test is about")


@pytest.fixture
def wire(request):
    """Opens a run in the real system; skips the test when none is wired."""
    module = os.environ.get("BPMN_WIRING")
    if not module:
        pytest.skip("not wired: it asks the real system; set BPMN_WIRING to a module as conftest.py tells")
    pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install pytest-playwright")
    page = request.getfixturevalue("page")
    wiring = importlib.import_module(module)
    return lambda file, process: wiring.wire(page, file, process)
