/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filetest.c - shared parts of the tests of files.
 */
#include "filetest.h"

#include <fcntl.h>
#include <ftw.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"

int filetest_setup(void **state)
{
	char *dir = strdup("/tmp/xcap-filetest-XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

int filetest_teardown(void **state)
{
	int ret = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return ret;
}

char *filetest_path(void **state, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", (const char *)*state, name) > 0);
	return path;
}

static void exec_child(const char *const *argv, const char *out, const char *err)
{
	int o = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int e = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(o, STDOUT_FILENO);
	dup2(e, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static void cut_line(char *text, const char *beginning)
{
	char *line = strstr(text, beginning), *end = line ? strchr(line, '\n') : NULL;

	if (end)
		memmove(line, end + 1, strlen(end + 1) + 1);
}

int filetest_run(void **state, const char *const *argv, char **out, char **err)
{
	char *out_path = filetest_path(state, "stdout"), *err_path = filetest_path(state, "stderr");
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		exec_child(argv, out_path, err_path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*out = util_read_file(out_path, NULL);
	*err = util_read_file(err_path, NULL);
	assert_non_null(*out);
	assert_non_null(*err);
	cut_line(*err, "Running as user \"root\"");
	free(out_path);
	free(err_path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void filetest_need(const char *program)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
	if (system(command) == 0)
		return;
	print_message("skipped: %s is not installed\n", program);
	skip();
}

const uint8_t *filetest_frame(uint32_t len)
{
	static const uint8_t headers[42] = {
		0x02, 0,    0,	  0,	0, 2, 0x02, 0, 0,  0,  0, 1, 0x08, 0x00, /* Ethernet */
		0x45, 0,    0,	  0,	0, 1, 0x40, 0, 64, 17, 0, 0, 10,   0,
		0,    1,    10,	  0,	0, 2,	       /* IP */
		0x9c, 0xb0, 0x23, 0x28, 0, 0, 0,    0, /* UDP */
	};
	static uint8_t frames[2][65535];
	uint8_t *frame = frames[len > 1500]; /* one of each kind at a time */
	uint32_t i;

	assert_in_range(len, sizeof(headers), sizeof(frames[0]));
	memcpy(frame, headers, sizeof(headers));
	frame[16] = (len - 14) >> 8;
	frame[17] = len - 14;
	frame[38] = (len - 34) >> 8;
	frame[39] = len - 34;
	for (i = 42; i < len; i++)
		frame[i] = i * 7;
	return frame;
}

static const struct capture_probe probes[] = {
	{.spec = "ip_rcv@1", .name = "ip_rcv", .mechanism = "fentry"},
	{.spec = "tracepoint:net:netif_receive_skb",
	 .name = "netif_receive_skb",
	 .mechanism = "tp_btf"},
	{.spec = "tracepoint:skb:kfree_skb", .name = "kfree_skb", .is_kfree_skb = true},
};

const struct capture_info filetest_info = {
	.probes = probes,
	.n_probes = 3,
	.link_type = DLT_EN10MB,
	.snaplen = 65535,
	.filter = "udp port 9000",
	.command_line = "xcap skb -f 'ip_rcv@1, tp:net:*' -w x",
	.os = "Linux 6.18.0 x86_64",
	.version = "xcap 0.1.0",
};

struct record filetest_record(void)
{
	return (struct record){
		.number = 1,
		.ts_ns = FILETEST_TS,
		.cpu = 1,
		.context = XCAP_CTX_SOFTIRQ,
		.direction = XCAP_DIR_IN,
		.pid = 812,
		.tid = 812,
		.comm = "nginx",
		.ifindex = 2,
		.ifname = "eth0",
		.dev_type = 1,
		.netns_name = "",
		.skb = 0xffff9a3c01b2c400,
		.protocol = 0x800,
		.len = 60,
		.cap_len = 60,
		.packet = filetest_frame(60),
	};
}

struct sink *filetest_open(const struct sink_ops *ops, const char *path, bool unbuffered,
			   const struct capture_info *info)
{
	const struct sink_config config = {.path = path, .unbuffered = unbuffered};
	struct sink *sink = NULL;
	struct err err;

	err_clear(&err);
	if (ops->open(&sink, &config, info, &err))
		fail_msg("%s", err.msg);
	return sink;
}

int filetest_stdout_begin(int fd)
{
	int saved;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	return saved;
}

void filetest_stdout_end(int saved)
{
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

int filetest_broken_pipe(void)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	return fds[1];
}

static uint32_t get32(const void *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint16_t get16(const void *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

bool filetest_block(const char *data, size_t len, unsigned int i, struct filetest_block *block)
{
	size_t at = 0;

	for (;; i--) {
		uint32_t total;

		if (at == len)
			return false;
		assert_true(len - at >= 12);
		total = get32(data + at + 4);
		assert_true(total >= 12 && total <= len - at && total % 4 == 0);
		assert_int_equal(get32(data + at + total - 4), total);
		if (i == 0) {
			block->type = get32(data + at);
			block->body = (const uint8_t *)data + at + 8;
			block->len = total - 12;
			return true;
		}
		at += total;
	}
}

/* Where the options of a block begin, by the fixed part of its type. */
static size_t options_at(const struct filetest_block *block)
{
	switch (block->type) {
	case 0x0a0d0d0a:
		return 16;
	case 1:
		return 8;
	case 5:
		return 12;
	case 6:
		return 20 + ((get32(block->body + 12) + 3) & ~3u);
	}
	fail_msg("block type 0x%x", block->type);
	return 0;
}

const uint8_t *filetest_option(const struct filetest_block *block, uint16_t code, unsigned int nth,
			       size_t *len)
{
	const uint8_t *found = NULL;
	size_t at = options_at(block), n = 0;

	for (;; at += 4 + ((n + 3) & ~(size_t)3)) {
		uint16_t this;

		assert_true(block->len - at >= 4);
		this = get16(block->body + at);
		n = get16(block->body + at + 2);
		assert_true(n <= block->len - at - 4);
		if (this == 0)
			break;
		if (this == code && !found && nth-- == 0) {
			found = block->body + at + 4;
			*len = n;
		}
	}
	assert_int_equal(n, 0);
	assert_int_equal(at + 4, block->len);
	return found;
}

char *filetest_option_str(const struct filetest_block *block, uint16_t code, unsigned int nth)
{
	size_t len = 0;
	const uint8_t *value = filetest_option(block, code, nth, &len);

	return strndup(value ? (const char *)value : "", len);
}

uint64_t filetest_option_u64(const struct filetest_block *block, uint16_t code)
{
	size_t len = 0;
	const uint8_t *value = filetest_option(block, code, 0, &len);
	uint64_t number;

	assert_non_null(value);
	assert_int_equal(len, sizeof(number));
	memcpy(&number, value, sizeof(number));
	return number;
}
