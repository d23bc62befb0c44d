/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_fault.c - reads of packet bytes that fail in the kernel are counted rejects, never zeros
 * taken as data.
 *
 *	filter_fault pages|no-pages
 *
 * The raw tracepoint program that xcap loads runs on skbs whose bytes stand, in part, where there
 * is no memory (fake_skb.h). The word says whether this kernel tells where pages are; without that
 * their bytes are undecidable. Status 1 and the difference if a verdict is not what it should be.
 * Called by tests/net/filter_kernel.sh.
 */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "drive.h"
#include "fake_skb.h"

#define DLT_ETHERNET 1
#define LEN	     600

/* Bytes 300 and 500 are zeros in the frame too: only a read that failed can tell. */
static const struct {
	const char *expr;
	uint32_t linear;
	bool has_no_head;
	enum drive_verdict by_pages, otherwise;
} cases[] = {
	{"udp port 53", LEN, false, DRIVE_ACCEPT, DRIVE_ACCEPT},
	{"udp port 54", LEN, false, DRIVE_REJECT, DRIVE_REJECT},
	{"ether[500] = 0", LEN, false, DRIVE_ACCEPT, DRIVE_ACCEPT},
	{"ether[500] = 1", LEN, false, DRIVE_REJECT, DRIVE_REJECT},
	{"ether[600] = 0", LEN, false, DRIVE_REJECT, DRIVE_REJECT},
	/* the linear area is nowhere: of the first bytes, and of those beyond the window */
	{"udp port 53", LEN, true, DRIVE_FAULT, DRIVE_FAULT},
	{"ether[0] = 0", LEN, true, DRIVE_FAULT, DRIVE_FAULT},
	{"ether[500] = 0", LEN, true, DRIVE_FAULT, DRIVE_FAULT},
	{"not udp", LEN, true, DRIVE_FAULT, DRIVE_FAULT},
	/* pages are nowhere, beyond the window and in it; byte 300 is in neither */
	{"ether[500] = 0", 400, false, DRIVE_FAULT, DRIVE_UNDECIDABLE},
	{"not ether[500] = 1", 400, false, DRIVE_FAULT, DRIVE_UNDECIDABLE},
	{"ether[300] = 0", 400, false, DRIVE_ACCEPT, DRIVE_ACCEPT},
	{"ether[60] = 0", 50, false, DRIVE_FAULT, DRIVE_UNDECIDABLE},
	{"ether[ip[8]:4] = 0", 50, false, DRIVE_FAULT, DRIVE_UNDECIDABLE},
	{"udp port 54", 400, false, DRIVE_REJECT, DRIVE_REJECT},
};

static const char *const names[] = {
	[DRIVE_REJECT] = "reject",	 [DRIVE_ACCEPT] = "accept",
	[DRIVE_UNDECIDED] = "undecided", [DRIVE_UNDECIDABLE] = "undecidable",
	[DRIVE_FAULT] = "fault",	 [DRIVE_WRONG_RECORD] = "a wrong record",
};

/* UDP to port 53 in IPv4, TTL 64, then zeros. */
static void build_frame(uint8_t *frame)
{
	static const uint8_t start[] = {
		0, 0,  0,  0, 0, 0,  0, 0, 0, 0,  0, 0, 8, 0,  0x45, 0, 2,  74, 0,  1, 0,
		0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 20, 233,  0, 53, 2,	54, 0, 0,
	};

	memset(frame, 0, LEN);
	memcpy(frame, start, sizeof(start));
}

static int run_case(struct drive *drive, struct fake_skb *fake, size_t i, bool by_pages,
		    struct err *err)
{
	enum drive_verdict want = by_pages ? cases[i].by_pages : cases[i].otherwise, verdict;
	uint8_t frame[LEN];
	struct fake_skb_shape shape = {.bytes = frame,
				       .len = LEN,
				       .linear = cases[i].linear,
				       .has_no_head = cases[i].has_no_head};
	struct cbpf_prog prog;
	int rc = cbpf_compile(cases[i].expr, DLT_ETHERNET, &prog, err);

	if (rc)
		return rc;
	build_frame(frame);
	rc = drive_load(drive, 0, &prog, err);
	cbpf_free(&prog);
	if (!rc)
		rc = drive_run_fake(drive, 0, fake, &shape, &verdict, err);
	drive_unload(drive);
	if (!rc && verdict != want)
		rc = err_set(err, ERR_FAILED, "'%s' on %u of %u bytes%s: %s instead of %s",
			     cases[i].expr, cases[i].linear, LEN,
			     cases[i].has_no_head ? ", nowhere" : "", names[verdict], names[want]);
	return rc;
}

int main(int argc, char **argv)
{
	bool by_pages = argc == 2 && !strcmp(argv[1], "pages");
	struct fake_skb *fake;
	struct drive *drive;
	size_t n = 0, faults = 0;
	struct err err;

	if (!by_pages && (argc != 2 || strcmp(argv[1], "no-pages") != 0)) {
		fprintf(stderr, "usage: filter_fault pages|no-pages\n");
		return 2;
	}
	err_clear(&err);
	drive = drive_open("raw_tp:skb:kfree_skb", 1, &err);
	fake = drive ? fake_skb_new(&err) : NULL;
	for (; fake && n < UTIL_ARRAY_SIZE(cases); n++) {
		if (run_case(drive, fake, n, by_pages, &err))
			break;
		faults += (by_pages ? cases[n].by_pages : cases[n].otherwise) == DRIVE_FAULT;
	}
	if (n < UTIL_ARRAY_SIZE(cases))
		printf("FAIL %s\n", err.msg);
	printf("fault: %zu verdicts as they should be, %zu of them faults\n", n, faults);
	fake_skb_free(fake);
	drive_close(drive);
	return n < UTIL_ARRAY_SIZE(cases);
}
