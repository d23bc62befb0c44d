#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Talk between two network namespaces, from one process: rebuild_talk.py KIND NS_A NS_B IPV4_B IPV6_B PORT

KIND is `talk`, or `lose`: the receiver's socket drops what comes, until TCP has sent it again.

TCP and UDP over IPv4, over IPv6, and IPv4 by a socket of IPv6; UDP by a connected socket and by one that
is not. Every payload is of its own bytes. Each answer has come before the next word is sent, so that the
packets are the same ones at every place, and there is nothing to wait for.
"""
import ctypes
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
from netns import enter  # noqa: E402

SO_ATTACH_FILTER = 26


def make(netns, family, kind):
    """A socket belongs to the namespace that it is made in."""
    enter(netns)
    s = socket.socket(family, kind)
    s.settimeout(60)
    return s


def receive(s, size):
    data = b""
    while len(data) < size:
        more = s.recv(size - len(data))
        if not more:
            sys.exit("the connection ended early")
        data += more


def payload(word, size):
    return (word.encode() * (size // len(word) + 1))[:size]


def connect(a, b, server_family, client_family, address, port):
    listener = make(b, server_family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", port))
    listener.listen(1)
    client = make(a, client_family, socket.SOCK_STREAM)
    client.connect((address, port))
    server = listener.accept()[0]
    listener.close()
    return client, server


def refused(a, family, address, port):
    """Nobody listens: the kernel resets, by a sock that has no peer."""
    client = make(a, family, socket.SOCK_STREAM)
    try:
        client.connect((address, port))
    except ConnectionRefusedError:
        client.close()
        return
    sys.exit("the connection was not refused")


def talk(client, server, address):
    for size in 1, 150, 3000:
        client.sendall(payload("request-%d-%s " % (size, address), size))
        receive(server, size)
        server.sendall(payload("answer-%d-%s " % (size, address), size))
        receive(client, size)
    client.close()
    if server.recv(1):
        sys.exit("more than was sent")
    server.close()


def lose(client, server, address):
    """The server's socket accepts no byte of what comes; wait until tcpi_retransmits says so."""
    program = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0))  # ret 0
    server.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                      struct.pack("@HP", 1, ctypes.addressof(program)))
    client.sendall(payload("lost-%s " % address, 700))
    end = time.monotonic() + 60
    while not client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[2]:
        if time.monotonic() > end:
            sys.exit("nothing was sent again")
        time.sleep(0.01)
    for s in client, server:  # end by a reset: nothing goes on when this program has ended
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()


def udp(a, b, family, address, port):
    server = make(b, family, socket.SOCK_DGRAM)
    server.bind(("", port))
    connected = make(a, family, socket.SOCK_DGRAM)
    connected.connect((address, port))
    free = make(a, family, socket.SOCK_DGRAM)
    for size in 1, 700:
        connected.send(payload("connected-%d " % size, size))
        server.sendto(payload("back-%d " % size, size), server.recvfrom(2000)[1])
        connected.recv(2000)
        free.sendto(payload("free-%d " % size, size), (address, port))
        server.recv(2000)
    for s in server, connected, free:
        s.close()


def main():
    kind, a, b, ipv4, ipv6, port = sys.argv[1:]
    how, port = {"talk": talk, "lose": lose}[kind], int(port)
    for server_family, client_family, address, n in (
            (socket.AF_INET, socket.AF_INET, ipv4, 0), (socket.AF_INET6, socket.AF_INET6, ipv6, 0),
            (socket.AF_INET, socket.AF_INET6, "::ffff:" + ipv4, 1)):
        client, server = connect(a, b, server_family, client_family, address, port + n)
        how(client, server, address)
    if how == talk:
        refused(a, socket.AF_INET, ipv4, port + 1)
        refused(a, socket.AF_INET6, ipv6, port + 1)
        udp(a, b, socket.AF_INET, ipv4, port)
        udp(a, b, socket.AF_INET6, ipv6, port)


main()
