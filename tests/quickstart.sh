#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# quickstart.sh - captures real traffic live, in two network namespaces that it makes and removes itself:
# a ping and a TCP exchange as they are received, then a TCP SYN that a netfilter rule drops, with the
# kernel's reason. Prints each command as "+ ..." so that it can be done again by hand. Every step is
# bounded; status 1 if a capture did not show what was sent.
set -euo pipefail

cd "$(dirname "$0")/.."
export LC_ALL=C PATH=$PWD/build:$PATH:/usr/sbin:/sbin
SERVER=

finish()
{
	local status=$?

	trap - EXIT INT TERM HUP
	[ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
	rm -f "$OUT"
	ip netns delete xcap-client 2>/dev/null || true
	ip netns delete xcap-server 2>/dev/null || true
	exit "$status"
}

die()
{
	echo "quickstart: $*" >&2
	exit 1
}

# Print a command, with quotes where a shell needs them, and run it.
run()
{
	local word line=

	for word; do
		case $word in
		'' | *[!a-zA-Z0-9_./:=,@%+-]*) line+=" '$word'" ;;
		*) line+=" $word" ;;
		esac
	done
	echo "+$line"
	# in the foreground: Ctrl-C is for the command too
	timeout --foreground 20 "$@"
}

# capture REGEX ARGS...: runs xcap with them; a line of its output must match.
capture()
{
	local regex=$1

	shift
	run xcap skb "$@" | tee "$OUT"
	grep -qE "$regex" "$OUT" || die "the capture did not show '$regex'"
	echo
}

# A rule in the server's namespace that drops what comes to port 9000; nft or iptables, whichever works.
drop()
{
	if command -v nft >/dev/null && run ip netns exec xcap-server nft add table ip demo; then
		run ip netns exec xcap-server nft add chain ip demo input '{ type filter hook input priority 0; }'
		run ip netns exec xcap-server nft add rule ip demo input tcp dport 9000 drop
	elif command -v iptables >/dev/null; then
		run ip netns exec xcap-server iptables -A INPUT -p tcp --dport 9000 -j DROP
	else
		die "needs nft or iptables"
	fi
}

[ "$(id -u)" = 0 ] || die "needs root: sudo make quickstart"
for name in xcap-client xcap-server; do
	[ ! -e "/run/netns/$name" ] || die "there is a network namespace $name already: ip netns delete $name"
done
OUT=$(mktemp "${TMPDIR:-/tmp}/xcap-quickstart.XXXXXX")
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

echo "Two network namespaces, joined by a cable:"
run ip netns add xcap-client
run ip netns add xcap-server
run ip -n xcap-client link add veth0 type veth peer name veth1 netns xcap-server
run ip -n xcap-client addr add 10.99.0.1/24 dev veth0
run ip -n xcap-server addr add 10.99.0.2/24 dev veth1
run ip -n xcap-client link set veth0 up
run ip -n xcap-server link set veth1 up
echo

echo "A ping, where the kernel receives packets:"
capture 'ICMP echo request' -f tracepoint:net:netif_receive_skb -i 'veth?' -e icmp \
	--cmd 'ip netns exec xcap-client ping -q -c 2 -i 0.2 -W 2 10.99.0.2'

echo "A TCP exchange, at the same place:"
echo "+ ip netns exec xcap-server socat TCP-LISTEN:9000,reuseaddr SYSTEM:'echo hello' &"
ip netns exec xcap-server timeout 20 socat TCP-LISTEN:9000,reuseaddr SYSTEM:'echo hello' &
SERVER=$!
for ((i = 0; i < 200; i++)); do
	ip netns exec xcap-server ss -Hltn 'sport = :9000' | grep -q LISTEN && break
	sleep 0.01
done
capture 'Flags \[P\.\].*length 6' -f tracepoint:net:netif_receive_skb -i 'veth?' -e 'tcp port 9000' \
	--cmd 'ip netns exec xcap-client socat -T 2 - TCP:10.99.0.2:9000'
wait "$SERVER" || true
SERVER=

echo "A SYN that a firewall rule drops, where the kernel frees what it drops:"
drop
reason='NETFILTER_DROP.*Flags \[S\]'
[ "$(printf '5.17\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 5.17 ] || reason='Flags \[S\]'
capture "$reason" -f skb:kfree_skb -e 'tcp port 9000' \
	--cmd 'ip netns exec xcap-client socat - TCP:10.99.0.2:9000,connect-timeout=1'

echo "Done. To do it again by hand, type the lines that begin with '+', and then:"
echo "+ ip netns delete xcap-client; ip netns delete xcap-server"
