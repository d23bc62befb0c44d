/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * changes.c - the fields of a packet beside those that it had at the hop before.
 *
 * What is inside tunnels is compared with what is inside, counted from the innermost packet;
 * tunnels that were put around it, or taken off, are said. The last known link header, tags and
 * network headers are kept apart, because not every hop has all of them.
 */
#include "flow/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "decode/decode_fields.h"
#include "decode/decode_text.h"

#define LEVELS_MAX   4
#define ETHER_HEADER 14

/* A packet as one hop has it: levels[0] is the outermost. */
struct view {
	struct decode_fields levels[LEVELS_MAX];
	uint32_t n;
	uint8_t rebuilt; /* enum xcap_rebuilt, of the outermost */
};

struct changes {
	struct buf text;	   /* all hops' words, each with its NUL */
	size_t *starts;		   /* where those of a hop begin */
	uint32_t n, room;	   /* hops, and room for them */
	bool failed;		   /* no memory: no words */
	bool has_ip;		   /* ip is what was known last */
	bool has_link;		   /* link is */
	bool has_mark;		   /* mark is */
	struct view ip;		   /* with network headers */
	struct decode_fields link; /* with a link header of its own */
	uint32_t mark;
	struct view now;
};

struct changes *changes_new(void)
{
	struct changes *changes = calloc(1, sizeof(*changes));

	if (changes)
		buf_init(&changes->text);
	return changes;
}

void changes_free(struct changes *changes)
{
	if (!changes)
		return;
	buf_fini(&changes->text);
	free(changes->starts);
	free(changes);
}

void changes_begin(struct changes *changes)
{
	buf_reset(&changes->text);
	changes->n = 0;
	changes->failed = false;
	changes->has_ip = changes->has_link = changes->has_mark = false;
}

/* The separator, if there is something before; the words of this hop start at `start`. */
static struct buf *item(struct changes *changes)
{
	struct buf *text = &changes->text;

	if (text->len > changes->starts[changes->n])
		buf_add_str(text, "; ");
	return text;
}

static void look(struct view *view, const struct record *record)
{
	decode_fields_ethernet(&view->levels[0], record->packet, record->cap_len, record->len,
			       record->flags & XCAP_EV_SYNTH_ETH);
	view->n = 1;
	while (view->n < LEVELS_MAX &&
	       decode_fields_inner(&view->levels[view->n], &view->levels[view->n - 1],
				   record->packet))
		view->n++;
	view->rebuilt = record->rebuilt;
}

static void say_tunnel(struct changes *changes, char sign, const struct decode_fields *f)
{
	struct buf *text = item(changes);

	buf_add_fmt(text, "%c%s", sign, decode_fields_tunnel_name(f->tunnel));
	if (f->present & DECODE_HAS_TUNNEL_ID)
		buf_add_fmt(text, " %u", f->tunnel_id);
	buf_add_char(text, ' ');
	decode_fields_address(text, f, f->src);
	buf_add_str(text, " > ");
	decode_fields_address(text, f, f->dst);
}

/* The levels of both that are the same packet: the innermost ones. */
static void say_tunnels(struct changes *changes, const struct view *was, const struct view *is)
{
	for (uint32_t i = 0; i + is->n < was->n; i++)
		say_tunnel(changes, '-', &was->levels[i]);
	for (uint32_t i = 0; i + was->n < is->n; i++)
		say_tunnel(changes, '+', &is->levels[i]);
}

static void add_end(struct buf *text, const struct decode_fields *f, const uint8_t *addr,
		    uint16_t port)
{
	decode_fields_address(text, f, addr);
	if (f->present & DECODE_HAS_PORTS)
		buf_add_fmt(text, ".%u", port);
}

/* One end of it: an address with its port, where there is one. */
static void say_end(struct changes *changes, const char *name, const struct decode_fields *was,
		    const uint8_t *was_addr, uint16_t was_port, const struct decode_fields *is,
		    const uint8_t *is_addr, uint16_t is_port)
{
	bool ports = was->present & is->present & DECODE_HAS_PORTS;
	struct buf *text;

	if (was->version == is->version && memcmp(was_addr, is_addr, 16) == 0 &&
	    (!ports || was_port == is_port))
		return;
	text = item(changes);
	buf_add_fmt(text, "%s ", name);
	add_end(text, was, was_addr, was_port);
	buf_add_str(text, " -> ");
	add_end(text, is, is_addr, is_port);
}

static void say_number(struct changes *changes, const char *name, uint32_t was, uint32_t is)
{
	if (was != is)
		buf_add_fmt(item(changes), "%s %u -> %u", name, was, is);
}

static void say_hex(struct changes *changes, const char *name, uint32_t was, uint32_t is)
{
	if (was != is)
		buf_add_fmt(item(changes), "%s 0x%x -> 0x%x", name, was, is);
}

/* The innermost packets of both. */
static void say_ip(struct changes *changes, const struct view *was_view, const struct view *is_view)
{
	const struct decode_fields *was = &was_view->levels[was_view->n - 1];
	const struct decode_fields *is = &is_view->levels[is_view->n - 1];
	uint8_t rebuilt = (was_view->n == 1 ? was_view->rebuilt : 0) |
			  (is_view->n == 1 ? is_view->rebuilt : 0);

	if (!(was->present & is->present & DECODE_HAS_IP))
		return;
	say_end(changes, "src", was, was->src, was->sport, is, is->src, is->sport);
	say_end(changes, "dst", was, was->dst, was->dport, is, is->dst, is->dport);
	/* what xcap made from the sock is not yet what the kernel will write */
	if (!(rebuilt & XCAP_REBUILT_IP)) {
		say_number(changes, "ttl", was->ttl, is->ttl);
		say_hex(changes, "tos", was->tos, is->tos);
	}
	if (was->version == is->version)
		say_number(changes, "len", was->ip_len + ETHER_HEADER, is->ip_len + ETHER_HEADER);
}

static void say_mac(struct changes *changes, const char *name, const uint8_t *was,
		    const uint8_t *is)
{
	struct buf *text;

	if (memcmp(was, is, 6) == 0)
		return;
	text = item(changes);
	buf_add_fmt(text, "%s mac ", name);
	decode_text_mac(text, was);
	buf_add_str(text, " -> ");
	decode_text_mac(text, is);
}

static uint16_t vlan_id(const struct decode_fields *f, uint32_t i)
{
	return f->vlans[i].tci & 0xfff;
}

/* Tags are put on and taken off at the front. */
static void say_vlans(struct changes *changes, const struct decode_fields *was,
		      const struct decode_fields *is)
{
	uint32_t n_was = UTIL_MIN(was->n_vlans, DECODE_FIELDS_VLANS);
	uint32_t n_is = UTIL_MIN(is->n_vlans, DECODE_FIELDS_VLANS);

	for (uint32_t i = 0; i + n_is < n_was; i++)
		buf_add_fmt(item(changes), "-vlan %u", vlan_id(was, i));
	for (uint32_t i = 0; i + n_was < n_is; i++)
		buf_add_fmt(item(changes), "+vlan %u", vlan_id(is, i));
	for (uint32_t i = 1; i <= n_was && i <= n_is; i++)
		say_number(changes, "vlan", vlan_id(was, n_was - i), vlan_id(is, n_is - i));
}

static void say_link(struct changes *changes, const struct decode_fields *was,
		     const struct decode_fields *is)
{
	say_vlans(changes, was, is);
	say_mac(changes, "src", was->eth_src, is->eth_src);
	say_mac(changes, "dst", was->eth_dst, is->eth_dst);
}

/* Compare with what is known, and take it over. */
static void compare(struct changes *changes, const struct record *record)
{
	struct view *now = &changes->now;
	bool same_depth = true;

	if (!(record->flags & XCAP_EV_NO_PACKET)) {
		look(now, record);
		if (now->levels[0].present & DECODE_HAS_IP) {
			if (changes->has_ip) {
				same_depth = changes->ip.n == now->n;
				say_tunnels(changes, &changes->ip, now);
				say_ip(changes, &changes->ip, now);
			}
			changes->ip = *now;
			changes->has_ip = true;
		}
		if (now->levels[0].present & DECODE_HAS_ETHER) {
			/* the link header of a tunnel's packet is another one, not a changed one */
			if (changes->has_link && same_depth)
				say_link(changes, &changes->link, &now->levels[0]);
			changes->link = now->levels[0];
			changes->has_link = true;
		}
	}
	if (changes->has_mark)
		say_hex(changes, "mark", changes->mark, record->mark);
	changes->mark = record->mark;
	changes->has_mark = true;
}

void changes_add(struct changes *changes, const struct record *record)
{
	if (changes->n == changes->room) {
		uint32_t room = changes->room ? 2 * changes->room : 16;
		size_t *starts = realloc(changes->starts, room * sizeof(*starts));

		if (!starts) {
			changes->failed = true;
			return;
		}
		changes->starts = starts;
		changes->room = room;
	}
	changes->starts[changes->n] = changes->text.len;
	compare(changes, record);
	buf_add_char(&changes->text, '\0');
	changes->n++;
}

const char *changes_text(struct changes *changes, uint32_t i)
{
	if (changes->failed || buf_failed(&changes->text) || i >= changes->n)
		return "";
	return changes->text.data + changes->starts[i];
}
