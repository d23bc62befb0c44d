/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_output.c - the buffered writer against closed pipes, full disks and slow readers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "sink/output.h"

#define BIG (1u << 20)

static char dir[] = "/tmp/xcap-output-XXXXXX";

static const char *path_in(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int make_dir(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path_in("file"));
	unlink(path_in("fifo"));
	return rmdir(dir);
}

static void output__bytes_arrive_in_order_at_flush_and_not_before(void **state)
{
	struct output *output;
	struct err err;
	struct stat st;

	(void)state;
	assert_int_equal(output_open(&output, path_in("file"), &err), 0);
	assert_int_equal(output_write(output, "ab", 2, &err), 0);
	assert_int_equal(output_write(output, "c", 1, &err), 0);
	assert_int_equal(stat(path_in("file"), &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(output_flush(output, &err), 0);
	assert_int_equal(stat(path_in("file"), &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(output_total(output), 3);
	assert_int_equal(output_close(output, &err), 0);
}

static void output__an_existing_file_is_emptied(void **state)
{
	struct output *output;
	struct err err;
	size_t len;
	char *text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(output_open(&output, path_in("file"), &err), 0);
		assert_int_equal(output_write(output, i ? "z" : "long", i ? 1 : 4, &err), 0);
		assert_int_equal(output_close(output, &err), 0);
	}
	text = util_read_file(path_in("file"), &len);
	assert_non_null(text);
	assert_string_equal(text, "z");
	free(text);
}

static void output__writes_larger_than_the_buffer_keep_their_order(void **state)
{
	struct output *output;
	struct err err;
	uint8_t *block = malloc(BIG), *text;
	size_t len;

	(void)state;
	for (uint32_t i = 0; i < BIG; i++)
		block[i] = i % 251;
	assert_int_equal(output_open(&output, path_in("file"), &err), 0);
	for (uint32_t at = 0; at < BIG;) {
		uint32_t n = at < BIG / 4 ? 777 : 400000;

		n = BIG - at < n ? BIG - at : n;
		assert_int_equal(output_write(output, block + at, n, &err), 0);
		at += n;
	}
	assert_int_equal(output_close(output, &err), 0);
	text = (uint8_t *)util_read_file(path_in("file"), &len);
	assert_non_null(text);
	assert_int_equal(len, BIG);
	assert_memory_equal(text, block, BIG);
	free(text);
	free(block);
}

static void output__unwritable_path__is_an_error_that_quotes_it(void **state)
{
	struct output *output;
	struct err err;

	(void)state;
	assert_int_equal(output_open(&output, "/nonexistent/x.pcap", &err), -ENOENT);
	assert_int_equal(err.status, ERR_FAILED);
	assert_string_equal(err.msg, "cannot write '/nonexistent/x.pcap': No such file or directory"
				     " (ENOENT)");
	assert_int_equal(output_open(&output, dir, &err), -EISDIR);
	assert_non_null(strstr(err.msg, "Is a directory (EISDIR)"));
}

static void output__full_disk__is_ENOSPC_and_stays_so(void **state)
{
	struct output *output;
	struct err err;

	(void)state;
	assert_int_equal(output_open(&output, "/dev/full", &err), 0);
	assert_int_equal(output_write(output, "x", 1, &err), 0);
	assert_int_equal(output_flush(output, &err), -ENOSPC);
	assert_string_equal(err.msg, "cannot write '/dev/full': No space left on device (ENOSPC)");
	assert_int_equal(err.status, ERR_FAILED);
	err_clear(&err);
	assert_int_equal(output_write(output, "y", 1, &err), -ENOSPC);
	assert_true(err_is_set(&err));
	assert_int_equal(output_close(output, &err), 0);
}

static void output__full_disk__is_told_by_close(void **state)
{
	struct output *output;
	struct err err;

	(void)state;
	assert_int_equal(output_open(&output, "/dev/full", &err), 0);
	assert_int_equal(output_write(output, "x", 1, &err), 0);
	assert_int_equal(output_close(output, &err), -ENOSPC);
	assert_int_equal(err.code, -ENOSPC);
}

static void output__closed_stdout_pipe__is_EPIPE_and_says_whose_reader_is_gone(void **state)
{
	int pipes[2], saved = dup(STDOUT_FILENO), ret;
	struct output *output;
	struct err err;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	fflush(stdout);
	dup2(pipes[1], STDOUT_FILENO);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(output_open(&output, "-", &err), 0);
	assert_int_equal(output_write(output, "x", 1, &err), 0);
	ret = output_flush(output, &err);
	output_close(output, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(ret, -EPIPE);
	assert_int_equal(err.code, -EPIPE);
	assert_string_equal(err.msg, "the reader of standard output is gone");
}

static void output__closed_fifo__is_EPIPE_with_the_path(void **state)
{
	struct output *output;
	struct err err;
	int reader;
	char want[160];

	(void)state;
	assert_int_equal(mkfifo(path_in("fifo"), 0600), 0);
	reader = open(path_in("fifo"), O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_open(&output, path_in("fifo"), &err), 0);
	close(reader);
	assert_int_equal(output_write(output, "x", 1, &err), 0);
	assert_int_equal(output_flush(output, &err), -EPIPE);
	snprintf(want, sizeof(want), "the reader of '%s' is gone", path_in("fifo"));
	assert_string_equal(err.msg, want);
	assert_int_equal(output_close(output, &err), 0);
}

/* Reads the pipe to its end in small bites; returns how many bytes were as they should be. */
static void *slow_reader(void *arg)
{
	static uintptr_t good;
	int fd = *(int *)arg;
	uint8_t bite[1000];
	uint32_t at = 0;
	ssize_t n;

	good = 0;
	while ((n = read(fd, bite, sizeof(bite))) > 0)
		for (ssize_t i = 0; i < n; i++)
			good += bite[i] == at++ % 251;
	return &good;
}

static void output__nonblocking_full_pipe__loses_and_repeats_nothing(void **state)
{
	int pipes[2], saved = dup(STDOUT_FILENO), ret = 0;
	uint8_t block[1004];
	struct output *output;
	pthread_t thread;
	struct err err;
	void *good;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	fcntl(pipes[1], F_SETFL, O_NONBLOCK);
	fflush(stdout);
	dup2(pipes[1], STDOUT_FILENO);
	close(pipes[1]);
	assert_int_equal(pthread_create(&thread, NULL, slow_reader, &pipes[0]), 0);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = i % 251;
	assert_int_equal(output_open(&output, "-", &err), 0);
	for (int i = 0; i < 1000; i++)
		ret |= output_write(output, block, sizeof(block), &err);
	ret |= output_close(output, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	pthread_join(thread, &good);
	close(pipes[0]);
	assert_int_equal(ret, 0);
	assert_int_equal(*(uintptr_t *)good, 1000 * sizeof(block));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output__bytes_arrive_in_order_at_flush_and_not_before),
		cmocka_unit_test(output__an_existing_file_is_emptied),
		cmocka_unit_test(output__writes_larger_than_the_buffer_keep_their_order),
		cmocka_unit_test(output__unwritable_path__is_an_error_that_quotes_it),
		cmocka_unit_test(output__full_disk__is_ENOSPC_and_stays_so),
		cmocka_unit_test(output__full_disk__is_told_by_close),
		cmocka_unit_test(
			output__closed_stdout_pipe__is_EPIPE_and_says_whose_reader_is_gone),
		cmocka_unit_test(output__closed_fifo__is_EPIPE_with_the_path),
		cmocka_unit_test(output__nonblocking_full_pipe__loses_and_repeats_nothing),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
