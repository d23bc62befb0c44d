/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_direction.c - the table of transmit and receive probes.
 *
 * A place where packets of both directions pass (ip_forward, bridges, netfilter, kfree_skb) is not
 * in the table: there the packet itself has to tell.
 */
#include "plan/plan_direction.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

enum where {
	FUNCTION = 1,
	TRACEPOINT = 2,
	BOTH = FUNCTION | TRACEPOINT,
};

/*
 * Out is from the socket down to the driver, in is from the driver up to the socket. `above_link`
 * marks local output before the neighbour layer has written a link header; ip_output and what comes
 * later see forwarded packets too, with the header that they came with.
 */
static const struct place {
	const char *glob;
	enum where where;
	enum xcap_direction direction;
	bool above_link;
} places[] = {
	{"net_dev_start_xmit", TRACEPOINT, XCAP_DIR_OUT, false},
	{"net_dev_queue", TRACEPOINT, XCAP_DIR_OUT, false},
	{"net_dev_xmit", TRACEPOINT, XCAP_DIR_OUT, false},
	{"qdisc_enqueue", TRACEPOINT, XCAP_DIR_OUT, false},
	{"qdisc_dequeue", TRACEPOINT, XCAP_DIR_OUT, false},
	{"tcp_retransmit_skb", BOTH, XCAP_DIR_OUT, true},
	{"__tcp_retransmit_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"dev_queue_xmit", FUNCTION, XCAP_DIR_OUT, false},
	{"__dev_queue_xmit", FUNCTION, XCAP_DIR_OUT, false},
	{"__dev_direct_xmit", FUNCTION, XCAP_DIR_OUT, false},
	{"dev_hard_start_xmit", FUNCTION, XCAP_DIR_OUT, false},
	{"sch_direct_xmit", FUNCTION, XCAP_DIR_OUT, false},
	{"validate_xmit_skb*", FUNCTION, XCAP_DIR_OUT, false},
	{"neigh_*_output", FUNCTION, XCAP_DIR_OUT, false},
	{"neigh_hh_output", FUNCTION, XCAP_DIR_OUT, false},
	{"ip_finish_output*", FUNCTION, XCAP_DIR_OUT, false},
	{"ip6_finish_output*", FUNCTION, XCAP_DIR_OUT, false},
	{"__ip_finish_output", FUNCTION, XCAP_DIR_OUT, false},
	{"__ip6_finish_output", FUNCTION, XCAP_DIR_OUT, false},
	{"ip_output", FUNCTION, XCAP_DIR_OUT, false},
	{"ip6_output", FUNCTION, XCAP_DIR_OUT, false},
	{"ip_mc_output", FUNCTION, XCAP_DIR_OUT, false},
	{"ip_local_out", FUNCTION, XCAP_DIR_OUT, true},
	{"__ip_local_out", FUNCTION, XCAP_DIR_OUT, true},
	{"ip6_local_out", FUNCTION, XCAP_DIR_OUT, true},
	{"__ip6_local_out", FUNCTION, XCAP_DIR_OUT, true},
	{"ip_queue_xmit", FUNCTION, XCAP_DIR_OUT, true},
	{"__ip_queue_xmit", FUNCTION, XCAP_DIR_OUT, true},
	{"inet6_csk_xmit", FUNCTION, XCAP_DIR_OUT, true},
	{"ip6_xmit", FUNCTION, XCAP_DIR_OUT, true},
	{"ip_build_and_send_pkt", FUNCTION, XCAP_DIR_OUT, true},
	{"ip_send_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"ip6_send_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"__tcp_transmit_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"tcp_transmit_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"tcp_event_new_data_sent", FUNCTION, XCAP_DIR_OUT, true},
	{"tcp_rate_skb_sent", FUNCTION, XCAP_DIR_OUT, true},
	{"udp_send_skb", FUNCTION, XCAP_DIR_OUT, true},
	{"udp_v6_send_skb", FUNCTION, XCAP_DIR_OUT, true},

	{"netif_receive_skb*", BOTH, XCAP_DIR_IN, false},
	{"__netif_receive_skb*", FUNCTION, XCAP_DIR_IN, false},
	{"napi_gro_*_entry", TRACEPOINT, XCAP_DIR_IN, false},
	{"napi_gro_receive*", FUNCTION, XCAP_DIR_IN, false},
	{"dev_gro_receive", FUNCTION, XCAP_DIR_IN, false},
	{"gro_receive_skb", FUNCTION, XCAP_DIR_IN, false},
	{"netif_rx", BOTH, XCAP_DIR_IN, false},
	{"netif_rx_*", BOTH, XCAP_DIR_IN, false},
	{"__netif_rx", FUNCTION, XCAP_DIR_IN, false},
	{"enqueue_to_backlog", FUNCTION, XCAP_DIR_IN, false},
	{"arp_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"ip_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"ip_rcv_*", FUNCTION, XCAP_DIR_IN, false},
	{"ipv6_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"ip6_rcv_*", FUNCTION, XCAP_DIR_IN, false},
	{"ip_local_deliver*", FUNCTION, XCAP_DIR_IN, false},
	{"ip6_input*", FUNCTION, XCAP_DIR_IN, false},
	{"ip_protocol_deliver_rcu", FUNCTION, XCAP_DIR_IN, false},
	{"ip6_protocol_deliver_rcu", FUNCTION, XCAP_DIR_IN, false},
	{"tcp_v[46]_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"tcp_v[46]_do_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"tcp_rcv_established", FUNCTION, XCAP_DIR_IN, false},
	{"tcp_rcv_state_process", FUNCTION, XCAP_DIR_IN, false},
	{"udp_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"udpv6_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"__udp[46]_lib_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"udp_queue_rcv_*", FUNCTION, XCAP_DIR_IN, false},
	{"icmp_rcv", FUNCTION, XCAP_DIR_IN, false},
	{"icmpv6_rcv", FUNCTION, XCAP_DIR_IN, false},
};

/* None has a star among its first letters, which tell most names that it does not match. */
static const struct place *find(const char *name, bool is_tracepoint)
{
	uint32_t begins = 0, begin;

	memcpy(&begins, name, strnlen(name, sizeof(begins)));
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(places); i++) {
		memcpy(&begin, places[i].glob, sizeof(begin));
		if (begin == begins &&
		    (places[i].where & (is_tracepoint ? TRACEPOINT : FUNCTION)) &&
		    util_glob(places[i].glob, name))
			return &places[i];
	}
	return NULL;
}

enum xcap_direction plan_direction(const char *name, bool is_tracepoint)
{
	const struct place *place = find(name, is_tracepoint);

	return place ? place->direction : XCAP_DIR_UNKNOWN;
}

bool plan_direction_is_above_link(const char *name, bool is_tracepoint)
{
	const struct place *place = find(name, is_tracepoint);

	return place && place->above_link;
}
