/* SPDX-License-Identifier: GPL-2.0-only */
/* Tree, unfolded rows, events, columns, recordings: the screens beside the plain table (test_screen.c). */
#include "top_screen.h"

static struct event event_of(enum ctnet_event_kind kind, const char *owner, uint64_t inode, double after)
{
	struct event event = { .time = 1764000000.25 + after, .exact = true };

	(void)snprintf(event.owner, sizeof(event.owner), "%s", owner);
	event.what = (struct lifecycle_event){ .kind = kind, .inode = inode, .time = 3000000000ULL };
	return event;
}

/* box (netns 4026532398, born at 3 s, host end 12) and what happened to it and others */
static void happen(struct top_node *n)
{
	struct event created = event_of(CTNET_CREATED, "box", 4026532398, 0);
	struct event joined = event_of(CTNET_JOINED, "", 4026531840, 0.01);
	struct event other = event_of(CTNET_DESTROYED, "build-4711", 4026532402, 1);

	created.what.birth = 3000000000ULL;
	created.what.duration = 1900000;
	created.what.pid = 812;
	(void)snprintf(created.what.comm, sizeof(created.what.comm), "dockerd");
	joined.what.ifindex = 12;
	(void)snprintf(joined.what.name, sizeof(joined.what.name), "veth2125892");
	(void)snprintf(joined.what.other_name, sizeof(joined.what.other_name), "docker0");
	other.exact = false;
	event_log_add(n->events, &created);
	event_log_add(n->events, &joined);
	event_log_add(n->events, &other);
}

/* ---- tree and interfaces */

static void tree_is_as_agreed(void **state)
{
	static const struct {
		size_t lines, columns;
		const char *golden;
	} sizes[] = { { 24, 80, "top_tree_80x24.txt" },
		      { 40, 120, "top_tree_120x40.txt" },
		      { 10, 40, "top_tree_40x10.txt" } };
	struct top_node *n = *state;

	press(n, "tX");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_frame_ struct frame frame = FRAME_UTF8;

		assert_golden(n, &frame, sizes[i].lines, sizes[i].columns, sizes[i].golden);
	}
}

static void bridge_in_the_tree_is_the_sum_of_its_namespaces(void **state)
{
	struct top_node *n = *state;

	press(n, "t");
	assert_shows(n, " - docker0 ");
	/* db 401 Mb/s and box 22 Mb/s; what is gone adds what it counted last */
	assert_shows(n, " 426 Mb/s  218 Mb/s ");
	assert_shows(n, " - on no bridge ");
}

static void bridge_folds_and_unfolds(void **state)
{
	struct top_node *n = *state;

	press(n, "t");
	assert_shows(n, "  db ");
	press(n, "x");
	assert_hides(n, "  db ");
	assert_shows(n, "+ docker0");
	assert_shows(n, "of 4");
	press(n, "\n"); /* Enter on a bridge does the same */
	assert_shows(n, "  db ");
	assert_int_equal(n->view.screen, VIEW_TABLE);
}

static void row_unfolds_to_its_interfaces_and_back(void **state)
{
	struct top_node *n = *state;

	assert_hides(n, "\n    eth0 ");
	press(n, "jx");
	assert_shows(n, "\n    eth0 ");
	press(n, "x");
	assert_hides(n, "\n    eth0 ");
	press(n, "X");
	assert_shows(n, "\n    eth0              veth ");
	press(n, "X");
	assert_hides(n, "\n    eth0 ");
}

static void fold_on_an_interface_leads_to_its_namespace(void **state)
{
	struct top_node *n = *state;

	press(n, "jxj");
	assert_int_equal(n->view.selected.interface, 2);
	press(n, "x");
	assert_int_equal(n->view.selected.interface, 0);
	assert_int_equal(n->view.selected.row.number, 4026532397); /* db */
	press(n, "xj\n");
	assert_int_equal(n->view.screen, VIEW_DETAIL);
	assert_int_equal(n->view.detail.number, 4026532397);
}

static void cursor_passes_over_those_who_share(void **state)
{
	struct top_node *n = *state;

	press(n, "jjj"); /* web-0, db, box (+side), calico */
	assert_int_equal(n->view.selected.row.number, 4026532399);
	press(n, "k");
	assert_int_equal(n->view.selected.row.number, 4026532398);
}

static void more_folds_than_are_kept_forget_the_first(void **state)
{
	struct folds folds = { .all = false };
	struct row_key key = { 1, 0 };

	(void)state;
	for (; key.number <= FOLDS_MAX + 1; key.number++)
		folds_turn(&folds, key);
	assert_int_equal(folds.count, FOLDS_MAX);
	assert_int_equal(folds.turned[0].number, 2);
	folds_turn(&folds, (struct row_key){ 5, 0 });
	assert_int_equal(folds.count, FOLDS_MAX - 1);
	folds_turn_all(&folds);
	assert_true(folds.all && folds.count == 0);
}

/* ---- events */

static void events_are_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	press(n, "e");
	assert_shows(n, "nothing was born, died or moved yet");
	happen(n);
	n->losses[1] = (struct loss){ "lifecycle_events", 0 };
	event_log_lost(n->events, &n->snap);
	n->losses[1].count = 12;
	event_log_lost(n->events, &n->snap);
	event_log_lost(n->events, &n->snap); /* no more than before */
	assert_golden(n, &frame, 24, 80, "top_events_80x24.txt");
}

static void events_stay_at_the_end_until_scrolled(void **state)
{
	struct top_node *n = *state;
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct event event = event_of(CTNET_CREATED, "", 7, 0);

	press(n, "e");
	for (event.what.inode = 1; event.what.inode <= 20; event.what.inode++)
		event_log_add(n->events, &event); /* keeps 8 */
	top_draw(n, &frame, 9, 80);
	assert_int_equal(n->view.scroll[VIEW_EVENTS].top, 3); /* 5 lines of 8 */
	(void)view_key(&n->view, 'k');
	event_log_add(n->events, &event);
	top_draw(n, &frame, 9, 80);
	assert_int_equal(n->view.scroll[VIEW_EVENTS].top, 2);
	assert_int_equal(event_log_first(n->events), 13);
}

static void filter_leaves_events_out_but_no_loss(void **state)
{
	struct top_node *n = *state;

	press(n, "e");
	happen(n);
	n->losses[1] = (struct loss){ "lifecycle_events", 0 };
	event_log_lost(n->events, &n->snap);
	n->losses[1].count = 1;
	event_log_lost(n->events, &n->snap);
	press(n, "/DOCKER !joined\n");
	assert_int_equal(n->view.screen, VIEW_EVENTS);
	assert_shows(n, "created      4026532398");
	assert_hides(n, "veth2125892");
	assert_hides(n, "build-4711");
	assert_shows(n, "! 1 event was lost here");
	assert_shows(n, "/DOCKER !joined  Esc back");
	press(n, "/\x15zzz\n");
	assert_hides(n, "created");
}

static void details_tell_the_events_of_the_namespace_alone(void **state)
{
	struct top_node *n = *state;

	happen(n);
	press(n, "jjl");
	assert_shows(n, " EVENTS");
	assert_shows(n, "created      4026532398  box  setup 1.9 ms  by dockerd (pid 812)");
	assert_shows(n, "veth2125892 (12) to docker0");
	assert_hides(n, "destroyed");
}

static void events_of_an_earlier_namespace_are_not_told_of_this_one(void **state)
{
	struct netns ns = { .inode = 5, .birth = 1000000000000ULL };
	struct event event = { .exact = true,
		               .what = { .kind = CTNET_CREATED, .inode = 5, .birth = 900, .time = 900 } };

	(void)state;
	assert_false(event_is_of(&event, &ns));
	event.what.birth = 0;
	assert_false(event_is_of(&event, &ns));
	event.what.time = ns.birth;
	assert_true(event_is_of(&event, &ns));
	event.what.kind = CTNET_DESTROYED; /* it lives */
	assert_false(event_is_of(&event, &ns));
	ns.gone = true;
	assert_true(event_is_of(&event, &ns));
	event.what.inode = 6;
	assert_false(event_is_of(&event, &ns));
	event.what.other_inode = 5;
	assert_true(event_is_of(&event, &ns));
}

/* ---- columns */

static void chooser_is_as_agreed_and_hides_columns(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	assert_shows(n, " ADDRESS ");
	press(n, "c");
	assert_golden(n, &frame, 24, 80, "top_columns_80x24.txt");
	for (int i = 0; i < COLUMN_ADDRESS; i++)
		(void)view_key(&n->view, 'j');
	assert_int_equal(view_key(&n->view, '\n'), VIEW_DRAW);
	assert_shows(n, "[ ] address");
	press(n, "h");
	assert_hides(n, " ADDRESS ");
	assert_shows(n, " HOST END "); /* of what is wanted, more has room */
}

static void name_cannot_be_hidden(void **state)
{
	struct top_node *n = *state;

	press(n, "c");
	assert_int_equal(view_key(&n->view, '\n'), VIEW_NOTHING);
	n->view.hidden = UINT32_MAX;
	press(n, "h");
	assert_shows(n, "OWNER");
	assert_shows(n, "shop/web-0");
}

/* ---- what is told of the screen itself */

static void recording_and_replay_are_told(void **state)
{
	struct top_node *n = *state;

	assert_hides(n, "RECORDING");
	n->screen.recording = true;
	assert_shows(n, "  RECORDING  2s");
	n->screen.recording = false;
	n->screen.played = 3;
	n->screen.to_play = 60;
	assert_shows(n, "  REPLAY 3/60 16:00:00  2s");
}

static void notice_stands_where_the_keys_are(void **state)
{
	struct top_node *n = *state;

	n->screen.notice = "saved in /root/.config/ctnet/top.conf";
	assert_shows(n, "\nsaved in /root/.config/ctnet/top.conf\n");
	assert_hides(n, "q quit");
}

static void path_is_drawn_as_far_as_it_is_known(void **state)
{
	struct top_node *n = *state;

	press(n, "jjl");
	assert_shows(n, "\n =  veth pair\n |  veth2125892     if 12    mtu 1500  up  port of docker0, forwarding");
	assert_shows(n, "+- this host (forwarding on), without a default route");
	n->screen.facts = NULL; /* of a recording */
	assert_shows(n, "+- this host (forwarding not known), its default routes could not be read");
	n->interfaces[2].gone = true;
	assert_shows(n, " eth0 (gone)  172.17.0.4/16  its other end was veth2125892");
}

#define on_node(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_node(tree_is_as_agreed),
		on_node(bridge_in_the_tree_is_the_sum_of_its_namespaces),
		on_node(bridge_folds_and_unfolds),
		on_node(row_unfolds_to_its_interfaces_and_back),
		on_node(fold_on_an_interface_leads_to_its_namespace),
		on_node(cursor_passes_over_those_who_share),
		cmocka_unit_test(more_folds_than_are_kept_forget_the_first),
		on_node(events_are_as_agreed),
		on_node(events_stay_at_the_end_until_scrolled),
		on_node(filter_leaves_events_out_but_no_loss),
		on_node(details_tell_the_events_of_the_namespace_alone),
		cmocka_unit_test(events_of_an_earlier_namespace_are_not_told_of_this_one),
		on_node(chooser_is_as_agreed_and_hides_columns),
		on_node(name_cannot_be_hidden),
		on_node(recording_and_replay_are_told),
		on_node(notice_stands_where_the_keys_are),
		on_node(path_is_drawn_as_far_as_it_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
