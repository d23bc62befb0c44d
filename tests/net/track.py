#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""track.py: traffic of the tests in track.sh, and what the ids in a text of -v say.

	track.py send ADDRESS PORT N		N datagrams whose first bytes are their number, in decimal;
						PORT0+n where PORT ends in '+'
	track.py late ADDRESS PORT N SECONDS	the same after so long a wait
	track.py sizes ADDRESS PORT0 N BYTES	N datagrams, each 16 bytes longer than the one before and to the next port
	track.py large ADDRESS PORT		one of 4,000 bytes, which routers may cut
	track.py stream ADDRESS PORT		a connection, and 100 bytes on it, until the end
	track.py hold PORT FILE			a socket that nobody reads, until the end; FILE when it is there
	track.py tap DEVICE FILE		the same of a packet socket: it has a clone of all that passes
	track.py ids FILE REGEX			lines "id parent probe WORD" of FILE, WORD what REGEX's group matched
	track.py ways FILE DIGITS		where each packet was, with the length it had there; below it, indented,
						the same of those whose parent it is; DIGITS are taken out of devices
"""
import re
import signal
import socket
import sys
import time


def send(address, port, n):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    many = port.endswith("+")
    for i in range(int(n)):
        s.sendto(b"%08d" % i, (address, int(port.rstrip("+")) + (i if many else 0)))


def late(address, port, n, seconds):
    time.sleep(float(seconds))
    send(address, port, n)


def sizes(address, port0, n, begin):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(int(n)):
        s.sendto(b"x" * (int(begin) + 16 * i), (address, int(port0) + i))


def large(address, port):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    if s.family == socket.AF_INET:
        s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER, IP_PMTUDISC_DONT
    s.sendto(b"x" * 4000, (address, int(port)))


def stream(address, port):
    s = socket.create_connection((address, int(port)))
    s.send(b"x" * 100)
    signal.pause()


def tap(device, path):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((device, 3))
    open(path, "w").close()
    signal.pause()


def hold(port, path):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # SO_RCVBUFFORCE
    s.bind(("0.0.0.0", int(port)))
    open(path, "w").close()
    signal.pause()


def records(path):
    lines = open(path).read().splitlines()
    for line, more in zip(lines[::2], lines[1::2]):
        yield line, more, dict(f.split("=", 1) for f in more.split() if "=" in f)


def ids(path, regex):
    for line, more, fields in records(path):
        word = re.search(regex, line)
        print(fields.get("id", "-"), fields.get("parent", "-"), line.split()[1], word.group(1) if word else "-",
              "retransmit" if " retransmit " in more else "")


def ways(path, digits):
    way, parent = {}, {}
    for line, _, fields in records(path):
        _, probe, device = line.split()[:3]
        device = device.split("@")[0].replace(digits, "")
        way.setdefault(fields.get("id"), []).append(f"{probe}@{device}:{fields['len']}")
        if "parent" in fields:
            parent.setdefault(fields["id"], []).append(fields["parent"])
    text = {}
    for i, places in way.items():
        # a parent that was not seen, or is told twice, stands there by its number
        under = parent.get(i, [])
        known = len(under) == 1 and under[0] in way
        text.setdefault(under[0] if known else None, []).append(
            (" ".join(places + ([] if known or not under else ["of", *under])), i))
    for line, i in sorted(text.pop(None, [])):
        print(line)
        for child, _ in sorted(text.pop(i, [])):
            print("  " + child)
    for i, children in text.items():
        print("children of a child", i, children)


globals()[sys.argv[1]](*sys.argv[2:])
