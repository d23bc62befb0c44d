/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kbtf_data.c - see kbtf_data.h. The form is that of include/uapi/linux/btf.h.
 *
 * From 6.16 on the kernel's types can be mapped and are used where they are; before, they are
 * copied at once, or read, a page with each call. What the bytes say of themselves is checked once:
 * that each type lies within them, and that names end. Ids and names out of range are answered when
 * they are asked for.
 */
#include "kernel/kbtf_data.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/util.h"
#include "kernel/kroot.h"

#define STEPS_MAX 32

#define KINDS 32 /* that 5 bits tell */

/* How long a type is: so many bytes, and so many for each of btf_vlen(). 0: no such kind. */
static const struct {
	uint8_t fixed, each;
} kinds[KINDS] = {
#define TYPE(more) (sizeof(struct btf_type) + (more))
	[BTF_KIND_INT] = {TYPE(sizeof(uint32_t)), 0},
	[BTF_KIND_PTR] = {TYPE(0), 0},
	[BTF_KIND_ARRAY] = {TYPE(sizeof(struct btf_array)), 0},
	[BTF_KIND_STRUCT] = {TYPE(0), sizeof(struct btf_member)},
	[BTF_KIND_UNION] = {TYPE(0), sizeof(struct btf_member)},
	[BTF_KIND_ENUM] = {TYPE(0), sizeof(struct btf_enum)},
	[BTF_KIND_FWD] = {TYPE(0), 0},
	[BTF_KIND_TYPEDEF] = {TYPE(0), 0},
	[BTF_KIND_VOLATILE] = {TYPE(0), 0},
	[BTF_KIND_CONST] = {TYPE(0), 0},
	[BTF_KIND_RESTRICT] = {TYPE(0), 0},
	[BTF_KIND_FUNC] = {TYPE(0), 0},
	[BTF_KIND_FUNC_PROTO] = {TYPE(0), sizeof(struct btf_param)},
	[BTF_KIND_VAR] = {TYPE(sizeof(struct btf_var)), 0},
	[BTF_KIND_DATASEC] = {TYPE(0), sizeof(struct btf_var_secinfo)},
	[BTF_KIND_FLOAT] = {TYPE(0), 0},
	[BTF_KIND_DECL_TAG] = {TYPE(sizeof(struct btf_decl_tag)), 0},
	[BTF_KIND_TYPE_TAG] = {TYPE(0), 0},
	[BTF_KIND_ENUM64] = {TYPE(0), sizeof(struct btf_enum64)},
#undef TYPE
};

/* Of the type at the start of `left` bytes; 0: they hold none. */
static inline uint32_t length_of(const struct btf_type *type, uint32_t left)
{
	uint32_t kind, length;

	if (left < sizeof(*type))
		return 0;
	kind = btf_kind(type) % KINDS;
	length = kinds[kind].fixed + btf_vlen(type) * kinds[kind].each;
	return length <= left && kinds[kind].fixed ? length : 0;
}

/* Most names are told by their first bytes not to be among those that are known. */
static inline void note(struct kbtf_data *data, const struct btf_type *type, uint32_t id)
{
	uint32_t at = type->name_off;

	if (!at || at >= data->end_string ||
	    (data->end_string - at >= sizeof(uint64_t) &&
	     !kbtf_known_begins(&data->known, data->strings + at)))
		return;
	kbtf_known_note(&data->known, btf_kind(type), data->strings + at, id);
}

static int read_types(struct kbtf_data *data, uint32_t size)
{
	uint32_t id = data->first, length, kinds_known;

	if (!data->base)
		kbtf_known_init(&data->known);
	kinds_known = data->known.kinds;
	/* more than enough, but what is not written to is no memory */
	data->places = malloc((size / sizeof(struct btf_type) + 1) * sizeof(*data->places));
	data->index = calloc(1, sizeof(*data->index));
	data->skb = calloc(1, sizeof(struct kbtf_skb *));
	if (!data->places || !data->index || !data->skb)
		return -ENOMEM;
	for (uint32_t at = 0; at < size; at += length, id++) {
		const struct btf_type *type = (const void *)(data->types + at);

		length = length_of(type, size - at);
		if (!length)
			return -EINVAL;
		data->places[id - data->first] = at;
		if (kinds_known >> btf_kind(type) & 1)
			note(data, type, id);
	}
	data->end = id;
	return 0;
}

static bool is_within(uint32_t offset, uint32_t length, size_t size)
{
	return offset <= size && length <= size - offset;
}

/* An empty name comes first, but for modules, and the last one ends. */
static bool are_strings(const struct kbtf_data *data, uint32_t size)
{
	if (!size)
		return data->base != NULL;
	return !data->strings[size - 1] && (data->base || !data->strings[0]);
}

static int parse(struct kbtf_data *data)
{
	const struct btf_header *header = data->bytes;
	size_t behind;

	if (data->size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    header->version != BTF_VERSION || header->hdr_len < sizeof(*header) ||
	    header->hdr_len > data->size || header->type_off % sizeof(uint32_t) ||
	    header->hdr_len % sizeof(uint32_t))
		return -EINVAL;
	behind = data->size - header->hdr_len;
	if (!is_within(header->type_off, header->type_len, behind) ||
	    !is_within(header->str_off, header->str_len, behind))
		return -EINVAL;
	data->types = (const uint8_t *)data->bytes + header->hdr_len + header->type_off;
	data->strings = (const char *)data->bytes + header->hdr_len + header->str_off;
	data->first = data->base ? data->base->end : 1;
	data->first_string = data->base ? data->base->end_string : 0;
	data->end_string = data->first_string + header->str_len;
	return are_strings(data, header->str_len) ? read_types(data, header->type_len) : -EINVAL;
}

void kbtf_data_close(struct kbtf_data *data)
{
	if (!data)
		return;
	if (data->parsed)
		btf__free(data->parsed);
	else if (data->bytes)
		munmap(data->bytes, data->size);
	if (data->index)
		free(data->index->ids);
	free(data->index);
	if (data->skb)
		kbtf_skb_free(*data->skb);
	free(data->skb);
	free(data->places);
	free(data);
}

static int read_all(int fd, char *out, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, out + used, size - used);

		if (n <= 0)
			return n ? -errno : -EINVAL;
		used += n;
	}
	return 0;
}

/*
 * The kernel's own types are also its first BTF object, and asked for as that (CAP_SYS_ADMIN, 5.11:
 * 5329722057d4 ("bpf: Assign ID to vmlinux BTF and return extra info for BTF in GET_OBJ_INFO"))
 * they come in one call. False if it does not hold `size` bytes of that name.
 */
static bool ask_kernel(void *out, size_t size)
{
	char name[16] = "";
	struct bpf_btf_info info = {
		.btf = (uintptr_t)out,
		.btf_size = size,
		.name = (uintptr_t)name,
		.name_len = sizeof(name),
	};
	uint32_t length = sizeof(info), id = 0;
	int fd = bpf_btf_get_next_id(0, &id) ? -1 : bpf_btf_get_fd_by_id(id);
	bool got;

	if (fd < 0)
		return false;
	got = !bpf_obj_get_info_by_fd(fd, &info, &length) && info.kernel_btf &&
	      info.btf_size == size && !strcmp(name, "vmlinux");
	close(fd);
	return got;
}

static bool is_own(const struct kbtf_data *data, const char *path)
{
	return !data->base && !strcmp(path, KBTF_DATA_OWN);
}

static int load(struct kbtf_data *data, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	struct stat st;
	void *bytes;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > UINT32_MAX) {
		close(fd);
		return -EINVAL;
	}
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		bytes = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (bytes == MAP_FAILED)
			rc = -errno;
		else if (!is_own(data, path) || !ask_kernel(bytes, st.st_size))
			rc = read_all(fd, bytes, st.st_size);
	}
	close(fd);
	if (bytes != MAP_FAILED) {
		data->bytes = bytes;
		data->size = st.st_size;
	}
	return rc;
}

/* The data with what was read in it, or NULL and errno. */
static struct kbtf_data *finish(struct kbtf_data *data, int rc)
{
	if (!rc)
		rc = parse(data);
	if (!rc)
		return data;
	kbtf_data_close(data);
	errno = -rc;
	return NULL;
}

struct kbtf_data *kbtf_data_open_module(const char *path, const struct kbtf_data *base)
{
	struct kbtf_data *data = calloc(1, sizeof(*data));

	if (!data)
		return NULL;
	data->base = base;
	return finish(data, load(data, path));
}

struct kbtf_data *kbtf_data_take(struct btf *btf)
{
	struct kbtf_data *data = calloc(1, sizeof(*data));
	const uint16_t one = 1;
	uint32_t size = 0;

	if (!data) {
		btf__free(btf);
		return NULL;
	}
	data->parsed = btf;
	/* as the types of another machine are not, in their file */
	btf__set_endianness(btf, *(const uint8_t *)&one ? BTF_LITTLE_ENDIAN : BTF_BIG_ENDIAN);
	data->bytes = (void *)btf__raw_data(btf, &size);
	data->size = size;
	return finish(data, data->bytes ? 0 : -ENOMEM);
}

struct kbtf_data *kbtf_data_open_own(void)
{
	char path[PATH_MAX];
	struct kbtf_data *data =
		kbtf_data_open_module(kroot_path(path, sizeof(path), KBTF_DATA_OWN), NULL);
	struct btf *btf;

	if (data)
		return data;
	/* libbpf knows more places than one, and says what is wrong with this one */
	btf = kroot_prefix()[0] ? btf__parse_raw(path) : btf__load_vmlinux_btf();
	return btf ? kbtf_data_take(btf) : NULL;
}

static bool has_size(const struct btf_type *type)
{
	return btf_is_int(type) || btf_is_composite(type) || btf_is_any_enum(type) ||
	       btf_is_float(type) || btf_is_datasec(type);
}

/* Its own type says how big it is. */
static bool is_wrapped(const struct btf_type *type)
{
	return btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type) ||
	       btf_is_array(type) || btf_is_var(type) || btf_is_decl_tag(type);
}

int64_t kbtf_data_size(const struct kbtf_data *data, uint32_t id)
{
	uint64_t n = 1;

	for (int i = 0; i < STEPS_MAX && n <= UINT32_MAX; i++) {
		const struct btf_type *type = kbtf_data_type(data, id);

		if (!type || !id)
			return -EINVAL;
		if (has_size(type))
			return (int64_t)(n * type->size);
		if (btf_is_ptr(type))
			return (int64_t)(n * sizeof(uint64_t));
		if (!is_wrapped(type))
			return -EINVAL;
		if (btf_is_array(type))
			n *= btf_array(type)->nelems;
		id = btf_is_array(type) ? btf_array(type)->type : type->type;
	}
	return -EINVAL;
}
