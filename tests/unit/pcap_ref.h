/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcap_ref.h - libpcap's own verdicts, for the tests of the packet filter.
 *
 * Apart from the tests because <pcap.h> and <linux/bpf.h> both define struct bpf_insn.
 */
#ifndef UNIT_PCAP_REF_H
#define UNIT_PCAP_REF_H

#include <stdint.h>

#include "filter/cbpf.h"

/* libpcap's bpf_filter(). */
uint32_t pcap_ref_run(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
		      uint32_t cap_len);

typedef void (*pcap_ref_packet_fn)(void *arg, const uint8_t *packet, uint32_t wire_len,
				   uint32_t cap_len);

/* Call fn for each packet of an Ethernet capture; returns how many, -1 if it is not one. */
int pcap_ref_read(const char *path, pcap_ref_packet_fn fn, void *arg);

#endif
