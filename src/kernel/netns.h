/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns.h - network namespaces by inode number: their names, and the interfaces in them.
 */
#ifndef KERNEL_NETNS_H
#define KERNEL_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netns_table;

struct netns_table *netns_open(void); /* NULL and errno */
void netns_close(struct netns_table *table);

/* Inode of the namespace that xcap runs in. */
uint32_t netns_own(const struct netns_table *table);

/*
 * Name of a namespace: "" for xcap's own or 0; the file's name below /run/netns (looked at again
 * when the inode is not known yet, at most once a second); else the inode in decimal. Owned by the
 * table, stable until it is closed.
 */
const char *netns_name(struct netns_table *table, uint32_t inode);

/* A file that leads to the namespace; NULL while none is known. The table's. */
const char *netns_path(const struct netns_table *table, uint32_t inode);

/*
 * Inode of a namespace given as a name below /run/netns, "pid:N", a path, or its inode, which is
 * taken as it is. 0, -ENOENT (there is none), -EINVAL (something else) or -errno (not to be looked
 * at).
 */
int netns_find(struct netns_table *table, const char *name, uint32_t *inode);

/*
 * Does an interface whose name matches the glob `pattern` exist in the namespace `inode`, as
 * netns_find() gave it; 0: in any that has a name below /run/netns or a process? 1, 0, or -errno
 * where it cannot be told: -ENOENT if nothing leads to the namespace, -EPERM if it cannot be
 * entered.
 */
int netns_has_interface(struct netns_table *table, const char *pattern, uint32_t inode);

/* Names of the interfaces in xcap's own namespace, for near-name hints; caller frees with free(). A
 * NULL-terminated array in one block. */
char **netns_interfaces(size_t *n);

/* Widest "ifname" or "ifname@netns" of all namespaces that have a name. */
uint32_t netns_ifname_width(const struct netns_table *table);

#endif
