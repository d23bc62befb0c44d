# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# track.sh - --track: a packet keeps its id, and no two packets have one.

# ids REGEX: a line "id parent probe WORD" for each packet of $T/out, into $T/ids.
ids()
{
	python3 "$NET/track.py" ids "$T/out" "$1" >"$T/ids"
	[ -s "$T/ids" ] || fail "there is no packet"
}

# Each id is one packet's, and each packet has one id.
ids_are_packets()
{
	no_match "$T/ids" '^-| - $'
	eq "packets with several ids, and ids of several packets" "$(awk '
		{ if ($4 in id && id[$4] != $1) bad++; if ($1 in word && word[$1] != $4) bad++
		  id[$4] = $1; word[$1] = $4 } END { print bad + 0 }' "$T/ids")" 0
}

in_exact()
{
	"$XCAP" skb --track --dry-run >"$T/plan" 2>&1 || fail "no plan: $(cat "$T/plan")"
	grep -q '^track    exact' "$T/plan"
}

need_exact()
{
	in_exact || skip "functions that can be probed"
}

# Others may be at work on this machine.
OURS=(-i "$DEV_A" -i "$DEV_B")

# nft with these lines for a table in namespace A or B
rules()
{
	need nft
	"in_$1" nft -f - <<<"$2" 2>"$T/nft.err" || skip "nftables: $(head -n 1 "$T/nft.err")"
}

test_track__a_packet_has_one_id_at_all_probes()
{
	net_up
	capture skb --track -v -f net:net_dev_queue,net:net_dev_start_xmit,net:netif_receive_skb "${OURS[@]}" -e icmp -- ping4 5
	ids 'ICMP echo (re[a-z]*, id [0-9]+, seq [0-9]+)'
	sed -i 's/reply, id [0-9]*, seq /reply-/; s/request, id [0-9]*, seq /request-/' "$T/ids"
	ids_are_packets
	eq "packets" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" 10
	eq "hits" "$(lines "$T/ids")" 30
	match "$T/err" '^10 packets followed( \(identity=approximate\))?$'
	if in_exact; then
		no_match "$T/err" approximate
	else
		match "$T/err" 'identity=approximate'
	fi
	capture skb -v "${OURS[@]}" -e icmp -- ping4 1
	no_match "$T/out" ' id=[0-9]+ dir'
	no_match "$T/err" 'followed'
}

# The address changes under the filter: with --track the packet is seen behind it, under its id.
test_track__follows_through_nat_where_the_filter_no_longer_matches()
{
	net_up
	rules b 'table ip t { chain c { type nat hook prerouting priority -100; udp dport 9000 redirect to :9001; }; }'
	capture skb -v -f net:netif_receive_skb,skb:kfree_skb "${OURS[@]}" -e 'udp dst port 9000' -- udp 3 9000
	eq "lines without --track" "$(count "$T/out" '^[0-9].* UDP')" 3
	capture skb --track -v -f net:netif_receive_skb,skb:kfree_skb "${OURS[@]}" -e 'udp dst port 9000' -- udp 3 9000
	ids '(90[0-9]*): '
	eq "hits" "$(lines "$T/ids")" 6
	eq "received" "$(count "$T/ids" ' netif_receive_skb 9000')" 3
	eq "dropped behind NAT" "$(count "$T/ids" ' kfree_skb 9001')" 3
	eq "packets" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" 3
}

# The copies that tcpdump gets come and go while the packet is on its way.
test_track__a_clone_that_is_freed_does_not_end_the_packet()
{
	local dump

	net_up
	background ip netns exec "$NS_A" tcpdump -Z root -i "$DEV_A" --immediate-mode -w /dev/null udp 2>"$T/dump.err"
	dump=$BG
	until_true 10 grep -q 'listening on' "$T/dump.err" || fail "tcpdump is not listening"
	capture skb --track -v -f net:net_dev_start_xmit,net:netif_receive_skb,skb:kfree_skb "${OURS[@]}" -e 'udp dst port 9' -- \
		python3_in_a send "$IP_B" 9 50
	kill "$dump"
	ids '(UDP)'
	eq "hits" "$(lines "$T/ids")" 150
	eq "ids" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" 50
	eq "ids of three hits" "$(cut -d' ' -f1 "$T/ids" | sort | uniq -c | grep -c '^ *3 ')" 50
}

python3_in_a()
{
	in_a python3 "$NET/track.py" "$@"
}

test_track_max__packets_beyond_it_are_counted_and_shown_without_an_id()
{
	net_up
	background ip netns exec "$NS_B" python3 "$NET/track.py" hold 9000 "$T/bound"
	until_true 10 test -e "$T/bound" || fail "the socket is not there"
	capture skb --track --track-max 64 -v -f net:netif_receive_skb "${OURS[@]}" -e 'udp dst port 9000' -- \
		python3_in_a send "$IP_B" 9000 200
	ids '(UDP)'
	eq "packets" "$(lines "$T/ids")" 200
	eq "with an id" "$(count "$T/ids" '^[0-9]')" 64
	match "$T/err" '^64 packets followed.*; 136 not followed: no room \(--track-max\)'
	match "$T/err" '^0 packets lost'
}

# Where the table fills up, those that wait in a socket for long make room for what is on its way.
test_track_max__packets_long_silent_are_forgotten_and_counted()
{
	net_up
	background ip netns exec "$NS_B" python3 "$NET/track.py" hold 9000 "$T/bound"
	until_true 10 test -e "$T/bound" || fail "the socket is not there"
	start skb --track --track-max 64 -v -l -f net:netif_receive_skb "${OURS[@]}" -e 'udp dst port 9000'
	python3_in_a send "$IP_B" 9000 60
	# a round of the sweeper behind their second one, and a half
	python3_in_a late "$IP_B" 9000 60 2.6
	stop
	ids '(UDP)'
	eq "packets" "$(lines "$T/ids")" 120
	eq "with an id" "$(count "$T/ids" '^[0-9]')" 120
	match "$T/err" '^120 packets followed.*; 60 forgotten after a long silence$'
}

# The memory of one packet is that of the next one at once.
test_track__20000_packets_in_reused_memory_have_an_id_each()
{
	local n=$((SLOW > 1 ? 2000 : 20000))

	net_up
	capture skb --track -v -B 64M -f net:net_dev_start_xmit,net:netif_receive_skb,skb:kfree_skb "${OURS[@]}" \
		-e 'udp dst portrange 10000-30000' -- python3_in_a send "$IP_B" 10000+ $n
	match "$T/err" '^0 packets lost'
	ids ' > [0-9.]*\.([0-9]*): '
	ids_are_packets
	eq "hits" "$(lines "$T/ids")" $((3 * n))
	eq "ids" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" $n
}

# A connection that nobody answers, until the first retransmission, a second later, was seen at both probes.
long_syn()
{
	background ip netns exec "$NS_A" bash -c "exec 3<>/dev/tcp/$IP_B/$1" 2>/dev/null
	until_true 10 seen_lines 8 || fail "there is no retransmission"
	kill "$BG"
}

seen_lines()
{
	[ "$(lines "$T/out")" -ge "$1" ]
}

test_track__a_retransmission_has_a_new_id_and_names_its_parent()
{
	local first

	net_up
	drop_port 9000
	capture skb --track -v -l -f net:net_dev_start_xmit,net:netif_receive_skb "${OURS[@]}" \
		-e 'tcp dst port 9000' -- long_syn 9000
	ids '(Flags)'
	eq "hits" "$(lines "$T/ids")" 4
	first=$(sed -n '1s/ .*//p' "$T/ids")
	eq "ids" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" 2
	eq "of the second, whose parent is the first" \
		"$(count "$T/ids" "^[0-9]+ $first net_dev_start_xmit Flags retransmit")" 1
	eq "named once" "$(count "$T/ids" "^[0-9]+ - ")" 3
}

# Data at the end of what there is to send, until it was sent again.
lost_tail()
{
	background ip netns exec "$NS_A" python3 "$NET/track.py" stream "$IP_B" 9000
	until_true 10 seen_lines 8 || fail "there is no retransmission"
	kill "$BG"
}

# The first time it is sent again as a probe for the loss of the tail, by another way through TCP.
test_track__a_tail_loss_probe_is_a_retransmission_too()
{
	local first

	need socat
	net_up
	background ip netns exec "$NS_B" socat -u TCP4-LISTEN:9000,reuseaddr OPEN:/dev/null
	until_true 5 listening 9000 || fail "no listener"
	rules b 'table ip t { chain c { type filter hook input priority 0; tcp dport 9000 tcp flags & psh == psh drop; }; }'
	capture skb --track -v -l -f net:net_dev_start_xmit,net:netif_receive_skb "${OURS[@]}" \
		-e 'tcp dst port 9000 and tcp[tcpflags] & tcp-push != 0' -- lost_tail
	at_least "loss probes" "$(in_a nstat -asz TcpExtTCPLossProbes | awk '/^Tcp/ { print $2 }')" 1
	ids '(Flags)'
	first=$(sed -n '1s/ .*//p' "$T/ids")
	eq "hits of the first" "$(count "$T/ids" "^$first - ")" 2
	eq "of the second, whose parent is the first" \
		"$(count "$T/ids" "^[0-9]+ $first net_dev_start_xmit Flags retransmit")" 1
	eq "hits without an id" "$(count "$T/ids" '^-')" 0
}

# Cut up before the device: each segment is a packet of its own and names the one it was in.
test_track_exact__segments_name_their_parent()
{
	need socat ethtool
	need_exact
	net_up
	in_a ethtool -K "$DEV_A" tso off gso on >/dev/null
	capture skb --track -v -f net:net_dev_queue,net:net_dev_start_xmit -i "$DEV_A" \
		-e 'tcp dst port 8000 and greater 200' -- tcp_stream 8000 200000
	ids '(Flags)'
	awk '$3 == "net_dev_queue" { super[$1] = 1 } $2 != "-" { n++; if (!($2 in super)) bad++ }
		END { print n + 0, bad + 0 }' "$T/ids" >"$T/parents"
	read -r n bad <"$T/parents"
	at_least "segments" "$n" 50
	eq "segments whose parent was not seen" "$bad" 0
}

# More headers than there is room for: the bytes move, and the filter does not know the packet any more.
test_track_exact__a_packet_in_a_tunnel_is_the_same()
{
	need_exact
	net_up
	in_a ip link add "xt$ID" type ipip local "$IP_A" remote "$IP_B" 2>"$T/link.err" || skip "tunnel devices"
	in_b ip link add "xt$ID" type ipip local "$IP_B" remote "$IP_A"
	in_a ip addr add 10.98.0.1/24 dev "xt$ID"
	in_b ip addr add 10.98.0.2/24 dev "xt$ID"
	in_a ip link set "xt$ID" up
	in_b ip link set "xt$ID" up
	capture skb --track -v -f net:net_dev_queue,net:netif_receive_skb -e 'icmp[0] == 8 and net 10.98.0.0/24' -- \
		in_a ping -q -n -c 3 -i 0.05 -W $((2 * SLOW)) 10.98.0.2
	ids '(proto IPIP|ICMP echo)'
	eq "packets" "$(cut -d' ' -f1 "$T/ids" | sort -u | wc -l)" 3
	# queued and received: by the tunnel, and by the device below it
	eq "hits" "$(lines "$T/ids")" 12
}

# A MACsec device of this name at both ends, between 10.98.0.1 and 10.98.0.2.
macsec_up()
{
	local side dev peer n

	while read -r side dev peer n; do
		"in_$side" ip link add link "$dev" name "$1" type macsec encrypt on 2>"$T/link.err" || skip "MACsec devices"
		"in_$side" ip macsec add "$1" tx sa 0 pn 1 on key "0$n" "0000000000000000000000000000000$n"
		"in_$side" ip macsec add "$1" rx port 1 address "$peer"
		"in_$side" ip macsec add "$1" rx port 1 address "$peer" sa 0 pn 1 on key "0$((3 - n))" \
			"0000000000000000000000000000000$((3 - n))"
		"in_$side" ip addr add "10.98.0.$n/24" dev "$1"
		"in_$side" ip link set "$1" up
	done <<-EOF
		a $DEV_A $MAC_B 1
		b $DEV_B $MAC_A 2
	EOF
}

copied_traffic()
{
	python3_in_a sizes 10.98.0.2 9001 20 549
	udp 3 9000
}

# MACsec copies what is too short for its trailer (skb_copy_expand), and what others look at before it decrypts that
# (skb_copy); nft copies what it sends twice (__pskb_copy_fclone). In the tunnel nobody knows the packet by its bytes.
test_track_copies__are_the_packet_that_they_were_made_of()
{
	need_exact
	net_up
	macsec_up "xm$ID"
	rules a "table ip t { chain c { type filter hook output priority 0; udp dport 9000 dup to $IP_B device $DEV_A; }; }"
	background ip netns exec "$NS_B" python3 "$NET/track.py" tap "$DEV_B" "$T/bound"
	until_true 10 test -e "$T/bound" || fail "the packet socket is not there"
	capture skb --track -v -f k:skb_copy,k:skb_copy_expand,k:__pskb_copy_fclone,net:net_dev_queue,net:netif_receive_skb \
		"${OURS[@]}" -i "xm$ID" -e 'udp dst portrange 9000-9020' -- copied_traffic
	match "$T/err" '^23 packets followed$'
	match "$T/err" '^0 packets lost'
	ids ' > [0-9.]*\.([0-9]*): UDP'
	eq "hits of packets that are not followed" "$(count "$T/ids" '^-')" 0
	# sent and received by both devices, or twice by one
	awk '{ at[$1 " " $3]++; ids[$1] } $4 != "-" { n[$1] += ($1 in port) && port[$1] != $4; port[$1] = $4 }
		END { for (i in ids) print at[i " net_dev_queue"], at[i " netif_receive_skb"], n[i] + 0 }' "$T/ids" >"$T/at"
	eq "sent twice, received twice, of one port" "$(count "$T/at" '^2 2 0$')" 23
	eq "copied by nft" "$(count "$T/ids" ' __pskb_copy_fclone ')" 3
	eq "copied to be decrypted" "$(count "$T/ids" ' skb_copy ')" 20
	at_least "copied for more room" "$(count "$T/ids" ' skb_copy_expand ')" 1
}

# A second link, from B to A, for packets of 1,500 bytes; behind it are 10.97.0.8, 10.97.0.9 and fd97::9, too.
small_link_up()
{
	in_b ip link add "xf$ID" mtu 1500 type veth \
		peer name "xg$ID" address 02:00:00:00:01:0a mtu 1500 netns "$NS_A"
	in_b ip addr add 10.97.0.1/24 dev "xf$ID"
	in_b ip addr add fd97::1/64 dev "xf$ID" nodad
	in_a ip addr add 10.97.0.2/24 dev "xg$ID"
	in_a ip addr add fd97::2/64 dev "xg$ID" nodad
	in_b ip link set "xf$ID" up
	in_a ip link set "xg$ID" up
	in_b ip neigh add 10.97.0.8 lladdr 02:00:00:00:01:0a dev "xf$ID"
	in_b ip neigh add 10.97.0.9 lladdr 02:00:00:00:01:0a dev "xf$ID"
	in_b ip neigh add fd97::9 lladdr 02:00:00:00:01:0a dev "xf$ID"
	in_a ip route add 10.97.0.9 via "$IP_B"
	in_a ip route add 10.97.0.8 via "$IP_B" mtu lock 1500
	in_b sysctl -qw net.ipv4.ip_forward=1
	until_true 5 in_b ip link show up dev "xf$ID" || fail "the second link did not come up"
}

# Forwarded to the small link; in pieces already, which B's conntrack puts together, and they are sent on as they were;
# made in pieces by who sends them over it; sent twice, once over the small one.
large_traffic()
{
	python3_in_a large 10.97.0.9 9000
	python3_in_a large 10.97.0.8 9000
	in_b python3 "$NET/track.py" large 10.97.0.2 9000
	in_b python3 "$NET/track.py" large fd97::2 9000
	in_b python3 "$NET/track.py" large "$IP6_A" 9001
}

# Cut into new memory all are new; where the pieces lie ready the first one stays in place, and is the packet. What
# is put together again has the id of its first fragment.
test_track_fragments__name_the_packet_that_they_are_of()
{
	need_exact
	net_up 9000
	small_link_up
	rules b "table ip6 t { chain c { type filter hook output priority 0; udp dport 9001 dup to fd97::9 device xf$ID; }; }
		table ip t { chain c { type filter hook prerouting priority 0; ct state invalid drop; }; }"
	capture skb --track -v -f k:ip_do_fragment,k:ip6_fragment,k:udp_rcv,k:udpv6_rcv,net:net_dev_queue,net:netif_receive_skb \
		"${OURS[@]}" -i "xf$ID" -i "xg$ID" -e 'udp dst portrange 9000-9001' -- large_traffic
	match "$T/err" '^0 packets lost'
	python3 "$NET/track.py" ways "$T/out" "$ID" >"$T/ways"
	diff - "$T/ways" <<-EOF || fail "the packets went other ways"
		ip6_fragment@xf:4062
		  net_dev_queue@xf:1174 netif_receive_skb@xg:1174
		  net_dev_queue@xf:1510 netif_receive_skb@xg:1510
		  net_dev_queue@xf:1510 netif_receive_skb@xg:1510 udpv6_rcv@xg:4062
		ip6_fragment@xf:4062 net_dev_queue@xf:1510 netif_receive_skb@xg:1510 udpv6_rcv@xg:4062
		  net_dev_queue@xf:1174 netif_receive_skb@xg:1174
		  net_dev_queue@xf:1510 netif_receive_skb@xg:1510
		ip_do_fragment@xa:4042 net_dev_queue@xa:1514 netif_receive_skb@xb:1514 ip_do_fragment@xf:4042 net_dev_queue@xf:1514 netif_receive_skb@xg:1514
		  net_dev_queue@xa:1082 netif_receive_skb@xb:1082 net_dev_queue@xf:1082 netif_receive_skb@xg:1082
		  net_dev_queue@xa:1514 netif_receive_skb@xb:1514 net_dev_queue@xf:1514 netif_receive_skb@xg:1514
		ip_do_fragment@xf:4042 net_dev_queue@xf:1514 netif_receive_skb@xg:1514 udp_rcv@xg:4042
		  net_dev_queue@xf:1082 netif_receive_skb@xg:1082
		  net_dev_queue@xf:1514 netif_receive_skb@xg:1514
		net_dev_queue@xa:4042 netif_receive_skb@xb:4042 ip_do_fragment@xf:4042
		  net_dev_queue@xf:1082 netif_receive_skb@xg:1082
		  net_dev_queue@xf:1514 netif_receive_skb@xg:1514
		  net_dev_queue@xf:1514 netif_receive_skb@xg:1514
		net_dev_queue@xb:4062 netif_receive_skb@xa:4062 udpv6_rcv@xa:4062
	EOF
}
