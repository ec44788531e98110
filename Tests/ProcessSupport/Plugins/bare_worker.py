#!/usr/bin/env python3
"""A worker without a plugin: takes one lease and keeps it.

    bare_worker.py SOCKET KIND

Says `ready` when it waits for a lease, and `leased` when it has one.
"""
import json, os, socket, sys


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    return connection


def send(connection, method, **parameters):
    call = {"method": "org.genbroker.Worker." + method, "parameters": parameters}
    if method == "Attend":
        call["more"] = True
    connection.sendall(json.dumps(call).encode() + b"\0")


def receive(connection, rest=b""):
    while b"\0" not in rest:
        piece = connection.recv(65536)
        if not piece:
            sys.exit("the broker ended the connection")
        rest += piece
    return json.loads(rest[: rest.index(b"\0")])["parameters"]


data, control = connect(), connect()
send(data, "Hello", kind=sys.argv[2], name="bare", pid=os.getpid(), slots=1)
send(control, "Attend", session=receive(data)["session"])
print("ready", flush=True)
while "lease" not in receive(control):
    pass
print("leased", flush=True)
control.recv(1)
