/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_data.h - the types of a kernel or a module in the bytes that they come in.
 *
 * libbpf's struct btf takes a copy of these 5 MB and looks at each type in calls of a library; a
 * capture goes through 130,000 types several times before it listens. Here nothing is copied, and
 * the names that every start asks for are noted as the types are read (kbtf_known.h). libbpf still
 * reads files of other forms, and makes the types that it is given itself.
 */
#ifndef KERNEL_KBTF_DATA_H
#define KERNEL_KBTF_DATA_H

#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>

#include "kernel/kbtf_index.h"
#include "kernel/kbtf_known.h"
#include "kernel/kbtf_skb.h"

#define KBTF_DATA_OWN "/sys/kernel/btf/vmlinux"

struct kbtf_data {
	const struct kbtf_data
		*base; /* of a module: the kernel's; ids and names go on from there */
	const uint8_t *types;
	const char *strings;
	uint32_t *places;    /* in types, of first and those that follow */
	uint32_t first, end; /* ids of its own types, without end */
	uint32_t first_string, end_string;
	struct kbtf_known known;  /* of a kernel */
	struct kbtf_index *index; /* of other names */
	struct kbtf_skb **skb;	  /* what takes an skb; points to NULL until it was looked for */
	void *bytes;
	size_t size;
	struct btf *parsed; /* whose bytes they are; NULL: they are mapped */
};

/* The running kernel's types, the caller's. NULL and errno. */
struct kbtf_data *kbtf_data_open_own(void);
/* Those of a module on top of base, which stays open. NULL and errno. */
struct kbtf_data *kbtf_data_open_module(const char *path, const struct kbtf_data *base);
/* What libbpf has read; it goes with it, also on failure. NULL and errno. */
struct kbtf_data *kbtf_data_take(struct btf *btf);
void kbtf_data_close(struct kbtf_data *data); /* takes NULL */

/* How many ids there are, that of void and those of the base included. */
static inline uint32_t kbtf_data_count(const struct kbtf_data *data)
{
	return data->end;
}

/* NULL: there is no such type. */
static inline const struct btf_type *kbtf_data_type(const struct kbtf_data *data, uint32_t id)
{
	static const struct btf_type nothing;

	if (data->base && id < data->first)
		data = data->base;
	if (id - data->first < data->end - data->first)
		return (const void *)(data->types + data->places[id - data->first]);
	return id ? NULL : &nothing;
}

/* "" where there is none. */
static inline const char *kbtf_data_name(const struct kbtf_data *data, uint32_t offset)
{
	if (data->base && offset < data->first_string)
		data = data->base;
	return offset - data->first_string < data->end_string - data->first_string
		       ? data->strings + (offset - data->first_string)
		       : "";
}

/* Bytes of a value of the type; -EINVAL: it has none. */
int64_t kbtf_data_size(const struct kbtf_data *data, uint32_t id);

#endif
