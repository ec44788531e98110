"""Breaks each handler of each router of the project in the working directory, one after the other and in two ways, and says
whether a test of the project notices."""

import ast
import os
import pathlib
import sys
import tempfile

# What a project imports, so that each run of its tests, a fork of this process, need not read it again.
import fastapi.testclient  # noqa: F401
import pydantic_settings  # noqa: F401
import pytest
import sqlalchemy.orm  # noqa: F401


def broken(text, name):
    """The handler fails; and the handler does nothing and answers what it was sent, or the first it finds."""
    function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    lines = text.split("\n")
    before, body, after = lines[: function.body[0].lineno - 1], function.body, lines[function.end_lineno :]
    del body
    yield "fails", before + ['    raise RuntimeError("broken")'] + after
    verb = name.split("_")[0]
    idle = {
        "create": "    return repository.model(id=1, created_at=dt.datetime.now(dt.UTC), updated_at=dt.datetime.now(dt.UTC), **values.model_dump())",
        "list": "    return Page(items=[], total=0, limit=params.limit, offset=params.offset)",
        "read": "    return repository.page(PageParams())[0][0]",
        "update": "    return repository.get(identifier)",
        "delete": "    repository.get(identifier)",
    }[verb]
    yield "does nothing", ["import datetime as dt", "from app.core.schemas import PageParams"] + before + [idle] + after


def run_tests(name):
    """The exit status of pytest and what it printed, of the tests of the entity `name`, up to the first that fails.

    The project has not been imported here: a fork reads it as it is now."""
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            status = 99
            try:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                status = int(pytest.main(["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", "-k", name]))
                sys.stdout.flush()
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        output.seek(0)
        return os.waitstatus_to_exitcode(ended), output.read().decode()


# As `python -m pytest` has it, so that tests import the project's modules.
sys.path.insert(0, os.getcwd())
noticed, missed = 0, []
for path in sorted(pathlib.Path("app/routers").glob("*.py")):
    original = path.read_text()
    handlers = [
        node.name
        for node in ast.parse(original).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    assert len(handlers) == 5, handlers
    for handler in handlers:
        for way, lines in broken(original, handler):
            path.write_text("\n".join(lines))
            status, output = run_tests(path.stem)
            failed = [line for line in output.split("\n") if line.startswith("FAILED")]
            # A module that cannot be read is noticed by anything; what counts is a test that fails.
            if status == 1 and failed:
                noticed += 1
            else:
                missed.append(f"{path.name}: {handler} {way}: {output[-300:]}")
    path.write_text(original)
print("\n".join(missed))
print(f"{noticed} of {noticed + len(missed)} broken handlers were noticed")
sys.exit(1 if missed else 0)
