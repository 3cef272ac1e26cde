/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/kernel_price.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/capability.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "model/price.h"
#include "observe/kernel/load_fault.h"

#define FDINFO_MAX ((size_t)4096)

static int refused(int error, struct fault *fault)
{
	const char *withheld = bpf_withheld(error);

	if (withheld && (error != -EPERM || capability_held(CAP_SYS_ADMIN)))
		return fault_set(fault, error, error == -EPERM ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_KERNEL_LACKS,
		                 "cannot measure the programs: %s", withheld);
	if (error == -EPERM)
		return fault_set(fault, error, EXIT_CODE_NOT_PERMITTED,
		                 "cannot measure the programs: the kernel takes their time for CAP_SYS_ADMIN only "
		                 "(run with sudo)");
	if (error == -EINVAL)
		return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
		                 "cannot measure the programs: this kernel takes no times of them for the asking "
		                 "(Linux 5.8 and later)");
	return fault_set(fault, error, EXIT_CODE_RUNTIME, "cannot measure the programs: %s", strerror(-error));
}

int kernel_price_open(bool measure, struct kernel_price *ret, struct fault *fault)
{
	int fd = measure ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -1;

	if (measure && fd < 0)
		return refused(-errno, fault);
	*ret = (struct kernel_price){
		.run_time = fd,
		.maps = ARRAY_OF(struct map_price),
		.programs = ARRAY_OF(struct program_price),
	};
	return 0;
}

void kernel_price_clear(struct kernel_price *price)
{
	price->maps.count = 0;
	price->programs.count = 0;
}

uint64_t map_memory(int fd)
{
	static const char key[] = "\nmemlock:";
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *at = NULL;
	uint64_t bytes;
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_read_at(AT_FDCWD, path, FDINFO_MAX, &text) == 0 && text.data)
		at = strstr(text.data, key);
	return at && sscanf(at + strlen(key), "%" SCNu64, &bytes) == 1 ? bytes : 0;
}

static bool is_told(const struct kernel_price *price, const char *name)
{
	for (size_t i = 0; i < price->maps.count; i++) {
		const struct map_price *row = array_at(&price->maps, i);

		if (strcmp(row->name, name) == 0)
			return true;
	}
	return false;
}

int kernel_price_add_map(struct kernel_price *price, const char *name, uint64_t bytes)
{
	const struct map_price row = { .name = name, .bytes = bytes };

	return bytes > 0 && !is_told(price, name) ? array_append(&price->maps, &row) : 0;
}

static int add_program(struct kernel_price *price, const struct bpf_program *program)
{
	struct program_price row = { .name = bpf_program__name(program) };
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) < 0)
		return 0; /* this kernel does not have it: it was not loaded */
	row.runs = info.run_cnt;
	row.run_ns = info.run_time_ns;
	return array_append(&price->programs, &row);
}

int kernel_price_add(struct kernel_price *price, struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;
	int r = 0;

	bpf_object__for_each_map(map, object) r =
		r ?: kernel_price_add_map(price, bpf_map__name(map), map_memory(bpf_map__fd(map)));
	if (price->run_time < 0)
		return r;
	bpf_object__for_each_program(program, object) r = r ?: add_program(price, program);
	return r;
}

void kernel_price_close(struct kernel_price *price)
{
	cleanup_close(&price->run_time);
	price->run_time = -1;
	array_free(&price->maps);
	array_free(&price->programs);
}
