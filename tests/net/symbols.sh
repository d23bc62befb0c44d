# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# symbols.sh - the symbols of a few names out of the kernel's own tables, beside all symbols by its iterator or
# as text.

# Where this kernel tells where its tables are: in vmcoreinfo from 6.0 on, which is found by its own symbol.
shows_tables()
{
	printf '6.0\n%s\n' "$(uname -r)" | sort -V -C && grep -q ' vmcoreinfo_data$' /proc/kallsyms
}

test_symbols__a_few_are_those_among_all_of_them()
{
	local way='all symbols'

	! shows_tables || way='the tables'
	"$ROOT/build/tests/symbol_tables" >"$T/out" || fail "the symbols are not to be had"
	match "$T/out" "^had from $way\$"
	match "$T/out" '^[0-9]{4} names, found [0-9]{4}, several [0-9]+, of modules [0-9]+, different 0$'
	no_match "$T/out" ': different$'
}

test_module_function__symbols_are_those_of_its_own_table()
{
	need_kprobe
	modprobe bridge 2>/dev/null || skip "the module bridge"
	"$ROOT/build/tests/symbol_tables" >"$T/out" || fail "the symbols are not to be had"
	match "$T/out" '^[0-9]{4} names, found [0-9]{4}, several [0-9]+, of modules [1-9][0-9]*, different 0$'
	# one of them, by its name
	grep ' [tT] br_.*\[bridge\]' /proc/kallsyms >"$T/kallsyms" || skip "br_handle_frame in the module bridge"
	capture skb --debug -f 'bridge:br_handle_frame*' -e 'tcp port 9' -- true
	match "$T/err" '^xcap: listening on '
}
