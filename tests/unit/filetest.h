/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filetest.h - what the tests of the file sinks, pipeline and statistics share.
 *
 * A temporary folder per test, records to write, other programs to read with, and a strict walker
 * over pcapng blocks that fails the test on any length that is not as the format says.
 */
#ifndef FILETEST_H
#define FILETEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/capture.h"
#include "record/record.h"
#include "sink/sink.h"

/* setup and teardown of cmocka: the folder is *state; everything in it is removed. */
int filetest_setup(void **state);
int filetest_teardown(void **state);

/* folder/name; the caller frees. */
char *filetest_path(void **state, const char *name);

/*
 * Run argv (NULL-terminated) and return its exit status; what it said is in *out and *err, which
 * the caller frees. tshark's remark that it runs as root is taken out of *err.
 */
int filetest_run(void **state, const char *const *argv, char **out, char **err);

/* Skips the test, saying so, if the program is not installed. */
void filetest_need(const char *program);

/*
 * Ethernet, IPv4 10.0.0.1 > 10.0.0.2, UDP 40112 > 9000, `len` bytes (42..65535). Static:
 * a frame lives until the next one on the same side of 1500 bytes.
 */
const uint8_t *filetest_frame(uint32_t len);

/* Three probes: ip_rcv@1, tracepoint:net:netif_receive_skb, tracepoint:skb:kfree_skb. */
extern const struct capture_info filetest_info;
#define FILETEST_TS 1700000000123456789ull

/* A record of probe 0 on eth0, inbound, softirq, a frame of 60 bytes, at FILETEST_TS. */
struct record filetest_record(void);

/* Open, or fail the test. */
struct sink *filetest_open(const struct sink_ops *ops, const char *path, bool unbuffered,
			   const struct capture_info *info);

/* Standard output goes to `fd` until filetest_stdout_end(); cmocka prints there too. */
int filetest_stdout_begin(int fd);
void filetest_stdout_end(int saved);

/* Write end of a pipe that nobody reads; SIGPIPE is ignored from then on. */
int filetest_broken_pipe(void);

/* One pcapng block: type and body, which ends before the second length. */
struct filetest_block {
	uint32_t type;
	const uint8_t *body;
	size_t len;
};

/* Block number i of a whole file; false behind the last. */
bool filetest_block(const char *data, size_t len, unsigned int i, struct filetest_block *block);

/* The nth option `code` of a block; NULL if there is none. */
const uint8_t *filetest_option(const struct filetest_block *block, uint16_t code, unsigned int nth,
			       size_t *len);

/* The same as a string that the caller frees; "" if there is none. */
char *filetest_option_str(const struct filetest_block *block, uint16_t code, unsigned int nth);
uint64_t filetest_option_u64(const struct filetest_block *block, uint16_t code);

#endif
