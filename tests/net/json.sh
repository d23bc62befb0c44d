# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# json.sh - --json and --format json: what JSON says is what the text, the file and the totals say.

HERE=(-f tracepoint:net:netif_receive_skb -i "$DEV_B")

# ask FILE PROGRAM: Python, with `lines` (all objects) and `packets` (those of packets).
ask()
{
	python3 - "$@" <<-'END'
		import json, sys, textwrap
		lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
		packets = [line for line in lines if line["type"] == "packet"]
		exec(textwrap.dedent(sys.argv[2]))
	END
}

several()
{
	ping4 2
	ping6 1
	udp 2 9 hello
	raw plain 1
	raw arp 1
}

test_json__has_the_packets_that_the_file_has_and_their_text()
{
	net_up
	capture skb "${HERE[@]}" --json --print -w "$T/x.pcap" \
		-e 'icmp or icmp6[0] == 128 or udp port 9 or arp[6:2] == 1' -- several
	ask "$T/out" 'for p in packets: print(p["text"])' >"$T/json.txt"
	tcpdump -t -nn -r "$T/x.pcap" 2>/dev/null >"$T/tcpdump.txt"
	at_least "packets" "$(lines "$T/json.txt")" 6
	diff "$T/json.txt" "$T/tcpdump.txt" >&2 || fail "the words differ (< xcap, > tcpdump)"
	ask "$T/out" '
		assert [line["type"] for line in (lines[0], lines[-1])] == ["capture", "totals"]
		assert len(lines) == len(packets) + 2
		assert [p["number"] for p in packets] == list(range(1, len(packets) + 1))
		assert all(p["ifname"] == "'"$DEV_B"'" and p["direction"] == "in" for p in packets)
		assert all(p["cap_len"] == p["len"] and "packet" not in p for p in packets)' ||
		fail "the lines are not as they should be"
}

test_json__fields_are_those_that_tshark_decodes()
{
	local fields=(eth.src eth.dst ip.src ip.dst ip.ttl ip.id udp.srcport udp.dstport udp.length frame.len)

	need tshark
	net_up
	capture skb "${HERE[@]}" --json --print -w "$T/x.pcap" -e 'udp port 9' -- udp 3 9 hello
	ask "$T/out" 'for p in packets:
		print(p["l2"]["src"], p["l2"]["dst"], p["ip"]["src"], p["ip"]["dst"], p["ip"]["ttl"], "0x%04x" % p["ip"]["id"],
		      p["udp"]["sport"], p["udp"]["dport"], p["udp"]["len"], p["len"], sep="\t")' >"$T/json.txt"
	tshark -nr "$T/x.pcap" -T fields "${fields[@]/#/-e}" 2>/dev/null >"$T/tshark.txt"
	eq "packets" "$(lines "$T/json.txt")" 3
	diff "$T/json.txt" "$T/tshark.txt" >&2 || fail "the fields differ (< xcap, > tshark)"
}

test_json__verbose_has_the_bytes_of_the_packets()
{
	net_up
	capture skb "${HERE[@]}" --json -v --print -w "$T/x.pcap" -e icmp -- ping4 2
	ask "$T/out" 'for p in packets: print(p["packet"])' >"$T/json.txt"
	python3 - "$T/x.pcap" >"$T/pcap.txt" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()[24:]
		while data:
		    n = struct.unpack("<I", data[8:12])[0]
		    print(data[16:16 + n].hex())
		    data = data[16 + n:]
	END
	eq "packets" "$(lines "$T/json.txt")" 2
	diff "$T/json.txt" "$T/pcap.txt" >&2 || fail "the bytes differ"
}

test_json__totals_are_those_of_standard_error_also_when_packets_are_lost()
{
	net_up
	# a reader that stands still
	start skb "${HERE[@]}" -B 64 --json -e 'udp port 9'
	kill -STOP "$XCAP_PID"
	in_a "$BLAST" "$IP_B" 9 3000 1000 >"$T/blast"
	kill -CONT "$XCAP_PID"
	stop
	ask "$T/out" '
		t = lines[-1]
		assert t["type"] == "totals" and t["shown"] == len(packets) == t["sent"], t
		assert t["lost"] == sum(t[k] for k in ("fault", "nested", "undecidable", "ring_full", "table_full")), t
		assert t["ring_full"] > 0, t
		assert t["seen"] == t["rejected"] + t["lost"] + t["sent"], t
		assert t["probes"][0]["seen"] == t["seen"], t
		print(t["shown"], t["seen"], t["lost"])' >"$T/totals" || fail "the totals do not add up"
	eq "captured, seen and lost" "$(cat "$T/totals")" "$(total captured) $(total seen) $(total lost)"
}

test_json__to_a_file_by_name_or_format_is_what_is_printed()
{
	net_up
	capture skb "${HERE[@]}" -w "$T/x.json" -e icmp -- ping4 2
	[ ! -s "$T/out" ] || fail "-w printed something"
	ask "$T/x.json" 'assert len(packets) == 2 and lines[-1]["shown"] == 2 and lines[0]["filter"] == "icmp"' ||
		fail "x.json"
	capture skb "${HERE[@]}" -w - --format json -e icmp -- ping4 2
	ask "$T/out" 'assert len(packets) == 2 and lines[0]["schema"] == 1' || fail "-w - --format json"
	tail -n 1 "$T/out" >"$T/last"
	match "$T/last" '^\{"type":"totals"'
}

test_json__of_a_drop_has_reason_and_place()
{
	net_up
	drop_port 9000
	capture skb -f tracepoint:skb:kfree_skb -i "$DEV_B" --json -e 'tcp port 9000' -- syn 9000
	ask "$T/out" '
		assert packets and lines[0]["probes"][0]["drops"] is True
		for p in packets:
		    assert p["tcp"]["dport"] == 9000 and "S" in p["tcp"]["flags"], p
		    assert p["location"], p
		    assert p.get("reason", "NETFILTER_DROP") == "NETFILTER_DROP", p' || fail "the drop"
}

test_json__of_journeys_has_hops_changes_and_the_table()
{
	net_up
	capture skb -f net:net_dev_start_xmit,net:netif_receive_skb -i "$DEV_A" -i "$DEV_B" --json -g \
		--gather-by content -e 'icmp[icmptype] = icmp-echo' -- ping4 2
	ask "$T/out" '
		journeys = [line for line in lines if line["type"] == "journey"]
		hops = {line["name"]: line for line in lines if line["type"] == "hop"}
		assert [len(j["hops"]) for j in journeys] == [2, 2] and not packets, lines
		for j in journeys:
		    assert j["end"] == "complete" and not j["missing"] and j["lost"] == 0, j
		    assert [h["name"] for h in j["hops"]] == ["net_dev_start_xmit", "netif_receive_skb"], j
		    assert j["hops"][1]["since_first_ns"] == j["took_ns"] > 0, j
		    assert j["hops"][0]["icmp"] == j["hops"][1]["icmp"], j
		assert len({j["hops"][0]["icmp"]["seq"] for j in journeys}) == 2, lines
		assert hops["netif_receive_skb"]["seen"] == 2 and hops["netif_receive_skb"]["since_first"]["n"] == 2, hops
		assert lines[-1]["journeys"]["complete"] == 2 and lines[-1]["shown"] == 4, lines[-1]' ||
		fail "the journeys"
}

test_pcapng__hops_have_the_number_and_the_end_of_their_journey()
{
	need tshark
	net_up
	capture skb -f net:net_dev_start_xmit,net:netif_receive_skb -i "$DEV_A" -i "$DEV_B" -g \
		--gather-by content -w "$T/x.pcapng" -e 'icmp[icmptype] = icmp-echo' -- ping4 2
	tshark -nr "$T/x.pcapng" -T fields -e frame.comment >"$T/comments" 2>"$T/tshark.err"
	sed 's/.* journey=/journey=/' "$T/comments" | cut -d ' ' -f 1,2 >"$T/journeys"
	printf 'journey=%d end=complete\n' 1 1 2 2 >"$T/want"
	diff "$T/journeys" "$T/want" >&2 || fail "the hops' words differ (< got, > want)"
	no_match "$T/comments" ' missing='
	each_line_matches "$T/comments" ' took=[1-9][0-9]*$'
}

test_pcapng__a_packet_that_is_followed_has_one_id_as_tshark_reads_it()
{
	need tshark
	net_up
	capture skb -f net:net_dev_start_xmit,net:netif_receive_skb -i "$DEV_A" -i "$DEV_B" --track \
		-w "$T/x.pcapng" -e 'icmp[icmptype] = icmp-echo' -- ping4 2
	tshark -nr "$T/x.pcapng" -T fields -e icmp.seq -e frame.packet_id -e frame.comment 2>"$T/tshark.err" |
		sed -E 's/\t[^\t]* id=([0-9]+)( .*)?$/\t\1/' | sort | uniq -c >"$T/ids"
	# two of each: the same at both probes, and the word is the option
	eq "packets" "$(lines "$T/ids")" 2
	each_line_matches "$T/ids" '^ *2 [12]	([1-9][0-9]*)	\1$'
	eq "ids" "$(awk '{ print $3 }' "$T/ids" | sort -u | wc -l)" 2
}

test_json__contradictions_are_one_line_that_says_what_to_type()
{
	try 2 skb --json -w "$T/x.pcapng"
	error_says '--json is what is printed, and -w prints nothing'
	hint_says '--format json writes JSON to the file'
	try 2 skb --json --time date
	error_says '--time is about the text, and JSON is written'
	try 2 skb -y RAW -w "$T/x.json"
	error_says '-y is the link type'
	absent "$T/x.json"
}
