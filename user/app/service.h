/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/**
 * What systemd is told where it started us as a service of Type=notify: sd_notify(3). Without systemd nothing is told and nothing fails.
 * The only file that knows libsystemd is service.c.
 */

/** From here on what waits for this service goes on. */
void service_ready(void);

/** The settings are read again; service_ready() says when that is over. */
void service_reloading(void);

/** The end has begun. */
void service_stopping(void);

/** We are not stuck. Said each time that the event loop goes round, told where a watchdog waits for it and not more often than it needs. */
void service_alive(void);

/**
 * How long poll(2) may wait so that the watchdog hears of us in time, milliseconds.
 *
 * @wait_ms: how long it would without; -1 for ever
 */
int service_wait_ms(int wait_ms);
