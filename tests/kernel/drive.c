/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drive.c - driving xcap's programs by test runs (see drive.h).
 *
 * It uses the parts of src/session as session.c does: object_open() without a filter keeps the
 * template; for each slot the filter is injected into a copy of it.
 */
#include "drive.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/capture_kernel.h"
#include "filter/cbpf2ebpf.h"
#include "session/attach.h"
#include "session/inject.h"
#include "session/object.h"
#include "xcap/event.h"

#define MARK	   0x7ca90000 /* of our skbs; the lower half is the number of the run */
#define SNAPLEN	   256
#define RETRY_MAX  100
#define WAIT_MAX   10000 /* looks at the ring for a record that is known to be there */
#define ETH_ADDRS  12
#define LO_IFINDEX 1

struct slot {
	int prog_fd, link_fd; /* -1: not loaded */
	struct xcap_counters before;
	bool has_record, is_undecided, is_wrong;
};

struct drive {
	struct capture_kernel kernel;
	struct plan plan;
	struct object object;
	enum plan_mechanism mechanism;
	struct ring ring;
	struct slot *slots;
	int tc_fd[DRIVE_PUSHES];
	uint32_t cpu;
	bool kernel_open, can_inbound;
	uint8_t frame[DRIVE_PACKET_MAX + 8]; /* of the packet that is under way */
	uint32_t frame_len;
	uint32_t mark;
};

static const struct {
	uint16_t proto, tci;
} pushes[DRIVE_PUSHES][2] = {
	[DRIVE_PUSH_VLAN] = {{0x8100, 5}},
	[DRIVE_PUSH_QINQ] = {{0x8100, 7}, {0x88a8, 100}},
};

/* skb->mark is set through the context; what is left is to push the tags. */
static int load_tc(enum drive_push push)
{
	struct bpf_insn insns[16] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1},
	};
	uint32_t n = 1;

	for (int i = 0; i < 2; i++) {
		if (!pushes[push][i].proto)
			continue;
		insns[n++] = (struct bpf_insn){
			.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 6};
		insns[n++] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K,
					       .dst_reg = 2,
					       .imm = __builtin_bswap16(pushes[push][i].proto)};
		insns[n++] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K,
					       .dst_reg = 3,
					       .imm = pushes[push][i].tci};
		insns[n++] = (struct bpf_insn){.code = BPF_JMP | BPF_CALL,
					       .imm = BPF_FUNC_skb_vlan_push};
	}
	insns[n++] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0};
	insns[n++] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "xcap_drive", "GPL", insns, n, NULL);
}

uint32_t drive_frame(const struct drive_packet *packet, uint8_t *frame)
{
	uint32_t len = packet->len;

	memcpy(frame, packet->bytes, len);
	for (int i = 0; i < 2; i++) {
		uint16_t proto = pushes[packet->push][i].proto, tci = pushes[packet->push][i].tci;

		if (!proto)
			continue;
		memmove(frame + ETH_ADDRS + 4, frame + ETH_ADDRS, len - ETH_ADDRS);
		frame[12] = proto >> 8;
		frame[13] = proto & 0xff;
		frame[14] = tci >> 8;
		frame[15] = tci & 0xff;
		len += 4;
	}
	return len;
}

/* As eth_type_trans() tells by a device whose address is zero, and as the chain tells direction. */
struct cbpf_meta drive_meta(const struct drive_packet *packet)
{
	static const uint8_t zero[6], ones[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct cbpf_meta meta = {.ifindex = LO_IFINDEX, .pkt_type = PACKET_OTHERHOST};

	if (!packet->inbound)
		meta.pkt_type = PACKET_OUTGOING;
	else if (!memcmp(packet->bytes, ones, 6))
		meta.pkt_type = PACKET_BROADCAST;
	else if (packet->bytes[0] & 1)
		meta.pkt_type = PACKET_MULTICAST;
	else if (!memcmp(packet->bytes, zero, 6))
		meta.pkt_type = PACKET_HOST;
	return meta;
}

static void on_event(struct drive *drive, const void *data, size_t size)
{
	const struct xcap_event *e = data;
	uint32_t cap_len = e->flags & XCAP_EV_UNDECIDED ? drive->frame_len
							: UTIL_MIN(drive->frame_len, SNAPLEN);
	struct slot *slot;

	if (size < drive->plan.config.event_bytes || e->mark != drive->mark ||
	    e->probe >= drive->plan.n_probes)
		return;
	slot = &drive->slots[e->probe];
	slot->is_wrong = slot->has_record || e->len != drive->frame_len || e->cap_len != cap_len ||
			 memcmp((const char *)data + drive->plan.config.event_bytes, drive->frame,
				cap_len) != 0;
	slot->has_record = true;
	slot->is_undecided = e->flags & XCAP_EV_UNDECIDED;
}

static void consume(struct drive *drive)
{
	const void *record;
	size_t size;

	ring_hear(&drive->ring);
	while ((record = ring_next(&drive->ring, &size)))
		on_event(drive, record, size);
	ring_release(&drive->ring);
}

/* One probe in as many rows as there are slots; the filter is left to drive_load(). */
static int make_plan(struct drive *drive, const char *spec, uint32_t n_slots, struct err *err)
{
	const struct plan_request request = {
		.probe_specs = &spec,
		.n_probe_specs = 1,
		.filter = "ip",
		.snaplen = SNAPLEN,
		.ring_bytes = XCAP_RING_DEFAULT,
	};
	struct plan *plan = &drive->plan;
	struct plan_probe *probes;
	int rc = plan_build(&request, &drive->kernel.plan, plan, err);

	if (rc)
		return rc;
	for (uint32_t i = plan->probes[0].n_rungs; i-- > 0;)
		if (plan->probes[0].ladder[i].usable)
			drive->mechanism = plan->probes[0].ladder[i].mechanism;
	cbpf_free(&plan->filter);
	plan->config.capture_max = XCAP_SNAPLEN_MAX; /* the filters to come may have loops ... */
	plan->config.filter_asks = true;	     /* ... and ask for what is not in the packet */
	plan->config.early_ip4 = 5; /* ports are in these words, and others look beyond them */
	probes = reallocarray(plan->probes, n_slots, sizeof(*probes));
	if (!probes)
		return err_errno(err, ERR_FAILED, ENOMEM, "cannot hold %u probes", n_slots);
	for (uint32_t i = 1; i < n_slots; i++)
		probes[i] = probes[0];
	plan->probes = probes;
	plan->n_probes = plan->config.probe_count = n_slots;
	return 0;
}

/* Counters are per CPU: stay on one. */
static int pin(struct drive *drive, struct err *err)
{
	cpu_set_t set;

	drive->cpu = sched_getcpu();
	CPU_ZERO(&set);
	CPU_SET(drive->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return err_errno(err, ERR_FAILED, errno, "cannot stay on CPU %u", drive->cpu);
	return 0;
}

void drive_unload(struct drive *drive)
{
	for (uint32_t i = 0; i < drive->plan.n_probes; i++) {
		struct slot *slot = &drive->slots[i];

		if (slot->link_fd >= 0)
			close(slot->link_fd);
		if (slot->prog_fd >= 0)
			close(slot->prog_fd);
		slot->link_fd = slot->prog_fd = -1;
	}
}

void drive_close(struct drive *drive)
{
	if (!drive)
		return;
	drive_unload(drive);
	for (int i = 0; i < DRIVE_PUSHES; i++)
		if (drive->tc_fd[i] >= 0)
			close(drive->tc_fd[i]);
	ring_close(&drive->ring);
	object_close(&drive->object);
	plan_free(&drive->plan);
	if (drive->kernel_open)
		capture_kernel_close(&drive->kernel);
	free(drive->slots);
	free(drive);
}

/* inject_filter() changes the template it is given: it gets a copy. */
static int copy_template(const struct template *from, struct template *to)
{
	size_t insns = from->n_insns * sizeof(*from->insns);
	size_t funcs = (size_t)from->n_func_info * from->func_info_size;
	size_t lines = (size_t)from->n_line_info * from->line_info_size;

	*to = *from;
	to->insns = malloc(insns);
	to->func_info = malloc(funcs);
	to->line_info = malloc(lines);
	if (!to->insns || !to->func_info || !to->line_info) {
		template_fini(to);
		return -ENOMEM;
	}
	memcpy(to->insns, from->insns, insns);
	memcpy(to->func_info, from->func_info, funcs);
	memcpy(to->line_info, from->line_info, lines);
	return 0;
}

static int inject(const struct drive *drive, const struct cbpf_prog *prog, struct template *t,
		  struct err *err)
{
	struct cbpf2ebpf_code code;
	int rc = cbpf2ebpf_translate(prog, &inject_layout, &code, err);

	if (rc)
		return rc;
	rc = copy_template(&drive->object.templates[drive->mechanism], t);
	if (rc)
		err_errno(err, ERR_FAILED, rc, "cannot copy the template");
	else
		rc = inject_filter(t, &code, err);
	cbpf2ebpf_free(&code);
	return rc;
}

int drive_load(struct drive *drive, uint32_t i, const struct cbpf_prog *prog, struct err *err)
{
	const struct plan_probe *probe = &drive->plan.probes[i];
	const struct template_clone clone = attach_clone(probe, i, drive->mechanism, false);
	const struct attach_part part = {.probe = probe};
	struct slot *slot = &drive->slots[i];
	struct template t = {};
	int rc = inject(drive, prog, &t, err);

	if (!rc) {
		slot->prog_fd = template_load(&t, &clone, err);
		rc = slot->prog_fd < 0 ? slot->prog_fd : 0;
	}
	template_fini(&t);
	if (rc)
		return rc;
	slot->link_fd = attach_table[drive->mechanism].attach(slot->prog_fd, &part, err);
	return slot->link_fd < 0 ? slot->link_fd : 0;
}

int drive_prog_fd(const struct drive *drive, uint32_t slot)
{
	return drive->slots[slot].prog_fd;
}

static const struct xcap_counters *counters(const struct drive *drive, uint32_t slot)
{
	return &drive->object.counters[drive->cpu * drive->plan.n_probes + slot];
}

static bool is_complete(const struct drive *drive)
{
	for (uint32_t i = 0; i < drive->plan.n_probes; i++)
		if (counters(drive, i)->sent != drive->slots[i].before.sent &&
		    !drive->slots[i].has_record)
			return false;
	return true;
}

/* A record that another CPU has reserved and not yet submitted keeps all behind it back. */
static void collect(struct drive *drive)
{
	for (int i = 0; i < WAIT_MAX; i++) {
		consume(drive);
		if (is_complete(drive))
			break;
		sched_yield();
	}
}

/* Run a program once; what each slot then has to show is new. */
static int test_run(struct drive *drive, int prog_fd, struct bpf_test_run_opts *opts,
		    struct err *err)
{
	int rc;

	for (uint32_t i = 0; i < drive->plan.n_probes; i++) {
		struct slot *slot = &drive->slots[i];

		slot->before = *counters(drive, i);
		slot->has_record = slot->is_undecided = slot->is_wrong = false;
	}
	rc = bpf_prog_test_run_opts(prog_fd, opts);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "test run of %u bytes", drive->frame_len);
	collect(drive);
	return 0;
}

static int run_tc(struct drive *drive, const struct drive_packet *packet, struct err *err)
{
	struct __sk_buff ctx = {.mark = drive->mark,
				.ingress_ifindex = packet->inbound ? LO_IFINDEX : 0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes, .data_size_in = packet->len,
		    .ctx_in = &ctx, .ctx_size_in = offsetof(struct __sk_buff, gso_size),
		    .repeat = 1);

	return test_run(drive, drive->tc_fd[packet->push], &opts, err);
}

/* What one slot made of the packet; false: other skbs stood in the way. */
static bool judge(const struct drive *drive, uint32_t i, enum drive_verdict *verdict)
{
	const struct slot *slot = &drive->slots[i];
	const struct xcap_counters *now = counters(drive, i), *was = &slot->before;

	if (now->seen - was->seen != 1 || now->ring_full != was->ring_full)
		return false;
	if (now->undecidable != was->undecidable)
		*verdict = DRIVE_UNDECIDABLE;
	else if (now->fault != was->fault)
		*verdict = DRIVE_FAULT;
	else if (now->nested != was->nested || (now->sent != was->sent) != slot->has_record ||
		 slot->is_wrong)
		*verdict = DRIVE_WRONG_RECORD;
	else if (slot->is_undecided)
		*verdict = DRIVE_UNDECIDED;
	else
		*verdict = slot->has_record ? DRIVE_ACCEPT : DRIVE_REJECT;
	return true;
}

static void next_mark(struct drive *drive)
{
	/* what others have filled it with while programs were loaded */
	consume(drive);
	drive->mark = MARK | ((drive->mark + 1) & 0xffff);
}

int drive_run(struct drive *drive, const struct drive_packet *packet, enum drive_verdict *verdicts,
	      struct err *err)
{
	drive->frame_len = drive_frame(packet, drive->frame);
	for (int retry = 0; retry < RETRY_MAX; retry++) {
		bool alone = true;
		int rc;

		next_mark(drive);
		rc = run_tc(drive, packet, err);
		if (rc)
			return rc;
		for (uint32_t i = 0; i < drive->plan.n_probes; i++)
			if (drive->slots[i].link_fd >= 0)
				alone &= judge(drive, i, &verdicts[i]);
		if (alone)
			return 0;
	}
	return err_set(err, ERR_FAILED, "no test run in %d saw one skb alone", RETRY_MAX);
}

int drive_run_fake(struct drive *drive, uint32_t slot, struct fake_skb *fake,
		   struct fake_skb_shape *shape, enum drive_verdict *verdict, struct err *err)
{
	uint64_t args[4] = {fake_skb_address(fake)};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	drive->frame_len = shape->len;
	memcpy(drive->frame, shape->bytes, shape->len);
	for (int retry = 0; retry < RETRY_MAX; retry++) {
		int rc;

		next_mark(drive);
		shape->mark = drive->mark;
		fake_skb_shape(fake, shape);
		rc = test_run(drive, drive->slots[slot].prog_fd, &opts, err);
		if (rc)
			return rc;
		if (judge(drive, slot, verdict))
			return 0;
	}
	return err_set(err, ERR_FAILED, "no test run in %d was alone", RETRY_MAX);
}

static int prepare(struct drive *drive, const char *spec, uint32_t n_slots, struct err *err)
{
	static const uint8_t bytes[60];
	const struct drive_packet inbound = {.bytes = bytes, .len = sizeof(bytes), .inbound = true};
	struct ring_source source;
	int rc = capture_kernel_open(&drive->kernel, NULL, err);

	if (rc)
		return rc;
	drive->kernel_open = true;
	rc = make_plan(drive, spec, n_slots, err);
	if (!rc)
		rc = object_open(&drive->object, &drive->plan, drive->kernel.btf, false, err);
	if (!rc)
		rc = pin(drive, err);
	if (rc)
		return rc;
	for (int i = 0; i < DRIVE_PUSHES; i++) {
		drive->tc_fd[i] = load_tc(i);
		if (drive->tc_fd[i] < 0)
			return err_errno(err, ERR_FAILED, drive->tc_fd[i],
					 "cannot load the tc program");
	}
	source = object_ring(&drive->object);
	rc = ring_open(&drive->ring, &source);
	if (rc)
		return err_errno(err, ERR_FAILED, rc, "cannot map the ring buffer");
	object_enable(&drive->object, true);
	drive->can_inbound = !run_tc(drive, &inbound, err);
	err_clear(err);
	return 0;
}

bool drive_can_inbound(const struct drive *drive)
{
	return drive->can_inbound;
}

struct drive *drive_open(const char *spec, uint32_t n_slots, struct err *err)
{
	struct drive *drive = calloc(1, sizeof(*drive));

	if (drive)
		drive->slots = calloc(n_slots, sizeof(*drive->slots));
	if (!drive || !drive->slots) {
		free(drive);
		err_errno(err, ERR_FAILED, ENOMEM, "cannot drive");
		return NULL;
	}
	for (uint32_t i = 0; i < n_slots; i++)
		drive->slots[i] = (struct slot){.prog_fd = -1, .link_fd = -1};
	memset(drive->tc_fd, 0xff, sizeof(drive->tc_fd));
	if (!prepare(drive, spec, n_slots, err))
		return drive;
	drive_close(drive);
	return NULL;
}
