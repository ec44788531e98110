#!/usr/bin/env python3
"""A process as heavy as a worker, without a broker: holds a named pipe open until it is killed.

    pipe_holder.py PIPE [--child]

Says `holding` when it does. With `--child` it has a child, as a worker has a plugin, that ends when it ends.
"""
import os, subprocess, sys, time

os.open(sys.argv[1], os.O_WRONLY)
if "--child" in sys.argv:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
print("holding", flush=True)
time.sleep(3600)
