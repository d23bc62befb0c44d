/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drops_advice.c - a sentence for each common drop reason.
 *
 * Names are those of enum skb_drop_reason without its prefix; they come and go with kernels, so a
 * row for a name that this kernel lacks does no harm.
 */
#include "flow/drops_advice.h"

#include <string.h>

#include "base/util.h"

struct advice {
	const char *reason, *meaning, *look;
};

static const struct advice table[] = {
	{"NOT_SPECIFIED", "the kernel does not say why: the place is what there is",
	 "xcap drop -w FILE keeps the packets; -v shows more of each"},
	{"NO_SOCKET", "nobody listens on that port of this address", "ss -ltnup"},
	{"PKT_TOO_SMALL", "the packet is shorter than its headers say",
	 "ethtool -S IF (errors), or the sender"},
	{"TCP_CSUM", "the TCP checksum is wrong",
	 "ethtool -k IF (checksum offload); nstat -az "
	 "TcpInCsumErrors"},
	{"UDP_CSUM", "the UDP checksum is wrong",
	 "ethtool -k IF (checksum offload); nstat -az "
	 "UdpInCsumErrors"},
	{"IP_CSUM", "the checksum of the IP header is wrong", "ethtool -k IF (checksum offload)"},
	{"ICMP_CSUM", "the ICMP checksum is wrong", "ethtool -k IF (checksum offload)"},
	{"SKB_CSUM", "a checksum is wrong", "ethtool -k IF (checksum offload)"},
	{"SOCKET_FILTER", "a BPF filter of the socket refused it", "ss -apb"},
	{"NETFILTER_DROP",
	 "a rule of nftables or iptables dropped it; the path column tells the hook",
	 "nft list ruleset (counters, 'nft monitor trace'), or iptables -L -v -n in that chain"},
	{"OTHERHOST", "the frame is for another link address: a promiscuous device or a bridge",
	 "ip neigh; ip -d link show IF"},
	{"IP_INHDR", "the IP header is malformed, or its TTL ended here",
	 "traceroute -n DESTINATION; nstat -az IpInHdrErrors"},
	{"IP_RPFILTER", "a reply would leave by another interface: the reverse path filter",
	 "sysctl net.ipv4.conf.IF.rp_filter; ip route get SOURCE"},
	{"UNICAST_IN_L2_MULTICAST", "a unicast address inside a multicast frame", "the sender"},
	{"XFRM_POLICY", "an IPsec policy forbids it", "ip xfrm policy; /proc/net/xfrm_stat"},
	{"IP_NOPROTO", "no handler for this IP protocol", "lsmod (is the tunnel's module loaded?)"},
	{"SOCKET_RCVBUFF", "the receive buffer of the socket is full: its reader is too slow",
	 "ss -uamp (skmem, drops); sysctl net.core.rmem_max"},
	{"PROTO_MEM", "the protocol's memory limit is reached",
	 "sysctl net.ipv4.tcp_mem net.ipv4.udp_mem; /proc/net/sockstat"},
	{"SOCKET_BACKLOG", "the backlog of a busy socket is full",
	 "nstat -az TcpExtTCPBacklogDrop"},
	{"TCP_FLAGS", "the segment's flags fit no state of the connection", "ss -tan"},
	{"TCP_ZEROWINDOW", "data came although the window is closed", "ss -tmi"},
	{"TCP_OLD_DATA", "data that was received before: a retransmission that was not needed",
	 "nstat -az TcpExtTCPDSACKOldSent; ss -ti"},
	{"TCP_OVERWINDOW", "data beyond the window", "ss -tmi"},
	{"TCP_OFOMERGE", "data that waits in the queue already", "ss -ti"},
	{"TCP_RFC7323_PAWS", "an old timestamp (PAWS): a NAT may mix hosts",
	 "nstat -az "
	 "TcpExtPAWSEstab"},
	{"TCP_OLD_SEQUENCE", "a sequence number before the window", "ss -ti"},
	{"TCP_INVALID_SEQUENCE", "a sequence number outside the window", "ss -ti"},
	{"TCP_INVALID_ACK_SEQUENCE", "it acknowledges what was never sent", "ss -ti"},
	{"TCP_RESET", "a reset that does not fit the connection",
	 "xcap skb -f tcp:tcp_receive_reset"},
	{"TCP_INVALID_SYN", "a SYN inside a connection, or from an address that cannot be",
	 "ss -tan"},
	{"TCP_CLOSE", "the connection is closed", "ss -tan"},
	{"TCP_OLD_ACK", "an acknowledgement that is too old", "ss -ti"},
	{"TCP_ABORT_ON_DATA", "data for a socket that was closed", "the application; ss -tan"},
	{"TCP_MINTTL", "its TTL is below the socket's minimum", "the application (IP_MINTTL)"},
	{"TCP_LISTEN_OVERFLOW", "the queue of a listening socket is full: it accepts too slowly",
	 "ss -ltn (Recv-Q against Send-Q); sysctl net.core.somaxconn"},
	{"BPF_CGROUP_EGRESS", "a BPF program of the cgroup dropped it", "bpftool cgroup tree"},
	{"IPV6DISABLED", "IPv6 is disabled on the interface",
	 "sysctl net.ipv6.conf.IF.disable_ipv6"},
	{"NEIGH_CREATEFAIL", "no neighbour entry could be made",
	 "ip -s neigh; sysctl "
	 "net.ipv4.neigh.default.gc_thresh3"},
	{"NEIGH_FAILED", "the next hop does not answer ARP or neighbour discovery", "ip neigh"},
	{"NEIGH_QUEUEFULL", "too many packets wait for the next hop's link address", "ip neigh"},
	{"NEIGH_DEAD", "the neighbour entry went while the packet waited", "ip neigh"},
	{"TC_EGRESS", "a tc filter on transmission dropped it", "tc -s filter show dev IF egress"},
	{"TC_INGRESS", "a tc filter on receipt dropped it", "tc -s filter show dev IF ingress"},
	{"QDISC_DROP", "the queue of the device is full, or its qdisc chose this packet",
	 "tc -s qdisc show dev IF"},
	{"QDISC_OVERLIMIT", "the qdisc is full", "tc -s qdisc show dev IF"},
	{"CPU_BACKLOG", "a CPU's input queue is full",
	 "/proc/net/softnet_stat; sysctl net.core.netdev_max_backlog"},
	{"XDP", "an XDP program dropped it", "ip -d link show IF; bpftool net"},
	{"UNHANDLED_PROTO", "no protocol handler takes it",
	 "ip -d link (a VLAN without a device?)"},
	{"SKB_GSO_SEG", "it could not be cut into segments", "ethtool -k IF (offloads)"},
	{"DEV_HDR", "the link header could not be made", "ip -d link show IF"},
	{"DEV_READY", "the device is not up", "ip link show IF"},
	{"FULL_RING", "the ring of the device is full", "ethtool -S IF; ethtool -g IF"},
	{"NOMEM", "no memory", "free -m; dmesg"},
	{"TAP_FILTER", "the filter of a TUN or TAP device refused it", "ip -d tuntap"},
	{"TAP_TXFILTER", "a filter on the TAP device refused it", "ip -d tuntap"},
	{"IP_INADDRERRORS", "the destination address is not valid here",
	 "ip route get DESTINATION; ip addr"},
	{"IP_INNOROUTES", "there is no route to the destination",
	 "ip route get DESTINATION from "
	 "SOURCE iif IF"},
	{"IP_OUTNOROUTES", "there is no route to the destination", "ip route get DESTINATION"},
	{"IP_LOCAL_SOURCE", "it came from outside with an address of this host", "ip addr"},
	{"IP_INVALID_SOURCE", "the source address cannot be one of a host", "the sender"},
	{"IP_INVALID_DEST", "the destination address cannot be one", "the sender"},
	{"IP_LOCALNET", "a loopback address came by a real interface",
	 "sysctl net.ipv4.conf.IF.route_localnet"},
	{"PKT_TOO_BIG", "longer than the MTU of the next link, and must not be fragmented",
	 "ip route get DESTINATION (mtu); tracepath DESTINATION"},
	{"DUP_FRAG", "a fragment that came before", "nstat -az IpReasmFails"},
	{"FRAG_REASM_TIMEOUT", "a fragment is missing: the others waited in vain",
	 "nstat -az IpReasmTimeout"},
	{"FRAG_TOO_FAR", "a fragment far from the others",
	 "sysctl net.ipv4.ipfrag_max_dist; nstat -az IpReasmFails"},
	{"NO_TX_TARGET", "no other port of the bridge or device to send it to",
	 "bridge link; bridge fdb"},
	{"SECURITY_HOOK", "a security module (SELinux, Smack) forbids it",
	 "dmesg; ausearch -m avc"},
	{"SOCKET_CLOSE", "the socket was closed", "ss -tanup"},
	{"QUEUE_PURGE", "it waited in a queue that was emptied: the socket or device went",
	 "the application: it closed before it had read all"},
	{"BRIDGE_INGRESS_STP_STATE", "the bridge port does not forward", "bridge -d link show"},
	{"VXLAN_VNI_NOT_FOUND", "no device has this VXLAN identifier",
	 "ip -d link show type vxlan"},
};

void drops_advice_print(const char *reason, FILE *out)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(table); i++)
		if (strcmp(table[i].reason, reason) == 0) {
			fprintf(out, "%s: %s; look: %s\n", reason, table[i].meaning, table[i].look);
			return;
		}
	if (*reason)
		fprintf(out,
			"%s: no advice for this reason; the place names the function that "
			"dropped\n",
			reason);
	else
		fputs("this kernel gives no reasons (5.17 and later do); the place names the "
		      "function that dropped\n",
		      out);
}
