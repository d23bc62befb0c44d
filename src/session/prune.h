/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prune.h - what read-only data settles is settled before the load: branches on it and what they
 * never lead to are taken out, and what is loaded from it becomes a constant.
 *
 * The kernel takes out such branches, too, but moves all that follows for each of hundreds of
 * places, and has looked at them before; and it leaves the loads, which are 14 to 17 bytes of code
 * each, some dozen of them on the way of an event that the filter rejects.
 */
#ifndef SESSION_PRUNE_H
#define SESSION_PRUNE_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* Whose records all begin with the offset of an instruction. */
struct prune_info {
	void *records;
	uint32_t n, size;
};

struct prune_program {
	struct bpf_insn *insns;
	uint32_t n_insns;
	struct prune_info funcs, lines;
};

/* The map that the program may load constants from: frozen, so they are. */
struct prune_constants {
	int map_fd;
	const void *data;
	size_t size;
};

/* In place; the numbers become smaller. 0, or -ENOMEM and nothing has happened. */
int prune_dead(struct prune_program *program, const struct prune_constants *constants);

#endif
