/* SPDX-License-Identifier: GPL-2.0-only */
/* Names for ip netns, the marks of those that were given, and how they are listed. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/namespaces/exposed_text.h"
#include "render/exposed.h"
#include "unit/golden.h"
#include "unit/unit.h"

static void an_owners_name_becomes_a_name(void **state)
{
	static const char *const pairs[][2] = {
		{ "box", "box" }, { "shop/web-0", "shop-web-0" }, { "a/b/c", "a-b-c" }, { "ネット", "ネット" }
	};
	char name[EXPOSED_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		assert_int_equal(exposed_name(pairs[i][0], name, NULL), 0);
		assert_string_equal(name, pairs[i][1]);
	}
}

static void an_unfit_name_is_refused(void **state)
{
	static const char *const unfit[] = { "",
		                             ".",
		                             "..",
		                             ".x",
		                             "-x",
		                             "/x",
		                             "a b",
		                             "a\tb",
		                             "a\nb",
		                             "a\033[0m",
		                             "a\xff"
		                             "b" };
	char name[EXPOSED_NAME_SIZE] = "untouched";
	char longest[EXPOSED_NAME_SIZE + 1];
	struct fault fault = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(unfit); i++)
		assert_int_equal(exposed_name(unfit[i], name, &fault), -EINVAL);
	assert_int_equal(fault.code, EXIT_CODE_USAGE);
	memset(longest, 'x', sizeof(longest));
	longest[EXPOSED_NAME_SIZE] = '\0';
	assert_int_equal(exposed_name(longest, name, NULL), -EINVAL);
	assert_string_equal(name, "untouched");
	longest[EXPOSED_NAME_SIZE - 1] = '\0';
	assert_int_equal(exposed_name(longest, name, NULL), 0);
}

static void a_mark_is_read_as_it_was_written(void **state)
{
	const struct exposed row = {
		.inode = 4026532888, .changed_s = 1764000000, .changed_ns = 42, .owner = "my box"
	};
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct exposed read = { .name = "x" };

	assert_int_equal(exposed_write(&row, &text), 0);
	assert_int_equal(exposed_read(text.data, text.len, &read), 0);
	assert_int_equal(read.inode, row.inode);
	assert_int_equal(read.changed_s, row.changed_s);
	assert_int_equal(read.changed_ns, row.changed_ns);
	assert_string_equal(read.owner, row.owner);
	assert_string_equal(read.name, "x");
	for (size_t len = 0; len < text.len; len++) {
		_cleanup_buf_ struct buf cut = BUF_INIT;

		assert_int_equal(buf_append(&cut, text.data, len), 0);
		assert_int_equal(exposed_read(cut.data ? cut.data : "", len, &read), -EINVAL);
	}
}

static void a_damaged_mark_is_refused(void **state)
{
	static const char *const texts[] = {
		"netns 0\nchanged 1 1\nowner x\n",  "netns 1\nchanged 1 1000000000\nowner x\n",
		"netns 1\nchanged -1 1\nowner x\n", "netns 99999999999999999999\nchanged 1 1\nowner x\n",
		"changed 1 1\nnetns 1\nowner x\n",  "netns 1\nchanged 1 1\nowner x\nmore\n",
		"netns 1 \nchanged 1 1\nowner x\n", "netns 1\nchanged 1\nowner x y\n",
	};
	struct exposed read = { .inode = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(exposed_read(texts[i], strlen(texts[i]), &read), -EINVAL);
	assert_int_equal(read.inode, 7);
}

static void the_exposed_look_as_they_should(void **state)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	_cleanup_buf_ struct buf text = BUF_INIT;
	const struct exposed box = { .name = "box", .inode = 4026532888, .owner = "box", .there = true };
	const struct exposed web = { .name = "web", .inode = 4026532964 };

	assert_int_equal(array_append(&rows, &box), 0);
	assert_int_equal(array_append(&rows, &web), 0);
	assert_int_equal(exposed_table_render(&rows, "/run/netns", &text), 0);
	assert_int_equal(exposed_json_render(&rows, "/run/netns", "listed", &text), 0);
	assert_true(golden_is("exposed.txt", &text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_owners_name_becomes_a_name),    cmocka_unit_test(an_unfit_name_is_refused),
		cmocka_unit_test(a_mark_is_read_as_it_was_written), cmocka_unit_test(a_damaged_mark_is_refused),
		cmocka_unit_test(the_exposed_look_as_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
