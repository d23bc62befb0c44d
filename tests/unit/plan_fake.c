/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_fake.c - files that look like a kernel.
 *
 * The BTF is written by libbpf itself (btf__add_*), so the kernel layer is tested as it is, and
 * nothing of libbpf is replaced.
 */
#include "plan_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "base/buf.h"
#include "kernel/kbtf.h"
#include "kernel/netns.h"
#include "kernel/symbol.h"
#include "kernel/tracepoint.h"

static const char kallsyms[] = "ffffffff81000100 T ip_rcv\n"
			       "ffffffff81000200 T icmp_rcv\n"
			       "ffffffff81000300 T ip_forward\n"
			       "ffffffff81000400 T ip_queue_xmit\n"
			       "ffffffff81000500 T tcp_rcv_established\n"
			       "ffffffff81000600 T net_dev_up\n"
			       "ffffffff81000700 T net_dev_init\n"
			       "ffffffff81000800 T skb_try_coalesce\n"
			       "ffffffff81000900 T seventh_is_skb\n"
			       "ffffffff81000980 T behind_a_struct\n"
			       "ffffffff81000a00 t skb_twice\n"
			       "ffffffff81000b00 t skb_twice\n"
			       "ffffffff81000c00 t not_in_btf\n"
			       "ffffffff81000c80 T nla_put\n"
			       "ffffffff81000d00 t renamed_rcv.isra.0\n"
			       "ffffffffc0000100 t nf_conntrack_in\t[nf_conntrack]\n"
			       "ffffffffc0000200 t ct_both\t[nf_conntrack]\n"
			       "ffffffffc0000300 t ct_not_in_btf\t[nf_conntrack]\n";

static const char track_events[] = "skb:kfree_skb\nskb:consume_skb\nnet:netif_receive_skb\n";
static const char track_symbols[] = "ffffffff81100100 t skb_release_data\n"
				    "ffffffff81100200 T kfree_skb_partial\n"
				    "ffffffff81100300 T napi_skb_free_stolen_head\n"
				    "ffffffff81100400 T pskb_expand_head\n"
				    "ffffffff81100500 T skb_copy_header\n"
				    "ffffffff81100600 T __tcp_retransmit_skb\n";

static const char events[] = "net:netif_receive_skb\n"
			     "net:net_dev_start_xmit\n"
			     "net:net_dev_queue\n"
			     "skb:kfree_skb\n"
			     "skb:skb_pair\n"
			     "sched:sched_switch\n"
			     "nf_conntrack:ct_both\n"
			     "net:event_not_in_btf\n";

/* Ids of the types that prototypes are made of. */
struct types {
	int number, skb, const_skb, dev, sock, reason, any, pair;
};

static void make_folders(const char *root, const char *path)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
}

static void write_file(const char *root, const char *path, const void *data, size_t len)
{
	char whole[256];
	FILE *file;

	make_folders(root, path);
	snprintf(whole, sizeof(whole), "%s%s", root, path);
	file = fopen(whole, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void add_types(struct btf *btf, struct types *t)
{
	int skb = btf__add_struct(btf, "sk_buff", 8);
	int dev = btf__add_struct(btf, "net_device", 8), sock = btf__add_struct(btf, "sock", 8);

	t->pair = btf__add_struct(btf, "pair", 16);
	t->number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	t->skb = btf__add_ptr(btf, skb);
	t->const_skb = btf__add_ptr(btf, btf__add_const(btf, skb));
	t->dev = btf__add_ptr(btf, dev);
	t->sock = btf__add_ptr(btf, sock);
	t->any = btf__add_ptr(btf, 0);
	t->reason = btf__add_enum(btf, "skb_drop_reason", 4);
	assert_int_equal(btf__add_enum_value(btf, "SKB_DROP_REASON_NOT_SPECIFIED", 2), 0);
}

/* "skb:skb dev:dev" is (struct sk_buff *skb, struct net_device *dev). Returns the prototype's id.
 */
static int add_proto(struct btf *btf, const struct types *t, const char *params)
{
	int proto = btf__add_func_proto(btf, t->number);
	char copy[128], *save = NULL;

	assert_true(proto > 0);
	snprintf(copy, sizeof(copy), "%s", params);
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		char *name = strchr(p, ':');
		int type;

		*name++ = '\0';
		type = !strcmp(p, "skb")      ? t->skb
		       : !strcmp(p, "cskb")   ? t->const_skb
		       : !strcmp(p, "dev")    ? t->dev
		       : !strcmp(p, "sock")   ? t->sock
		       : !strcmp(p, "reason") ? t->reason
		       : !strcmp(p, "any")    ? t->any
		       : !strcmp(p, "pair")   ? t->pair
					      : t->number;
		assert_int_equal(btf__add_func_param(btf, name, type), 0);
	}
	return proto;
}

static void add_function(struct btf *btf, const struct types *t, const char *name,
			 const char *params)
{
	int proto = add_proto(btf, t, params);

	assert_true(btf__add_func(btf, name, BTF_FUNC_STATIC, proto) > 0);
}

static void add_tracepoint(struct btf *btf, const struct types *t, const char *name,
			   const char *params)
{
	char with_data[128], type[64];
	int ptr;

	snprintf(with_data, sizeof(with_data), "any:__data %s", params);
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	ptr = btf__add_ptr(btf, add_proto(btf, t, with_data));
	assert_true(btf__add_typedef(btf, type, ptr) > 0);
}

static void fill_vmlinux(struct btf *btf, struct types *t, bool old)
{
	add_types(btf, t);
	add_function(btf, t, "ip_rcv", "skb:skb dev:dev dev:orig_dev");
	add_function(btf, t, "icmp_rcv", "skb:skb");
	add_function(btf, t, "ip_forward", "skb:skb");
	add_function(btf, t, "ip_queue_xmit", "sock:sk skb:skb");
	add_function(btf, t, "tcp_rcv_established", "sock:sk skb:skb");
	add_function(btf, t, "net_dev_up", "dev:dev");
	add_function(btf, t, "net_dev_init", "");
	add_function(btf, t, "skb_try_coalesce", "skb:to cskb:from");
	add_function(btf, t, "seventh_is_skb", "int:a int:b int:c int:d int:e int:f skb:skb");
	add_function(btf, t, "behind_a_struct", "pair:a int:b int:c int:d int:e int:f skb:skb");
	add_function(btf, t, "skb_twice", "skb:skb");
	add_function(btf, t, "renamed_rcv", "skb:skb");
	add_function(btf, t, "nla_put", "skb:skb int:type");
	add_tracepoint(btf, t, "netif_receive_skb", "skb:skb");
	add_tracepoint(btf, t, "net_dev_start_xmit", "cskb:skb dev:dev");
	add_tracepoint(btf, t, "kfree_skb",
		       old ? "skb:skb any:location"
			   : "skb:skb any:location reason:reason sock:rx_sk");
	add_tracepoint(btf, t, "skb_pair", "skb:first skb:second");
	add_tracepoint(btf, t, "sched_switch", "int:preempt");
	add_tracepoint(btf, t, "without_event_skb", "skb:skb");
}

static void fill_track(struct btf *btf, const struct types *t)
{
	add_function(btf, t, "skb_release_data", "skb:skb");
	add_function(btf, t, "kfree_skb_partial", "skb:skb int:head_stolen");
	add_function(btf, t, "napi_skb_free_stolen_head", "skb:skb");
	add_function(btf, t, "pskb_expand_head", "skb:skb int:nhead int:ntail int:mask");
	add_function(btf, t, "skb_copy_header", "skb:new cskb:old");
	add_function(btf, t, "__tcp_retransmit_skb", "sock:sk skb:skb int:segs");
	add_tracepoint(btf, t, "consume_skb", "skb:skb any:location");
}

static void write_btf(const char *root, const char *path, const struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);

	assert_non_null(data);
	write_file(root, path, data, size);
}

static void make_btf(const char *root, unsigned int flags)
{
	struct btf *vmlinux = btf__new_empty(), *module;
	struct types types;

	fill_vmlinux(vmlinux, &types, flags & PLAN_FAKE_OLD);
	if (flags & PLAN_FAKE_TRACK)
		fill_track(vmlinux, &types);
	for (int i = 0; flags & PLAN_FAKE_MANY && i < PLAN_FAKE_MANY_FUNCTIONS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "many_%04d", i);
		add_function(vmlinux, &types, name, "sock:sk skb:skb");
	}
	write_btf(root, "/sys/kernel/btf/vmlinux", vmlinux);
	if (!(flags & PLAN_FAKE_OLD)) {
		module = btf__new_empty_split(vmlinux);
		add_function(module, &types, "nf_conntrack_in", "skb:skb dev:dev");
		add_function(module, &types, "ct_both", "skb:skb");
		add_tracepoint(module, &types, "ct_both", "skb:skb");
		write_btf(root, "/sys/kernel/btf/nf_conntrack", module);
		btf__free(module);
	}
	btf__free(vmlinux);
}

static void make_kallsyms(const char *root, unsigned int flags)
{
	struct buf text;

	buf_init(&text);
	buf_add_str(&text, kallsyms);
	if (flags & PLAN_FAKE_TRACK)
		buf_add_str(&text, track_symbols);
	for (int i = 0; flags & PLAN_FAKE_MANY && i < PLAN_FAKE_MANY_FUNCTIONS; i++)
		buf_add_fmt(&text, "ffffffff82%06x t many_%04d\n", i * 16, i);
	assert_false(buf_failed(&text));
	write_file(root, "/proc/kallsyms", text.data, text.len);
	buf_fini(&text);
}

static struct symbol_table *open_symbols(void *arg)
{
	struct plan_fake *fake = arg;
	struct err err;

	err_clear(&err);
	if (!fake->symbols && symbol_open(&fake->symbols, NULL, &err))
		fake->symbols = NULL;
	return fake->symbols;
}

static bool has_feature(void *arg, enum feature feature, char *why, size_t size)
{
	struct plan_fake *fake = arg;

	if (why)
		snprintf(why, size, "%s", fake->why[feature] ? fake->why[feature] : "works");
	return fake->has[feature];
}

void plan_fake_open(struct plan_fake *fake, unsigned int flags)
{
	struct err err;

	memset(fake, 0, sizeof(*fake));
	strcpy(fake->root, "/tmp/xcap-plan.XXXXXX");
	assert_non_null(mkdtemp(fake->root));
	setenv("XCAP_KROOT", fake->root, 1);
	if (!(flags & PLAN_FAKE_NO_BTF))
		make_btf(fake->root, flags);
	if (!(flags & PLAN_FAKE_NO_TRACEFS)) {
		const char *all = flags & PLAN_FAKE_TRACK ? track_events : events;

		write_file(fake->root, "/sys/kernel/tracing/available_events", all, strlen(all));
	}
	if (!(flags & PLAN_FAKE_NO_KALLSYMS))
		make_kallsyms(fake->root, flags);
	write_file(fake->root, "/run/netns/web", "", 0);
	write_file(fake->root, "/run/netns/db", "", 0);
	err_clear(&err);
	if (!(flags & PLAN_FAKE_NO_BTF) && kbtf_open(&fake->kernel.btf, &err))
		fail_msg("%s", err.msg);
	fake->kernel.tracepoints = tracepoint_open();
	fake->kernel.netns = netns_open();
	assert_non_null(fake->kernel.tracepoints);
	assert_non_null(fake->kernel.netns);
	fake->kernel.symbols = open_symbols;
	fake->kernel.symbols_arg = fake;
	fake->kernel.feature = has_feature;
	fake->kernel.feature_arg = fake;
	fake->kernel.pagebase = (struct pagebase){0x1000, 0x2000};
	for (int i = 0; i < FEATURE_COUNT; i++)
		fake->has[i] = true;
}

void plan_fake_close(struct plan_fake *fake)
{
	static const char *const paths[] = {
		"/sys/kernel/btf/vmlinux",
		"/sys/kernel/btf/nf_conntrack",
		"/sys/kernel/btf",
		"/sys/kernel/tracing/available_events",
		"/sys/kernel/tracing",
		"/sys/kernel",
		"/sys",
		"/proc/kallsyms",
		"/proc",
		"/run/netns/web",
		"/run/netns/db",
		"/run/netns",
		"/run",
		"",
	};
	char whole[256];

	symbol_close(fake->symbols);
	netns_close(fake->kernel.netns);
	tracepoint_close((struct tracepoint_table *)fake->kernel.tracepoints);
	kbtf_close(fake->kernel.btf);
	unsetenv("XCAP_KROOT");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		snprintf(whole, sizeof(whole), "%s%s", fake->root, paths[i]);
		remove(whole);
	}
}
