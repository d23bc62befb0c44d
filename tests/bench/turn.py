# SPDX-License-Identifier: GPL-2.0-only
"""turn: one run of a tool that says on standard error when it listens and ends by SIGINT.

Used by `pwru` and `start`. What it says is read as it comes, without polling: an emulated guest has one
processor, and who looks every millisecond would be measured, too.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time


class Turn:
    """Started, and listening when made. end() stops it; times are seconds."""

    def __init__(self, command, words):
        self.command = [str(word) for word in command]
        begin = time.monotonic()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        self.said = ""
        self.listening = self.ending = None
        while words not in self.said:
            some = os.read(self.process.stderr.fileno(), 65536)
            if not some:
                break
            self.said += some.decode(errors="replace")
        else:
            self.listening = time.monotonic() - begin

    def end(self):
        """SIGINT, and wait; False if it did not listen or ended with a failure."""
        begin = time.monotonic()
        if self.listening is not None:
            self.process.send_signal(signal.SIGINT)
        self.said += self.process.stderr.read().decode(errors="replace")
        self.process.wait()
        self.ending = time.monotonic() - begin
        return self.listening is not None and self.process.returncode == 0

    def must_end(self):
        if not self.end():
            sys.exit(f"bench: {' '.join(self.command)[:200]}: status {self.process.returncode}\n{self.said[-2000:]}")
        return self

    def phases(self):
        """{name: ms} of what xcap --debug says."""
        return {name: float(ms) for name, ms in re.findall(r"debug: phase (\w+): ([\d.]+) ms", self.said)}


def wait_for_holder(seconds=600):
    """xcap's process that waits for slow detaching; how long that took."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        for comm in pathlib.Path("/proc").glob("[0-9]*/comm"):
            try:
                if comm.read_text() == "xcap-detach\n":
                    break
            except OSError:
                continue
        else:
            return time.monotonic() - begin
        time.sleep(0.2)
    sys.exit("bench: xcap-detach does not end")


def print_columns(rows):
    """The first row is the head; the first column stands left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0]), *[cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]])
              .rstrip())
    sys.stdout.flush()
