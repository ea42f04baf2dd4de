import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { applyEdits, parseXml, removeElementEdit, type XmlElement } from '../../src/xml/index.js';
import { init } from '../support/init.js';
import { fixtures, sitesThere } from './expect-codes.js';

const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => undefined };
const folder = mkdtempSync(path.join(os.tmpdir(), 'doctor-property-'));
const scaffolded = path.join(folder, 'scaffolded');
let number = 0;

mkdirSync(scaffolded);
cpSync(path.join(fixtures, 'node_modules'), path.join(folder, 'node_modules'), { recursive: true });
await init({ directory: scaffolded, path: '/dante', install: false }, talk);
const document = parseXml(readFileSync(path.join(scaffolded, 'web.config')));
const all = elements(document.root);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOf(from: string): string {
  const directory = path.join(folder, `copy-${number++}`);
  cpSync(from, directory, { recursive: true });
  return directory;
}

/** Every file with its text. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const files = names.map((each) => path.join(each.parentPath, each.name)).sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'latin1')]));
}

/** --fix never makes more findings, and a second one changes nothing. */
async function holds(cwd: string): Promise<void> {
  const before = await diagnose('.', { cwd });
  const after = await diagnose('.', { cwd, fix: true });
  expect(after.findings.length, JSON.stringify(after.findings)).toBeLessThanOrEqual(before.findings.length);
  const text = contents(cwd);
  const again = await diagnose('.', { cwd, fix: true });
  expect(again.summary.fixed).toBe(0);
  expect(again.findings).toEqual(after.findings);
  expect(contents(cwd)).toEqual(text);
}

function elements(element: XmlElement): XmlElement[] {
  return element.children.flatMap((child) => [child, ...elements(child)]);
}

describe('--fix', () => {
  it.each(sitesThere)('makes nothing worse in %s, and is done after one run', async (name) => {
    await holds(copyOf(path.join(fixtures, name)));
  });

  it("removes each of the more than 25 elements of init's web.config in turn", () => {
    expect(all.length).toBeGreaterThan(25);
  });

  it.each(all.map((element, number) => [`${element.name} (${number})`, element] as const))(
    "makes nothing worse in init's web.config without %s, and needs only one run",
    async (_name, element) => {
      const cwd = copyOf(scaffolded);
      const broken = applyEdits(document, removeElementEdit(document, element));
      writeFileSync(path.join(cwd, 'web.config'), broken.toBytes());
      await holds(cwd);
    },
  );

  it("puts a rule for socket.io into init's web.config once, behind the rule that fixes Firefox's header", async () => {
    const cwd = copyOf(scaffolded);
    const file = path.join(cwd, 'web.config');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(/<rule name="all to node"[\s\S]*?<\/rule>\s*/, ''));
    const { findings, summary } = await diagnose('.', { cwd, fix: true });
    // Without that rule the files of the folder go to IIS: nothing here can know which of them it is to serve.
    expect(findings.map(({ rule }) => rule)).toEqual(['SERVER_SOURCE_EXPOSED']);
    expect(summary.fixed).toBe(1);
    const names = [...readFileSync(file, 'utf8').matchAll(/<(remove|rule) name="([^"]+)"/g)].map(([, ...it]) => it);
    expect(names.filter(([, name]) => name !== 'iisnode')).toEqual([
      ['remove', 'Firefox upgrade'],
      ['remove', 'all to node'],
      ['rule', 'Firefox upgrade'],
      ['rule', 'socket.io'],
    ]);
  });
});
