#!/usr/bin/env python3
"""Stands between a worker and its plugin: relays the lines, and fails the task whose key stands in a file instead of handing it on.

    failing_proxy.py --key-file FILE PLUGIN

While there is no such file nothing fails.
"""
import argparse, ctypes, json, os, signal, subprocess, sys, threading

options = argparse.ArgumentParser()
options.add_argument("--key-file", required=True)
options.add_argument("plugin")
options = options.parse_args()
libc = ctypes.CDLL(None)


def die_with_the_proxy():
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


plugin = subprocess.Popen(
    [options.plugin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_the_proxy)


def is_failing(message):
    if message.get("method") != "generate" or not os.path.exists(options.key_file):
        return False
    with open(options.key_file) as file:
        return file.read() == message["params"]["task"]["key"]


def relay():
    for line in plugin.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    os._exit(plugin.wait())


threading.Thread(target=relay, daemon=True).start()
for line in sys.stdin.buffer:
    message = json.loads(line)
    if is_failing(message):
        error = {"code": 1, "message": "it fails here", "data": {"class": "broken", "retryable": False}}
        sys.stdout.buffer.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode() + b"\n")
        sys.stdout.buffer.flush()
    else:
        plugin.stdin.write(line)
        plugin.stdin.flush()
plugin.stdin.close()
plugin.wait()
