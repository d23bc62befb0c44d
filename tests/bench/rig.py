# SPDX-License-Identifier: GPL-2.0-only
"""rig: what the parts of the bench share: a veth pair, packets, processes under test, medians.

Used as `with rig.Rig() as r:`; everything that was started or made is gone afterwards, on every way
out. The machine is never quiet: nothing here decides by one measurement. What is compared is run in
turns, and the medians of the turns make a ratio.
"""
import os
import pathlib
import re
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
XCAP = os.environ.get("XCAP", str(ROOT / "build" / "xcap"))
BUILD = ROOT / "build" / "bench"
# who the packets are for: nobody. The receiver drops them first thing as another host's, so that
# the stack behind the probe weighs as little as it can.
ADDRESS_A, ADDRESS_B, NOBODY = "10.98.0.1", "10.98.0.2", "10.98.0.9"
NOBODY_MAC = "02:00:00:00:00:99"
SLOW = float(os.environ.get("XCAP_TIME_FACTOR", "1"))


def build_helpers():
    """The C programs; before a guest is booted, where nothing is compiled."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for source, libs in ((ROOT / "tests/net/blast.c", []), (ROOT / "tests/bench/yardstick.c", ["-lbpf"])):
        binary = BUILD / source.stem
        if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
            cc = shlex.split(os.environ.get("CC", "cc"))
            subprocess.run([*cc, "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror",
                            "-o", binary, source, *libs], check=True)


def median(values):
    return statistics.median(values)


def spread(values):
    """Half the distance between the quartiles, as a share of the median."""
    if len(values) < 2 or not median(values):
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2 / abs(median(values))


def spread_over(specs, n):
    """Evenly from all over the alphabet."""
    return [specs[i * len(specs) // n] for i in range(n)]


class Process:
    """A program under test, with the time it took when it has ended."""

    def __init__(self, command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL):
        self.command = [str(word) for word in command]
        self.name = shlex.join(self.command)[:200]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.command, stdin=stdin, stdout=stdout, stderr=self.errors)
        self.usage = None

    @property
    def pid(self):
        return self.process.pid

    def said(self):
        # without moving the offset: the program writes where it stands
        fd = self.errors.fileno()
        return os.pread(fd, os.fstat(fd).st_size, 0).decode(errors="replace")

    def running(self):
        if self.usage is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.note(status, usage)
        return self.usage is None

    def note(self, status, usage):
        self.usage = usage
        self.process.returncode = os.waitstatus_to_exitcode(status)

    def wait_for(self, condition, what, seconds=20):
        end = time.monotonic() + seconds * SLOW
        while not condition():
            if not self.running() or time.monotonic() > end:
                sys.exit(f"bench: {self.name}: {what}\n{self.said()}")
            time.sleep(0.0005)

    def stop(self, signo=signal.SIGINT, seconds=20):
        """Signal it and wait; the CPU seconds it took, its own and those in the kernel for it."""
        if self.running():
            os.kill(self.pid, signo)  # Popen's own looks first, and would take the usage away
        end = time.monotonic() + seconds * SLOW
        while self.running():
            if time.monotonic() > end:
                sys.exit(f"bench: {self.name}: does not end\n{self.said()}")
            time.sleep(0.001)
        return self.usage.ru_utime + self.usage.ru_stime

    def programs(self):
        """Ids of the BPF programs that it holds: others of their names may run on this machine."""
        ids = set()
        for entry in os.scandir(f"/proc/{self.pid}/fdinfo"):
            ids.update(int(number) for number in re.findall(r"^prog_id:\s+(\d+)", pathlib.Path(entry).read_text(), re.M))
        return ids

    def kill(self):
        if self.running():
            os.kill(self.pid, signal.SIGKILL)
            _, status, usage = os.wait4(self.pid, 0)
            self.note(status, usage)


class Rig:
    """Two namespaces with a veth pair; packets go from a to b and are nobody's there."""

    def __init__(self, mtu=1500):
        self.mtu = mtu
        tag = f"xcap-{os.getpid()}"
        self.a, self.b = f"{tag}-a", f"{tag}-b"
        self.dev_a, self.dev_b = f"xa{os.getpid()}", f"xb{os.getpid()}"
        self.processes = []

    def __enter__(self):
        if os.geteuid():
            sys.exit("bench: needs root")
        build_helpers()
        # a signal ends the bench the way an exception does: nothing is left behind
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.folder = tempfile.TemporaryDirectory(prefix="xcap-bench.")
        self.path = pathlib.Path(self.folder.name)
        try:
            self.make_net()
        except BaseException:
            self.__exit__()
            raise
        return self

    def make_net(self):
        for line in (f"netns add {self.a}", f"netns add {self.b}",
                     f"-n {self.a} link add {self.dev_a} mtu {self.mtu} type veth"
                     f" peer name {self.dev_b} mtu {self.mtu} netns {self.b}",
                     f"-n {self.a} addr add {ADDRESS_A}/24 dev {self.dev_a}",
                     f"-n {self.b} addr add {ADDRESS_B}/24 dev {self.dev_b}",
                     f"-n {self.a} link set {self.dev_a} up", f"-n {self.b} link set {self.dev_b} up",
                     f"-n {self.a} neigh add {NOBODY} lladdr {NOBODY_MAC} dev {self.dev_a}"):
            subprocess.run(["ip", *line.split()], check=True)

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        for name in (self.a, self.b):
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL, check=False)
        self.folder.cleanup()

    def start(self, command, **kwargs):
        process = Process(command, **kwargs)
        self.processes.append(process)
        return process

    def xcap(self, *args, **kwargs):
        """Listening xcap. In b's namespace, so that `-i` and the names mean b's devices."""
        ready = self.path / f"ready-{len(self.processes)}"
        process = self.start(["ip", "netns", "exec", self.b, XCAP, "skb", "--ready-file", ready, *args], **kwargs)
        process.wait_for(ready.exists, "does not listen")
        return process

    def received(self):
        """Packets that b's device has handed to the stack."""
        text = subprocess.run(["ip", "netns", "exec", self.b, "cat",
                               f"/sys/class/net/{self.dev_b}/statistics/rx_packets"],
                              check=True, capture_output=True, text=True).stdout
        return int(text)

    def blast(self, count, size, port=9, rate=0):
        """Send from the first CPU; how many packets b got, and the CPU seconds that sending took: with
        those of the receiving side, which runs in the sender's context, and of what hangs on it."""
        before = self.received()
        process = self.start(["ip", "netns", "exec", self.a, BUILD / "blast", NOBODY, str(port), str(count), str(size),
                              f"{rate:.0f}"])
        bind(process.pid, 0)
        while process.running():
            time.sleep(0.0005)
        if process.process.returncode:
            sys.exit("bench: blast: " + process.said())
        self.processes.remove(process)
        return self.received() - before, process.usage.ru_utime + process.usage.ru_stime


def bind(pid, cpu):
    """To one CPU, where there are several."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {cpu})


class Yardstick:
    """Empty programs beside xcap's, and the run-time statistics of both."""

    def __init__(self, r, *specs):
        self.process = r.start([BUILD / "yardstick", *specs], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self):
        """{(id, name): (runs, ns)}"""
        pipe = self.process.process
        pipe.stdin.write(b"\n")
        pipe.stdin.flush()
        rows = {}
        while True:
            words = pipe.stdout.readline().decode().split()
            if not words:
                sys.exit("bench: yardstick: " + self.process.said())
            if words == ["end"]:
                return rows
            rows[int(words[0]), words[1]] = int(words[2]), int(words[3])

    def stop(self):
        self.process.process.stdin.close()
        self.process.stop()


def per_run(before, after, process, prefix):
    """Mean ns of one run of a process's programs whose names begin so, and how many runs that were."""
    runs = ns = 0
    held = process.programs()
    for key, (count, time_ns) in after.items():
        if key[0] in held and key[1].startswith(prefix):
            old = before.get(key, (0, 0))
            runs += count - old[0]
            ns += time_ns - old[1]
    return (ns / runs if runs else None), runs


class Result:
    """One row of the table: what was measured, beside its yardstick of the same turn."""

    def __init__(self, name, unit, values, yardstick="", yard_values=(), most=None, note=""):
        self.name, self.unit, self.yardstick, self.most, self.note = name, unit, yardstick, most, note
        self.values, self.yard_values = list(values), list(yard_values)
        # turn by turn: what disturbs the machine disturbs both
        self.ratios = [value / yard for value, yard in zip(self.values, self.yard_values) if yard]

    def holds(self):
        """True, False; None where nothing is asked."""
        return None if self.most is None or not self.ratios else median(self.ratios) <= self.most

    def as_dict(self):
        return {"name": self.name, "unit": self.unit, "values": self.values, "yardstick": self.yardstick,
                "yardstick_values": self.yard_values, "ratio": median(self.ratios) if self.ratios else None,
                "spread": spread(self.ratios), "most": self.most, "holds": self.holds(), "note": self.note}

    def cells(self):
        ratio = f"{median(self.ratios):.2f} x {self.yardstick}" if self.ratios else ""
        limit = "" if self.most is None else f"<= {self.most:g}" + ("" if self.holds() is not False else ", NO")
        return [self.name, number(median(self.values)) + " " + self.unit if self.values else "-",
                number(median(self.yard_values)) + " " + self.unit if self.yard_values else "", ratio,
                f"{spread(self.ratios or self.values):.0%}" if self.values else "", limit, self.note]


def number(value):
    """Three digits that mean something."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


HEAD = ["", "xcap", "yardstick", "ratio", "spread", "asked for", ""]


def markdown_table(sections):
    """[(title, results)] as README.md has it."""
    lines = []
    for title, results in sections:
        lines += ["", f"| {' | '.join([title, *HEAD[1:]])} |", f"|{'---|' * len(HEAD)}"]
        lines += [f"| {' | '.join(result.cells())} |" for result in results]
    return "\n".join(lines) + "\n"


def print_table(sections):
    """[(title, results)] as columns."""
    for title, results in sections:
        rows = [[title, *HEAD[1:]], *[result.cells() for result in results]]
        widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(flush=True)
