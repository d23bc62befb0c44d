# SPDX-License-Identifier: GPL-2.0-only
"""part_start: how long until a capture listens and until it has ended, its memory, its size.

Beside tcpdump on the same interface, in turns. Both say "listening" on standard error when they do; the
time until then is taken from the start of the process.
"""
import pathlib
import re
import shutil
import subprocess
import time

import rig

FILTER = "tcp port 9000"
ALL = ["-f", "tracepoint:net:netif_receive_skb"]


def memory_kib(pid):
    """Resident KiB beside the ring buffer; both tools map theirs shared."""
    rest = 0
    where = ""
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0] and not words[0].endswith(":"):
            where = words[5] if len(words) > 5 else ""
        elif words[0] == "Rss:" and "bpf-map" not in where and "bpf_map" not in where and "socket:" not in where:
            rest += int(words[1])
    return rest


def one_start(r, command):
    """ms until it listens, KiB, ms from SIGINT to its end, CPU ms in all."""
    begin = time.monotonic()
    process = r.start(["ip", "netns", "exec", r.b, *command])
    process.wait_for(lambda: re.search(r"listening on", process.said()), "does not listen")
    listening = time.monotonic() - begin
    memory = memory_kib(process.pid)
    begin = time.monotonic()
    cpu = process.stop()
    r.processes.remove(process)
    return listening * 1e3, memory, (time.monotonic() - begin) * 1e3, cpu * 1e3


def skb_tracepoints():
    """Those that this machine has, as specs."""
    run = subprocess.run([rig.XCAP, "list"], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in run.stdout.splitlines() if line.startswith("tracepoint:")]


def size_row():
    """Of the binaries, without debug information."""
    path = shutil.which("tcpdump")
    stripped = rig.BUILD / "xcap.stripped"
    subprocess.run(["strip", "-o", stripped, rig.XCAP], check=True)
    return rig.Result("binary, stripped", "KiB", [stripped.stat().st_size / 1024], "tcpdump",
                      [pathlib.Path(path).stat().st_size / 1024])


def part(r, rounds):
    """All of it, for `run`."""
    xcap, tcpdump = [], []
    for _ in range(rounds):
        xcap.append(one_start(r, [rig.XCAP, "skb", *ALL, "-e", FILTER]))
        tcpdump.append(one_start(r, ["tcpdump", "-i", r.dev_b, "-n", "-Z", "root", FILTER]))
    rows = [rig.Result(name, unit, [turn[i] for turn in xcap], "tcpdump", [turn[i] for turn in tcpdump], most=most)
            for i, name, unit, most in ((0, "until it listens", "ms", 4.0), (2, "from SIGINT to the end", "ms", None),
                                        (3, "CPU, start and end", "ms", None), (1, "memory beside the ring", "KiB", 1.0))]
    return [("Start and size", [*rows, size_row()])]
