/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "app/say_lifecycle.h"
#include "model/snapshot.h"

/* What is said on stderr of a lifecycle source. */
static const char *said(bool up, const char *detail)
{
	static char text[512];
	const struct source source = { .name = "lifecycle", .state = "", .detail = detail, .up = up };
	const struct snapshot snap = { .sources = &source, .source_count = 1 };
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	ssize_t len;

	assert_non_null(file);
	assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	say_lifecycle(&snap);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	len = pread(fileno(file), text, sizeof(text) - 1, 0);
	assert_true(len >= 0);
	text[len] = '\0';
	close(before);
	(void)fclose(file);
	return text;
}

static void nothing_is_said_where_all_probes_sit(void **state)
{
	assert_string_equal(said(true, ""), "");
}

static void an_absent_function_is_named_in_one_line(void **state)
{
	const char *text = said(true, "no event \"renamed\": this kernel has no function netif_change_name");

	assert_non_null(strstr(text,
	                       ": births and deaths are not told in full: no event \"renamed\": this kernel has no "
	                       "function netif_change_name\n"));
	assert_ptr_equal(strchr(text, '\n') + 1, text + strlen(text));
}

static void without_probes_the_reason_is_said_and_what_goes_on(void **state)
{
	assert_non_null(strstr(said(false, "no kprobes here"),
	                       ": no kprobes here; showing what can be noticed, late and "
	                       "incomplete\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_where_all_probes_sit),
		cmocka_unit_test(an_absent_function_is_named_in_one_line),
		cmocka_unit_test(without_probes_the_reason_is_said_and_what_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
