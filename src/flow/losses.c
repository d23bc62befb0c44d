/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * losses.c - spans of time in which events were lost, in a ring; see the header.
 */
#include "flow/losses.h"

#include <string.h>

#include "base/util.h"

void losses_init(struct losses *losses, uint64_t now_ns, uint64_t lost)
{
	memset(losses, 0, sizeof(*losses));
	losses->looked_ns = now_ns;
	losses->lost = lost;
}

static void add_span(struct losses *losses, uint64_t from_ns, uint64_t to_ns, uint64_t n)
{
	if (losses->n_spans && losses->spans[losses->last].to_ns >= from_ns) {
		losses->spans[losses->last].to_ns =
			UTIL_MAX(losses->spans[losses->last].to_ns, to_ns);
		losses->spans[losses->last].n += n;
		return;
	}
	if (losses->n_spans)
		losses->last = (losses->last + 1) % LOSSES_SPANS;
	if (losses->n_spans == LOSSES_SPANS)
		losses->known_from_ns = losses->spans[losses->last].to_ns;
	else
		losses->n_spans++;
	losses->spans[losses->last].from_ns = from_ns;
	losses->spans[losses->last].to_ns = to_ns;
	losses->spans[losses->last].n = n;
}

void losses_note(struct losses *losses, uint64_t before_ns, uint64_t after_ns, uint64_t lost)
{
	/* a wall clock that was set back: the span has to hold the events' time, be it wide */
	uint64_t from_ns = UTIL_MIN(losses->looked_ns, before_ns);
	uint64_t to_ns = UTIL_MAX(losses->looked_ns, after_ns);

	if (lost > losses->lost)
		add_span(losses, from_ns, to_ns, lost - losses->lost);
	losses->looked_ns = before_ns;
	losses->lost = lost;
}

uint64_t losses_between(const struct losses *losses, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t n = losses->known_from_ns && from_ns <= losses->known_from_ns;
	uint32_t at = losses->last;

	for (uint32_t i = 0; i < losses->n_spans; i++) {
		if (losses->spans[at].to_ns < from_ns)
			break;
		if (losses->spans[at].from_ns <= to_ns)
			n += losses->spans[at].n;
		at = (at + LOSSES_SPANS - 1) % LOSSES_SPANS;
	}
	return n;
}
