/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"
#include "model/top_settings.h"

/** Room for the path of the file. */
#define TOP_SETTINGS_PATH_SIZE 4096

/**
 * Reads $XDG_CONFIG_HOME/ctnet/top.conf, or ~/.config/ctnet/top.conf. That there is none is no fault; one that cannot be read, or has lines
 * that are not understood, is told in @ret_notice.
 *
 * @ret: begins as the caller has it
 * @ret_notice: one line of clean text; "" where there is nothing to say
 */
void top_settings_load(struct top_settings *ret, char *ret_notice, size_t notice_size);

/**
 * Writes the settings there as one step. Makes the directories that are missing, but puts nothing into one of another user: a program that
 * runs as root must not write where somebody else can lead it astray.
 *
 * @ret_path: where they are then
 * Returns 0, or -errno with @fault filled.
 */
int top_settings_save(const struct top_settings *settings, char ret_path[TOP_SETTINGS_PATH_SIZE], struct fault *fault);
