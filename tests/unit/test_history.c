/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <errno.h>
#include <math.h>

#include "base/cleanup.h"
#include "model/history.h"

static const struct row_key box = { 4026532396, 7 };

static int setup(void **state)
{
	struct history *history = NULL;

	assert_int_equal(history_new(4, &history), 0);
	*state = history;
	return 0;
}

static int teardown(void **state)
{
	history_free(*state);
	return 0;
}

static int round_of(struct history *history, double seconds, struct row_key id, double rx, double tx)
{
	int r;

	history_advance(history, seconds, 0, 0);
	r = history_add(history, id, (double[]){ rx, tx });
	history_settle(history);
	return r;
}

static void constant_rate_is_constant_whatever_the_interval(void **state)
{
	static const double intervals[] = { 0.1, 0.3, 0.5, 1, 2, 2.5, 7, 59.9, 60, 61, 3600 };

	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++) {
		struct history *history = NULL;
		double points[HISTORY_SECONDS];
		double total = 0;

		assert_int_equal(history_new(4, &history), 0);
		while (total < 130) {
			assert_int_equal(round_of(history, intervals[i], box, 1000, 500), 0);
			total += intervals[i];
		}
		assert_true(history_read(history, box, HISTORY_BOTH, HISTORY_SECONDS, points));
		for (size_t p = 0; p < HISTORY_SECONDS; p++)
			assert_true(fabs(points[p] - 1500) < 0.1);
		assert_true(fabs(history_mean(history, box, HISTORY_RECEIVE) - 1000) < 0.1);
		assert_true(fabs(history_mean(history, box, HISTORY_TRANSMIT) - 500) < 0.1);
		history_free(history);
	}
}

static void each_second_has_what_its_rounds_moved(void **state)
{
	struct history *history = *state;
	double points[HISTORY_SECONDS];

	assert_int_equal(round_of(history, 60, box, 0, 0), 0);
	assert_int_equal(round_of(history, 0.5, box, 100, 0), 0);
	assert_int_equal(round_of(history, 0.5, box, 300, 0), 0);
	assert_int_equal(round_of(history, 2, box, 50, 0), 0);
	assert_true(history_read(history, box, HISTORY_RECEIVE, HISTORY_SECONDS, points));
	assert_true(fabs(points[56] - 0) < 0.01);
	assert_true(fabs(points[57] - 200) < 0.01);
	assert_true(fabs(points[58] - 50) < 0.01);
	assert_true(fabs(points[59] - 50) < 0.01);
	assert_true(fabs(history_mean(history, box, HISTORY_RECEIVE) - (200 + 2 * 50) / 60.0) < 0.01);
}

static void seconds_before_the_first_sight_are_unknown(void **state)
{
	struct history *history = *state;
	double points[HISTORY_SECONDS];

	history_advance(history, 50, 0, 0);
	history_settle(history);
	for (int i = 0; i < 10; i++)
		assert_int_equal(round_of(history, 1, box, 0, 7), 0);
	assert_true(history_read(history, box, HISTORY_TRANSMIT, HISTORY_SECONDS, points));
	for (size_t p = 0; p < HISTORY_SECONDS; p++) {
		if (p < 50)
			assert_true(isnan(points[p]));
		else
			assert_true(fabs(points[p] - 7) < 0.01);
	}
}

static void seconds_after_the_last_sight_are_unknown(void **state)
{
	struct history *history = *state;
	double points[HISTORY_SECONDS];

	assert_int_equal(round_of(history, 30, box, 5, 0), 0);
	history_advance(history, 10, 0, 0);
	history_settle(history);
	assert_true(history_read(history, box, HISTORY_RECEIVE, HISTORY_SECONDS, points));
	assert_true(isnan(points[HISTORY_SECONDS - 1]));
	assert_true(fabs(points[HISTORY_SECONDS - 11] - 5) < 0.01);
}

static void bar_that_is_complete_does_not_change_while_it_moves(void **state)
{
	struct history *history = *state;
	double before[10], after[10];

	for (int i = 0; i < 120; i++)
		assert_int_equal(round_of(history, 1, box, (i * 37) % 101, 0), 0);
	assert_true(history_read(history, box, HISTORY_RECEIVE, 10, before));
	for (int i = 0; i < 6; i++) /* one bar further */
		assert_int_equal(round_of(history, 1, box, 1, 0), 0);
	assert_true(history_read(history, box, HISTORY_RECEIVE, 10, after));
	for (size_t p = 2; p < 10; p++)
		assert_true(fabs(after[p - 1] - before[p]) < 0.01);
}

static void row_that_is_not_seen_for_a_minute_is_forgotten(void **state)
{
	struct history *history = *state;
	struct row_key other = { 1, 1 };
	double point;

	assert_int_equal(round_of(history, 1, box, 5, 0), 0);
	for (int i = 0; i < 59; i++)
		assert_int_equal(round_of(history, 1, other, 5, 0), 0);
	assert_int_equal(history_rows(history), 2);
	assert_int_equal(round_of(history, 1, other, 5, 0), 0);
	assert_int_equal(history_rows(history), 1);
	assert_false(history_read(history, box, HISTORY_BOTH, 1, &point));
	assert_true(isnan(point));
	assert_true(history_read(history, other, HISTORY_BOTH, 1, &point));
	assert_true(fabs(point - 5) < 0.01);
}

static void same_inode_with_another_birth_is_another_row(void **state)
{
	struct history *history = *state;
	struct row_key reborn = { box.number, box.birth + 1 };
	double point;

	assert_int_equal(round_of(history, 1, box, 5, 0), 0);
	assert_int_equal(round_of(history, 1, reborn, 9, 0), 0);
	assert_true(history_read(history, reborn, HISTORY_BOTH, 1, &point));
	assert_true(fabs(point - 9) < 0.01);
}

static void rows_are_bounded(void **state)
{
	struct history *history = *state;
	double point;

	history_advance(history, 1, 0, 0);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(history_add(history, (struct row_key){ i + 1, 0 }, (double[]){ 1, 1 }), 0);
	assert_int_equal(history_add(history, box, (double[]){ 1, 1 }), -ENOSPC);
	history_settle(history);
	assert_int_equal(history_rows(history), 4);
	assert_false(history_read(history, box, HISTORY_BOTH, 1, &point));
}

static void order_of_the_rows_does_not_matter(void **state)
{
	static const uint64_t orders[][4] = { { 4, 3, 2, 1 }, { 1, 2, 3, 4 }, { 2, 4, 1, 3 }, { 3, 1, 4, 2 } };
	struct history *history = *state;

	for (size_t r = 0; r < ARRAY_SIZE(orders); r++) {
		history_advance(history, 1, 0, 0);
		for (size_t i = 0; i < 4; i++) {
			uint64_t n = orders[r][i];

			assert_int_equal(history_add(history, (struct row_key){ n, n }, (double[]){ (double)n, 0 }), 0);
		}
		history_settle(history);
	}
	assert_int_equal(history_rows(history), 4);
	for (uint64_t n = 1; n <= 4; n++)
		assert_true(fabs(history_mean(history, (struct row_key){ n, n }, HISTORY_BOTH) - (double)n) < 0.01);
}

static void births_and_deaths_are_those_of_a_minute(void **state)
{
	struct history *history = *state;
	uint64_t born, died;

	history_advance(history, 2, 3, 1);
	history_advance(history, 50, 1, 1);
	history_lifecycle(history, &born, &died);
	assert_int_equal(born, 4);
	assert_int_equal(died, 2);
	history_advance(history, 10, 0, 0);
	history_lifecycle(history, &born, &died);
	assert_int_equal(born, 1);
	assert_int_equal(died, 1);
}

static void absurd_times_do_no_harm(void **state)
{
	static const double times[] = { 0, -1, NAN, INFINITY, -INFINITY, 1e300, 1e-300, 5 };
	struct history *history = *state;
	double points[HISTORY_SECONDS];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_int_equal(round_of(history, times[i], box, 1, 1), 0);
	assert_true(history_read(history, box, HISTORY_BOTH, HISTORY_SECONDS, points));
	assert_true(history_read(history, box, HISTORY_BOTH, 0, points));
}

#define on_history(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_history(constant_rate_is_constant_whatever_the_interval),
		on_history(each_second_has_what_its_rounds_moved),
		on_history(seconds_before_the_first_sight_are_unknown),
		on_history(seconds_after_the_last_sight_are_unknown),
		on_history(bar_that_is_complete_does_not_change_while_it_moves),
		on_history(row_that_is_not_seen_for_a_minute_is_forgotten),
		on_history(same_inode_with_another_birth_is_another_row),
		on_history(rows_are_bounded),
		on_history(order_of_the_rows_does_not_matter),
		on_history(births_and_deaths_are_those_of_a_minute),
		on_history(absurd_times_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
