/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line.c - lines of the decoder for tests.
 */
#include "line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

const struct decode_options line_plain;
const struct decode_options line_verbose = {.verbose = true};
const struct decode_options line_ether = {.ether = true};

static struct buf line;

static const char *decode(const struct frame *f, uint32_t cap_len, bool synth_eth,
			  const struct decode_options *options)
{
	uint8_t *copy = malloc(cap_len);

	memcpy(copy, f->bytes, cap_len);
	buf_reset(&line);
	decode_ethernet(&line, copy, cap_len, f->len, synth_eth, options);
	free(copy);
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] < ' ' || line.data[i] > '~')
			fail_msg("control character %#x at %zu", (uint8_t)line.data[i], i);
	return buf_str(&line);
}

const char *line_decode(const struct frame *f, uint32_t cap_len,
			const struct decode_options *options)
{
	return decode(f, cap_len, false, options);
}

const char *line_decode_synth(const struct frame *f, const struct decode_options *options)
{
	return decode(f, f->len, true, options);
}

const char *line_text(void)
{
	return buf_str(&line);
}

void line_expect(const struct frame *f, const struct decode_options *options, const char *want)
{
	assert_string_equal(line_decode(f, f->len, options), want);
}

void line_free(void)
{
	buf_fini(&line);
}
