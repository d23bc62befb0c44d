#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""track.py: traffic of the tests in track.sh, and what the ids in a text of -v say.

	track.py send ADDRESS PORT N		N datagrams whose first bytes are their number, in decimal;
						PORT0+n where PORT ends in '+'
	track.py late ADDRESS PORT N SECONDS	the same after so long a wait
	track.py hold PORT FILE			a socket that nobody reads, until the end; FILE when it is there
	track.py ids FILE REGEX			lines "id parent probe WORD" of FILE, WORD what REGEX's group matched
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


def hold(port, path):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # SO_RCVBUFFORCE
    s.bind(("0.0.0.0", int(port)))
    open(path, "w").close()
    signal.pause()


def ids(path, regex):
    lines = open(path).read().splitlines()
    for line, more in zip(lines[::2], lines[1::2]):
        word = re.search(regex, line)
        fields = dict(f.split("=", 1) for f in more.split() if "=" in f)
        print(fields.get("id", "-"), fields.get("parent", "-"), line.split()[1], word.group(1) if word else "-",
              "retransmit" if " retransmit " in more else "")


globals()[sys.argv[1]](*sys.argv[2:])
