/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_ip.c - IPv4 (RFC 791) and IPv6 (RFC 8200) in the words of tcpdump.
 *
 * Packets are seen inside the kernel, where lengths may be still, or no longer, those of the wire:
 * a total length of zero is a packet larger than the field can say (GSO, BIG TCP), and the bytes
 * that are there count.
 */
#include "decode/decode_ip.h"

#include <netinet/in.h>

#include "decode/decode_text.h"
#include "decode/decode_transport.h"

#define IP4_HEADER   20
#define IP6_HEADER   40
#define IP4_MORE     0x2000
#define IP4_OFFSET   0x1fff
#define FRAGMENT_END 8
#define ROUTING_MIN  4
#define AH_MIN	     12

static const struct decode_name ip4_flags[] = {
	{0x2000, "+"}, {0x4000, "DF"}, {0x8000, "rsvd"}, {0, NULL}};

/* One fragment of a datagram. */
struct fragment {
	uint32_t id, offset, length;
	bool more;
};

void decode_ip_address(const struct decode_packet *p, const uint8_t *addr)
{
	if (p->version == 6)
		decode_text_ip6(p->out, addr);
	else
		decode_text_ip4(p->out, addr);
}

void decode_ip_addresses(struct decode_packet *p)
{
	if (p->addressed)
		return;
	p->addressed = true;
	decode_ip_address(p, p->src);
	buf_add(p->out, " > ", 3);
	decode_ip_address(p, p->dst);
	buf_add(p->out, ": ", 2);
}

bool decode_ip_endpoints(struct decode_packet *p, const struct decode_cursor *c)
{
	if (!decode_cursor_has(c, 4)) {
		decode_ip_addresses(p);
		return false;
	}
	if (!p->addressed) {
		decode_ip_address(p, p->src);
		buf_add_char(p->out, '.');
	}
	decode_text_u64(p->out, decode_cursor_u16(c, 0));
	buf_add(p->out, " > ", 3);
	if (!p->addressed) {
		decode_ip_address(p, p->dst);
		buf_add_char(p->out, '.');
	}
	decode_text_u64(p->out, decode_cursor_u16(c, 2));
	buf_add(p->out, ": ", 2);
	p->addressed = true;
	return true;
}

/* The payload of an IP packet that is, or may be, a fragment: only the first has a header. */
static void print_payload(struct decode_packet *p, struct decode_cursor c, uint8_t protocol,
			  const struct fragment *f)
{
	bool fragmented = f->offset || f->more;

	if (f->offset) {
		const char *name = decode_transport_name(protocol);

		decode_ip_addresses(p);
		if (name)
			buf_add_str(p->out, name);
		else
			buf_add_fmt(p->out, "ip-proto-%u", protocol);
	} else {
		p->fragment = fragmented;
		decode_transport_print(p, c, protocol);
	}
	if (fragmented)
		buf_add_fmt(p->out, ", frag %u:%u@%u%s", f->id, f->length, f->offset,
			    f->more ? "+" : "");
}

static void print_ip4_details(struct buf *out, const struct decode_cursor *c, uint32_t header)
{
	static const char *const ecn[] = {"", ",ECT(1)", ",ECT(0)", ",CE"};
	uint16_t frag = decode_cursor_u16(c, 6);
	uint8_t tos = decode_cursor_u8(c, 1), protocol = decode_cursor_u8(c, 9);
	const char *name = decode_transport_name(protocol);

	buf_add_fmt(out, "(tos 0x%x%s, ttl %u, id %u, offset %u, flags [", tos, ecn[tos & 3],
		    decode_cursor_u8(c, 8), decode_cursor_u16(c, 4), (frag & IP4_OFFSET) * 8);
	decode_text_bits(out, ip4_flags, frag, ", ");
	buf_add_fmt(out, "], proto %s (%u), length %u", name ? name : "unknown", protocol,
		    decode_cursor_u16(c, 2));
	if (header > IP4_HEADER)
		buf_add_fmt(out, ", options (%u bytes)", header - IP4_HEADER);
	buf_add_str(out, ") ");
}

static void print_ip4(struct decode_packet *p, struct decode_cursor c)
{
	uint32_t header = (decode_cursor_u8(&c, 0) & 15) * 4, total = decode_cursor_u16(&c, 2);
	uint16_t frag = decode_cursor_u16(&c, 6);
	struct fragment f = {.id = decode_cursor_u16(&c, 4),
			     .offset = (frag & IP4_OFFSET) * 8,
			     .more = frag & IP4_MORE};
	uint8_t protocol = decode_cursor_u8(&c, 9);

	if (header < IP4_HEADER) {
		buf_add_fmt(p->out, "bad-hlen %u", header);
		decode_text_length(p->out, c.wire);
		return;
	}
	if (total && total < header) {
		buf_add_fmt(p->out, "bad-len %u", total);
		decode_text_length(p->out, c.wire);
		return;
	}
	if (total > c.wire)
		buf_add_fmt(p->out, "truncated-ip - %u bytes missing! ", total - c.wire);
	if (p->options->verbose)
		print_ip4_details(p->out, &c, header);
	p->src = c.at + 12;
	p->dst = c.at + 16;
	if (total)
		decode_cursor_declare(&c, total);
	if (!decode_cursor_has(&c, header)) {
		decode_ip_addresses(p);
		decode_text_truncated(p->out, "ip");
		return;
	}
	decode_cursor_skip(&c, header);
	f.length = c.wire;
	print_payload(p, c, protocol, &f);
}

/* One extension header: prints its name, steps over it. False: the packet ends inside it. */
static bool print_extension(struct decode_packet *p, struct decode_cursor *c, uint8_t protocol)
{
	uint32_t size = (decode_cursor_u8(c, 1) + 1u) * 8;

	decode_ip_addresses(p);
	if (protocol == IPPROTO_ROUTING && decode_cursor_has(c, ROUTING_MIN))
		buf_add_fmt(p->out, "RT6 (len=%u, type=%u, segleft=%u) ", decode_cursor_u8(c, 1),
			    decode_cursor_u8(c, 2), decode_cursor_u8(c, 3));
	else
		buf_add_str(p->out, protocol == IPPROTO_HOPOPTS	  ? "HBH "
				    : protocol == IPPROTO_DSTOPTS ? "DSTOPT "
								  : "RT6 ");
	if (!decode_cursor_has(c, size))
		return false;
	decode_cursor_skip(c, size);
	return true;
}

/* Walk the chain of headers up to the first that is no extension. False: cut off, said. */
static bool walk_extensions(struct decode_packet *p, struct decode_cursor *c, uint8_t *protocol,
			    struct fragment *f)
{
	for (;;) {
		uint8_t next = decode_cursor_u8(c, 0);
		uint16_t offset;

		switch (*protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_DSTOPTS:
		case IPPROTO_ROUTING:
			if (!print_extension(p, c, *protocol)) {
				decode_text_truncated(p->out, "ip6");
				return false;
			}
			break;
		case IPPROTO_FRAGMENT:
			if (!decode_cursor_has(c, FRAGMENT_END)) {
				decode_ip_addresses(p);
				buf_add_str(p->out, "frag ");
				decode_text_truncated(p->out, "ip6");
				return false;
			}
			offset = decode_cursor_u16(c, 2);
			f->id = decode_cursor_u32(c, 4);
			f->offset = offset & ~7u;
			f->more = offset & 1;
			decode_cursor_skip(c, FRAGMENT_END);
			f->length = c->wire;
			break;
		default:
			return true;
		}
		*protocol = next;
		if (f->offset)
			return true;
	}
}

static void print_ip6_details(struct buf *out, const struct decode_cursor *c)
{
	uint32_t word = decode_cursor_u32(c, 0);
	uint8_t protocol = decode_cursor_u8(c, 6), class = word >> 20;
	const char *name = decode_transport_name(protocol);

	buf_add_char(out, '(');
	if (class)
		buf_add_fmt(out, "class 0x%02x, ", class);
	if (word & 0xfffff)
		buf_add_fmt(out, "flowlabel 0x%05x, ", word & 0xfffff);
	buf_add_fmt(out, "hlim %u, next-header %s (%u) payload length: %u) ",
		    decode_cursor_u8(c, 7), name ? name : "unknown", protocol,
		    decode_cursor_u16(c, 4));
}

static void print_ip6(struct decode_packet *p, struct decode_cursor c)
{
	uint32_t payload = decode_cursor_u16(&c, 4);
	uint8_t protocol = decode_cursor_u8(&c, 6);
	struct fragment f = {0};

	if (IP6_HEADER + payload > c.wire)
		buf_add_fmt(p->out, "truncated-ip6 - %u bytes missing! ",
			    IP6_HEADER + payload - c.wire);
	if (p->options->verbose)
		print_ip6_details(p->out, &c);
	p->src = c.at + 8;
	p->dst = c.at + 24;
	/* Zero is a jumbogram or GSO: all bytes that are there. */
	if (payload)
		decode_cursor_declare(&c, IP6_HEADER + payload);
	decode_cursor_skip(&c, IP6_HEADER);
	if (walk_extensions(p, &c, &protocol, &f))
		print_payload(p, c, protocol, &f);
}

void decode_ip_print(struct buf *out, struct decode_cursor c, uint8_t version,
		     const struct decode_options *options, unsigned int depth)
{
	struct decode_packet p = {
		.out = out, .options = options, .version = version, .depth = depth};
	uint8_t found = decode_cursor_u8(&c, 0) >> 4;

	if (!options->ether || depth)
		buf_add_str(out, version == 6 ? "IP6 " : "IP ");
	if (decode_cursor_has(&c, 1) && found != version) {
		buf_add_fmt(out, "bad version %u", found);
		decode_text_length(out, c.wire);
	} else if (!decode_cursor_has(&c, version == 6 ? IP6_HEADER : IP4_HEADER)) {
		decode_text_truncated(out, version == 6 ? "ip6" : "ip");
	} else if (version == 6) {
		print_ip6(&p, c);
	} else {
		print_ip4(&p, c);
	}
}
