"""A token simulator for BPMN process models: what the tests beside it run on.

A `Case` is one run of a process. Tests tell it what happens from outside (a task is completed, an event occurs) and what the
conditions say (`decide`); it moves the tokens as the model tells and stops where it has to wait. It keeps no time, reads no
expression and calls nobody: a timer elapses when a test says so, a condition holds when a test says so, a called process or
a service is done when a test says so. Messages and signals that are sent are noted in `thrown`, not delivered. Errors,
escalations, cancellation, compensation, termination and links work inside the process.

Needs nothing but Python 3.8. The model is `model.json`, beside the tests of a file.
"""
import json
import os


class NotPossible(Exception):
    """What a test asks for cannot happen in the state in which the case is."""


class RunsForEver(Exception):
    """Tokens go round without ever coming to a place where they wait."""


def load_model(test_file):
    """The model that lies beside a test file."""
    return load(os.path.join(os.path.dirname(os.path.abspath(test_file)), "model.json"))


def load(path):
    """A model from its file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Token:
    """Where a case stands: at a node, in one scope."""

    def __init__(self, number, node, scope, state, remaining=1, flow=None):
        self.number = number
        self.node = node
        self.scope = scope
        # active: work goes on; waiting: for an event; joining: for other tokens; held: by the test; stuck: no way on
        self.state = state
        self.remaining = remaining
        self.flow = flow
        self.inner = None  # the scope that an active sub-process has opened


class Scope:
    """One run of a process, or of a sub-process in it."""

    def __init__(self, number, node, token, parent):
        self.number = number
        self.node = node
        self.token = token
        self.parent = parent
        self.completed = []  # the activities, in the order of their completion: for compensation
        self.alive = True
        self.cleared = 0  # how often everything was taken out of it


class Case:
    """One run of a process of a model."""

    # Moves after one action, and tokens: more of either never come to rest.
    MOVES_MAX = 1000
    TOKENS_MAX = 150

    def __init__(self, model, process):
        self.nodes = model["nodes"]
        self.flows = model["flows"]
        self.process = process
        self.order = {key: place for place, key in enumerate(self.nodes)}
        self.children = {}
        for key, node in self.nodes.items():
            self.children.setdefault(node["scope"], []).append(key)
        self.tokens = []
        self.scopes = []
        self.queue = []
        self.decisions = set()
        self.repeats = {}
        self.holds = set()
        self.numbers = 0
        #: The nodes that were passed, in their order.
        self.passed = []
        #: What was sent, raised or broadcast: [kind, name].
        self.thrown = []
        #: Nodes at which no flow was to be taken.
        self.stuck = []
        #: The name of the error that nobody has caught.
        self.failed = None
        #: The case has come to its end.
        self.ended = False
        #: What was handed over with completed work and with events.
        self.data = {}
        self.root = self._open(process, None, None)

    # What tests see

    @property
    def at(self):
        """The nodes at which the case stands, in the order of the model, one for each token."""
        return sorted((token.node for token in self.tokens), key=self.order.__getitem__)

    # What tests do

    def start(self, *nodes):
        """Starts the case with these nodes: a start event, as a rule."""
        for node in nodes:
            self._arrive_later(node, None, self.root)
        self._settle()

    def place(self, node):
        """Puts a token at a node, inside of what is around the node: for what no start leads to."""
        self._open_around(node)
        self._enter(node, self._scope_of(self.nodes[node]["scope"]))
        self._settle()

    def bring(self, flow):
        """Puts a token on a flow into a node, in the process itself or where the case is already."""
        target = self.flows[flow]["target"]
        scope = self._scope_of(self.nodes[target]["scope"])
        if scope is None:
            self._open_around(target)
            scope = self._scope_of(self.nodes[target]["scope"])
        self._arrive_later(target, flow, scope)
        self._settle()

    def decide(self, *flows):
        """From now on the conditions of these flows hold, and no others."""
        self.decisions = set(flows)

    def repeat(self, node, times):
        """How often the work of a node with a loop marker is done."""
        self.repeats[node] = times

    def hold(self, node):
        """Lets tokens stop at a node that they would otherwise pass at once; `go` lets them on."""
        self.holds.add(node)

    def go(self, node):
        """Lets a token on that is held."""
        token = self._find(node, "held")
        if token is None:
            raise NotPossible(f"no token is held at {node!r}; the case stands at {self.at}")
        self._remove(token)
        self._execute(node, token.scope)
        self._settle()

    def complete(self, node, data=None):
        """The work of an activity is done."""
        token = self._find(node, "active")
        if token is None or token.inner is not None:
            raise NotPossible(f"{node!r} is not at work; the case stands at {self.at}")
        self._take(data)
        self._finish(token)
        self._settle()

    def occur(self, event, data=None):
        """What an event waits for happens."""
        for possible in (self._at_catch, self._at_gateway, self._at_boundary, self._at_start):
            if possible(event):
                self._take(data)
                self._settle()
                return
        raise NotPossible(f"nothing waits for {event!r}; the case stands at {self.at}")

    def can_occur(self, event):
        """Whether something waits for an event."""
        return bool(
            self._find(event, "waiting")
            or self._gateway_token(event)
            or self._boundary_place(event)
            or self._start_scope(event)
        )

    # Events from outside

    def _at_catch(self, event):
        token = self._find(event, "waiting")
        if token is None:
            return False
        self._remove(token)
        self._leave(event, token.scope)
        return True

    def _gateway_token(self, event):
        for token in self._sorted_tokens():
            if token.state == "waiting" and self.nodes[token.node]["kind"] == "eventBasedGateway":
                if any(self.flows[flow]["target"] == event for flow in self.nodes[token.node]["outgoing"]):
                    return token
        return None

    def _at_gateway(self, event):
        token = self._gateway_token(event)
        if token is None:
            return False
        self._remove(token)
        self.passed.append(event)
        self._leave(event, token.scope)
        return True

    def _boundary_place(self, event):
        node = self.nodes[event]
        host = node.get("host")
        if host is None:
            return None
        if "handler" in node:
            for scope in self.scopes:
                if scope.alive and host in scope.completed:
                    return scope
            return None
        return self._find(host, "active")

    def _at_boundary(self, event):
        place = self._boundary_place(event)
        if place is None:
            return False
        if isinstance(place, Scope):
            place.completed.remove(self.nodes[event]["host"])
            self.passed.append(event)
            self._arrive_later(self.nodes[event]["handler"], None, place)
        else:
            self._catch_at_boundary(event, place)
        return True

    def _start_scope(self, event):
        node = self.nodes[event]
        around = self.nodes.get(node["scope"])
        if node["kind"] != "startEvent" or around is None or not around.get("eventSubProcess"):
            return None
        return self._scope_of(around["scope"])

    def _at_start(self, event):
        scope = self._start_scope(event)
        if scope is None:
            return False
        self._catch_at_start(event, scope)
        return True

    # Events are caught

    def _catch_at_boundary(self, event, token):
        if self.nodes[event]["interrupting"]:
            self._remove(token)
        self._arrive_later(event, None, token.scope)

    def _catch_at_start(self, event, scope):
        if self.nodes[event]["interrupting"]:
            self._clear(scope)
        around = self.nodes[event]["scope"]
        token = self._new_token(around, scope, "active")
        self.passed.append(around)
        self._arrive_later(event, None, self._open(around, token, scope))

    def _throw_upwards(self, kind, name, scope):
        """Looks for whoever catches it, from the inside out; tells whether somebody did."""
        while scope is not None:
            for event in self._event_starts(scope.node):
                if self._catches(event, kind, name):
                    self._catch_at_start(event, scope)
                    return True
            if scope.token is not None:
                for event in self.nodes[scope.node].get("boundary", []):
                    if self._catches(event, kind, name):
                        self._catch_at_boundary(event, scope.token)
                        return True
            scope = scope.parent
        return False

    def _event_starts(self, scope_node):
        for child in self.children.get(scope_node, []):
            if self.nodes[child].get("eventSubProcess"):
                for event in self.children.get(child, []):
                    if self.nodes[event]["kind"] == "startEvent":
                        yield event

    def _catches(self, event, kind, name):
        return any(own == kind and (not wanted or not name or wanted == name) for own, wanted in self.nodes[event]["events"])

    def _throw(self, node, scope):
        """What a throwing event does; tells whether the token goes on from it."""
        goes_on, cleared = True, scope.cleared
        for kind, name in self.nodes[node]["events"]:
            if kind in ("message", "signal", "escalation", "error"):
                self.thrown.append([kind, name])
            if kind == "escalation":
                self._throw_upwards(kind, name, scope)
            elif kind in ("error", "cancel"):
                if not self._throw_upwards(kind, name, scope):
                    self.failed = name or kind
                    self._clear(self.root)
                goes_on = False
            elif kind == "terminate":
                self._clear(scope)
                goes_on = False
            elif kind == "compensation":
                self._compensate(node, scope)
            elif kind == "link":
                for target in self.nodes[node].get("links", []):
                    self._arrive_later(target, None, scope)
        return goes_on and scope.alive and scope.cleared == cleared

    def _compensate(self, node, scope):
        wanted = self.nodes[node].get("compensates", [])
        for done in reversed(list(scope.completed)):
            if wanted and done not in wanted:
                continue
            for event in self.nodes[done].get("boundary", []):
                handler = self.nodes[event].get("handler")
                if handler is not None:
                    scope.completed.remove(done)
                    self._arrive_later(handler, None, scope)

    # Tokens move

    def _settle(self):
        """Moves everything that can move by itself."""
        moves = 0
        while True:
            while self.queue:
                moves += 1
                if moves > self.MOVES_MAX or len(self.tokens) > self.TOKENS_MAX:
                    raise RunsForEver(f"after {moves - 1} moves the case stands at {len(self.tokens)} places")
                node, flow, scope = self.queue.pop(0)
                if scope.alive:
                    self._arrive(node, flow, scope)
            if not (self._close_a_scope() or self._join_inclusively()):
                return

    def _arrive_later(self, node, flow, scope):
        self.queue.append((node, flow, scope))

    def _arrive(self, node, flow, scope):
        kind = self.nodes[node]["kind"]
        incoming = self.nodes[node]["incoming"]
        joins = kind in ("parallelGateway", "inclusiveGateway", "complexGateway") and len(incoming) > 1
        if flow is None or not joins:
            self._enter(node, scope)
            return
        self._new_token(node, scope, "joining", flow=flow)
        if kind == "parallelGateway":
            found = [self._joining(node, scope, flow) for flow in incoming]
            if all(found):
                for token in found:
                    self._remove(token)
                self._enter(node, scope)

    def _joining(self, node, scope, flow):
        for token in self._sorted_tokens():
            if token.node == node and token.scope is scope and token.state == "joining" and token.flow == flow:
                return token
        return None

    def _join_inclusively(self):
        """An inclusive join goes on when no other token of its scope can still come to it."""
        for token in self._sorted_tokens():
            if token.state != "joining" or self.nodes[token.node]["kind"] == "parallelGateway":
                continue
            here = [one for one in self.tokens if one.scope is token.scope]
            others = [one for one in here if not (one.node == token.node and one.state == "joining")]
            if not any(self._leads(one.node, token.node) for one in others):
                for one in here:
                    if one.node == token.node and one.state == "joining":
                        self._remove(one)
                self._enter(token.node, token.scope)
                return True
        return False

    def _leads(self, source, target):
        seen, pending = {source}, [source]
        while pending:
            node = self.nodes[pending.pop()]
            following = [self.flows[flow]["target"] for flow in node["outgoing"]]
            for key in following + node.get("links", []) + node.get("boundary", []):
                if key == target:
                    return True
                if key not in seen:
                    seen.add(key)
                    pending.append(key)
        return False

    def _enter(self, node, scope):
        self.passed.append(node)
        if node in self.holds:
            self._new_token(node, scope, "held")
        else:
            self._execute(node, scope)

    def _execute(self, key, scope):
        node = self.nodes[key]
        kind = node["kind"]
        if node["waits"] == "work":
            self._begin(key, scope)
        elif node["waits"] == "event":
            self._new_token(key, scope, "waiting")
        elif kind in ("intermediateThrowEvent", "implicitThrowEvent", "endEvent"):
            if self._throw(key, scope):
                self._leave(key, scope)
        else:
            self._leave(key, scope)

    def _begin(self, key, scope):
        times = self.repeats.get(key, 1) if "loop" in self.nodes[key] else 1
        if times == 0:
            self._leave(key, scope)
            return
        token = self._new_token(key, scope, "active", remaining=times)
        if self.nodes[key].get("entries"):
            self._open_inside(token)

    def _open_inside(self, token):
        token.inner = self._open(token.node, token, token.scope)
        for entry in self.nodes[token.node]["entries"]:
            self._arrive_later(entry, None, token.inner)

    def _finish(self, token):
        """One run of the work of an activity is over."""
        token.remaining -= 1
        if token.remaining > 0:
            if token.inner is not None:
                self._open_inside(token)
            return
        self._remove(token)
        token.scope.completed.append(token.node)
        self._leave(token.node, token.scope)

    def _close_a_scope(self):
        """Ends the innermost scope in which nothing is left."""
        for scope in reversed(self.scopes):
            if not scope.alive or any(token.scope is scope for token in self.tokens):
                continue
            scope.alive = False
            self.scopes.remove(scope)
            if scope.token is None:
                self.ended = True
            else:
                self._finish(scope.token)
            return True
        return False

    def _leave(self, key, scope):
        flows = self._chosen(key)
        if flows is None:
            self.stuck.append(key)
            self._new_token(key, scope, "stuck")
            return
        for flow in flows:
            self._arrive_later(self.flows[flow]["target"], flow, scope)

    def _chosen(self, key):
        """The flows that are taken from a node; None when there are some, and none of them may be."""
        node = self.nodes[key]
        outgoing = node["outgoing"]
        conditional = [flow for flow in outgoing if self.flows[flow]["decision"]]
        if not conditional or node["kind"] in ("parallelGateway", "eventBasedGateway"):
            return outgoing
        holding = [flow for flow in conditional if flow in self.decisions]
        default = [flow for flow in outgoing if flow == node.get("default")]
        if node["kind"] == "exclusiveGateway":
            return holding[:1] or default or None
        always = [flow for flow in outgoing if not self.flows[flow]["decision"] and flow != node.get("default")]
        return always + (holding or default) or None

    # Bookkeeping

    def _open(self, node, token, parent):
        self.numbers += 1
        scope = Scope(self.numbers, node, token, parent)
        self.scopes.append(scope)
        if token is not None:
            token.inner = scope
        return scope

    def _open_around(self, node):
        """Opens what is around a node, without starting anything in it."""
        around, key = [], self.nodes[node]["scope"]
        while key in self.nodes:
            around.append(key)
            key = self.nodes[key]["scope"]
        inner = self.root
        for key in reversed(around):
            inner = self._open(key, self._new_token(key, inner, "active"), inner)

    def _new_token(self, node, scope, state, remaining=1, flow=None):
        self.numbers += 1
        token = Token(self.numbers, node, scope, state, remaining, flow)
        self.tokens.append(token)
        return token

    def _remove(self, token):
        if token in self.tokens:
            self.tokens.remove(token)
        if token.inner is not None:
            self._clear(token.inner)
            token.inner.alive = False
            if token.inner in self.scopes:
                self.scopes.remove(token.inner)

    def _clear(self, scope):
        """Takes everything out of a scope; it stays open, until it is seen to be empty."""
        scope.cleared += 1
        for token in [token for token in self.tokens if token.scope is scope]:
            self._remove(token)
        self.queue = [move for move in self.queue if move[2] is not scope]

    def _scope_of(self, node):
        for scope in self.scopes:
            if scope.node == node:
                return scope
        return None

    def _find(self, node, state):
        for token in self._sorted_tokens():
            if token.node == node and token.state == state:
                return token
        return None

    def _sorted_tokens(self):
        return sorted(self.tokens, key=lambda token: token.number)

    def _take(self, data):
        self.data.update(data or {})
