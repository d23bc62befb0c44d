/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drive.h - packets of our own through the BPF programs that xcap loads, one by one, in the kernel.
 *
 * xcap's template for skb:kfree_skb is prepared as in a capture; for each slot a clone with a
 * filter of its own is loaded and attached. A test run of a trivial tc program then makes an skb of
 * the given bytes, which the kernel frees through kfree_skb: every slot sees it. The skb is marked,
 * and a run in which the CPU freed another skb too is repeated, so that other traffic does not
 * count.
 */
#ifndef KERNEL_DRIVE_H
#define KERNEL_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fake_skb.h"
#include "filter/cbpf.h"

#define DRIVE_PACKET_MAX 3000 /* what fits into the one page of a test run */

struct drive;

/* What the tc program does before the skb is freed: tags that go into skb->vlan_tci. */
enum drive_push {
	DRIVE_PUSH_NONE,
	DRIVE_PUSH_VLAN, /* 802.1Q, VLAN 5 */
	DRIVE_PUSH_QINQ, /* VLAN 7, which the next one moves into the bytes; 802.1ad, VLAN 100 */
	DRIVE_PUSHES,
};

struct drive_packet {
	const uint8_t *bytes;
	uint32_t len; /* 15..DRIVE_PACKET_MAX */
	enum drive_push push;
	bool inbound; /* skb->skb_iif is set (not before 5.12 or so); else a socket sends */
};

enum drive_verdict {
	DRIVE_REJECT,
	DRIVE_ACCEPT,
	DRIVE_UNDECIDED, /* the record says: settle it */
	DRIVE_UNDECIDABLE,
	DRIVE_FAULT,
	DRIVE_WRONG_RECORD, /* its length or bytes are not the packet's */
};

/* `spec`: skb:kfree_skb with or without a mechanism. NULL and err on failure. */
struct drive *drive_open(const char *spec, uint32_t n_slots, struct err *err);
void drive_close(struct drive *drive); /* takes NULL */

/* Load and attach a clone with this filter; `name` is for messages. */
int drive_load(struct drive *drive, uint32_t slot, const struct cbpf_prog *prog, struct err *err);
int drive_prog_fd(const struct drive *drive, uint32_t slot); /* the drive's; -1: not loaded */
/* Of all slots. */
void drive_unload(struct drive *drive);

/* Does this kernel let a test run set skb->skb_iif? */
bool drive_can_inbound(const struct drive *drive);

/* The packet as the filter is to see it, tags in place; room for 8 more than its length. */
uint32_t drive_frame(const struct drive_packet *packet, uint8_t *frame);
/* What `inbound`, `outbound` and `ifindex` have to find for it. */
struct cbpf_meta drive_meta(const struct drive_packet *packet);

/* verdicts[slot] for every loaded slot. 0 or a negative errno with err. */
int drive_run(struct drive *drive, const struct drive_packet *packet, enum drive_verdict *verdicts,
	      struct err *err);

/* One slot's raw tracepoint program on an skb of our own; shape->mark is set. */
int drive_run_fake(struct drive *drive, uint32_t slot, struct fake_skb *fake,
		   struct fake_skb_shape *shape, enum drive_verdict *verdict, struct err *err);

#endif
