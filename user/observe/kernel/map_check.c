/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/map_check.h"

#include <bpf/bpf.h>

bool map_like(int fd, enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	/* what has no such information is no map; a program's or a link's begins with other fields and has another length */
	if (bpf_obj_get_info_by_fd(fd, &info, &size) < 0)
		return false;
	return info.type == type && info.key_size == key_size && info.value_size == value_size &&
	       info.max_entries == entries;
}

bool map_is(int fd, enum bpf_map_type type, uint32_t value_size, uint32_t entries)
{
	return map_like(fd, type, sizeof(uint32_t), value_size, entries);
}
