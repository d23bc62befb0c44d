#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""whole.py WIRE.pcap XCAP.pcapng [PROBE=CLASS]...: are the packets of every probe those of the wire?

Used by whole.sh. WIRE is tcpdump's, XCAP has the same traffic at many probes. Each packet at a probe has to be
of a conversation on the wire, with its addresses and ports; TCP bytes have to stand at their sequence number,
and where the wire has a packet of that number and length, flags and acknowledgement are that packet's; a
datagram has to be one of the wire. Link addresses and tags are those of the wire; made-up addresses can be
zeros. Checksums of rebuilt headers have to be right. PROBE=CLASS says that every packet of a class (words below, joined by +) was
seen at a probe: all v4 v6 tcp udp data, in (from the client to the server) and out are conditions.
Prints a table of what was found at each probe. Status 1 and a line for each packet that is not right.
"""
import collections
import re
import struct
import sys

VLAN_DEVICE = 4003  # the port that is used over such a device

Packet = collections.namedtuple(
    "Packet", "macs tags version proto flow seq ack flags payload cut head part")


def total(data):
    """the Internet checksum's sum, folded: 0xffff where the checksum in it is right"""
    data += b"\0" * (len(data) % 2)
    add = sum(struct.unpack(f">{len(data) // 2}H", data))
    while add >> 16:
        add = (add & 0xFFFF) + (add >> 16)
    return add


def parse(frame, wire_len):
    """a Packet, or a string that says what is wrong"""
    at, tags = 12, []
    kind, = struct.unpack_from(">H", frame, at)
    while kind in (0x8100, 0x88A8):
        tags.append(struct.unpack_from(">H", frame, at + 2)[0] & 0xFFF)
        at += 4
        kind, = struct.unpack_from(">H", frame, at)
    ip = frame[at + 2:]
    if kind == 0x0800 and ip[0] >> 4 == 4:
        head, size, proto, addresses = (ip[0] & 15) * 4, struct.unpack_from(">H", ip, 2)[0], ip[9], ip[12:20]
        is_said = size
    elif kind == 0x86DD and ip[0] >> 4 == 6:
        is_said, = struct.unpack_from(">H", ip, 4)
        head, size, proto, addresses = 40, 40 + is_said, ip[6], ip[8:40]
    else:
        return f"ethertype 0x{kind:04x} and IP version {ip[:1].hex()[:1]}"
    if not is_said and wire_len - at - 2 > 65535:
        size = wire_len - at - 2
    elif not is_said:
        return "a length of 0 in the IP header"
    part = ip[head:size]
    cut = len(ip) < size
    if len(part) < (20 if proto == 6 else 8):
        return f"protocol {proto}, cut within its header"
    half = len(addresses) // 2
    source, target = struct.unpack_from(">HH", part)
    flow = (proto, addresses[:half], source, addresses[half:], target)
    seq = ack = flags = 0
    if proto == 6:
        seq, ack, offset, flags = struct.unpack_from(">IIBB", part, 4)
        if offset >> 4 < 5:
            return f"TCP header of {offset >> 4} words"
        payload = part[(offset >> 4) * 4:]
    elif proto == 17:
        length, = struct.unpack_from(">H", part, 4)
        if length != size - head:
            return f"UDP length {length} in an IP packet with {size - head} bytes"
        payload = part[8:]
    else:
        return f"protocol {proto}"
    return Packet(frame[:12], tags, 4 if head != 40 else 6, proto, flow, seq, ack, flags, payload, cut,
                  ip[:head], part)


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at < len(data):
        cap, wire = struct.unpack_from("<II", data, at + 8)
        yield data[at + 16:at + 16 + cap], wire
        at += 16 + cap


def read_pcapng(path):
    """(frame, wire length, words of the comment) of each packet"""
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 6:
            cap, wire = struct.unpack_from("<II", data, at + 20)
            option = at + 28 + (cap + 3 & ~3)
            words = {}
            while option < at + length - 4:
                code, size = struct.unpack_from("<HH", data, option)
                if code == 1 and not words:
                    words = dict(w.split("=", 1) for w in data[option + 4:option + 4 + size].decode().split(" "))
                option += 4 + (size + 3 & ~3)
            yield data[at + 28:at + 28 + cap], wire, words
        at += length


class Wire:
    """What went over the wire: packets, and the bytes of each TCP direction from its SYN on."""

    def __init__(self, path, ports):
        self.packets, self.starts, self.streams = [], {}, {}
        for frame, length in read_pcap(path):
            packet = parse(frame, length) if len(frame) > 34 else "short"
            if not isinstance(packet, str) and ports & {packet.flow[2], packet.flow[4]}:
                self.packets.append(packet)
        self.flows = {p.flow for p in self.packets}
        self.exact = collections.defaultdict(set)
        self.links = collections.defaultdict(set)
        for p in self.packets:
            self.links[p.flow].add((p.macs, tuple(p.tags)))
            self.exact[p.flow, p.seq, len(p.payload)].add((p.ack, p.flags))
            if p.proto == 6 and p.flags & 2:
                self.starts[p.flow] = p.seq + 1
        for p in self.packets:
            if p.proto == 6 and p.payload:
                self.put(p)
        self.datagrams = collections.defaultdict(set)
        for p in self.packets:
            if p.proto == 17:
                self.datagrams[p.flow].add(p.payload)

    def put(self, p):
        stream = self.streams.setdefault(p.flow, bytearray())
        at = p.seq - self.starts[p.flow] & 0xFFFFFFFF
        stream.extend(bytes(max(0, at + len(p.payload) - len(stream))))
        stream[at:at + len(p.payload)] = p.payload

    def complaint(self, p, words):
        """what is not as on the wire; None"""
        if p.flow not in self.flows:
            return "nobody on the wire has these addresses and ports"
        links = self.links[p.flow]
        known = {macs for macs, _ in links}
        if words.get("synth") is None and p.macs not in known:
            return "other link addresses than on the wire"
        if any(half != bytes(6) and half not in {macs[at:at + 6] for macs in known}
               for at, half in ((0, p.macs[:6]), (6, p.macs[6:]))):
            return "made-up link addresses that are not those of the wire"
        # a VLAN's device is above the tag
        if tuple(p.tags) not in {tags for _, tags in links} and (p.tags or VLAN_DEVICE not in p.flow):
            return f"tags {p.tags}, on the wire {sorted(links)}"
        if p.proto == 17:
            return None if any(d == p.payload or p.cut and d.startswith(p.payload) for d in self.datagrams[p.flow]) \
                else "no datagram on the wire has this payload"
        at = p.seq - self.starts[p.flow] & 0xFFFFFFFF
        if p.payload and self.streams[p.flow][at:at + len(p.payload)] != p.payload:
            return f"payload of {len(p.payload)} bytes at sequence {p.seq} is not the wire's"
        # a packet that TCP has put together of several has the bytes of all and is no packet of the wire
        known = self.exact.get((p.flow, p.seq, len(p.payload)))
        if known and not p.cut and (p.ack, p.flags) not in known:
            return f"ack {p.ack} flags 0x{p.flags:x} at sequence {p.seq}, on the wire {sorted(known)}"
        if not known and not p.payload and not p.cut:
            return f"no packet without payload has sequence {p.seq} on the wire"
        return None

    def of_class(self, words, ports):
        tests = {
            "all": lambda p: True, "v4": lambda p: p.version == 4, "v6": lambda p: p.version == 6,
            "tcp": lambda p: p.proto == 6, "udp": lambda p: p.proto == 17, "data": lambda p: p.payload,
            "in": lambda p: p.flow[4] in ports, "out": lambda p: p.flow[2] in ports,
        }
        return collections.Counter((p.flow, p.seq, p.payload) for p in self.packets
                                   if all(tests[w](p) for w in words.split("+")))


def wrong_sums(p, rebuilt):
    if "ip" in rebuilt and p.version == 4 and total(p.head) != 0xFFFF:
        return "the checksum of the rebuilt IP header is wrong"
    pseudo = (p.head[12:20] if p.version == 4 else p.head[8:40]) + struct.pack(">HI", p.proto, len(p.part))
    if {"tcp", "udp"} & set(rebuilt) and not p.cut and total(pseudo + p.part) != 0xFFFF:
        return "the checksum of the rebuilt transport header is wrong"
    return None


class Row:
    """What one probe had."""

    def __init__(self):
        self.packets = self.size = self.cut = self.wrong = self.anonymous = 0
        self.starts, self.rebuilt, self.seen = set(), set(), collections.Counter()

    def add(self, wire, frame, length, words):
        """count a packet; what is wrong with it, None"""
        rebuilt = words["rebuilt"].split(",") if "rebuilt" in words else []
        self.packets += 1
        self.size += len(frame)
        self.starts.add("sock" if rebuilt else "network" if "synth" in words else "link")
        self.rebuilt |= set(rebuilt)
        self.cut += len(frame) < length
        if words.get("packet") == "none":
            return "no packet"
        if (len(frame) < length) != ("partial" in words):
            return f"{len(frame)} of {length} bytes, and partial is {words.get('partial')}"
        packet = parse(frame, length)
        if isinstance(packet, str):
            return packet
        self.seen[packet.flow, packet.seq, packet.payload] += 1
        self.anonymous += bytes(6) in (packet.macs[:6], packet.macs[6:])
        return wire.complaint(packet, words) or wrong_sums(packet, rebuilt)

    def words(self):
        return (str(self.packets), "+".join(sorted(self.starts)),
                ",".join(w for w in ("ip", "tcp", "udp") if w in self.rebuilt) or "-", str(self.size),
                str(self.packets - self.anonymous) if self.anonymous else "all",
                str(self.packets - self.cut) if self.cut else "all",
                str(self.packets - self.wrong) if self.wrong else "all")


def print_table(rows):
    table = [("probe", "packets", "start", "rebuilt", "bytes", "addresses", "whole", "equal")]
    table += [(probe, *row.words()) for probe, row in sorted(rows.items())]
    widths = [max(map(len, column)) for column in zip(*table)]
    for line in table:
        print("  ".join(f"{word:{width}}" for word, width in zip(line, widths)).rstrip())


def main(wire_path, xcap_path, ports, *wanted):
    ports = set(map(int, ports.split(",")))
    wire = Wire(wire_path, ports)
    rows, bad = collections.defaultdict(Row), []
    for number, (frame, length, words) in enumerate(read_pcapng(xcap_path), 1):
        # without @N, the argument's number
        row = rows[words["probe"].split("@")[0]]
        complaint = row.add(wire, frame, length, words)
        if complaint:
            row.wrong += 1
            bad.append(f"{words['probe']}: packet {number}: {complaint}")
    print_table(rows)
    for probe, class_of in (word.split("=") for word in wanted):
        missing = wire.of_class(class_of, ports) - rows[probe].seen
        # packets that were cut have other payload than on the wire
        if missing.total() > rows[probe].cut:
            flow, seq, payload = next(iter(missing))
            bad.append(f"{probe}: of the wire's packets {class_of} are not there: {missing.total()}, the first from "
                       f"port {flow[2]} to {flow[4]}, sequence {seq}, {len(payload)} bytes")
    for line in bad[:40]:
        print(line, file=sys.stderr)
    sys.exit(bool(bad) or not rows)


if len(sys.argv) < 4 or not re.fullmatch(r"\d+(,\d+)*", sys.argv[3]):
    sys.exit(__doc__)
main(*sys.argv[1:])
