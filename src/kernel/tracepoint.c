/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracepoint.c - the list of tracepoints from tracefs, or the built-in one.
 *
 * The list is read when the first question is asked: the first reader after boot pays several
 * milliseconds. A tracefs that is not mounted is made by fsopen(2) and fsmount(2) (5.2) without a
 * place in the tree, so that it goes with its descriptor.
 */
#include "kernel/tracepoint.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "kernel/kroot.h"

/* Those with an skb in the mainline kernels 5.10 to 7.2, by BTF; categories from
 * include/trace/events. */
static const char known[] = "cfg80211:cfg80211_rx_control_port\n"
			    "devlink:devlink_trap_report\n"
			    "icmp:icmp_send\n"
			    "mptcp:subflow_check_data_avail\n"
			    "net:napi_gro_frags_entry\n"
			    "net:napi_gro_receive_entry\n"
			    "net:net_dev_queue\n"
			    "net:net_dev_start_xmit\n"
			    "net:net_dev_xmit\n"
			    "net:netif_receive_skb\n"
			    "net:netif_receive_skb_entry\n"
			    "net:netif_receive_skb_list_entry\n"
			    "net:netif_rx\n"
			    "net:netif_rx_entry\n"
			    "net:netif_rx_ni_entry\n"
			    "openvswitch:ovs_do_execute_action\n"
			    "openvswitch:ovs_dp_upcall\n"
			    "qdisc:qdisc_dequeue\n"
			    "qdisc:qdisc_drop\n"
			    "qdisc:qdisc_enqueue\n"
			    "skb:consume_skb\n"
			    "skb:kfree_skb\n"
			    "skb:skb_copy_datagram_iovec\n"
			    "sock:sock_rcvqueue_full\n"
			    "tcp:tcp_ao_handshake_failure\n"
			    "tcp:tcp_ao_key_not_found\n"
			    "tcp:tcp_ao_mismatch\n"
			    "tcp:tcp_ao_rnext_request\n"
			    "tcp:tcp_ao_wrong_maclen\n"
			    "tcp:tcp_bad_csum\n"
			    "tcp:tcp_hash_ao_required\n"
			    "tcp:tcp_hash_bad_header\n"
			    "tcp:tcp_hash_md5_mismatch\n"
			    "tcp:tcp_hash_md5_required\n"
			    "tcp:tcp_hash_md5_unexpected\n"
			    "tcp:tcp_probe\n"
			    "tcp:tcp_retransmit_skb\n"
			    "tcp:tcp_send_reset\n"
			    "tcp:tcp_sendmsg_locked\n"
			    "udp:udp_fail_queue_rcv_skb\n";

/* What was read, once: each name whole, and cut at the colon. */
struct list {
	bool read;
	int error;		 /* 0: from tracefs; else -errno */
	char *whole, *cut;	 /* the file's text, line ends (and in cut: colons) made NUL */
	const char **names;	 /* "net:netif_rx", into whole */
	const char **categories; /* "net", into cut */
	const char **events;	 /* "netif_rx", into cut */
	size_t n;
};

struct tracepoint_table {
	struct list *list;
};

/* A tracefs of our own, nowhere in the tree; -1 and errno: EPERM without CAP_SYS_ADMIN. */
static int detached_tracefs(void)
{
	int fs = syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC), mount = -1, saved;

	if (fs < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	saved = errno;
	close(fs);
	errno = saved;
	return mount;
}

/* The text of available_events where tracefs is mounted, else of a detached one; NULL if neither.
 */
static char *read_tracefs(void)
{
	static const char *const mounted[] = {
		"/sys/kernel/tracing/available_events",
		"/sys/kernel/debug/tracing/available_events",
	};
	char path[512], *text = NULL;
	int mount, saved;

	for (size_t i = 0; i < UTIL_ARRAY_SIZE(mounted) && !text; i++)
		text = util_read_file(kroot_path(path, sizeof(path), mounted[i]), NULL);
	if (text || kroot_prefix()[0])
		return text;
	mount = detached_tracefs();
	if (mount < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/available_events", mount);
	text = util_read_file(path, NULL);
	saved = errno;
	close(mount);
	errno = saved;
	return text;
}

/* Cut list->whole into names; a line without a colon is passed over. False: no memory. */
static bool parse(struct list *list)
{
	size_t lines = 1, at;
	char *line, *save = NULL, *colon;

	for (const char *s = list->whole; *s; s++)
		lines += *s == '\n';
	list->cut = strdup(list->whole);
	list->names = calloc(lines, sizeof(*list->names));
	list->categories = calloc(lines, sizeof(*list->categories));
	list->events = calloc(lines, sizeof(*list->events));
	if (!list->cut || !list->names || !list->categories || !list->events)
		return false;
	for (line = strtok_r(list->whole, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		at = line - list->whole;
		colon = strchr(line, ':');
		if (!colon)
			continue;
		list->cut[at + strlen(line)] = '\0';
		list->cut[colon - list->whole] = '\0';
		list->names[list->n] = line;
		list->events[list->n] = list->cut + (colon + 1 - list->whole);
		list->categories[list->n++] = list->cut + at;
	}
	return true;
}

static const struct list *get_list(const struct tracepoint_table *table)
{
	struct list *list = table->list;

	if (list->read)
		return list;
	list->read = true;
	list->whole = read_tracefs();
	list->error = list->whole ? 0 : -errno;
	if (!list->whole)
		list->whole = strdup(known);
	if (!list->whole || !parse(list))
		list->error = -ENOMEM; /* an empty list: "not known" */
	return list;
}

struct tracepoint_table *tracepoint_open(void)
{
	struct tracepoint_table *table = calloc(1, sizeof(*table));

	if (table)
		table->list = calloc(1, sizeof(*table->list));
	if (table && table->list)
		return table;
	free(table);
	return NULL;
}

void tracepoint_close(struct tracepoint_table *table)
{
	if (!table)
		return;
	free(table->list->names);
	free(table->list->categories);
	free(table->list->events);
	free(table->list->whole);
	free(table->list->cut);
	free(table->list);
	free(table);
}

/* The next event of that name from number i on; list->n: none. */
static size_t find_event(const struct list *list, size_t i, const char *name)
{
	while (i < list->n && (list->events[i][0] != name[0] || strcmp(list->events[i], name)))
		i++;
	return i;
}

int tracepoint_exists(const struct tracepoint_table *table, const char *category, const char *name)
{
	const struct list *list = get_list(table);
	bool elsewhere = false;

	for (size_t i = 0; (i = find_event(list, i, name)) < list->n; i++) {
		if (!strcmp(list->categories[i], category))
			return 1;
		elsewhere = true;
	}
	return !list->error || elsewhere ? 0 : -1;
}

const char *tracepoint_category(const struct tracepoint_table *table, const char *name)
{
	const struct list *list = get_list(table);
	size_t i = find_event(list, 0, name);

	return i < list->n ? list->categories[i] : NULL;
}

bool tracepoint_from_tracefs(const struct tracepoint_table *table)
{
	return !get_list(table)->error;
}

int tracepoint_error(const struct tracepoint_table *table)
{
	return get_list(table)->error;
}

const char *const *tracepoint_names(const struct tracepoint_table *table, size_t *n)
{
	const struct list *list = get_list(table);

	*n = list->n;
	return list->names;
}
