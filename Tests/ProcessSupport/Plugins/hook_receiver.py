"""Receives the posts of hooks: python3 hook_receiver.py [ANSWER ...]

The first answers are as the arguments say, each a status such as 500, or 429:1 with Retry-After, or `hang` for none at all;
all later ones are 200. The first line of output is the port on 127.0.0.1, then each post is a line of JSON.
"""

import http.server
import json
import sys
import threading
import time

answers = sys.argv[1:]


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = answers.pop(0) if answers else "200"
        seen = {"ms": int(time.monotonic() * 1000), "key": self.headers["Idempotency-Key"], "body": body}
        print(json.dumps(seen | {"headers": dict(self.headers.items())}), flush=True)
        if answer == "hang":
            threading.Event().wait()
        status, _, after = answer.partition(":")
        self.send_response(int(status))
        if after:
            self.send_header("Retry-After", after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
