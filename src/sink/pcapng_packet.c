/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapng_packet.c - one record as an enhanced packet block with its comment.
 */
#include "sink/pcapng_packet.h"

#include <linux/if_packet.h>
#include <string.h>

#include "base/util.h"
#include "sink/pcapng_block.h"
#include "sink/pcapng_comment.h"

/* Flags word, section 4.3.1. The reception kind says something of received packets only. */
static uint32_t flags_word(const struct record *record)
{
	static const uint8_t kinds[] = {
		[PACKET_HOST] = 1, /* unicast */
		[PACKET_BROADCAST] = 3,
		[PACKET_MULTICAST] = 2,
		[PACKET_OTHERHOST] = 4, /* promiscuous */
	};
	uint32_t word = 0;

	if (record->direction == XCAP_DIR_OUT)
		return 2;
	if (record->direction == XCAP_DIR_IN)
		word = 1;
	/* PACKET_HOST is also what an skb has that was not looked at yet */
	if (record->pkt_type < UTIL_ARRAY_SIZE(kinds) && (word || record->pkt_type != PACKET_HOST))
		word |= kinds[record->pkt_type] << 2;
	return word;
}

static void describe_task(struct buf *c, const struct record *record)
{
	const char *context = record_context(record);
	char comm[XCAP_COMM + 1] = "";

	memcpy(comm, record->comm, XCAP_COMM);
	pcapng_comment_dec(c, "cpu", record->cpu);
	if (context)
		pcapng_comment_str(c, "ctx", context);
	if (record->pid || comm[0])
		pcapng_comment_dec(c, "pid", record->pid);
	if (record->tid != record->pid)
		pcapng_comment_dec(c, "tid", record->tid);
	if (comm[0])
		pcapng_comment_str(c, "comm", comm);
}

static void describe_skb(struct buf *c, const struct record *record)
{
	if (record->netns_name[0])
		pcapng_comment_str(c, "netns", record->netns_name);
	if (record->ifindex)
		pcapng_comment_dec(c, "ifindex", record->ifindex);
	if (record->dev_type != UINT16_MAX)
		pcapng_comment_dec(c, "devtype", record->dev_type);
	pcapng_comment_hex(c, "skb", record->skb);
	if (record->mark)
		pcapng_comment_hex(c, "mark", record->mark);
	if (record->protocol)
		pcapng_comment_hex(c, "proto", record->protocol);
	if (record->pkt_type)
		pcapng_comment_dec(c, "pkttype", record->pkt_type);
}

/* What the function was called with and returned, where the probe was asked for that. */
static void describe_call(struct buf *c, const struct record *record)
{
	struct record_return ret;

	if (record->flags & XCAP_EV_HAS_RETURN) {
		ret = record_return(record);
		pcapng_comment_str(c, "ret", ret.text);
		if (ret.error)
			pcapng_comment_str(c, "errno", ret.error);
	}
	if (record->flags & XCAP_EV_HAS_EXT)
		pcapng_comment_hex(c, "ext", record->ext);
}

static void describe_drop(struct buf *c, const struct record *record)
{
	const char *state = record_sk_state(record);

	if (record->reason)
		pcapng_comment_str(c, "reason", record->reason);
	if (record->location)
		pcapng_comment_str(c, "location", record->location);
	if (record->nf_path)
		pcapng_comment_str(c, "nf", record->nf_path);
	if (record->nf_table)
		pcapng_comment_str(c, "table", record->nf_table);
	if (record->nf_chain)
		pcapng_comment_str(c, "chain", record->nf_chain);
	if (state)
		pcapng_comment_str(c, "sk", state);
}

static void describe(struct buf *c, const struct capture_probe *probe, const struct record *record)
{
	pcapng_comment_str(c, "probe", probe->spec);
	describe_task(c, record);
	describe_skb(c, record);
	describe_drop(c, record);
	describe_call(c, record);
	if (record->lost)
		pcapng_comment_dec(c, "lost", record->lost);
	if (record->gso_size)
		pcapng_comment_dec(c, "gso", record->gso_size);
	if (record->gso_segs)
		pcapng_comment_dec(c, "segs", record->gso_segs);
	if (record->flags & XCAP_EV_NO_PACKET) {
		pcapng_comment_str(c, "packet", "none");
		pcapng_comment_dec(c, "len", record->len);
	}
	if (record->flags & XCAP_EV_SYNTH_ETH)
		pcapng_comment_str(c, "synth", "ether");
	if (record->rebuilt)
		pcapng_comment_str(c, "rebuilt", record_rebuilt(record));
	if (record->flags & XCAP_EV_VLAN_TAG)
		pcapng_comment_str(c, "vlan", "accel");
	if (record->flags & XCAP_EV_PARTIAL)
		pcapng_comment_dec(c, "partial", 1);
	if (record->flags & XCAP_EV_UNDECIDED)
		pcapng_comment_str(c, "settled", "user");
}

static void describe_identity(struct buf *c, const struct record *record)
{
	if (record->id)
		pcapng_comment_dec(c, "id", record->id);
	if (record->parent)
		pcapng_comment_dec(c, "parent", record->parent);
	if (record->flags & XCAP_EV_RETRANSMIT)
		pcapng_comment_dec(c, "retransmit", 1);
}

static void describe_journey(struct buf *c, const struct capture_info *info,
			     const struct pcapng_packet_hop *hop)
{
	const struct journey *journey = hop->journey;

	if (!journey)
		return;
	pcapng_comment_dec(c, "journey", journey->number);
	pcapng_comment_str(c, "end", journey_end_word(journey->end));
	pcapng_comment_dec(c, "took", journey->took_ns);
	if (!hop->is_last)
		return;
	for (uint32_t i = 0; i < journey->n_missing; i++) {
		const char *spec = info->probes[journey->missing[i]].spec;

		if (i) {
			buf_add_char(c, ',');
			pcapng_comment_escape(c, spec);
		} else {
			pcapng_comment_str(c, "missing", spec);
		}
	}
	if (journey->lost)
		pcapng_comment_dec(c, "journey_lost", journey->lost);
	if (journey->continued)
		pcapng_comment_dec(c, "continued", 1);
	if (journey->cut)
		pcapng_comment_dec(c, "cut", 1);
}

/*
 * The comment, from the cache where a packet like this one was described before; who the packet is
 * comes behind it. The length of the part that may be kept.
 */
static size_t make_comment(struct buf *comment, const struct pcapng_cache_row *row,
			   const struct capture_info *info, const struct record *record,
			   const struct pcapng_packet_hop *hop)
{
	char text[PCAPNG_CACHE_OPTIONS];
	size_t kept;

	buf_reset(comment);
	if (row) {
		pcapng_cache_copy(text, row, row->text_at, row->text_len, record->skb);
		buf_add(comment, text, row->text_len);
	} else {
		describe(comment, &info->probes[record->probe], record);
	}
	kept = comment->len;
	describe_identity(comment, record);
	describe_journey(comment, info, hop);
	return kept;
}

/* All options are those of packets like it: none is this packet's own. */
static bool is_plain(const struct record *record, const struct pcapng_packet_hop *hop)
{
	return !record->lost_before && !record->id && !record->parent && !record->stack &&
	       !hop->journey && pcapng_cache_takes(record);
}

/*
 * What the next one like it may have: all from `options` to the block's second length, where none
 * is this packet's own, else the beginning of the comment.
 */
static void keep(struct pcapng_cache_row *row, const struct buf *b, size_t options,
		 const struct buf *comment, size_t text_len, bool plain)
{
	const char *text;

	if (buf_failed(b) || buf_failed(comment))
		return;
	if (!plain) {
		pcapng_cache_put(row, comment->data, 0, 0, text_len);
		return;
	}
	/* the comment is the last option: it, padding, the end of options, the block's length */
	text = b->data + b->len - 2 * sizeof(uint32_t) - ((comment->len + 3) & ~3ul);
	pcapng_cache_put(row, b->data + options, b->len - options - sizeof(uint32_t),
			 text - b->data - options, text_len);
}

void pcapng_packet_add(struct buf *b, struct buf *comment, struct pcapng_cache *cache,
		       struct pcapng_stacks *stacks, const struct capture_info *info,
		       const struct record *record, const struct pcapng_packet_hop *hop,
		       const struct packet *packet, uint32_t iface)
{
	size_t start = pcapng_block_begin(b, PCAPNG_BLOCK_EPB), options, kept;
	uint32_t flags = flags_word(record);
	const uint32_t head[] = {iface, record->ts_ns >> 32, record->ts_ns, packet->cap_len,
				 packet->len};
	struct pcapng_cache_row *row = NULL;
	bool found = false;

	if (pcapng_cache_takes(record))
		row = pcapng_cache_get(cache, record, iface, &found);
	buf_add(b, head, sizeof(head));
	pcapng_block_padded(b, packet->data, packet->cap_len);
	options = b->len;
	if (flags)
		pcapng_block_option_u32(b, PCAPNG_EPB_FLAGS, flags);
	if (record->lost_before)
		pcapng_block_option_u64(b, PCAPNG_EPB_DROPCOUNT, record->lost_before);
	if (record->id)
		pcapng_block_option_u64(b, PCAPNG_EPB_PACKETID, record->id);
	if (record->context == XCAP_CTX_TASK) {
		const uint32_t ids[] = {record->pid, record->tid};

		pcapng_block_option(b, PCAPNG_EPB_PIDTID, ids, sizeof(ids));
	}
	kept = make_comment(comment, found ? row : NULL, info, record, hop);
	pcapng_block_comment(b, comment);
	if (stacks && record->stack)
		pcapng_stack_add(b, stacks, record->stack);
	pcapng_block_end(b, start);
	if (row && !(found && row->len))
		keep(row, b, options, comment, kept, is_plain(record, hop));
}

const struct pcapng_cache_row *pcapng_packet_known(const struct pcapng_cache *cache,
						   const struct record *record,
						   const struct pcapng_packet_hop *hop)
{
	const struct pcapng_cache_row *row;

	if (!is_plain(record, hop))
		return NULL;
	row = pcapng_cache_find(cache, record);
	return row && row->len ? row : NULL;
}

size_t pcapng_packet_known_size(const struct pcapng_cache_row *row, const struct packet *packet)
{
	return PCAPNG_BLOCK_EPB_HEAD + ((packet->cap_len + 3) & ~3u) + row->len + sizeof(uint32_t);
}

void pcapng_packet_put(char *to, const struct pcapng_cache_row *row, const struct record *record,
		       const struct packet *packet)
{
	const uint32_t size = pcapng_packet_known_size(row, packet);

	to = util_put_u32(to, PCAPNG_BLOCK_EPB);
	to = util_put_u32(to, size);
	to = util_put_u32(to, row->iface);
	to = util_put_u32(to, record->ts_ns >> 32);
	to = util_put_u32(to, record->ts_ns);
	to = util_put_u32(to, packet->cap_len);
	to = util_put_u32(to, packet->len);
	memcpy(to, packet->data, packet->cap_len);
	to += packet->cap_len;
	memset(to, 0, -packet->cap_len & 3);
	to += -packet->cap_len & 3;
	pcapng_cache_copy(to, row, 0, row->len, record->skb);
	util_put_u32(to + row->len, size);
}
