/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/service.h"

#include <inttypes.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>
#include <time.h>

static uint64_t monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* Half of what the watchdog waits, as sd_watchdog_enabled(3) advises; 0: there is none. */
static uint64_t watchdog_us(void)
{
	static uint64_t half = UINT64_MAX;
	uint64_t whole = 0;

	if (half == UINT64_MAX)
		half = sd_watchdog_enabled(0, &whole) > 0 ? whole / 2 : 0;
	return half;
}

void service_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void service_reloading(void)
{
	/* the time is what systemd tells two reloads apart by, from 253 on */
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, monotonic_us());
}

void service_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void service_alive(void)
{
	static uint64_t told;
	uint64_t now;

	if (watchdog_us() == 0)
		return;
	now = monotonic_us();
	if (told != 0 && now - told < watchdog_us() / 2)
		return;
	(void)sd_notify(0, "WATCHDOG=1");
	told = now;
}

int service_wait_ms(int wait_ms)
{
	int most = watchdog_us() / 2000 > INT32_MAX ? INT32_MAX : (int)(watchdog_us() / 2000);

	if (watchdog_us() == 0)
		return wait_ms;
	return wait_ms < 0 || wait_ms > most ? most : wait_ms;
}
