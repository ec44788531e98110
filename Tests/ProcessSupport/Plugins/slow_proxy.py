#!/usr/bin/env python3
"""Stands between a worker and its plugin: relays the lines, holds each result back for a while, and writes down what
was asked for, what the plugin made, and what of it was acknowledged. Nothing of a plugin is slow by itself; this is.

    slow_proxy.py --log FILE --delay-ms N PLUGIN
"""
import argparse, base64, ctypes, hashlib, json, os, signal, subprocess, sys, threading, time

options = argparse.ArgumentParser()
options.add_argument("--log", required=True)
options.add_argument("--delay-ms", type=float, required=True)
options.add_argument("plugin")
options = options.parse_args()
log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
libc = ctypes.CDLL(None)
# The task that is worked on, and the id of its request.
current, current_id = None, None
# Results that were not answered yet, by the ids of their requests.
unanswered = {}


def note(**what):
    # One write each, so that a kill leaves whole lines.
    os.write(log, (json.dumps({"at_ns": time.time_ns(), "pid": os.getpid(), **what}) + "\n").encode())


def die_with_the_proxy():
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


plugin = subprocess.Popen(
    [options.plugin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_the_proxy)


def to_plugin():
    global current, current_id
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message.get("method") == "generate":
            current, current_id = message["params"]["task"], message["id"]
            note(
                event="generate", job=current["job"], task=current["key"], attempt=current["attempt"], op=current["op"],
                done=[item["path"] for item in message["params"]["done"]])
        elif "method" not in message and message.get("id") in unanswered:
            result = unanswered.pop(message["id"])
            if "result" in message:
                note(event="acknowledged", job=current["job"], task=current["key"], attempt=current["attempt"], **result)
        plugin.stdin.write(line)
        plugin.stdin.flush()
    plugin.stdin.close()


def content(result):
    if "text" in result:
        return result["text"].encode()
    if "data" in result:
        return base64.b64decode(result["data"])
    with open(result["file"], "rb") as file:
        return file.read()


# Not the main thread: that one's end is the end of the process.
threading.Thread(target=to_plugin, daemon=True).start()
for line in plugin.stdout:
    message = json.loads(line)
    if message.get("method") == "result":
        result = message["params"]
        made = {"path": result["path"], "sha256": hashlib.sha256(content(result)).hexdigest()}
        note(event="result", task=current["key"], attempt=current["attempt"], **made)
        unanswered[message["id"]] = made
        time.sleep(options.delay_ms / 1000)
    elif "method" not in message and message.get("id") == current_id:
        note(event="answered", task=current["key"], attempt=current["attempt"])
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
sys.exit(plugin.wait())
