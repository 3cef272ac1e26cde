/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process costs, of this one. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "app/process_price.h"
#include "base/cleanup.h"
#include "model/price.h"

static void each_descriptor_counts(void **state)
{
	struct price before = { 0 }, with = { 0 }, after = { 0 };
	int fd[3];

	process_price_read(&before);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	process_price_read(&with);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		(void)close(fd[i]);
	process_price_read(&after);
	assert_true(before.descriptors >= 1);
	assert_int_equal(with.descriptors, before.descriptors + 3);
	assert_int_equal(after.descriptors, before.descriptors);
}

/* The kernel's own sum may be off by some pages for each CPU. */
static void memory_that_is_touched_is_resident(void **state)
{
	const size_t bytes = (size_t)64 * 1024 * 1024;
	struct price before = { 0 }, with = { 0 };
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	process_price_read(&before);
	memset(memory, 1, bytes);
	process_price_read(&with);
	(void)munmap(memory, bytes);
	assert_true(before.resident_bytes > 0);
	assert_true(with.resident_bytes >= before.resident_bytes + bytes / 2);
}

static void work_takes_cpu_time(void **state)
{
	struct price before = { 0 }, now = { 0 };
	volatile unsigned int work = 0;

	process_price_read(&before);
	do {
		for (int i = 0; i < 1000; i++)
			work++;
		process_price_read(&now);
	} while (now.cpu_ns <= before.cpu_ns);
	assert_true(before.cpu_ns > 0);
}

static void the_kernels_part_stays(void **state)
{
	const struct map_price map = { "a", 1 };
	struct price price = { .maps = &map, .map_count = 1 };

	process_price_read(&price);
	assert_ptr_equal(price.maps, &map);
	assert_int_equal(price.map_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_descriptor_counts),
		cmocka_unit_test(memory_that_is_touched_is_resident),
		cmocka_unit_test(work_takes_cpu_time),
		cmocka_unit_test(the_kernels_part_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
