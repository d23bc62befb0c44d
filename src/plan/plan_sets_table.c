/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_sets_table.c - what the sets are made of, on Linux 5.10 to 7.2.
 *
 * Few places that tell much: a packet passes some of each layer, none twice for the same thing, so
 * that a journey can be read. Behind '|' stands what serves where the first is inlined, renamed or,
 * on a kernel without kprobes and fentry, cannot be probed. Functions of modules have their '@N',
 * because 5.10 has no types of modules - but only where it is the same N in all these kernels.
 */
#include "plan/plan_sets_table.h"

#include "base/util.h"

static const struct plan_sets_row rows[] = {
	{"rx", "received packets, from the device up to the routing decision",
	 "tp:net:netif_receive_skb,"
	 /* ip_rcv is passed by when a driver hands over a list of packets */
	 "ip_rcv_core|ip_rcv,"
	 "ip6_rcv_core|ipv6_rcv,"
	 "ip_defrag,"
	 ">arp_rcv"},
	{"tx", "packets on their way out, from IP down to the device",
	 /* ip_local_out is inlined for a SYN-ACK */
	 "__ip_local_out|ip_local_out,"
	 "ip6_xmit,"
	 "__ip6_local_out|ip6_local_out,"
	 "ip_output,"
	 "ip_mc_output,"
	 "ip6_output,"
	 "ip_do_fragment,"
	 "ip6_fragment,"
	 "ip_finish_output2,"
	 "ip6_finish_output2,"
	 "tp:net:net_dev_queue,"
	 ">tp:net:net_dev_start_xmit"},
	{"forward", "packets that are routed or bridged through",
	 "ip_forward,"
	 "ip6_forward,"
	 "br_handle_frame_finish@3,"
	 "br_forward_finish@3"},
	{"local", "packets for this machine, from IP up to the socket and its reader",
	 "ip_local_deliver,"
	 "ip6_input,"
	 "ip6_mc_input,"
	 "tcp_v4_rcv,"
	 "tcp_v6_rcv,"
	 "udp_rcv|__udp4_lib_rcv,"
	 "udpv6_rcv|__udp6_lib_rcv,"
	 ">tcp_rcv_established|tp:tcp:tcp_probe,"
	 ">tcp_rcv_state_process,"
	 ">tcp_timewait_state_process,"
	 ">__udp_enqueue_schedule_skb|udp_queue_rcv_one_skb,"
	 ">icmp_rcv,"
	 ">icmpv6_rcv,"
	 ">igmp_rcv,"
	 ">tp:skb:skb_copy_datagram_iovec"},
	{"nf", "netfilter: hooks, connection tracking, NAT, tables",
	 "nf_hook_slow,"
	 "nf_conntrack_in@1,"
	 "__nf_conntrack_confirm@1,"
	 "nf_nat_inet_fn@2,"
	 "nft_do_chain_inet@2,"
	 "nft_do_chain_ipv4@2,"
	 "nft_do_chain_ipv6@2,"
	 "nft_do_chain_bridge@2,"
	 "nft_do_chain_netdev@2,"
	 "ipt_do_table,"
	 "ip6t_do_table,"
	 "nf_queue@1"},
	{"tcp", "TCP: segments that come in and go out, resets, retransmissions",
	 "tcp_v4_rcv,"
	 "tcp_v6_rcv,"
	 "tcp_add_backlog,"
	 "tcp_check_req,"
	 "tcp_conn_request,"
	 ">tcp_timewait_state_process,"
	 ">tcp_rcv_established|tp:tcp:tcp_probe,"
	 ">tcp_rcv_state_process,"
	 "tcp_data_queue,"
	 "tcp_queue_rcv,"
	 "tp:tcp:tcp_bad_csum,"
	 "tp:tcp:tcp_send_reset,"
	 "tp:tcp:tcp_retransmit_skb|__tcp_retransmit_skb,"
	 "__tcp_transmit_skb"},
	{"retrans", "segments that TCP sends again",
	 "tp:tcp:tcp_retransmit_skb|__tcp_retransmit_skb"},
	{"drop", "packets that are thrown away, with the reason", "tp:skb:kfree_skb"},
	{"trace", "the way of a packet through the stack, what 'xcap trace' follows",
	 "@rx,@forward,@local,@tx,@drop"},
};

const struct plan_sets_row *plan_sets_table(size_t i)
{
	return i < UTIL_ARRAY_SIZE(rows) ? &rows[i] : NULL;
}
