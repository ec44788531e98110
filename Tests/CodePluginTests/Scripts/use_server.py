"""Serves the project in the working directory with uvicorn on a socket of its own, and creates, reads, lists, updates and deletes
one of each entity; the values are those of the project's own tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

sys.path[:0] = [".", "tests"]
from test_app import ENTITIES  # noqa: E402

KEY = "a key for this server alone"

# Whoever runs tests may block signals, and the server would inherit that: it is to end when it is told to.
signal.pthread_sigmask(signal.SIG_SETMASK, [])


def start():
    # The server inherits a socket that listens already: nothing has to be waited for, and no port is taken twice.
    listening = socket.create_server(("127.0.0.1", 0))
    environment = os.environ | {"APP_ENVIRONMENT": "production", "APP_API_KEY": KEY, "APP_DATABASE_URL": "sqlite:///./served.db"}
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--log-level", "warning"]
    server = subprocess.Popen(command + ["--fd", str(listening.fileno())], env=environment, pass_fds=[listening.fileno()])
    port = listening.getsockname()[1]
    listening.close()
    return server, f"http://127.0.0.1:{port}"


def ask(method, url, body=None, key=KEY):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", "X-API-Key": key}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def make(base, name, number):
    entity = ENTITIES[name]
    values = entity.sample(number)
    for column, target in entity.references.items():
        if column in entity.required:
            values[column] = make(base, target, number)[1]["id"]
        number += 100
    status, made = ask("POST", base + entity.path, values)
    assert status == 201, made
    return values, made


server, base = start()
try:
    assert ask("GET", base + "/health", key="") == (200, {"status": "ok"})
    kept = {}
    for position, (name, entity) in enumerate(ENTITIES.items()):
        values, made = make(base, name, 1 + 1000 * position)
        url = f"{base}{entity.path}/{made['id']}"
        assert all(made[column] == value for column, value in values.items())
        assert ask("GET", url) == (200, made)
        status, page = ask("GET", base + entity.path + "?limit=100")
        assert status == 200 and made in page["items"], page
        change = {column: value for column, value in entity.sample(500 + 1000 * position).items()}
        status, changed = ask("PATCH", url, change)
        assert status == 200 and all(changed[column] == value for column, value in change.items()), changed
        kept[url.removeprefix(base)] = changed
        _, other = make(base, name, 900 + 1000 * position)
        assert ask("DELETE", f"{base}{entity.path}/{other['id']}") == (204, None)
        assert ask("GET", f"{base}{entity.path}/{other['id']}")[0] == 404
        assert ask("GET", url, key="wrong")[0] == 401
        print(f"{name}: created, read, listed, updated, deleted")
    server.terminate()
    assert server.wait(30) is not None
    server, base = start()
    for path, changed in kept.items():
        assert ask("GET", base + path) == (200, changed)
    print(f"{len(ENTITIES)} entities served, and still there after a restart")
finally:
    server.kill()
    server.wait()
