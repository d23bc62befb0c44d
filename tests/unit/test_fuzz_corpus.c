/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_fuzz_corpus.c - replays the inputs that the fuzzers of tests/fuzz have found to be of
 * interest.
 *
 * What a fuzzer finds wrong is added to the corpus with its fix. Runs in the project's folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/no_names.h"
#include "filter_scene.h"
#include "fuzz_filter.h"

#define INPUT_MAX 4096
#define FEWEST	  50 /* files; less is no corpus */

static void replay(const char *folder, void (*target)(const uint8_t *data, size_t size))
{
	static uint8_t bytes[INPUT_MAX];
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(folder);
	int n = 0;

	if (!dir)
		fail_msg("there is no folder %s here", folder);
	filter_scene_start_count();
	while ((entry = readdir(dir))) {
		size_t size;
		FILE *f;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		f = fopen(path, "re");
		assert_non_null(f);
		size = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		target(bytes, size);
		n++;
	}
	closedir(dir);
	printf("%d inputs\n", n);
	filter_scene_print_count(folder);
	assert_true(n >= FEWEST);
	assert_true(filter_scene_get_count()->verdicts > (unsigned long)n);
	assert_true(filter_scene_get_count()->accepted > 0);
}

static void corpus__of_programs__decides_as_libpcap(void **state)
{
	(void)state;
	replay("tests/fuzz/data/convert", fuzz_filter_convert);
}

static void corpus__of_expressions__decides_as_libpcap_or_is_refused_in_words(void **state)
{
	(void)state;
	replay("tests/fuzz/data/expr", fuzz_filter_expr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corpus__of_programs__decides_as_libpcap),
		cmocka_unit_test(corpus__of_expressions__decides_as_libpcap_or_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
