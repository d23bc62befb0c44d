#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Traffic that the kernel drops, each cause told by its UDP or TCP port (see drop_causes.sh).

	drop_send.py hold FILE ADDRESS:PORT:BUFFER...   bind there with so small a buffer, never read; listen with
	                                              room for one where BUFFER is 'tcp'; FILE: ready
	drop_send.py send NEAR FAR NEAR6     one packet or a few for each cause
	drop_send.py flags ADDRESS PORT      a TCP segment that no listener takes
	drop_send.py connect N ADDRESS PORT  so many connections at once, for a second

NEAR and NEAR6 are the router's addresses, FAR that of the host behind it."""

import socket
import struct
import sys
import time

IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO = 10, 0, 2


def udp(address, port, count=1, size=10, ttl=None, discover=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        if ttl:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        if discover is not None:
            s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, discover)
        for _ in range(count):
            s.sendto(b"x" * size, (address, port))


def raw_udp(source, destination, port, checksum):
    """By hand: a source that is not ours, a checksum that is wrong (0: none)."""
    payload = b"x" * 10
    header = struct.pack("!HHHH", 4000, port, 8 + len(payload), checksum)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 1, 0, 64, socket.IPPROTO_UDP, 0,
                     socket.inet_aton(source), socket.inet_aton(destination))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        s.sendto(ip + header + payload, (destination, 0))


def tcp(address, port):
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return
    raise SystemExit(f"something listens on port {port}")


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def raw_tcp(source, destination, port, flags):
    header = struct.pack("!HHIIBBHHH", 4000, port, 1, 0, 0x50, flags, 1024, 0, 0)
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    pseudo = addresses + struct.pack("!HH", socket.IPPROTO_TCP, len(header))
    header = header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as s:
        s.sendto(header, (destination, 0))


def hold(ready, *places):
    held = []
    for address, port, size in (place.split(":") for place in places):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if size == "tcp" else socket.SOCK_DGRAM)
        if size != "tcp":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(size))
        s.bind((address, int(port)))
        if size == "tcp":
            s.listen(0)
        held.append(s)
    with open(ready, "w", encoding="ascii"):
        pass
    time.sleep(3600)


def connect(count, address, port):
    """The queue of the listener takes one; what comes after it is not answered."""
    sockets = [socket.socket() for _ in range(int(count))]
    for s in sockets:
        s.setblocking(False)
        s.connect_ex((address, int(port)))
        time.sleep(0.1)
    time.sleep(1)


def flags(address, port):
    raw_tcp("10.99.0.1", address, int(port), 0x03)


def send(near, far, near6):
    nobody = far.rsplit(".", 1)[0] + ".99"
    udp(near, 9001)
    udp(far, 9002)
    udp(near, 9003)
    udp(near, 9004)
    tcp(near, 9005)
    udp(near, 9006, count=8, size=1000)
    raw_udp("10.99.0.1", near, 9007, 0x1234)
    udp(far, 9008, ttl=1)
    raw_udp(nobody, near, 9009, 0)
    udp("10.97.0.1", 9010)
    udp(far, 9012, size=1200, discover=IP_PMTUDISC_DO)
    udp(nobody, 9013)
    udp(near6, 9021)
    udp(near6, 9024)
    flags(near, 9014)
    udp(far, 9011, count=8, size=800, discover=IP_PMTUDISC_DONT)


if __name__ == "__main__":
    {"hold": hold, "send": send, "flags": flags, "connect": connect}[sys.argv[1]](*sys.argv[2:])
