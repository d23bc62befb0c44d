#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""totals.py NAME: one number of the totals that xcap prints at its end, read from stdin.

Used by total() in lib.sh; the text is that of src/flow/stats.c, and a cause that is not mentioned there is 0.
NAME is captured, seen, rejected, lost, held, one of the causes below, or a sum of them:
sent = captured + after_limit + unwritten + left_out + held_back + strays, matched = sent + ring_full + table_full + discarded.
Status 1 if there are no totals, or if xcap itself warns that they do not add up.
"""
import re
import sys

CAUSES = {
    "ring_full": "ring full", "nested": "nested", "fault": "read fault", "undecidable": "undecidable",
    "table_full": "table full", "sampled": "not sampled", "limited": "over the rate limit",
    "discarded": "discarded by the action", "after_limit": "after the limit of -c",
    "unwritten": "not written, the output failed", "left_out": "not IP, for which -y RAW has no form",
    "held_back": "in journeys that are held back", "strays": "in no journey",
}

text = sys.stdin.read()
if "do not add up" in text:
    sys.exit("xcap says that its counters do not add up")
numbers = {name: 0 for name in ("rejected", "held", *CAUSES)}
for line in text.splitlines():
    head = re.match(r"(\d+) packets? (captured|seen|lost|held back)(.*)$", line)
    if head:
        numbers[head.group(2).split()[0]] = int(head.group(1))
        line = head.group(3)
    elif not line.startswith("not shown: "):
        continue
    for name, words in [("rejected", "rejected"), *CAUSES.items()]:
        found = re.search(rf"(?:^|[ ,])(\d+) {words}", line)
        if found:
            numbers[name] = int(found.group(1))
for name in ("captured", "seen", "lost"):
    if name not in numbers:
        sys.exit(f"the totals do not say how many packets were {name}")
UNSHOWN = ("after_limit", "unwritten", "left_out", "held_back", "strays")
numbers["sent"] = numbers["captured"] + sum(numbers[n] for n in UNSHOWN)
numbers["matched"] = sum(numbers[n] for n in ("sent", "ring_full", "table_full", "discarded"))
if len(sys.argv) != 2 or sys.argv[1] not in numbers:
    sys.exit("usage: totals.py NAME, one of " + " ".join(numbers))
print(numbers[sys.argv[1]])
