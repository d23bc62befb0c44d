/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line.h - the decoder's line for a frame, checked for what no line may have.
 */
#ifndef LINE_H
#define LINE_H

#include "decode/decode.h"
#include "frame.h"

extern const struct decode_options line_plain, line_verbose, line_ether;

/*
 * Decode the first cap_len bytes of the frame, from memory of just that size. Fails the test on a
 * control character. The string lives until the next call.
 */
const char *line_decode(const struct frame *f, uint32_t cap_len,
			const struct decode_options *options);
/* The whole frame, with a link header that is said to be made up. */
const char *line_decode_synth(const struct frame *f, const struct decode_options *options);
/* The last line again. */
const char *line_text(void);

/* Assert that the whole frame gives this line. */
void line_expect(const struct frame *f, const struct decode_options *options, const char *want);

void line_free(void);

#endif
