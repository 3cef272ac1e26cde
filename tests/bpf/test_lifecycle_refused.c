/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kernel gives no kprobes, lifecycle_open() says what is missing and leaves nothing behind. Runs as it is on a kernel built
 * without them, and in a virtual machine that is locked down.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "observe/kernel/lifecycle.h"

static bool file_has(const char *path, const char *word)
{
	char text[256] = "";
	FILE *file = fopen(path, "re");
	bool found;

	if (!file)
		return false;
	found = fgets(text, sizeof(text), file) && strstr(text, word);
	(void)fclose(file);
	return found;
}

static bool locked_down(void)
{
	return file_has("/sys/kernel/security/lockdown", "[confidentiality]");
}

static bool has_kprobes(void)
{
	return access("/sys/bus/event_source/devices/kprobe", F_OK) == 0;
}

static void the_fault_names_what_is_missing(void **state)
{
	struct lifecycle_probes *probes = NULL;
	struct fault fault = { 0 };
	int error;

	if (has_kprobes() && !locked_down())
		skip();
	error = lifecycle_open(NULL, &probes, &fault);
	print_message("# note: %s\n", fault.text);
	assert_null(probes);
	if (!has_kprobes()) {
		assert_int_equal(error, -EOPNOTSUPP);
		assert_int_equal(fault.code, EXIT_CODE_KERNEL_LACKS);
		assert_non_null(strstr(fault.text, "CONFIG_KPROBE_EVENTS"));
	} else {
		assert_int_equal(error, -EPERM);
		assert_int_equal(fault.code, EXIT_CODE_NOT_PERMITTED);
		assert_non_null(strstr(fault.text, "lockdown=confidentiality"));
	}
}

static int descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void a_refusal_leaves_no_descriptor_open(void **state)
{
	struct lifecycle_probes *probes = NULL;
	struct fault fault = { 0 };
	int before = descriptors();

	if (has_kprobes() && !locked_down())
		skip();
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(lifecycle_open(NULL, &probes, &fault), 0);
	assert_int_equal(descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fault_names_what_is_missing),
		cmocka_unit_test(a_refusal_leaves_no_descriptor_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
