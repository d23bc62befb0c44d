/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_sink_errors.c - what every file sink does alike: buffering, full disks, gone readers.
 *
 * Each test runs over both file sinks.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"
#include "filetest.h"

static const struct sink_ops *const sinks[] = {&sink_pcapng_ops, &sink_pcap_ops};

#define FOR_EACH_SINK(ops)                                                                         \
	for (size_t i_ = 0; i_ < UTIL_ARRAY_SIZE(sinks) && (ops = sinks[i_]); i_++)

static const struct capture_counts counts[3];
static const struct capture_totals totals = {.probes = counts, .n_probes = 3};

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void write__buffered__header_is_there_at_open_and_records_at_tick(void **state)
{
	char *path = filetest_path(state, "x");
	struct record r = filetest_record();
	const struct sink_ops *ops;

	FOR_EACH_SINK(ops)
	{
		struct sink *sink = filetest_open(ops, path, false, &filetest_info);
		off_t header = size_of(path);
		struct err err;

		assert_true(header >= 24);
		assert_int_equal(ops->write(sink, &r, &err), 0);
		assert_int_equal(size_of(path), header);
		assert_int_equal(ops->tick(sink, &err), 0);
		assert_true(size_of(path) >= header + 76);
		assert_int_equal(ops->close(sink, NULL, &err), 0);
	}
	free(path);
}

static void write__unbuffered__record_is_there_at_once(void **state)
{
	char *path = filetest_path(state, "x");
	struct record r = filetest_record();
	const struct sink_ops *ops;

	FOR_EACH_SINK(ops)
	{
		struct sink *sink = filetest_open(ops, path, true, &filetest_info);
		off_t header = size_of(path);
		struct err err;

		assert_int_equal(ops->write(sink, &r, &err), 0);
		assert_true(size_of(path) >= header + 76);
		assert_int_equal(ops->close(sink, NULL, &err), 0);
	}
	free(path);
}

static void open__existing_longer_file__is_emptied(void **state)
{
	char *path = filetest_path(state, "x"), *first, *second;
	struct record r = filetest_record();
	const struct sink_ops *ops;
	size_t first_len, second_len;

	FOR_EACH_SINK(ops)
	{
		struct sink *sink = filetest_open(ops, path, false, &filetest_info);
		struct err err;

		assert_int_equal(ops->close(sink, NULL, &err), 0);
		first = util_read_file(path, &first_len);
		sink = filetest_open(ops, path, false, &filetest_info);
		assert_int_equal(ops->write(sink, &r, &err), 0);
		assert_int_equal(ops->close(sink, NULL, &err), 0);
		sink = filetest_open(ops, path, false, &filetest_info);
		assert_int_equal(ops->close(sink, NULL, &err), 0);
		second = util_read_file(path, &second_len);
		assert_int_equal(first_len, second_len);
		assert_memory_equal(first, second, first_len);
		free(first);
		free(second);
	}
	free(path);
}

static void open__full_device__is_one_error_with_enospc(void **state)
{
	const struct sink_config config = {.path = "/dev/full"};
	const struct sink_ops *ops;

	(void)state;
	FOR_EACH_SINK(ops)
	{
		struct sink *sink = NULL;
		struct err err;

		assert_int_equal(ops->open(&sink, &config, &filetest_info, &err), -ENOSPC);
		assert_string_equal(err.msg, "cannot write '/dev/full': No space left on device "
					     "(ENOSPC)");
		assert_null(sink);
	}
}

static void open__missing_folder__is_an_error_that_quotes_the_path(void **state)
{
	const struct sink_config config = {.path = "/nowhere/x.pcapng"};
	const struct sink_ops *ops;

	(void)state;
	FOR_EACH_SINK(ops)
	{
		struct sink *sink = NULL;
		struct err err;

		assert_int_equal(ops->open(&sink, &config, &filetest_info, &err), -ENOENT);
		assert_int_equal(err.status, ERR_FAILED);
		assert_string_equal(err.msg, "cannot write '/nowhere/x.pcapng': No such file or "
					     "directory (ENOENT)");
	}
}

static void open__stdout_without_reader__is_epipe(void **state)
{
	const struct sink_config config = {.path = "-"};
	int broken = filetest_broken_pipe();
	const struct sink_ops *ops;

	(void)state;
	FOR_EACH_SINK(ops)
	{
		struct sink *sink = NULL;
		int saved = filetest_stdout_begin(broken);
		struct err err;
		int ret = ops->open(&sink, &config, &filetest_info, &err);

		filetest_stdout_end(saved);
		assert_int_equal(ret, -EPIPE);
		assert_string_equal(err.msg, "the reader of standard output is gone");
	}
	close(broken);
}

static void tick__reader_went_away__is_epipe_then_and_ever_after(void **state)
{
	const struct sink_config config = {.path = "-"};
	struct record r = filetest_record();
	const struct sink_ops *ops;

	close(filetest_broken_pipe()); /* SIGPIPE is ignored */
	(void)state;
	FOR_EACH_SINK(ops)
	{
		int fds[2], ret[5], saved;
		struct sink *sink;
		struct err err;

		assert_int_equal(pipe(fds), 0);
		saved = filetest_stdout_begin(fds[1]);
		ret[0] = ops->open(&sink, &config, &filetest_info, &err);
		close(fds[0]);
		ret[1] = ops->write(sink, &r, &err);
		ret[2] = ops->tick(sink, &err);
		ret[3] = ops->write(sink, &r, &err);
		ret[4] = ops->tick(sink, &err);
		ops->close(sink, &totals, &err);
		filetest_stdout_end(saved);
		close(fds[1]);
		assert_int_equal(ret[0], 0);
		assert_int_equal(ret[1], 0);
		assert_int_equal(ret[2], -EPIPE);
		assert_int_equal(ret[3], -EPIPE);
		assert_int_equal(ret[4], -EPIPE);
	}
}

static void stdout__stays_open_and_gets_the_whole_file(void **state)
{
	const struct sink_config config = {.path = "-"};
	struct record r = filetest_record();
	const struct sink_ops *ops;

	(void)state;
	FOR_EACH_SINK(ops)
	{
		char *path = filetest_path(state, "x"), *file, piped[4096];
		struct sink *sink = filetest_open(ops, path, false, &filetest_info);
		int fds[2], saved, ret;
		ssize_t n;
		size_t len;
		struct err err;

		assert_int_equal(ops->write(sink, &r, &err), 0);
		assert_int_equal(ops->close(sink, &totals, &err), 0);
		assert_int_equal(pipe(fds), 0);
		saved = filetest_stdout_begin(fds[1]);
		ret = ops->open(&sink, &config, &filetest_info, &err);
		ret = ret ? ret : ops->write(sink, &r, &err);
		ret = ret ? ret : ops->close(sink, &totals, &err);
		n = write(STDOUT_FILENO, "!", 1);
		filetest_stdout_end(saved);
		close(fds[1]);
		assert_int_equal(ret, 0);
		assert_int_equal(n, 1);
		file = util_read_file(path, &len);
		n = read(fds[0], piped, sizeof(piped));
		assert_int_equal(n, len + 1);
		assert_memory_equal(piped, file, len);
		assert_int_equal(piped[len], '!');
		close(fds[0]);
		free(file);
		free(path);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, filetest_setup, filetest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write__buffered__header_is_there_at_open_and_records_at_tick),
		TEST(write__unbuffered__record_is_there_at_once),
		TEST(open__existing_longer_file__is_emptied),
		TEST(open__full_device__is_one_error_with_enospc),
		TEST(open__missing_folder__is_an_error_that_quotes_the_path),
		TEST(open__stdout_without_reader__is_epipe),
		TEST(tick__reader_went_away__is_epipe_then_and_ever_after),
		TEST(stdout__stays_open_and_gets_the_whole_file),
	};

	return cmocka_run_group_tests_name("sink_errors", tests, NULL, NULL);
}
