/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.bpf.h - every difference between kernels, and nothing else.
 *
 * Flavours name the boundary they stand for; CO-RE drops what follows the three underscores.
 */
#ifndef COMPAT_BPF_H
#define COMPAT_BPF_H

#include "xcap.bpf.h"
#include "xcap/packet.h"

/*
 * Is there an accelerated VLAN tag? v6.2: 354259fa73e2 ("net: remove skb->vlan_present") made a
 * non-zero vlan_all (vlan_proto and vlan_tci) tell; before it was a bit of its own.
 */
struct sk_buff___from_6_2 {
	u32 vlan_all;
} __attribute__((preserve_access_index));

struct sk_buff___pre_6_2 {
	u8 vlan_present : 1;
} __attribute__((preserve_access_index));

#define COMPAT_VLAN_IS_BIT(skb)                                                                    \
	bpf_core_field_exists(((struct sk_buff___pre_6_2 *)(skb))->vlan_present)

/* The way from a task to its run queue: members that CONFIG_FAIR_GROUP_SCHED and CONFIG_SMP add. */
#define COMPAT_HAS_TASK_QUEUE                                                                      \
	(bpf_core_field_exists(struct sched_entity, cfs_rq) &&                                     \
	 bpf_core_field_exists(struct rq, cpu))

/*
 * Functions and types of the kernel by their ids are marks, which template.c patches: as __ksym, or
 * by CO-RE, they would have libbpf read all of the kernel's types once more.
 *
 * v6.2: a35b9af4ec2c ("bpf: Add a kfunc for generic type cast"): any address as a pointer that may
 * be read.
 */
static void *(*const compat_rdonly_cast)(const void *obj,
					 u64 btf_id) = (void *)XCAP_CALL_RDONLY_CAST;
#define bpf_rdonly_cast(obj, btf_id) compat_rdonly_cast(obj, btf_id)

#undef bpf_core_type_id_kernel
#define bpf_core_type_id_kernel(type)                                                              \
	_Generic((type *)0, struct sk_buff *                                                       \
		 : XCAP_PATCHED(XCAP_MARK_ID_SK_BUFF), struct pt_regs *                            \
		 : XCAP_PATCHED(XCAP_MARK_ID_PT_REGS))

/* v6.4: 6018e1f407cc ("bpf: implement numbers iterator"). The program asks cfg.has_loops. */
struct bpf_iter_num {
	u64 state[1];
} __attribute__((aligned(8)));
static int (*const compat_loop_new)(struct bpf_iter_num *loop, int start,
				    int end) = (void *)XCAP_CALL_LOOP_NEW;
static int *(*const compat_loop_next)(struct bpf_iter_num *loop) = (void *)XCAP_CALL_LOOP_NEXT;
static void (*const compat_loop_end)(struct bpf_iter_num *loop) = (void *)XCAP_CALL_LOOP_END;

/* v6.12: 65249feb6b3d ("net: add support for skbs with unreadable frags"): memory of a device. */
struct sk_buff___from_6_12 {
	u8 unreadable : 1;
} __attribute__((preserve_access_index));

#define COMPAT_IS_UNREADABLE(skb)                                                                  \
	(bpf_core_field_exists(((struct sk_buff___from_6_12 *)(skb))->unreadable) &&               \
	 BPF_CORE_READ_BITFIELD_PROBED((struct sk_buff___from_6_12 *)(skb), unreadable))

/*
 * Of struct page only the size is asked. A frag's page, length and offset have been where struct
 * xcap_part has them under three names: bio_vec, skb_frag, and from v6.10 netmem, whose lowest bit
 * says that it is no page: 21d2e6737c97 ("net: add netmem to skb_frag_t").
 */
struct page {
	u64 flags;
};
struct skb_shared_info___frags {
	struct xcap_part frags[1];
} __attribute__((preserve_access_index));

#define COMPAT_FRAGS_OFFSET    bpf_core_field_offset(struct skb_shared_info___frags, frags)
#define COMPAT_FRAG_IS_NO_PAGE 1

/*
 * A table of neighbours, the same on all kernels so far; with another none would be found, as each
 * is compared. v6.13: a01a67ab2fff ("neighbour:
 * Remove bare neighbour::next pointer") made pointers to neighbours, the first member of each, into
 * hlists, their first member as well: a link is the address of the next one either way.
 */
struct compat_neighbours {
	u64 heads; /* an array of links */
	u32 shift;
	u32 random[4];
};

/*
 * v6.4: b5964b968ac6 ("bpf: Add skb dynptrs") for programs whose context is the skb; v6.12 for
 * tp_btf ("bpf: Allow bpf_dynptr_from_skb() for tp_btf"). Reads linear and paged bytes alike.
 */
struct __sk_buff {
	u32 len; /* whole, not forward: libbpf compares the kinds of the types */
};
struct bpf_dynptr {
	u64 opaque[2];
} __attribute__((aligned(8)));
static int (*const compat_dynptr_from_skb)(struct __sk_buff *skb, u64 flags,
					   struct bpf_dynptr *ptr) = (void *)XCAP_CALL_DYNPTR_SKB;
#define bpf_dynptr_from_skb(skb, flags, ptr) compat_dynptr_from_skb(skb, flags, ptr)

#endif
