#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""datagrams.py read PORT FILE | send ADDRESS PORT COUNT: many datagrams, from one socket to another.

The reader reads until SIGTERM, then what is left in its queue, and writes how many there were to FILE. Its
buffer is as large as root may make it, so that a slow reader drops nothing. The sender is connected: then its
packets have IP ids that count up, and no two of them are alike. It prints how many it sent.
"""
import signal
import socket
import sys

SO_RCVBUFFORCE = 33
SO_SNDBUFFORCE = 32


class Reader:
    def __init__(self, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 512 << 20)
        signal.signal(signal.SIGTERM, self.end)
        self.sock.bind(("", port))

    def end(self, *_):
        self.sock.setblocking(False)

    def run(self):
        buffer = bytearray(2048)
        count = 0
        while True:
            try:
                self.sock.recv_into(buffer)
                count += 1
            except BlockingIOError:
                return count


def send(address, port, count):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
    sock.connect((address, port))
    for number in range(count):
        sock.send(b"%020d" % number)
    print(count)


if sys.argv[1] == "read":
    n = Reader(int(sys.argv[2])).run()
    with open(sys.argv[3], "w") as file:
        file.write(f"{n}\n")
else:
    send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
