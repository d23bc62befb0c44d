/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_spec.c - the grammar of -f: what it accepts, and where the caret stands for what it does
 * not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/util.h"
#include "plan/spec.h"
#include "plan/spec_kind.h"

static void expect(const char *text, enum spec_kind kind, const char *category, const char *name,
		   int skb_arg)
{
	struct spec_list list = {0};
	struct err err;

	err_clear(&err);
	if (spec_parse(text, &list, &err))
		fail_msg("'%s': %s", text, err.msg);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.items[0].kind, kind);
	assert_string_equal(list.items[0].category, category);
	assert_string_equal(list.items[0].name, name);
	assert_int_equal(list.items[0].skb_arg, skb_arg);
	assert_false(err_is_set(&err));
	spec_free(&list);
	assert_null(list.items);
}

/* The fault: message, offset of the caret, and a part of the hint ("" none). */
static void expect_fault(const char *text, int pos, const char *msg, const char *hint)
{
	struct spec_list list = {0};
	struct err err;

	err_clear(&err);
	assert_int_equal(spec_parse(text, &list, &err), -22);
	assert_string_equal(err.msg, msg);
	/* as long as the text, controls shown as something that can be seen */
	assert_int_equal(strlen(err.text), strlen(text));
	if (err.pos != pos)
		fail_msg("'%s': caret at %d, not %d", text, err.pos, pos);
	assert_int_equal(err.status, ERR_USAGE);
	if (*hint)
		assert_non_null(strstr(err.hint, hint));
	else
		assert_string_equal(err.hint, "");
	spec_free(&list);
}

static void spec_parse__function__has_no_kind_and_no_argument(void **state)
{
	(void)state;
	expect("icmp_rcv", SPEC_ANY, "", "icmp_rcv", 0);
	expect("icmp_rcv@1", SPEC_ANY, "", "icmp_rcv", 1);
	expect("tcp_v4_rcv.isra.0@12", SPEC_ANY, "", "tcp_v4_rcv.isra.0", 12);
	expect(" ip_rcv ", SPEC_ANY, "", "ip_rcv", 0);
	expect("k", SPEC_ANY, "", "k", 0);
}

static void spec_parse__set__is_a_name_behind_at(void **state)
{
	struct spec_list list = {0};
	struct err err;

	(void)state;
	assert_int_equal(spec_parse("ip_rcv, @rx ,!@my-own_2", &list, &err), 0);
	assert_int_equal(list.n, 3);
	assert_false(list.items[0].is_set);
	assert_true(list.items[1].is_set && !list.items[1].negated);
	assert_string_equal(list.items[1].name, "rx");
	assert_string_equal(list.items[1].text, "@rx");
	assert_true(list.items[2].is_set && list.items[2].negated);
	assert_string_equal(list.items[2].name, "my-own_2");
	spec_free(&list);
	expect_fault("a,@", 3, "'@' without the name of a set", "'xcap list @'");
	expect_fault("@rx@1", 3, "unexpected '@' in the name of the set '@rx@1'", "named alone");
	expect_fault("@r*", 2, "unexpected '*' in the name of the set '@r*'", "named alone");
	expect_fault("ip_rcv,kprobe:@rx", 14, "no probe before '@'", "'@rx' alone");
}

static void spec_parse__each_kind_and_alias__is_known(void **state)
{
	(void)state;
	expect("kprobe:ip_rcv@1", SPEC_KPROBE, "", "ip_rcv", 1);
	expect("k:ip_rcv", SPEC_KPROBE, "", "ip_rcv", 0);
	expect("fentry:ip_rcv", SPEC_FENTRY, "", "ip_rcv", 0);
	expect("f:ip_rcv", SPEC_FENTRY, "", "ip_rcv", 0);
	expect("tracepoint:net:netif_receive_skb", SPEC_TRACEPOINT, "net", "netif_receive_skb", 0);
	expect("tp:net:netif_receive_skb@1", SPEC_TRACEPOINT, "net", "netif_receive_skb", 1);
	expect("raw_tp:skb:kfree_skb", SPEC_RAW_TP, "skb", "kfree_skb", 0);
	expect("rtp:skb:kfree_skb", SPEC_RAW_TP, "skb", "kfree_skb", 0);
	expect("tp_btf:skb:kfree_skb", SPEC_TP_BTF, "skb", "kfree_skb", 0);
	expect("kretprobe:ip_rcv@1", SPEC_KRETPROBE, "", "ip_rcv", 1);
	expect("kr:ip_rcv", SPEC_KRETPROBE, "", "ip_rcv", 0);
	expect("fexit:ip_rcv", SPEC_FEXIT, "", "ip_rcv", 0);
	expect("fr:ip_rcv", SPEC_FEXIT, "", "ip_rcv", 0);
	expect("kprobe-multi:ip_rcv", SPEC_KPROBE_MULTI, "", "ip_rcv", 0);
	expect("km:nf_conntrack:nf_conntrack_in", SPEC_KPROBE_MULTI, "nf_conntrack",
	       "nf_conntrack_in", 0);
}

static void spec_parse__two_parts__are_category_or_module_and_name(void **state)
{
	(void)state;
	expect("net:netif_receive_skb", SPEC_ANY, "net", "netif_receive_skb", 0);
	expect("nf_conntrack:nf_conntrack_in@2", SPEC_ANY, "nf_conntrack", "nf_conntrack_in", 2);
	expect("kprobe:nf_conntrack:nf_conntrack_in", SPEC_KPROBE, "nf_conntrack",
	       "nf_conntrack_in", 0);
	expect("my-cat:x", SPEC_ANY, "my-cat", "x", 0);
}

static void spec_parse__list_with_blanks__appends_items_with_their_offsets(void **state)
{
	struct spec_list list = {0};
	struct err err;

	(void)state;
	err_clear(&err);
	assert_int_equal(spec_parse("ip_rcv@1 , tp:net:net_dev_queue\t,\tk:udp_rcv", &list, &err),
			 0);
	assert_int_equal(spec_parse("icmp_rcv", &list, &err), 0);
	assert_int_equal(list.n, 4);
	assert_string_equal(list.items[0].text, "ip_rcv@1");
	assert_int_equal(list.items[0].pos, 0);
	assert_string_equal(list.items[1].text, "tp:net:net_dev_queue");
	assert_int_equal(list.items[1].pos, 11);
	assert_string_equal(list.items[2].name, "udp_rcv");
	assert_int_equal(list.items[2].pos, 34);
	assert_string_equal(list.items[3].text, "icmp_rcv");
	assert_int_equal(list.items[3].pos, 0);
	spec_free(&list);
}

static void spec_parse__empty_item__is_an_error_at_its_place(void **state)
{
	(void)state;
	expect_fault("a,,b", 2, "an empty probe in -f 'a,,b'", "for example");
	expect_fault("a,", 2, "an empty probe in -f 'a,'", "for example");
	expect_fault(",a", 0, "an empty probe in -f ',a'", "for example");
	expect_fault("a, ", 3, "an empty probe in -f 'a, '", "for example");
	expect_fault("@1", 0, "no probe before '@'", "");
	expect_fault("kprobe:@1", 7, "no name in the probe 'kprobe:@1'", "");
	expect_fault("kprobe:", 7, "no name in the probe 'kprobe:'", "");
	expect_fault(":x", 0, "no category or module in the probe ':x'", "");
	expect_fault("x:", 2, "no name in the probe 'x:'", "");
}

static void spec_parse__empty_text__is_an_error(void **state)
{
	struct spec_list list = {0};
	struct err err;

	(void)state;
	err_clear(&err);
	assert_int_equal(spec_parse("", &list, &err), -22);
	assert_string_equal(err.msg, "-f with no probe");
	assert_int_equal(list.n, 0);
	spec_free(&list);
}

static void spec_parse__at_without_number__is_an_error_at_pos_8(void **state)
{
	(void)state;
	expect_fault("icmp_rcv@", 8, "'@' without the number of the skb argument",
		     "'@1' is the first");
	expect_fault("a,icmp_rcv@,b", 10, "'@' without the number of the skb argument", "@1");
}

static void spec_parse__argument_that_is_no_number__is_an_error_at_it(void **state)
{
	(void)state;
	expect_fault("icmp_rcv@x", 9, "'x' is not the number of an argument", "");
	expect_fault("icmp_rcv@1x", 9, "'1x' is not the number of an argument", "");
	expect_fault("icmp_rcv@0x1", 9, "'0x1' is not the number of an argument", "");
	expect_fault("icmp_rcv@-1", 9, "'-1' is not the number of an argument", "");
}

static void spec_parse__argument_0_or_beyond_12__is_an_error(void **state)
{
	(void)state;
	expect_fault("icmp_rcv@0", 9, "no argument number '0': they count from 1 to 12", "");
	expect_fault("icmp_rcv@13", 9, "no argument number '13': they count from 1 to 12", "");
	expect_fault("icmp_rcv@999999999999999", 9,
		     "no argument number '999999999999999': they count from 1 to 12", "");
	expect_fault("f@99999999999999999999", 2,
		     "'99999999999999999999' is not the number of an argument", "");
}

static void spec_parse__unknown_kind__lists_the_kinds_and_the_nearest(void **state)
{
	(void)state;
	expect_fault("kprob:nf:x", 0, "unknown kind of probe 'kprob'",
		     "did you mean 'kprobe'? kinds are kprobe (k), kretprobe (kr), fentry (f), "
		     "fexit (fr), kprobe-multi (km), tracepoint (tp), raw_tp (rtp), tp_btf");
	expect_fault("a,zzzzz:b:c", 2, "unknown kind of probe 'zzzzz'", "kinds are kprobe (k)");
}

static void spec_parse__kind_of_a_later_version__is_unknown(void **state)
{
	static const char *const texts[] = {"xdp:eth0", "tc:eth0", "prog:x"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(texts); i++) {
		struct spec_list list = {0};
		struct err err;

		err_clear(&err);
		assert_int_equal(spec_parse(texts[i], &list, &err), -22);
		assert_int_equal(strncmp(err.msg, "unknown kind of probe '", 23), 0);
		assert_int_equal(err.pos, 0);
		assert_non_null(strstr(err.hint, "kinds are kprobe"));
		spec_free(&list);
	}
}

static void spec_parse__blank_inside__hints_at_e_for_the_filter(void **state)
{
	(void)state;
	expect_fault("icmp_rcv host 10.0.0.1", 8,
		     "a blank inside the probe 'icmp_rcv host 10.0.0.1'",
		     "-f is the probe, -e the filter");
	expect_fault("a, tcp port 80", 6, "a blank inside the probe 'tcp port 80'",
		     "-f is the probe, -e the filter");
}

static void spec_parse__tracepoint_without_name__is_an_error(void **state)
{
	(void)state;
	expect_fault("tp:kfree_skb", 3, "the tracepoint 'tp:kfree_skb' lacks its category",
		     "write 'tracepoint:CATEGORY:NAME'; see xcap list kfree_skb");
	expect_fault("tracepoint:", 11, "the tracepoint 'tracepoint:' lacks its name",
		     "'tracepoint:CATEGORY:NAME'; see xcap list");
	expect_fault("tp:net:", 7, "no tracepoint name in the probe 'tp:net:'", "");
	expect_fault("tp::x", 3, "no category in the probe 'tp::x'", "");
}

static void spec_parse__too_many_colons__is_an_error_at_the_last(void **state)
{
	(void)state;
	expect_fault("tp:a:b:c", 6, "too many ':' in the probe 'tp:a:b:c'", "");
}

/* The only item of a text that has no fault. */
static struct spec parse_one(const char *text)
{
	struct spec_list list = {0};
	struct spec spec;
	struct err err;

	err_clear(&err);
	if (spec_parse(text, &list, &err))
		fail_msg("'%s': %s", text, err.msg);
	assert_int_equal(list.n, 1);
	spec = list.items[0];
	spec_free(&list);
	return spec;
}

static void spec_parse__glob__is_marked_in_name_or_group(void **state)
{
	static const char *const globs[] = {"ip_*",    "*",	     "ip_rc?", "tcp_v[46]_rcv",
					    "[!a-t]*", "tp:net:*",   "tp:*:*", "nf_*:nf_hook",
					    "net:*",   "fexit:ip_*", "[]]x",   "kprobe:*:ip_*"};

	(void)state;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(globs); i++) {
		struct spec spec = parse_one(globs[i]);

		assert_true(spec.glob);
		assert_false(spec.negated);
	}
	assert_false(parse_one("ip_rcv").glob);
	assert_string_equal(parse_one("tp:ne?:netif_*").category, "ne?");
	assert_string_equal(parse_one("tp:ne?:netif_*").name, "netif_*");
}

static void spec_parse__negated_item__is_marked_and_its_name_has_no_mark(void **state)
{
	(void)state;
	assert_true(parse_one("!skb_clone").negated);
	assert_false(parse_one("!skb_clone").glob);
	assert_string_equal(parse_one("!skb_clone").name, "skb_clone");
	assert_true(parse_one("!tp:net:*").negated);
	assert_true(parse_one("!tp:net:*").glob);
	assert_int_equal(parse_one("!tp:net:*").kind, SPEC_TRACEPOINT);
	assert_string_equal(parse_one("!ip_*").text, "!ip_*");
	expect_fault("ip_*,!", 5, "'!' without what it takes away", "'ip_*,!ip_rcv'");
	expect_fault("*,!ip_rcv@1", 9,
		     "what is taken away has a name and nothing else: '!ip_rcv@1'", "");
}

static void spec_parse__glob_with_a_place__is_an_error_at_it(void **state)
{
	(void)state;
	expect_fault("a,ip_*@1", 6, "a glob has no '@' and no offset: 'ip_*@1'",
		     "finds the skb of each function itself");
	expect_fault("ip_*+4@%rbx", 4, "a glob has no '@' and no offset: 'ip_*+4@%rbx'",
		     "finds the skb of each function itself");
}

static void spec_parse__set_without_end__is_an_error_at_its_start(void **state)
{
	(void)state;
	expect_fault("a,tcp_v[46_rcv", 7, "'[' without its ']' in the probe 'tcp_v[46_rcv'",
		     "a set of characters");
	expect_fault("x[]", 1, "'[' without its ']' in the probe 'x[]'", "a set of characters");
}

static void spec_parse__second_argument__is_kept(void **state)
{
	struct spec spec = parse_one("tcp_rcv_established@2@1");

	(void)state;
	assert_int_equal(spec.skb_arg, 2);
	assert_int_equal(spec.ext_arg, 1);
	assert_int_equal(parse_one("tcp_rcv_established@2").ext_arg, 0);
	expect_fault("f@2@", 3, "'@' without the number of the second argument", "FUNC@2@1");
	expect_fault("f@2@0", 4, "no argument number '0': they count from 1 to 12", "");
	expect_fault("f@2@x", 4, "'x' is not the number of an argument", "");
	expect_fault("f@2@1@1", 4, "'1@1' is not the number of an argument", "");
	expect_fault("f@2@2", 1, "argument 2 cannot be both the skb and the second one: 'f@2@2'",
		     "");
}

#ifdef __x86_64__
static void spec_parse__offset__needs_the_register_that_holds_the_skb(void **state)
{
	struct spec spec = parse_one("ip_rcv+0x1c@%rbx");

	(void)state;
	assert_true(spec.has_offset);
	assert_int_equal(spec.offset, 0x1c);
	assert_string_equal(spec.reg, "rbx");
	assert_string_equal(spec.name, "ip_rcv");
	assert_int_equal(parse_one("kprobe:ip_rcv+28@%r12").offset, 28);
	assert_true(parse_one("ip_rcv+0@%rdi").has_offset);
	expect_fault("ip_rcv+0x1c", 6,
		     "'ip_rcv+0x1c' lacks the register that holds the skb at this offset",
		     "write 'ip_rcv+0x1c@%rbx'");
	expect_fault("ip_rcv+0x1c@1", 11,
		     "'ip_rcv+0x1c@1' lacks the register that holds the skb at this offset",
		     "write 'ip_rcv+0x1c@%rbx'");
	expect_fault("ip_rcv+0x1c@%ebx", 12, "no register '%ebx'", "registers are rax, rbx");
	expect_fault("ip_rcv+0x1c@%", 12, "no register '%'", "registers are rax, rbx");
	expect_fault("ip_rcv@%rdi", 6, "a register goes with an offset only: 'ip_rcv@%rdi'",
		     "'ip_rcv+0@%rdi' is the first instruction");
	expect_fault("ip_rcv+x@%rbx", 7, "'x' is not an offset in bytes", "'ip_rcv+28@%rbx'");
	expect_fault("ip_rcv+@%rbx", 7, "'' is not an offset in bytes", "'ip_rcv+28@%rbx'");
	expect_fault("ip_rcv+0x20001@%rbx", 7, "the offset '0x20001' is not in 0 to 0x20000", "");
	expect_fault("fentry:ip_rcv+4@%rbx", 13,
		     "only a kprobe can stand at an offset: 'fentry:ip_rcv+4@%rbx'",
		     "write 'kprobe:ip_rcv+0x4@%rbx'");
	expect_fault("tp:net:x+4@%rbx", 8,
		     "only a kprobe can stand at an offset: 'tp:net:x+4@%rbx'",
		     "write 'kprobe:x+0x4@%rbx'");
}
#endif

static void spec_parse__unexpected_character__is_an_error_at_it(void **state)
{
	(void)state;
	expect_fault("ip-rcv", 2, "unexpected '-' in the name 'ip-rcv'", "");
	expect_fault("tp:net:a.b", 8, "unexpected '.' in the tracepoint name 'a.b'", "");
	expect_fault("a/b:c", 1, "unexpected '/' in the category or module 'a/b'", "");
	expect_fault("ip\x01rcv", 2, "unexpected byte 0x01 in the name", "");
	expect_fault("ip\xc3rcv", 2, "unexpected byte 0xc3 in the name", "");
}

static void spec_parse__too_long__is_an_error_and_the_text_is_cut(void **state)
{
	char text[4096];
	struct spec_list list = {0};
	struct err err;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_clear(&err);
	assert_int_equal(spec_parse(text, &list, &err), -22);
	assert_string_equal(err.msg, "the probe is too long: 4095 characters, at most 255");
	assert_int_equal(err.pos, 0);
	text[128] = '\0';
	assert_int_equal(spec_parse(text, &list, &err), -22);
	assert_string_equal(err.msg, "the name is too long: 128 characters, at most 127");
	text[127] = '\0';
	assert_int_equal(spec_parse(text, &list, &err), 0);
	memcpy(text + 64, ":x", 3);
	assert_int_equal(spec_parse(text, &list, &err), -22);
	assert_string_equal(err.msg,
			    "the category or module is too long: 64 characters, at most 63");
	spec_free(&list);
}

/* The caret must stay in the text that is shown, however long -f was. */
static void spec_parse__fault_far_into_a_long_list__shows_the_item(void **state)
{
	char text[4096] = "";
	struct spec_list list = {0};
	struct err err;

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		strcat(text, "ip_rcv,");
	strcat(text, "icmp_rcv@0");
	err_clear(&err);
	assert_int_equal(spec_parse(text, &list, &err), -22);
	assert_string_equal(err.text, "icmp_rcv@0");
	assert_int_equal(err.pos, 9);
	assert_int_equal(list.n, 300);
	spec_free(&list);
}

static void spec_parse__random_bytes__end_in_items_or_one_fault(void **state)
{
	static const char alphabet[] = "ab:@,1*?+ \t.k-tp\xff_0![]%rx";
	unsigned int good = 0, bad = 0;

	(void)state;
	srand(42);
	for (unsigned int round = 0; round < 20000; round++) {
		struct spec_list list = {0};
		struct err err;
		char text[24];
		unsigned int n = rand() % (sizeof(text) - 1);

		for (unsigned int i = 0; i < n; i++)
			text[i] = alphabet[rand() % (sizeof(alphabet) - 1)];
		text[n] = '\0';
		err_clear(&err);
		if (spec_parse(text, &list, &err)) {
			assert_true(err_is_set(&err));
			assert_in_range(err.pos, 0, strlen(err.text));
			bad++;
		} else {
			assert_false(err_is_set(&err));
			assert_in_range(list.n, 1, n);
			good++;
		}
		spec_free(&list);
	}
	assert_in_range(good, 100, 19900);
	assert_int_equal(good + bad, 20000);
}

static void spec_kind_near__mistyped_kind__is_found(void **state)
{
	(void)state;
	assert_string_equal(spec_kind_near("fenty"), "fentry");
	assert_string_equal(spec_kind_near("trace_point"), "tracepoint");
	assert_null(spec_kind_near("nf_conntrack"));
	assert_string_equal(spec_kind_name(SPEC_RAW_TP), "raw_tp");
	assert_string_equal(spec_kind_name(SPEC_ANY), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spec_parse__function__has_no_kind_and_no_argument),
		cmocka_unit_test(spec_parse__set__is_a_name_behind_at),
		cmocka_unit_test(spec_parse__each_kind_and_alias__is_known),
		cmocka_unit_test(spec_parse__two_parts__are_category_or_module_and_name),
		cmocka_unit_test(spec_parse__list_with_blanks__appends_items_with_their_offsets),
		cmocka_unit_test(spec_parse__empty_item__is_an_error_at_its_place),
		cmocka_unit_test(spec_parse__empty_text__is_an_error),
		cmocka_unit_test(spec_parse__at_without_number__is_an_error_at_pos_8),
		cmocka_unit_test(spec_parse__argument_that_is_no_number__is_an_error_at_it),
		cmocka_unit_test(spec_parse__argument_0_or_beyond_12__is_an_error),
		cmocka_unit_test(spec_parse__unknown_kind__lists_the_kinds_and_the_nearest),
		cmocka_unit_test(spec_parse__kind_of_a_later_version__is_unknown),
		cmocka_unit_test(spec_parse__blank_inside__hints_at_e_for_the_filter),
		cmocka_unit_test(spec_parse__tracepoint_without_name__is_an_error),
		cmocka_unit_test(spec_parse__too_many_colons__is_an_error_at_the_last),
		cmocka_unit_test(spec_parse__glob__is_marked_in_name_or_group),
		cmocka_unit_test(spec_parse__negated_item__is_marked_and_its_name_has_no_mark),
		cmocka_unit_test(spec_parse__glob_with_a_place__is_an_error_at_it),
		cmocka_unit_test(spec_parse__set_without_end__is_an_error_at_its_start),
		cmocka_unit_test(spec_parse__second_argument__is_kept),
#ifdef __x86_64__
		cmocka_unit_test(spec_parse__offset__needs_the_register_that_holds_the_skb),
#endif
		cmocka_unit_test(spec_parse__unexpected_character__is_an_error_at_it),
		cmocka_unit_test(spec_parse__too_long__is_an_error_and_the_text_is_cut),
		cmocka_unit_test(spec_parse__fault_far_into_a_long_list__shows_the_item),
		cmocka_unit_test(spec_parse__random_bytes__end_in_items_or_one_fault),
		cmocka_unit_test(spec_kind_near__mistyped_kind__is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
