#!/usr/bin/env python3
"""A plugin of kind `asking`: asks a model, and makes a file of each answer.

    asking.py [--kind KIND] [--log FILE]

The op `plan` spawns `tasks` tasks (an option of the job) that each ask one question of their own; `words` is put into each
question, `tokens` bounds each answer, `images` asks for images, `schema` for an object {"answer": text}. A task may also be
submitted as it is; its payload is {"question": TEXT, ...} with the same members, `times` asks it so often, each time with another
sample, and `environment` writes down what the plugin sees of its environment instead.
"""
import argparse, json, os, sys

options = argparse.ArgumentParser()
options.add_argument("--kind", default="asking")
options.add_argument("--log")
options = options.parse_args()
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "maxLength": 100000}},
    "required": ["answer"],
    "additionalProperties": False,
}
last = 0


class Refused(Exception):
    """What the host has refused, with everything it says of it."""


def note(**what):
    if options.log:
        with open(options.log, "a") as log:
            log.write(json.dumps({"pid": os.getpid(), **what}) + "\n")


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def ask(method, **params):
    global last
    last += 1
    send(id=last, method=method, params=params)
    for line in sys.stdin:
        answer = json.loads(line)
        if answer.get("method") == "cancel":
            continue
        if answer.get("id") == last and "method" not in answer:
            if "error" in answer:
                raise Refused(answer["error"])
            return answer["result"]
    sys.exit(0)


def plan(job):
    tasks = []
    for number in range(job.get("tasks", 1)):
        payload = {"question": f"{job.get('words', 'question')} {number:04}"}
        for name in ("tokens", "images", "schema"):
            if name in job:
                payload[name] = job[name]
        tasks.append({"key": f"ask/{number:04}", "op": "ask", "payload": payload, "outputs": [f"answer/{number:04}.txt"],
                      "reuse_by": "payload"})
    ask("spawn", tasks=tasks)


def question(payload, sample):
    call = {"messages": [{"role": "user", "text": payload["question"]}], "purpose": "question", "sample": sample}
    if "image" in payload:
        call["messages"][0] = {"role": "user", "parts": [{"text": payload["question"]}, {"input": payload["image"]}]}
    if "tokens" in payload:
        call["max_output_tokens"] = payload["tokens"]
    if payload.get("images"):
        call["image"] = {"count": payload["images"]}
    if payload.get("schema"):
        call["schema"] = SCHEMA
    return call


def answer(task, payload, done):
    number = task["key"].split("/")[-1]
    for sample in range(payload.get("times", 1)):
        path = f"answer/{number}.txt" if sample == 0 else f"answer/{number}-{sample}.txt"
        if path in done:
            continue
        reply = ask("model", **question(payload, sample))
        note(key=task["key"], attempt=task["attempt"], reused=reply["reused"], model=reply["model"])
        text = reply.get("text")
        if text is None:
            text = open(reply["text_file"]).read()
        for place, file in enumerate(reply["files"]):
            ask("result", path=f"answer/{number}-image-{sample}-{place}", media_type=file["media_type"], file=file["file"])
        ask("result", path=path, media_type="text/plain", text=text)


def generate(task, done, model, **_):
    payload = task["payload"]
    if payload.get("environment"):
        parent = os.getppid()
        seen = {"own": dict(os.environ)}
        for name in ("environ", "mem", "maps"):
            try:
                with open(f"/proc/{parent}/{name}", "rb") as file:
                    seen[name] = file.read(1 << 20).decode("latin-1")
            except OSError as error:
                seen[name] = str(error)
        ask("result", path="environment.json", media_type="application/json", text=json.dumps(seen))
    elif task["op"] == "plan" and "question" not in payload:
        plan(task["options"])
    else:
        note(key=task["key"], attempt=task["attempt"], model=model)
        answer(task, payload, [item["path"] for item in done])
    return {}


for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "initialize":
        send(id=call["id"], result={"kind": options.kind, "ops": [], "version": "1"})
    elif call["method"] == "generate":
        try:
            send(id=call["id"], result=generate(**call["params"]))
        except Refused as refused:
            send(id=call["id"], error=refused.args[0])
    elif call["method"] == "shutdown":
        break
