/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netcount.c - counters of losses in /proc/net: snmp, netstat, snmp6, dev and softnet_stat.
 *
 * Each namespace is read whole into a list of names and values, before and after. Other namespaces
 * are entered by a thread of their own, which ends there: the process never leaves its own, and
 * nothing keeps theirs alive meanwhile.
 */
#include "kernel/netcount.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/kroot.h"
#include "kernel/netns.h"

struct counter {
	char name[64]; /* "TcpExt ListenDrops", "eth0 rx drop" */
	uint64_t value;
};

struct snapshot {
	struct counter *list;
	size_t n;
};

struct place {
	struct place *next;
	struct netns_table *netns; /* NULL: xcap's own namespace */
	uint32_t inode;
	struct snapshot before;
};

struct netcount {
	struct place *places; /* the own one first */
};

/* Those that count packets which came to nothing, of the hundreds that there are. */
static const char *const losses[] = {
	"Icmp InCsumErrors",
	"Icmp InErrors",
	"Icmp6InErrors",
	"Ip FragFails",
	"Ip InAddrErrors",
	"Ip InDiscards",
	"Ip InHdrErrors",
	"Ip InUnknownProtos",
	"Ip OutDiscards",
	"Ip OutNoRoutes",
	"Ip ReasmFails",
	"Ip6FragFails",
	"Ip6InAddrErrors",
	"Ip6InDiscards",
	"Ip6InHdrErrors",
	"Ip6InNoRoutes",
	"Ip6InTooBigErrors",
	"Ip6InTruncatedPkts",
	"Ip6InUnknownProtos",
	"Ip6OutDiscards",
	"Ip6OutNoRoutes",
	"Ip6ReasmFails",
	"IpExt InCsumErrors",
	"IpExt InNoRoutes",
	"IpExt InTruncatedPkts",
	"Tcp InCsumErrors",
	"Tcp InErrs",
	"TcpExt IPReversePathFilter",
	"TcpExt ListenDrops",
	"TcpExt ListenOverflows",
	"TcpExt OfoPruned",
	"TcpExt PFMemallocDrop",
	"TcpExt PruneCalled",
	"TcpExt RcvPruned",
	"TcpExt TCPAbortOnMemory",
	"TcpExt TCPBacklogDrop",
	"TcpExt TCPDeferAcceptDrop",
	"TcpExt TCPMD5Failure",
	"TcpExt TCPMinTTLDrop",
	"TcpExt TCPOFODrop",
	"TcpExt TCPRcvQDrop",
	"TcpExt TCPReqQFullDrop",
	"TcpExt TCPTimeWaitOverflow",
	"TcpExt TCPZeroWindowDrop",
	"Udp InCsumErrors",
	"Udp InErrors",
	"Udp MemErrors",
	"Udp NoPorts",
	"Udp RcvbufErrors",
	"Udp SndbufErrors",
	"Udp6InCsumErrors",
	"Udp6InErrors",
	"Udp6MemErrors",
	"Udp6NoPorts",
	"Udp6RcvbufErrors",
	"Udp6SndbufErrors",
};

static int by_text(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

static bool is_loss(const char *name)
{
	return bsearch(name, losses, UTIL_ARRAY_SIZE(losses), sizeof(losses[0]), by_text);
}

/* Without memory a counter is missing, and does not show. Equal names add up. */
static void add(struct snapshot *s, const char *group, const char *name, uint64_t value)
{
	struct counter *list, *counter;
	char full[sizeof(list->name)];

	snprintf(full, sizeof(full), "%s%s%s", group, *group ? " " : "", name);
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->list[i].name, full)) {
			s->list[i].value += value;
			return;
		}
	list = realloc(s->list, (s->n + 1) * sizeof(*list));
	if (!list)
		return;
	s->list = list;
	counter = &list[s->n++];
	memcpy(counter->name, full, sizeof(full));
	counter->value = value;
}

/* "Tcp: InErrs OutRsts" and below it "Tcp: 1 2". */
static void parse_pairs(struct snapshot *s, char *text)
{
	char *names, *values, *name, *value, *next_name, *next_value, *group, full[64];

	while ((names = strsep(&text, "\n")) && (values = strsep(&text, "\n"))) {
		group = strtok_r(names, ": ", &next_name);
		if (!group || !strtok_r(values, ": ", &next_value))
			return;
		while ((name = strtok_r(NULL, " ", &next_name)) &&
		       (value = strtok_r(NULL, " ", &next_value))) {
			snprintf(full, sizeof(full), "%s %s", group, name);
			if (is_loss(full))
				add(s, "", full, strtoull(value, NULL, 10));
		}
	}
}

/* "Udp6NoPorts       3" */
static void parse_lines(struct snapshot *s, char *text)
{
	char *line, *name, *next;

	while ((line = strsep(&text, "\n"))) {
		name = strtok_r(line, " \t", &next);
		if (name && is_loss(name))
			add(s, "", name, strtoull(next, NULL, 10));
	}
}

/* "  eth0: bytes packets errs drop ..." below two lines of headings. */
static void parse_devices(struct snapshot *s, char *text)
{
	static const char *const columns[16] = {
		[2] = "rx errs",  [3] = "rx drop",  [4] = "rx fifo",  [5] = "rx frame",
		[10] = "tx errs", [11] = "tx drop", [12] = "tx fifo", [14] = "tx carrier",
	};
	char *line, *device, *value, *next;

	while ((line = strsep(&text, "\n"))) {
		device = strchr(line, '|') ? NULL : strtok_r(line, ": ", &next);
		for (size_t i = 0; device && i < UTIL_ARRAY_SIZE(columns); i++) {
			value = strtok_r(NULL, " ", &next);
			if (value && columns[i])
				add(s, device, columns[i], strtoull(value, NULL, 10));
		}
	}
}

/* One line for each CPU, in hexadecimal: processed, dropped, time_squeeze. */
static void parse_softnet(struct snapshot *s, char *text)
{
	unsigned int dropped, squeezed;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (sscanf(line, "%*x %x %x", &dropped, &squeezed) != 2)
			continue;
		add(s, "softnet", "dropped", dropped);
		add(s, "softnet", "time_squeeze", squeezed);
	}
}

static const struct source {
	const char *file;
	void (*parse)(struct snapshot *s, char *text);
	bool of_machine; /* the same in all namespaces */
} sources[] = {
	{"snmp", parse_pairs},
	{"netstat", parse_pairs},
	{"snmp6", parse_lines},
	{"dev", parse_devices},
	{"softnet_stat", parse_softnet, true},
};

/* A file that is not there (a kernel without IPv6) has no counters. */
static void read_files(struct snapshot *s, const char *folder, bool own)
{
	char path[256], file[64], *text;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(sources); i++) {
		if (sources[i].of_machine && !own)
			continue;
		snprintf(file, sizeof(file), "%s/%s", folder, sources[i].file);
		text = util_read_file(kroot_path(path, sizeof(path), file), NULL);
		if (text)
			sources[i].parse(s, text);
		free(text);
	}
}

struct visit {
	const char *path; /* of the namespace */
	struct snapshot *snapshot;
	int code;
};

static void *visit(void *arg)
{
	struct visit *v = arg;
	int fd = open(v->path, O_RDONLY | O_CLOEXEC);

	v->code = fd < 0 || setns(fd, CLONE_NEWNET) ? -errno : 0;
	if (!v->code)
		read_files(v->snapshot, "/proc/thread-self/net", false);
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int take(const struct place *place, struct snapshot *s)
{
	struct visit v = {.snapshot = s};
	pthread_t thread;
	int code;

	if (!place->netns) {
		read_files(s, "/proc/self/net", true);
		return 0;
	}
	v.path = netns_path(place->netns, place->inode);
	if (!v.path)
		return -ENOENT;
	code = pthread_create(&thread, NULL, visit, &v);
	if (code)
		return -code;
	pthread_join(thread, NULL);
	return v.code;
}

static int add_place(struct netcount *netcount, struct netns_table *netns, uint32_t inode)
{
	struct place *place = calloc(1, sizeof(*place)), **end = &netcount->places;
	int code = -ENOMEM;

	if (place) {
		place->netns = netns;
		place->inode = inode;
		code = take(place, &place->before);
	}
	if (code) {
		free(place);
		return code;
	}
	while (*end)
		end = &(*end)->next;
	*end = place;
	return 0;
}

struct netcount *netcount_new(void)
{
	struct netcount *netcount = calloc(1, sizeof(*netcount));

	if (netcount && add_place(netcount, NULL, 0)) {
		free(netcount);
		errno = ENOMEM;
		return NULL;
	}
	return netcount;
}

int netcount_add(struct netcount *netcount, struct netns_table *netns, uint32_t inode)
{
	if (inode == netns_own(netns))
		return 0;
	for (const struct place *place = netcount->places; place; place = place->next)
		if (place->netns && place->inode == inode)
			return 0;
	return add_place(netcount, netns, inode);
}

static uint64_t value_of(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->list[i].name, name))
			return s->list[i].value;
	return 0; /* a device that was not there */
}

static unsigned int print_place(const struct place *place, unsigned int n, FILE *out)
{
	const char *name = place->netns ? netns_name(place->netns, place->inode) : "";
	struct snapshot now = {0};

	if (take(place, &now))
		fprintf(out, "counters of %s are not known: it is gone\n", name);
	for (size_t i = 0; i < now.n; i++) {
		uint64_t before = value_of(&place->before, now.list[i].name);

		if (now.list[i].value <= before)
			continue;
		if (!n++)
			fputs("counters of losses that moved, of all traffic, not all seen by "
			      "kfree_skb:\n",
			      out);
		fprintf(out, "  %s +%" PRIu64 "%s%s\n", now.list[i].name,
			now.list[i].value - before, *name ? " @" : "", name);
	}
	free(now.list);
	return n;
}

unsigned int netcount_print(const struct netcount *netcount, FILE *out)
{
	unsigned int n = 0;

	for (const struct place *place = netcount->places; place; place = place->next)
		n = print_place(place, n, out);
	return n;
}

void netcount_free(struct netcount *netcount)
{
	struct place *place, *next;

	for (place = netcount ? netcount->places : NULL; place; place = next) {
		next = place->next;
		free(place->before.list);
		free(place);
	}
	free(netcount);
}
