/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Longest name of a machine: that of a host (machine_name_is_valid()). */
#define MACHINE_NAME_MAX 64

/** Returns whether @name is one that systemd gives to a machine: letters, digits, "-", "_" and ".", the last not first. */
bool machine_is_name(const char *name);

/** What ctnet wants of /run/systemd/machines/NAME. */
struct machine {
	bool is_container; /* a virtual machine has its network elsewhere */
	bool is_lxc;       /* registered by libvirt's LXC driver */
	pid_t leader;      /* its first process */
	char *unit;        /* that its processes are in: "machine-box.scope"; owned; NULL: not told */
};

/**
 * Reads the state file of a machine.
 *
 * @text, @len: any bytes
 * @name: what the file must say its name is
 * @ret: machine_free() it; untouched on failure
 *
 * Returns 0, -EBADMSG (not of this form, cut short, another machine's) or -ENOMEM.
 * Source: machine_save() in systemd's src/machine/machine.c (v252): NAME=, SCOPE=, SERVICE=, LEADER=, CLASS=, and others
 */
int machine_parse(const char *text, size_t len, const char *name, struct machine *ret);

void machine_free(struct machine *machine);

/**
 * Finds the name of the machine in the command line of a systemd-nspawn: --machine=, or else the last part of --directory=. A machine that
 * is a copy (--ephemeral) without a name, or comes from an image, has one that the command line does not tell.
 *
 * @ret: MACHINE_NAME_MAX + 1 bytes; untouched unless found
 * Source: systemd-nspawn(1), v252
 */
bool nspawn_parse_name(const char *text, size_t len, char *ret);
