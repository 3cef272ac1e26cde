/* SPDX-License-Identifier: GPL-2.0-only */
/* The state file of a machine and the command lines of systemd-nspawn and LXC's monitors: any bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "observe/owners/lxc_parse.h"
#include "observe/owners/machined_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char name[MACHINE_NAME_MAX + 1];
	struct machine machine;

	if (machine_parse(text, size, "web", &machine) == 0) {
		if (machine.leader <= 0)
			abort();
		machine_free(&machine);
	}
	if (nspawn_parse_name(text, size, name) && !machine_is_name(name))
		abort();
	(void)lxc_is_monitor_of(text, size, "guest");
	return 0;
}
