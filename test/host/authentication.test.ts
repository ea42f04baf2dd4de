import path from 'node:path';
import { expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const off = '<anonymousAuthentication enabled="false" />';
/** Folders of a site, with their authentication, and what a client gets: without and with a password. */
const places: Readonly<
  Record<string, readonly [sections: string, first: string, then: string, asks: readonly string[]]>
> = {
  open: ['', '200', '200', []],
  both: ['<windowsAuthentication enabled="true" />', '200', '200', []],
  nobody: [off, '401.2', '401.2', []],
  basic: [`${off}<basicAuthentication enabled="true" realm="dante" />`, '401.2', '401.1', ['Basic realm="dante"']],
  windows: [`${off}<windowsAuthentication enabled="true" />`, '401.2', '401.2', ['Negotiate', 'NTLM']],
  ntlm: [
    `${off}<windowsAuthentication enabled="true"><providers><clear /><add value="NTLM" /></providers></windowsAuthentication>`,
    '401.2',
    '401.2',
    ['NTLM'],
  ],
  digest: [
    `${off}<digestAuthentication enabled="true" realm="r" />`,
    '401.2',
    '401.2',
    ['Digest qop="auth",algorithm=MD5-sess,charset=utf-8,realm="r"'],
  ],
};

it('where anonymous access is off a client gets 401, in trace as in serve', async () => {
  const names = Object.keys(places);
  const rules = names.map(
    (name) => `<rule name="${name}"><match url="^to-${name}$" /><action type="Rewrite" url="${name}/a.html" /></rule>`,
  );
  const directory = folderWith(Object.fromEntries(names.map((name) => [`${name}/a.html`, name])));
  put(directory, 'web.config', webConfig(`<rewrite><rules>${rules.join('')}</rules></rewrite>`));
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  const applications = [{ path: '/', physicalPath: directory }];
  const sites = [{ name: 'site', id: 1, bindings, applications }];
  const locations = names.map(
    (name) =>
      `<location path="site/${name}"><system.webServer><security><authentication>${places[name]?.[0]}</authentication></security></system.webServer></location>`,
  );
  const text = applicationHostText({ unlocked: true, pools: [], sites });
  put(directory, 'host.config', text.replace(/<\/configuration>\s*$/, `${locations.join('\n')}</configuration>`));
  const options = { directory, vdirPath: '/', applicationHostFile: path.join(directory, 'host.config') };
  const { get, events } = await serve(options);
  const model = serveSite({ ...options, environment: {} })();
  for (const [name, [, first, then, asks]] of Object.entries(places)) {
    for (const [url, authorization, wanted] of [
      [`/${name}/a.html`, undefined, first],
      [`/to-${name}`, undefined, first],
      [`/${name}/a.html`, 'Basic YTpi', then],
    ] as const) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await get(url, { headers });
      const about = `${name} ${url} ${authorization}`;
      expect(answer.code ?? String(answer.status), about).toBe(wanted);
      const challenges = answer.raw.filter((_, index, all) => all[index - 1]?.toLowerCase() === 'www-authenticate');
      expect(challenges, about).toEqual(asks);
      const { outcome, steps } = traceUrl({ model, url, headers: Object.entries(headers) });
      const said = outcome.kind === 'error' ? `${outcome.status}.${outcome.subStatus}` : String(outcome.status);
      expect(said, about).toBe(wanted);
      expect(steps.filter(({ stage }) => stage === 'authentication')).toHaveLength(wanted === '200' ? 0 : 1);
    }
  }
  const said = events.filter(({ code }) => code === 'SIGN_IN_REQUIRED').map(({ message, line }) => [message, line]);
  expect(said.length).toBeGreaterThan(3);
  expect(said.map(([message]) => message).join('\n')).toContain('no client can sign in');
  expect(said.every(([, line]) => Number(line) > 1)).toBe(true);
  expect(events.filter(({ code }) => code === 'SECTION_NOT_EMULATED')).toEqual([]);
});
