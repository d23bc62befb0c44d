# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ether.sh - the Ethernet addresses of headers that are made up: those that the packet will have on the wire
# where device and neighbour are known, else zeros, and to the filter the same as in the file.

ROUTER=02:00:00:00:00:0c	# a router that is not there
NOBODY=00:00:00:00:00:00

# Local output ends in front of the link layer, as the drop of a netfilter rule.
output_net()
{
	need nft
	net_up
	in_a ip neigh replace "$IP_B" lladdr "$MAC_B" dev "$DEV_A" nud permanent
	in_a ip neigh replace "$IP6_B" lladdr "$MAC_B" dev "$DEV_A" nud permanent
	in_a ip neigh replace 10.99.0.3 lladdr "$ROUTER" dev "$DEV_A" nud permanent
	in_a ip neigh replace fe80::c lladdr "$ROUTER" dev "$DEV_A" nud permanent
	in_a ip neigh replace 10.99.0.5 dev "$DEV_A" nud failed
	in_a ip route add 10.1.0.0/16 via 10.99.0.3
	in_a ip route add 10.2.0.0/16 via inet6 fe80::c dev "$DEV_A"
	in_a ip -6 route add fd01::/16 via fe80::c dev "$DEV_A"
	in_a ip route add 224.0.0.0/4 dev "$DEV_A"
	in_a nft add table inet xcap
	in_a nft add chain inet xcap output '{ type filter hook output priority 0; }'
	in_a nft add rule inet xcap output udp dport 9 drop
}

# What the packet to each destination gets as its own.
DESTINATIONS="
$IP_B $MAC_B
10.1.2.3 $ROUTER
10.2.2.3 $ROUTER
10.99.0.4 $NOBODY
10.99.0.5 $NOBODY
10.99.0.255 ff:ff:ff:ff:ff:ff
255.255.255.255 ff:ff:ff:ff:ff:ff
239.129.2.3 01:00:5e:01:02:03
$IP6_B $MAC_B
fd01::3 $ROUTER
fd99::4 $NOBODY
ff02::1:ff00:17 33:33:ff:00:00:17
"

addresses()
{
	sed -n 's/ .*//p' <<<"$DESTINATIONS"
}

send_output()
{
	# shellcheck disable=SC2046 # words
	in_a python3 "$NET/ether_send.py" "$DEV_A" $(addresses)
}

# dropped_at SPEC: every destination has one packet, from the device's address to its own.
dropped_at()
{
	local address mac own=$MAC_A

	output_net
	capture skb -f "$1" -w "$T/x.pcapng" -e 'udp port 9' -- send_output
	eq lost "$(total lost)" 0
	# tshark takes half a minute in a guest
	tcpdump -e -nn -t -r "$T/x.pcapng" 2>"$T/tcpdump.err" |
		sed -nE 's/^([0-9a-f:]+) > ([0-9a-f:]+), .* > ([0-9a-f.:]+)\.9: .*/\3 \2 \1/p' >"$T/table"
	eq "headers that are made up" "$(grep -aoE ' synth=ether' "$T/x.pcapng" | wc -l)" "$(lines "$T/table")"
	while read -r address mac; do
		[ -z "$address" ] || eq "frames to $address at $mac" "$(count "$T/table" "^$address $mac $own\$")" 1
	done <<<"$DESTINATIONS"
	eq packets "$(lines "$T/table")" "$(addresses | grep -c .)"
}

test_ether__before_the_link_layer__are_those_of_the_device_and_the_neighbour()
{
	dropped_at skb:kfree_skb
}

test_ether__by_raw_tp__are_those_of_the_device_and_the_neighbour()
{
	dropped_at raw_tp:skb:kfree_skb
}

test_ether__the_filter_and_cooked_frames_have_them_too()
{
	need tshark
	output_net
	capture skb -f skb:kfree_skb -e "udp port 9 and ether dst $ROUTER and ether src $MAC_A" -- send_output
	each_line_matches "$T/out" ' (10\.[12]\.2\.3|fd01::3)\.9: '
	eq lines "$(lines "$T/out")" 3
	capture skb -f skb:kfree_skb -e "udp port 9 and ether multicast" -- send_output
	eq "lines of groups" "$(lines "$T/out")" 4
	capture skb -f skb:kfree_skb -y LINUX_SLL2 -w "$T/x.pcapng" -e "udp port 9" -- send_output
	tshark -nr "$T/x.pcapng" -T fields -e sll.src.eth >"$T/table" 2>"$T/tshark.err"
	each_line_matches "$T/table" "^$MAC_A\$"
}

ping_tun()
{
	in_a ping -q -n -c 2 -i 0.05 -W $((2 * SLOW)) 10.98.0.2 >"$T/ping"
}

# What a device without link headers received, handed to one with them, on its way up: it is for this host, and
# nobody sent it by an Ethernet address.
test_ether__of_a_received_packet_without_its_header__is_the_device()
{
	need tshark tc
	[ -c /dev/net/tun ] || modprobe -q tun || true
	[ -c /dev/net/tun ] || skip "/dev/net/tun"
	net_up
	background_io /dev/null "$T/tun" "$T/err" ip netns exec "$NS_A" python3 "$NET/tun.py" "xt$ID"
	until_true 10 grep -q ready "$T/tun" || fail "no tun device"
	in_a ip addr add 10.98.0.1/24 dev "xt$ID"
	in_a ip link set "xt$ID" up
	in_a tc qdisc add dev "xt$ID" ingress
	in_a tc filter add dev "xt$ID" ingress protocol ip u32 match u32 0 0 \
		action mirred ingress redirect dev "$DEV_A" 2>"$T/tc.err" || skip "act_mirred: $(head -n 1 "$T/tc.err")"
	in_a sysctl -qw net.ipv4.conf.all.rp_filter=0 "net.ipv4.conf.$DEV_A.rp_filter=0"
	capture skb -f net:netif_receive_skb -i "$DEV_A" -w "$T/x.pcapng" \
		-e "icmp[0] = 0 and ether dst $MAC_A and ether src $NOBODY" \
		-- ping_tun
	tshark -nr "$T/x.pcapng" -T fields -e eth.dst -e eth.src -e ip.src -e frame.comment >"$T/table" 2>"$T/tshark.err"
	each_line_matches "$T/table" "^$MAC_A	$NOBODY	10.98.0.2	.* synth=ether( |\$)"
	eq replies "$(lines "$T/table")" 2
}
