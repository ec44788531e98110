#!/usr/bin/env python3
"""A plugin that does what the payload of its task says, and writes down what it was asked and what it made.

    scripted.py --kind KIND --log FILE

Payload: {"do": ..., ...}
  items     makes `count` files; with `stop_after` N it stops after the Nth of the first attempt: by `end`
            "kill" (kills itself), "wait" (until the file `gate` is there), "hang" (for ever); with `repeat` R each
            file holds its line R times and is handed over as a file
  die       kills itself, at every attempt
  hang      never answers
  result    waits for the file `gate` of this attempt, if there is one, and makes one file that names the attempt
"""
import argparse, json, os, signal, sys, time

options = argparse.ArgumentParser()
options.add_argument("--kind", required=True)
options.add_argument("--log", required=True)
options = options.parse_args()
log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def note(**what):
    os.write(log, (json.dumps({"at_ns": time.time_ns(), "pid": os.getpid(), **what}) + "\n").encode())


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


last_id = 0


def result(path, text, as_file=False):
    global last_id
    last_id += 1
    if as_file:
        with open("spool", "w") as file:
            file.write(text)
        content = {"file": "spool"}
    else:
        content = {"text": text}
    send(id=last_id, method="result", params={"path": path, "media_type": "text/plain", **content})
    for line in sys.stdin:
        answer = json.loads(line)
        if answer.get("id") == last_id and "method" not in answer:
            if "error" in answer:
                raise RuntimeError(answer["error"]["message"])
            return
    sys.exit(0)


def wait_for(path):
    # The test makes the file; a plugin whose host is gone is killed by the kernel.
    while not os.path.exists(path):
        time.sleep(0.002)


def items(task, payload, done):
    made = len(done)
    for number in range(1, payload["count"] + 1):
        path = f"items/{number:04}.txt"
        if path in done:
            continue
        note(event="item", task=task["key"], attempt=task["attempt"], path=path)
        result(path, f"item {number}\n" * payload.get("repeat", 1), as_file="repeat" in payload)
        made += 1
        if made == payload.get("stop_after") and task["attempt"] == 1:
            note(event="stopped", task=task["key"], attempt=task["attempt"])
            if payload["end"] == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif payload["end"] == "wait":
                wait_for(payload["gate"])
            else:
                time.sleep(3600)


def generate(task, done):
    payload = task["payload"]
    what = payload["do"]
    if what == "items":
        items(task, payload, done)
    elif what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "hang":
        time.sleep(3600)
    elif what == "result":
        gate = payload.get("gates", {}).get(str(task["attempt"]))
        if gate:
            wait_for(gate)
        result(task["key"] + ".txt", f"attempt {task['attempt']}\n")
    else:
        raise RuntimeError(f"no such thing to do: {what}")


for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "initialize":
        send(id=call["id"], result={"kind": options.kind, "ops": ["generate"], "version": "1"})
    elif call["method"] == "generate":
        task, done = call["params"]["task"], {item["path"] for item in call["params"]["done"]}
        note(event="generate", task=task["key"], attempt=task["attempt"], done=sorted(done))
        try:
            generate(task, done)
            send(id=call["id"], result={})
        except RuntimeError as error:
            send(id=call["id"], error={"code": 1, "message": str(error)})
    elif call["method"] == "shutdown":
        break
