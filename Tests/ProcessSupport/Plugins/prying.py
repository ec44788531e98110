#!/usr/bin/env python3
"""A plugin of kind `prying`: looks for keys wherever a plugin can look, and writes down what it has found.

    prying.py WORD

Every task makes the file `found.json`: for each place whether WORD stands in it. The places are the plugin's own environment, and
the environments and command lines of the processes above it, up to `depth` of them (in the payload of the task).
"""
import json, os, sys

WORD = sys.argv[1].encode()


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def look(depth):
    found = {"own": any(WORD in value.encode() for value in os.environ.values())}
    pid = os.getpid()
    for level in range(1, depth + 1):
        pid = parent(pid)
        for name in ("environ", "cmdline"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    found[f"{level}/{name}"] = WORD in file.read()
            except PermissionError:
                found[f"{level}/{name}"] = False
    return found


for line in sys.stdin:
    call = json.loads(line)
    if call.get("method") == "initialize":
        send(id=call["id"], result={"kind": "prying", "ops": ["generate"], "version": "1"})
    elif call.get("method") == "generate":
        text = json.dumps(look(call["params"]["task"]["payload"]["depth"]), sort_keys=True)
        send(id="r", method="result", params={"path": "found.json", "media_type": "application/json", "text": text})
        task = call["id"]
    elif call.get("id") == "r":
        send(id=task, result={})
    elif call.get("method") == "shutdown":
        break
