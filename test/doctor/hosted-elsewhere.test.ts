import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostedElsewhere } from '../../src/doctor/facts/realtime.js';
import { gatherFacts } from '../../src/doctor/index.js';
import { readFileSync } from '../../src/files/index.js';
import { otherHosts } from '../../src/webconfig/index.js';
import { parseXml } from '../../src/xml/index.js';
import { folderWith } from '../scaffold/workspace.js';

const ruleTo = (url: string, match: string): string =>
  `<rewrite><rules><rule name="a"><match url="${match}" /><action type="Rewrite" url="${url}" /></rule></rules></rewrite>`;

describe('init and the doctor agree whether another module runs the app', () => {
  it.each([
    [ruleTo('http://localhost:3000/{R:0}', '^chat'), true],
    [ruleTo('https://chat.example.com/{R:1}', '(.*)'), true],
    [ruleTo('{C:1}://localhost:3000/{R:1}', '(.*)'), true],
    [ruleTo('{C:1}://chat.example.com/{R:1}', '(.*)'), true],
    [ruleTo('{C:1}://api.example.com/{R:1}', '^api/(.*)'), false],
    [ruleTo('{C:1}/{R:1}', '(.*)'), false],
    [ruleTo('https://api.example.com/{R:1}', '^api/(.*)'), false],
    ['<handlers><add name="p" path="*" verb="*" modules="httpPlatformHandler" /></handlers>', true],
    ['<aspNetCore processPath="node" arguments="server.js" />', true],
    ['<rewrite />', false],
  ])('%s: %s', (inside, isHosted) => {
    const text = `<configuration><system.webServer>${inside}</system.webServer></configuration>`;
    const files = { 'package.json': '{}', 'server.js': '', 'web.config': text };
    const directory = folderWith(files);
    expect(hostedElsewhere(gatherFacts('.', { cwd: directory }))).toBe(isHosted);
    const file = path.join(directory, 'web.config');
    const document = parseXml(readFileSync(file, 100_000).toString(), file);
    expect(otherHosts(document).length > 0).toBe(isHosted);
  });
});
