import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

it("a rule for upgrades only does not bring socket.io's client script to node", async () => {
  const cwd = copyOf('everything-right');
  const file = path.join(cwd, 'web.config');
  const condition = '<conditions><add input="{HTTP_UPGRADE}" pattern="^websocket$" /></conditions>';
  writeFileSync(file, readFileSync(file, 'utf8').replace('<action', `${condition}\n          <action`));
  const { findings } = await diagnose('.', { cwd });
  expect(findings.map(({ rule }) => rule)).toEqual(['SOCKET_REWRITE_MISSING']);
  expect(findings[0]?.message).toContain('socket.io');
});
