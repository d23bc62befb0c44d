/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drops.c - the drops that are none, and what is counted of them.
 *
 * The table of benign ones is measured: healthy exchanges of TCP, UDP, ICMP, ARP and neighbour
 * discovery, tcpdump beside them, must show nothing (tests/net/drop_healthy.sh). man/xcap.8 has the
 * table in words.
 */
#include "flow/drops.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_cursor.h"
#include "flow/drops_advice.h"
#include "flow/nfpath.h"

#define VLAN_TAGS_MAX 4
#define ETHERTYPE_AT  12
#define TCP_SYN	      0x02
#define ICMP_REPLY    0
#define ICMP6_REPLY   129

/* What must be true of the packet, beside reason and place. */
enum condition {
	ANY,
	TO_GROUP,     /* sent to a group or to all */
	TO_OTHER,     /* to another link address than ours */
	IS_EMPTY_TCP, /* a TCP segment without data */
	IS_BARE_TCP,  /* and without SYN */
	IS_ECHO_REPLY,
};

/* Reasons of a row, beside names. */
#define EACH  NULL /* whatever it is */
#define NONE  ""   /* the kernel gives none: before 5.17 */
#define VAGUE "-"  /* NOT_SPECIFIED, NO_SOCKET, or none: kernels before 5.17 */

struct benign {
	const char *reason, *function; /* NULL: any */
	enum condition condition;
	const char *why;
};

#define SERVED	 "packets that have served"
#define OTHERS	 "frames to another host's address"
#define REPLIES	 "echo replies without a ping socket"
#define TIMEWAIT "segments that a connection in TIME_WAIT took"
#define ICMP6	 "ICMPv6 that has served"
#define AGAIN	 "TCP data that had come before"
#define EMPTY	 "ends of connections nobody read any more"
#define COPIES	 "copies for a packet socket that was closed"
#define GROUPS	 "to a group or to all, and nobody here listens"
#define NO_IP	 "no IP or ARP packet"

static const struct benign benign[] = {
	{"CONSUMED", NULL, ANY, SERVED},
	{"NOT_DROPPED_YET", NULL, ANY, SERVED},
	{"OTHERHOST", NULL, ANY, OTHERS},
	{VAGUE, "ip_rcv", TO_OTHER, OTHERS},
	{VAGUE, "ip_rcv_core", TO_OTHER, OTHERS},
	{VAGUE, "ipv6_rcv", TO_OTHER, OTHERS},
	{VAGUE, "ip6_rcv_core", TO_OTHER, OTHERS},
	{EACH, "ping_rcv", ANY, REPLIES},
	{VAGUE, "icmp_rcv", IS_ECHO_REPLY, REPLIES},
	{"NOT_SPECIFIED", "tcp_v4_rcv", ANY, TIMEWAIT},
	{"NOT_SPECIFIED", "tcp_v6_rcv", ANY, TIMEWAIT},
	{NONE, "tcp_v4_rcv", IS_BARE_TCP, TIMEWAIT},
	{NONE, "tcp_v6_rcv", IS_BARE_TCP, TIMEWAIT},
	{VAGUE, "icmpv6_rcv", ANY, ICMP6},
	{"TCP_OLD_DATA", NULL, ANY, AGAIN},
	{EACH, "sk_stream_kill_queues", IS_EMPTY_TCP, EMPTY},
	{EACH, "inet_sock_destruct", IS_EMPTY_TCP, EMPTY},
	{EACH, "packet_release", ANY, COPIES},
	{EACH, "packet_sock_destruct", ANY, COPIES},
	{VAGUE, "__udp4_lib_rcv", TO_GROUP, GROUPS},
	{VAGUE, "__udp4_lib_mcast_deliver", TO_GROUP, GROUPS},
	{VAGUE, "udp_rcv", TO_GROUP, GROUPS},
	{VAGUE, "__udp6_lib_rcv", TO_GROUP, GROUPS},
	{VAGUE, "__udp6_lib_mcast_deliver", TO_GROUP, GROUPS},
	{VAGUE, "udpv6_rcv", TO_GROUP, GROUPS},
	{VAGUE, "ip_rcv_finish", TO_GROUP, GROUPS},
	{VAGUE, "ip_rcv_finish_core", TO_GROUP, GROUPS},
	{VAGUE, "ip_list_rcv_finish", TO_GROUP, GROUPS},
	{VAGUE, "ip6_mc_input", TO_GROUP, GROUPS},
};

/* Of one packet. */
static const struct {
	const char *many, *one;
} words[] = {
	{SERVED, "packet that has served"},
	{OTHERS, "frame to another host's address"},
	{REPLIES, "echo reply without a ping socket"},
	{TIMEWAIT, "segment that a connection in TIME_WAIT took"},
	{EMPTY, "end of a connection nobody read any more"},
	{COPIES, "copy for a packet socket that was closed"},
};

struct drops {
	struct drops_config config;
	uint64_t hidden[UTIL_ARRAY_SIZE(benign)]; /* by the first row with the same words */
	uint64_t no_ip;
	char **reasons; /* that were shown, in the order of appearance */
	size_t n_reasons;
};

struct drops *drops_new(const struct drops_config *config)
{
	struct drops *drops = calloc(1, sizeof(*drops));

	if (drops)
		drops->config = *config;
	return drops;
}

void drops_free(struct drops *drops)
{
	for (size_t i = 0; drops && i < drops->n_reasons; i++)
		free(drops->reasons[i]);
	if (drops)
		free(drops->reasons);
	free(drops);
}

void drops_complete(struct record *record)
{
	if (!record->stack || !record->location)
		return;
	if (!record->nf_path)
		record->nf_path = nfpath_find(record);
	record->location = nfpath_place(record);
}

/* The Ethertype behind VLAN tags; the cursor then stands behind it. */
static uint16_t skip_link(struct decode_cursor *c)
{
	uint16_t type = 0;

	decode_cursor_skip(c, ETHERTYPE_AT);
	for (int i = 0; i <= VLAN_TAGS_MAX; i++) {
		type = decode_cursor_u16(c, 0);
		decode_cursor_skip(c, 2);
		if (type != ETH_P_8021Q && type != ETH_P_8021AD)
			break;
		decode_cursor_skip(c, 2);
	}
	return type;
}

static struct decode_cursor packet_of(const struct record *r)
{
	return (struct decode_cursor){r->packet, r->cap_len, r->len};
}

static bool is_ip_or_arp(const struct record *r)
{
	struct decode_cursor c = packet_of(r);
	uint16_t type;

	if (r->flags & XCAP_EV_NO_PACKET)
		return false;
	type = r->cap_len < ETH_HLEN ? r->protocol : skip_link(&c);
	return type == ETH_P_IP || type == ETH_P_IPV6 || type == ETH_P_ARP;
}

/* The cursor behind the IP header, and the bytes of IP payload; 0: another protocol. */
static uint32_t skip_ip(struct decode_cursor *c, uint8_t protocol4, uint8_t protocol6)
{
	uint32_t header = 40, length = 0;

	switch (skip_link(c)) {
	case ETH_P_IP:
		header = (decode_cursor_u8(c, 0) & 0xf) * 4;
		if (decode_cursor_u8(c, 9) == protocol4 && decode_cursor_u16(c, 2) > header)
			length = decode_cursor_u16(c, 2) - header;
		break;
	case ETH_P_IPV6:
		if (decode_cursor_u8(c, 6) == protocol6)
			length = decode_cursor_u16(c, 4);
		break;
	}
	decode_cursor_skip(c, header);
	return length;
}

static bool is_empty_tcp(const struct record *r, uint8_t without)
{
	struct decode_cursor c = packet_of(r);
	uint32_t length = skip_ip(&c, IPPROTO_TCP, IPPROTO_TCP);

	return length && decode_cursor_has(&c, 14) && !(decode_cursor_u8(&c, 13) & without) &&
	       length == (decode_cursor_u8(&c, 12) >> 4) * 4u;
}

static bool is_echo_reply(const struct record *r)
{
	struct decode_cursor c = packet_of(r);

	return skip_ip(&c, IPPROTO_ICMP, IPPROTO_ICMPV6) && decode_cursor_has(&c, 1) &&
	       (decode_cursor_u8(&c, 0) == ICMP_REPLY || decode_cursor_u8(&c, 0) == ICMP6_REPLY);
}

static bool holds(enum condition condition, const struct record *r)
{
	switch (condition) {
	case ANY:
		return true;
	case TO_GROUP:
		return r->pkt_type == PACKET_BROADCAST || r->pkt_type == PACKET_MULTICAST ||
		       r->pkt_type == PACKET_LOOPBACK;
	case TO_OTHER:
		return r->pkt_type == PACKET_OTHERHOST;
	case IS_EMPTY_TCP:
		return is_empty_tcp(r, 0);
	case IS_BARE_TCP:
		return is_empty_tcp(r, TCP_SYN);
	case IS_ECHO_REPLY:
		return is_echo_reply(r);
	}
	return false;
}

static bool is_reason(const char *wanted, const char *reason)
{
	if (!wanted)
		return true;
	if (strcmp(wanted, VAGUE) != 0)
		return reason && strcmp(wanted, reason) == 0;
	return !reason || strcmp(reason, "NOT_SPECIFIED") == 0 || strcmp(reason, "NO_SOCKET") == 0;
}

static const struct benign *find_benign(const struct record *r)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(benign); i++) {
		const struct benign *row = &benign[i];

		if (is_reason(row->reason, r->reason) &&
		    (!row->function || (r->location && nfpath_is_in(r->location, row->function))) &&
		    holds(row->condition, r))
			return row;
	}
	return NULL;
}

const char *drops_benign(const struct record *record)
{
	const struct benign *row = find_benign(record);

	if (row)
		return row->why;
	return is_ip_or_arp(record) ? NULL : NO_IP;
}

/* Without memory there is no advice about it. */
static void note_reason(struct drops *drops, const char *reason)
{
	char **list;

	for (size_t i = 0; i < drops->n_reasons; i++)
		if (strcmp(drops->reasons[i], reason) == 0)
			return;
	list = realloc(drops->reasons, (drops->n_reasons + 1) * sizeof(*list));
	if (!list)
		return;
	drops->reasons = list;
	list[drops->n_reasons] = strdup(reason);
	drops->n_reasons += list[drops->n_reasons] != NULL;
}

/* Rows with the same words share the first one's count. */
static void count_hidden(struct drops *drops, const char *why)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(benign); i++)
		if (benign[i].why == why) {
			drops->hidden[i]++;
			return;
		}
	drops->no_ip++;
}

bool drops_take(struct drops *drops, const struct record *record)
{
	const char *why = drops->config.all ? NULL : drops_benign(record);

	if (why) {
		count_hidden(drops, why);
		return false;
	}
	if (drops->config.explain)
		note_reason(drops, record->reason ? record->reason : "");
	return true;
}

static const char *words_for(const char *many, uint64_t n)
{
	for (size_t i = 0; n == 1 && i < UTIL_ARRAY_SIZE(words); i++)
		if (strcmp(words[i].many, many) == 0)
			return words[i].one;
	return many;
}

void drops_print_hidden(const struct drops *drops, FILE *out)
{
	const char *before = "not shown, but by --all: ";
	size_t i;

	for (i = 0; i < UTIL_ARRAY_SIZE(benign); i++)
		if (drops->hidden[i]) {
			fprintf(out, "%s%" PRIu64 " %s", before, drops->hidden[i],
				words_for(benign[i].why, drops->hidden[i]));
			before = "; ";
		}
	if (drops->no_ip)
		fprintf(out, "%s%" PRIu64 " " NO_IP, before, drops->no_ip);
	if (drops->no_ip || *before == ';')
		fputc('\n', out);
}

void drops_print_advice(const struct drops *drops, FILE *out)
{
	for (size_t i = 0; i < drops->n_reasons; i++)
		drops_advice_print(drops->reasons[i], out);
}
