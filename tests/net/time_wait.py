#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""time_wait.py input|output NS_A NS_B ADDRESS PORT: a connection of A's that A has left when B ends it.

Used by rebuild.sh. A's socket is gone but for a time-wait sock when B's FIN is sent. A netfilter rule in A, for
this connection alone, drops that FIN (input) or the answer to it (output). Prints the client's port, the
sequence number of B's FIN and the number that it acknowledges, as B's socket has them.
"""
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from netns import enter  # noqa: E402

TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
RECV_QUEUE, SEND_QUEUE, OFF_NO_WINDOW_PROBE = 1, 2, -1


def is_time_wait(port):
    """Of this namespace; such a sock has timer 3 in the table."""
    rows = []
    for name in "tcp", "tcp6":
        with open("/proc/thread-self/net/" + name, encoding="ascii") as file:
            rows += [line.split() for line in file.readlines()[1:]]
    return any(int(row[1].split(":")[1], 16) == port and row[5].startswith("03:") for row in rows)


def numbers(s):
    """What a socket sends next, and what it expects."""
    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    found = []
    for queue in SEND_QUEUE, RECV_QUEUE:
        s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
        found.append(s.getsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ) & 0xFFFFFFFF)
    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, OFF_NO_WINDOW_PROBE)
    # repairing takes that away
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return found


def main(scene, a, b, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    enter(b)
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", int(port)))
    listener.listen(1)
    enter(a)
    client = socket.create_connection((address, int(port)), timeout=60)
    server = listener.accept()[0]
    own = client.getsockname()[1]
    client.close()
    if server.recv(1):
        sys.exit("more than was sent")
    end = time.monotonic() + 60
    while not is_time_wait(own):
        if time.monotonic() > end:
            sys.exit("the client's socket does not become a time-wait sock")
        time.sleep(0.01)
    words = f"tcp sport {port} tcp dport {own}" if scene == "input" else f"tcp sport {own} tcp dport {port}"
    subprocess.run(["nft", "add", "rule", "inet", "xcap", scene, *words.split(), "drop"], check=True)
    print(own, *numbers(server))
    server.close()


main(*sys.argv[1:])
