#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""exchange.py serve PORT...             the receiver: TCP and UDP on these ports, IPv4 and IPv6 on one socket
exchange.py talk ADDRESS PORT SIZE   one TCP connection with SIZE bytes each way, then three datagrams and their echo;
                                     then a connection that the client has left when the server ends it

Used by whole.sh. No two stretches of payload are equal, so that a packet that was put together wrongly shows.
serve prints a line once it listens, and ends with its parent.
"""
import socket
import sys
import threading

DATAGRAMS = (5, 600, 1400)


def payload(name, size):
    return b"".join(b"%s %06d|" % (name.encode(), i) for i in range(size // 8 + 1))[:size]


def read_all(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def serve_tcp(listener, port):
    while True:
        connection, _ = listener.accept()
        size = len(read_all(connection))
        connection.sendall(payload(f"answer {port}", size))
        connection.close()


def serve_udp(sock):
    while True:
        data, sender = sock.recvfrom(65536)
        sock.sendto(data[::-1], sender)


def serve(*ports):
    threads = []
    for port in map(int, ports):
        # IPv4 comes to these as ::ffff:a.b.c.d
        listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        datagrams.bind(("::", port))
        threads += [threading.Thread(target=serve_tcp, args=(listener, port)),
                    threading.Thread(target=serve_udp, args=(datagrams,))]
    for thread in threads:
        thread.start()
    print("ready", flush=True)


def talk(address, port, size):
    port, size = int(port), int(size)
    with socket.create_connection((address, port), timeout=60) as connection:
        connection.sendall(payload(f"question {port}", size))
        connection.shutdown(socket.SHUT_WR)
        if read_all(connection) != payload(f"answer {port}", size):
            sys.exit("the answer is not what was sent")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(60)
        datagrams.connect((address, port))
        for length in DATAGRAMS:
            sent = payload(f"datagram {port}", length)
            datagrams.send(sent)
            if datagrams.recv(65536) != sent[::-1]:
                sys.exit("the echo is not what was sent")
    # what is left of its socket, a time-wait sock, takes the server's FIN and answers
    socket.create_connection((address, port), timeout=60).close()


COMMANDS = {f.__name__: f for f in (serve, talk)}

if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
    sys.exit(__doc__)
COMMANDS[sys.argv[1]](*sys.argv[2:])
