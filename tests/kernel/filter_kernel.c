/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_kernel.c - the packet filter in the kernel against libpcap.
 *
 *	filter_kernel matrix SPEC STEP	every expression on every packet, cut at every STEPth
 *length, with and without tags in skb->vlan_tci, inbound and outbound
 *	filter_kernel random SPEC N [SEED] N random classic BPF programs on a few packets each
 *	filter_kernel hosts SPEC N	N hosts in one expression
 *
 * SPEC is skb:kfree_skb or, say, raw_tp:skb:kfree_skb. The programs are the ones that xcap loads
 * (drive.h). Prints how many verdicts were compared; status 1 and the difference if one is not
 * libpcap's. Called by tests/net/filter_kernel.sh.
 */
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "drive.h"
#include "filter_data.h"
#include "filter_random.h"
#include "pcap_ref.h"

#define SLOTS	      64
#define DLT_ETHERNET  1
#define SEED	      20240229
#define WHOLE_HEADERS (14 + 40) /* Ethernet, IPv6 */

struct filter {
	const char *text;
	struct cbpf_prog prog;
	bool uses_meta, has_loop;
};

struct bench {
	struct drive *drive;
	struct filter filters[SLOTS];
	uint32_t n, seed;
	unsigned long verdicts, accepted, undecided, programs, packets, refused, not_inbound;
};

static const char *const verdict_names[] = {
	[DRIVE_REJECT] = "reject",	 [DRIVE_ACCEPT] = "accept",
	[DRIVE_UNDECIDED] = "undecided", [DRIVE_UNDECIDABLE] = "undecidable",
	[DRIVE_FAULT] = "fault",	 [DRIVE_WRONG_RECORD] = "a wrong record",
};

static int fail(const struct err *err, const char *what)
{
	printf("FAIL %s: %s\n", what, err->msg);
	return -1;
}

static bool has_loop(const struct cbpf_prog *prog)
{
	for (uint32_t i = 0; i < prog->len; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_JA) && (int32_t)prog->insns[i].k < 0)
			return true;
	return false;
}

/* Takes over prog's instructions. */
static int load(struct bench *b, const char *text, const struct cbpf_prog *prog)
{
	struct filter *f = &b->filters[b->n];
	struct err err;

	err_clear(&err);
	*f = (struct filter){.text = text, .prog = *prog};
	f->uses_meta = cbpf_uses_direction(prog) || cbpf_uses_ifindex(prog);
	f->has_loop = has_loop(prog);
	if (drive_load(b->drive, b->n, prog, &err))
		return fail(&err, text);
	b->n++;
	b->programs++;
	return 0;
}

static void unload(struct bench *b)
{
	drive_unload(b->drive);
	while (b->n)
		cbpf_free(&b->filters[--b->n].prog);
}

/* libpcap's own word, but for the loads that it cannot do in user space. */
static bool reference(const struct filter *f, const uint8_t *frame, uint32_t len,
		      const struct cbpf_meta *meta)
{
	return f->uses_meta ? cbpf_run(&f->prog, frame, len, len, meta)
			    : pcap_ref_run(&f->prog, frame, len, len);
}

static int check_packet(struct bench *b, const struct drive_packet *packet)
{
	uint8_t frame[DRIVE_PACKET_MAX + 8];
	uint32_t len = drive_frame(packet, frame);
	struct cbpf_meta meta = drive_meta(packet);
	enum drive_verdict verdicts[SLOTS];
	struct err err;

	err_clear(&err);
	if (packet->inbound && !drive_can_inbound(b->drive)) {
		b->not_inbound++;
		return 0;
	}
	if (drive_run(b->drive, packet, verdicts, &err)) {
		/* some kernels want a whole IP header behind the Ethernet one */
		if (err.code != -EINVAL || packet->len >= WHOLE_HEADERS)
			return fail(&err, "run");
		b->refused++;
		return 0;
	}
	b->packets++;
	for (uint32_t i = 0; i < b->n; i++) {
		const struct filter *f = &b->filters[i];
		enum drive_verdict want =
			reference(f, frame, len, &meta) ? DRIVE_ACCEPT : DRIVE_REJECT;

		b->verdicts++;
		b->accepted += want == DRIVE_ACCEPT;
		if (verdicts[i] == DRIVE_UNDECIDED && f->has_loop) {
			b->undecided++;
		} else if (verdicts[i] != want) {
			printf("FAIL '%s' on %u bytes, push %d, %s: %s instead of %s\n", f->text,
			       packet->len, packet->push, packet->inbound ? "inbound" : "outbound",
			       verdict_names[verdicts[i]], verdict_names[want]);
			return -1;
		}
	}
	return 0;
}

static int check_cuts(struct bench *b, const struct filter_packet *p, uint32_t step)
{
	struct drive_packet packet = {.bytes = p->bytes};

	for (uint32_t len = 15; len <= p->cap_len; len += step) {
		/* the end is where most is decided */
		packet.len = len + step > p->cap_len ? p->cap_len : len;
		for (int way = 0; way < 2 * DRIVE_PUSHES; way++) {
			packet.push = way % DRIVE_PUSHES;
			packet.inbound = way / DRIVE_PUSHES;
			if (check_packet(b, &packet))
				return -1;
		}
	}
	return 0;
}

static int check_all_packets(struct bench *b, const struct filter_data *data, uint32_t step)
{
	for (size_t i = 0; i < data->n_packets; i++) {
		const struct filter_packet *p = &data->packets[i];
		/* beyond the window lengths are alike */
		uint32_t n = p->cap_len > 600 ? 61 * step : step;

		if (p->cap_len >= 15 && p->cap_len <= DRIVE_PACKET_MAX - 8 && check_cuts(b, p, n))
			return -1;
	}
	return 0;
}

static int run_matrix(struct bench *b, uint32_t step)
{
	struct filter_data data = {0};
	struct cbpf_prog prog;
	struct err err;
	size_t skipped = 0;
	int rc = 0;

	err_clear(&err);
	filter_data_add_builtin(&data);
	filter_data_add_long(&data);
	if (getenv("XCAP_SHARED_DATA"))
		filter_data_read_shared(&data);
	for (size_t i = 0; i < data.n_exprs && !rc; i++) {
		if (cbpf_compile(data.exprs[i], DLT_ETHERNET, &prog, &err))
			skipped++;
		else
			rc = load(b, data.exprs[i], &prog);
		if (!rc && (b->n == SLOTS || i + 1 == data.n_exprs)) {
			rc = check_all_packets(b, &data, step);
			unload(b);
		}
	}
	printf("%zu expressions, %zu of them not for Ethernet; %zu packets\n", data.n_exprs,
	       skipped, data.n_packets);
	filter_data_fini(&data);
	return rc;
}

/* A few packets for the programs that are loaded. */
static int check_some_packets(struct bench *b, const struct filter_data *data)
{
	for (int i = 0; i < 40; i++) {
		uint32_t at = filter_random_below((uint32_t)data->n_packets);
		const struct filter_packet *p = &data->packets[at];
		struct drive_packet packet = {
			.bytes = p->bytes,
			.len = i % 2 ? UTIL_MIN(p->cap_len, DRIVE_PACKET_MAX - 8)
				     : 15 + filter_random_below(p->cap_len - 14),
			.push = filter_random_below(DRIVE_PUSHES),
			.inbound = filter_random_below(2),
		};

		packet.len = UTIL_MIN(packet.len, DRIVE_PACKET_MAX - 8);
		if (check_packet(b, &packet))
			return -1;
	}
	return 0;
}

static int run_random(struct bench *b, uint32_t n)
{
	struct filter_data data = {0};
	int rc = 0;

	filter_random_seed(b->seed);
	filter_data_add_builtin(&data);
	filter_data_add_long(&data);
	for (uint32_t i = 0; i < n && !rc; i++) {
		struct cbpf_prog prog = {.insns = calloc(FILTER_RANDOM_MAX, sizeof(*prog.insns))};

		if (!prog.insns)
			return -1;
		filter_random_program(&prog);
		rc = load(b, "random program", &prog);
		if (!rc && (b->n == SLOTS || i + 1 == n)) {
			rc = check_some_packets(b, &data);
			unload(b);
		}
	}
	filter_data_fini(&data);
	return rc;
}

static int run_hosts(struct bench *b, uint32_t n)
{
	struct filter_data data = {0};
	struct cbpf_prog prog;
	struct err err;
	char *expr = filter_data_hosts(n);
	int rc;

	err_clear(&err);
	filter_data_add_builtin(&data);
	rc = cbpf_compile(expr, DLT_ETHERNET, &prog, &err);
	if (rc)
		fail(&err, "hosts");
	if (!rc)
		rc = load(b, "many hosts", &prog);
	if (!rc)
		rc = check_all_packets(b, &data, 3);
	unload(b);
	filter_data_fini(&data);
	free(expr);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct bench *b, uint32_t n);
	} modes[] = {{"matrix", run_matrix}, {"random", run_random}, {"hosts", run_hosts}};
	static struct bench b;
	struct err err;
	int rc = -2;

	err_clear(&err);
	b.seed = argc == 5 ? (uint32_t)atoi(argv[4]) : SEED;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; (argc == 4 || argc == 5) && i < UTIL_ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) != 0)
			continue;
		b.drive = drive_open(argv[2], SLOTS, &err);
		rc = b.drive ? modes[i].run(&b, (uint32_t)atoi(argv[3])) : fail(&err, "drive");
	}
	if (rc == -2)
		fprintf(stderr, "usage: filter_kernel matrix|random|hosts SPEC N [SEED]\n");
	drive_close(b.drive);
	printf("%s: %lu verdicts compared, %lu of them accept, %lu undecided; %lu programs, %lu "
	       "packets, %lu too short and %lu not to be had inbound here\n",
	       argc > 1 ? argv[1] : "", b.verdicts, b.accepted, b.undecided, b.programs, b.packets,
	       b.refused, b.not_inbound);
	return rc ? 1 : 0;
}
