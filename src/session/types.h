/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - the kernel's types for libbpf's relocation: a file in memory with those it needs.
 */
#ifndef SESSION_TYPES_H
#define SESSION_TYPES_H

#include "session/embedded.h"
#include "session/template.h"

struct btf;
struct kbtf;

struct types {
	int fd;
	char path[32]; /* as long as it is open */
};

/* An empty file. 0 or -errno. */
int types_open(struct types *file);
/* Write what an object with these types and this .BTF.ext is relocated by. 0 or -errno. */
int types_fill(struct types *file, const struct kbtf *types, const struct btf *local,
	       const struct embedded_section *btf_ext);
void types_close(struct types *file);

/* What programs name by the running kernel's own ids, whose types `types` may not be. */
void types_find(const struct kbtf *types, struct template_ids *ids);

#endif
