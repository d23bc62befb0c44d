/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns.c - network namespaces: names below /run/netns, and their interfaces.
 *
 * The process never leaves its own namespace: those of others are entered by a forked child, which
 * lists all their interfaces into a pipe and ends. One that it may not enter it tells by an
 * interface without a name.
 */
#include "kernel/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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
	char *path;	/* owned: a file that leads there; NULL while none is known */
};

struct netns_table {
	uint32_t own;
	struct timespec scanned;
	struct entry *list;
};

/* Inode of the network namespace behind a path: 0, -EINVAL if it is none, or -errno. */
static int look_at(const char *path, uint32_t *inode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code = -EINVAL;
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC &&
	    ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET && !fstat(fd, &st)) {
		*inode = st.st_ino;
		code = 0;
	}
	close(fd);
	return code;
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

/* The namespace behind a path, if there is one; NULL for xcap's own, too. */
static struct entry *take(struct netns_table *table, const char *path)
{
	struct entry *entry;
	uint32_t inode;

	if (look_at(path, &inode) || inode == table->own)
		return NULL;
	entry = find_entry(table, inode);
	if (!entry)
		entry = add_entry(table, inode);
	if (entry && !entry->path)
		entry->path = strdup(path);
	return entry;
}

/* Look below /run/netns for names not seen before. A name once given to an inode stays. */
static void scan(struct netns_table *table)
{
	char path[PATH_MAX];
	struct dirent *file;
	struct entry *entry;
	DIR *dir = opendir(kroot_path(path, sizeof(path), FOLDER));

	clock_gettime(CLOCK_MONOTONIC, &table->scanned);
	while (dir && (file = readdir(dir))) {
		entry = take(table, name_path(path, sizeof(path), file->d_name));
		if (entry && !entry->name[0])
			snprintf(entry->name, sizeof(entry->name), "%s", file->d_name);
	}
	if (dir)
		closedir(dir);
}

/* Look for namespaces without a name, such as those of containers: there are processes in them. */
static void scan_processes(struct netns_table *table)
{
	char path[PATH_MAX], file[300];
	struct dirent *process;
	DIR *dir = opendir(kroot_path(path, sizeof(path), "/proc"));

	while (dir && (process = readdir(dir))) {
		if (process->d_name[0] < '1' || process->d_name[0] > '9')
			continue;
		snprintf(file, sizeof(file), "/proc/%s/ns/net", process->d_name);
		take(table, kroot_path(path, sizeof(path), file));
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
	/* without /proc nothing is our own */
	look_at(kroot_path(path, sizeof(path), "/proc/self/ns/net"), &table->own);
	scan(table);
	return table;
}

void netns_close(struct netns_table *table)
{
	struct entry *entry, *next;

	for (entry = table ? table->list : NULL; entry; entry = next) {
		next = entry->next;
		free(entry->path);
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

const char *netns_path(const struct netns_table *table, uint32_t inode)
{
	const struct entry *entry = find_entry(table, inode);

	return entry ? entry->path : NULL;
}

/* A namespace by a file; the table keeps how it is reached. */
static int find_path(struct netns_table *table, const char *path, uint32_t *inode)
{
	int code = look_at(path, inode);

	if (!code)
		take(table, path);
	return code;
}

/* A number is believed: packets may come from a namespace that this user cannot see. */
static int find_number(struct netns_table *table, const char *text, uint32_t *inode)
{
	struct entry *entry;
	uint64_t number;

	if (util_parse_u64(text, 1, UINT32_MAX, &number))
		return -ENOENT;
	*inode = number;
	entry = find_entry(table, number);
	if (number != table->own && (!entry || !entry->path))
		scan_processes(table);
	return 0;
}

int netns_find(struct netns_table *table, const char *name, uint32_t *inode)
{
	char path[PATH_MAX], file[64];
	uint64_t number;
	int code;

	*inode = 0;
	if (!strncmp(name, "pid:", 4)) {
		if (util_parse_u64(name + 4, 1, INT32_MAX, &number))
			return -ENOENT;
		snprintf(file, sizeof(file), "/proc/%u/ns/net", (unsigned int)number);
		return find_path(table, kroot_path(path, sizeof(path), file), inode);
	}
	if (strchr(name, '/'))
		return find_path(table, name, inode);
	code = find_path(table, name_path(path, sizeof(path), name), inode);
	return code == -ENOENT ? find_number(table, name, inode) : code;
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

/* In the child: add what is in one namespace, or an interface "" if it may not be entered. */
static void list_other(const struct entry *entry, struct buf *out)
{
	const char *name = entry->name[0] ? entry->name : entry->number;
	int fd = open(entry->path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && !setns(fd, CLONE_NEWNET)) {
		list_interfaces(name, out);
	} else if (errno != ENOENT) { /* gone since it was found: nothing is there */
		buf_add(out, name, strlen(name) + 1);
		buf_add(out, "", 1);
	}
	if (fd >= 0)
		close(fd);
}

/* In the child: list the namespace of that inode (0: all that a file leads to). */
static void __attribute__((noreturn))
list_others(const struct netns_table *table, uint32_t inode, int fd)
{
	struct buf out;
	ssize_t n = 1;

	buf_init(&out);
	for (struct entry *entry = table->list; entry; entry = entry->next)
		if (entry->path && (!inode || entry->inode == inode))
			list_other(entry, &out);
	for (size_t at = 0; at < out.len && n > 0; at += n)
		n = write(fd, out.data + at, out.len - at);
	_exit(0);
}

/* Add what a child finds in the other namespaces; 0 or -errno. */
static int read_others(const struct netns_table *table, uint32_t inode, struct buf *out)
{
	char chunk[4096];
	int fds[2], code = 0;
	ssize_t n;
	pid_t pid;

	if (!table->list)
		return 0;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		list_others(table, inode, fds[1]);
	if (pid < 0)
		code = -errno;
	close(fds[1]);
	while (pid > 0 &&
	       ((n = read(fds[0], chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			buf_add(out, chunk, n);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return code;
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

/* 1: there is a match; 0: no; -EPERM: none, but a namespace could not be entered. */
static int search(struct buf *all, const char *pattern)
{
	const char *netns = NULL, *interface = NULL;
	int found = 0;

	buf_str(all); /* the NUL after the last byte, so that next_pair() stays inside */
	while (found != 1 && next_pair(all, &netns, &interface))
		if (!*interface)
			found = -EPERM;
		else if (util_glob(pattern, interface))
			found = 1;
	return found;
}

/* search() in the namespaces that are known by now. */
static int search_others(const struct netns_table *table, const char *pattern, uint32_t inode)
{
	struct buf all;
	int code;

	buf_init(&all);
	code = read_others(table, inode, &all);
	if (!code)
		code = search(&all, pattern);
	buf_fini(&all);
	return code;
}

static int search_own(const char *pattern)
{
	struct buf all;
	int code;

	buf_init(&all);
	list_interfaces("", &all);
	code = search(&all, pattern);
	buf_fini(&all);
	return code;
}

int netns_has_interface(struct netns_table *table, const char *pattern, uint32_t inode)
{
	const struct entry *entry = find_entry(table, inode);
	int code = 0;

	if (inode && inode != table->own)
		return entry && entry->path ? search_others(table, pattern, inode) : -ENOENT;
	code = search_own(pattern);
	if (inode || code == 1)
		return code;
	code = search_others(table, pattern, 0);
	if (code == 1)
		return code;
	scan_processes(table);
	return search_others(table, pattern, 0);
}

uint32_t netns_ifname_width(const struct netns_table *table)
{
	const char *netns = NULL, *interface = NULL;
	struct buf all;
	size_t widest = 0, width;

	buf_init(&all);
	list_interfaces("", &all);
	read_others(table, 0, &all);
	buf_str(&all);
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
