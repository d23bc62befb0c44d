#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Exchanges in which nothing is lost, over the loopback device and to groups (see drop.sh).

	drop_healthy.py DEVICE ADDRESS   DEVICE leads to a neighbour; ADDRESS is ours there, IPv4"""

import socket
import sys
import threading

ANSWER = 20000


def answer(connection):
    with connection:
        while connection.recv(65536):
            connection.sendall(b"x" * ANSWER)


def serve(server):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(connection,)).start()


def tcp(family, address):
    """Requests and answers, ended in each of the ways that leave nothing unread."""
    with socket.create_server((address, 0), family=family) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        for i in range(12):
            with socket.create_connection(server.getsockname()[:2]) as client:
                client.sendall(b"GET")
                left = ANSWER
                while left:
                    left -= len(client.recv(left))
                if i % 3:
                    client.shutdown(socket.SHUT_WR if i % 3 == 1 else socket.SHUT_RDWR)
                if i % 3 == 1:
                    client.recv(1)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def udp(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as server, \
            socket.socket(family, socket.SOCK_DGRAM) as client:
        server.bind((address, 0))
        for _ in range(10):
            client.sendto(b"question", server.getsockname()[:2])
            _, peer = server.recvfrom(100)
            server.sendto(b"answer", peer)
            client.recv(100)


def groups(device, address):
    """To groups and to all, where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.bind((address, 0))
        for group in address.rsplit(".", 1)[0] + ".255", "224.0.0.251", "239.1.2.3":
            s.sendto(b"x", (group, 5353))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", (f"ff02::fb%{device}", 5353))


for kind in tcp, udp:
    kind(socket.AF_INET, "127.0.0.1")
    kind(socket.AF_INET6, "::1")
groups(sys.argv[1], sys.argv[2])
