/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcap_ref.c - libpcap's own verdicts (see pcap_ref.h).
 */
#include "pcap_ref.h"

#include <pcap.h>
#include <stddef.h>

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct cbpf_insn) &&
		       offsetof(struct bpf_insn, jt) == offsetof(struct cbpf_insn, jt) &&
		       offsetof(struct bpf_insn, jf) == offsetof(struct cbpf_insn, jf) &&
		       offsetof(struct bpf_insn, k) == offsetof(struct cbpf_insn, k),
	       "one layout");

uint32_t pcap_ref_run(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
		      uint32_t cap_len)
{
	return bpf_filter((const struct bpf_insn *)(const void *)prog->insns, packet, wire_len,
			  cap_len);
}

int pcap_ref_read(const char *path, pcap_ref_packet_fn fn, void *arg)
{
	char words[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *packet;
	int n = -1;
	pcap_t *pcap = pcap_open_offline(path, words);

	if (!pcap)
		return -1;
	if (pcap_datalink(pcap) == DLT_EN10MB)
		for (n = 0; pcap_next_ex(pcap, &header, &packet) == 1; n++)
			fn(arg, packet, header->len, header->caplen);
	pcap_close(pcap);
	return n;
}
