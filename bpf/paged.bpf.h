/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paged.bpf.h - bytes of an skb that may lie in pages, where the kernel offers a way to them.
 */
#ifndef PAGED_BPF_H
#define PAGED_BPF_H

#include "compat.bpf.h"
#include "xcap/packet.h"

/*
 * Read n bytes at `offset` from skb->data, linear or paged alike. Only where xcap_has_dynptr() says
 * so. 0 or negative. Not inlined: the verifier keeps a dynptr's stack slot from being written, and
 * clang would use the slot again for something else; here it goes with the frame.
 */
__hidden __attribute__((noinline)) long paged_read(struct xcap_filter_ctx *f, void *to, u64 n,
						   u64 offset)
{
	struct bpf_dynptr dynptr;

	/* never so here, but where a tracepoint may pass NULL the verifier comes by with it */
	if (!f->skb)
		return -1;
	if (bpf_dynptr_from_skb((void *)f->skb, 0, &dynptr))
		return -1;
	return bpf_dynptr_read(to, n, &dynptr, offset, 0);
}

#endif
