#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ppp.py NODE: a PPP device, ppp0, with nobody at the other end. NODE is a node of /dev/ppp (char 108, 0).

Used by the live tests, inside a network namespace. The device is gone when this ends. Prints a line once it is
there, or what the kernel says.
"""
import fcntl
import os
import signal
import struct
import sys

PPPIOCNEWUNIT = 0xC004743E

if len(sys.argv) != 2:
    sys.exit(__doc__)
try:
    ppp = os.open(sys.argv[1], os.O_RDWR)
    fcntl.ioctl(ppp, PPPIOCNEWUNIT, struct.pack("i", 0))
except OSError as e:
    sys.exit(f"not ready: {e.strerror}")
print("ready", flush=True)
signal.pause()
