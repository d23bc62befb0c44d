/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_link.c - the filter put against what the place of a probe says about all packets there.
 *
 * In local output above the neighbour layer there is no link header: the one that is made up has no
 * tag, IPv4 or IPv6, and addresses only as far as device and neighbour are known. Where all packets
 * go one way, "inbound" or "outbound" is answered beforehand. What cannot match by these facts is
 * said, certainly and in the user's words; IP, TCP and UDP match as ever. The places are in
 * plan_direction.c.
 */
#include "plan/plan_link.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "filter/cbpf_parts.h"
#include "filter/cbpf_reach.h"
#include "plan/plan_direction.h"
#include "plan/plan_resolve.h"

#define DLT_ETHERNET  1 /* DLT_EN10MB; <pcap.h> stays in filter/ */
#define ADDRESS_BYTES 12
#define PARTS_MAX     8
#define QUOTED_MAX    60	/* characters of a part that a note repeats */
#define OUTGOING      (1u << 4) /* of cbpf_known.pkt_types: PACKET_OUTGOING */

/* What is known at a place. */
enum fact {
	FACT_TYPE = 1,
	FACT_OUT = 2,
	FACT_IN = 4,
	FACTS_END = 8,
};

/* Few facts before many, to find which of them it is. */
static const struct reason {
	unsigned int facts;
	const char *why;
} reasons[] = {
	{0, "no packet can be like that"},
	{FACT_TYPE, "packets have no link header yet, and are IPv4 or IPv6 without a tag"},
	{FACT_OUT, "all packets go out"},
	{FACT_IN, "all packets come in"},
	{FACT_TYPE | FACT_OUT, "packets have no link header yet, and all go out"},
};

/* IPv4 and IPv6: ethertype, and the first half of the byte behind it. */
static const uint8_t types[][3] = {{0x08, 0x00, 0x40}, {0x86, 0xdd, 0x60}};

/* A program, and the answers that were found: many probes share their facts. */
struct question {
	const struct cbpf_prog *prog;
	bool answered[FACTS_END];
	const char *why[FACTS_END]; /* NULL: it can match */
};

struct part {
	struct cbpf_part words;
	struct cbpf_prog prog;
	struct question question;
};

/* The filter and its parts. */
struct link {
	struct question filter;
	struct part parts[PARTS_MAX];
	size_t n_parts;
	bool asks_addresses, asks_direction;
};

static unsigned int facts_of(const struct plan_probe *probe)
{
	unsigned int facts = 0;

	if (plan_direction_is_above_link(probe->name, probe->is_tracepoint))
		facts |= FACT_TYPE;
	if (probe->config.direction == XCAP_DIR_OUT)
		facts |= FACT_OUT;
	else if (probe->config.direction == XCAP_DIR_IN)
		facts |= FACT_IN;
	return facts;
}

static void set_known(struct cbpf_known *known, unsigned int facts, const uint8_t *type)
{
	memset(known, 0, sizeof(*known));
	if (facts & FACT_TYPE) {
		memcpy(known->value + ADDRESS_BYTES, type, 3);
		memcpy(known->mask + ADDRESS_BYTES, (const uint8_t[]){0xff, 0xff, 0xf0}, 3);
	}
	if (facts & FACT_OUT)
		known->pkt_types = OUTGOING;
	else if (facts & FACT_IN)
		known->pkt_types = (uint8_t)~OUTGOING;
}

static bool can_match(const struct cbpf_prog *prog, unsigned int facts)
{
	struct cbpf_known known;
	bool any = false;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(types) && !any; i++) {
		set_known(&known, facts, types[i]);
		any = cbpf_reach_accepts(prog, &known);
	}
	return any;
}

static const char *find_why(const struct cbpf_prog *prog, unsigned int facts)
{
	if (can_match(prog, facts))
		return NULL;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(reasons); i++)
		if ((facts & reasons[i].facts) == reasons[i].facts &&
		    !can_match(prog, reasons[i].facts))
			return reasons[i].why;
	return "no packet here is like that";
}

/* Why nothing can match where these facts hold; NULL if something can. */
static const char *why_not(struct question *question, unsigned int facts)
{
	if (!question->answered[facts]) {
		question->answered[facts] = true;
		question->why[facts] = find_why(question->prog, facts);
	}
	return question->why[facts];
}

bool plan_link_asks_addresses(const struct cbpf_prog *prog)
{
	/* loads at a place, BPF_LD | BPF_ABS, or X behind it, BPF_IND */
	for (uint32_t i = 0; i < prog->len; i++)
		if (((prog->insns[i].code & 0xe7) == 0x20 ||
		     (prog->insns[i].code & 0xe7) == 0x40) &&
		    prog->insns[i].k < ADDRESS_BYTES)
			return true;
	return false;
}

static void add_part(struct link *link, const struct cbpf_part *words)
{
	struct part *part = &link->parts[link->n_parts];
	char text[256];
	struct err err;

	if (words->len >= sizeof(text))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)words->len, words->text);
	part->words = *words;
	part->question.prog = &part->prog;
	if (!cbpf_compile(text, DLT_ETHERNET, &part->prog, &err))
		link->n_parts++;
}

static void init(struct link *link, const struct plan *plan)
{
	struct cbpf_part words[PARTS_MAX];
	size_t n = cbpf_parts_find(plan->filter_text, words, PARTS_MAX);

	*link = (struct link){.filter = {.prog = &plan->filter},
			      .asks_addresses = plan_link_asks_addresses(&plan->filter),
			      .asks_direction = cbpf_uses_direction(&plan->filter)};
	for (size_t i = 0; i < n; i++)
		add_part(link, &words[i]);
}

/* The parts that cannot match; false if there is none. */
static bool note_parts(struct link *link, unsigned int facts, struct plan_probe *probe)
{
	bool any = false;

	for (size_t i = 0; i < link->n_parts; i++) {
		const struct cbpf_part *words = &link->parts[i].words;
		const char *why = why_not(&link->parts[i].question, facts);
		bool cut = words->len > QUOTED_MAX;

		if (!why)
			continue;
		plan_resolve_note(probe, "'%.*s%s' cannot match here: %s",
				  cut ? QUOTED_MAX : (int)words->len, words->text, cut ? "..." : "",
				  why);
		any = true;
	}
	return any;
}

static void note_probe(struct link *link, struct plan_probe *probe)
{
	unsigned int facts = facts_of(probe);
	const char *why = why_not(&link->filter, facts);

	if (why)
		plan_resolve_note(probe, "the filter cannot match here: %s", why);
	else if (!note_parts(link, facts, probe) && link->asks_addresses && facts & FACT_TYPE)
		plan_resolve_note(
			probe, "packets have no link header here yet: Ethernet addresses are "
			       "those of device and neighbour where these are known, else zeros");
	if (link->asks_direction && probe->config.direction == XCAP_DIR_UNKNOWN)
		plan_resolve_note(probe, "the place does not tell the direction: inbound and "
					 "outbound go by each packet");
}

void plan_link_note(struct plan *plan)
{
	struct link link;

	if (!plan->filter.len)
		return;
	init(&link, plan);
	for (uint32_t i = 0; i < plan->n_probes; i++)
		note_probe(&link, &plan->probes[i]);
	for (size_t i = 0; i < link.n_parts; i++)
		cbpf_free(&link.parts[i].prog);
}
