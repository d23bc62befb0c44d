/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_record.c - a record in JSON, member by member in the order of xcap-json(5).
 */
#include "sink/json_record.h"

#include <linux/if_packet.h>
#include <string.h>

#include "base/util.h"
#include "decode/decode_text.h"
#include "sink/json_out.h"
#include "sink/json_packet.h"
#include "sink/packet_text.h"

/* A field of at most 16 bytes, which may have no NUL. */
static void add_name(struct buf *b, const char *key, const char *field, size_t size)
{
	char text[XCAP_COMM + XCAP_IFNAME] = "";

	memcpy(text, field, size);
	if (text[0])
		json_out_str(b, key, text);
}

void json_record_probe(struct buf *b, const struct capture_probe *probe)
{
	json_out_str(b, "probe", probe->spec);
	json_out_str(b, "name", probe->name);
	if (probe->mechanism)
		json_out_str(b, "mechanism", probe->mechanism);
}

/* In interrupts the task is whoever was interrupted, and says nothing of the packet. */
static void add_context(struct buf *b, const struct record *r)
{
	const char *context = record_context(r);

	json_out_u64(b, "cpu", r->cpu);
	if (context)
		json_out_str(b, "ctx", context);
	if (r->context != XCAP_CTX_TASK)
		return;
	json_out_u64(b, "pid", r->pid);
	json_out_u64(b, "tid", r->tid);
	add_name(b, "comm", r->comm, sizeof(r->comm));
}

static void add_device(struct buf *b, const struct record *r)
{
	static const char *const types[] = {
		[PACKET_HOST] = "host",		  [PACKET_BROADCAST] = "broadcast",
		[PACKET_MULTICAST] = "multicast", [PACKET_OTHERHOST] = "otherhost",
		[PACKET_OUTGOING] = "outgoing",	  [PACKET_LOOPBACK] = "loopback",
	};

	add_name(b, "ifname", r->ifname, sizeof(r->ifname));
	if (r->ifindex)
		json_out_u64(b, "ifindex", r->ifindex);
	if (r->dev_type != UINT16_MAX)
		json_out_u64(b, "dev_type", r->dev_type);
	if (r->netns)
		json_out_u64(b, "netns", r->netns);
	if (r->netns_name && r->netns_name[0])
		json_out_str(b, "netns_name", r->netns_name);
	if (r->direction)
		json_out_str(b, "direction", r->direction == XCAP_DIR_OUT ? "out" : "in");
	if (r->pkt_type < UTIL_ARRAY_SIZE(types))
		json_out_str(b, "pkt_type", types[r->pkt_type]);
}

static void add_flags(struct buf *b, const struct record *r)
{
	static const struct {
		uint16_t flag;
		const char *name;
	} names[] = {
		{XCAP_EV_NO_PACKET, "no_packet"}, {XCAP_EV_SYNTH_ETH, "synth_ether"},
		{XCAP_EV_VLAN_TAG, "vlan_accel"}, {XCAP_EV_PARTIAL, "partial"},
		{XCAP_EV_UNDECIDED, "settled"},
	};
	static const struct {
		uint8_t bit;
		const char *name;
	} rebuilt[] = {
		{XCAP_REBUILT_IP, "ip"}, {XCAP_REBUILT_TCP, "tcp"}, {XCAP_REBUILT_UDP, "udp"}};

	json_out_begin(b, "flags", '[');
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(names); i++)
		if (r->flags & names[i].flag)
			json_out_str(b, NULL, names[i].name);
	json_out_end(b, ']');
	json_out_begin(b, "rebuilt", '[');
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rebuilt); i++)
		if (r->rebuilt & rebuilt[i].bit)
			json_out_str(b, NULL, rebuilt[i].name);
	json_out_end(b, ']');
}

static void add_skb(struct buf *b, const struct record *r)
{
	json_out_hex(b, "skb", r->skb);
	json_out_u64(b, "mark", r->mark);
	json_out_u64(b, "protocol", r->protocol);
	json_out_u64(b, "len", r->len);
	json_out_u64(b, "cap_len", r->cap_len);
	if (r->id)
		json_out_u64(b, "id", r->id);
	if (r->parent)
		json_out_u64(b, "parent", r->parent);
	if (r->id)
		json_out_bool(b, "retransmit", r->flags & XCAP_EV_RETRANSMIT);
	add_flags(b, r);
	if (r->gso_size) {
		json_out_begin(b, "gso", '{');
		json_out_u64(b, "size", r->gso_size);
		if (r->gso_segs)
			json_out_u64(b, "segs", r->gso_segs);
		json_out_end(b, '}');
	}
}

static void add_netfilter(struct buf *b, const struct record *r)
{
	const struct {
		const char *key, *value;
	} rows[] = {{"path", r->nf_path}, {"table", r->nf_table}, {"chain", r->nf_chain}};

	if (!r->nf_path && !r->nf_table && !r->nf_chain)
		return;
	json_out_begin(b, "nf", '{');
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(rows); i++)
		if (rows[i].value)
			json_out_str(b, rows[i].key, rows[i].value);
	json_out_end(b, '}');
}

static void add_drop(struct buf *b, const struct record *r)
{
	const char *state = record_sk_state(r);

	if (r->reason)
		json_out_str(b, "reason", r->reason);
	if (r->location)
		json_out_str(b, "location", r->location);
	add_netfilter(b, r);
	if (state)
		json_out_str(b, "sk_state", state);
}

/* Small numbers are numbers; others are addresses or sets of bits, and strings. */
static void add_call(struct buf *b, const struct record *r)
{
	struct record_return ret;

	if (r->flags & XCAP_EV_HAS_RETURN) {
		ret = record_return(r);
		json_out_key(b, "ret");
		if (ret.text[0] == '0' && ret.text[1] == 'x')
			buf_add_fmt(b, "\"%s\"", ret.text);
		else
			buf_add_str(b, ret.text);
		if (ret.error)
			json_out_str(b, "errno", ret.error);
	}
	if (r->flags & XCAP_EV_HAS_EXT)
		json_out_hex(b, "ext", r->ext);
}

static void add_stack(struct buf *b, const struct record_stack *stack)
{
	if (!stack)
		return;
	json_out_begin(b, "stack", '[');
	for (uint32_t i = 0; i < stack->n; i++)
		json_out_str(b, NULL, stack->frames[i]);
	json_out_end(b, ']');
}

static void add_bytes(struct buf *b, const struct record *r)
{
	json_out_key(b, "packet");
	buf_add_char(b, '"');
	decode_text_bytes(b, r->packet, r->flags & XCAP_EV_NO_PACKET ? 0 : r->cap_len);
	buf_add_char(b, '"');
}

void json_record_add(struct buf *b, struct buf *scratch, const struct capture_info *info,
		     const struct record *record, const struct json_record_options *options)
{
	json_out_u64(b, "ts_ns", record->ts_ns);
	json_out_time(b, "time", record->ts_ns);
	if (record->probe < info->n_probes)
		json_record_probe(b, &info->probes[record->probe]);
	add_context(b, record);
	add_device(b, record);
	add_skb(b, record);
	add_drop(b, record);
	add_call(b, record);
	json_out_u64(b, "lost", record->lost);
	json_out_u64(b, "lost_before", record->lost_before);
	json_packet_add(b, record);
	buf_reset(scratch);
	packet_text_add(scratch, record, &options->text);
	if (buf_failed(scratch))
		b->failed = true;
	else
		json_out_strn(b, "text", scratch->data, scratch->len);
	add_stack(b, record->stack);
	if (options->packet)
		add_bytes(b, record);
}
