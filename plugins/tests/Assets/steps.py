"""The steps of the features: they play the model on the token simulator (pip install pytest-bdd).

What stands in quotation marks is JSON, so that an id may hold anything.
"""
import json
import os

import pytest

try:
    from pytest_bdd import given, parsers, step, then
except ImportError:  # test_features.py skips with the reason
    given = None

from .bpmn_simulator import Case, load

TEXT = r'"(?:[^"\\]|\\.)*"'
LIST = r"\[.*\]"


def pytest_configure(config):
    config.addinivalue_line("markers", "fault: the model does not come to an end this way")


def pytest_bdd_apply_tag(tag, function):
    """A scenario that the model itself prevents has to fail."""
    if tag != "fault":
        return None
    pytest.mark.xfail(strict=True, reason="the model does not come to an end this way")(function)
    return True


if given is not None:

    def _step(pattern):
        """A step that can follow any other one."""
        return step(parsers.re("^" + pattern + "$"))

    @given(parsers.re(f"^a new case of the process (?P<process>{TEXT})$"), target_fixture="case")
    def _(request, process):
        folder = os.path.dirname(str(request.path))
        return Case(load(os.path.join(folder, "model.json")), json.loads(process))

    @_step(f"it starts with (?P<nodes>{LIST})")
    def _(case, nodes):
        case.start(*json.loads(nodes))

    @_step(f"a token is put at .*: (?P<node>{TEXT})")
    def _(case, node):
        case.place(json.loads(node))

    @_step(f"a token comes by the flow: (?P<flow>{TEXT})")
    def _(case, flow):
        case.bring(json.loads(flow))

    @_step(f"these conditions hold, and no others: (?P<flows>{LIST})")
    def _(case, flows):
        case.decide(*json.loads(flows))

    @_step(rf".* has to be done (?P<times>\d+) times: (?P<node>{TEXT})")
    def _(case, times, node):
        case.repeat(json.loads(node), int(times))

    @_step(f"tokens are held at .*: (?P<node>{TEXT})")
    def _(case, node):
        case.hold(json.loads(node))

    @_step(f"a token goes on from .*: (?P<node>{TEXT})")
    def _(case, node):
        case.go(json.loads(node))

    @_step(f"‘.*’ is done: (?P<node>{TEXT})")
    def _(case, node):
        case.complete(json.loads(node))

    @_step(f"‘.*’ occurs: (?P<event>{TEXT})")
    def _(case, event):
        case.occur(json.loads(event))

    @then(parsers.re(f"^it has passed (?P<nodes>{LIST})$"))
    def _(case, nodes):
        assert case.passed == json.loads(nodes)

    @then(parsers.re(f"^the case stands at (?P<nodes>{LIST})$"))
    def _(case, nodes):
        assert case.at == json.loads(nodes)

    @then(parsers.re(f"^no flow could be taken at (?P<nodes>{LIST})$"))
    def _(case, nodes):
        assert case.stuck == json.loads(nodes)

    @then(parsers.re("^the case has ended$"))
    def _(case):
        assert case.ended

    @then(parsers.re("^the case has not ended$"))
    def _(case):
        assert not case.ended

    @then(parsers.re(f"^the case has failed with (?P<name>{TEXT})$"))
    def _(case, name):
        assert case.failed == json.loads(name)

    @then(parsers.re(f"^it has thrown (?P<events>{LIST})$"))
    def _(case, events):
        assert case.thrown == json.loads(events)

    @then(parsers.re(f"^‘.*’ cannot occur any more: (?P<event>{TEXT})$"))
    def _(case, event):
        assert not case.can_occur(json.loads(event))
