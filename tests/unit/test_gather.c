/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_gather.c - journeys out of records in every order in which they can come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gather_rig.h"

#define GRACE_US   (GATHER_GRACE_NS / 1000)
#define TIMEOUT_US (GATHER_TIMEOUT_NS / 1000)

static int setup(void **state)
{
	*state = gather_rig_new();
	return 0;
}

static int teardown(void **state)
{
	gather_rig_free(*state);
	return 0;
}

static void id__at_all_named_probes__is_complete_after_the_grace_and_not_before(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_hop(rig, C, 9, 7);
	gather_rig_end(rig, 10, 7);
	gather_rig_advance(rig, GRACE_US);
	gather_rig_expect(rig, "");
	gather_rig_advance(rig, GRACE_US + 10);
	gather_rig_expect(rig, "7 complete a@0 b@5 c@9 | ");
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_expect_counts(rig, 0, 0);
}

static void id__followers_before_the_first_hop__are_put_in_order(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, C, 9, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 complete a@0 b@5 c@9 | ");
}

static void id__end_read_before_the_hops__is_the_end_of_them(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_end(rig, 10, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 consumed a@0 b@5 -c | ");
}

static void id__end_without_hops__is_no_journey(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_end(rig, 10, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_expect_counts(rig, 0, 0);
}

static void id__freed_before_the_last_named_probe__is_consumed_and_not_received_there(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_end(rig, 6, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 consumed a@0 b@5 -c | ");
}

static void id__dropped__names_the_probes_behind_it(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, DROP, 4, 7);
	gather_rig_end(rig, 4, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 DROPPED a@0 drop@4 -b -c | ");
}

static void id__dropped_behind_the_last_named_probe__is_dropped(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 1, 7);
	gather_rig_hop(rig, C, 2, 7);
	gather_rig_hop(rig, DROP, 4, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 DROPPED a@0 b@1 c@2 drop@4 | ");
}

static void id__a_clone_dropped_on_the_way__does_not_end_it(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, DROP, 1, 7);
	gather_rig_hop(rig, B, 2, 7);
	gather_rig_hop(rig, C, 3, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 complete a@0 drop@1 b@2 c@3 | ");
}

static bool benign(const struct record *record)
{
	return record->mark == 1;
}

static void id__benign_drop__is_no_drop(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.is_benign = benign;
	rig->record.mark = 1;
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, DROP, 4, 7);
	gather_rig_end(rig, 4, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 consumed a@0 -b -c | ");
	gather_rig_expect_counts(rig, 0, 1);
}

static void id__silent_until_the_timeout__is_open_and_not_received_further_on(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_advance(rig, TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_advance(rig, TIMEOUT_US + 5);
	gather_rig_expect(rig, "7 open a@0 b@5 -c | ");
}

static void id__heard_of_after_the_timeout__is_continued_where_it_was_left(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 b@5 -c | ");
	gather_rig_hop(rig, C, 3 * TIMEOUT_US, 7);
	gather_rig_end(rig, 3 * TIMEOUT_US, 7);
	gather_rig_advance(rig, 4 * TIMEOUT_US);
	gather_rig_expect(rig, "7 complete c@3000000 cont | ");
}

static void id__same_probe_twice__is_two_hops(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_hop(rig, A, 6, 7);
	gather_rig_hop(rig, B, 7, 7);
	gather_rig_hop(rig, C, 9, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 complete a@0 b@5 a@6 b@7 c@9 | ");
}

static void id__same_content_under_two_ids__are_two_journeys(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, A, 1, 8);
	gather_rig_hop(rig, B, 2, 8);
	gather_rig_hop(rig, C, 3, 8);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "8 complete a@1 b@2 c@3 | ");
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 -b -c | ");
}

static void id__retransmission__names_what_was_sent_before(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	rig->record.parent = 7;
	rig->record.flags = XCAP_EV_RETRANSMIT;
	gather_rig_hop(rig, A, 100, 8);
	rig->record.parent = 0;
	rig->record.flags = 0;
	gather_rig_hop(rig, B, 101, 8);
	rig->record.parent = 8;
	gather_rig_hop(rig, B, 102, 9);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 -b -c | 8 open a@100 b@101 -c again=7 | "
			       "9 open b@102 -a -c of=8 | ");
}

static void id__a_packet_without_one__stands_alone_and_is_uncertain(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 0);
	gather_rig_hop(rig, B, 1, 0);
	gather_rig_expect(rig, "0 uncertain a@0 | 0 uncertain b@1 | ");
	gather_rig_hop(rig, DROP, 2, 0);
	gather_rig_expect(rig, "");
	gather_rig_expect_counts(rig, 0, 1);
}

static void id__an_added_drop_alone__begins_no_journey(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, DROP, 0, 7);
	gather_rig_end(rig, 0, 8);
	gather_rig_hop(rig, DROP, 0, 8);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_expect_counts(rig, 0, 2);
}

static void id__dropped_long_after_the_timeout__is_told(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 -b -c | ");
	gather_rig_hop(rig, DROP, 2 * TIMEOUT_US, 7);
	gather_rig_drain(rig, 4 * TIMEOUT_US);
	gather_rig_expect(rig, "7 DROPPED drop@2000000 -b -c cont | ");
}

static void id__a_named_drop_probe__begins_journeys_and_is_never_missing(void **state)
{
	struct gather_rig *rig = *state;

	rig->probes[DROP].named = true;
	rig->probes[DROP].is_added = false;
	gather_rig_hop(rig, DROP, 0, 7);
	gather_rig_hop(rig, A, 0, 8);
	gather_rig_hop(rig, B, 1, 8);
	gather_rig_hop(rig, C, 2, 8);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 DROPPED drop@0 -a -b -c | 8 complete a@0 b@1 c@2 | ");
}

static void id__a_probe_that_is_not_attached__is_never_missing(void **state)
{
	struct gather_rig *rig = *state;

	rig->probes[C].mechanism = NULL;
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 1, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 complete a@0 b@1 | ");
}

static void many__freed_without_a_drop__is_complete_and_nothing_is_missing(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_many(rig, false);
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_end(rig, 1, 7);
	gather_rig_hop(rig, B, 0, 8);
	gather_rig_hop(rig, DROP, 2, 8);
	gather_rig_hop(rig, A, 0, 9);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 complete a@0 | 8 DROPPED b@0 drop@2 | 9 open a@0 | ");
}

static void many__with_a_goal__only_who_was_there_is_complete(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_many(rig, true);
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_end(rig, 1, 7);
	gather_rig_hop(rig, A, 0, 8);
	gather_rig_hop(rig, C, 2, 8);
	gather_rig_end(rig, 3, 8);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 consumed a@0 | 8 complete a@0 c@2 | ");
}

/* A veth pair: what one end has sent comes in at the other. */
static void many__a_goal_on_the_way__is_not_the_end(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_many(rig, true);
	gather_rig_hop(rig, C, 0, 7);
	gather_rig_hop(rig, A, 1, 7);
	gather_rig_end(rig, 2, 7);
	gather_rig_hop(rig, C, 0, 8);
	gather_rig_hop(rig, A, 1, 8);
	gather_rig_hop(rig, C, 2, 8);
	gather_rig_hop(rig, C, 0, 9);
	gather_rig_hop(rig, A, 1, 9);
	gather_rig_advance(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 consumed c@0 a@1 | 8 complete c@0 a@1 c@2 | 9 open c@0 a@1 | ");
}

static void lost__while_it_was_on_its_way__makes_it_uncertain_and_never_not_received(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_advance(rig, 5 * TIMEOUT_US);
	gather_rig_hop(rig, A, 5 * TIMEOUT_US + 1, 7);
	gather_rig_hop(rig, A, 5 * TIMEOUT_US + 1, 8);
	gather_rig_hop(rig, B, 5 * TIMEOUT_US + 2, 8);
	gather_rig_hop(rig, C, 5 * TIMEOUT_US + 3, 8);
	gather_rig_hop(rig, A, 5 * TIMEOUT_US + 1, 9);
	gather_rig_hop(rig, DROP, 5 * TIMEOUT_US + 2, 9);
	gather_rig_end(rig, 5 * TIMEOUT_US + 4, 7);
	rig->lost = 3;
	gather_rig_advance(rig, 5 * TIMEOUT_US + 2 * GRACE_US);
	gather_rig_expect(rig, "8 complete a@5000001 b@5000002 c@5000003 | "
			       "9 DROPPED a@5000001 drop@5000002 lost=3 | "
			       "7 uncertain a@5000001 lost=3 | ");
	/* long after, nothing is doubtful any more */
	gather_rig_advance(rig, 8 * TIMEOUT_US);
	gather_rig_hop(rig, A, 8 * TIMEOUT_US, 10);
	gather_rig_end(rig, 8 * TIMEOUT_US, 10);
	gather_rig_advance(rig, 9 * TIMEOUT_US);
	gather_rig_expect(rig, "10 consumed a@8000000 -b -c | ");
}

static void lost__before_the_first_hop_that_was_seen__makes_it_uncertain(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_advance(rig, 5 * TIMEOUT_US);
	rig->lost = 1;
	gather_rig_advance(rig, 5 * TIMEOUT_US + 10);
	gather_rig_hop(rig, B, 5 * TIMEOUT_US + 20, 7);
	gather_rig_hop(rig, C, 5 * TIMEOUT_US + 21, 7);
	gather_rig_advance(rig, 7 * TIMEOUT_US);
	gather_rig_expect(rig, "7 uncertain b@5000020 c@5000021 lost=1 | ");
}

static void lost__and_known_only_when_room_is_needed__is_seen_in_time(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.buffer_size = 16;
	gather_rig_advance(rig, 1);
	/* the stream is behind the kernel: at 30 ms of it the loss at 500 ms is counted */
	for (uint64_t id = 1; id <= 16; id++) {
		gather_rig_hop(rig, A, 10, id);
		gather_rig_end(rig, 11, id);
	}
	rig->clock_us = 500000;
	rig->lost = 1;
	gather_rig_hop(rig, A, 30000, 17);
	gather_rig_end(rig, 30001, 17);
	buf_reset(&rig->out);
	gather_rig_advance(rig, 100000);
	gather_rig_expect(rig, "17 uncertain a@30000 lost=1 | ");
}

static void missed__hit_of_a_probe__makes_uncertain_who_was_not_there(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_advance(rig, 5 * TIMEOUT_US);
	for (uint64_t id = 7; id <= 8; id++) {
		gather_rig_hop(rig, A, 5 * TIMEOUT_US + 1, id);
		gather_rig_hop(rig, C, 5 * TIMEOUT_US + 3, id);
		gather_rig_end(rig, 5 * TIMEOUT_US + 4, id);
	}
	gather_rig_hop(rig, B, 5 * TIMEOUT_US + 2, 8);
	rig->missed = 1;
	gather_rig_advance(rig, 5 * TIMEOUT_US + 2 * GRACE_US);
	gather_rig_expect(rig, "7 uncertain a@5000001 c@5000003 lost=1 | "
			       "8 complete a@5000001 b@5000002 c@5000003 | ");
	/* of later ones it says nothing */
	gather_rig_advance(rig, 8 * TIMEOUT_US);
	gather_rig_hop(rig, A, 8 * TIMEOUT_US, 9);
	gather_rig_end(rig, 8 * TIMEOUT_US, 9);
	gather_rig_advance(rig, 9 * TIMEOUT_US);
	gather_rig_expect(rig, "9 consumed a@8000000 -b -c | ");
}

static void missed__before_the_first_look__is_of_no_journey(void **state)
{
	struct gather_rig *rig = *state;

	rig->missed = 5;
	gather_rig_hop(rig, A, 1, 7);
	gather_rig_end(rig, 2, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "7 consumed a@1 -b -c | ");
}

static void buffer__full__closes_the_oldest_and_says_nothing_of_what_it_missed(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.buffer_size = 16;
	for (uint64_t id = 1; id <= 18; id++)
		gather_rig_hop(rig, A, id, id);
	gather_rig_expect(rig, "1 open a@1 cut | 2 open a@2 cut | ");
	gather_rig_hop(rig, B, 19, 1);
	gather_rig_expect(rig, "3 open a@3 cut | ");
	gather_rig_hop(rig, C, 20, 1);
	gather_rig_drain(rig, 20 + 2 * GRACE_US);
	assert_non_null(strstr(buf_str(&rig->out), "1 complete b@19 c@20 cont | "));
	assert_non_null(strstr(buf_str(&rig->out), "18 open a@18 -b -c | "));
}

static void buffer__full_of_what_is_over__closes_that_first(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.buffer_size = 16;
	gather_rig_hop(rig, A, 0, 100);
	for (uint64_t id = 1; id <= 15; id++) {
		gather_rig_hop(rig, A, id, id);
		gather_rig_end(rig, id, id);
	}
	gather_rig_hop(rig, A, 20, 16);
	gather_rig_expect(rig, "1 consumed a@1 -b -c | ");
}

static void clock__set_back__lets_nothing_wait_for_it(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 100 * TIMEOUT_US, 7);
	gather_rig_hop(rig, A, 100 * TIMEOUT_US, 8);
	gather_rig_end(rig, 100 * TIMEOUT_US, 8);
	gather_rig_advance(rig, 100 * TIMEOUT_US);
	gather_rig_advance(rig, 50 * TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_advance(rig, 50 * TIMEOUT_US + GRACE_US);
	gather_rig_expect(rig, "8 consumed a@100000000 -b -c | ");
	gather_rig_hop(rig, A, 50 * TIMEOUT_US + 2 * GRACE_US, 9);
	gather_rig_advance(rig, 51 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@100000000 -b -c | ");
	gather_rig_advance(rig, 52 * TIMEOUT_US);
	gather_rig_expect(rig, "9 open a@50040000 -b -c | ");
}

static void drain__of_one_heard_of_just_now__says_nothing_of_where_it_was_not(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, A, 100000, 8);
	gather_rig_hop(rig, A, 100000, 9);
	gather_rig_end(rig, 100001, 9);
	gather_rig_drain(rig, 100002);
	gather_rig_expect(rig, "9 consumed a@100000 -b -c | 7 open a@0 -b -c | "
			       "8 open a@100000 cut | ");
}

static void hops__more_than_a_journey_holds__go_on_in_another(void **state)
{
	struct gather_rig *rig = *state;

	for (uint64_t i = 0; i < GATHER_HOPS_MAX + 3; i++)
		gather_rig_hop(rig, A, i, 7);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	assert_non_null(strstr(buf_str(&rig->out), "7 open a@0 a@1 "));
	assert_non_null(strstr(buf_str(&rig->out),
			       " a@1023 cut | 7 open a@1024 a@1025 a@1026 -b -c cont | "));
}

static void baseline__first__withholds_what_never_was_there(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.baseline = A;
	gather_rig_hop(rig, B, 0, 7);
	gather_rig_hop(rig, C, 1, 7);
	/* a follower that is read first is none of those */
	gather_rig_hop(rig, B, 5, 8);
	gather_rig_hop(rig, A, 2, 8);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "8 open a@2 b@5 -c | ");
	gather_rig_expect_counts(rig, 2, 0);
}

static void min_latency__withholds_what_was_faster(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.min_latency_ns = 5000;
	gather_rig_hop(rig, A, 0, 7);
	gather_rig_hop(rig, B, 5, 7);
	gather_rig_hop(rig, A, 0, 8);
	gather_rig_hop(rig, B, 4, 8);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 b@5 -c | ");
	gather_rig_expect_counts(rig, 2, 0);
}

static void content__same_packet__is_one_journey_through_forwarding(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.by_content = true;
	gather_rig_hop(rig, A, 0, 0);
	rig->frame.bytes[22] = 63;  /* TTL */
	rig->frame.bytes[24] ^= 1;  /* its checksum */
	rig->frame.bytes[0] = 0x06; /* MAC address */
	rig->record.skb = 0xffff000000000100;
	gather_rig_hop(rig, B, 1, 0);
	gather_rig_hop(rig, C, 2, 0);
	gather_rig_advance(rig, GRACE_US + 2);
	gather_rig_expect(rig, "0 complete a@0 b@1 c@2 | ");
	assert_string_equal(buf_str(&rig->changes),
			    "b{ttl 64 -> 63; dst mac 02:00:00:00:00:02 -> 06:00:00:00:00:02}");
	/* the next one like it is another */
	gather_rig_hop(rig, A, 50000, 0);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "0 open a@50000 -b -c | ");
}

static void content__by_pointer__the_same_in_two_skbs_is_two(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.by_content = true;
	rig->config.by_pointer = true;
	gather_rig_hop(rig, A, 0, 0);
	rig->record.skb = 0xffff000000000100;
	gather_rig_hop(rig, B, 1, 0);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "0 open a@0 -b -c | 0 open b@1 -a -c | ");
}

static void content__drop_of_a_known_packet__ends_it_and_of_another_is_a_stray(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.by_content = true;
	gather_rig_hop(rig, A, 0, 0);
	gather_rig_hop(rig, DROP, 1, 0);
	gather_rig_advance(rig, 2 * GRACE_US);
	gather_rig_expect(rig, "0 DROPPED a@0 drop@1 -b -c | ");
	gather_rig_hop(rig, DROP, 2 * GRACE_US, 0);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "");
	gather_rig_expect_counts(rig, 0, 1);
}

static void content__nat__is_another_packet(void **state)
{
	struct gather_rig *rig = *state;

	rig->config.by_content = true;
	gather_rig_hop(rig, A, 0, 0);
	rig->frame.bytes[33] = 9; /* dst */
	gather_rig_hop(rig, B, 1, 0);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "0 open a@0 -b -c | 0 open b@1 -a -c | ");
}

static void id__nat__is_one_journey_and_says_what_changed(void **state)
{
	struct gather_rig *rig = *state;

	gather_rig_hop(rig, A, 0, 7);
	rig->frame.bytes[33] = 9;
	frame_set_u16(&rig->frame, 36, 80);
	rig->record.mark = 0x10;
	gather_rig_hop(rig, B, 1, 7);
	gather_rig_drain(rig, 2 * TIMEOUT_US);
	gather_rig_expect(rig, "7 open a@0 b@1 -c | ");
	assert_string_equal(buf_str(&rig->changes),
			    "b{dst 10.0.0.2.9000 -> 10.0.0.9.80; mark 0x0 -> 0x10}");
}

static void many__300_probes_of_a_glob__are_300_hops_in_the_order_of_time(void **state)
{
	static struct capture_probe probes[300];
	struct gather_rig *rig = *state;
	const char *at;

	for (uint32_t i = 0; i < 300; i++)
		probes[i] = (struct capture_probe){.spec = "p", .name = "p", .mechanism = "kprobe"};
	rig->info.probes = probes;
	rig->info.n_probes = 300;
	/* the last comes first, as when another CPU is read before */
	for (uint32_t i = 300; i-- > 0;)
		gather_rig_hop(rig, i, i, 7);
	gather_rig_end(rig, 300, 7);
	gather_rig_advance(rig, 2 * GRACE_US);
	at = buf_str(&rig->out);
	assert_ptr_equal(strstr(at, "7 complete p@0 p@1 p@2 "), at);
	assert_non_null(strstr(at, " p@298 p@299 | "));
	assert_null(strchr(at, '-'));
	gather_rig_expect_counts(rig, 0, 0);
}

static void ids__thousands_at_once__all_come_out_once(void **state)
{
	struct gather_rig *rig = *state;
	char want[64];

	for (uint64_t id = 1; id <= 5000; id++)
		gather_rig_hop(rig, A, id, id);
	for (uint64_t id = 1; id <= 5000; id++)
		gather_rig_hop(rig, C, 6000 + id, id);
	for (uint64_t id = 1; id <= 5000; id++)
		gather_rig_hop(rig, B, 5500 + id, id);
	gather_rig_drain(rig, TIMEOUT_US);
	for (uint64_t id = 1; id <= 5000; id += 499) {
		snprintf(want, sizeof(want), "%llu complete a@%llu b@%llu c@%llu | ",
			 (unsigned long long)id, (unsigned long long)id,
			 (unsigned long long)(5500 + id), (unsigned long long)(6000 + id));
		assert_non_null(strstr(buf_str(&rig->out), want));
	}
	assert_null(strstr(buf_str(&rig->out), "open"));
	gather_rig_expect_counts(rig, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(id__at_all_named_probes__is_complete_after_the_grace_and_not_before),
		TEST(id__followers_before_the_first_hop__are_put_in_order),
		TEST(id__end_read_before_the_hops__is_the_end_of_them),
		TEST(id__end_without_hops__is_no_journey),
		TEST(id__freed_before_the_last_named_probe__is_consumed_and_not_received_there),
		TEST(id__dropped__names_the_probes_behind_it),
		TEST(id__dropped_behind_the_last_named_probe__is_dropped),
		TEST(id__a_clone_dropped_on_the_way__does_not_end_it),
		TEST(id__benign_drop__is_no_drop),
		TEST(id__silent_until_the_timeout__is_open_and_not_received_further_on),
		TEST(id__heard_of_after_the_timeout__is_continued_where_it_was_left),
		TEST(id__same_probe_twice__is_two_hops),
		TEST(id__same_content_under_two_ids__are_two_journeys),
		TEST(id__retransmission__names_what_was_sent_before),
		TEST(id__a_packet_without_one__stands_alone_and_is_uncertain),
		TEST(id__an_added_drop_alone__begins_no_journey),
		TEST(id__dropped_long_after_the_timeout__is_told),
		TEST(id__a_named_drop_probe__begins_journeys_and_is_never_missing),
		TEST(id__a_probe_that_is_not_attached__is_never_missing),
		TEST(id__nat__is_one_journey_and_says_what_changed),
		TEST(many__freed_without_a_drop__is_complete_and_nothing_is_missing),
		TEST(many__with_a_goal__only_who_was_there_is_complete),
		TEST(many__a_goal_on_the_way__is_not_the_end),
		TEST(lost__while_it_was_on_its_way__makes_it_uncertain_and_never_not_received),
		TEST(lost__before_the_first_hop_that_was_seen__makes_it_uncertain),
		TEST(lost__and_known_only_when_room_is_needed__is_seen_in_time),
		TEST(missed__hit_of_a_probe__makes_uncertain_who_was_not_there),
		TEST(missed__before_the_first_look__is_of_no_journey),
		TEST(buffer__full__closes_the_oldest_and_says_nothing_of_what_it_missed),
		TEST(buffer__full_of_what_is_over__closes_that_first),
		TEST(clock__set_back__lets_nothing_wait_for_it),
		TEST(drain__of_one_heard_of_just_now__says_nothing_of_where_it_was_not),
		TEST(hops__more_than_a_journey_holds__go_on_in_another),
		TEST(baseline__first__withholds_what_never_was_there),
		TEST(min_latency__withholds_what_was_faster),
		TEST(content__same_packet__is_one_journey_through_forwarding),
		TEST(content__by_pointer__the_same_in_two_skbs_is_two),
		TEST(content__drop_of_a_known_packet__ends_it_and_of_another_is_a_stray),
		TEST(content__nat__is_another_packet),
		TEST(many__300_probes_of_a_glob__are_300_hops_in_the_order_of_time),
		TEST(ids__thousands_at_once__all_come_out_once),
	};

	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
