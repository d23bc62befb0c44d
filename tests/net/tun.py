#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tun.py DEVICE: a tun device whose other end answers every ICMP echo request, IPv4 and IPv6.

Used by the live tests, inside a network namespace. The device is gone when this ends. Prints a line once
the device is there; a packet on it has no link header at all (ARPHRD_NONE).
"""
import fcntl
import os
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)


def answer(packet):
    """the reply to an echo request, None to anything else"""
    if packet[0] >> 4 == 4 and packet[9] == 1 and packet[20] == 8:
        icmp = b"\0\0\0\0" + packet[24:]
        return packet[:12] + packet[16:20] + packet[12:16] + b"\0" + packet[21:22] + checksum(icmp) + packet[24:]
    if packet[0] >> 4 == 6 and packet[6] == 58 and packet[40] == 128:
        source, target = packet[24:40], packet[8:24]
        icmp = b"\x81\0\0\0" + packet[44:]
        pseudo = source + target + struct.pack(">II", len(icmp), 58)
        return packet[:8] + source + target + icmp[:2] + checksum(pseudo + icmp) + icmp[4:]
    return None


if len(sys.argv) != 2:
    sys.exit(__doc__)
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", sys.argv[1].encode(), IFF_TUN | IFF_NO_PI))
print("ready", flush=True)
while True:
    reply = answer(os.read(tun, 65536))
    if reply:
        os.write(tun, reply)
