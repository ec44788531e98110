#!/usr/bin/env python3
"""The plugin of kind `files` of the crash harness: makes many files, each after a little while, and writes down which of
them were acknowledged. What it makes depends on nothing but the options of the job (`JobShape` in Tests/CrashHarness).

    crash_files.py --log FILE

Options: {"stamp": ..., "tasks": ..., "files": ..., "failing": ..., "poison": ...}
  plan      spawns `tasks` tasks; every second one needs the one before it
  t0, t1…   make `files` files each; every third fails once when half of them are made, the one with the number `failing`
            fails for good, and the one with the number `poison` kills itself, at every attempt
"""
import argparse, hashlib, json, os, signal, sys, time

options = argparse.ArgumentParser()
options.add_argument("--log", required=True)
options = options.parse_args()
log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
last_id = 0


class Failure(Exception):
    def __init__(self, message, retryable):
        super().__init__(message)
        self.retryable = retryable


def note(task, **what):
    line = {"at_ns": time.time_ns(), "pid": os.getpid(), "job": task["job"], "task": task["key"]}
    # One write each, so that a kill leaves whole lines.
    os.write(log, (json.dumps({**line, "attempt": task["attempt"], **what}) + "\n").encode())


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def ask(method, **params):
    global last_id
    last_id += 1
    send(id=last_id, method=method, params=params)
    for line in sys.stdin:
        answer = json.loads(line)
        if answer.get("id") == last_id and "method" not in answer:
            if "error" in answer:
                raise Failure(answer["error"]["message"], True)
            return
    sys.exit(0)


def content(stamp, path, number):
    # Above 128 KiB a file is kept beside the database, above 256 KiB it travels in chunks.
    lines = 12_000 if number % 12 == 5 else 1 + number * 37 % 50
    return (f"{stamp} {path}\n" * lines).encode()


def make(task, number):
    path = f"{task['key']}/{number}.txt"
    made = content(task["options"]["stamp"], path, number)
    time.sleep(0.008)
    if len(made) > 100_000:
        with open("spool", "wb") as file:
            file.write(made)
        ask("result", path=path, media_type="text/plain", file="spool")
    else:
        ask("result", path=path, media_type="text/plain", text=made.decode())
    note(task, event="acknowledged", path=path, sha256=hashlib.sha256(made).hexdigest())


def plan(count):
    keys = [f"t{number}" for number in range(count)]
    ask("spawn", tasks=[
        {"key": key, "needs": [keys[number - 1]] if number % 2 else []} for number, key in enumerate(keys)])


def generate(task, done):
    wanted = task["options"]
    if task["op"] == "plan":
        return plan(wanted["tasks"])
    number = int(task["key"][1:])
    for file in range(wanted["files"]):
        if 2 * file >= wanted["files"]:
            if number == wanted["failing"]:
                raise Failure("this one never succeeds", False)
            if number == wanted["poison"]:
                os.kill(os.getpid(), signal.SIGKILL)
            if number % 3 == 1 and task["attempt"] == 1:
                raise Failure("this one fails once", True)
        if f"{task['key']}/{file}.txt" not in done:
            make(task, file)


for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "initialize":
        send(id=call["id"], result={"kind": "files", "ops": ["plan", "generate"], "version": "1"})
    elif call["method"] == "generate":
        task, done = call["params"]["task"], [item["path"] for item in call["params"]["done"]]
        note(task, event="generate", done=done)
        try:
            generate(task, done)
            send(id=call["id"], result={})
        except Failure as error:
            data = {"class": "plugin_error", "retryable": error.retryable, "retry_after_ms": 20}
            send(id=call["id"], error={"code": 1, "message": str(error), "data": data})
        note(task, event="answered")
    elif call["method"] == "shutdown":
        break
