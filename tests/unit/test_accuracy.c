/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/accuracy.h"
#include "render/agreement.h"
#include "render_fixture.h"

/* One tick: packets of 100 bytes, of the device with those it dropped. Returns the difference, or sets @compared false. */
static struct difference tick(struct accuracy *accuracy, bool compared, struct count device, uint64_t dropped,
                              struct count told)
{
	const struct accuracy_reading now = { .device = device, .dropped = dropped, .told = told };
	struct difference difference = { 0, 0 };

	assert_int_equal(accuracy_compare(accuracy, &now, &difference), compared);
	return difference;
}

static struct count packets(uint64_t n)
{
	return (struct count){ n, n * 100 };
}

#define EXPECT(tick, more_packets, more_bytes)                                                                         \
	do {                                                                                                           \
		const struct difference got = (tick);                                                                  \
		assert_int_equal(got.packets, more_packets);                                                           \
		assert_int_equal(got.bytes, more_bytes);                                                               \
	} while (0)

static void the_first_tick_has_nothing_to_be_compared_with(void **state)
{
	struct accuracy accuracy = { .read = false };

	EXPECT(tick(&accuracy, false, packets(100), 0, packets(7)), 0, 0);
}

static void a_quiet_interface_is_compared_exactly(void **state)
{
	static const struct {
		struct count told;
		int64_t packets, bytes;
	} cases[] = {
		{ { 100, 10000 }, 0, 0 },  { { 101, 10000 }, 1, 0 },      { { 99, 10000 }, -1, 0 },
		{ { 100, 9999 }, 0, -1 },  { { 100, 10001 }, 0, 1 },      { { 0, 0 }, -100, -10000 },
		{ { 99, 10066 }, -1, 66 }, { { 200, 9000 }, 100, -1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct accuracy accuracy = { .read = false };

		(void)tick(&accuracy, false, packets(100), 0, cases[i].told);
		EXPECT(tick(&accuracy, true, packets(100), 0, cases[i].told), cases[i].packets, cases[i].bytes);
		EXPECT(tick(&accuracy, true, packets(100), 0, cases[i].told), cases[i].packets, cases[i].bytes);
	}
}

/* What passes between the two readings, whichever is ahead, is no difference. */
static void packets_on_their_way_are_no_difference(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(100), 0, packets(130));
	EXPECT(tick(&accuracy, true, packets(200), 0, packets(230)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(230), 0, packets(200 + 45)), 0, 0);
	/* the device counted first, and the softirq is late */
	EXPECT(tick(&accuracy, true, packets(300), 0, packets(260)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(310), 0, packets(300)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(310), 0, packets(310)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(310), 0, packets(310)), 0, 0);
}

/* 10 of 100 are missed each tick: seen when there are more of them than pass in a tick, and from then on at least so many. */
static void what_is_missed_on_a_busy_interface_is_seen_in_the_end(void **state)
{
	struct accuracy accuracy = { .read = false };
	int64_t last = 0;

	(void)tick(&accuracy, false, packets(0), 0, packets(0));
	for (uint64_t i = 1; i <= 30; i++) {
		struct difference now = tick(&accuracy, true, packets(100 * i), 0, packets(90 * i));

		assert_true(now.packets <= 0 && now.packets >= -10 * (int64_t)i);
		assert_true(now.packets <= last);
		last = now.packets;
	}
	assert_int_equal(last, 29 * 100 * -1 + 30 * 90);
}

static void what_is_counted_twice_is_seen_in_the_end(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(0), 0, packets(0));
	EXPECT(tick(&accuracy, true, packets(100), 0, packets(200)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(150), 0, packets(300)), 50, 5000);
	EXPECT(tick(&accuracy, true, packets(150), 0, packets(300)), 150, 15000);
}

/* A device tells no bytes of what it dropped: the packets are compared, the bytes when a quiet tick has shown how many they were. */
static void dropped_packets_have_bytes_that_the_kernel_does_not_tell(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(100), 0, packets(100));
	EXPECT(tick(&accuracy, true, (struct count){ 130, 10000 }, 30, packets(130)), 0, 0);
	EXPECT(tick(&accuracy, true, (struct count){ 130, 10000 }, 30, packets(130)), 0, 0);
	assert_false(accuracy.owing);
	assert_int_equal(accuracy.dropped_bytes, 3000);
	/* from then on every byte counts again */
	EXPECT(tick(&accuracy, true, (struct count){ 131, 10100 }, 30, (struct count){ 131, 13101 }), 0, 0);
	EXPECT(tick(&accuracy, true, (struct count){ 131, 10100 }, 30, (struct count){ 131, 13101 }), 0, 1);
	/* and the next drop is one more unknown */
	EXPECT(tick(&accuracy, true, (struct count){ 132, 10100 }, 31, (struct count){ 132, 13200 }), 0, 1);
	assert_true(accuracy.owing);
}

/* A veth whose other end is not up yet drops what it is given: that was before the first tick. */
static void what_was_dropped_before_the_first_tick_is_no_difference(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, (struct count){ 1, 0 }, 1, (struct count){ 1, 90 });
	EXPECT(tick(&accuracy, true, (struct count){ 2, 100 }, 1, (struct count){ 2, 190 }), 0, 0);
	EXPECT(tick(&accuracy, true, (struct count){ 2, 100 }, 1, (struct count){ 2, 190 }), 0, 0);
	assert_int_equal(accuracy.dropped_bytes, 90);
}

/* A burst hides nothing that is known, and disproves nothing. */
static void what_is_known_stays_while_packets_flow(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(100), 0, packets(90));
	EXPECT(tick(&accuracy, true, packets(100), 0, packets(90)), -10, -1000);
	EXPECT(tick(&accuracy, true, packets(9100), 0, packets(9090)), -10, -1000);
	EXPECT(tick(&accuracy, true, packets(9200), 0, packets(9300)), -10, -1000);
	/* the missing came after all */
	EXPECT(tick(&accuracy, true, packets(9300), 0, packets(9300)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(9300), 0, packets(9300)), 0, 0);
}

/* What was known before a drop is not taken for bytes of the dropped. */
static void a_drop_explains_no_older_difference(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(100), 0, (struct count){ 100, 9986 });
	EXPECT(tick(&accuracy, true, packets(100), 0, (struct count){ 100, 9986 }), 0, -14);
	EXPECT(tick(&accuracy, true, (struct count){ 101, 10000 }, 1, (struct count){ 101, 10086 }), 0, -14);
	EXPECT(tick(&accuracy, true, (struct count){ 101, 10000 }, 1, (struct count){ 101, 10086 }), 0, -14);
	assert_false(accuracy.owing);
	assert_int_equal(accuracy.dropped_bytes, 100);
}

/* A veth loses its peer and with it the peer's counters; rule: a decrease is a reset. */
static void a_counter_that_went_back_begins_anew(void **state)
{
	struct accuracy accuracy = { .read = false };

	(void)tick(&accuracy, false, packets(100), 0, packets(100));
	EXPECT(tick(&accuracy, false, packets(40), 0, packets(100)), 0, 0);
	EXPECT(tick(&accuracy, true, packets(40), 0, packets(100)), 60, 6000);
}

/* ---- of a snapshot */

static const struct interface *box_links(const struct snapshot *snap)
{
	return snap->namespaces[1].interfaces;
}

static struct traffic *of(const struct interface *interface)
{
	return (struct traffic *)&interface->traffic;
}

static void text_is(const struct agreement *agreement, const char *want)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	agreement_put(&text, agreement);
	assert_string_equal(text.data ? text.data : "", want);
}

static void the_worst_of_a_node_is_named(void **state)
{
	const struct snapshot *snap = fixture_node();
	struct traffic *eth0 = of(&box_links(snap)[0]);
	struct traffic *eth1 = of(&box_links(snap)[1]);
	struct traffic *bridge = (struct traffic *)&snap->bridges[0].traffic;
	size_t compared = snapshot_agreement(snap).compared;
	struct agreement agreement;

	eth0->difference[RECEIVE] = (struct difference){ 2, -300 };
	agreement = snapshot_agreement(snap);
	assert_int_equal(agreement.compared, compared);
	assert_int_equal(agreement.largest.packets, 2);
	assert_int_equal(agreement.largest.bytes, 300);
	text_is(&agreement, "eth0 of box: receive +2 packets -300 bytes");

	eth1->difference[RECEIVE] = (struct difference){ 0, 1 };
	eth1->difference[TRANSMIT] = (struct difference){ -5, 0 };
	agreement = snapshot_agreement(snap);
	assert_int_equal(agreement.largest.packets, 5);
	assert_int_equal(agreement.largest.bytes, 300);
	text_is(&agreement, "eth1 of box: receive +0 packets +1 bytes, transmit -5 packets +0 bytes");

	bridge->difference[TRANSMIT] = (struct difference){ 0, 1000000 }; /* packets come first */
	agreement = snapshot_agreement(snap);
	assert_int_equal(agreement.largest.bytes, 1000000);
	assert_ptr_equal(agreement.interface, &box_links(snap)[1]);
	bridge->difference[TRANSMIT].packets = -6;
	agreement = snapshot_agreement(snap);
	text_is(&agreement, "bridge docker0: transmit -6 packets +1000000 bytes");
	bridge->compared = false;
	agreement = snapshot_agreement(snap);
	assert_int_equal(agreement.compared, compared - 1);
	assert_int_equal(agreement.largest.packets, 5);
}

static void where_nothing_differs_nothing_is_named(void **state)
{
	const struct snapshot *snap = fixture_node();
	struct traffic *gone = of(&snap->namespaces[5].interfaces[0]);
	struct agreement agreement;

	gone->difference[RECEIVE].packets = 7; /* as it was before it went */
	agreement = snapshot_agreement(snap);
	assert_int_equal(agreement.compared, 4);
	assert_int_equal(agreement.largest.packets, 0);
	text_is(&agreement, "");
}

static void a_difference_in_bytes_alone_is_one(void **state)
{
	const struct snapshot *snap = fixture_node();
	struct agreement agreement;

	of(&box_links(snap)[1])->difference[TRANSMIT].bytes = -14;
	agreement = snapshot_agreement(snap);
	text_is(&agreement, "eth1 of box: transmit +0 packets -14 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_tick_has_nothing_to_be_compared_with),
		cmocka_unit_test(a_quiet_interface_is_compared_exactly),
		cmocka_unit_test(packets_on_their_way_are_no_difference),
		cmocka_unit_test(what_is_missed_on_a_busy_interface_is_seen_in_the_end),
		cmocka_unit_test(what_is_counted_twice_is_seen_in_the_end),
		cmocka_unit_test(dropped_packets_have_bytes_that_the_kernel_does_not_tell),
		cmocka_unit_test(what_was_dropped_before_the_first_tick_is_no_difference),
		cmocka_unit_test(what_is_known_stays_while_packets_flow),
		cmocka_unit_test(a_drop_explains_no_older_difference),
		cmocka_unit_test(a_counter_that_went_back_begins_anew),
		cmocka_unit_test(the_worst_of_a_node_is_named),
		cmocka_unit_test(where_nothing_differs_nothing_is_named),
		cmocka_unit_test(a_difference_in_bytes_alone_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
