/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * output.c - buffered writer: partial writes, interruptions and full pipes are taken care of here.
 */
#include "sink/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Larger than any record (snaplen 65,535 and its metadata), so that a record is one or two writes.
 */
#define OUTPUT_BUFFER (256u << 10)
_Static_assert(OUTPUT_RESERVE_MAX <= OUTPUT_BUFFER, "what can be reserved fits");

struct output {
	int fd;
	bool is_stdout;
	int failed; /* negative errno of the first failure */
	size_t used;
	uint64_t total;
	char *path;
	char buffer[OUTPUT_BUFFER];
};

static int fail(struct output *output, int code, struct err *err)
{
	output->failed = -code;
	if (code == EPIPE && output->is_stdout)
		err_set(err, ERR_FAILED, "the reader of standard output is gone");
	else if (code == EPIPE)
		err_set(err, ERR_FAILED, "the reader of '%s' is gone", output->path);
	else if (output->is_stdout)
		err_errno(err, ERR_FAILED, code, "cannot write to standard output");
	else
		err_errno(err, ERR_FAILED, code, "cannot write '%s'", output->path);
	err->code = -code;
	return -code;
}

int output_open(struct output **output, const char *path, struct err *err)
{
	struct output *o = malloc(sizeof(*o));
	char *copy = strdup(path);
	bool is_stdout = strcmp(path, "-") == 0;
	int fd = STDOUT_FILENO, code = ENOMEM;

	if (!o || !copy)
		goto fail;
	if (!is_stdout) {
		/* a FIFO lets us wait until somebody reads it; a signal that stops us ends that */
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0) {
			code = errno;
			goto fail;
		}
	}
	o->fd = fd;
	o->is_stdout = is_stdout;
	o->failed = 0;
	o->used = 0;
	o->total = 0;
	o->path = copy;
	*output = o;
	return 0;
fail:
	free(copy);
	free(o);
	if (code == EINTR)
		return err_set(err, ERR_FAILED, "stopped while nobody read '%s'", path);
	return err_errno(err, ERR_FAILED, code, "cannot write '%s'", path);
}

/* The pipe is full and not ours to block on: wait until there is room or the reader is gone. */
static void wait_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	poll(&p, 1, -1);
}

static int write_all(struct output *output, const char *data, size_t len, struct err *err)
{
	while (len) {
		ssize_t n = write(output->fd, data, len);

		if (n > 0) {
			data += n;
			len -= n;
		} else if (n == 0) {
			return fail(output, EIO, err);
		} else if (errno == EAGAIN) {
			wait_writable(output->fd);
		} else if (errno != EINTR) {
			return fail(output, errno, err);
		}
	}
	return 0;
}

/* Every call after the first failure tells it again. */
static int check(struct output *output, struct err *err)
{
	return output->failed ? fail(output, -output->failed, err) : 0;
}

int output_flush(struct output *output, struct err *err)
{
	size_t len = output->used;
	int ret = check(output, err);

	if (ret)
		return ret;
	output->used = 0;
	return write_all(output, output->buffer, len, err);
}

int output_write(struct output *output, const void *data, size_t len, struct err *err)
{
	int ret = check(output, err);

	if (!ret && len > OUTPUT_BUFFER - output->used)
		ret = output_flush(output, err);
	if (ret)
		return ret;
	output->total += len;
	if (len > OUTPUT_BUFFER)
		return write_all(output, data, len, err);
	if (len)
		memcpy(output->buffer + output->used, data, len);
	output->used += len;
	return 0;
}

char *output_reserve(struct output *output, size_t len, struct err *err)
{
	char *at;

	if (check(output, err) || (len > OUTPUT_BUFFER - output->used && output_flush(output, err)))
		return NULL;
	at = output->buffer + output->used;
	output->used += len;
	output->total += len;
	return at;
}

int output_close(struct output *output, struct err *err)
{
	int ret = 0;

	if (!output)
		return 0;
	if (!output->failed)
		ret = output_flush(output, err);
	/* A network file system tells a full disk only here. */
	if (!output->is_stdout && close(output->fd) && !ret && !output->failed && errno != EINTR)
		ret = fail(output, errno, err);
	free(output->path);
	free(output);
	return ret;
}

uint64_t output_total(const struct output *output)
{
	return output->total;
}
