# SPDX-License-Identifier: GPL-2.0-only
"""netns.py: what the scripts share that talk between two network namespaces from one process."""
import ctypes
import os

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def enter(netns):
    """This process goes on in the namespace; sockets that it has stay where they were made."""
    fd = os.open("/run/netns/" + netns, os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns " + netns)
    os.close(fd)
