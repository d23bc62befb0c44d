/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe_read_filter.c - what a decision costs: xcap's, and one that reads each field by a probe
 *read.
 *
 *	probe_read_filter [ROUNDS [PACKETS]]
 *
 * xcap's program with the filter `tcp port 80`, the yardstick of probe_read_filter.bpf.c and an
 *empty program hang on skb:kfree_skb. PACKETS packets that the filter rejects late are sent through
 *by test runs, ROUNDS times, with only one of the three attached at a time, by turns. Prints one
 *line of JSON: medians in ns per event by the kernel's run-time statistics, and the ratio of both
 *decisions, each less the empty program. Needs root. Called by the scripts beside it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"
#include "drive.h"
#include "probe_read_filter.skel.h"

#define ROUNDS_MAX 101
#define LEN	   74

enum { EMPTY, XCAP, PROBE_READ, VARIANTS };

static const char *const names[VARIANTS] = {"empty", "xcap", "probe_read"};

/* IPv4, TCP 40000 > 81: all loads of the program are done before it rejects. */
static const uint8_t packet_bytes[LEN] = {
	0x02, 0,    0, 0,  0, 1, 0x02, 0,  0, 0, 0, 2,	0x08, 0, 0x45, 0,    0,	   60, 0,
	1,    0x40, 0, 64, 6, 0, 0,    10, 0, 0, 1, 10, 0,    0, 2,    0x9c, 0x40, 0,  81,
};

struct bench {
	struct drive *drive;
	struct probe_read_filter *skel;
	struct cbpf_prog prog;
	double ns[VARIANTS][ROUNDS_MAX];
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "probe_read_filter: %s: %s\n", what, why);
	return 1;
}

/* Mean of what the kernel has counted since the program was loaded, ns. */
static double mean_ns(int fd)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.run_cnt)
		return -1;
	return (double)info.run_time_ns / (double)info.run_cnt;
}

static int send_packets(struct bench *b, uint32_t n, struct err *err)
{
	const struct drive_packet packet = {.bytes = packet_bytes, .len = LEN};
	enum drive_verdict verdict = DRIVE_REJECT;
	int rc = 0;

	for (uint32_t i = 0; i < n && !rc; i++)
		rc = drive_run(b->drive, &packet, &verdict, err);
	if (!rc && verdict != DRIVE_REJECT)
		rc = err_set(err, ERR_FAILED, "the packet is not rejected");
	return rc;
}

/* One variant alone on the hook. */
static int measure(struct bench *b, int variant, uint32_t n, double *ns, struct err *err)
{
	struct bpf_link *link = NULL;
	int rc, fd;

	b->skel = probe_read_filter__open_and_load();
	if (!b->skel)
		return err_set(err, ERR_FAILED, "cannot load the yardstick");
	if (variant == XCAP) {
		rc = drive_load(b->drive, 0, &b->prog, err);
		fd = drive_prog_fd(b->drive, 0);
	} else {
		struct bpf_program *prog =
			variant == EMPTY ? b->skel->progs.empty : b->skel->progs.by_probe_read;

		link = bpf_program__attach(prog);
		fd = bpf_program__fd(prog);
		rc = link ? 0 : err_set(err, ERR_FAILED, "cannot attach the yardstick");
	}
	if (!rc)
		rc = send_packets(b, n, err);
	*ns = rc ? -1 : mean_ns(fd);
	bpf_link__destroy(link);
	drive_unload(b->drive);
	probe_read_filter__destroy(b->skel);
	return rc;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_result(struct bench *b, int rounds, uint32_t packets)
{
	double median[VARIANTS];

	printf("{\"filter\": \"tcp port 80\", \"rounds\": %d, \"packets\": %u", rounds, packets);
	for (int v = 0; v < VARIANTS; v++) {
		qsort(b->ns[v], (size_t)rounds, sizeof(double), compare);
		median[v] = b->ns[v][rounds / 2];
		printf(", \"%s_ns\": %.1f, \"%s_least\": %.1f, \"%s_most\": %.1f", names[v],
		       median[v], names[v], b->ns[v][0], names[v], b->ns[v][rounds - 1]);
	}
	printf(", \"decision_ratio\": %.2f}\n",
	       (median[XCAP] - median[EMPTY]) / (median[PROBE_READ] - median[EMPTY]));
}

int main(int argc, char **argv)
{
	static struct bench b;
	int rounds = argc > 1 ? atoi(argv[1]) : 11, stats, rc = 0;
	uint32_t packets = argc > 2 ? (uint32_t)atoi(argv[2]) : 20000;
	struct err err;

	err_clear(&err);
	if (rounds < 1 || rounds > ROUNDS_MAX || !packets)
		return fail("usage", "probe_read_filter [ROUNDS [PACKETS]]");
	libbpf_set_print(NULL);
	b.drive = drive_open("skb:kfree_skb", 1, &err);
	if (!b.drive || cbpf_compile("tcp port 80", 1, &b.prog, &err))
		return fail("cannot start", err.msg);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats < 0)
		return fail("run-time statistics", err_name(stats));
	for (int i = 0; i < rounds && !rc; i++)
		for (int v = 0; v < VARIANTS && !rc; v++)
			rc = measure(&b, v, packets, &b.ns[v][i], &err);
	close(stats);
	drive_close(b.drive);
	cbpf_free(&b.prog);
	if (rc)
		return fail("cannot measure", err.msg);
	print_result(&b, rounds, packets);
	return 0;
}
