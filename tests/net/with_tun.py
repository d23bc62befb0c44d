#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""with_tun.py NAME ADDRESS/LENGTH -- COMMAND...: runs the command while a tun device (no link layer) is up.

What is sent to the device is read and thrown away; it goes with this process.
"""
import fcntl
import os
import struct
import subprocess
import sys
import threading

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000

name, address, command = sys.argv[1], sys.argv[2], sys.argv[4:]
try:
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
except OSError as error:
    sys.exit(f"with_tun.py: {error}")


def swallow():
    while True:
        os.read(tun, 65536)


subprocess.run(["ip", "addr", "add", address, "dev", name], check=True)
subprocess.run(["ip", "link", "set", name, "up"], check=True)
threading.Thread(target=swallow, daemon=True).start()
sys.exit(subprocess.run(command, check=False).returncode)
