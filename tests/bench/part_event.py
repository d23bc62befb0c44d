# SPDX-License-Identifier: GPL-2.0-only
"""part_event: what one event costs in the kernel, as a ratio to an empty program.

xcap's real program and an empty one hang on the same hook at the same time and see the same packets, by
the kernel's run-time statistics (which cost both the same two looks at the clock). Rejected by the filter,
and matched at some snapshot lengths; with filters of many hosts, with rings of several sizes, and by each
mechanism that this kernel has.
"""
import json
import re
import subprocess
import sys

import rig

PROBE = "tracepoint:net:netif_receive_skb"
EMPTY = "raw_tp:netif_receive_skb"
COUNT = 30000
SMALL, BIG, HUGE = 50, 1458, 60000  # UDP payload: a frame of 92, 1,500, 60,042 bytes
NULL = ["-w", "/dev/null", "--format", "pcap"]
REJECT, MATCH = ["-e", "tcp port 9000", *NULL], ["-e", "udp", *NULL]
# name, payload, packets, arguments, most that is allowed
ROWS = [
    ("rejected", SMALL, COUNT, REJECT, 2.0),
    ("matched, snaplen 96", BIG, COUNT, [*MATCH, "-s", "96"], 4.5),
    ("matched, 96, pcapng's metadata", BIG, COUNT, ["-e", "udp", "-s", "96", "-w", "/dev/null"], None),
    ("matched, 96, no filter", BIG, COUNT, [*NULL, "-s", "96"], None),
    ("matched, snaplen 256", BIG, COUNT, [*MATCH, "-s", "256"], None),
    ("matched, snaplen 1500", BIG, COUNT, [*MATCH, "-s", "1500"], None),
    ("matched, 65535, frames of 60042", HUGE, COUNT // 20, [*MATCH, "-s", "65535", "-B", "256M"], None),
]


def hosts(n):
    """As `ip host (...)`: for 1,000 of the plain form libpcap's optimiser takes two minutes."""
    return f"ip host ({' or '.join(f'10.1.{i // 250}.{i % 250 + 1}' for i in range(n))})"


HOST_ROWS = [(f"rejected, {n} hosts", SMALL, COUNT, ["-e", hosts(n), *NULL], None) for n in (1, 10, 100, 1000)]
RING_ROWS = [(f"matched, 96, ring {size}", BIG, COUNT, [*MATCH, "-s", "96", "-B", size], None)
             for size in ("256K", "1M", "8M", "64M", "256M")]
# mechanism: an empty program's spec, and xcap's
MECHANISMS = {"raw_tp": (EMPTY, "raw_tp:net:netif_receive_skb"),
              "fentry": ("fentry:ip_rcv", "fentry:ip_rcv"),
              "kprobe-multi": ("kprobe-multi:ip_rcv", "kprobe-multi:ip_rcv"),
              "kprobe": ("kprobe:ip_rcv", "kprobe:ip_rcv")}


def lost(text):
    """Records that found no room, of xcap's totals."""
    found = re.search(r"^(\d+) packets? lost", text, re.M)
    return int(found.group(1)) if found else 0


def measure(r, empty, row, probe=PROBE):
    """One turn: ns of the empty program, of xcap's, and the share of its events that was lost."""
    name, size, count, args, _ = row
    xcap = r.xcap("-f", probe, *args)
    r.blast(max(count // 20, 50), size)
    before = empty.read()
    r.blast(count, size)
    after = empty.read()
    empty_ns, _ = rig.per_run(before, after, empty.process, "empty_0")
    xcap_ns, runs = rig.per_run(before, after, xcap, "xcap_")
    xcap.stop()
    if runs < count / 2:
        sys.exit(f"bench: {name}: {runs} of {count} packets seen\n{xcap.said()}")
    return empty_ns, xcap_ns, lost(xcap.said()) / runs


def collect(r, rounds, rows, empty_spec=EMPTY, probe=PROBE):
    """A result per row, measured in turns."""
    turns = {row[0]: [] for row in rows}
    empty = rig.Yardstick(r, empty_spec)
    for _ in range(rounds):
        for row in rows:
            turns[row[0]].append(measure(r, empty, row, probe))
    empty.stop()
    return [result(row, turns[row[0]]) for row in rows]


def result(row, turns):
    gone = rig.median([turn[2] for turn in turns])
    return rig.Result(row[0], "ns", [turn[1] for turn in turns], "an empty program", [turn[0] for turn in turns],
                      most=row[4], note=f"{gone:.0%} lost" if gone >= 0.005 else "")


def by_mechanism(r, rounds, count):
    """Rejected and matched by each mechanism; one that this kernel lacks is a row that says so."""
    results = []
    for name, (empty, probe) in MECHANISMS.items():
        rows = [(f"{name}: {text}", size, count, args, None)
                for text, size, args in (("rejected", SMALL, REJECT), ("matched, 96", BIG, [*MATCH, "-s", "96"]))]
        why = refused(probe)
        if why:
            results += [rig.Result(row[0], "ns", [], note=why) for row in rows]
        else:
            results += collect(r, rounds, rows, empty, probe)
    return results


def refused(probe):
    """Why xcap cannot use a probe here; "" if it can."""
    run = subprocess.run([rig.XCAP, "skb", "-f", probe, "-w", "/dev/null", "--cmd", "true"], capture_output=True, text=True,
                         check=False)
    return run.stderr.splitlines()[0].removeprefix("xcap: error: ").split(" works here: ")[-1] if run.returncode else ""


def probe_read(r):
    """The same decision beside a program that reads every field and byte by a probe read."""
    name = "rejected at skb:kfree_skb"
    tool = rig.BUILD / "probe_read_filter"
    if not tool.exists():
        return [rig.Result(name, "ns", [], note="its program is not built: make bench")]
    run = subprocess.run([tool], capture_output=True, text=True, check=False, cwd=r.path)
    if run.returncode:
        return [rig.Result(name, "ns", [], note=" ".join(run.stderr.split()))]
    said = json.loads(run.stdout)
    note = f"without the empty program of {said['empty_ns']:.0f} ns: {said['decision_ratio']:.2f} x"
    return [rig.Result(name, "ns", [said["xcap_ns"]], "a probe read per load", [said["probe_read_ns"]], note=note)]


def part(r, rounds):
    """All of it, for `run`."""
    return [("Kernel: one event at net:netif_receive_skb", collect(r, rounds, ROWS)),
            ("Kernel: as other tools read", probe_read(r)),
            ("Kernel: by mechanism", by_mechanism(r, rounds, COUNT)),
            ("Kernel: growth with the filter", collect(r, rounds, HOST_ROWS)),
            ("Kernel: growth with the ring", collect(r, rounds, RING_ROWS))]
