/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_link.c - an Ethernet frame in the link type of a file.
 */
#include "record/packet_link.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define TAG_LEN	    4
#define SLL2_LEN    20
#define EXTRA_TAGS  2	   /* more are possible, and are cut from the packet's end then */
#define LENGTH_MAX  1500   /* up to here the type field is a length: IEEE 802.3, 3.2.6 */
#define SLL_802_3   0x0001 /* protocol of Novell frames without LLC */
#define SLL_802_2   0x0004 /* protocol of frames that begin with LLC */
#define NO_DEV_TYPE 0xffff /* ARPHRD_VOID: nothing is known */

static const struct {
	const char *name;
	int type;
	uint32_t extra;
} links[] = {
	{"EN10MB", CAPTURE_LINK_EN10MB, 0},
	{"RAW", CAPTURE_LINK_RAW, ETH_HLEN + EXTRA_TAGS *TAG_LEN},
	/* the header is longer than Ethernet's, but made from all of that */
	{"LINUX_SLL2", CAPTURE_LINK_LINUX_SLL2, ETH_HLEN},
};

int packet_link_find(const char *name)
{
	if (strncasecmp(name, "DLT_", 4) == 0)
		name += 4;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(links); i++)
		if (strcasecmp(links[i].name, name) == 0)
			return links[i].type;
	return -1;
}

const char *packet_link_name(int link_type)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(links); i++)
		if (links[i].type == link_type)
			return links[i].name;
	return "?";
}

const char *packet_link_names(void)
{
	return "EN10MB, RAW, LINUX_SLL2";
}

uint32_t packet_link_extra(int link_type)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(links); i++)
		if (links[i].type == link_type)
			return links[i].extra;
	return 0;
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

uint32_t packet_link_payload(const uint8_t *frame, uint32_t cap_len, uint16_t *type)
{
	uint32_t at = ETH_HLEN - 2;

	for (; at + 2 <= cap_len; at += TAG_LEN) {
		*type = get16(frame + at);
		if (*type != ETH_P_8021Q && *type != ETH_P_8021AD && *type != ETH_P_QINQ1 &&
		    *type != ETH_P_QINQ2)
			return at + 2;
	}
	*type = 0;
	return cap_len;
}

bool packet_link_to_raw(struct packet *p)
{
	uint16_t type;
	uint32_t at = packet_link_payload(p->data, p->cap_len, &type);
	uint8_t version = type == ETH_P_IP ? 4 : type == ETH_P_IPV6 ? 6 : 0;

	/* the version is all by which a reader tells the two */
	if (!version || at >= p->cap_len || p->data[at] >> 4 != version)
		return false;
	p->data += at;
	p->cap_len -= at;
	p->len -= at;
	return true;
}

/* PACKET_HOST to PACKET_OUTGOING; pkt_type is not PACKET_OUTGOING at transmit probes. */
static uint8_t sll2_packet_type(const struct record *record)
{
	if (record->direction == XCAP_DIR_OUT)
		return PACKET_OUTGOING;
	if (record->pkt_type > PACKET_OUTGOING ||
	    (record->direction == XCAP_DIR_IN && record->pkt_type == PACKET_OUTGOING))
		return PACKET_HOST;
	return record->pkt_type;
}

/* What the type field says in SLL2's terms: a length is none of its protocols. */
static uint16_t sll2_protocol(const uint8_t *frame, const struct record *record, uint32_t cap_len)
{
	uint16_t type = get16(frame + ETH_HLEN - 2);

	/* in a made-up header it is skb->protocol, where small numbers are such protocols */
	if (type > LENGTH_MAX || record->flags & XCAP_EV_SYNTH_ETH)
		return type;
	return cap_len >= ETH_HLEN + 2 && get16(frame + ETH_HLEN) == 0xffff ? SLL_802_3 : SLL_802_2;
}

void packet_link_to_sll2(uint8_t *frame, const struct record *record, struct packet *p)
{
	static const uint8_t zero[ETH_ALEN];
	uint8_t *header = frame + ETH_HLEN - SLL2_LEN, source[ETH_ALEN];
	bool none = record->flags & XCAP_EV_NO_PACKET, has_source;
	uint16_t protocol;

	/* what is cut inside its link header has the rest of it as zeros, and ends there */
	if (p->cap_len < ETH_HLEN)
		memset(frame + p->cap_len, 0, ETH_HLEN - p->cap_len);
	p->cap_len = UTIL_MAX(p->cap_len, ETH_HLEN);
	p->len = UTIL_MAX(p->len, p->cap_len);
	protocol = sll2_protocol(frame, record, p->cap_len);
	memcpy(source, frame + ETH_ALEN, ETH_ALEN);
	has_source = !none &&
		     (!(record->flags & XCAP_EV_SYNTH_ETH) || memcmp(source, zero, ETH_ALEN) != 0);

	memset(header, 0, SLL2_LEN);
	put16(header, protocol);
	put16(header + 4, record->ifindex >> 16);
	put16(header + 6, record->ifindex);
	/* readers dissect by some device types, and there is nothing to dissect */
	put16(header + 8, none ? NO_DEV_TYPE : record->dev_type);
	header[10] = sll2_packet_type(record);
	if (has_source) {
		header[11] = ETH_ALEN;
		memcpy(header + 12, source, ETH_ALEN);
	}
	p->data = header;
	p->cap_len += SLL2_LEN - ETH_HLEN;
	p->len += SLL2_LEN - ETH_HLEN;
}
