#!/usr/bin/env python3
"""A plugin for genbroker: writes, for each input of a job, which words it holds and how often."""
import base64, collections, json, re, sys

last = 0
def send(**message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
def ask(method, **params):  # asks the host for something, and waits for the answer
    global last
    last += 1
    send(id=last, method=method, params=params)
    answer = json.loads(sys.stdin.readline())
    while answer.get("id") != last or "method" in answer: answer = json.loads(sys.stdin.readline())
    if "error" in answer: raise RuntimeError(answer["error"]["message"])
    return answer["result"]
def pages(method, list, key, items=(), more=True):  # a long list comes in pages
    names = [item[key] for item in items]
    while more:
        page = ask(method, after=names[-1] if names else "")
        names, more = names + [item[key] for item in page[list]], page["more"]
    return names

def generate(done, done_more=False, **_):
    done, names = pages("done", "items", "path", done, done_more), pages("inputs", "inputs", "name")
    for number, name in enumerate(names):
        path, text, more = f"{name}.words.txt", b"", True
        if path in done: continue  # an earlier attempt has made it, and it is safe
        while more:
            piece = ask("read", name=name, offset=len(text), length=32768)
            text, more = text + base64.b64decode(piece["data"]), not piece["eof"]
        words = collections.Counter(re.findall(r"\w+", text.decode("utf-8", "replace").lower()))
        lines = [f"{count:7} {word}" for word, count in sorted(words.items(), key=lambda w: (-w[1], w[0]))]
        ask("result", path=path, media_type="text/plain", text="\n".join(lines) + "\n")
        send(method="progress", params={"done": number + 1, "total": len(names)})
    return {"note": f"{len(names)} inputs"}

for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "initialize":
        send(id=call["id"], result={"kind": "words", "ops": ["plan"], "version": "1"})
    elif call["method"] == "generate":
        try: send(id=call["id"], result=generate(**call["params"]))
        except Exception as error: send(id=call["id"], error={"code": 1, "message": str(error)})
    elif call["method"] == "shutdown": break
