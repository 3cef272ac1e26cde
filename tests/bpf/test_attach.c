/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching and its opposite in both ways: nothing is left, not by a kill either, and what is counted equals the kernel's own
 * counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/pair.h"

/* ---------------------------------------------------------------- alone */

static void detaching_leaves_nothing(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;
	struct traffic_programs *programs = open_attached(mode);

	assert_int_equal(traffic_attached(programs), 1);
	assert_int_equal(traffic_attach(programs, host()), 0); /* again: nothing is added */
	assert_int_equal(tcx_programs(), mode == ATTACH_TCX ? 2 : 0);
	assert_int_equal(filters(), mode == ATTACH_TCX ? 0 : 2);
	assert_string_equal(traffic_mode_name(programs), mode == ATTACH_TCX ? "tcx" : "clsact");
	ping();
	assert_int_equal(pings_seen(programs), 10);
	traffic_detach(programs, host());
	assert_int_equal(traffic_attached(programs), 0);
	assert_int_equal(tcx_programs() + (unsigned int)filters(), 0);
	assert_false(has_qdisc());
	traffic_detach(programs, host()); /* not attached: accepted */
	traffic_free(programs);
}

static void freeing_detaches_what_is_attached(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;

	traffic_free(open_attached(mode));
	assert_int_equal(tcx_programs() + (unsigned int)filters(), 0);
	assert_false(has_qdisc());
}

static void the_last_counters_stay_when_the_interface_is_gone(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;
	struct traffic_programs *programs = open_attached(mode);
	struct ctnet_counters counters[CTNET_HOOKS];
	uint32_t index = host();

	ping();
	assert_int_equal(shell("ip link del host"), 0);
	assert_int_equal(traffic_read(programs, index, counters), 0);
	assert_int_equal(counters[CTNET_INGRESS].by_class[CTNET_IPV4_ICMP].packets, 10);
	traffic_detach(programs, index);
	assert_int_equal(traffic_read(programs, index, counters), -ENOENT);
	assert_int_equal(traffic_attach(programs, index), -ENODEV);
	assert_int_equal(traffic_attach(programs, 0), -ENODEV);
	assert_int_equal(traffic_attached(programs), 0);
	traffic_free(programs);
}

/* ---------------------------------------------------------------- what the dead leave, and the living */

static void killed_links_go_and_killed_filters_are_reclaimed(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;

	traffic_free(open_mode(mode)); /* skips where there is no such way */
	other_kill(other_start(mode));
	assert_int_equal(tcx_programs(), 0);
	assert_int_equal(filters(), mode == ATTACH_TCX ? 0 : 2);
	traffic_free(open_mode(ATTACH_AUTO)); /* whichever way the next one takes */
	assert_int_equal(filters(), 0);
	assert_false(has_qdisc());
}

static void filters_of_the_living_stay_and_those_of_the_dead_beside_them_go(void **state)
{
	struct other dead = other_start(ATTACH_CLSACT), living = other_start(ATTACH_CLSACT);

	assert_int_equal(filters(), 4);
	other_kill(dead);
	assert_int_equal(filters(), 4);
	traffic_free(open_mode(ATTACH_CLSACT));
	assert_int_equal(filters(), 2);
	traffic_free(open_mode(ATTACH_AUTO));
	assert_int_equal(filters(), 2);
	assert_true(has_qdisc());
	other_end(living);
	assert_int_equal(filters(), 0);
	assert_false(has_qdisc()); /* the first made it, the last takes it away */
}

static void a_seventeenth_process_is_told_so(void **state)
{
	struct traffic_programs *programs[16], *more = NULL;
	struct fault fault = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		programs[i] = open_mode(ATTACH_CLSACT);
	assert_int_equal(traffic_open(ATTACH_CLSACT, &more, &fault), -EADDRINUSE);
	assert_null(more);
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	assert_non_null(strstr(fault.text, "16 ctnet processes"));
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		traffic_free(programs[i]);
}

/* ---------------------------------------------------------------- the kernel's own counters */

/* @header: bytes of each packet that the device leaves out of what it received */
static void agrees_with_the_device(const struct traffic_programs *programs, const char *name, uint64_t header)
{
	struct ctnet_counters counters[CTNET_HOOKS];
	struct ctnet_count sum[CTNET_HOOKS] = { 0 };
	struct device_count device;

	assert_int_equal(traffic_read(programs, if_nametoindex(name), counters), 0);
	assert_true(device_read(name, &device));
	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		for (int i = 0; i < CTNET_CLASSES; i++) {
			sum[hook].packets += counters[hook].by_class[i].packets;
			sum[hook].bytes += counters[hook].by_class[i].bytes;
		}
	}
	assert_int_equal(sum[CTNET_INGRESS].packets, device.rx_packets);
	assert_int_equal(sum[CTNET_INGRESS].bytes, device.rx_bytes + header * device.rx_packets);
	assert_int_equal(sum[CTNET_EGRESS].packets, device.tx_packets + device.tx_dropped);
	assert_int_equal(sum[CTNET_EGRESS].bytes, device.tx_bytes);
	assert_true(device.rx_packets > 0 && device.tx_packets > 0);
}

/* Two guests on a bridge, counted from before the first packet: each port and the bridge itself, to the byte. */
static void counts_through_a_bridge_equal_the_devices(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;
	struct traffic_programs *programs = open_mode(mode);
	pid_t second = guest_start();

	assert_int_equal(shell("ip link add bridge0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0 && "
	                       "ip link add port1 type veth peer name eth1 netns %d && "
	                       "ip link add port2 type veth peer name eth1 netns %d",
	                       guest, second),
	                 0);
	assert_int_equal(traffic_attach(programs, if_nametoindex("bridge0")), 0);
	assert_int_equal(traffic_attach(programs, if_nametoindex("port1")), 0);
	assert_int_equal(traffic_attach(programs, if_nametoindex("port2")), 0);
	assert_int_equal(shell("ip addr add 10.1.0.1/24 dev bridge0 && ip link set port1 master bridge0 up && "
	                       "ip link set port2 master bridge0 up && ip link set bridge0 up && "
	                       "nsenter -t %d -n sh -c 'ip addr add 10.1.0.2/24 dev eth1 && ip link set eth1 up' && "
	                       "nsenter -t %d -n sh -c 'ip addr add 10.1.0.3/24 dev eth1 && ip link set eth1 up'",
	                       guest, second),
	                 0);
	assert_int_equal(shell("nsenter -t %d -n ping -q -c 50 -s 900 -i 0.002 10.1.0.3 >/dev/null", guest), 0);
	assert_int_equal(shell("ping -q -c 20 -i 0.002 10.1.0.3 >/dev/null"), 0);
	agrees_with_the_device(programs, "port1", 0);
	agrees_with_the_device(programs, "port2", 0);
	/* br_pass_frame_up() counts when the Ethernet header is taken off already, br_dev_xmit() before */
	agrees_with_the_device(programs, "bridge0", 14);
	traffic_free(programs);
	guest_end(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_both_modes(detaching_leaves_nothing),
		in_both_modes(freeing_detaches_what_is_attached),
		in_both_modes(the_last_counters_stay_when_the_interface_is_gone),
		in_both_modes(killed_links_go_and_killed_filters_are_reclaimed),
		on_a_pair(filters_of_the_living_stay_and_those_of_the_dead_beside_them_go),
		on_a_pair(a_seventeenth_process_is_told_so),
		in_both_modes(counts_through_a_bridge_equal_the_devices),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
