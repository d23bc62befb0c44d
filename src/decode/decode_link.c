/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decode_link.c - VLAN tags, 802.3 with LLC, ARP, and the way from an ethertype to its printer.
 */
#include "decode/decode_link.h"

#include <linux/if_ether.h>
#include <string.h>

#include "decode/decode_ip.h"
#include "decode/decode_text.h"

#define VLAN_TAG    4
#define LLC_HEADER  3
#define SNAP_HEADER 8
#define ARP_HEADER  8

static const struct decode_name ether_types[] = {
	{ETH_P_IP, "IPv4"},
	{ETH_P_IPV6, "IPv6"},
	{ETH_P_ARP, "ARP"},
	{ETH_P_RARP, "Reverse ARP"},
	{ETH_P_8021Q, "802.1Q"},
	{ETH_P_8021AD, "802.1Q-QinQ"},
	{ETH_P_QINQ1, "802.1Q-9100"},
	{ETH_P_QINQ2, "802.1Q-9200"},
	{ETH_P_MPLS_UC, "MPLS unicast"},
	{ETH_P_MPLS_MC, "MPLS multicast"},
	{ETH_P_PPP_DISC, "PPPoE D"},
	{ETH_P_PPP_SES, "PPPoE S"},
	{ETH_P_PAE, "EAPOL"},
	{ETH_P_LLDP, "LLDP"},
	{ETH_P_SLOW, "Slow Protocols"},
	{ETH_P_AOE, "AoE"},
	{ETH_P_TIPC, "TIPC"},
	{ETH_P_1588, "PTP"},
	{ETH_P_CFM, "CFM"},
	{ETH_P_LOOP, "Loopback"},
	{ETH_P_LOOPBACK, "Loopback"},
	{ETH_P_TEB, "TEB"},
	{ETH_P_NSH, "NSH"},
	{ETH_P_MACSEC, "MACsec"},
	{ETH_P_BATMAN, "BATMAN"},
	{ETH_P_IPX, "IPX"},
	{ETH_P_ATALK, "Appletalk"},
	{ETH_P_AARP, "Appletalk ARP"},
	{ETH_P_PRP, "PRP"},
	{ETH_P_HSR, "HSR"},
	{ETH_P_FCOE, "FCoE"},
	{ETH_P_PROFINET, "PROFINET"},
	{ETH_P_ETHERCAT, "EtherCAT"},
	{0, NULL},
};

static const struct decode_name llc_names[] = {
	{0x4242, "STP"},     {0xe0e0, "IPX"},	    {0xfefe, "OSI"},
	{0xf0f0, "NetBeui"}, {0xffff, "IPX 802.3"}, {0, NULL},
};

static const struct decode_name snap_names[] = {
	{0x010b, "PVST"}, {0x0111, "UDLD"}, {0x2000, "CDP"},
	{0x2003, "VTP"},  {0x2004, "DTP"},  {0, NULL},
};

static const struct decode_name arp_operations[] = {
	{1, "Request"},		{2, "Reply"},	      {3, "Reverse Request"}, {4, "Reverse Reply"},
	{8, "Inverse Request"}, {9, "Inverse Reply"}, {10, "NACK Reply"},     {0, NULL},
};

const char *decode_link_type_name(uint16_t type)
{
	return decode_text_name(ether_types, type);
}

bool decode_link_is_vlan(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1 ||
	       type == ETH_P_QINQ2;
}

/* ARP between hardware addresses of hlen bytes and IPv4; the cursor is behind the fixed header. */
static void print_arp_addresses(struct buf *out, const struct decode_cursor *c, uint16_t operation,
				uint8_t hlen)
{
	const uint8_t *sender = c->at, *sender_ip = sender + hlen;
	const uint8_t *target = sender_ip + 4, *target_ip = target + hlen;
	static const uint8_t zero[6];

	switch (operation) {
	case 1:
		buf_add_str(out, " who-has ");
		decode_text_ip4(out, target_ip);
		if (hlen == 6 && memcmp(target, zero, 6) != 0) {
			buf_add_str(out, " (");
			decode_text_mac(out, target);
			buf_add_char(out, ')');
		}
		buf_add_str(out, " tell ");
		decode_text_ip4(out, sender_ip);
		break;
	case 2:
		buf_add_char(out, ' ');
		decode_text_ip4(out, sender_ip);
		if (hlen == 6) {
			buf_add_str(out, " is-at ");
			decode_text_mac(out, sender);
		}
		break;
	case 3:
	case 8:
		if (hlen != 6)
			break;
		buf_add_str(out, " who-is ");
		decode_text_mac(out, target);
		buf_add_str(out, " tell ");
		decode_text_mac(out, sender);
		break;
	case 4:
	case 9:
		if (hlen != 6)
			break;
		buf_add_char(out, ' ');
		decode_text_mac(out, operation == 4 ? target : sender);
		buf_add_str(out, " at ");
		decode_text_ip4(out, operation == 4 ? target_ip : sender_ip);
		break;
	}
}

static void print_arp(struct buf *out, struct decode_cursor c, const struct decode_options *options)
{
	uint16_t hardware = decode_cursor_u16(&c, 0), protocol = decode_cursor_u16(&c, 2);
	uint8_t hlen = decode_cursor_u8(&c, 4), plen = decode_cursor_u8(&c, 5);
	uint16_t operation = decode_cursor_u16(&c, 6);
	const char *name = decode_text_name(arp_operations, operation);
	bool known = protocol == ETH_P_IP && plen == 4 && hlen;
	uint32_t length = c.wire;

	if (!options->ether)
		buf_add_str(out, "ARP, ");
	if (!decode_cursor_has(&c, ARP_HEADER + 2u * (hlen + plen))) {
		decode_text_truncated(out, "arp");
		return;
	}
	if (options->verbose || !known) {
		if (hardware == 1)
			buf_add_str(out, "Ethernet");
		else
			buf_add_fmt(out, "hardware %u", hardware);
		if (protocol == ETH_P_IP)
			buf_add_fmt(out, " (len %u), IPv4 (len %u), ", hlen, plen);
		else
			buf_add_fmt(out, " (len %u), protocol 0x%04x (len %u), ", hlen, protocol,
				    plen);
	}
	if (name)
		buf_add_str(out, name);
	else
		buf_add_fmt(out, "operation %u", operation);
	decode_cursor_skip(&c, ARP_HEADER);
	if (known)
		print_arp_addresses(out, &c, operation, hlen);
	decode_text_length(out, length);
}

static void print_type(struct buf *out, struct decode_cursor c, uint16_t type,
		       const struct decode_options *options)
{
	const char *name = decode_text_name(ether_types, type);

	if (type == ETH_P_IP || type == ETH_P_IPV6) {
		decode_ip_print(out, c, type == ETH_P_IP ? 4 : 6, options, 0);
		return;
	}
	if (type == ETH_P_ARP || type == ETH_P_RARP) {
		print_arp(out, c, options);
		return;
	}
	if (name)
		buf_add_fmt(out, "ethertype %s (0x%04x)", name, type);
	else
		buf_add_fmt(out, "ethertype 0x%04x", type);
	decode_text_length(out, c.wire);
}

/* 802.3: the type field was a length; LLC (IEEE 802.2) says what follows. */
static void print_llc(struct buf *out, struct decode_cursor c, const struct decode_options *options)
{
	uint32_t oui = decode_cursor_u32(&c, 2) & 0xffffff;
	uint16_t saps = decode_cursor_u16(&c, 0), pid = decode_cursor_u16(&c, 6);
	const char *name = decode_text_name(llc_names, saps), *snap;

	if (!decode_cursor_has(&c, LLC_HEADER)) {
		decode_text_truncated(out, "llc");
	} else if (saps != 0xaaaa || decode_cursor_u8(&c, 2) != 3) {
		if (name)
			buf_add_str(out, name);
		else
			buf_add_fmt(out, "LLC, dsap 0x%02x, ssap 0x%02x, ctrl 0x%02x", saps >> 8,
				    saps & 0xff, decode_cursor_u8(&c, 2));
		decode_text_length(out, c.wire - LLC_HEADER);
	} else if (!decode_cursor_has(&c, SNAP_HEADER)) {
		decode_text_truncated(out, "snap");
	} else if (oui == 0 && pid > DECODE_LINK_LENGTH_MAX) {
		decode_cursor_skip(&c, SNAP_HEADER);
		print_type(out, c, pid, options);
	} else {
		snap = oui == 0x00000c ? decode_text_name(snap_names, pid) : NULL;
		if (snap)
			buf_add_str(out, snap);
		else
			buf_add_fmt(out, "SNAP, oui 0x%06x, pid 0x%04x", oui, pid);
		decode_text_length(out, c.wire - SNAP_HEADER);
	}
}

/* "vlan 5, p 3, DEI, " for each tag. False: cut off, said. */
static bool print_vlans(struct buf *out, struct decode_cursor *c, uint16_t *type,
			const struct decode_options *options)
{
	const char *name;
	uint16_t tci;

	while (decode_link_is_vlan(*type)) {
		if (!decode_cursor_has(c, VLAN_TAG)) {
			decode_text_truncated(out, "vlan");
			return false;
		}
		tci = decode_cursor_u16(c, 0);
		buf_add_fmt(out, "vlan %u, p %u%s, ", tci & 0xfff, tci >> 13,
			    tci & 0x1000 ? ", DEI" : "");
		*type = decode_cursor_u16(c, 2);
		decode_cursor_skip(c, VLAN_TAG);
		if (!options->ether || *type <= DECODE_LINK_LENGTH_MAX)
			continue;
		name = decode_text_name(ether_types, *type);
		buf_add_fmt(out, "ethertype %s (0x%04x), ", name ? name : "Unknown", *type);
	}
	return true;
}

void decode_link_print(struct buf *out, struct decode_cursor c, uint16_t type, bool synth_eth,
		       const struct decode_options *options)
{
	if (!print_vlans(out, &c, &type, options))
		return;
	/* In a made-up header the type is skb->protocol, where small numbers are no lengths. */
	if (type > DECODE_LINK_LENGTH_MAX || synth_eth) {
		print_type(out, c, type, options);
		return;
	}
	decode_cursor_limit(&c, type);
	print_llc(out, c, options);
}
