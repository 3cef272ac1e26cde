/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Which of the ctnet processes of a namespace are alive. A filter outlives its process, so its handle says which of 16 slots the
 * process had; and a slot is an abstract unix socket, "\0ctnet-attach-SLOT": one of each for every network
 * namespace, gone with the process that bound it, however it ends, and no file is left (unix(7)).
 */
#define ATTACH_SLOTS 16

/**
 * Takes a slot, whose last owner is dead then.
 *
 * Returns a descriptor that keeps it until it is closed, -EADDRINUSE (its owner lives), or -errno.
 */
int attach_slot_take(unsigned int slot);
