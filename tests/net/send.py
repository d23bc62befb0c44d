#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""send.py DEVICE SOURCE-MAC DESTINATION-MAC KIND [NUMBER]...: frames that plain tools do not send.

Used by the live tests (raw in lib.sh), inside a network namespace. Every kind is deterministic, so that
what two captures saw can be compared byte by byte. IPv4 is 10.99.0.1 > 10.99.0.2, UDP port 9.
"""
import socket
import struct
import sys

IP_A, IP_B = "10.99.0.1", "10.99.0.2"


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(payload, ident=1, fragment=0, proto=17):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, fragment, 64, proto, 0,
                       socket.inet_aton(IP_A), socket.inet_aton(IP_B))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(payload, port=9):
    # checksum 0: none, as RFC 768 allows over IPv4
    return struct.pack(">HHHH", 1000, port, 8 + len(payload), 0) + payload


def tag(tci, tpid=0x8100):
    return struct.pack(">HH", tpid, tci)


def vlan(n):
    """n UDP packets in VLAN 5, then n in VLAN 6"""
    for vid in (5, 6):
        for i in range(n):
            yield tag(vid) + b"\x08\x00" + ipv4(udp(bytes([i % 256]) * 30), ident=i)


def qinq(n):
    """n UDP packets in VLAN 7 inside service tag 100"""
    for i in range(n):
        yield tag(100, 0x88A8) + tag(7) + b"\x08\x00" + ipv4(udp(b"qinq%d" % i), ident=i)


def arp(n):
    """n ARP requests for the receiver's address"""
    for _ in range(n):
        yield b"\x08\x06" + struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, source,
                                        socket.inet_aton(IP_A), b"\0" * 6, socket.inet_aton(IP_B))


def fragments(n):
    """n UDP packets of 3000 bytes in three fragments each"""
    for i in range(n):
        whole = udp(bytes(range(256)) * 11 + b"end!" * 46)
        for at in range(0, len(whole), 1400):
            part = whole[at:at + 1400]
            more = 0x2000 if at + 1400 < len(whole) else 0
            yield b"\x08\x00" + ipv4(part, ident=i + 1, fragment=more | at // 8)


def plain(n):
    """n UDP packets without a tag"""
    for i in range(n):
        yield b"\x08\x00" + ipv4(udp(b"plain"), ident=i)


def mpls(n):
    """n UDP packets behind the labels 1000 and 1001"""
    for i in range(n):
        yield b"\x88\x47" + struct.pack(">II", 1000 << 12 | 64, 1001 << 12 | 0x13F) + ipv4(udp(b"mpls"), ident=i)


def pppoe(n):
    """n UDP packets in the PPPoE session 7"""
    for i in range(n):
        inner = ipv4(udp(b"pppoe"), ident=i)
        yield b"\x88\x64" + struct.pack(">BBHHH", 0x11, 0, 7, 2 + len(inner), 0x0021) + inner


def geneve(n):
    """n frames in the Geneve network 9, with one option"""
    for i in range(n):
        inner = bytes.fromhex("020000000002020000000001") + b"\x08\x00" + ipv4(udp(b"inner"), ident=i)
        yield b"\x08\x00" + ipv4(udp(struct.pack(">BBHIHBBI", 2, 0, 0x6558, 9 << 8, 0x0102, 3, 1, 0xDEADBEEF)
                                     + inner, port=6081), ident=i)


def chain(n):
    """one IPv6 UDP packet behind n destination option headers"""
    options = b"".join(struct.pack(">BBBB4x", 60 if i < n - 1 else 17, 0, 1, 4) for i in range(n))
    payload = options + udp(b"end of the chain")
    yield b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(payload), 60 if n else 17, 64) + \
        socket.inet_pton(socket.AF_INET6, "fd99::1") + socket.inet_pton(socket.AF_INET6, "fd99::2") + payload


def size(length):
    """one frame of exactly so many bytes"""
    yield b"\x08\x00" + ipv4(udp(bytes(i % 251 for i in range(length - 42))))


def unknown(n):
    """n frames of the experimental EtherType 0x88b5"""
    for i in range(n):
        yield b"\x88\xb5" + bytes([i % 256]) * 50


def poison(n):
    """n frames of the experimental EtherType 0x88b6, full of the four bytes of poison.py"""
    for _ in range(n):
        yield b"\x88\xb6" + b"\xd1\xe7\x9b\x53" * 375


KINDS = {f.__name__: f for f in (vlan, qinq, arp, fragments, plain, mpls, pppoe, geneve, chain, size, unknown, poison)}

if len(sys.argv) < 5 or sys.argv[4] not in KINDS:
    sys.exit(__doc__ + "\nkinds: " + " ".join(KINDS))
device, source, destination = sys.argv[1], *(bytes.fromhex(m.replace(":", "")) for m in sys.argv[2:4])
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((device, 0))
for frame in KINDS[sys.argv[4]](*(int(word) for word in sys.argv[5:] or ["1"])):
    out.send(destination + source + frame)
