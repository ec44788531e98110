"""Reads {path: text} from the file named by the first argument; says of each what is wrong with it, what it imports and what it
defines. Nothing of it is run. The second argument is the time, in seconds; it ends the program."""

import ast
import json
import resource
import signal
import sys
import warnings

MEMORY_MAX = 1 << 30


def top_level(body):
    """The statements of a module, those under an if or a try as well."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try)):
                yield from top_level(getattr(node, part, []))


def defined(tree):
    for node in top_level(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield (alias.asname or alias.name).split(".")[0]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        yield name.id


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield {"module": alias.name, "names": [], "line": node.lineno}
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            names = [alias.name for alias in node.names]
            yield {"module": dots + (node.module or ""), "names": names, "line": node.lineno}


def looked_at(path, text):
    try:
        tree = ast.parse(text, path)
        compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return {"problem": f"{error.msg}", "line": error.lineno or 1}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"problem": f"cannot be compiled: {type(error).__name__}", "line": 1}
    return {"imports": list(imported(tree)), "defines": sorted(set(defined(tree)))}


signal.alarm(int(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
warnings.simplefilter("ignore")
with open(sys.argv[1], encoding="utf-8") as file:
    texts = json.load(file)
json.dump({path: looked_at(path, text) for path, text in texts.items()}, sys.stdout)
