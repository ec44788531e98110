"""Breaks each handler of each router of the project in the working directory, one after the other and in two ways, and says
whether a test of the project notices."""

import ast
import pathlib
import subprocess
import sys


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
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", path.stem]
            end = subprocess.run(command, capture_output=True, text=True)
            failed = [line for line in end.stdout.split("\n") if line.startswith("FAILED")]
            # A module that cannot be read is noticed by anything; what counts is a test that fails.
            if end.returncode == 1 and failed:
                noticed += 1
            else:
                missed.append(f"{path.name}: {handler} {way}: {end.stdout[-300:]}")
    path.write_text(original)
print("\n".join(missed))
print(f"{noticed} of {noticed + len(missed)} broken handlers were noticed")
sys.exit(1 if missed else 0)
