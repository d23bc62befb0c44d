/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ring.c - walking our own ring buffer: records as a probe would write them, and memory that
 * no probe has written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/ring.h"
#include "xcap/ring.h"

#define SIZE 65536ul
#define KEY  0x5ec7e7c0ffee1234ull

static struct ring ring;
static struct xcap_ring *memory;
static uint64_t at; /* where the next record goes */

static int setup(void **state)
{
	(void)state;
	memory = calloc(1, sizeof(*memory) + SIZE + XCAP_RING_SPILL);
	assert_non_null(memory);
	ring = (struct ring){
		.own = memory,
		.key = KEY,
		.taken = (unsigned long *)&memory->taken,
		.given = (const unsigned long *)&memory->given,
		.data = (const char *)memory->data,
		.size = SIZE,
		.batch = SIZE / 16,
	};
	at = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static struct xcap_ring_head *head_at(uint64_t position)
{
	return (struct xcap_ring_head *)(memory->data + (position & (SIZE - 1)));
}

/* Room for a record, the size written as a probe does it. */
static uint64_t reserve(uint32_t size)
{
	uint64_t begin = at;

	at += sizeof(struct xcap_ring_head) + size;
	memory->given = at;
	head_at(begin)->size = size;
	head_at(begin)->is_void = 0;
	return begin;
}

static void submit(uint64_t begin, char fill)
{
	struct xcap_ring_head *head = head_at(begin);

	memset(head + 1, fill, head->size);
	head->stamp = begin ^ KEY;
}

/* Everything up to `begin` was written and taken. */
static void begin_at(uint64_t begin)
{
	ring.at = ring.end = ring.released = at = memory->taken = memory->given = begin;
}

static void expect(char fill, size_t want)
{
	size_t size = 0;
	const char *record = ring_next(&ring, &size);

	assert_non_null(record);
	assert_int_equal(size, want);
	for (size_t i = 0; i < want; i++)
		assert_int_equal(record[i], fill);
}

static void expect_none(void)
{
	size_t size;

	assert_null(ring_next(&ring, &size));
}

static void ring__records__come_in_the_order_of_their_room(void **state)
{
	uint64_t a = reserve(72), b = reserve(168);

	(void)state;
	submit(b, 'b');
	expect_none();
	submit(a, 'a');
	expect('a', 72);
	expect('b', 168);
	expect_none();
}

static void ring__a_discarded_record__is_passed_over(void **state)
{
	uint64_t a = reserve(72), b = reserve(80);

	(void)state;
	head_at(a)->is_void = 1;
	submit(a, 'a');
	submit(b, 'b');
	expect('b', 80);
	expect_none();
}

static void ring__a_record_at_the_end__goes_on_in_the_spill(void **state)
{
	uint64_t a, b;

	(void)state;
	begin_at(7 * SIZE - 32);
	a = reserve(60000);
	b = reserve(8);
	submit(a, 'a');
	submit(b, 'b');
	expect('a', 60000);
	expect('b', 8);
	expect_none();
}

static void ring__bytes_of_a_packet__are_no_stamp(void **state)
{
	uint64_t a;

	(void)state;
	begin_at(SIZE);
	/* all that a sender could know: the position, alone, and what stood here one lap before */
	a = reserve(72);
	head_at(a)->stamp = a;
	expect_none();
	head_at(a)->stamp = (a - SIZE) ^ KEY;
	expect_none();
	submit(a, 'a');
	expect('a', 72);
}

static void ring__a_size_beyond_what_was_written__is_left_out(void **state)
{
	uint64_t a = reserve(72), b;

	(void)state;
	submit(a, 'a');
	head_at(a)->size = 1u << 30;
	expect_none();
	assert_int_equal(ring.at, at);
	b = reserve(80);
	submit(b, 'b');
	expect('b', 80);
}

static void ring__room__is_given_back_in_batches_and_at_the_end(void **state)
{
	uint64_t first = reserve(8), begin;

	(void)state;
	submit(first, 'a');
	expect('a', 8);
	assert_int_equal(memory->taken, 0);
	begin = reserve(8192);
	submit(begin, 'b');
	expect('b', 8192);
	submit(reserve(8), 'c');
	expect('c', 8); /* asking for it gives back what is before */
	assert_int_equal(memory->taken, begin + sizeof(struct xcap_ring_head) + 8192);
	ring_release(&ring);
	assert_int_equal(memory->taken, at);
}

static void ring__is_full__when_what_was_not_taken_and_the_record_exceed_it(void **state)
{
	(void)state;
	assert_false(xcap_ring_is_full(SIZE - 88, 88, 0, SIZE));
	assert_true(xcap_ring_is_full(SIZE - 80, 88, 0, SIZE));
	assert_false(xcap_ring_is_full(9 * SIZE, SIZE, 9 * SIZE, SIZE));
	assert_true(xcap_ring_is_full(9 * SIZE, 8, 8 * SIZE, SIZE));
}

/* A probe was held up between its looks at both positions: its end is old, the ring empty. */
static void ring__an_end_that_is_behind_the_reader__is_no_full_ring(void **state)
{
	(void)state;
	assert_false(xcap_ring_is_full(SIZE, 88, 5 * SIZE, SIZE));
	assert_false(xcap_ring_is_full(0, 88, 96, SIZE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ring__records__come_in_the_order_of_their_room),
		TEST(ring__a_discarded_record__is_passed_over),
		TEST(ring__a_record_at_the_end__goes_on_in_the_spill),
		TEST(ring__bytes_of_a_packet__are_no_stamp),
		TEST(ring__a_size_beyond_what_was_written__is_left_out),
		TEST(ring__is_full__when_what_was_not_taken_and_the_record_exceed_it),
		TEST(ring__an_end_that_is_behind_the_reader__is_no_full_ring),
		TEST(ring__room__is_given_back_in_batches_and_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
