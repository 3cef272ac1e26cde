/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/** The columns of the table of ctnet-top, in the order of the screen. */
enum table_column {
	COLUMN_OWNER,
	COLUMN_KIND,
	COLUMN_ID,
	COLUMN_IMAGE,
	COLUMN_NETNS,
	COLUMN_INTERFACE,
	COLUMN_HOST_END,
	COLUMN_BRIDGE,
	COLUMN_ADDRESS,
	COLUMN_SEEN,
	COLUMN_RX,
	COLUMN_TX,
	COLUMN_PACKETS,
	COLUMN_SEGMENTS,
	COLUMN_PROTOCOL,
	COLUMN_MINUTE,
	TABLE_COLUMNS,
};

/** "owner", "host-end", …: as the settings have it. */
const char *table_column_name(enum table_column column);

/** What stands in it, in a few words. */
const char *table_column_about(enum table_column column);

/** Returns 0 and the column, or -EINVAL for an unknown name. */
int table_column_from_name(const char *name, enum table_column *ret);
