/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xcap.bpf.h - a probe's hit, normalised: what every front end hands to the chain.
 *
 * A front end fills struct xcap_ctx and calls capture(); it knows nothing of packets.
 * Templates are cloned per probe at load: the instructions marked here are patched by
 * session/template.c, so that each clone carries its probe id and its place of the skb as constants
 * that the verifier knows.
 */
#ifndef XCAP_BPF_H
#define XCAP_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "xcap/config.h"
#include "xcap/event.h"
#include "xcap/packet.h"
#include "xcap/template.h"

#define XCAP_STR_(x) #x
#define XCAP_STR(x)  XCAP_STR_(x)

/* Keeps the compiler from reasoning about x, so that a clamp stays where it is written. */
#define XCAP_OPAQUE(x) asm volatile("" : "+r"(x))

/*
 * A place of the slot, read once more. Of a number that the compiler has kept the verifier knows
 * what the branches before said, and goes through all that follows for each way; of this it knows
 * nothing.
 */
#define XCAP_AGAIN(place) (*(volatile typeof(place) *)&(place))

/* A constant that each clone has its own value of. */
#define XCAP_PATCHED(mark)                                                                         \
	({                                                                                         \
		u64 value_;                                                                        \
		asm volatile("%0 = " XCAP_STR(mark) : "=r"(value_));                               \
		value_;                                                                            \
	})

/* A word of the program's context; its offset is each clone's own. */
#define XCAP_PATCHED_WORD(ctx, mark)                                                               \
	({                                                                                         \
		u64 value_;                                                                        \
		asm volatile("%0 = " XCAP_STR(mark) "\n%0 = *(u64 *)(%1 + 0)"                      \
			     : "=&r"(value_)                                                       \
			     : "r"(ctx));                                                          \
		value_;                                                                            \
	})

#define XCAP_PATCHED_SKB(ctx) ((void *)XCAP_PATCHED_WORD(ctx, XCAP_MARK_SKB))

/* What the probe's arguments tell beside the skb. */
#define XCAP_MORE_ARGS(c, ctx)                                                                     \
	do {                                                                                       \
		(c)->sock = XCAP_PATCHED_WORD(ctx, XCAP_MARK_SOCK);                                \
		(c)->flow = XCAP_PATCHED_WORD(ctx, XCAP_MARK_FLOW);                                \
	} while (0)

/*
 * Lives on the front end's stack. Constants are u64: spilled whole, they stay known to the verifier
 * inside capture(), and the code for other mechanisms is removed.
 */
struct xcap_ctx {
	void *ctx;		/* the program's own, for helpers that ask for it */
	struct sk_buff *skb;	/* a BTF pointer if `direct`, else an address */
	struct net_device *dev; /* its address, where the probe's arguments tell; else NULL */
	u64 probe;		/* constant where the program is a probe's own */
	u64 direct;		/* constant: the verifier lets us follow skb */
	u64 given;		/* constant: enum xcap_given; see xcap_given() */
	/* the stack is short: what a probe at kfree_skb tells, or one at a function's return */
	union {
		u64 location; /* where `drop` says so */
		u64 ret;      /* xcap_return(): the return value, where has_ret */
	};
	union {
		u64 reason;
		u64 has_ret;
	};
	u64 sock; /* address of the struct sock that is an argument; 0: none */
	u64 flow; /* of a struct flowi4, flowi6 or flowi, likewise */
	u64 drop; /* constant: 0 not kfree_skb, 1 without a reason, 2 with; see xcap_drop() */
	u64 cookie_drop;
	u64 keep;  /* constant: the entry part of an exit probe, see keep.bpf.h */
	u64 frame; /* of the call, where keep */
	u64 ext;   /* @N@M: value of argument M, where has_ext */
	u64 has_ext;
};

/*
 * What a front end knows beside the skb and is not asked for before the filter, as a rule: the rest
 * of c, from c->ctx. Compiled into the places where the chain wants it.
 */
typedef void xcap_more(struct xcap_ctx *c);

/* A hit of a hook that follows packets. hook and at_return are constants. */
struct xcap_hook_ctx {
	u64 hook; /* enum xcap_hook */
	u64 skb, other;
	u64 frame;
	u64 ret;
	u64 at_return;
};

/* In `drop`, a constant where `given` and what would be there are none, but a cookie's. */
#define XCAP_BY_COOKIE 0x100

/* What `more` has told. */
static __always_inline u64 xcap_said_drop(const struct xcap_ctx *c)
{
	return c->drop & XCAP_BY_COOKIE ? c->cookie_drop : c->drop;
}

/*
 * A cookie's are asked for in the slot, where the verifier forgets what it learned of them at the
 * last branch: else it goes through all that follows for each value.
 */
static __always_inline u64 xcap_given(const struct xcap_ctx *c, const struct xcap_packet *p)
{
	return c->drop & XCAP_BY_COOKIE ? p->given : c->given;
}

static __always_inline u64 xcap_drop(const struct xcap_ctx *c, const struct xcap_packet *p)
{
	return c->drop & XCAP_BY_COOKIE ? p->drop : c->drop;
}

/* The skb; where it is no pointer that may be followed without the question whether it is NULL. */
static __always_inline struct sk_buff *xcap_skb(const struct xcap_ctx *c,
						const struct xcap_packet *p)
{
	return c->direct ? c->skb : (struct sk_buff *)XCAP_AGAIN(p->event.skb);
}

/* Read-only data: core.bpf.c has it. */
extern const volatile struct xcap_config cfg;

/*
 * Does bpf_dynptr_from_skb() take the skb of this program? A constant, also in functions of their
 * own: what it closes is taken out before the load (session/prune.c).
 */
static __always_inline bool xcap_has_dynptr(void)
{
	return cfg.has_dynptr && XCAP_PATCHED(XCAP_MARK_DYNPTR);
}

/* The end of a chain that began with `keep`. Always returns 0. */
__hidden int xcap_return(struct xcap_ctx *c);

/* Something happens to a packet that may be followed: see hook.bpf.h. Always returns 0. */
__hidden int xcap_hooked(struct xcap_hook_ctx *h);

#endif
