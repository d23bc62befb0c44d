#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""collapse.py NS_A NS_B ADDRESS PORT: bytes that the receiver's TCP puts together in skbs of its own.

Used by rebuild.sh. A small receive buffer is filled with packets of eight bytes, until the kernel has counted
that it collapsed some; then all is read.
"""
import socket
import sys
import time

sys.dont_write_bytecode = True
from netns import enter  # noqa: E402


def collapsed():
    """How many skbs were, in this namespace."""
    with open("/proc/thread-self/net/netstat", encoding="ascii") as file:
        names, values = (line.split() for line in file.readlines()[:2])
    return int(values[names.index("TCPRcvCollapsed")])


def main(a, b, address, port):
    enter(b)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    listener.bind(("", int(port)))
    listener.listen(1)
    enter(a)
    client = socket.create_connection((address, int(port)), timeout=60)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.setblocking(False)
    server = listener.accept()[0]
    enter(b)
    sent, end = 0, time.monotonic() + 60
    while collapsed() < 10:
        if time.monotonic() > end:
            sys.exit("nothing was collapsed")
        try:
            sent += client.send(b"%07d|" % (sent // 8))
        except BlockingIOError:
            time.sleep(0.01)
    while sent:
        sent -= len(server.recv(sent))


main(*sys.argv[1:])
