/* SPDX-License-Identifier: GPL-2.0-only */
/* The wiring when events are lost, and when there is much of everything. */
#include "wiring_lab.h"

#include <sys/socket.h>

/* Room for one event or two: whatever happens without a dispatch in between is lost. */
static void make_deaf(const struct wiring *wiring)
{
	int size = 0;

	assert_int_equal(setsockopt(wiring_fd(wiring), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
}

static void lost_events_are_made_up_for(void **state)
{
	struct wiring *wiring;
	uint64_t kept;

	run("ip netns add a; ip netns add b; ip netns add c");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip link add h1 type veth peer name eth0 netns b");
	wiring = open_wiring();
	kept = link_named(wiring, NSID_HERE, "h0")->birth;
	forget_told();
	make_deaf(wiring);
	run("for i in 1 2 3 4 5 6 7 8; do ip link set h0 mtu 130$i; done");
	run("ip link del h1; ip link add h2 type veth peer name eth0 netns c; ip link set h2 up");
	run("ip -n a addr add 10.7.0.1/24 dev eth0; ip -n a link set eth0 up");
	run("ip netns del b");
	follow(wiring);
	assert_true(wiring_overruns(wiring) >= 1);
	assert_true(was_told("changed -1 h0>h0"));
	assert_true(was_told("vanished -1 h1"));
	assert_true(was_told("appeared -1 h2"));
	assert_int_equal(link_named(wiring, NSID_HERE, "h0")->birth, kept);
	assert_int_equal(link_named(wiring, NSID_HERE, "h0")->mtu, 1308);
	table_as_ip(wiring, NULL);
	table_as_ip(wiring, "a");
	table_as_ip(wiring, "c");
	assert_true(view_of(wiring, nsid_of(wiring, "a"))->address_count >= 1);
	wiring_free(wiring);
}

/* No link of ours leads to it, only the list of nsids does. */
static void namespace_without_a_host_end_is_found_after_a_loss(void **state)
{
	struct wiring *wiring;

	run("ip netns add a; ip link add p0 type veth peer name p1");
	wiring = open_wiring();
	make_deaf(wiring);
	run("for i in 1 2 3 4 5 6 7 8; do ip link set p0 mtu 130$i; done");
	run("ip link add link p0 name m0 type macvlan mode bridge; ip link set m0 netns a");
	follow(wiring);
	assert_true(wiring_overruns(wiring) >= 1);
	table_as_ip(wiring, "a");
	assert_non_null(link_named(wiring, nsid_of(wiring, "a"), "m0"));
	wiring_free(wiring);
}

/* Same index and same name, but its other end is another link: made anew. */
static void link_replaced_unseen_is_another(void **state)
{
	struct wiring *wiring;
	struct link before;

	run("ip netns add a");
	run("ip link add index 50 name h0 type veth peer name eth0 netns a index 2 address 02:00:00:00:00:01");
	wiring = open_wiring();
	before = *link_named(wiring, 0, "eth0");
	forget_told();
	make_deaf(wiring);
	run("ip link del h0");
	run("ip link add index 51 name h0 type veth peer name eth0 netns a index 2 address 02:00:00:00:00:01");
	run("for i in 1 2 3 4 5 6 7 8; do ip link set h0 mtu 130$i; done");
	follow(wiring);
	assert_true(wiring_overruns(wiring) >= 1);
	assert_true(was_told("vanished 0 eth0"));
	assert_true(was_told("appeared 0 eth0"));
	assert_int_equal(link_named(wiring, 0, "eth0")->index, before.index);
	assert_true(link_named(wiring, 0, "eth0")->birth > before.birth);
	wiring_free(wiring);
}

/* While changes go on as fast as a shell can make them, the tables end up as the kernel has it. */
static void tables_are_right_after_a_storm(void **state)
{
	struct wiring *wiring;

	run("ip netns add a; ip netns add b");
	run("ip link add h0 type veth peer name eth0 netns a");
	wiring = open_wiring();
	run("( for i in $(seq 60); do"
	    "   ip link add s$i type veth peer name t$i; ip link set t$i netns a name u$i;"
	    "   [ $((i %% 2)) = 0 ] || ip link set s$i netns b;"
	    "   [ $((i %% 3)) != 0 ] || ip -n a link del u$i;"
	    " done; : >/run/netns/.done ) >/dev/null 2>&1 &");
	while (access("/run/netns/.done", F_OK) != 0) {
		await_some(wiring, 20);
		follow(wiring);
	}
	follow(wiring);
	run("rm /run/netns/.done");
	table_as_ip(wiring, NULL);
	table_as_ip(wiring, "a");
	table_as_ip(wiring, "b");
	for (size_t i = 0; i < view_of(wiring, NSID_HERE)->link_count; i++) {
		const struct link *host = &view_of(wiring, NSID_HERE)->links[i];
		const struct link *inner = wiring_find(wiring, host->peer_nsid, host->peer_index);

		if (host->kind == LINK_VETH) {
			assert_int_equal(inner->peer_index, host->index);
			assert_int_equal(inner->peer_nsid, NSID_HERE);
		}
	}
	wiring_free(wiring);
}

static void write_batch(const char *path, const char *format, int count)
{
	_cleanup_fclose_ FILE *file = fopen(path, "we");

	assert_non_null(file);
	for (int i = 0; i < count; i++)
		for (const char *at = format; *at; at++) {
			if (*at == '#')
				(void)fprintf(file, "%d", i);
			else
				(void)fputc(*at, file);
		}
}

#define MANY 1000

static void measure_a_thousand_pairs(void **state)
{
	const struct link_stats *stats;
	const struct ns_links *view;
	struct wiring *wiring;
	double begin;
	size_t count;

	run("ip netns add a");
	write_batch("/run/netns/.batch", "link add h# type veth peer name p# netns a\n", MANY);
	run("ip -batch /run/netns/.batch && rm /run/netns/.batch");
	begin = seconds_now();
	wiring = open_wiring();
	printf("# measured: open and first look, %d pairs: %.1f ms\n", MANY, (seconds_now() - begin) * 1e3);
	begin = seconds_now();
	assert_int_equal(wiring_stats(wiring, &stats, &count), 0);
	printf("# measured: counters of %zu links: %.1f ms\n", count, (seconds_now() - begin) * 1e3);
	assert_int_equal(count, MANY + 1);
	view = view_of(wiring, NSID_HERE);
	assert_int_equal(view->link_count, MANY + 1);
	for (size_t i = 1; i < count; i++)
		assert_int_equal(stats[i].index, view->links[i].index);
	assert_int_equal(view_of(wiring, 0)->link_count, MANY + 1);
	write_batch("/run/netns/.batch", "link set h# mtu 1400\n", MANY);
	run("ip -batch /run/netns/.batch && rm /run/netns/.batch");
	begin = seconds_now();
	follow(wiring);
	printf("# measured: %d events taken: %.1f ms\n", MANY, (seconds_now() - begin) * 1e3);
	assert_int_equal(wiring_overruns(wiring), 0);
	table_as_ip(wiring, NULL);
	run("ip netns del a");
	while (view_of(wiring, NSID_HERE)->link_count > 1) {
		assert_true(await_some(wiring, WAIT_MS));
		follow(wiring);
	}
	assert_null(view_of(wiring, 0));
	wiring_free(wiring);
}

#define SPACES 100

static void measure_a_hundred_namespaces(void **state)
{
	struct wiring *wiring;
	double begin;
	size_t count;

	run("for i in $(seq 0 %d); do ip netns add n$i; done", SPACES - 1);
	write_batch("/run/netns/.batch", "link add h# type veth peer name eth0 netns n#\n", SPACES);
	run("ip -batch /run/netns/.batch && rm /run/netns/.batch");
	begin = seconds_now();
	wiring = open_wiring();
	printf("# measured: open and first look, %d namespaces: %.1f ms\n", SPACES, (seconds_now() - begin) * 1e3);
	(void)wiring_links(wiring, &count);
	assert_int_equal(count, SPACES + 1);
	for (int i = 0; i < SPACES; i += 33) {
		char name[16];

		(void)snprintf(name, sizeof(name), "n%d", i);
		table_as_ip(wiring, name);
	}
	begin = seconds_now();
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(wiring_dispatch(wiring), 0);
		assert_int_equal(wiring_refresh(wiring), 0);
	}
	printf("# measured: a dispatch and refresh with nothing new: %.2f us\n", (seconds_now() - begin) * 1e3);
	wiring_free(wiring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(lost_events_are_made_up_for),
		LAB_TEST(link_replaced_unseen_is_another),
		LAB_TEST(namespace_without_a_host_end_is_found_after_a_loss),
		LAB_TEST(tables_are_right_after_a_storm),
		LAB_TEST(measure_a_thousand_pairs),
		LAB_TEST(measure_a_hundred_namespaces),
	};

	if (lab_skips("wiring_loss"))
		return 0;
	return cmocka_run_group_tests_name("wiring_loss", tests, lab_enter, NULL);
}
