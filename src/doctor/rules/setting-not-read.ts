import { codeText } from '../../source/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** Settings that init can write: the option that reads each in the server's code, and what happens without it. */
const settings = {
  transports: {
    code: "transports: process.env.transports.split(',')",
    why: 'web.config alone does not limit the transports: socket.io uses the options in the server code.',
  },
  allowEIO3: {
    code: "allowEIO3: process.env.allowEIO3 === 'true'",
    why: 'web.config alone does not allow clients of socket.io 2: socket.io uses the options in the server code.',
  },
} as const;

/** Any use of the name counts as reading it. */
const isNamed = ({ server }: FileFacts, name: string): boolean =>
  server.scripts.some((script) => new RegExp(`\\b${name}\\b`, 'i').test(codeText(script)));

/** A setting for socket.io in web.config that no code reads. */
export const settingNotRead = defineRule({
  code: 'SETTING_NOT_READ',
  severity: 'info',
  title: 'web.config has a setting for socket.io that the server does not read',
  why: 'The setting has no effect.',
  help: `iisnode passes every key of web.config's appSettings to node as an environment variable; socket.io itself reads none of
them. init --transports and init --allow-eio3 write such keys, and the server code has to use them: new Server(server, {
transports: process.env.transports.split(','), allowEIO3: process.env.allowEIO3 === 'true' }). Or remove the key from web.config.`,
  check(facts) {
    const { site, query, server } = facts;
    const hasServer = server.scripts.some(({ sockets }) => sockets.servers.length > 0);
    if (!site || !hasServer || hostedElsewhere(facts)) return [];
    return Object.entries(settings).flatMap(([name, { code, why }]): RuleFinding[] => {
      const value = query.appSetting(name);
      if (value === undefined || isNamed(facts, name)) return [];
      const origin = query.appSettingOrigin(name);
      const at = origin && query.placeOf(origin);
      const message = `appSettings has ${name}="${value}", but the server code does not read it.`;
      return [{ message, why, fix: `${code} in the options of the socket.io server`, ...(at && { at }) }];
    });
  },
});
