/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_icmp.c - ICMP for IPv4 (RFC 792, 1191, 1812).
 *
 * Errors carry the head of the packet that caused them; its destination is what they are about.
 */
#include "decode/decode_icmp.h"

#include <netinet/in.h>

#include "base/util.h"
#include "decode/decode_text.h"

#define ICMP_HEADER 8
#define INNER_DST   (ICMP_HEADER + 16)
#define INNER_END   (ICMP_HEADER + 20)

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_REDIRECTION = 5,
	ICMP_ECHO_REQUEST = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER = 12,
	ICMP_TIMESTAMP_QUERY = 13,
	ICMP_TIMESTAMP_ANSWER = 14,
	ICMP_MASK_ANSWER = 18,
};

static const struct decode_name type_names[] = {
	{4, "source quench"},	      {6, "alternate host address"},
	{9, "router advertisement"},  {10, "router solicitation"},
	{15, "information request"},  {16, "information reply"},
	{17, "address mask request"}, {42, "extended echo request"},
	{43, "extended echo reply"},  {0, NULL},
};

/* Unreachable codes: the words before and behind the destination of the inner packet. */
static const struct {
	const char *before, *behind;
} unreachable[] = {
	[0] = {"net ", " unreachable"},
	[1] = {"host ", " unreachable"},
	[5] = {"", " unreachable - source route failed"},
	[6] = {"net ", " unreachable - unknown"},
	[7] = {"host ", " unreachable - unknown"},
	[8] = {"", " unreachable - source host isolated"},
	[9] = {"net ", " unreachable - admin prohibited"},
	[10] = {"host ", " unreachable - admin prohibited"},
	[11] = {"net ", " unreachable - tos prohibited"},
	[12] = {"host ", " unreachable - tos prohibited"},
	[13] = {"host ", " unreachable - admin prohibited filter"},
	[14] = {"host ", " unreachable - host precedence violation"},
	[15] = {"host ", " unreachable - precedence cutoff"},
};

/* "10.0.0.2 udp port 53 unreachable": the inner packet's ports stand behind its IP header. */
static bool print_port_unreachable(struct buf *out, const struct decode_cursor *c)
{
	uint8_t protocol = decode_cursor_u8(c, ICMP_HEADER + 9);
	uint32_t ports = ICMP_HEADER + (decode_cursor_u8(c, ICMP_HEADER) & 15) * 4;

	if (!decode_cursor_has(c, ports + 4))
		return false;
	decode_text_ip4(out, c->at + INNER_DST);
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		buf_add_str(out, protocol == IPPROTO_TCP ? " tcp" : " udp");
	else
		buf_add_fmt(out, " protocol %u", protocol);
	buf_add_fmt(out, " port %u unreachable", decode_cursor_u16(c, ports + 2));
	return true;
}

static bool print_unreachable(struct buf *out, const struct decode_cursor *c, uint8_t code)
{
	uint16_t mtu = decode_cursor_u16(c, 6);

	if (!decode_cursor_has(c, INNER_END))
		return false;
	if (code == 3)
		return print_port_unreachable(out, c);
	if (code < UTIL_ARRAY_SIZE(unreachable) && unreachable[code].before)
		buf_add_str(out, unreachable[code].before);
	decode_text_ip4(out, c->at + INNER_DST);
	if (code == 2)
		buf_add_fmt(out, " protocol %u unreachable", decode_cursor_u8(c, ICMP_HEADER + 9));
	else if (code == 4 && mtu)
		buf_add_fmt(out, " unreachable - need to frag (mtu %u)", mtu);
	else if (code == 4)
		buf_add_str(out, " unreachable - need to frag");
	else if (code < UTIL_ARRAY_SIZE(unreachable))
		buf_add_str(out, unreachable[code].behind);
	else
		buf_add_fmt(out, " unreachable - #%u", code);
	return true;
}

static bool print_redirect(struct buf *out, const struct decode_cursor *c, uint8_t code)
{
	static const char *const kinds[] = {"redirect ", "redirect ", "redirect-tos ",
					    "redirect-tos "};

	if (!decode_cursor_has(c, INNER_END))
		return false;
	if (code < 4)
		buf_add_str(out, kinds[code]);
	else
		buf_add_fmt(out, "redirect-#%u ", code);
	decode_text_ip4(out, c->at + INNER_DST);
	buf_add_str(out, code == 1 || code == 3 ? " to host " : " to net ");
	decode_text_ip4(out, c->at + 4);
	return true;
}

static bool print_timestamp(struct buf *out, const struct decode_cursor *c, bool answer)
{
	if (!decode_cursor_has(c, answer ? 20 : ICMP_HEADER))
		return false;
	buf_add_fmt(out, "time stamp %s id %u seq %u", answer ? "reply" : "query",
		    decode_cursor_u16(c, 4), decode_cursor_u16(c, 6));
	if (answer)
		buf_add_fmt(out, " : org 0x%x, recv 0x%x, xmit 0x%x", decode_cursor_u32(c, 8),
			    decode_cursor_u32(c, 12), decode_cursor_u32(c, 16));
	return true;
}

static bool print_echo(struct buf *out, const struct decode_cursor *c, bool request)
{
	if (!decode_cursor_has(c, ICMP_HEADER))
		return false;
	buf_add_str(out, request ? "echo request, id " : "echo reply, id ");
	decode_text_u64(out, decode_cursor_u16(c, 4));
	buf_add_str(out, ", seq ");
	decode_text_u64(out, decode_cursor_u16(c, 6));
	return true;
}

/* What the message says; false: cut off. */
static bool print_message(struct buf *out, const struct decode_cursor *c, uint8_t type,
			  uint8_t code)
{
	const char *name;

	switch (type) {
	case ICMP_ECHO_REQUEST:
	case ICMP_ECHO_REPLY:
		return print_echo(out, c, type == ICMP_ECHO_REQUEST);
	case ICMP_UNREACHABLE:
		return print_unreachable(out, c, code);
	case ICMP_REDIRECTION:
		return print_redirect(out, c, code);
	case ICMP_TIME_EXCEEDED:
		if (code > 1)
			buf_add_fmt(out, "time exceeded-#%u", code);
		else
			buf_add_str(out, code ? "ip reassembly time exceeded"
					      : "time exceeded in-transit");
		return true;
	case ICMP_PARAMETER:
		if (!decode_cursor_has(c, 5))
			return false;
		if (code)
			buf_add_fmt(out, "parameter problem - code %u", code);
		else
			buf_add_fmt(out, "parameter problem - octet %u", decode_cursor_u8(c, 4));
		return true;
	case ICMP_TIMESTAMP_QUERY:
	case ICMP_TIMESTAMP_ANSWER:
		return print_timestamp(out, c, type == ICMP_TIMESTAMP_ANSWER);
	case ICMP_MASK_ANSWER:
		if (!decode_cursor_has(c, 12))
			return false;
		buf_add_fmt(out, "address mask is 0x%08x", decode_cursor_u32(c, 8));
		return true;
	}
	name = decode_text_name(type_names, type);
	if (name)
		buf_add_str(out, name);
	else
		buf_add_fmt(out, "type-#%u", type);
	return true;
}

void decode_icmp_print(struct decode_packet *p, struct decode_cursor c)
{
	buf_add_str(p->out, "ICMP ");
	if (!decode_cursor_has(&c, 2) ||
	    !print_message(p->out, &c, decode_cursor_u8(&c, 0), decode_cursor_u8(&c, 1)))
		decode_text_truncated(p->out, "icmp");
	else
		decode_text_length(p->out, c.wire);
}
