/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rows of a snapshot a Prometheus text has: rows with the same labels, and more rows than fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "model/choice.h"
#include "prom_checks.h"
#include "render/prom.h"
#include "render/prom_labels.h"
#include "render_fixture.h"

/* One life of a container "box" in the namespace 4026532396: the same labels every time, but its own id. */
struct life {
	struct owner owner;
	struct interface link;
	char id[16];
};

static struct netns live(struct life *life, uint64_t scale, bool gone)
{
	struct netns ns;

	(void)snprintf(life->id, sizeof(life->id), "id%u", (unsigned int)scale);
	life->owner = fixture_owner(OWNER_DOCKER, "box", life->id, "");
	life->link = fixture_veth("eth0", 3, "veth1", 4);
	life->link.traffic = fixture_split(scale);
	ns = fixture_netns(4026532396, &life->owner, 1);
	ns.birth = scale;
	ns.gone = gone;
	fixture_links(&ns, &life->link, 1);
	return ns;
}

#define BOX_PACKETS "ctnet_receive_packets_total{netns=\"4026532396\",owner=\"box\",interface=\"eth0\"} "

/* An inode is handed out again at once, and a container started again has its name. */
static void gone_rows_add_up_and_the_successor_waits(void **state)
{
	struct life lives[4];
	struct netns rows[4];
	struct snapshot snap = { .namespaces = rows, .namespace_count = 4 };
	struct prom_own lost = { 0 };
	struct buf text;

	rows[0] = live(&lives[0], 1, true);
	rows[1] = live(&lives[1], 20, true);
	rows[2] = live(&lives[2], 300, true);
	rows[3] = live(&lives[3], 4000, false);
	text = render(&snap, NO_LIMIT, &lost);
	assert_true(has_line(&text, BOX_PACKETS "32100"));
	assert_int_equal(lines(&text, "ctnet_netns_info"), 1); /* else a join on netns and owner is not unique */
	assert_false(has_duplicates(&text));
	assert_int_equal(lost.series, 0); /* what waits is in the next text */
	buf_free(&text);

	/* the next text: those that were gone are dropped by the model */
	snap.namespaces = &rows[3];
	snap.namespace_count = 1;
	text = render(&snap, NO_LIMIT, &lost);
	assert_true(has_line(&text, BOX_PACKETS "400000"));
	assert_non_null(strstr(text.data, "container_id=\"id4000\""));
	assert_int_equal(lost.series, 0);
	buf_free(&text);
}

static void successor_waits_wherever_it_is_sorted(void **state)
{
	struct life lives[2];
	struct netns rows[2];
	const struct snapshot snap = { .namespaces = rows, .namespace_count = 2 };
	struct buf text;

	rows[0] = live(&lives[0], 5, false);
	rows[1] = live(&lives[1], 70, true);
	text = render_all(&snap);
	assert_true(has_line(&text, BOX_PACKETS "7000"));
	assert_non_null(strstr(text.data, "container_id=\"id70\""));
	assert_int_equal(lines(&text, "ctnet_netns_info"), 1);
	assert_false(has_duplicates(&text));
	buf_free(&text);
}

static void interface_made_anew_in_its_namespace_waits(void **state)
{
	struct interface links[2];
	struct life life;
	struct netns ns = live(&life, 5, false);
	const struct snapshot snap = { .namespaces = &ns, .namespace_count = 1 };
	struct buf text;

	links[0] = life.link;
	links[0].gone = true;
	links[1] = fixture_veth("eth0", 7, "veth2", 8);
	links[1].traffic = fixture_split(60);
	fixture_links(&ns, links, 2);
	text = render_all(&snap);
	assert_true(has_line(&text, BOX_PACKETS "500"));
	assert_false(has_duplicates(&text));
	assert_int_equal(lines(&text, "ctnet_interface_info"), 1);
	buf_free(&text);
}

/* Whatever a snapshot holds, no series is there twice. */
static void hostile_twins_give_no_series_twice(void **state)
{
	static const struct source sources[] = {
		{ .name = "docker", .state = "ok", .detail = "", .up = true },
		{ .name = "docker", .state = "ok", .detail = "", .up = false },
	};
	static const struct loss losses[] = { { "a", 1 }, { "a", 2 }, { "series", 9 } };
	struct owner owners[3];
	struct interface links[4];
	struct netns rows[4];
	struct bridge bridges[2];
	const struct snapshot snap = {
		.namespaces = rows,
		.namespace_count = 4,
		.bridges = bridges,
		.bridge_count = 2,
		.sources = sources,
		.source_count = 2,
		.losses = losses,
		.loss_count = 3,
	};
	struct prom_own lost = { 0 };
	struct buf text;

	for (size_t i = 0; i < 3; i++)
		owners[i] = fixture_owner(OWNER_DOCKER, "box", "same", "same");
	for (size_t i = 0; i < 4; i++) {
		links[i] = fixture_veth(i < 2 ? "" : "eth0", 2, "veth1", 4);
		links[i].traffic = fixture_split(1);
		rows[i] = fixture_netns(i < 2 ? 0 : 7, owners, 3);
		fixture_links(&rows[i], &links[i], 1);
	}
	fixture_bridge(&bridges[0]);
	fixture_bridge(&bridges[1]);
	text = render(&snap, NO_LIMIT, &lost);
	assert_false(has_duplicates(&text));
	assert_int_equal(lines(&text, "ctnet_receive_packets_total"), 2);
	assert_int_equal(lines(&text, "ctnet_netns_info"), 2);
	assert_int_equal(lines(&text, "ctnet_source_up"), 1);
	/* each twin: 5 totals, 4 for the wire, 4 for each of 7 classes, and 3 gauges; each bridge 4 */
	assert_int_equal(lost.series, 2 * (5 + 4 + 4 * 7 + 3) + 4);
	assert_true(has_line(&text, "ctnet_lost_total{what=\"series\"} 84"));
	buf_free(&text);
}

/* 1 info, and 3 gauges, 5 totals, 4 for the wire and 4 for each of 7 classes, for each of two interfaces. */
#define BOX_SERIES (1 + 2 * (3 + 5 + 4 + 4 * 7) + 1)

static size_t series_about(const struct buf *text, const char *label)
{
	size_t count = 0;

	for (const char *at = strstr(text->data, label); at; at = strstr(at + 1, label))
		count++;
	return count;
}

static void budget_leaves_out_whole_namespaces_and_counts_them(void **state)
{
	struct snapshot snap = *fixture_node();
	struct prom_own lost = { .series = 1000 };
	struct buf text;

	snap.namespaces++; /* the box first */
	snap.namespace_count--;
	text = render(&snap, BOX_SERIES, &lost);
	assert_int_equal(series_about(&text, "netns=\"4026532396\""), BOX_SERIES);
	assert_int_equal(series_about(&text, "netns=\"4026532400\""), 0);
	assert_true(lost.series > 1000);
	buf_free(&text);

	lost.series = 0;
	text = render(&snap, BOX_SERIES - 1, &lost);
	assert_int_equal(series_about(&text, "netns=\"4026532396\""), 0);
	assert_true(series_about(&text, "netns=\"4026532400\"") > 0); /* a smaller one behind still fits */
	assert_true(series_about(&text, "netns=\"") <= BOX_SERIES - 1);
	/* the agent's own are never left out */
	assert_true(has_line(&text, "ctnet_source_up{source=\"traffic\"} 1"));
	assert_int_equal(lines(&text, "ctnet_build_info"), 1);
	buf_free(&text);
}

static void budget_loses_exactly_what_is_missing(void **state)
{
	const struct snapshot *snap = fixture_node();
	_cleanup_buf_ struct buf whole = render_all(snap);
	size_t all = series_about(&whole, "netns=\"") + lines(&whole, "ctnet_bridge_");

	for (size_t max = 1; max <= all; max += 7) {
		struct prom_own lost = { 0 };
		struct buf text = render(snap, max, &lost);
		size_t written = series_about(&text, "netns=\"") + lines(&text, "ctnet_bridge_");

		assert_true(written <= max);
		assert_int_equal(written + lost.series, all);
		buf_free(&text);
	}
}

/* A newcomer must not end the series of one that has some, whatever inode it was given. */
static void the_youngest_find_no_room(void **state)
{
	struct life lives[3];
	struct netns rows[3];
	const struct snapshot snap = { .namespaces = rows, .namespace_count = 3 };
	static const uint64_t births[] = { 30, 10, 20 };
	struct prom_own lost = { 0 };
	struct buf text;
	size_t each;

	for (size_t i = 0; i < 3; i++) {
		rows[i] = live(&lives[i], births[i], false);
		rows[i].inode = 7 + i;
	}
	text = render(&snap, NO_LIMIT, &lost);
	each = series_about(&text, "netns=\"7\"");
	buf_free(&text);
	text = render(&snap, 2 * each, &lost);
	assert_int_equal(series_about(&text, "netns=\"7\""), 0);
	assert_int_equal(series_about(&text, "netns=\"8\""), each);
	assert_int_equal(series_about(&text, "netns=\"9\""), each);
	assert_int_equal(lost.series, each);
	buf_free(&text);
}

static struct buf render_how(const struct snapshot *snap, const char *labels, const struct choice *choice)
{
	struct prom_how how = { .max_series = NO_LIMIT, .choice = choice };
	struct prom_own own = { 0 };
	struct buf text = BUF_INIT;

	if (labels)
		assert_int_equal(series_labels_parse(labels, &how.labels, NULL), 0);
	assert_int_equal(prom_render(snap, &how, &own, &text), 0);
	assert_int_equal(own.series, 0); /* what nobody wants is no loss */
	assert_false(has_duplicates(&text));
	return text;
}

static void what_is_excluded_is_counted_and_not_told(void **state)
{
	const struct snapshot *snap = fixture_node();
	struct choice choice = { .count = 0 };
	struct buf text = render_how(snap, NULL, &choice);

	assert_true(has_line(&text, "ctnet_excluded{what=\"interfaces\"} 0"));
	assert_true(series_about(&text, "interface=\"eth1\"") > 0 && lines(&text, "ctnet_bridge_") > 0);
	buf_free(&text);

	assert_int_equal(choice_add(&choice, true, "interface=eth1", NULL), 0);
	text = render_how(snap, NULL, &choice);
	assert_true(has_line(&text, "ctnet_excluded{what=\"interfaces\"} 1"));
	assert_true(has_line(&text, "ctnet_excluded{what=\"netns\"} 0"));
	assert_int_equal(series_about(&text, "interface=\"eth1\""), 0);
	assert_true(series_about(&text, "interface=\"eth0\"") > 0);
	buf_free(&text);

	assert_int_equal(choice_add(&choice, true, "bridge=docker0", NULL), 0);
	text = render_how(snap, NULL, &choice);
	assert_int_equal(series_about(&text, "interface=\"eth1\""), 0);
	assert_int_equal(series_about(&text, "bridge=\"docker0\""), 0);
	assert_int_equal(lines(&text, "ctnet_excluded"), 3);
	assert_true(has_line(&text, "ctnet_excluded{what=\"bridges\"} 1"));
	assert_true(has_line(&text, "ctnet_excluded{what=\"interfaces\"} 3"));
	assert_true(has_line(&text, "ctnet_excluded{what=\"netns\"} 2"));
	buf_free(&text);
}

static void series_have_the_labels_that_are_asked_for(void **state)
{
	struct life life;
	struct netns ns = live(&life, 5, false);
	const struct snapshot snap = { .namespaces = &ns, .namespace_count = 1 };
	struct buf text;

	fixture_on_bridge(&life.link, "docker0");
	text = render_how(&snap, "interface,netns", NULL);
	assert_true(has_line(&text, "ctnet_receive_packets_total{netns=\"4026532396\",interface=\"eth0\"} 500"));
	assert_int_equal(lines(&text,
	                       "ctnet_interface_info{netns=\"4026532396\",owner=\"box\",interface=\"eth0\",host"),
	                 1);
	buf_free(&text);
	text = render_how(&snap, "netns,owner,interface,kind,bridge,host_interface,container_id", NULL);
	assert_true(has_line(&text,
	                     "ctnet_receive_packets_total{netns=\"4026532396\",owner=\"box\",interface=\"eth0\","
	                     "host_interface=\"veth1\",bridge=\"docker0\",kind=\"docker\",container_id=\"id5\"} 500"));
	assert_int_equal(lines(&text,
	                       "ctnet_interface_info{netns=\"4026532396\",owner=\"box\",interface=\"eth0\",host"),
	                 1);
	buf_free(&text);
}

/* Without the owner, two that had the same namespace number one after the other are one series. */
static void a_label_less_makes_no_series_twice(void **state)
{
	struct life lives[2];
	struct netns rows[2];
	const struct snapshot snap = { .namespaces = rows, .namespace_count = 2 };
	struct buf text;

	rows[0] = live(&lives[0], 5, true);
	rows[1] = live(&lives[1], 70, false);
	rows[1].name = "other";
	text = render_how(&snap, "netns,interface", NULL);
	assert_int_equal(lines(&text, "ctnet_receive_packets_total{"), 1);
	assert_true(has_line(&text, "ctnet_receive_packets_total{netns=\"4026532396\",interface=\"eth0\"} 500"));
	buf_free(&text);
	text = render_how(&snap, "netns,owner,interface,container_id", NULL);
	assert_int_equal(lines(&text, "ctnet_receive_packets_total{"), 2);
	buf_free(&text);
}

static void lists_of_labels_are_checked(void **state)
{
	static const struct {
		const char *list, *why;
	} cases[] = {
		{ "", "not a list of labels" },
		{ "netns,", "not a list of labels" },
		{ "netns, interface", "not a list of labels" },
		{ "netns,interface,mac", "not a list of labels (there are netns,owner,interface,host_interface,bridge,"
		                         "kind,container_name,container_id,image,pod_name,pod_namespace)" },
		{ "netns,netns,interface", "netns stands there twice; take one away" },
		{ "owner,interface", "without netns several counters would be one series" },
		{ "netns,owner", "without interface several counters would be one series" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fault why = { 0 };
		uint32_t labels = 77;

		assert_true(series_labels_parse(cases[i].list, &labels, &why) < 0);
		assert_memory_equal(why.text, cases[i].why, strlen(cases[i].why));
		assert_int_equal(labels, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gone_rows_add_up_and_the_successor_waits),
		cmocka_unit_test(successor_waits_wherever_it_is_sorted),
		cmocka_unit_test(interface_made_anew_in_its_namespace_waits),
		cmocka_unit_test(hostile_twins_give_no_series_twice),
		cmocka_unit_test(budget_leaves_out_whole_namespaces_and_counts_them),
		cmocka_unit_test(budget_loses_exactly_what_is_missing),
		cmocka_unit_test(the_youngest_find_no_room),
		cmocka_unit_test(what_is_excluded_is_counted_and_not_told),
		cmocka_unit_test(series_have_the_labels_that_are_asked_for),
		cmocka_unit_test(a_label_less_makes_no_series_twice),
		cmocka_unit_test(lists_of_labels_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
