#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Is every packet of a capture, at every probe, one of the wire's? rebuild_check.py CAPTURE WIRE PROBE...

Both files are dissected by tshark. A packet of CAPTURE must not be malformed, and its addresses, ports,
sequence numbers, flags and lengths must be those of a packet in WIRE, its payload the beginning of that
one's. Each PROBE must have packets; PROBE=FRACTION[,FRACTION...] says of which kinds (tcp4 tcp6 udp4 udp6).
Prints one line per probe. Status 1 with the packets that are not on the wire.
"""
import subprocess
import sys

FIELDS = ["frame.interface_name", "frame.len", "eth.type", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "tcp.seq", "tcp.ack", "tcp.flags", "tcp.len", "udp.srcport",
          "udp.dstport", "udp.length", "_ws.malformed", "tcp.payload", "udp.payload"]
PAYLOADS = 2
KEY = slice(3, len(FIELDS) - PAYLOADS - 1)


def dissect(path):
    command = ["tshark", "-n", "-r", path, "-o", "tcp.relative_sequence_numbers:FALSE",
               "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields", "-E", "separator=/t"]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit("tshark cannot read %s: %s" % (path, run.stderr))
    rows = [line.split("\t") for line in run.stdout.splitlines()]
    if not rows or any(len(row) != len(FIELDS) for row in rows):
        sys.exit("tshark's answer for %s is not understood" % path)
    return rows


def kind(row):
    return ("tcp" if row[7] else "udp" if row[13] else "other") + ("6" if row[5] else "4")


def same(row, wire):
    """Some packet of the wire with these fields begins with this payload."""
    return any(theirs[-2].startswith(row[-2]) and theirs[-1].startswith(row[-1])
               for theirs in wire.get(tuple(row[KEY]), []))


def main():
    wire, problems, kinds = {}, [], {}
    for row in dissect(sys.argv[2]):
        wire.setdefault(tuple(row[KEY]), []).append(row)
    for row in dissect(sys.argv[1]):
        probe = row[0].split("/")[0]
        if row[-PAYLOADS - 1]:
            problems.append("malformed: " + " ".join(row))
        elif not same(row, wire):
            problems.append("not on the wire: " + " ".join(row))
        count = kinds.setdefault(probe, {})
        count[kind(row)] = count.get(kind(row), 0) + 1
    for probe, count in sorted(kinds.items()):
        print(probe, " ".join("%s=%d" % item for item in sorted(count.items())))
    for word in sys.argv[3:]:
        probe, _, wanted = word.partition("=")
        for one in wanted.split(","):
            if not kinds.get(probe, {}).get(one):
                problems.append("%s has no packet of kind %s" % (probe, one))
    print("\n".join(problems[:20]), file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
