# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# linktype.sh - devices with and without Ethernet, in files of every link type: what the packet is, which
# device it is said to have been on, and that nothing is misread.

HERE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")
# where packets of any device come in and go out
BOTH=(-f net:netif_receive_skb -f net:net_dev_start_xmit)

# read_all FILE: tcpdump, tshark and capinfos read it without a complaint; lines in $T/tcpdump.txt.
read_all()
{
	need tshark capinfos
	tcpdump -nn -t -r "$1" 2>"$T/tcpdump.err" |
		sed -E 's/^[^ ]+ +(In|Out|B|M|P) +//' >"$T/tcpdump.txt" || fail "tcpdump cannot read ${1##*/}"
	# said of every cooked file: tcpdump looks up the interface numbers on the machine where it reads
	eq "complaints of tcpdump" "$(grep -cv -e '^reading from file' -e '^Warning: interface names might be incorrect' \
		"$T/tcpdump.err" || true)" 0
	no_match "$T/tcpdump.txt" '\[\||[Ii]nvalid|unsupported|IP[0-9]+ unknown|bad-'
	tshark -nr "$1" >"$T/tshark" 2>"$T/tshark.err" || fail "tshark cannot read ${1##*/}"
	no_match "$T/tshark.err" 'cut short|[Ee]rror'
	no_match "$T/tshark" '[Mm]alformed'
	capinfos "$1" >"$T/capinfos" 2>&1 || fail "capinfos cannot read ${1##*/}"
	no_match "$T/capinfos" 'cut short|[Ee]rror'
}

# fields FILE FIELD...: one line per packet, tab-separated.
fields()
{
	local file=$1 args=() field

	shift
	for field; do
		args+=(-e "$field")
	done
	tshark -nr "$file" -T fields "${args[@]}" 2>"$T/tshark.err"
}

# Two echo requests, four frames with a tag, three ARP requests.
mixture()
{
	ping4 2
	raw vlan 2
	raw arp 3
}

quiet_net()
{
	net_up
	# IPv6 sends by itself, at any time
	in_a sysctl -qw "net.ipv6.conf.$DEV_A.disable_ipv6=1"
	in_b sysctl -qw "net.ipv6.conf.$DEV_B.disable_ipv6=1"
	# and ARP asks again
	in_a ip neigh replace "$IP_B" lladdr "$MAC_B" dev "$DEV_A" nud permanent
	in_b ip neigh replace "$IP_A" lladdr "$MAC_A" dev "$DEV_B" nud permanent
}

test_y__raw__is_the_ip_packet_alone_and_says_what_is_not_ip()
{
	local ending

	quiet_net
	for ending in pcapng pcap; do
		tcpdump_start ip or vlan
		capture skb "${HERE[@]}" -y RAW -w "$T/x.$ending" -- mixture
		tcpdump_stop
		read_all "$T/x.$ending"
		match "$T/tcpdump.err" 'link-type RAW \(Raw IP\), snapshot length 65535$'
		eq "captured" "$(total captured)" 6
		eq "left out" "$(total left_out)" 3
		match "$T/err" '^not shown: 3 not IP, for which -y RAW has no form$'
		fields "$T/x.$ending" ip.src ip.id ip.len data.data icmp.seq frame.cap_len >"$T/raw"
		fields "$T/tcpdump.pcap" ip.src ip.id ip.len data.data icmp.seq eth.type vlan.id frame.cap_len |
			awk -F '\t' -v OFS='\t' '{ $8 -= $7 == "" ? 14 : 18; print $1, $2, $3, $4, $5, $8 }' >"$T/wire"
		eq "packets on the wire" "$(lines "$T/wire")" 6
		diff "$T/raw" "$T/wire" >&2 || fail "not the packets of the wire (< xcap, > tcpdump)"
	done
	fields "$T/x.pcapng" frame.comment >"$T/comments"
	eq "comments" "$(count "$T/comments" '^probe=')" 6
	tshark -nr "$T/x.pcapng" -z expert -q >"$T/expert" 2>&1
	no_match "$T/expert" '[Ee]rrors \('
}

test_y__raw__the_statistics_of_the_file_say_what_was_left_out()
{
	quiet_net
	capture skb "${HERE[@]}" -y RAW -w "$T/x.pcapng" -- mixture
	grep -a -o 'counters=capture [a-z_=0-9 ]*' "$T/x.pcapng" >"$T/comment"
	match "$T/comment" 'shown=6 .*left_out=3 unconverted=3 '
}

test_y__raw__count_is_of_packets_in_the_file()
{
	quiet_net
	start skb "${HERE[@]}" -y RAW -c 2 -w "$T/x.pcapng"
	raw arp 3
	ping4 2
	finish
	eq "packets" "$(packets "$T/x.pcapng")" 2
	eq "left out" "$(total left_out)" 3
	no_match "$T/err" 'do not add up'
}

test_y__raw__with_print_shows_what_the_file_lacks()
{
	quiet_net
	capture skb "${HERE[@]}" -y RAW -w "$T/x.pcap" --print -- mixture
	eq "lines" "$(lines "$T/out")" 9
	eq "ARP in the text" "$(count "$T/out" 'ARP, Request')" 3
	eq "packets in the file" "$(packets "$T/x.pcap")" 6
	match "$T/err" '^printed, but not in the file: 3 not IP, for which -y RAW has no form$'
}

test_y__linux_sll2__has_device_packet_type_source_and_the_tag_in_the_payload()
{
	local index ending

	quiet_net
	index=$(in_b cat "/sys/class/net/$DEV_B/ifindex")
	for ending in pcapng pcap; do
		capture skb "${BOTH[@]}" -i "$DEV_B" --linktype LINUX_SLL2 -w "$T/x.$ending" -- mixture
		read_all "$T/x.$ending"
		match "$T/tcpdump.err" 'link-type LINUX_SLL2 \(Linux cooked v2\), snapshot length 65535$'
		fields "$T/x.$ending" sll.pkttype sll.hatype sll.ifindex sll.src.eth sll.etype vlan.id arp.opcode icmp.type \
			>"$T/sll"
		eq "requests" "$(count "$T/sll" "^0	1	$index	$MAC_A	0x0800		*8\$")" 2
		eq "replies" "$(count "$T/sll" "^4	1	$index	$MAC_B	0x0800		*0\$")" 2
		eq "frames of VLAN 5" "$(count "$T/sll" "^0	1	$index	$MAC_A	0x8100	5	")" 2
		eq "ARP" "$(count "$T/sll" "	0x0806		1	\$")" 3
		at_least "packets" "$(lines "$T/sll")" 11
		eq "left out" "$(total left_out)" 0
	done
}

test_y__to_standard_output__is_read_by_tcpdump()
{
	local type

	quiet_net
	for type in RAW LINUX_SLL2 EN10MB; do
		STDOUT=$T/x capture skb "${HERE[@]}" -y "$type" -w - -e icmp -- ping4 1
		tcpdump -nn -t -r - <"$T/x" >"$T/lines" 2>"$T/tcpdump.err"
		match "$T/tcpdump.err" "link-type $type "
		eq "lines" "$(lines "$T/lines")" 1
		match "$T/lines" 'IP 10\.99\.0\.1 > 10\.99\.0\.2: ICMP echo request'
	done
}

test_y__snaplen_is_of_the_converted_packet_and_the_filter_of_the_frame()
{
	local type header

	quiet_net
	while read -r type header; do
		capture skb "${HERE[@]}" -y "$type" -s 40 -w "$T/x.pcapng" \
			-e "vlan 5 and ether src $MAC_A and greater 70" -- raw vlan 3
		eq "packets" "$(packets "$T/x.pcapng")" 3
		# 18 bytes of link header and tag, 58 of IP
		fields "$T/x.pcapng" frame.cap_len frame.len >"$T/lengths"
		each_line_matches "$T/lengths" "^40	$header\$"
	done <<-TYPES
		EN10MB 76
		RAW 58
		LINUX_SLL2 82
	TYPES
}

# every_type DEVICE HATYPE LINE-REGEX...: what went over the device (of $NS_A or $NS_B) while ping_it ran, as
# text and in files of every link type: each regex matches a line of the text and of tcpdump on each file.
every_type()
{
	device_packets ping_it "$@"
}

# device_packets COMMAND DEVICE...: the same of another command.
device_packets()
{
	local command=$1 device=$2 hatype=$3 type regex

	shift 3
	for type in EN10MB RAW LINUX_SLL2; do
		capture skb "${BOTH[@]}" -i "$device" -y "$type" -w "$T/x.pcapng" --print -e 'icmp or icmp6[0] >= 128' -- "$command"
		read_all "$T/x.pcapng"
		no_match "$T/out" '\[\||no packet|0x'
		eq "packets in the file" "$(lines "$T/tcpdump.txt")" "$(lines "$T/out")"
		eq "left out" "$(total left_out)" 0
		for regex; do
			match "$T/out" "$regex"
			match "$T/tcpdump.txt" "$regex"
		done
		[ "$type" = LINUX_SLL2 ] || continue
		fields "$T/x.pcapng" sll.hatype >"$T/hatypes"
		each_line_matches "$T/hatypes" "^$hatype\$"
	done
}

ping_it()
{
	in_a ping -q -n -c 1 -W $((2 * SLOW)) 10.98.0.2 >"$T/ping" 2>&1 || { cat "$T/ping" >&2; fail "ping"; }
	[ -z "${PING6:-}" ] || in_a ping -q -n -c 1 -W $((2 * SLOW)) "$PING6" >"$T/ping" 2>&1 ||
		{ cat "$T/ping" >&2; fail "ping -6"; }
}

REQUEST='IP 10\.98\.0\.1 > 10\.98\.0\.2: ICMP echo request, id [0-9]+, seq 1, length 64'
REPLY='IP 10\.98\.0\.2 > 10\.98\.0\.1: ICMP echo reply, id [0-9]+, seq 1, length 64'
REQUEST6='IP6 fd98::1 > fd98::2: ICMP6, echo request, id [0-9]+, seq 1, length 64'
REPLY6='IP6 fd98::2 > fd98::1: ICMP6, echo reply, id [0-9]+, seq 1, length 64'

test_device__tun__packets_without_a_link_header()
{
	[ -c /dev/net/tun ] || modprobe -q tun || true
	[ -c /dev/net/tun ] || skip "/dev/net/tun"
	ip netns add "$NS_A"
	background_io /dev/null "$T/tun" "$T/err" ip netns exec "$NS_A" python3 "$NET/tun.py" "xt$ID"
	until_true 10 grep -q ready "$T/tun" || fail "no tun device"
	in_a ip addr add 10.98.0.1/24 dev "xt$ID"
	in_a ip addr add fd98::1/64 dev "xt$ID" nodad
	in_a ip link set "xt$ID" up
	PING6=fd98::2
	every_type "xt$ID" 65534 "$REQUEST" "$REPLY" "$REQUEST6" "$REPLY6"
	capture skb "${BOTH[@]}" -i "xt$ID" -w "$T/x.pcapng" -e icmp -- ping_it
	fields "$T/x.pcapng" eth.src eth.dst eth.type frame.comment >"$T/eth"
	each_line_matches "$T/eth" '^00:00:00:00:00:00	00:00:00:00:00:00	0x0800	.* devtype=65534 .* synth=ether'
}

test_device__loopback__is_ethernet_with_zero_addresses()
{
	ip netns add "$NS_A"
	in_a ip link set lo up
	in_a ip addr add 10.98.0.1/32 dev lo
	in_a ip addr add 10.98.0.2/32 dev lo
	# from .2 to .2: an address of the host's own
	every_type lo@"$NS_A" 772 'IP 10\.98\.0\.2 > 10\.98\.0\.2: ICMP echo request' \
		'IP 10\.98\.0\.2 > 10\.98\.0\.2: ICMP echo reply'
}

test_device__veth__is_ethernet()
{
	quiet_net
	in_a ip addr add 10.98.0.1/24 dev "$DEV_A"
	in_b ip addr add 10.98.0.2/24 dev "$DEV_B"
	every_type "$DEV_B" 1 "$REQUEST" "$REPLY"
}

# Nobody answers.
ping_ppp()
{
	in_a ping -q -n -c 1 -W 1 10.98.0.2 >"$T/ping" 2>&1 || true
	in_a ping -6 -q -n -c 1 -W 1 fd98::2 >"$T/ping" 2>&1 || true
}

test_device__ppp__is_ip_on_a_device_of_its_type()
{
	modprobe -q ppp_generic 2>"$T/ppp.err" || true
	ip netns add "$NS_A"
	mknod "$T/node" c 108 0
	background_io /dev/null "$T/ppp" "$T/ppp.err" ip netns exec "$NS_A" python3 "$NET/ppp.py" "$T/node"
	until_true 10 grep -q ready "$T/ppp" "$T/ppp.err" || fail "neither a ppp device nor why not"
	grep -q '^ready' "$T/ppp" || skip "ppp devices: $(head -n 1 "$T/ppp.err")"
	in_a ip addr add 10.98.0.1 peer 10.98.0.2 dev ppp0
	in_a ip link set ppp0 up
	in_a ip -6 addr add fd98::1/64 dev ppp0 nodad
	BOTH=(-f net:net_dev_queue)
	device_packets ping_ppp ppp0 512 "$REQUEST" "$REQUEST6"
}

# Copies of netlink messages: no packets, on a device that says so.
test_device__netlink_monitor__has_records_without_a_packet()
{
	modprobe -q nlmon 2>"$T/link.err" || true
	ip netns add "$NS_A"
	in_a ip link add "xn$ID" type nlmon 2>"$T/link.err" || skip "netlink monitor devices: $(head -n 1 "$T/link.err")"
	in_a ip link set "xn$ID" up
	capture skb -f net:net_dev_queue -i "xn$ID" -w "$T/x.pcapng" --print -- in_a ip link show dev "xn$ID"
	each_line_matches "$T/out" ' no packet \(protocol 0x0000, length [1-9][0-9]*\)'
	at_least "messages" "$(lines "$T/out")" 2
	need tshark
	fields "$T/x.pcapng" frame.cap_len eth.type frame.comment >"$T/comments"
	each_line_matches "$T/comments" '^14	0x88b5	.* devtype=824 .* packet=none( |$)'
	eq "packets in the file" "$(lines "$T/comments")" "$(lines "$T/out")"
	capture skb -f net:net_dev_queue -i "xn$ID" -e 'len >= 0' -- in_a ip link show dev "xn$ID"
	eq "lines of a filter" "$(lines "$T/out")" 0
	at_least "messages seen" "$(total seen)" 2
}

# tunnel N KIND: device xt$ID-N from A to B over the veth pair. False if this kernel has no such device.
tunnel()
{
	local n=$1 kind=$2 dev=xt$ID-$1

	in_a ip link add "$dev" type "$kind" local "$IP_A" remote "$IP_B" 2>>"$T/link.err" || return 1
	in_b ip link add "$dev" type "$kind" local "$IP_B" remote "$IP_A"
	tunnel_addresses "$n"
}

# 10.98.N.1 and .2 at its ends, but IPv6 inside sit: IPv4 in IPv4 would be taken by ipip
tunnel_addresses()
{
	local n=$1 net=10.98.$1. bits=24

	[ "$n" != 76 ] || { net=fd98:76:: bits=64; }
	in_a ip addr add "${net}1/$bits" dev "xt$ID-$n"
	in_b ip addr add "${net}2/$bits" dev "xt$ID-$n"
	in_a ip link set "xt$ID-$n" up
	in_b ip link set "xt$ID-$n" up
}

# The same by wireguard, whose packets have no link header at all.
wireguard()
{
	local n=$1 dev=xt$ID-$1

	in_a ip link add "$dev" type wireguard 2>>"$T/link.err" || return 1
	in_b ip link add "$dev" type wireguard
	umask 077
	wg genkey >"$T/a.key"
	wg genkey >"$T/b.key"
	in_a wg set "$dev" listen-port 5555 private-key "$T/a.key" peer "$(wg pubkey <"$T/b.key")" \
		allowed-ips 10.98.0.0/16 endpoint "$IP_B:5555"
	in_b wg set "$dev" listen-port 5555 private-key "$T/b.key" peer "$(wg pubkey <"$T/a.key")" \
		allowed-ips 10.98.0.0/16 endpoint "$IP_A:5555"
	tunnel_addresses "$n"
}

ping_tunnels()
{
	local to

	for to in 10.98.68.2 fd98:76::2 10.98.78.2 10.98.254.2; do
		in_a ping -q -n -c 1 -W $((2 * SLOW)) $to >"$T/ping" 2>&1 || fail "ping $to"
	done
}

# ARPHRD_* of if_arp.h: TUNNEL 768, SIT 776, IPGRE 778, NONE 65534. All or none are compiled into a kernel.
test_device__tunnels__are_the_inner_packet_on_a_device_of_their_type()
{
	local file type net

	need tshark wg
	quiet_net
	tunnel 68 ipip || skip "tunnel devices: $(head -n 1 "$T/link.err")"
	tunnel 76 sit
	tunnel 78 gre
	wireguard 254
	capture skb "${BOTH[@]}" -i "xt$ID-*@$NS_B" -y LINUX_SLL2 -w "$T/x.pcapng" --print \
		-e 'icmp or icmp6[0] == 128 or icmp6[0] == 129' -- ping_tunnels
	tcpdump -nn -t -r "$T/x.pcapng" >"$T/tcpdump.txt" 2>"$T/tcpdump.err"
	fields "$T/x.pcapng" sll.hatype sll.halen ip.src ipv6.src icmp.type icmpv6.type >"$T/sll"
	eq "packets" "$(lines "$T/sll")" 8
	eq "lines" "$(lines "$T/out")" 8
	no_match "$T/out" '\[\||no packet|0x'
	while read -r type net; do
		for file in "$T/out" "$T/tcpdump.txt"; do
			match "$file" " IP6? ${net}1 > ${net}2: ICMP6?,? echo request, id [0-9]+, seq 1, length 64\$"
			match "$file" " IP6? ${net}2 > ${net}1: ICMP6?,? echo reply, id [0-9]+, seq 1, length 64\$"
		done
		match "$T/sll" "^$type	0	*${net}1	*(8|128)	?\$"
	done <<-TYPES
		768 10.98.68.
		776 fd98:76::
		778 10.98.78.
		65534 10.98.254.
	TYPES
}
