#!/usr/bin/env python3
"""A server of models for tests: speaks what clients speak, and breaks as it is told. Python 3.9, standard library only.

    model_server.py [--port PORT] [--fail-every N] [--latency MS] [--piece-latency MS] [--pieces N] [--key KEY] [--log FILE]

Listens on 127.0.0.1 and prints its port, as the only line, when it does. Ends when its standard input does, if that is a
pipe and --with-stdin is given, else by a signal.

What it speaks, below any prefix (`/v1/chat/completions`, `/x/v1/chat/completions`):

    POST …/chat/completions           OpenAI Chat; streams, `stream_options.include_usage`, images by `modalities`
    POST …/responses                  OpenAI Responses; streams
    POST …/messages                   Anthropic Messages; streams, a tool that has to be used
    POST …/models/M:generateContent   Gemini, and `:streamGenerateContent`; images by `responseModalities`
    POST …/images/generations         images, `b64_json`; as `url` when told
    GET  …/files/NAME.png             an image that an answer has named
    GET  …/models                     an empty list

Answers depend on nothing but the body of the request: the same body gets the same answer, also from another process. When
the request brings a JSON Schema, the answer is JSON that fits it.

    --fail-every N       every Nth request is answered 503, not counting those that follow a script
    --latency MS         before the first byte of each answer
    --piece-latency MS   between two pieces of a stream
    --pieces N           pieces of the text in a stream (4)
    --key KEY            any other key is answered 401
    --log FILE           appends a line of JSON for each request, when it has been answered:
                         {"number", "at_ms", "took_ms", "path", "model", "sha256", "status", "outcome"};
                         `sha256` is of the body, `outcome` is `answered`, `failed`, or what a script has done

Control:

    POST /_control/script     {"behaviours": [{"type": …, "times": 1, "match": TEXT, …}]}  -> {"queued": N}
    POST /_control/reset      forgets the scripts, what was seen, and all counts
    GET  /_control/requests   {"requests": [{as in the log, "headers": {…}, "body": TEXT of at most 64 KiB}]}
    GET  /_control/counts     {"requests": N, "answered": N, "by_body": {SHA256: {"requests": N, "answered": N}}}

Each request takes the first behaviour in the queue, or the first whose `match` is in its body; it is gone after `times`
requests (0: never). Members that a type does not know are refused with 400.

    status             `status`, with `retry_after` and `retry_after_ms` (texts), `date_after_s` (as a date), `headers`,
                       `body` (any JSON, or a text that is sent as it is), `content_type`
    quota              429 insufficient_quota
    disconnect         ends the connection; before any byte, or after `after_pieces` of the stream
    truncate           ends the stream properly, without its end mark, after `after_pieces`
    malformed          a piece that is no JSON, after `after_pieces`, then the rest
    stall              says nothing for `seconds` or until the client goes; before the header, or after `after_pieces`
    comments           `count` comments, one every `every_ms`, before the first piece
    error_in_stream    the event of an error, `error` (JSON), after `after_pieces`, then the end
    plain              one piece of JSON, although a stream was asked for
    drip               the stream in pieces of `bytes` bytes, each sent alone
    linger             holds the connection open for `seconds` behind the end mark
    answer             `text`; `finish` in the words of the API; `usage` (object or null), `cost` (a number),
                       `headers`, `line_end` (CR, LF or both), `no_done` (no [DONE])
    refusal            the model refuses, in the manner of the API
    safety             a filter cuts the answer off
    blocked            the input is not looked at (Gemini's promptFeedback; elsewhere 400 content_policy_violation)
    unfit              JSON that does not fit the schema
    image              an image of `bytes` bytes (PNG), in the manner of the API
    image_url          the same by its URL; `url` names another one, `status` is that of its file
    raw                `body` (text) with `content_type` and `status`, ended by the end of the connection
"""

import argparse
import base64
import email.utils
import hashlib
import json
import re
import select
import socket
import struct
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMON = {"type", "times", "match"}
BEHAVIOURS = {
    "status": {"status", "retry_after", "retry_after_ms", "date_after_s", "headers", "body", "content_type"},
    "quota": set(),
    "disconnect": {"after_pieces"},
    "truncate": {"after_pieces"},
    "malformed": {"after_pieces"},
    "stall": {"after_pieces", "seconds"},
    "comments": {"count", "every_ms"},
    "error_in_stream": {"after_pieces", "error"},
    "plain": set(),
    "drip": {"bytes"},
    "linger": {"seconds"},
    "answer": {"text", "finish", "usage", "cost", "headers", "line_end", "no_done"},
    "refusal": set(),
    "safety": set(),
    "blocked": set(),
    "unfit": set(),
    "image": {"bytes"},
    "image_url": {"bytes", "url", "status"},
    "raw": {"body", "content_type", "status"},
}
WORDS = "a broker keeps what it was given until somebody has taken it and says so".split()


class State:
    """All that the threads share."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        with self.lock:
            self.scripts, self.seen, self.by_body = [], [], {}
            self.requests = self.answered = self.unscripted = 0

    def take_script(self, body):
        """The behaviour for this request, and the number of this request among those without one."""
        with self.lock:
            self.requests += 1
            for place, script in enumerate(self.scripts):
                if script.get("match", "") not in body:
                    continue
                if script.get("times", 1) == 1:
                    del self.scripts[place]
                elif script["times"] > 1:
                    script["times"] -= 1
                return script, self.requests, 0
            self.unscripted += 1
            return {}, self.requests, self.unscripted

    def note(self, entry, private):
        answered = entry["outcome"] == "answered"
        with self.lock:
            self.answered += answered
            counts = self.by_body.setdefault(entry["sha256"], {"requests": 0, "answered": 0})
            counts["requests"] += 1
            counts["answered"] += answered
            self.seen.append({**entry, **private})
            del self.seen[:-10000]
            if options.log:
                log_file.write(json.dumps(entry) + "\n")
                log_file.flush()


# ---- What is answered


def chosen(seed, count):
    """`count` words that depend on the seed alone."""
    return " ".join(WORDS[seed[place % 32] % len(WORDS)] for place in range(count))


def instance(schema, seed, root=None, depth=0):
    """A value that fits a JSON Schema, for the keywords that generators of structured output use."""
    root = schema if root is None else root
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        return instance(target, seed, root, depth + 1)
    for choices in ("anyOf", "oneOf", "allOf"):
        if choices in schema:
            return instance(schema[choices][0], seed, root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][seed[depth % 32] % len(schema["enum"])]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next(word for word in kind if word != "null")
    kind = kind.lower()
    next_seed = hashlib.sha256(seed + bytes([depth % 256])).digest()
    if kind == "object":
        properties = schema.get("properties", {})
        wanted = schema.get("required", list(properties)) if depth > 6 else list(properties)
        return {name: instance(properties.get(name, {}), hashlib.sha256(next_seed + name.encode()).digest(), root, depth + 1)
                for name in wanted}
    if kind == "array":
        count = max(schema.get("minItems", 1), min(2, schema.get("maxItems", 2)) if depth < 6 else 0)
        return [instance(schema.get("items", {}), hashlib.sha256(next_seed + bytes([place % 256])).digest(), root, depth + 1)
                for place in range(count)]
    if kind == "integer":
        return int(schema.get("minimum", min(schema.get("maximum", 7), 7)))
    if kind == "number":
        return schema.get("minimum", min(schema.get("maximum", 0.5), 0.5))
    if kind == "boolean":
        return seed[0] % 2 == 0
    if kind == "null":
        return None
    text = chosen(next_seed, 3)
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[:schema["maxLength"]] if "maxLength" in schema else text


def png(size, seed):
    """A PNG of about `size` bytes: gray noise, stored and not compressed."""
    width = 1000 if size > 10000 else 8
    height = max(1, (size - 100) // (width + 1))
    block, rows = hashlib.sha256(seed).digest(), []
    line = (block * (width // 32 + 1))[:width]
    for row in range(height):
        rows.append(b"\0" + line[row % width:] + line[:row % width])

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(rows), 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class Answer:
    """What the model says to one request, in no API's words."""

    def __init__(self, body, script, base):
        self.kind = script.get("type", "")
        self.seed = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
        schema = find_schema(body)
        self.wants_image = self.kind in ("image", "image_url") or wants_image(body)
        if self.kind == "unfit":
            self.text = json.dumps({"not": "what was asked for"})
        elif schema is not None:
            self.text = json.dumps(instance(schema, self.seed), ensure_ascii=False)
        elif self.wants_image:
            self.text = ""
        else:
            self.text = f"{chosen(self.seed, 12)} ({self.seed.hex()[:12]}) – ünï¢ödé 🦊"
        self.text = script.get("text", self.text)
        self.finish = script.get("finish")
        self.refusal = "I will not do that." if self.kind == "refusal" else None
        self.image = png(script.get("bytes", 2000), self.seed) if self.wants_image else None
        self.image_url = None
        if self.kind == "image_url":
            name = self.seed.hex()[:16]
            files[name] = (script.get("status", 200), self.image)
            self.image_url = script.get("url", f"{base}/files/{name}.png")
        self.input = max(1, len(json.dumps(body)) // 4)
        self.output = max(1, len(self.text.split()))
        self.usage_given = "usage" in script
        self.usage = script.get("usage")
        self.cost = script.get("cost")

    def pieces(self):
        count = max(1, min(options.pieces, len(self.text)))
        size = -(-len(self.text) // count) or 1
        return [self.text[at:at + size] for at in range(0, len(self.text), size)]

    def image_reference(self):
        return self.image_url or "data:image/png;base64," + base64.b64encode(self.image).decode()


def find_schema(body):
    chat = (body.get("response_format") or {}).get("json_schema") or {}
    text = (body.get("text") or {}).get("format") or {} if isinstance(body.get("text"), dict) else {}
    tools = body.get("tools") or [{}]
    gemini = body.get("generationConfig") or {}
    for schema in (chat.get("schema"), text.get("schema"), tools[0].get("input_schema"),
                   gemini.get("responseSchema"), gemini.get("responseJsonSchema")):
        if schema is not None:
            return schema
    return None


def wants_image(body):
    modalities = body.get("modalities") or (body.get("generationConfig") or {}).get("responseModalities") or []
    return any(word.lower() == "image" for word in modalities)


# ---- The APIs: each makes the events of a stream, (name, data), and the whole


def chat(body, answer, whole):
    identity = {"id": "chatcmpl-" + answer.seed.hex()[:12], "created": 1, "model": body.get("model", "")}
    finish = answer.finish or ("content_filter" if answer.kind == "safety" else "stop")
    usage = answer.usage if answer.usage_given else {
        "prompt_tokens": answer.input, "completion_tokens": answer.output,
        "total_tokens": answer.input + answer.output, "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0}}
    if answer.cost is not None and usage is not None:
        usage = {**usage, "cost": float(answer.cost)}
    images = [{"type": "image_url", "image_url": {"url": answer.image_reference()}}] if answer.wants_image else []
    if whole:
        message = {"role": "assistant", "content": None if answer.refusal else answer.text, "refusal": answer.refusal}
        if images:
            message["images"] = images
        return {**identity, "object": "chat.completion", "usage": usage,
                "choices": [{"index": 0, "message": message, "finish_reason": finish}]}

    def chunk(delta, reason=None):
        return {**identity, "object": "chat.completion.chunk", "usage": None, "obfuscation": "abc",
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    content = [chunk({"role": "assistant", "content": ""})]
    if answer.refusal:
        content += [chunk({"refusal": answer.refusal})]
    else:
        content += [chunk({"content": piece}) for piece in answer.pieces()]
    if images:
        content += [chunk({"content": None, "images": images})]
    ends = [chunk({}, finish)]
    if usage is not None and (body.get("stream_options") or {}).get("include_usage"):
        ends += [{**identity, "object": "chat.completion.chunk", "choices": [], "usage": usage}]
    return [("", data) for data in content], [("", data) for data in ends] + [("", "[DONE]")]


def responses(body, answer, whole):
    usage = answer.usage if answer.usage_given else {
        "input_tokens": answer.input, "output_tokens": answer.output, "total_tokens": answer.input + answer.output,
        "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    part = ({"type": "refusal", "refusal": answer.refusal} if answer.refusal
            else {"type": "output_text", "text": answer.text, "annotations": []})
    reason = answer.finish or ("content_filter" if answer.kind == "safety" else None)
    response = {
        "id": "resp_" + answer.seed.hex()[:12], "object": "response", "model": body.get("model", ""), "error": None,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None, "usage": usage,
        "output": [{"type": "message", "role": "assistant", "content": [part]}]}
    if whole:
        return response
    kind = "refusal" if answer.refusal else "output_text"
    pieces = [answer.refusal] if answer.refusal else answer.pieces()
    content = [{"type": "response.created", "response": {**response, "status": "in_progress", "output": [], "usage": None}}]
    content += [{"type": f"response.{kind}.delta", "delta": piece} for piece in pieces]
    ends = [{"type": f"response.{kind}.done"}, {"type": "response." + response["status"], "response": response}]
    for number, event in enumerate(content + ends):
        event["sequence_number"] = number
    return [(event["type"], event) for event in content], [(event["type"], event) for event in ends]


def messages(body, answer, whole):
    tool = (body.get("tool_choice") or {}).get("name")
    stop = answer.finish or ("refusal" if answer.kind in ("refusal", "safety") else "tool_use" if tool else "end_turn")
    usage = answer.usage if answer.usage_given else {
        "input_tokens": answer.input, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0,
        "output_tokens": answer.output}
    identity = {"id": "msg_" + answer.seed.hex()[:12], "type": "message", "role": "assistant",
                "model": body.get("model", "")}
    text = answer.refusal or answer.text
    if whole:
        block = {"type": "tool_use", "id": "t", "name": tool, "input": json.loads(text)} if tool else \
                {"type": "text", "text": text}
        return {**identity, "content": [block], "stop_reason": stop, "usage": usage}
    block = {"type": "tool_use", "id": "t", "name": tool, "input": {}} if tool else {"type": "text", "text": ""}
    start = {**identity, "content": [], "stop_reason": None, "usage": {**(usage or {}), "output_tokens": 1}}
    content = [{"type": "message_start", "message": start},
               {"type": "content_block_start", "index": 0, "content_block": block}, {"type": "ping"}]
    for piece in [text] if answer.refusal else answer.pieces():
        delta = {"type": "input_json_delta", "partial_json": piece} if tool else {"type": "text_delta", "text": piece}
        content.append({"type": "content_block_delta", "index": 0, "delta": delta})
    delta = {"type": "message_delta", "delta": {"stop_reason": stop}}
    if usage is not None:
        delta["usage"] = {"output_tokens": usage.get("output_tokens")}
    ends = [{"type": "content_block_stop", "index": 0}, delta, {"type": "message_stop"}]
    return [(event["type"], event) for event in content], [(event["type"], event) for event in ends]


def gemini(body, answer, whole):
    usage = answer.usage if answer.usage_given else {
        "promptTokenCount": answer.input, "candidatesTokenCount": answer.output, "thoughtsTokenCount": 3,
        "totalTokenCount": answer.input + answer.output + 3}
    identity = {"modelVersion": body.get("model", "gemini"), "responseId": answer.seed.hex()[:12]}
    if answer.kind == "blocked":
        blocked = {**identity, "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage}
        return blocked if whole else ([("", blocked)], [])
    finish = answer.finish or {"safety": "SAFETY", "refusal": "PROHIBITED_CONTENT"}.get(answer.kind, "STOP")

    def piece(parts, reason=None):
        candidate = {"index": 0, "content": {"role": "model", "parts": parts}}
        if reason:
            candidate["finishReason"] = reason
        return {**identity, "candidates": [candidate], **({"usageMetadata": usage} if usage and reason else {})}

    parts = [{"text": text} for text in answer.pieces()]
    if answer.kind == "refusal":
        parts = []
    if answer.wants_image:
        parts.append({"inlineData": {"mimeType": "image/png", "data": base64.b64encode(answer.image).decode()}})
    if whole:
        return piece(parts, finish)
    return [("", piece([part])) for part in parts], [("", piece([], finish))]


def images(body, answer, whole):
    image = ({"url": answer.image_url} if answer.image_url
             else {"b64_json": base64.b64encode(answer.image or png(2000, answer.seed)).decode()})
    usage = answer.usage if answer.usage_given else {
        "input_tokens": answer.input, "output_tokens": 1056, "total_tokens": answer.input + 1056,
        "input_tokens_details": {"text_tokens": answer.input, "image_tokens": 0}}
    return {"created": 1, "output_format": "png", "data": [image] * int(body.get("n", 1)), "usage": usage}


# ---- HTTP


class Gone(Exception):
    """The connection was ended on purpose, or by the client."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 0
    timeout = 300

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/_control/requests":
            with state.lock:
                return self.send_json(200, {"requests": state.seen})
        if path == "/_control/counts":
            with state.lock:
                return self.send_json(
                    200, {"requests": state.requests, "answered": state.answered, "by_body": state.by_body})
        found = re.search(r"/files/([0-9a-f]+)\.png$", path)
        if found and found.group(1) in files:
            status, image = files[found.group(1)]
            return self.send_bytes(status, "image/png", image)
        if path.endswith("/models"):
            if self.has_wrong_key():
                return self.send_error_body(401, "invalid_api_key", f"wrong key {self.headers.get('Authorization')}")
            return self.send_json(200, {"object": "list", "data": [], "models": []})
        self.send_json(404, {"error": {"message": "there is nothing here", "type": "not_found_error"}})

    def has_wrong_key(self):
        return options.key and options.key not in (
            self.headers.get("Authorization", "").replace("Bearer ", ""), self.headers.get("x-api-key"),
            self.headers.get("x-goog-api-key"))

    def do_POST(self):
        try:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.split("?")[0]
            if path.startswith("/_control/"):
                return self.control(path, raw)
            self.generate(path, raw)
        except (Gone, ConnectionError, TimeoutError):
            self.close_connection = True

    def control(self, path, raw):
        if path == "/_control/reset":
            state.reset()
            return self.send_json(200, {})
        try:
            behaviours = json.loads(raw)["behaviours"]
            for behaviour in behaviours:
                unknown = set(behaviour) - BEHAVIOURS[behaviour["type"]] - COMMON
                if unknown:
                    raise ValueError(f"unknown members {sorted(unknown)}")
        except Exception as error:
            return self.send_json(400, {"error": f"no script: {error!r}"})
        with state.lock:
            state.scripts += behaviours
            queued = len(state.scripts)
        self.send_json(200, {"queued": queued})

    def generate(self, path, raw):
        began = time.monotonic()
        text = raw.decode("utf-8", "replace")
        self.script, number, unscripted = state.take_script(text)
        entry = {"number": number, "at_ms": time.time_ns() // 1_000_000, "took_ms": 0, "path": path, "model": "",
                 "sha256": hashlib.sha256(raw).hexdigest(), "status": 0, "outcome": "failed"}
        self.status = 0
        try:
            entry["outcome"] = self.answer(path, raw, entry, unscripted)
        except (ConnectionError, TimeoutError):
            entry["outcome"] = "client_gone"
            raise
        except Gone:
            entry["outcome"] = self.script.get("type", "gone")
            raise
        finally:
            entry["status"] = self.status
            entry["took_ms"] = int((time.monotonic() - began) * 1000)
            state.note(entry, {"headers": {name.lower(): value for name, value in self.headers.items()},
                               "body": text[:65536]})

    def answer(self, path, raw, entry, unscripted):
        kind = self.script.get("type", "")
        if options.latency:
            time.sleep(options.latency / 1000)
        if self.has_wrong_key():
            self.send_error_body(401, "invalid_api_key", f"wrong key {self.headers.get('Authorization')}")
            return "failed"
        if kind == "raw":
            self.send_raw()
            return kind
        if kind == "disconnect" and "after_pieces" not in self.script:
            raise Gone
        if kind == "stall" and "after_pieces" not in self.script:
            self.wait(self.script.get("seconds", 60))
            raise Gone
        if kind == "status":
            self.send_status()
            return kind
        if kind == "quota":
            self.send_error_body(429, "insufficient_quota", "You exceeded your current quota.")
            return kind
        if options.fail_every and unscripted and unscripted % options.fail_every == 0:
            self.send_error_body(503, "server_error", "The server is overloaded.")
            return "failed"
        try:
            body = json.loads(raw)
        except ValueError:
            self.send_error_body(400, "invalid_request_error", "the body is no JSON")
            return "failed"
        return self.speak(path, body, entry)

    def speak(self, path, body, entry):
        kind = self.script.get("type", "")
        streams = body.get("stream") is True
        found = re.search(r"/models/([^/:]+):(stream)?[gG]enerateContent$", path)
        if found:
            api, streams, body = gemini, found.group(2) is not None, {**body, "model": found.group(1)}
        else:
            api = next((api for end, api in (("/chat/completions", chat), ("/responses", responses), (
                "/messages", messages), ("/images/generations", images)) if path.endswith(end)), None)
        entry["model"] = body.get("model", "")
        if api is None:
            self.send_error_body(404, "not_found_error", "there is nothing here")
            return "failed"
        if kind == "blocked" and api is not gemini:
            self.send_error_body(400, "content_policy_violation", "Your request was rejected by the safety system.")
            return kind
        base = f"http://{self.headers.get('Host')}"
        answer = Answer(body, {"type": "image", **self.script} if api is images and not kind else self.script, base)
        if api is images or not streams or kind == "plain":
            self.send_json(200, api(body, answer, True), self.script.get("headers"))
        else:
            self.stream(*api(body, answer, False), is_chat=api is chat)
        return "answered"

    # ---- Sending

    def stream(self, content, ends, is_chat):
        kind, after = self.script.get("type", ""), self.script.get("after_pieces", 0)
        if self.script.get("no_done"):
            ends = [event for event in ends if event[1] != "[DONE]"]
        self.head(200, "text/event-stream; charset=utf-8", {"Transfer-Encoding": "chunked", "Cache-Control": "no-cache"})
        if kind == "comments":
            for _ in range(self.script.get("count", 3)):
                self.chunk(b": OPENROUTER PROCESSING\n\n")
                time.sleep(self.script.get("every_ms", 0) / 1000)
        events = [self.event(*event) for event in content]
        breaks = kind in ("disconnect", "truncate", "malformed", "stall", "error_in_stream")
        for place, event in enumerate(events):
            if breaks and place == after:
                self.break_stream(kind, is_chat)
            self.piece(event)
            if options.piece_latency:
                time.sleep(options.piece_latency / 1000)
        if breaks and after >= len(events):
            self.break_stream(kind, is_chat)
        self.piece(b"".join(self.event(*event) for event in ends))
        self.flush()
        if kind == "linger":
            self.wait(self.script.get("seconds", 60))
        self.wfile.write(b"0\r\n\r\n")

    def break_stream(self, kind, is_chat):
        self.flush()
        if kind == "malformed":
            return self.chunk(b'data: {"choices": [{"delta": {"content": "brok\n\n')
        if kind == "stall":
            self.wait(self.script.get("seconds", 60))
            raise Gone
        if kind == "error_in_stream":
            error = self.script.get("error", {"error": {"message": "Overloaded", "type": "server_error", "code": 502}})
            self.chunk(self.event("error", error) if not is_chat else self.event("", error))
        if kind in ("truncate", "error_in_stream"):
            self.wfile.write(b"0\r\n\r\n")
        raise Gone

    def event(self, name, data):
        text = data if isinstance(data, str) else dumps(data)
        end = self.script.get("line_end", "\n")
        return ((f"event: {name}{end}" if name else "") + f"data: {text}{end}{end}").encode()

    def piece(self, data):
        """Gathers what is sent together, unless the pieces are to come apart."""
        if self.script.get("type") == "drip":
            size = self.script.get("bytes", 1)
            for at in range(0, len(data), size):
                self.chunk(data[at:at + size])
        elif options.piece_latency:
            self.chunk(data)
        else:
            self.gathered += data

    def flush(self):
        if self.gathered:
            self.chunk(self.gathered)
        self.gathered = b""

    gathered = b""

    def chunk(self, data):
        self.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")

    def head(self, status, content_type, headers=None):
        self.status = status
        self.gathered = b""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("x-request-id", f"req-{threading.get_native_id()}")
        for name, value in {**(headers or {}), **(self.script.get("headers") or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    script = {}

    def send_bytes(self, status, content_type, data, headers=None):
        self.head(status, content_type, {**(headers or {}), "Content-Length": str(len(data))})
        self.wfile.write(data)

    def send_json(self, status, value, headers=None):
        self.send_bytes(status, "application/json", dumps(value).encode(), headers)

    def send_error_body(self, status, code, message):
        # In the words of all of them at once.
        self.send_json(status, {"type": "error", "error": {"message": message, "type": code, "code": code}})

    def send_status(self):
        script, headers = self.script, {}
        if "retry_after" in script:
            headers["Retry-After"] = script["retry_after"]
        if "retry_after_ms" in script:
            headers["Retry-After-Ms"] = script["retry_after_ms"]
        if "date_after_s" in script:
            headers["Retry-After"] = email.utils.formatdate(time.time() + script["date_after_s"], usegmt=True)
        body = script.get("body", {"error": {"message": "as scripted", "type": "scripted"}})
        data = body.encode() if isinstance(body, str) else dumps(body).encode()
        self.send_bytes(script["status"], script.get("content_type", "application/json"), data, headers)

    def send_raw(self):
        self.head(self.script.get("status", 200), self.script.get("content_type", "text/event-stream"),
                  {"Connection": "close"})
        self.wfile.write(self.script.get("body", "").encode())
        self.close_connection = True

    def wait(self, seconds):
        """Until the time is over or the client has gone."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable:
            raise Gone


def dumps(value):
    return json.dumps(value, ensure_ascii=False)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        # A client that goes is no error of a server's.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def parse():
    parser = argparse.ArgumentParser(description="A server of models for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fail-every", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--piece-latency", type=float, default=0)
    parser.add_argument("--pieces", type=int, default=4)
    parser.add_argument("--key", default="")
    parser.add_argument("--log", default="")
    parser.add_argument("--with-stdin", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    options = parse()
    state, files = State(), {}
    log_file = open(options.log, "a", encoding="utf-8") if options.log else None
    server = Server(("127.0.0.1", options.port), Handler)
    print(server.server_port, flush=True)
    if options.with_stdin:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.buffer.read()
    else:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
