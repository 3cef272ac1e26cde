/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/lifecycle_event.h"

static const char *const kind_names[CTNET_EVENT_KINDS] = {
	[CTNET_CREATED] = "created",           [CTNET_DYING] = "dying",   [CTNET_DESTROYED] = "destroyed",
	[CTNET_REGISTERED] = "registered",     [CTNET_MOVED] = "moved",   [CTNET_RENAMED] = "renamed",
	[CTNET_UNREGISTERED] = "unregistered", [CTNET_JOINED] = "joined", [CTNET_LEFT] = "left",
};

const char *lifecycle_kind_name(enum ctnet_event_kind kind)
{
	return kind_names[kind];
}
