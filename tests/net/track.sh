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
