/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/columns.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name, *about;
} columns[TABLE_COLUMNS] = {
	[COLUMN_OWNER] = { "owner", "who lives in the namespace" },
	[COLUMN_KIND] = { "kind", "of owner: docker, pod, netns" },
	[COLUMN_ID] = { "id", "of the container" },
	[COLUMN_IMAGE] = { "image", "of the container" },
	[COLUMN_NETNS] = { "netns", "inode of the namespace" },
	[COLUMN_INTERFACE] = { "interface", "inside the namespace" },
	[COLUMN_HOST_END] = { "host-end", "its other end on this host" },
	[COLUMN_BRIDGE] = { "bridge", "of which the host end is a port" },
	[COLUMN_ADDRESS] = { "address", "inside the namespace" },
	[COLUMN_SEEN] = { "seen", "for how long it has been known" },
	[COLUMN_RX] = { "rx", "received a second" },
	[COLUMN_TX] = { "tx", "sent a second" },
	[COLUMN_PACKETS] = { "packets", "both ways a second, as the kernel counts" },
	[COLUMN_SEGMENTS] = { "segments", "both ways a second, as on the wire" },
	[COLUMN_PROTOCOL] = { "protocol", "that most bytes belong to, and its share" },
	[COLUMN_MINUTE] = { "minute", "bars of the last minute; or what is wrong" },
};

const char *table_column_name(enum table_column column)
{
	return columns[column].name;
}

const char *table_column_about(enum table_column column)
{
	return columns[column].about;
}

int table_column_from_name(const char *name, enum table_column *ret)
{
	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		if (strcmp(columns[i].name, name) == 0) {
			*ret = (enum table_column)i;
			return 0;
		}
	}
	return -EINVAL;
}
