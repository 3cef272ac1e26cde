/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/say_lifecycle.h"

#include "base/log.h"
#include "model/snapshot.h"

void say_lifecycle(const struct snapshot *snap)
{
	const struct source *lifecycle = snapshot_source(snap, "lifecycle");

	if (!lifecycle || lifecycle->detail[0] == '\0')
		return;
	if (lifecycle->up)
		log_warning("births and deaths are not told in full: %s", lifecycle->detail);
	else
		log_warning("%s; showing what can be noticed, late and incomplete", lifecycle->detail);
}
