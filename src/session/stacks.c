/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.c - from return addresses to frames with names, remembered.
 *
 * Two tables: stacks by their addresses, and frames by theirs, as different stacks have most frames
 * in common. A packet that comes by an interrupt has the interrupted code's stack below its own, so
 * there is no end of different ones: the tables are bounded, and behind the bound a stack is named
 * in place, without being kept.
 */
#include "session/stacks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "kernel/symbol.h"

#define BUCKETS	   16384 /* a power of two */
#define NAME_SIZE  256
#define REFRESH_S  60 /* symbols are read again for an unknown address at most that often */
#define TAG_DIGITS 16 /* of bpf_prog_0123456789abcdef_name */

struct frame {
	struct frame *next;
	uint64_t address;
	bool is_return;
	char name[];
};

struct stack {
	struct stack *next;
	struct record_stack record;
	enum stacks_origin origin;
	uint32_t n_addresses;
	uint64_t *addresses;
	const char *frames[];
};

struct stacks {
	const struct plan_kernel *kernel;
	uint32_t depth;
	struct symbol_table *fresh; /* read again since: in the place of the kernel's */
	time_t refreshed_s;	    /* 0: not yet */
	struct frame *frames[BUCKETS];
	struct stack *stacks[BUCKETS];
	uint32_t n_stacks;
	/* a stack that is not kept */
	struct record_stack passing;
	const char *passing_frames[XCAP_STACK_MAX];
	char passing_names[XCAP_STACK_MAX][NAME_SIZE];
};

struct stacks *stacks_new(const struct plan_kernel *kernel, uint32_t depth)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));

	if (!stacks)
		return NULL;
	stacks->kernel = kernel;
	stacks->depth = depth;
	return stacks;
}

static void free_stack(struct stack *stack)
{
	free(stack->addresses);
	free(stack);
}

void stacks_free(struct stacks *stacks)
{
	if (!stacks)
		return;
	for (uint32_t i = 0; i < BUCKETS; i++) {
		for (struct frame *at = stacks->frames[i], *next; at; at = next) {
			next = at->next;
			free(at);
		}
		for (struct stack *at = stacks->stacks[i], *next; at; at = next) {
			next = at->next;
			free_stack(at);
		}
	}
	symbol_close(stacks->fresh);
	free(stacks);
}

static uint64_t mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 32;
}

static const struct symbol_table *symbols(const struct stacks *stacks)
{
	const struct plan_kernel *kernel = stacks->kernel;

	return stacks->fresh ? stacks->fresh : kernel->symbols(kernel->symbols_arg);
}

/* A module may have been loaded since the symbols were read. False: they are the same as before. */
static bool refresh(struct stacks *stacks)
{
	struct symbol_table *fresh;
	struct timespec now;
	struct err ignored;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (stacks->refreshed_s && now.tv_sec - stacks->refreshed_s < REFRESH_S)
		return false;
	stacks->refreshed_s = now.tv_sec ? now.tv_sec : 1;
	if (symbol_open(&fresh, NULL, &ignored))
		return false;
	symbol_close(stacks->fresh);
	stacks->fresh = fresh;
	return true;
}

static bool name_by(const struct symbol_table *table, uint64_t address, bool is_return, char *name)
{
	if (!table) {
		snprintf(name, NAME_SIZE, "0x%llx", (unsigned long long)address);
		return false;
	}
	return is_return ? symbol_name_return(table, address, name, NAME_SIZE)
			 : symbol_name(table, address, name, NAME_SIZE);
}

/* must: it is worth reading the symbols again. */
static bool name_address(struct stacks *stacks, uint64_t address, bool is_return, bool must,
			 char *name)
{
	const struct symbol_table *table = symbols(stacks);
	bool is_named = name_by(table, address, is_return, name);

	if (is_named || !must || !table || symbol_restricted(table) || !refresh(stacks))
		return is_named;
	return name_by(stacks->fresh, address, is_return, name);
}

static bool has_hex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n;
}

enum machinery {
	MACHINERY_NONE,
	MACHINERY_PROGRAM,
	MACHINERY_CALLER, /* between the probed place and the program */
};

static enum machinery machinery(const char *name)
{
	static const char *const callers[] = {
		"bpf_trace_run",     "__bpf_trace_",	  "__traceiter_",
		"kprobe_multi_",     "fprobe_",		  "kprobe_ftrace_handler",
		"ftrace_",	     "arch_ftrace_",	  "trace_call_bpf",
		"kprobe_perf_",	     "kprobe_dispatcher", "kretprobe_",
		"arch_rethook_",     "rethook_",	  "__kretprobe_",
		"return_to_handler",
	};
	static const char prog[] = "bpf_prog_", trampoline[] = "bpf_trampoline_";

	if (!strncmp(name, prog, strlen(prog)))
		return has_hex(name + strlen(prog), TAG_DIGITS) ? MACHINERY_PROGRAM
								: MACHINERY_NONE;
	if (!strncmp(name, trampoline, strlen(trampoline)))
		return has_hex(name + strlen(trampoline), 1) ? MACHINERY_CALLER : MACHINERY_NONE;
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(callers); i++)
		if (!strncmp(name, callers[i], strlen(callers[i])))
			return MACHINERY_CALLER;
	return MACHINERY_NONE;
}

/* Frames behind the last one, of the first few, that called the program; 0: there is no such. */
static uint32_t behind_caller(struct stacks *stacks, const uint64_t *addresses, uint32_t n)
{
	char name[NAME_SIZE];
	uint32_t cut = 0;

	for (uint32_t i = 0; i < n && (i < XCAP_STACK_SPARE || cut); i++) {
		if (name_address(stacks, addresses[i], i > 0, false, name) &&
		    machinery(name) == MACHINERY_CALLER)
			cut = i + 1;
		else if (cut)
			break;
	}
	return cut;
}

/*
 * How many frames at the top are not those of the probed place: what called the program, and in
 * front of that the program's own, which are younger than the symbols and may have any name. All of
 * them: n.
 */
static uint32_t count_machinery(struct stacks *stacks, const uint64_t *addresses, uint32_t n,
				enum stacks_origin origin)
{
	uint32_t cut = origin == STACKS_FROM_REGISTERS ? 0 : behind_caller(stacks, addresses, n);
	bool by_name = !cut, any = cut;
	char name[NAME_SIZE];

	for (; by_name && cut < n; cut++) {
		bool is_named = name_address(stacks, addresses[cut], cut > 0, false, name);

		any |= is_named;
		if (is_named ? !machinery(name) : origin == STACKS_FROM_REGISTERS)
			break;
	}
	return any ? cut : 0; /* nothing has a name: nothing can be told apart */
}

static struct frame *find_frame(struct stacks *stacks, uint64_t address, bool is_return)
{
	struct frame *frame = stacks->frames[mix(is_return, address) & (BUCKETS - 1)];

	while (frame && (frame->address != address || frame->is_return != is_return))
		frame = frame->next;
	return frame;
}

static const char *keep_frame(struct stacks *stacks, uint64_t address, bool is_return)
{
	struct frame **first = &stacks->frames[mix(is_return, address) & (BUCKETS - 1)];
	struct frame *frame = find_frame(stacks, address, is_return);
	char name[NAME_SIZE];

	if (frame)
		return frame->name;
	name_address(stacks, address, is_return, true, name);
	frame = malloc(sizeof(*frame) + strlen(name) + 1);
	if (!frame)
		return NULL;
	*frame = (struct frame){*first, address, is_return};
	strcpy(frame->name, name);
	*first = frame;
	return frame->name;
}

static const struct record_stack *keep_stack(struct stacks *stacks, struct stack **first,
					     const uint64_t *addresses, uint32_t n,
					     enum stacks_origin origin)
{
	uint32_t cut = count_machinery(stacks, addresses, n, origin);
	uint32_t end = UTIL_MIN(n, cut + stacks->depth);
	struct stack *stack = calloc(1, sizeof(*stack) + (end - cut) * sizeof(stack->frames[0]));

	if (!stack)
		return NULL;
	stack->addresses = malloc(n * sizeof(*addresses));
	if (!stack->addresses)
		goto fail;
	memcpy(stack->addresses, addresses, n * sizeof(*addresses));
	stack->n_addresses = n;
	stack->origin = origin;
	for (uint32_t i = cut; i < end; i++) {
		stack->frames[i - cut] = keep_frame(stacks, addresses[i], i > 0);
		if (!stack->frames[i - cut])
			goto fail;
	}
	stack->record = (struct record_stack){++stacks->n_stacks, end - cut, stack->frames};
	stack->next = *first;
	*first = stack;
	return &stack->record;
fail:
	free_stack(stack);
	return NULL;
}

/* Beyond the bound: named into one place, for this record alone. */
static const struct record_stack *name_in_place(struct stacks *stacks, const uint64_t *addresses,
						uint32_t n, enum stacks_origin origin)
{
	uint32_t cut = count_machinery(stacks, addresses, n, origin);
	uint32_t end = UTIL_MIN(n, cut + stacks->depth);

	for (uint32_t i = cut; i < end; i++) {
		const struct frame *frame = find_frame(stacks, addresses[i], i > 0);

		stacks->passing_frames[i - cut] =
			frame ? frame->name : stacks->passing_names[i - cut];
		if (!frame)
			name_address(stacks, addresses[i], i > 0, true,
				     stacks->passing_names[i - cut]);
	}
	stacks->passing = (struct record_stack){0, end - cut, stacks->passing_frames};
	return &stacks->passing;
}

static const struct record_stack *or_none(const struct record_stack *stack)
{
	return stack && stack->n ? stack : NULL;
}

const struct record_stack *stacks_get(struct stacks *stacks, const uint64_t *addresses, uint32_t n,
				      enum stacks_origin origin)
{
	struct stack **first, *stack;
	uint64_t h = origin;

	n = UTIL_MIN(n, XCAP_STACK_MAX);
	/* a trampoline was made after the symbols were read, as a rule */
	if (origin == STACKS_FROM_TRAMPOLINE && !stacks->refreshed_s)
		refresh(stacks);
	for (uint32_t i = 0; i < n; i++)
		h = mix(h, addresses[i]);
	first = &stacks->stacks[h & (BUCKETS - 1)];
	for (stack = *first; stack; stack = stack->next)
		if (stack->n_addresses == n && stack->origin == origin &&
		    !memcmp(stack->addresses, addresses, n * sizeof(*addresses)))
			return or_none(&stack->record);
	if (stacks->n_stacks < STACKS_MAX)
		return or_none(keep_stack(stacks, first, addresses, n, origin));
	return or_none(name_in_place(stacks, addresses, n, origin));
}
