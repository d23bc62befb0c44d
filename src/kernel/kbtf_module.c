/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_module.c - BTF of modules: types from /sys/kernel/btf, descriptors by object id.
 *
 * Anyone may read /sys/kernel/btf/MODULE (since v5.11: 36e68442d1af ("bpf: Load and verify kernel
 * module BTFs")); only descriptors, which a program's attach_btf_obj_fd needs, ask for privileges.
 */
#include "kernel/kbtf_module.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "kernel/kroot.h"

#define FOLDER "/sys/kernel/btf"

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct kbtf_module *)a)->name, ((const struct kbtf_module *)b)->name);
}

/* A name too long to be a module's is passed over. */
static int add(struct kbtf_modules *modules, const char *name)
{
	size_t len = strlen(name);
	struct kbtf_module *list;

	if (len >= sizeof(list->name))
		return 0;
	list = realloc(modules->list, (modules->n + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	modules->list = list;
	memset(&list[modules->n], 0, sizeof(*list));
	memcpy(list[modules->n++].name, name, len);
	return 0;
}

void kbtf_module_list(struct kbtf_modules *modules)
{
	char path[PATH_MAX];
	struct dirent *file;
	DIR *dir;

	if (modules->listed)
		return;
	modules->listed = true;
	dir = opendir(kroot_path(path, sizeof(path), FOLDER));
	while (dir && (file = readdir(dir)))
		if (file->d_name[0] != '.' && strcmp(file->d_name, "vmlinux") &&
		    add(modules, file->d_name))
			break;
	if (dir)
		closedir(dir);
	if (modules->n)
		qsort(modules->list, modules->n, sizeof(*modules->list), by_name);
}

void kbtf_module_release(struct kbtf_modules *modules)
{
	for (size_t i = 0; i < modules->n; i++) {
		kbtf_data_close(modules->list[i].btf);
		modules->list[i].btf = NULL;
		modules->list[i].tried = false;
	}
}

void kbtf_module_fini(struct kbtf_modules *modules)
{
	for (size_t i = 0; i < modules->n; i++) {
		kbtf_data_close(modules->list[i].btf);
		if (modules->list[i].fd > 0)
			close(modules->list[i].fd);
	}
	free(modules->list);
	memset(modules, 0, sizeof(*modules));
}

const struct kbtf_data *kbtf_module_btf(struct kbtf_module *module, const struct kbtf_data *vmlinux)
{
	char path[PATH_MAX], file[128];

	if (module->tried)
		return module->btf;
	module->tried = true;
	snprintf(file, sizeof(file), FOLDER "/%s", module->name);
	module->btf = kbtf_data_open_module(kroot_path(path, sizeof(path), file), vmlinux);
	return module->btf;
}

/* Note the id of one of the kernel's own BTF objects, if it is a module's. */
static void take_id(struct kbtf_modules *modules, uint32_t id)
{
	struct kbtf_module key = {}, *module;
	struct bpf_btf_info info = {
		.name = (uintptr_t)key.name,
		.name_len = sizeof(key.name),
	};
	uint32_t size = sizeof(info);
	int fd = bpf_btf_get_fd_by_id(id);

	if (fd < 0) {
		/* one that is gone again is nothing; no permission is the same for all */
		if (fd != -ENOENT)
			modules->ids_error = fd;
		return;
	}
	if (!bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf && modules->n) {
		module = bsearch(&key, modules->list, modules->n, sizeof(key), by_name);
		if (module)
			module->id = id;
	}
	close(fd);
}

static void read_ids(struct kbtf_modules *modules)
{
	uint32_t id = 0;
	int ret = 0;

	modules->ids_read = true;
	while (!modules->ids_error && !(ret = bpf_btf_get_next_id(id, &id)))
		take_id(modules, id);
	if (ret && ret != -ENOENT)
		modules->ids_error = ret;
}

int kbtf_module_fd(struct kbtf_modules *modules, struct kbtf_module *module)
{
	if (module->fd)
		return module->fd;
	if (!modules->ids_read)
		read_ids(modules);
	if (module->id)
		module->fd = bpf_btf_get_fd_by_id(module->id);
	else
		module->fd = modules->ids_error ? modules->ids_error : -ENOENT;
	return module->fd;
}
