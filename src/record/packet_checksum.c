/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packet_checksum.c - the Internet checksum (RFC 1071) of rebuilt headers.
 */
#include "record/packet_checksum.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stddef.h>

#include "base/util.h"
#include "record/packet_link.h"
#include "xcap/event.h"

#define IP4_LEN 20
#define IP6_LEN 40

/* An IP packet: its addresses, and where the transport header begins. */
struct ip {
	uint8_t *transport;
	uint32_t len; /* of the transport header and what follows, on the wire */
	const uint8_t *addresses;
	uint32_t addresses_len;
	uint8_t protocol;
};

static uint32_t add_bytes(uint32_t sum, const uint8_t *data, uint32_t len)
{
	uint64_t total = sum;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		total += data[i] << 8 | data[i + 1];
	if (len & 1)
		total += data[len - 1] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

static void put_sum(uint8_t *at, uint32_t sum)
{
	at[0] = ~sum >> 8;
	at[1] = ~sum;
}

/* Length of the transport part: what the header says, unless that is nothing or too much. */
static uint32_t transport_len(uint32_t said, uint32_t header, uint32_t wire)
{
	return said > header && said <= wire ? said - header : wire - header;
}

static bool find_ip4(struct ip *ip, uint8_t *data, uint32_t cap, uint32_t len, uint8_t rebuilt)
{
	uint32_t header = (data[0] & 15) * 4;

	if (cap < IP4_LEN || header < IP4_LEN || header > cap)
		return false;
	if (rebuilt & XCAP_REBUILT_IP) {
		data[10] = data[11] = 0;
		put_sum(data + 10, add_bytes(0, data, header));
	}
	*ip = (struct ip){data + header, transport_len(data[2] << 8 | data[3], header, len),
			  data + 12, 8, data[9]};
	return true;
}

static bool find_ip6(struct ip *ip, uint8_t *data, uint32_t cap, uint32_t len)
{
	uint32_t said = data[4] << 8 | data[5];

	if (cap < IP6_LEN)
		return false;
	*ip = (struct ip){data + IP6_LEN, transport_len(said ? said + IP6_LEN : 0, IP6_LEN, len),
			  data + 8, 32, data[6]};
	return true;
}

/* With the pseudo header of RFC 9293, 3.1, and RFC 8200, 8.1. */
static void fill_transport(const struct ip *ip, uint32_t at)
{
	uint32_t sum = add_bytes(0, ip->addresses, ip->addresses_len) + ip->protocol;

	ip->transport[at] = ip->transport[at + 1] = 0;
	sum += (ip->len >> 16) + (ip->len & 0xffff);
	sum = add_bytes(sum, ip->transport, ip->len);
	/* 0 would say that there is none: RFC 768 */
	if (ip->protocol == IPPROTO_UDP && sum == 0xffff)
		sum = 0;
	put_sum(ip->transport + at, sum);
}

void packet_checksum_fill(uint8_t *frame, uint32_t cap_len, uint32_t len, uint8_t rebuilt)
{
	uint16_t type;
	uint32_t start = packet_link_payload(frame, cap_len, &type);
	uint8_t *data = frame + start;
	struct ip ip;

	if (start >= cap_len)
		return;
	if (type == ETH_P_IP) {
		if (!find_ip4(&ip, data, cap_len - start, len - start, rebuilt))
			return;
	} else if (type != ETH_P_IPV6 || !find_ip6(&ip, data, cap_len - start, len - start)) {
		return;
	}
	if (cap_len < len)
		return;
	if (rebuilt & XCAP_REBUILT_TCP && ip.protocol == IPPROTO_TCP && ip.len >= 20)
		fill_transport(&ip, 16);
	if (rebuilt & XCAP_REBUILT_UDP && ip.protocol == IPPROTO_UDP && ip.len >= 8)
		fill_transport(&ip, 6);
}
