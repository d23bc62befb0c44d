/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_embedded.c - what is read and written in the embedded object's .BTF.ext, of made-up ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>
#include <linux/bpf.h>

#include "base/util.h"
#include "session/embedded.h"

/* Two sections with relocations, of types 3 and 5, and 3 again. */
struct ext {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t size, funcs, funcs_size, lines, lines_size, relocations, relocations_size;
	uint32_t lines_data[4];
	uint32_t record_size;
	uint32_t first_section, first_n;
	struct bpf_core_relo first[2];
	uint32_t second_section, second_n;
	struct bpf_core_relo second[1];
};

#define HEADER offsetof(struct ext, lines_data)

static const struct ext made = {
	.magic = 0xeb9f,
	.version = 1,
	.size = HEADER,
	.lines_size = 16,
	.relocations = offsetof(struct ext, record_size) - HEADER,
	.relocations_size = sizeof(struct ext) - offsetof(struct ext, record_size),
	.record_size = sizeof(struct bpf_core_relo),
	.first_n = 2,
	.first = {{.type_id = 3}, {.type_id = 5}},
	.second_n = 1,
	.second = {{.type_id = 3}},
};

static bool roots_of(struct ext *ext, bool *roots, uint32_t n)
{
	const struct embedded_section section = {(char *)ext, sizeof(*ext)};

	return embedded_roots(&section, roots, n);
}

static void roots__of_all_sections__are_the_types_that_relocations_begin_with(void **state)
{
	static const bool expected[7] = {[3] = true, [5] = true};
	struct ext ext = made;
	bool roots[7] = {false};

	(void)state;
	assert_true(roots_of(&ext, roots, 7));
	assert_memory_equal(roots, expected, sizeof(roots));
}

static void roots__unknown_type_or_cut_records_or_no_section__are_not_told(void **state)
{
	const struct embedded_section none = {NULL, 0};
	struct ext ext = made;
	bool roots[7] = {false};

	(void)state;
	assert_false(roots_of(&ext, roots, 5));
	ext.second_n = 2;
	assert_false(roots_of(&ext, roots, 7));
	ext = made;
	ext.relocations_size -= 4;
	assert_false(roots_of(&ext, roots, 7));
	ext = made;
	ext.relocations_size += 64;
	assert_false(roots_of(&ext, roots, 7));
	ext = made;
	ext.record_size = 4;
	assert_false(roots_of(&ext, roots, 7));
	ext = made;
	ext.magic = 0;
	assert_false(roots_of(&ext, roots, 7));
	assert_false(embedded_roots(&none, roots, 7));
}

static void drop_lines__of_a_read_only_page__no_more_than_their_size_is_0(void **state)
{
	struct ext *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct embedded_section section = {(char *)page, sizeof(*page)};
	struct ext expected = made;

	(void)state;
	assert_ptr_not_equal(page, MAP_FAILED);
	*page = made;
	assert_int_equal(mprotect(page, 4096, PROT_READ), 0);
	embedded_drop_lines(&section);
	expected.lines_size = 0;
	assert_memory_equal(page, &expected, sizeof(expected));
	munmap(page, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots__of_all_sections__are_the_types_that_relocations_begin_with),
		cmocka_unit_test(roots__unknown_type_or_cut_records_or_no_section__are_not_told),
		cmocka_unit_test(drop_lines__of_a_read_only_page__no_more_than_their_size_is_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
