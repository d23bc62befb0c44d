/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_data.h - expressions and packets that the tests of the packet filter share.
 *
 * Built in code, so that the tests need no file; filter_data_read_shared() adds public captures and
 * expressions where they are at hand.
 */
#ifndef UNIT_FILTER_DATA_H
#define UNIT_FILTER_DATA_H

#include <stddef.h>
#include <stdint.h>

struct filter_packet {
	uint8_t *bytes; /* cap_len of them, allocated to that length so that ASan sees more */
	uint32_t wire_len, cap_len;
};

struct filter_data {
	struct filter_packet *packets;
	char **exprs;
	size_t n_packets, n_exprs;
};

/* Both add to what is there; a failed allocation ends the test program. */
void filter_data_add_builtin(struct filter_data *data);
/* Packets of 1,000 to 3,000 bytes, and expressions that look far into them. */
void filter_data_add_long(struct filter_data *data);
/*
 * From $XCAP_SHARED_DATA, else ../shared/data. Returns the number of captures read, or -1 and a
 * "skip:" line when the folder is not there.
 */
int filter_data_read_shared(struct filter_data *data);
void filter_data_fini(struct filter_data *data);

/* "host 10.0.0.1 or host 10.0.0.2 ...", n of them; the caller frees. */
char *filter_data_hosts(unsigned int n);

#endif
