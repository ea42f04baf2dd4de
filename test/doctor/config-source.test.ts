import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose, type Finding } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** A fixture site with one section moved into a file of its own, as `configSource` has it. */
function moved(site: string, section: RegExp, name: string): { readonly cwd: string; readonly file: string } {
  const cwd = copyOf(site);
  const config = path.join(cwd, 'web.config');
  const text = readFileSync(config, 'utf8');
  const [found = ''] = section.exec(text) ?? [];
  writeFileSync(config, text.replace(found, `<${name} configSource="${name}.config" />`));
  const file = path.join(cwd, `${name}.config`);
  writeFileSync(file, `<!-- moved -->\n\n${found}\n`);
  return { cwd, file };
}

async function found(cwd: string): Promise<readonly Finding[]> {
  return (await diagnose('.', { cwd })).findings;
}

const rules = /<rules>[\s\S]*<\/rules>/;
const handlers = /<handlers>[\s\S]*<\/handlers>/;
const iisnode = /<iisnode[\s\S]*?\/>/;

it('handlers in a file of their own are the handlers of the app', async () => {
  expect(await found(moved('everything-right', handlers, 'handlers').cwd)).toEqual([]);
});

it.each([
  ['socket-rewrite-unanchored', rules, 'rules', 'SOCKET_REWRITE_UNANCHORED', 'socket'],
  ['rewrite-invalid-pattern', rules, 'rules', 'CONFIG_ERROR', '<rule'],
  ['duplicate-handler', handlers, 'handlers', 'DUPLICATE_ENTRY', '<add'],
  ['few-concurrent-requests', iisnode, 'iisnode', 'FEW_CONCURRENT_REQUESTS', 'maxConcurrentRequestsPerProcess'],
  ['iisnode-unknown-attribute', iisnode, 'iisnode', 'CONFIG_ERROR', ''],
])('what is wrong in %s is found in the file where it stands', async (site, section, name, code, text) => {
  const { cwd, file } = moved(site, section, name);
  const findings = await found(cwd);
  expect(findings.map((finding) => finding.rule)).toEqual([code]);
  const [finding] = findings;
  expect(finding?.file).toBe(file);
  const line = readFileSync(file, 'utf8').split('\n')[(finding?.line ?? 0) - 1];
  expect(finding?.evidence).toBe(line);
  expect(line).toContain(text);
});

it.each([
  ['socket-rewrite-unanchored', rules, 'rules'],
  ['few-concurrent-requests', iisnode, 'iisnode'],
  ['duplicate-handler', handlers, 'handlers'],
  ['socket-rewrite-without-stop', rules, 'rules'],
])('a fix leaves web.config as it is where %s has its fault elsewhere', async (site, section, name) => {
  const { cwd } = moved(site, section, name);
  const config = path.join(cwd, 'web.config');
  const before = readFileSync(config, 'utf8');
  await diagnose('.', { cwd, fix: true });
  expect(readFileSync(config, 'utf8')).toBe(before);
});
