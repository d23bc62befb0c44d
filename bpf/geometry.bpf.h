/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * geometry.bpf.h - where in an skb the packet starts: the rules of xcap/geometry.h, put to a view.
 *
 * The structures of numbers are taken apart by the compiler; nothing of them reaches the stack.
 */
#ifndef GEOMETRY_BPF_H
#define GEOMETRY_BPF_H

#include "view.bpf.h"
#include "xcap/geometry.h"
#include "xcap/packet.h"

static __always_inline struct geometry_skb geometry_of(const struct skb_view *v)
{
	return (struct geometry_skb){.head = v->head,
				     .data = v->data,
				     .len = v->len,
				     .data_len = v->data_len,
				     .mac = v->mac,
				     .network = v->network,
				     .transport = v->transport,
				     .dev_type = v->dev_type};
}

/* p starts at `start`; false: there can be no such packet. */
static __always_inline bool geometry_place(const struct geometry_skb *s, struct xcap_packet *p,
					   u64 start)
{
	struct geometry g;
	bool ok = geometry_measure(s, start, &g);

	p->start = g.start;
	p->data_offset = g.data_offset;
	p->total = g.total;
	p->linear = g.linear;
	return ok;
}

/* Where the packet is: p->found, p->kind. Headers that have to be made are not counted yet. */
static __always_inline void geometry_find(const struct skb_view *v, struct xcap_packet *p)
{
	struct geometry_skb s = geometry_of(v);

	if (cfg.skb_data) {
		p->kind = GEOMETRY_L2;
		p->found = v->head && geometry_place(&s, p, v->data + (s64)cfg.skb_data_offset);
		return;
	}
	p->kind = geometry_kind(&s);
	p->found = p->kind != GEOMETRY_NONE && geometry_place(&s, p, geometry_start(&s, p->kind));
}

/* --fake-hdr: what stands at skb->data, whatever it is, behind a link header. */
static __always_inline bool geometry_fake(const struct skb_view *v, struct xcap_packet *p)
{
	struct geometry_skb s = geometry_of(v);

	p->kind = GEOMETRY_FAKE;
	return v->head && geometry_place(&s, p, v->data);
}

#endif
