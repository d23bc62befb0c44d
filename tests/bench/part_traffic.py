# SPDX-License-Identifier: GPL-2.0-only
"""part_traffic: what capturing costs the traffic and the machine, beside tcpdump and dumpcap.

The sender is bound to the first CPU, where the kernel's part of every capture runs too, and the capture
to the second. Tools have the same snapshot length and the same buffer. All in turns: nothing, xcap,
tcpdump, xcap, tcpdump...; a ratio is made within a turn.
"""
import os
import pathlib
import re
import shutil
import signal
import sys
import time

import rig

PROBE = ["-f", "tracepoint:net:netif_receive_skb"]
PAYLOAD = 50
BUFFER_KIB = 8192
SNAPLEN = "96"
# what libpcap's ring holds back at most; tcpdump does not look there again when it is stopped
LIBPCAP_TIMEOUT = 1.2
EMPTY = "raw_tp:netif_receive_skb"
BPFTRACE = 'kfunc:ip_rcv { skboutput("%s", args->skb, 96, 0); }'


class Tool:
    """A capture that runs while packets are sent, by its command line and by what it says at the end."""

    def __init__(self, name, command, listening, file, counts, settle=0.0):
        self.name, self.command, self.listening, self.file = name, command, listening, file
        self.settle = settle  # seconds after which it has read what the kernel has for it
        self.counts = counts  # (regex of packets captured, regex of those lost)

    def start(self, r):
        command = [str(word).replace("FILE", str(r.path / self.file)) for word in self.command]
        process = r.start(["ip", "netns", "exec", r.b, *[word.replace("DEVICE", r.dev_b) for word in command]])
        process.wait_for(lambda: re.search(self.listening, process.said(), re.M), "does not listen")
        rig.bind(process.pid, 1)
        return process

    def counted(self, process):
        """Packets captured, and lost."""
        text = process.said()
        if not self.counts:
            return 0, 0
        found = [re.search(regex, text, re.M) for regex in self.counts]
        if not found[0]:
            sys.exit(f"bench: {self.name} does not say what it captured:\n{text}")
        return int(found[0].group(1)), int(found[1].group(1)) if found[1] else 0


def xcap(name, *args, file="x.pcap", kib=BUFFER_KIB):
    return Tool(name, [rig.XCAP, "skb", *PROBE, "-s", SNAPLEN, "-B", str(kib), *args], r"listening on", file,
                (r"^(\d+) packets? captured", r"^(\d+) packets? lost"))


def tcpdump(name, *args, file="t.pcap", kib=BUFFER_KIB):
    return Tool(name, ["tcpdump", "-i", "DEVICE", "-p", "-n", "-Z", "root", "-s", SNAPLEN, "-B", str(kib), *args],
                r"listening on", file, (r"^(\d+) packets? captured", r"^(\d+) packets? dropped by kernel"), LIBPCAP_TIMEOUT)


def dumpcap(name, *args, file="d.pcap"):
    return Tool(name, ["dumpcap", "-q", "-i", "DEVICE", "-p", "-s", SNAPLEN, "-B", str(BUFFER_KIB // 1024), *args],
                r"^File: ", file, (r"Packets captured: (\d+)", r"dropped on interface '.*': \d+/(\d+)"), LIBPCAP_TIMEOUT)


def empty_program():
    """What no program can be below: one that does nothing, without statistics."""
    return Tool("an empty program", [rig.BUILD / "yardstick", "-b", EMPTY], r"listening on", "none", None)


class Turn:
    """What one tool did with one run of packets, and what the run before it cost without any tool."""

    def __init__(self, sent, seconds, captured=0, lost=0, cpu=0.0):
        self.us, self.captured, self.lost = seconds / sent * 1e6, captured, lost
        self.bare_us = None
        self.loss = lost / (captured + lost) if captured else 0
        self.cpu_per_million = cpu / captured * 1e6 if captured else None


def on_cpu(pid):
    """Seconds that a process has had a CPU for."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def one_turn(r, tool, count, rate=0):
    """Send while the tool captures; None: while nothing does. Its time counts from when it listens."""
    if not tool:
        return Turn(*r.blast(count, PAYLOAD, rate=rate))
    process = tool.start(r)
    begin = on_cpu(process.pid)
    sent, seconds = r.blast(count, PAYLOAD, rate=rate)
    time.sleep(tool.settle)
    cpu = process.stop() - begin
    captured, lost = tool.counted(process)
    if process.process.returncode not in (0, -signal.SIGINT):
        sys.exit(f"bench: {tool.name} ended with {process.process.returncode}\n{process.said()}")
    (r.path / tool.file).unlink(missing_ok=True)
    return Turn(sent, seconds, captured, lost, cpu)


def turns(r, tools, rounds, count):
    """{name: [Turn...]}; before each turn one without a capture, for the tax."""
    done = {tool.name: [] for tool in tools}
    one_turn(r, None, count // 4)
    for _ in range(rounds):
        for tool in tools:
            bare = one_turn(r, None, count)
            done[tool.name].append(one_turn(r, tool, count))
            done[tool.name][-1].bare_us = bare.us
    return done


def tax_result(done, name, other, text, most):
    """Microseconds of the sender's CPU that a packet costs more than without a capture."""
    mine, theirs = ([turn.us - turn.bare_us for turn in done[tool]] for tool in (name, other))
    bare = [turn.bare_us for turns_of in done.values() for turn in turns_of]
    # a difference of two numbers that are alike: one ratio of medians, not a median of ratios
    result = rig.Result(text, "us", [rig.median(mine)], "tcpdump", [rig.median(theirs)], most=most)
    rates = [rig.median([turn.bare_us / turn.us for turn in done[tool]]) for tool in (name, other)]
    result.note = "packet rate {:.0%} of that without capture, tcpdump {:.0%}".format(*rates)
    noise = rig.spread(bare) * rig.median(bare)
    if most is not None and rig.median(mine) <= noise:
        result.most, result.note = None, result.note + f"; within the noise ({noise:.2f} us)"
    return result


def tax_part(r, rounds, count):
    rejecting = [
        xcap("xcap rejecting", "-w", "FILE", "--format", "pcap", "-e", "tcp port 9000"),
        tcpdump("tcpdump rejecting", "-w", "FILE", "tcp port 9000"),
        empty_program(),
    ]
    tools = [
        xcap("xcap to null", "-w", "/dev/null", "--format", "pcap"),
        tcpdump("tcpdump to null", "-w", "/dev/null"),
        xcap("xcap to a file", "-w", "FILE", file="x.pcapng"), xcap("xcap to a pcap file", "-w", "FILE", "--format", "pcap"),
        tcpdump("tcpdump to a file", "-w", "FILE"),
    ]
    # a tenth of a microsecond of three: what the machine does beside it is more than that in one turn
    done = {**turns(r, rejecting, 4 * rounds, count), **turns(r, tools, rounds, count)}
    results = [
        tax_result(done, "xcap rejecting", "tcpdump rejecting", "all rejected", 1 / 3),
        tax_result(done, "an empty program", "tcpdump rejecting", "a program that does nothing, for comparison", None),
        tax_result(done, "xcap to null", "tcpdump to null", "all to /dev/null (pcap)", None),
        tax_result(done, "xcap to a file", "tcpdump to a file", "all to a file (pcapng)", 1.0),
        tax_result(done, "xcap to a pcap file", "tcpdump to a file", "all to a file (pcap)", 1.0),
    ]
    return results + [bpftrace(r)], done


def last_error(text):
    """What a tool says before it shows where in its script."""
    words = [line for line in text.splitlines() if "ERROR" in line]
    return (words or ["it ends at once"])[-1].split("ERROR: ")[-1][:80]


def bpftrace(r):
    """Its skboutput needs fentry, which not every kernel has."""
    name = "bpftrace skboutput"
    if not shutil.which("bpftrace"):
        return rig.Result(name, "us", [], note="bpftrace is not installed")
    process = r.start(["bpftrace", "-e", BPFTRACE % (r.path / "bpftrace.pcap")])
    end = time.monotonic() + 5
    while process.running() and time.monotonic() < end:
        time.sleep(0.05)
    if not process.running():
        return rig.Result(name, "us", [], note="does not run here: " + last_error(process.said()))
    with_it = one_turn(r, None, 200000)
    process.stop()
    bare = one_turn(r, None, 200000)
    return rig.Result(name, "us", [with_it.us - bare.us], note="of every IPv4 packet")


def cpu_result(done, name, other, text, most):
    mine, theirs = done[name], done[other]
    if not all(turn.captured for turn in [*mine, *theirs]):
        return rig.Result(text, "s", [], note="nothing was captured")
    result = rig.Result(text, "s", [turn.cpu_per_million for turn in mine], other,
                        [turn.cpu_per_million for turn in theirs], most=most)
    result.note = f"lost {rig.median([t.loss for t in mine]):.1%}, {other} {rig.median([t.loss for t in theirs]):.1%}"
    return result


def cpu_part(r, rounds, count, done):
    """User space's seconds per million packets, beside both others."""
    more = turns(r, [dumpcap("dumpcap", "-w", "FILE"), dumpcap("dumpcap pcap", "-P", "-w", "FILE"),
                     xcap("xcap", "-w", "FILE", file="x.pcapng"), xcap("xcap pcap", "-w", "FILE", "--format", "pcap")], rounds, count)
    losses = [rig.Result(text, "", [turn.loss for turn in done[name]], "tcpdump to a file",
                         [turn.loss for turn in done["tcpdump to a file"]], note="share of the packets")
              for name, text in (("xcap to a file", "loss at full speed, pcapng"),
                                 ("xcap to a pcap file", "loss at full speed, pcap"))]
    return losses + [
        cpu_result(done, "xcap to a pcap file", "tcpdump to a file", "pcap to a file", 0.7),
        cpu_result(done, "xcap to a file", "tcpdump to a file", "pcapng with all metadata to a file", 0.7),
        cpu_result(done, "xcap to null", "tcpdump to null", "pcap to /dev/null", None),
        cpu_result(more, "xcap pcap", "dumpcap pcap", "pcap to a file", None),
        cpu_result(more, "xcap", "dumpcap", "pcapng to a file", None),
    ]


def text_part(r, rounds, count):
    tools = [xcap("xcap", file="x.txt"), xcap("xcap -l", "-l"), tcpdump("tcpdump -n", file="t.txt"),
             tcpdump("tcpdump -n -l", "-l")]
    done = turns(r, tools, rounds, count)
    results = [cpu_result(done, "xcap", "tcpdump -n", "text, buffered", None),
               cpu_result(done, "xcap -l", "tcpdump -n -l", "text, every line at once", None)]
    for result in results:
        rates = [1 / rig.median(values) for values in (result.values, result.yard_values)]
        result.note += f"; keeps up with {rates[0]:.2f} million packets per second, tcpdump {rates[1]:.2f}"
    return results


def lossless_rate(r, tool, top, seconds):
    """The highest of some rates, each a quarter below the one before, at which nothing is lost."""
    rate = top
    for _ in range(8):
        if not one_turn(r, tool, int(rate * seconds), 0 if rate == top else rate).lost:
            return rate
        rate = rate * 3 / 4
    return 0


def rate_part(r, rounds, seconds):
    """Small buffers: with large ones nobody loses anything at the rate that one sender reaches."""
    results = []
    for kib in (BUFFER_KIB, 1024):
        tools = [xcap("xcap", "-w", "FILE", file="x.pcapng", kib=kib), tcpdump("tcpdump", "-w", "FILE", kib=kib)]
        rates = {tool.name: [] for tool in tools}
        for _ in range(rounds):
            top = 1e6 / one_turn(r, None, 50000).us
            for tool in tools:
                rates[tool.name].append(lossless_rate(r, tool, top, seconds))
        results.append(rig.Result(f"rate without loss, {kib} KiB (more is better)", "pps", rates["xcap"], "tcpdump",
                                  rates["tcpdump"]))
    return results


def part(r, rounds, count):
    """All of it, for `run`."""
    taxes, done = tax_part(r, rounds, count)
    return [("Traffic: CPU time per packet", taxes),
            ("Capture: CPU seconds per million packets", cpu_part(r, rounds, count, done)),
            ("Text: CPU seconds per million packets", text_part(r, rounds, count // 4)),
            ("Capture: rates", rate_part(r, max(rounds // 2, 1), 0.3))]
