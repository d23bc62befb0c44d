/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meta.bpf.h - what a record says beside the packet: direction, device, owner, context of the CPU.
 */
#ifndef META_BPF_H
#define META_BPF_H

#include <bpf/bpf_endian.h>

#include "compat.bpf.h"
#include "view.bpf.h"
#include "xcap/packet.h"

#define META_PACKET_HOST     0 /* PACKET_HOST */
#define META_PACKET_OUTGOING 4 /* PACKET_OUTGOING, linux/if_packet.h */

/* preempt_count's fields: include/linux/preempt.h, the same on 5.10 to 7.2 */
#define META_SOFTIRQ_SERVING 0x00000100
#define META_HARDIRQ_MASK    0x000f0000
#define META_NMI_MASK	     0x00f00000

/*
 * The probe knows, or the copy for packet sockets is marked, or an arrival interface received, or a
 * socket without one sends.
 */
static __always_inline u8 meta_direction(const struct xcap_probe *probe, const struct skb_view *v)
{
	if (probe->direction != XCAP_DIR_UNKNOWN)
		return probe->direction;
	if (v->pkt_type == META_PACKET_OUTGOING)
		return XCAP_DIR_OUT;
	if (v->skb_iif)
		return XCAP_DIR_IN;
	return v->has_sk ? XCAP_DIR_OUT : XCAP_DIR_UNKNOWN;
}

/* What `inbound` and `outbound` ask for: as the direction says; flow/pipeline.c has the same. */
static __always_inline u8 meta_pkt_type(u8 direction, const struct skb_view *v)
{
	if (direction == XCAP_DIR_OUT)
		return META_PACKET_OUTGOING;
	return v->pkt_type == META_PACKET_OUTGOING ? META_PACKET_HOST : v->pkt_type;
}

/* -i: the automaton of struct xcap_if_match over the device's name. */
static __always_inline bool meta_interface(const volatile struct xcap_if_match *m,
					   const struct skb_view *v, u32 n_patterns)
{
	char name[XCAP_IFNAME] = {};
	u64 state = m->start;

	if (v->dev_type == VIEW_NO_DEVICE ||
	    bpf_probe_read_kernel(name, sizeof(name), ((struct net_device *)v->dev)->name))
		return false;
#pragma unroll
	for (u32 i = 0; i < XCAP_IFNAME - 1; i++) {
		u8 c = name[i];

		if (!c)
			break;
		state = ((state & m->accepts[c]) << 1) | (state & m->loops);
	}
#pragma unroll
	for (u32 i = 0; i < XCAP_IF_PATTERNS; i++)
		if (i < n_patterns && state & m->final[i] &&
		    (!m->netns[i] || m->netns[i] == v->netns))
			return true;
	return false;
}

/* --reason: as the kernel numbers them, the sub-system in the upper 16 bits. */
static __always_inline bool meta_reason(const struct xcap_ctx *c)
{
	if (xcap_said_drop(c) <= 1)
		return false;
#pragma unroll
	for (u32 i = 0; i < XCAP_REASONS; i++)
		if (i < cfg.n_reasons && c->reason == cfg.reasons[i])
			return true;
	return false;
}

struct meta_cpu {
	u64 lost;	/* events lost on this CPU */
	u64 count_addr; /* of its preemption count; 0: not looked up yet; 1: not to be had */
	u64 record;	/* address of the last one that was sent */
};

/*
 * The preemption count is a per-CPU variable, and kallsyms may have no address for it; but a
 * running task's run queue is its CPU's, and BTF tells how far apart the two per-CPU variables are.
 */
static __always_inline u64 meta_count_addr(u64 delta)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct rq *rq;

	if (!delta || !COMPAT_HAS_TASK_QUEUE)
		return 1;
	rq = BPF_CORE_READ(task, se.cfs_rq, rq);
	if (!rq || BPF_CORE_READ(rq, cpu) != (int)bpf_get_smp_processor_id())
		return 1;
	return (u64)rq + delta;
}

static __always_inline u8 meta_context(struct meta_cpu *cpu, u64 delta)
{
	u32 count;

	if (!cpu->count_addr)
		cpu->count_addr = meta_count_addr(delta);
	if (cpu->count_addr == 1)
		return XCAP_CTX_UNKNOWN;
	count = view_peek(cpu->count_addr);
	if (count & META_NMI_MASK)
		return XCAP_CTX_NMI;
	if (count & META_HARDIRQ_MASK)
		return XCAP_CTX_HARDIRQ;
	return count & META_SOFTIRQ_SERVING ? XCAP_CTX_SOFTIRQ : XCAP_CTX_TASK;
}

/*
 * A packet for segmentation, or merged on receipt, tells the size of its segments and their number:
 * two halves of a word on every kernel so far.
 */
static __always_inline void meta_segments(struct xcap_event *e, const struct xcap_ctx *c,
					  const struct skb_view *v, const struct xcap_packet *p)
{
	struct sk_buff *skb = xcap_skb(c, p);
	u64 info;
	u32 word = 0;

	e->gso_size = e->gso_segs = 0;
	/* given away, its memory may be somebody else's by now */
	if (!cfg.want_segments || !skb || !v->head || xcap_given(c, p))
		return;
	info = v->head + VIEW_READ(c->direct, skb, end);
	info += bpf_core_field_offset(struct skb_shared_info, gso_size);
	if (c->direct)
		word = view_peek(info);
	else
		bpf_probe_read_kernel(&word, sizeof(word), (void *)info);
	e->gso_size = word;
	e->gso_segs = (u16)word ? word >> 16 : 0;
}

static __always_inline void meta_ifname(struct xcap_event *e, const struct skb_view *v)
{
	u64 *to = (u64 *)e->ifname, from = (u64)((struct net_device *)v->dev)->name;

	to[0] = to[1] = 0;
	if (!cfg.want_device || v->dev_type == VIEW_NO_DEVICE)
		return;
	to[0] = view_peek(from);
	to[1] = view_peek(from + sizeof(u64));
}

static __always_inline void meta_owner(struct xcap_event *e, const struct skb_view *v)
{
	u64 pid_tgid = cfg.want_comm ? bpf_get_current_pid_tgid() : 0;

	e->pid = pid_tgid >> 32;
	e->tid = pid_tgid;
	meta_ifname(e, v);
	*(u64 *)e->comm = *(u64 *)(e->comm + 8) = 0;
	if (cfg.want_comm)
		bpf_get_current_comm(e->comm, sizeof(e->comm));
}

#define META_TIME_WAIT	  6  /* TCP_TIME_WAIT, TCP_NEW_SYN_RECV: small socks that only TCP has */
#define META_NEW_SYN_RECV 12 /* net/tcp_states.h */
#define META_TCP	  6  /* IPPROTO_TCP */

/*
 * State of the TCP socket that a drop is about: the one that the tracepoint names (v6.11:
 * c53795d48ee8
 * ("net: add rx_sk to trace_kfree_skb")), else the skb's own. 0: there is none, or it is not TCP's.
 */
static __always_inline u8 meta_sk_state(u64 named, const struct skb_view *v, u64 drop)
{
	struct sock *sk = (struct sock *)(named ? named : v->sk);
	u8 state;

	if (!drop || !sk)
		return 0;
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (state == META_TIME_WAIT || state == META_NEW_SYN_RECV)
		return state;
	return BPF_CORE_READ(sk, sk_protocol) == META_TCP ? state : 0;
}

/*
 * All of the event but what is known earlier: skb, flags, rebuilt, direction, id, what the probe's
 * arguments tell. cpu may be NULL.
 */
static __always_inline void meta_fill(struct xcap_event *e, const struct xcap_ctx *c,
				      const struct skb_view *v, const struct xcap_packet *p,
				      struct meta_cpu *cpu)
{
	e->ts_ns = bpf_ktime_get_ns();
	e->probe = c->probe;
	e->cpu = bpf_get_smp_processor_id();
	e->ifindex = v->ifindex;
	e->netns = v->netns;
	e->mark = v->mark;
	e->len = p->wire_len;
	e->cap_len = p->cap_len;
	e->protocol = bpf_ntohs(v->protocol);
	e->dev_type = v->dev_type;
	e->pkt_type = v->pkt_type;
	e->context = XCAP_CTX_UNKNOWN;
	e->lost = 0;
	meta_segments(e, c, v, p);
	if (cfg.event_bytes == XCAP_EVENT_WHOLE)
		e->chain = 0;
	if (cfg.event_bytes == XCAP_EVENT_WHOLE && !cfg.track)
		e->id = e->parent = 0;
	e->sk_state = meta_sk_state(p->sock, v, xcap_drop(c, p));
	e->stack_len = 0;
	if (cpu) {
		e->lost = cpu->lost;
		if (cfg.want_context)
			e->context = meta_context(cpu, cfg.preempt_delta);
	}
	if (cfg.event_bytes > XCAP_EVENT_SHORT)
		meta_owner(e, v);
}

#endif
