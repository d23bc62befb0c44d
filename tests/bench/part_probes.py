# SPDX-License-Identifier: GPL-2.0-only
"""part_probes: what the number of probes costs, and one probe beside pwru's.

Start, end, memory and CPU time per packet against 1, 10, 100, 1,000 functions by kprobe-multi; where there are
none, against the tracepoints. Beside pwru (PWRU, or in PATH) at one function with one filter by single kprobes:
instructions of the loaded program, and its run time. Where that is emulated, as in a guest of tests/vm, an
instruction costs the same everywhere, and the time is a count of instructions. Used by `run`.
"""
import json
import os
import re
import shutil
import subprocess
import sys

import rig
import part_event
import part_start

PWRU = os.environ.get("PWRU") or shutil.which("pwru")
FUNCTION, COUNT = "ip_rcv", 3000
NUMBERS = (1, 10, 100, 1000)


def functions():
    """All that kprobe-multi takes here, as specs; none where it does not work."""
    run = subprocess.run([rig.XCAP, "skb", "-f", "*,!tp:*:*", "--backend", "kprobe-multi", "--debug", "--cmd", "true"],
                         capture_output=True, text=True, check=False)
    return sorted(re.findall(r"^xcap: debug: (\S+): attached by kprobe-multi", run.stderr, re.M))


def one_number(r, specs, count):
    """Start ms, KiB, end ms with these probes; and us of CPU that a packet costs with them."""
    command = [rig.XCAP, "skb", "-f", ",".join(specs), "-e", part_start.FILTER]
    if not specs[0].startswith("tracepoint:"):
        command += ["--backend", "kprobe-multi"]
    start, memory, end, _ = part_start.one_start(r, command)
    bare = r.blast(count, part_event.SMALL)
    process = r.xcap(*command[2:], "-w", "/dev/null")
    sent = r.blast(count, part_event.SMALL)
    process.stop()
    return start, memory, end, sent[1] / sent[0] * 1e6 - bare[1] / bare[0] * 1e6


def growth(r, rounds):
    """Against the number of probes, beside the same with one."""
    specs, kind = functions(), "functions"
    if not specs:
        specs, kind = part_start.skb_tracepoints(), "tracepoints"
    numbers = [n for n in NUMBERS if n < len(specs)] + ([len(specs)] if len(specs) < NUMBERS[-1] else [])
    taken = {n: [one_number(r, rig.spread_over(specs, n), COUNT) for _ in range(rounds)] for n in numbers}
    rows = []
    for column, unit, text in ((0, "ms", "start"), (2, "ms", "end"), (1, "KiB", "memory"), (3, "us", "a rejected packet")):
        one = [turn[column] for turn in taken[1]]
        rows += [rig.Result(f"{text}, {n} {kind}", unit, [turn[column] for turn in taken[n]], "one probe", one)
                 for n in numbers]
    return rows


def programs():
    """{id: instructions after the verifier} of all programs that are loaded."""
    run = subprocess.run(["bpftool", "prog", "show", "-j"], check=True, capture_output=True, text=True)
    return {program["id"]: program["bytes_xlated"] // 8 for program in json.loads(run.stdout)}


def ran(before, after, ids, count):
    """ns of one run, and the id, of the program among `ids` that saw the packets."""
    for (number, name), (runs, ns) in after.items():
        old = before.get((number, name), (0, 0))
        if str(number) in ids and runs - old[0] >= count / 2:
            return (ns - old[1]) / (runs - old[0]), number
    sys.exit(f"bench: none of the programs {' '.join(sorted(ids))} has seen {count} packets")


def one_tool(r, statistics, command, listening):
    """Instructions and ns of what a tool hangs on FUNCTION."""
    old = set(programs())
    process = r.start(command)
    process.wait_for(lambda: re.search(listening, process.said()), "does not listen", 60)
    r.blast(100, part_event.SMALL)
    new = {number: size for number, size in programs().items() if number not in old}
    before = statistics.read()
    r.blast(COUNT, part_event.SMALL)
    ns, number = ran(before, statistics.read(), {str(number) for number in new}, COUNT)
    process.stop(seconds=60)
    r.processes.remove(process)
    return new[number], ns


def beside_pwru(r, rounds):
    """Rows, or one that says why there are none."""
    name = f"{FUNCTION} by kprobe"
    why = part_event.refused(f"kprobe:{FUNCTION}")
    if why or not PWRU:
        return [rig.Result(name, "", [], note=why or "no pwru here: PWRU names its binary")]
    rows = []
    for text, expression in (("rejected", "tcp port 9000"), ("matched", "udp port 9")):
        statistics = rig.Yardstick(r)
        turns = [(one_tool(r, statistics, [rig.XCAP, "skb", "-f", f"kprobe:{FUNCTION}", "-s", "96", "-e", expression],
                           "listening on"),
                  one_tool(r, statistics, [PWRU, "--backend", "kprobe", "--filter-func", f"^{FUNCTION}$", expression],
                           "Listening for events")) for _ in range(rounds)]
        statistics.stop()
        for column, unit, what in ((0, "instructions", "program"), (1, "ns", text)):
            if column or text == "rejected":
                rows.append(rig.Result(f"{name}: {what}", unit, [xcap[column] for xcap, _ in turns], "pwru",
                                       [pwru[column] for _, pwru in turns]))
    return rows


def part(r, rounds):
    """All of it, for `run`."""
    return [("Growth with the probes", growth(r, rounds)), ("Beside pwru", beside_pwru(r, rounds))]
