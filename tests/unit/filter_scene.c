/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_scene.c - one run of a translated filter, played with all checks (see filter_scene.h).
 */
#include "filter_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <linux/filter.h>
#include <string.h>

#include "base/util.h"
#include "ebpf_run.h"
#include "pcap_ref.h"

/* What cbpf2ebpf.h promises. */
#define STACK_MAX 88

#define WINDOW 192

/* As in the BPF object, but with the data last, so that one byte too far is outside. */
struct context {
	uint64_t packet; /* the struct itself: the context and the packet in one here */
	uint32_t wire_len, valid, avail_len, ifindex;
	uint16_t protocol;
	uint8_t pkt_type;
	uint8_t data[WINDOW];
};

const struct cbpf2ebpf_layout filter_scene_layout = {
	.packet = offsetof(struct context, packet),
	.data = offsetof(struct context, data),
	.valid = offsetof(struct context, valid),
	.wire_len = offsetof(struct context, wire_len),
	.avail_len = offsetof(struct context, avail_len),
	.ifindex = offsetof(struct context, ifindex),
	.protocol = offsetof(struct context, protocol),
	.pkt_type = offsetof(struct context, pkt_type),
	.window = WINDOW,
	.unroll = 8,
};

const struct cbpf_meta filter_scene_meta = {.ifindex = 7, .protocol = 0x0800, .pkt_type = 0};

/* One packet as xcap_load() sees it. */
struct scene {
	struct context ctx;
	const struct cbpf_prog *prog;
	const uint8_t *packet;
	uint32_t fails_from; /* loads that end beyond it give fails_with */
	int64_t fails_with;
	bool failed;
	uint32_t loads;
	const char *fault;
};

static struct filter_scene_count count;

static int64_t scene_load(void *arg, const void *ctx, uint64_t offset, uint64_t size)
{
	struct scene *s = arg;
	int64_t value = 0;

	s->loads++;
	if (ctx != &s->ctx)
		s->fault = "xcap_load() without the context";
	else if (size != 1 && size != 2 && size != 4)
		s->fault = "xcap_load() of a strange size";
	else if (offset > s->ctx.avail_len || offset + size > s->ctx.avail_len)
		s->fault = "xcap_load() beyond the packet";
	else if (offset + size <= s->ctx.valid)
		s->fault = "xcap_load() of bytes in the window";
	else if (pcap_ref_run(s->prog, s->packet, s->ctx.wire_len, (uint32_t)(offset + size - 1)))
		s->fault = "xcap_load() of bytes that the program does not need";
	if (s->fault)
		return CBPF2EBPF_LOAD_OUTSIDE;
	if (offset + size > s->fails_from) {
		s->failed = true;
		return s->fails_with;
	}
	for (uint64_t i = 0; i < size; i++)
		value = value << 8 | s->packet[offset + i];
	return value;
}

static void scene_init(struct scene *s, const struct cbpf_prog *prog, const uint8_t *packet,
		       uint32_t wire_len, uint32_t cap_len, uint32_t valid)
{
	*s = (struct scene){.prog = prog, .packet = packet, .fails_from = UINT32_MAX};
	s->ctx.packet = (uint64_t)(uintptr_t)&s->ctx;
	s->ctx.wire_len = wire_len;
	s->ctx.avail_len = cap_len;
	s->ctx.valid = UTIL_MIN(UTIL_MIN(valid, cap_len), WINDOW);
	s->ctx.ifindex = filter_scene_meta.ifindex;
	s->ctx.protocol = filter_scene_meta.protocol;
	s->ctx.pkt_type = filter_scene_meta.pkt_type;
	memset(s->ctx.data, 0xee, sizeof(s->ctx.data));
	memcpy(s->ctx.data, packet, s->ctx.valid);
}

static uint64_t scene_run(struct scene *s, const struct cbpf2ebpf_code *code)
{
	struct ebpf_run run = {.insns = code->insns,
			       .len = code->len,
			       .ctx = &s->ctx,
			       .ctx_size = sizeof(s->ctx),
			       .stack_max = STACK_MAX,
			       .load = scene_load,
			       .arg = s};

	ebpf_run(&run);
	if (run.fault || s->fault)
		fail_msg("%s", run.fault ? run.fault : s->fault);
	count.verdicts++;
	count.loads += s->loads;
	return run.result;
}

uint64_t filter_scene_play(const struct cbpf_prog *prog, const struct cbpf2ebpf_code *code,
			   const uint8_t *packet, uint32_t wire_len, uint32_t cap_len,
			   uint32_t valid)
{
	struct scene s;

	scene_init(&s, prog, packet, wire_len, cap_len, valid);
	return scene_run(&s, code);
}

bool filter_scene_uses_meta(const struct cbpf_prog *prog)
{
	for (uint32_t i = 0; i < prog->len; i++)
		if (BPF_CLASS(prog->insns[i].code) == BPF_LD &&
		    BPF_MODE(prog->insns[i].code) == BPF_ABS &&
		    prog->insns[i].k == CBPF_AD_PROTOCOL)
			return true;
	return cbpf_uses_direction(prog) || cbpf_uses_ifindex(prog);
}

static uint32_t reference(const struct cbpf_prog *prog, const uint8_t *packet, uint32_t wire_len,
			  uint32_t cap_len)
{
	uint32_t own = cbpf_run(prog, packet, wire_len, cap_len, &filter_scene_meta);
	uint32_t theirs =
		filter_scene_uses_meta(prog) ? own : pcap_ref_run(prog, packet, wire_len, cap_len);

	if (own != theirs)
		fail_msg("cbpf_run() gives %u, libpcap %u", own, theirs);
	return theirs;
}

/* One packet, with `valid` bytes in the window; `what` names the filter if it fails. */
void filter_scene_check(const char *what, const struct cbpf_prog *prog,
			const struct cbpf2ebpf_code *code, const struct filter_packet *p,
			uint32_t cap_len, uint32_t valid)
{
	uint32_t expected = reference(prog, p->bytes, p->wire_len, cap_len);
	struct scene s;
	uint64_t verdict;

	scene_init(&s, prog, p->bytes, p->wire_len, cap_len, valid);
	verdict = scene_run(&s, code);
	count.accepted += expected != 0;
	count.undecided += verdict == CBPF2EBPF_UNDECIDED;
	if (verdict != expected && verdict != CBPF2EBPF_UNDECIDED)
		fail_msg("'%s', cap_len %u, valid %u: %#llx instead of %#x", what, cap_len, valid,
			 (unsigned long long)verdict, expected);
}

/* The same with bytes that xcap_load() cannot give: that is the verdict iff one was asked for. */
void filter_scene_check_failing(const char *what, const struct cbpf_prog *prog,
				const struct cbpf2ebpf_code *code, const struct filter_packet *p,
				uint32_t valid, int64_t failure)
{
	uint64_t expected = failure == CBPF2EBPF_LOAD_UNREADABLE ? CBPF2EBPF_UNREADABLE
			    : failure == CBPF2EBPF_LOAD_OUTSIDE	 ? 0
								 : CBPF2EBPF_FAULT;
	struct scene s;
	uint64_t verdict;

	scene_init(&s, prog, p->bytes, p->wire_len, p->cap_len, valid);
	s.fails_from = valid + 6;
	s.fails_with = failure;
	verdict = scene_run(&s, code);
	count.failed += s.failed;
	if (!s.failed)
		expected = reference(prog, p->bytes, p->wire_len, p->cap_len);
	if (verdict != expected && verdict != CBPF2EBPF_UNDECIDED)
		fail_msg("'%s', valid %u, failing %lld: %#llx instead of %#llx", what, valid,
			 (long long)failure, (unsigned long long)verdict,
			 (unsigned long long)expected);
}

void filter_scene_start_count(void)
{
	memset(&count, 0, sizeof(count));
}

void filter_scene_print_count(const char *what)
{
	printf("%s: %lu verdicts compared, %lu of them accept, %lu undecided; %lu xcap_load(), %lu "
	       "of them failing\n",
	       what, count.verdicts, count.accepted, count.undecided, count.loads, count.failed);
}

void filter_scene_translate(const char *what, const struct cbpf_prog *prog,
			    struct cbpf2ebpf_code *code)
{
	struct err err;

	err_clear(&err);
	if (cbpf2ebpf_translate(prog, &filter_scene_layout, code, &err))
		fail_msg("'%s': %s", what, err.msg);
}

const struct filter_scene_count *filter_scene_get_count(void)
{
	return &count;
}
