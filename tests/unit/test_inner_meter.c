/* SPDX-License-Identifier: GPL-2.0-only */
/* What a meter inside another namespace makes of the device's counters and our programs'. */
#include <string.h>

#include "observe/inner_meter.h"
#include "unit/unit.h"

static struct device_stats device(uint64_t rx, uint64_t tx)
{
	return (struct device_stats){ .rx_packets = rx, .rx_bytes = rx * 100, .tx_packets = tx, .tx_bytes = tx * 100 };
}

/* What our programs counted: TCP of @rx and @tx packets of 100 bytes, one of them of 3 segments where there are any. */
static void hooks(uint64_t rx, uint64_t tx, struct ctnet_counters ret[CTNET_HOOKS])
{
	const uint64_t packets[CTNET_HOOKS] = { [CTNET_INGRESS] = rx, [CTNET_EGRESS] = tx };

	memset(ret, 0, CTNET_HOOKS * sizeof(*ret));
	for (size_t hook = 0; hook < CTNET_HOOKS; hook++) {
		ret[hook].by_class[CTNET_IPV4_TCP].packets = packets[hook];
		ret[hook].by_class[CTNET_IPV4_TCP].bytes = packets[hook] * 100;
		ret[hook].more_segments = packets[hook] > 0 ? 2 : 0;
		ret[hook].more_wire_bytes = packets[hook] > 0 ? 2 * 54 : 0;
	}
}

static void pair(struct inner_meter *m, uint64_t device_rx, uint64_t device_tx, uint64_t rx, uint64_t tx)
{
	struct ctnet_counters counted[CTNET_HOOKS];
	struct device_stats stats = device(device_rx, device_tx);

	hooks(rx, tx, counted);
	inner_meter_pair(m, &stats, counted, counted, baseline_sample);
}

static void the_device_s_own_view_is_the_container_s(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_MACVLAN, .has_mac = true } };
	struct device_stats stats = device(7, 3);

	inner_meter_take(&m, &stats);
	assert_true(m.traffic.known && !m.traffic.split && !m.traffic.midlife);
	assert_int_equal(m.traffic.dir[RECEIVE].total.packets, 7);
	assert_int_equal(m.traffic.dir[TRANSMIT].total.bytes, 300);
	assert_int_equal(m.traffic.dir[RECEIVE].segments, 7);
	stats = device(2, 1); /* a driver that was reset: so are its totals */
	inner_meter_take(&m, &stats);
	assert_int_equal(m.traffic.dir[RECEIVE].total.packets, 2);
}

/* It counted for the host before it was moved. */
static void a_card_comes_with_a_past(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_OTHER, .has_mac = true } };
	struct device_stats stats = device(7, 3);

	inner_meter_take(&m, &stats);
	assert_true(m.traffic.midlife);
}

static void programs_add_the_split_and_no_total(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_MACVLAN, .has_mac = true } };
	struct counters *rx = &m.traffic.dir[RECEIVE];

	pair(&m, 10, 5, 0, 0);
	assert_true(m.traffic.split && m.traffic.midlife);
	pair(&m, 14, 6, 4, 1);
	assert_int_equal(rx->total.packets, 14);
	assert_int_equal(rx->by_class[CTNET_IPV4_TCP].packets, 4);
	assert_int_equal(rx->segments, 16);
	assert_int_equal(rx->wire_bytes, 1400 + 108);
}

/* The programs saw six packets after the device was last asked. */
static void the_tail_is_the_programs(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_MACVLAN, .has_mac = true } };
	struct inner_meter ended;
	struct device_stats last = device(18, 6);
	struct ctnet_counters counted[CTNET_HOOKS];

	pair(&m, 10, 5, 0, 0);
	hooks(6, 1, counted);
	inner_meter_count(&m, counted);
	assert_int_equal(m.traffic.dir[RECEIVE].total.packets, 10); /* as long as it can be asked, the device is */
	ended = m;
	inner_meter_finish(&m);
	assert_int_equal(m.traffic.dir[RECEIVE].total.packets, 16);
	assert_int_equal(m.traffic.dir[RECEIVE].total.bytes, 1600);
	assert_int_equal(m.traffic.dir[TRANSMIT].total.packets, 6);

	ended.ended = true;
	inner_meter_take(&ended, &last);
	inner_meter_finish(&ended);
	assert_int_equal(ended.traffic.dir[RECEIVE].total.packets, 18);
}

/* What a device drops on the way out the hook has seen: no baseline, and not sent. */
static void what_the_device_drops_is_not_sent(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_TUN, .has_mac = true } };
	struct device_stats stats = device(0, 2);
	struct ctnet_counters counted[CTNET_HOOKS];

	stats.tx_dropped = 3;
	hooks(0, 5, counted);
	inner_meter_pair(&m, &stats, counted, counted, baseline_sample);
	assert_int_equal(m.traffic.dir[TRANSMIT].total.packets, 2);
	assert_int_equal(m.baseline[CTNET_EGRESS].value.packets, 0);
	assert_false(m.traffic.midlife);
}

/* 4 packets of 100 bytes at the hook are 86 each to the device. */
static void a_vlan_receives_without_the_header(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_VLAN, .has_mac = true } };
	struct device_stats stats = { .rx_packets = 4, .rx_bytes = 4 * 86 };
	struct ctnet_counters counted[CTNET_HOOKS];

	hooks(4, 0, counted);
	inner_meter_pair(&m, &stats, counted, counted, baseline_sample);
	assert_int_equal(m.baseline[CTNET_INGRESS].value.bytes, 0);
	assert_int_equal(m.traffic.dir[RECEIVE].total.bytes, 4 * 86);
	assert_int_equal(m.traffic.dir[RECEIVE].by_class[CTNET_IPV4_TCP].bytes, 4 * 86);
	assert_int_equal(m.traffic.dir[RECEIVE].wire_bytes, 400 + 108);
}

/* The device need not be asked again while that holds. */
static void one_is_quiet_while_device_and_programs_agree(void **state)
{
	struct inner_meter m = { .link = { .kind = LINK_MACVLAN, .has_mac = true } };
	struct ctnet_counters counted[CTNET_HOOKS];

	pair(&m, 10, 4, 0, 0);
	assert_false(m.quiet); /* not settled: the two may only seem to agree */
	pair(&m, 10, 4, 0, 0);
	assert_true(m.quiet);
	hooks(0, 0, counted);
	inner_meter_count(&m, counted);
	assert_true(m.quiet);
	hooks(1, 0, counted);
	inner_meter_count(&m, counted);
	assert_false(m.quiet);
	pair(&m, 11, 4, 1, 0);
	assert_true(m.quiet);
	pair(&m, 11, 6, 1, 0); /* sent past the hook */
	assert_false(m.quiet);
}

static void programs_stand_where_they_count_as_the_device_does(void **state)
{
	const struct link card = { .kind = LINK_OTHER, .has_mac = true };
	const struct link tun = { .kind = LINK_TUN };
	const struct link tap = { .kind = LINK_TUN, .has_mac = true };

	assert_false(inner_meter_attachable(&card));
	assert_false(inner_meter_attachable(&tun));
	assert_true(inner_meter_attachable(&tap));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_s_own_view_is_the_container_s),
		cmocka_unit_test(a_card_comes_with_a_past),
		cmocka_unit_test(programs_add_the_split_and_no_total),
		cmocka_unit_test(the_tail_is_the_programs),
		cmocka_unit_test(what_the_device_drops_is_not_sent),
		cmocka_unit_test(a_vlan_receives_without_the_header),
		cmocka_unit_test(one_is_quiet_while_device_and_programs_agree),
		cmocka_unit_test(programs_stand_where_they_count_as_the_device_does),
	};

	return cmocka_run_group_tests_name("inner_meter", tests, NULL, NULL);
}
