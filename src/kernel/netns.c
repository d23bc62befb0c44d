/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns.c - network namespaces: names below /run/netns, and their interfaces.
 *
 * The process never leaves its own namespace: those of others are entered by a forked child, which
 * lists all their interfaces into a pipe and ends. Whatever goes wrong there, the parent just
 * learns less.
 */
#include "kernel/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/util.h"
#include "kernel/kroot.h"

#define FOLDER "/run/netns"

/* One inode that was asked for or found. Never moves, for its name is given away. */
struct entry {
	struct entry *next;
	uint32_t inode;
	char number[12];
	char name[256]; /* "" while only the number is known */
};

struct netns_table {
	uint32_t own;
	struct timespec scanned;
	struct entry *list;
};

/* Inode of the network namespace behind a path; 0 if it is not a namespace file. */
static uint32_t inode_of(const char *path)
{
	struct statfs fs;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok = fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC && !fstat(fd, &st);

	if (fd >= 0)
		close(fd);
	return ok ? st.st_ino : 0;
}

/* Path of a name below /run/netns; "" for one that leads out of the folder. */
static const char *name_path(char *out, size_t size, const char *name)
{
	char path[PATH_MAX];

	if (!name[0] || !strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/'))
		return "";
	snprintf(path, sizeof(path), FOLDER "/%s", name);
	return kroot_path(out, size, path);
}

static struct entry *find_entry(const struct netns_table *table, uint32_t inode)
{
	struct entry *entry = table->list;

	while (entry && entry->inode != inode)
		entry = entry->next;
	return entry;
}

static struct entry *add_entry(struct netns_table *table, uint32_t inode)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->inode = inode;
	snprintf(entry->number, sizeof(entry->number), "%u", inode);
	entry->next = table->list;
	table->list = entry;
	return entry;
}

/* Look below /run/netns for names not seen before. A name once given to an inode stays. */
static void scan(struct netns_table *table)
{
	char path[PATH_MAX];
	struct dirent *file;
	struct entry *entry;
	DIR *dir = opendir(kroot_path(path, sizeof(path), FOLDER));
	uint32_t inode;

	clock_gettime(CLOCK_MONOTONIC, &table->scanned);
	while (dir && (file = readdir(dir))) {
		inode = inode_of(name_path(path, sizeof(path), file->d_name));
		if (!inode || inode == table->own)
			continue;
		entry = find_entry(table, inode);
		if (!entry)
			entry = add_entry(table, inode);
		if (entry && !entry->name[0])
			snprintf(entry->name, sizeof(entry->name), "%s", file->d_name);
	}
	if (dir)
		closedir(dir);
}

struct netns_table *netns_open(void)
{
	struct netns_table *table = calloc(1, sizeof(*table));
	char path[PATH_MAX];

	if (!table)
		return NULL;
	table->own = inode_of(kroot_path(path, sizeof(path), "/proc/self/ns/net"));
	scan(table);
	return table;
}

void netns_close(struct netns_table *table)
{
	struct entry *entry, *next;

	for (entry = table ? table->list : NULL; entry; entry = next) {
		next = entry->next;
		free(entry);
	}
	free(table);
}

uint32_t netns_own(const struct netns_table *table)
{
	return table->own;
}

const char *netns_name(struct netns_table *table, uint32_t inode)
{
	struct entry *entry;
	struct timespec now;

	if (!inode || inode == table->own)
		return "";
	entry = find_entry(table, inode);
	if (!entry)
		entry = add_entry(table, inode);
	if (!entry)
		return "?"; /* no memory */
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!entry->name[0] && now.tv_sec > table->scanned.tv_sec)
		scan(table);
	return entry->name[0] ? entry->name : entry->number;
}

uint32_t netns_find(const struct netns_table *table, const char *name)
{
	char path[PATH_MAX], file[64];
	uint64_t number;
	uint32_t inode;

	(void)table;
	if (!strncmp(name, "pid:", 4)) {
		if (util_parse_u64(name + 4, 1, INT32_MAX, &number))
			return 0;
		snprintf(file, sizeof(file), "/proc/%u/ns/net", (unsigned int)number);
		return inode_of(kroot_path(path, sizeof(path), file));
	}
	if (strchr(name, '/'))
		return inode_of(name);
	inode = inode_of(name_path(path, sizeof(path), name));
	if (inode)
		return inode;
	return util_parse_u64(name, 1, UINT32_MAX, &number) ? 0 : number;
}

/* Add "netns\0interface\0" for each interface of the namespace the caller is in. */
static void list_interfaces(const char *netns, struct buf *out)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *i = all; i && i->if_name; i++) {
		buf_add(out, netns, strlen(netns) + 1);
		buf_add(out, i->if_name, strlen(i->if_name) + 1);
	}
	if (all)
		if_freenameindex(all);
}

/* In the child: enter each namespace that has a name, write what is there. */
static void __attribute__((noreturn)) list_others(const struct netns_table *table, int fd)
{
	char path[PATH_MAX];
	struct buf out;
	ssize_t n = 1;
	int ns;

	buf_init(&out);
	for (struct entry *entry = table->list; entry; entry = entry->next) {
		ns = open(name_path(path, sizeof(path), entry->name), O_RDONLY | O_CLOEXEC);
		if (ns >= 0 && !setns(ns, CLONE_NEWNET))
			list_interfaces(entry->name, &out);
		if (ns >= 0)
			close(ns);
	}
	for (size_t at = 0; at < out.len && n > 0; at += n)
		n = write(fd, out.data + at, out.len - at);
	_exit(0);
}

/* Add what a child finds in the other namespaces. */
static void read_others(const struct netns_table *table, struct buf *out)
{
	char chunk[4096];
	int fds[2];
	ssize_t n;
	pid_t pid;

	if (!table->list || pipe2(fds, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid)
		list_others(table, fds[1]);
	close(fds[1]);
	while (pid > 0 &&
	       ((n = read(fds[0], chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			buf_add(out, chunk, n);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* The pair after the given one in "netns\0interface\0..."; false at the end. First: *netns NULL. */
static bool next_pair(const struct buf *all, const char **netns, const char **interface)
{
	const char *end = all->data + all->len;

	*netns = *netns ? *interface + strlen(*interface) + 1 : all->data;
	if (!*netns || *netns >= end)
		return false;
	*interface = *netns + strlen(*netns) + 1;
	return *interface < end;
}

/* All interfaces as pairs, closed by a NUL so that next_pair() stays inside. */
static void read_all(const struct netns_table *table, bool any_netns, struct buf *all)
{
	buf_init(all);
	list_interfaces("", all);
	if (any_netns)
		read_others(table, all);
	buf_str(all);
}

bool netns_has_interface(const struct netns_table *table, const char *pattern, bool any_netns)
{
	const char *netns = NULL, *interface = NULL;
	bool found = false;
	struct buf all;

	read_all(table, any_netns, &all);
	while (!found && next_pair(&all, &netns, &interface))
		found = util_glob(pattern, interface);
	buf_fini(&all);
	return found;
}

uint32_t netns_ifname_width(const struct netns_table *table)
{
	const char *netns = NULL, *interface = NULL;
	struct buf all;
	size_t widest = 0, width;

	read_all(table, true, &all);
	while (next_pair(&all, &netns, &interface)) {
		width = strlen(interface) + (*netns ? 1 + strlen(netns) : 0);
		widest = UTIL_MAX(widest, width);
	}
	buf_fini(&all);
	return widest;
}

char **netns_interfaces(size_t *n)
{
	struct if_nameindex *all = if_nameindex();
	size_t count = 0, bytes = 0;
	char **names, *text;

	*n = 0;
	for (struct if_nameindex *i = all; i && i->if_name; i++) {
		bytes += strlen(i->if_name) + 1;
		count++;
	}
	names = malloc((count + 1) * sizeof(*names) + bytes);
	if (names) {
		text = (char *)(names + count + 1);
		for (size_t i = 0; i < count; i++) {
			names[i] = text;
			text = stpcpy(text, all[i].if_name) + 1;
		}
		names[count] = NULL;
		*n = count;
	}
	if (all)
		if_freenameindex(all);
	return names;
}
