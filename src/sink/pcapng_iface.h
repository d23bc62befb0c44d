/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_iface.h - the interfaces of a pcapng file: one per probe, device and network namespace.
 *
 * A number is given at the first sight of a combination, from 0 on, in the order in which the sink
 * writes the interface description blocks. Looked up once per packet, by hash.
 */
#ifndef SINK_PCAPNG_IFACE_H
#define SINK_PCAPNG_IFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "xcap/limits.h"

struct pcapng_iface {
	uint32_t probe;
	char ifname[XCAP_IFNAME + 1]; /* "" no device */
	char *netns_name;	      /* "" xcap's own */
	uint64_t packets;	      /* written on it */
};

struct pcapng_iface_table {
	struct pcapng_iface *ifaces; /* in the order of their numbers */
	uint32_t n, cap;
	uint32_t *slots;  /* number + 1; 0: free */
	uint32_t n_slots; /* a power of two */
	uint32_t last;	  /* number of the one asked for before */
};

void pcapng_iface_init(struct pcapng_iface_table *table);
void pcapng_iface_fini(struct pcapng_iface_table *table);

/*
 * The number of (probe, ifname, netns_name), added if new: *added tells, and its block is to be
 * written before anything uses it. ifname has at most XCAP_IFNAME characters. 0 or -ENOMEM.
 */
int pcapng_iface_get(struct pcapng_iface_table *table, uint32_t probe, const char *ifname,
		     const char *netns_name, uint32_t *number, bool *added);

#endif
