"""What the tests of process models share: their markers, and the way to a real system.

Without more, tests that play the model run, and tests of the real system are skipped. To run those too, set BPMN_WIRING to the
name of a Python module with

    complete(process, node, data)   does the work of an activity in the real system
    occur(process, event, data)     lets happen there what an event waits for

Both return the ids of the nodes to which the real system goes on.
"""
import importlib
import os

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "bpmn(process, node): the part of the model that a test is about")
    config.addinivalue_line("markers", "needs_wiring(reason): asks the real system")


@pytest.fixture
def wiring(request):
    """The real system; skips the test when none is wired."""
    marker = request.node.get_closest_marker("needs_wiring")
    reason = marker.args[0] if marker and marker.args else "it asks the real system"
    module = os.environ.get("BPMN_WIRING")
    if not module:
        pytest.skip(f"not wired: {reason}; set BPMN_WIRING to a module as conftest.py tells")
    return importlib.import_module(module)
