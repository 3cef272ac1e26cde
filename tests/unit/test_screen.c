/* SPDX-License-Identifier: GPL-2.0-only */
#include "top_screen.h"

#include "base/text.h"

/* ---- golden screens */

static void table_at_80_by_24_is_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;

	assert_golden(*state, &frame, 24, 80, "top_80x24.txt");
}

static void table_at_120_by_40_is_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;

	assert_golden(*state, &frame, 40, 120, "top_120x40.txt");
}

static void table_at_40_by_10_is_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;

	assert_golden(*state, &frame, 10, 40, "top_40x10.txt");
}

static void table_at_200_by_24_uses_the_width(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;

	assert_golden(*state, &frame, 24, 200, "top_200x24.txt");
}

static void table_without_utf8_is_ascii_alone(void **state)
{
	_cleanup_frame_ struct frame frame = { .unicode = false };
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_golden(*state, &frame, 24, 80, "top_ascii_80x24.txt");
	dump(&frame, &text);
	for (size_t i = 0; i < text.len; i++)
		assert_true(text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] <= '~'));
}

static void details_are_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	press(n, "/name=box\n");
	press(n, "l");
	assert_int_equal(n->view.screen, VIEW_DETAIL);
	assert_golden(n, &frame, 24, 80, "top_detail_80x24.txt");
}

static void bridges_are_as_agreed(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	press(n, "b");
	assert_golden(n, &frame, 24, 80, "top_bridges_80x24.txt");
}

static void help_is_as_agreed_and_no_line_is_cut(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct top_node *n = *state;

	press(n, "?");
	assert_golden(n, &frame, 48, 80, "top_help_80x48.txt");
	dump(&frame, &text);
	assert_null(strstr(text.data, "…"));
}

/* ---- what must be seen */

static void each_mark_is_a_character_and_a_word(void **state)
{
	struct top_node *n = *state;

	assert_shows(n, "~build-4711");
	assert_shows(n, "gone 0s ago");
	assert_shows(n, "~calico/api-7f");
	assert_shows(n, "!4026532403");
	assert_shows(n, "  held       held by mount /run/netns/cni-8f21\n");
	assert_shows(n, "!中文容器的名字很长");
	assert_shows(n, "eth0 down");
	assert_shows(n, "no interface");
	assert_shows(n, "+side");
}

static void named_namespace_without_process_is_no_alarm(void **state)
{
	assert_shows(*state, "\n  blue ");
}

static void source_that_is_down_is_told_above_the_rows(void **state)
{
	struct top_node *n = *state;

	assert_hides(n, "docker absent"); /* no engine is no fault */
	n->sources[1] = (struct source){ "lifecycle", "fallback", "this kernel has no kprobes", false, false };
	assert_shows(n, "  !lifecycle fallback  ");
	assert_hides(n, "this kernel has no kprobes");
	n->sources[3].state = "failed";
	n->sources[3].detail = "/var/lib/docker: Permission denied";
	assert_shows(n, "\n! docker failed: /var/lib/docker: Permission denied\n");
	n->sources[0].up = false;
	n->sources[0].state = "failed";
	assert_shows(n, "!traffic failed");
}

static void interrupted_source_is_told(void **state)
{
	struct top_node *n = *state;

	n->sources[2].incomplete = true;
	assert_shows(n, "! netlink was interrupted: some rows may be missing or old");
}

static void failed_look_is_told(void **state)
{
	struct top_node *n = *state;

	n->screen.fault = "cannot take a snapshot: Cannot allocate memory";
	assert_shows(n, "! the last look failed, this is the one before: cannot take a snapshot");
}

static void losses_are_told_with_the_worst(void **state)
{
	struct top_node *n = *state;

	assert_shows(n, "  lost 0\n");
	n->losses[0].count = 2;
	n->losses[1].count = 10;
	assert_shows(n, "!lost 12 events");
}

static void what_the_kernel_counts_otherwise_is_told_with_its_place(void **state)
{
	struct top_node *n = *state;
	struct traffic *traffic = &n->interfaces[2].traffic;

	traffic->compared = true;
	assert_hides(n, "otherwise");
	traffic->difference[RECEIVE] = (struct difference){ -5, -70 };
	assert_shows(n, "! counted otherwise than the kernel: eth0 of box: receive -5 packets -70 bytes");
	press(n, "/name=box\n");
	press(n, "l");
	assert_shows(n, "! of RX -5 packets -70 bytes beside the kernel's count");
}

static void births_without_probes_are_at_least_so_many(void **state)
{
	struct top_node *n = *state;

	assert_shows(n, "born 3 died 2 this minute");
	n->snap.lifecycle.exact = false;
	assert_shows(n, "born >=3 died >=2 this minute");
}

static void first_look_has_no_rates(void **state)
{
	struct top_node *n = *state;

	n->rates.seconds = 0;
	assert_int_equal(departed_update(n->departed, &n->rates), 0);
	assert_shows(n, "in -  out -");
	assert_hides(n, "Mb/s");
}

static void reset_counter_is_told(void **state)
{
	struct top_node *n = *state;

	n->rows[1].reset = true;
	assert_int_equal(departed_update(n->departed, &n->rates), 0);
	top_select(n);
	assert_shows(n, "\n !db ");
	assert_shows(n, " reset\n");
}

static void segments_nobody_counts_are_not_made_up(void **state)
{
	struct top_node *n = *state;

	assert_shows(n, " 54 k  109 k tcp4");
	n->interfaces[1].traffic.split = false;
	assert_shows(n, " 54 k      - tcp4");
}

static void paused_is_told(void **state)
{
	press(*state, " ");
	assert_shows(*state, "PAUSED");
}

static void filter_is_told_with_what_it_hides(void **state)
{
	press(*state, "/docker");
	assert_shows(*state, "\n/docker_  5 of 9  Enter keep");
	press(*state, "\n");
	assert_shows(*state, "\n/docker 5 of 9");
	assert_hides(*state, "calico");
	press(*state, "/zzz\n");
	assert_shows(*state, "nothing matches \"dockerzzz\"");
}

static void hidden_columns_are_announced(void **state)
{
	_cleanup_free_ char *narrow = drawn(*state, 24, 80);
	_cleanup_free_ char *wide = drawn(*state, 24, 250);

	assert_non_null(strstr(narrow, "9 columns hidden"));
	assert_null(strstr(wide, "hidden"));
}

static void empty_node_says_so(void **state)
{
	struct top_node *n = *state;

	n->rates.namespace_count = 0;
	n->rates.seconds = 3600; /* what was gone is forgotten */
	assert_int_equal(departed_update(n->departed, &n->rates), 0);
	top_select(n);
	assert_shows(n, "no other network namespace on this node");
}

static void unknown_namespace_goes_by_its_host_end(void **state)
{
	struct top_node *n = *state;

	n->namespaces[3].inode = 0;
	n->namespaces[3].name = "";
	assert_shows(n, "behind veth2125893");
}

static void units_are_the_ones_asked_for(void **state)
{
	struct top_node *n = *state;

	assert_shows(n, " 812 Mb/s ");
	press(n, "u");
	assert_shows(n, " 774 Mib/s ");
	press(n, "u");
	assert_shows(n, " 102 MB/s ");
	press(n, "u");
	assert_shows(n, "  97 MiB/s ");
}

static void details_of_what_went_away_say_so(void **state)
{
	struct top_node *n = *state;

	press(n, "l");
	n->view.detail.birth++;
	assert_shows(n, "This namespace is gone.");
}

static void details_scroll_to_their_end(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct top_node *n = *state;

	press(n, "l");
	top_draw(n, &frame, 12, 80);
	(void)view_key(&n->view, 'G');
	top_draw(n, &frame, 12, 80);
	dump(&frame, &text);
	assert_null(strstr(text.data, "172.17.0."));
	assert_non_null(strstr(text.data, "tcp4"));
}

static void cursor_row_is_selected_whole_and_pointed_at(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	press(n, "j");
	top_draw(n, &frame, 24, 80);
	for (size_t c = 0; c < 80; c++) {
		assert_true(frame_cell(&frame, 4, c)->selected);
		assert_false(frame_cell(&frame, 3, c)->selected);
	}
	assert_string_equal(frame_cell(&frame, 4, 0)->text, ">");
}

static void row_of_the_gone_is_quiet(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	press(n, "/build\n");
	top_draw(n, &frame, 24, 80);
	assert_string_equal(frame_cell(&frame, 3, 2)->text, "b");
	assert_int_equal(frame_cell(&frame, 3, 2)->style, STYLE_QUIET);
}

/* ---- sizes */

static void draw_all_screens(struct top_node *n, struct frame *frame, size_t lines, size_t columns)
{
	for (int s = 0; s < VIEW_SCREENS; s++) {
		n->view.screen = (enum view_screen)s;
		n->view.detail = row_key_of(&n->namespaces[2]);
		top_draw(n, frame, lines, columns);
		for (size_t line = 0; line < frame->lines; line += 1 + frame->lines / 50) {
			_cleanup_buf_ struct buf text = BUF_INIT;

			assert_int_equal(frame_line_text(frame, line, &text), 0);
			assert_true(text_columns(text.data ? text.data : "") <= frame->columns);
		}
	}
}

static void no_size_is_too_absurd(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 39, 64, 65, 79, 80, 1000, 100000 };
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct top_node *n = *state;

	n->sources[1].up = n->sources[2].up = false;
	n->screen.fault = "nothing works";
	for (size_t l = 0; l < ARRAY_SIZE(sizes); l++) {
		for (size_t c = 0; c < ARRAY_SIZE(sizes); c++)
			draw_all_screens(n, &frame, sizes[l], sizes[c]);
	}
	assert_int_equal(frame.lines, FRAME_MAX);
}

#define on_node(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_node(table_at_80_by_24_is_as_agreed),
		on_node(table_at_120_by_40_is_as_agreed),
		on_node(table_at_40_by_10_is_as_agreed),
		on_node(table_at_200_by_24_uses_the_width),
		on_node(table_without_utf8_is_ascii_alone),
		on_node(details_are_as_agreed),
		on_node(bridges_are_as_agreed),
		on_node(help_is_as_agreed_and_no_line_is_cut),
		on_node(each_mark_is_a_character_and_a_word),
		on_node(named_namespace_without_process_is_no_alarm),
		on_node(source_that_is_down_is_told_above_the_rows),
		on_node(interrupted_source_is_told),
		on_node(failed_look_is_told),
		on_node(losses_are_told_with_the_worst),
		on_node(what_the_kernel_counts_otherwise_is_told_with_its_place),
		on_node(births_without_probes_are_at_least_so_many),
		on_node(first_look_has_no_rates),
		on_node(reset_counter_is_told),
		on_node(segments_nobody_counts_are_not_made_up),
		on_node(paused_is_told),
		on_node(filter_is_told_with_what_it_hides),
		on_node(hidden_columns_are_announced),
		on_node(empty_node_says_so),
		on_node(unknown_namespace_goes_by_its_host_end),
		on_node(units_are_the_ones_asked_for),
		on_node(details_of_what_went_away_say_so),
		on_node(details_scroll_to_their_end),
		on_node(cursor_row_is_selected_whole_and_pointed_at),
		on_node(row_of_the_gone_is_quiet),
		on_node(no_size_is_too_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
