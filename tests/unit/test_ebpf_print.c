/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ebpf_print.c - the disassembly of translated filters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filter/cbpf.h"
#include "filter/ebpf_print.h"
#include "filter_data.h"
#include "filter_scene.h"

#define DLT_ETHERNET 1

/* The text of a filter, which the caller frees; *len is the number of its instructions. */
static char *disassemble(const char *expr, uint32_t *len)
{
	struct cbpf2ebpf_code code;
	struct cbpf_prog prog;
	struct err err;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (cbpf_compile(expr, DLT_ETHERNET, &prog, &err))
		return NULL;
	filter_scene_translate(expr, &prog, &code);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	ebpf_print(&code, &filter_scene_layout, out);
	fclose(out);
	*len = code.len;
	cbpf2ebpf_free(&code);
	cbpf_free(&prog);
	return text;
}

static void assert_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no '%s' in\n%s", line, text);
}

static void ebpf_print__ip__names_registers_bytes_and_targets(void **state)
{
	uint32_t len;
	char *text = disassemble("ip", &len);

	(void)state;
	assert_non_null(text);
	assert_line(text, "   0: *(u64 *)(r10 -88) = r1\n");
	assert_line(text, "   1: r8 = *(u64 *)(r1 +0)               ; struct xcap_packet *\n");
	assert_line(text, "; bytes in the window\n");
	assert_line(text, "   3: w6 = 0\n   4: w7 = 0\n   5: if r9 < 14 goto ");
	assert_line(text, "; packet[12:2]\n   7: r6 = be16 r6\n   8: if w6 != 0x800 goto 11\n"
			  "   9: w0 = 0x40000\n  10: exit\n  11: w0 = 0\n  12: exit\n");
	free(text);
}

static void ebpf_print__far_and_indirect_loads__are_told_apart(void **state)
{
	uint32_t len;
	char *text = disassemble("ether[300] = 1 and tcp[4] = 1", &len);

	(void)state;
	assert_non_null(text);
	assert_line(text, ": r0 = xcap_load(r1, r2, r3)\n");
	assert_line(text, "; packet[r2:1]\n");
	free(text);
}

/* The line of an instruction that is not known, or whose jump leads nowhere. */
static void check_line(const char *expr, const char *line, uint32_t number, uint32_t len)
{
	const char *jump = strstr(line, "goto ");

	if (strtoul(line, NULL, 10) != number)
		fail_msg("'%s': line %u is '%s'", expr, number, line);
	if (strstr(line, ": code ") || (jump && strtoul(jump + 5, NULL, 10) >= len))
		fail_msg("'%s': '%s'", expr, line);
}

static void ebpf_print__every_builtin_filter__is_known_line_by_line(void **state)
{
	struct filter_data data = {0};
	size_t printed = 0;

	(void)state;
	filter_data_add_builtin(&data);
	for (size_t i = 0; i < data.n_exprs; i++) {
		uint32_t len = 0, n = 0;
		char *text = disassemble(data.exprs[i], &len), *rest = text, *line;

		if (!text)
			continue;
		while ((line = strsep(&rest, "\n")) && *line)
			check_line(data.exprs[i], line, n++, len);
		assert_int_equal(n, len);
		printed++;
		free(text);
	}
	assert_true(printed > 60);
	filter_data_fini(&data);
}

static void ebpf_print__foreign_instructions__are_numbers(void **state)
{
	struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .imm = 7},
		{.code = BPF_STX | 0xc0 | BPF_W, .dst_reg = 1, .src_reg = 2, .off = 4},
		{.code = BPF_JMP | 0xe0, .dst_reg = 3},
		{.code = BPF_JMP | BPF_CALL, .imm = 5},
	};
	const struct cbpf2ebpf_code code = {.insns = insns, .len = 4};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	ebpf_print(&code, &filter_scene_layout, out);
	fclose(out);
	assert_string_equal(text, "   0: code 0x18 dst 1 src 0 off 0 imm 0x7\n"
				  "   1: code 0xc3 dst 1 src 2 off 4 imm 0\n"
				  "   2: code 0xe5 dst 3 src 0 off 0 imm 0\n"
				  "   3: code 0x85 dst 0 src 0 off 0 imm 0x5\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ebpf_print__ip__names_registers_bytes_and_targets),
		cmocka_unit_test(ebpf_print__far_and_indirect_loads__are_told_apart),
		cmocka_unit_test(ebpf_print__every_builtin_filter__is_known_line_by_line),
		cmocka_unit_test(ebpf_print__foreign_instructions__are_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
