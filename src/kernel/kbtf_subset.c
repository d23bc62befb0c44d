/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_subset.c - what kbtf_subset.h says, through libbpf's builder.
 *
 * Types are copied behind those that they are made of: without pointers there are no circles. The
 * depth is bounded all the same, as the types may come from a file.
 */
#include "kernel/kbtf_subset.h"

#include <bpf/btf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kernel/kbtf_data.h"

#define DEPTH_MAX 64

/* What begins otherwise is in no set: a look at two characters instead of a search. */
#define FIRST_TWO (1u << 16)

struct names {
	const char **list; /* sorted */
	size_t n;
	bool first_two[FIRST_TWO];
};

struct subset {
	const struct kbtf_data *from;
	struct btf *to;
	struct names types, members;
	uint32_t kinds; /* bits: of the roots */
	uint32_t *ids;	/* in `to`, by id in `from`; 0: not copied yet */
};

static uint32_t first_two(const char *name)
{
	return (uint8_t)name[0] << 8 | (name[0] ? (uint8_t)name[1] : 0);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_name(const struct names *names, const char *name)
{
	return names->first_two[first_two(name)] &&
	       bsearch(&name, names->list, names->n, sizeof(*names->list), compare);
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free((char *)names->list[i]);
	free(names->list);
}

/* Without the flavour that CO-RE drops, too. */
static int add_name(struct names *names, const char *name)
{
	const char *flavour = strstr(name, "___");
	char *copy;

	if (!name[0])
		return 0;
	copy = flavour && flavour != name ? strndup(name, flavour - name) : strdup(name);
	if (!copy)
		return -ENOMEM;
	names->list[names->n++] = copy;
	names->first_two[first_two(copy)] = true;
	return 0;
}

static int alloc_names(struct names *names, size_t n)
{
	names->list = calloc(n ? n : 1, sizeof(*names->list));
	return names->list ? 0 : -ENOMEM;
}

/* A relocation begins with a type like the object's own; an enum may have become a wide one. */
static uint32_t kinds_like(const struct btf_type *type)
{
	const uint32_t enums = 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64;

	if (btf_is_any_enum(type))
		return enums;
	return btf_is_composite(type) || btf_is_typedef(type) || btf_is_int(type)
		       ? 1u << btf_kind(type)
		       : 0;
}

static int add_local_type(struct subset *s, const struct btf *local, const struct btf_type *type,
			  bool is_root)
{
	uint32_t kinds = is_root ? kinds_like(type) : 0;
	int rc = kinds ? add_name(&s->types, btf__name_by_offset(local, type->name_off)) : 0;

	s->kinds |= kinds;
	for (uint32_t i = 0; !rc && btf_is_composite(type) && i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];

		rc = add_name(&s->members, btf__name_by_offset(local, member->name_off));
	}
	return rc;
}

/* The names of what `local` has. */
static int read_local(struct subset *s, const struct btf *local, const bool *roots)
{
	uint32_t n = btf__type_cnt(local);
	size_t n_members = 0;
	int rc;

	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *type = btf__type_by_id(local, id);

		if (btf_is_composite(type))
			n_members += btf_vlen(type);
	}
	rc = alloc_names(&s->types, n);
	if (!rc)
		rc = alloc_names(&s->members, n_members);
	for (uint32_t id = 1; id < n && !rc; id++) {
		rc = add_local_type(s, local, btf__type_by_id(local, id), !roots || roots[id]);
	}
	qsort(s->types.list, s->types.n, sizeof(*s->types.list), compare);
	qsort(s->members.list, s->members.n, sizeof(*s->members.list), compare);
	return rc;
}

static int add_type(struct subset *s, uint32_t id, unsigned int depth);

static const char *name_of(const struct subset *s, uint32_t name_off)
{
	return kbtf_data_name(s->from, name_off);
}

/* Members that nobody asks for are left out; those without a name may hold one that is. */
static bool is_member_wanted(const struct subset *s, const struct btf_member *member)
{
	const char *name = name_of(s, member->name_off);

	return !name[0] || has_name(&s->members, name);
}

static int add_composite(struct subset *s, const struct btf_type *type, unsigned int depth)
{
	const struct btf_member *members = btf_members(type);
	const char *name = name_of(s, type->name_off);
	int id, rc;

	/* a struct's members have to follow it: what they are made of comes before */
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		rc = is_member_wanted(s, &members[i]) ? add_type(s, members[i].type, depth) : 0;
		if (rc < 0)
			return rc;
	}
	id = btf_is_union(type) ? btf__add_union(s->to, name, type->size)
				: btf__add_struct(s->to, name, type->size);
	for (uint32_t i = 0; id > 0 && i < btf_vlen(type); i++) {
		if (!is_member_wanted(s, &members[i]))
			continue;
		rc = btf__add_field(
			s->to, name_of(s, members[i].name_off), add_type(s, members[i].type, depth),
			btf_member_bit_offset(type, i), btf_member_bitfield_size(type, i));
		if (rc)
			return rc;
	}
	return id;
}

static int add_enum(struct subset *s, const struct btf_type *type)
{
	int id = btf__add_enum(s->to, name_of(s, type->name_off), type->size), rc = 0;

	for (uint32_t i = 0; id > 0 && !rc && i < btf_vlen(type); i++)
		rc = btf__add_enum_value(s->to, name_of(s, btf_enum(type)[i].name_off),
					 btf_kflag(type) ? (int64_t)btf_enum(type)[i].val
							 : (uint32_t)btf_enum(type)[i].val);
	return rc ? rc : id;
}

static int add_enum64(struct subset *s, const struct btf_type *type)
{
	int id = btf__add_enum64(s->to, name_of(s, type->name_off), type->size, btf_kflag(type));
	int rc = 0;

	for (uint32_t i = 0; id > 0 && !rc && i < btf_vlen(type); i++)
		rc = btf__add_enum64_value(s->to, name_of(s, btf_enum64(type)[i].name_off),
					   btf_enum64_value(&btf_enum64(type)[i]));
	return rc ? rc : id;
}

/* Id of the copy of a type; void, and what a pointer leads to, are 0. */
static int copy_type(struct subset *s, const struct btf_type *type, unsigned int depth)
{
	const char *name = name_of(s, type->name_off);
	const struct btf_array *array;
	int of;

	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return add_composite(s, type, depth);
	case BTF_KIND_PTR:
		return btf__add_ptr(s->to, 0);
	case BTF_KIND_ARRAY:
		array = btf_array(type);
		of = add_type(s, array->type, depth);
		return of < 0 ? of : btf__add_array(s->to, of, of, array->nelems);
	case BTF_KIND_TYPEDEF:
		of = add_type(s, type->type, depth);
		return of < 0 ? of : btf__add_typedef(s->to, name, of);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return add_type(s, type->type, depth);
	case BTF_KIND_INT:
		return btf__add_int(s->to, name, type->size, btf_int_encoding(type));
	case BTF_KIND_FLOAT:
		return btf__add_float(s->to, name, type->size);
	case BTF_KIND_ENUM:
		return add_enum(s, type);
	case BTF_KIND_ENUM64:
		return add_enum64(s, type);
	case BTF_KIND_FWD:
		return btf__add_fwd(s->to, name, btf_kflag(type) ? BTF_FWD_UNION : BTF_FWD_STRUCT);
	default:
		return -EINVAL; /* no part of a value */
	}
}

static int add_type(struct subset *s, uint32_t id, unsigned int depth)
{
	const struct btf_type *type = kbtf_data_type(s->from, id);
	int copy;

	if (!id)
		return 0;
	if (!type || !depth)
		return -EINVAL;
	if (s->ids[id])
		return s->ids[id];
	copy = copy_type(s, type, depth - 1);
	if (copy > 0)
		s->ids[id] = copy;
	return copy;
}

/* Over a hundred thousand types, few of which come further than the look at their kind. */
static int add_wanted(struct subset *s)
{
	const uint32_t n = kbtf_data_count(s->from), first = s->from->first, kinds = s->kinds;
	const uint32_t *places = s->from->places;
	const uint8_t *types = s->from->types;

	s->ids = calloc(n, sizeof(*s->ids));
	if (!s->ids)
		return -ENOMEM;
	for (uint32_t id = first; id < n; id++) {
		const struct btf_type *type = (const void *)(types + places[id - first]);
		int rc;

		if (!(kinds >> btf_kind(type) & 1) ||
		    !has_name(&s->types, name_of(s, type->name_off)))
			continue;
		rc = add_type(s, id, DEPTH_MAX);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int kbtf_subset(const struct kbtf_data *types, const struct btf *local, const bool *roots,
		struct btf **subset)
{
	struct subset *s = calloc(1, sizeof(*s));
	int rc = -ENOMEM;

	*subset = NULL;
	if (s) {
		s->from = types;
		s->to = btf__new_empty();
		rc = s->to ? read_local(s, local, roots) : -errno;
		if (!rc)
			rc = add_wanted(s);
		if (!rc)
			*subset = s->to;
		else
			btf__free(s->to);
		free_names(&s->types);
		free_names(&s->members);
		free(s->ids);
	}
	free(s);
	return rc;
}

void kbtf_subset_find(const struct kbtf_data *types, struct kbtf_wanted *wanted, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		wanted[i].id = kbtf_known_find(types, wanted[i].kind, wanted[i].name);
}
