import { attribute } from '../../../xml/index.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import { defineRule } from '../define-rule.js';
import { portIsRefused } from '../symptoms.js';

/** The ports that version 2 takes (HttpPlatformHandler v2, serverprocess.cpp). */
const lowest = 1025;
const highest = 48_000;

/** web.config chooses the port that HttpPlatformHandler should choose (httpplatformhandler.md 4 and 5). */
export const platformPortChosen = defineRule({
  code: 'PLATFORM_PORT_CHOSEN',
  severity: 'warning',
  explains: [portIsRefused, 'APP_NOT_STARTED'],
  title: 'web.config sets the port of HttpPlatformHandler itself',
  why: 'The port is the same for each process and each start: one that is still in use, or that the module refuses, means 502.5 for every request.',
  help: `HttpPlatformHandler finds a free port for each process and puts it into HTTP_PLATFORM_PORT. Version 2 lets web.config set the variable,
takes ports from ${lowest} to ${highest} only, and a second process can never listen on the same port. Remove the variable.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const set = platform?.variables.find(({ name }) => name.toUpperCase() === 'HTTP_PLATFORM_PORT');
    if (platform === undefined || set === undefined) return [];
    const port = Number(set.value);
    const isRefused = !(Number.isInteger(port) && port >= lowest && port <= highest);
    const count = Number(attribute(platform.section, 'processesPerApplication') ?? 1);
    const isShared = count > 1;
    const because = isRefused
      ? `which is not a port from ${lowest} to ${highest}`
      : isShared
        ? `and ${count} processes cannot share it`
        : 'which may be in use at the next start';
    return [
      {
        severity: isRefused || isShared ? 'error' : 'warning',
        message: `HTTP_PLATFORM_PORT is set to ${set.value}, ${because}.`,
        fix: 'Remove the variable: HttpPlatformHandler sets it.',
        at: facts.query.place(set.element),
      },
    ];
  },
});
