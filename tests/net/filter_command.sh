# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# filter.sh - xcap filter: the forms of a program beside tcpdump's, files of packets, and -F.

EXPRESSIONS=('' ip 'tcp port 80 and host 10.0.0.1' 'vlan 5 and ip6' 'ip6 protochain 6' 'len > 60' arp
	'tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420' 'net 10.0.0.0/8 or portrange 50-90' inbound
	'ip6 host 2001:db8::1' 'not udp')

# four_packets FILE [LINKTYPE]: UDP to port 53, ARP, TCP to port 80, and the UDP again with VLAN tag 5.
four_packets()
{
	python3 - "$@" <<-'END'
		import struct, sys
		def ip(proto, rest):
		    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(rest), 1, 0, 64, proto, 0,
		                       bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])) + rest
		udp = ip(17, struct.pack("!HHHH", 4000, 53, 12, 0) + b"data")
		tcp = ip(6, struct.pack("!HHIIBBHHH", 4000, 80, 1, 0, 0x50, 2, 1000, 0, 0))
		addresses = bytes(range(12))
		frames = [addresses + b"\x08\x00" + udp, addresses + b"\x08\x06" + bytes(28),
		          addresses + b"\x08\x00" + tcp, addresses + b"\x81\x00\x00\x05\x08\x00" + udp]
		with open(sys.argv[1], "wb") as out:
		    link = int(sys.argv[2]) if len(sys.argv) > 2 else 1
		    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
		    for frame in frames:
		        frame = frame[14:] if link == 101 else frame
		        out.write(struct.pack("<IIII", 1700000000, 0, len(frame), len(frame)) + frame)
	END
}

# same_as_tcpdump LINKTYPE FORM EXPRESSION: the program is the same, or both refuse it in the same words.
same_as_tcpdump()
{
	if ! tcpdump -y "$1" "$2" "$3" >"$T/tcpdump" 2>"$T/tcpdump.err"; then
		try 2 filter -y "$1" "$2" -e "$3"
		error_says "bad filter '.*': "
		grep -qF -- "$(sed 's/^tcpdump: //' "$T/tcpdump.err")" "$T/err" || fail "not in the words of libpcap"
		return
	fi
	try 0 filter -y "$1" "$2" -e "$3"
	cmp "$T/out" "$T/tcpdump" || fail "$1 $2 '$3' differs from tcpdump's"
	[ ! -s "$T/err" ] || fail "stderr is not empty"
}

test_d__each_form_is_that_of_tcpdump()
{
	local type expression form

	for type in EN10MB RAW LINUX_SLL2; do
		for expression in "${EXPRESSIONS[@]}"; do
			for form in -d -dd -ddd; do
				same_as_tcpdump $type $form "$expression"
			done
		done
	done
}

test_filter__without_a_form_is_d()
{
	try 0 filter -d ip6
	cp "$T/out" "$T/d"
	try 0 filter ip6
	cmp "$T/out" "$T/d"
	match "$T/out" '^\(000\) ldh      \[12\]$'
}

test_dump__counts_as_the_letter_does()
{
	try 0 filter -dd udp
	cp "$T/out" "$T/dd"
	try 0 filter --dump --dump udp
	cmp "$T/out" "$T/dd"
}

test_y__compiles_for_that_link_type()
{
	try 0 filter -y RAW ip
	match "$T/out" '^\(000\) ldb      \[0\]$'
	try 2 filter -y PPP ip
	error_says "option '-y': unknown link type 'PPP'"
	hint_says 'link types: EN10MB, RAW, LINUX_SLL2'
}

test_ebpf__is_readable()
{
	try 0 filter --ebpf tcp port 80
	each_line_matches "$T/out" '^ *[0-9]+: [^;]*( ; .*)?$'
	match "$T/out" '; packet\[12:2\]$'
	match "$T/out" ': if w6 != 0x86dd goto [0-9]+$'
	no_match "$T/out" ' code 0x'
}

test_c__compiles_without_a_warning_and_decides()
{
	local cc=${CC:-cc} expression want

	need "$cc"
	cat >"$T/main.c" <<-'END'
		#include <stdint.h>
		int xcap_match(const uint8_t *packet, uint32_t caplen, uint32_t len);
		int main(void)
		{
			const uint8_t arp[42] = {[12] = 8, [13] = 6};

			return xcap_match(arp, 42, 60) + 2 * xcap_match(arp, 13, 60);
		}
	END
	while read -r want expression; do
		try 0 filter --c "$expression"
		cp "$T/out" "$T/match.c"
		"$cc" -std=c99 -Wall -Wextra -Wmissing-prototypes -Werror -o "$T/match" "$T/match.c" "$T/main.c"
		RC=0
		"$T/match" || RC=$?
		eq "verdicts of '$expression'" "$RC" "$want"
	done <<-END
		1 arp
		0 ip
		3 len = 60
		1 len = 60 and ether[41] = 0
		0 ether[42] = 0
	END
	try 2 filter --c inbound
	error_says "no C text for 'inbound': inbound, outbound and ifindex are not in the packet's bytes"
}

test_r__prints_the_numbers_of_matching_packets()
{
	four_packets "$T/f.pcap"
	try 0 filter -r "$T/f.pcap" udp port 53
	eq numbers "$(tr '\n' ' ' <"$T/out")" '1 '
	match "$T/err" '^xcap: 1 of 4 packets matches$'
	try 0 filter 'udp or (vlan and udp)' -r "$T/f.pcap"
	eq numbers "$(tr '\n' ' ' <"$T/out")" '1 4 '
	match "$T/err" '^xcap: 2 of 4 packets match$'
	try 0 filter 'tcp' -q --read "$T/f.pcap"
	eq numbers "$(cat "$T/out")" 3
	[ ! -s "$T/err" ] || fail "-q does not silence the count"
}

# libpcap's optimiser would take a minute.
test_r__700_hosts__are_soon_compiled_and_match_the_listed()
{
	four_packets "$T/f.pcap"
	python3 -c 'print(" or ".join(f"host 10.0.{i >> 8}.{i & 255}" for i in range(2, 702)))' >"$T/hosts"
	try 0 filter -r "$T/f.pcap" -F "$T/hosts"
	eq numbers "$(tr '\n' ' ' <"$T/out")" '1 3 '
	sed -i 's/10\.0\./10.9./g' "$T/hosts"
	try 0 filter -r "$T/f.pcap" -F "$T/hosts"
	eq numbers "$(cat "$T/out")" ''
	match "$T/err" '^xcap: 0 of 4 packets match$'
}

test_r__reads_standard_input_and_pcapng()
{
	four_packets "$T/f.pcap"
	"$XCAP" filter arp -r - <"$T/f.pcap" >"$T/out" 2>"$T/err" || fail "-r - ended with $?"
	eq numbers "$(cat "$T/out")" 2
	need editcap
	editcap -F pcapng "$T/f.pcap" "$T/f.pcapng"
	try 0 filter arp -r "$T/f.pcapng"
	eq numbers "$(cat "$T/out")" 2
}

test_r__compiles_for_the_link_type_of_the_file()
{
	four_packets "$T/raw.pcap" 101
	try 0 filter -r "$T/raw.pcap" tcp port 80
	eq numbers "$(cat "$T/out")" 3
	try 2 filter -r "$T/raw.pcap" ether host 1:2:3:4:5:6
	error_says "bad filter 'ether host 1:2:3:4:5:6': "
	try 2 filter -r "$T/raw.pcap" inbound
	error_says "bad filter 'inbound' for '.*raw.pcap' \(RAW\): .*not supported"
}

test_r__file_that_is_cut_or_none__is_one_line_after_what_was_read()
{
	four_packets "$T/f.pcap"
	head -c 200 "$T/f.pcap" >"$T/cut.pcap"
	RC=0
	"$XCAP" filter -r "$T/cut.pcap" -e '' >"$T/numbers" 2>"$T/err" || RC=$?
	eq "exit status" "$RC" 1
	eq numbers "$(tr '\n' ' ' <"$T/numbers")" '1 2 '
	eq "lines of stderr" "$(lines "$T/err")" 1
	match "$T/err" "^xcap: error: cannot read '.*cut.pcap' after packet 2: truncated"
	: >"$T/empty"
	head -c 300 /dev/urandom | sed 's/^/no capture/' >"$T/junk"
	for file in "$T/empty" "$T/junk" "$T/none" "$T"; do
		try 1 filter -r "$file" ip
		error_says "cannot read '$file': "
	done
	need editcap mergecap
	four_packets "$T/raw.pcap" 101
	mergecap -F pcapng -a -w "$T/mixed.pcapng" "$T/f.pcap" "$T/raw.pcap"
	RC=0
	"$XCAP" filter -r "$T/mixed.pcapng" udp >"$T/numbers" 2>"$T/err" || RC=$?
	eq "exit status" "$RC" 1
	match "$T/err" "^xcap: error: cannot read '.*mixed.pcapng'.*type"
}

test_r__reader_that_has_gone__is_no_failure()
{
	python3 - "$T/many.pcap" <<-'END'
		import struct, sys
		with open(sys.argv[1], "wb") as out:
		    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
		    out.write((struct.pack("<IIII", 0, 0, 14, 14) + bytes(14)) * 100000)
	END
	{
		"$XCAP" filter -r "$T/many.pcap" -e '' 2>"$T/err"
		echo $? >"$T/status"
	} | head -n 1 >"$T/out"
	eq number "$(cat "$T/out")" 1
	eq "exit status" "$(cat "$T/status")" 0
	no_match "$T/err" error
}

test_F__is_the_filter_of_a_capture()
{
	net_up
	printf '# one port only\nudp port 9001 # and\n\tor udp port 9002\n' >"$T/filter"
	start skb -f tracepoint:net:netif_receive_skb -i "$DEV_B" -F "$T/filter"
	udp 2 9001
	udp 2 9002
	udp 2 9003
	stop
	eq packets "$(lines "$T/out")" 4
	no_match "$T/out" '9003'
}

test_F__beside_another_filter_or_unreadable__is_an_error()
{
	echo ip >"$T/filter"
	try 2 skb -F "$T/filter" tcp
	error_says "two filters: -F '.*' and the words 'tcp'"
	try 1 skb -F "$T/none" --dry-run
	error_says "cannot read the filter file '.*none': No such file or directory \(ENOENT\)"
	echo 'tcp prot 80' >"$T/filter"
	try 2 filter -F "$T/filter"
	error_says "bad filter 'tcp prot 80': "
	RC=0
	"$XCAP" filter -F - <<<'ip # or not' >"$T/out" 2>"$T/err" || RC=$?
	eq "exit status with standard input" "$RC" 0
}

test_filter__without_an_expression__says_what_to_type()
{
	try 2 filter
	error_says 'no filter given'
	hint_says "xcap filter 'tcp port 80'"
	try 2 filter tcp prot 80
	error_says "bad filter 'tcp prot 80'"
	match "$T/err" '^  tcp prot 80$'
	try 2 filter ip broadcast
	error_says "bad filter 'ip broadcast': netmask not known, so 'ip broadcast' not supported"
	hint_says "name the address, as in 'dst host 10.0.0.255'"
}

test_note__filter_that_cannot_match_at_a_probe__is_said_at_start()
{
	try 0 skb -f tracepoint:net:net_dev_start_xmit,tracepoint:net:netif_receive_skb --cmd true inbound
	match "$T/err" '^xcap: tracepoint:net:net_dev_start_xmit: the filter cannot match here: all packets go out$'
	eq "notes" "$(count "$T/err" 'cannot match')" 1
	try 0 skb -f tracepoint:tcp:tcp_retransmit_skb --cmd true 'vlan 5 or tcp port 1'
	match "$T/err" "tcp_retransmit_skb: 'vlan 5' cannot match here: packets have no link header yet, and are IPv4"
	try 0 skb -f tracepoint:tcp:tcp_retransmit_skb --cmd true 'tcp port 1'
	no_match "$T/err" 'cannot match'
}

# said_at_retransmit EXPR WHAT REASON: one note about the one of two probes where packets have no link header.
said_at_retransmit()
{
	try 0 skb -f tracepoint:tcp:tcp_retransmit_skb,tracepoint:net:netif_receive_skb --cmd true "$1"
	match "$T/err" "^xcap: tracepoint:tcp:tcp_retransmit_skb: $2 cannot match here: packets have no link header yet, $3"
	eq "notes" "$(count "$T/err" 'cannot match')" 1
}

test_note__arp_and_vlan_without_a_link_header__are_said_at_start_for_that_probe()
{
	said_at_retransmit arp 'the filter' 'and are IPv4'
	said_at_retransmit 'vlan 5' 'the filter' 'and are IPv4'
	said_at_retransmit 'arp or tcp port 1' "'arp'" 'and are IPv4'
	try 0 skb -f tracepoint:tcp:tcp_retransmit_skb --cmd true 'tcp port 1 and not host 10.0.0.1'
	no_match "$T/err" 'cannot match'
	try 0 skb -f tracepoint:tcp:tcp_retransmit_skb --cmd true 'ether host 02:00:00:00:00:01'
	no_match "$T/err" 'cannot match'
	match "$T/err" "tcp_retransmit_skb: .* addresses are those of device and neighbour where these are known, else zeros"
}
