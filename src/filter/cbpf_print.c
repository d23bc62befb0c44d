/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_print.c - the forms of tcpdump, instruction by instruction (see cbpf_print.h).
 *
 * The mnemonics are libpcap's own; its bpf_dump() writes to stdout only, so the lines are ours.
 */
#include "filter/cbpf_print.h"

#include <pcap.h>

void cbpf_print(const struct cbpf_prog *prog, enum cbpf_form form, FILE *out)
{
	if (form == CBPF_FORM_DECIMAL)
		fprintf(out, "%u\n", prog->len);
	for (uint32_t i = 0; i < prog->len; i++) {
		const struct cbpf_insn *insn = &prog->insns[i];
		struct bpf_insn image = {insn->code, insn->jt, insn->jf, insn->k};

		if (form == CBPF_FORM_TEXT)
			fprintf(out, "%s\n", bpf_image(&image, (int)i));
		else if (form == CBPF_FORM_C)
			fprintf(out, "{ 0x%x, %u, %u, 0x%08x },\n", insn->code, insn->jt, insn->jf,
				insn->k);
		else
			fprintf(out, "%u %u %u %u\n", insn->code, insn->jt, insn->jf, insn->k);
	}
}
