import path from 'node:path';
import { type DeployPlan, steps } from '../../../src/deploy/index.js';
import type { ScriptPart, ScriptPlace } from '../../../src/deploy/script/script-part.js';
import { planFor } from '../support.js';

export const app = 'C:\\apps\\dante';
const logs = `${app}\\iisnode`;
/** The steps that a script has, too. */
export const scripted = steps.filter(({ script }) => script !== undefined);

export const plans = {
  'below a site': planFor(app, {
    port: undefined,
    logDirectory: logs,
    serverVariables: ['HTTP_CONNECTION', 'HTTP_X_FORWARDED_PROTO'],
    sections: ['system.webServer/handlers', 'system.webServer/webSocket', 'system.webServer/modules'],
  }),
  'at the root of a site': planFor(app, { port: undefined, vdirPath: '/', poolName: 'root', logDirectory: logs }),
  'with a site of its own': planFor(app, {
    port: undefined,
    siteName: 'chat',
    vdirPath: '/',
    poolName: 'chat',
    newSite: {
      name: 'chat',
      bindings: [
        { protocol: 'http', address: '*', port: 8090, host: '' },
        { protocol: 'https', address: '*', port: 443, host: 'chat.example.com' },
      ],
      certificate: 'A'.repeat(40),
    },
  }),
} satisfies Record<string, DeployPlan>;

export const partsOf = (
  plan: DeployPlan,
  place: ScriptPlace = { folder: (one) => one, above: (one) => path.win32.dirname(one) },
): readonly ScriptPart[] => scripted.flatMap(({ script }) => script?.(plan, place) ?? []);
