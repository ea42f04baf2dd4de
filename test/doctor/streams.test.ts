import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

async function codes(cwd: string): Promise<string[]> {
  return (await diagnose('.', { cwd })).findings.map(({ rule }) => rule);
}

describe('server-sent events', () => {
  it.each([
    "ctx.type = 'text/event-stream';",
    "response.contentType = 'text/event-stream; charset=utf-8';",
    "ctx.set('Content-Type', 'text/event-stream');",
    "reply.type('text/event-stream');",
    "response.set({ 'content-type': 'text/event-stream' });",
  ])('are seen in %s', async (code) => {
    const cwd = copyOf('everything-right');
    const file = path.join(cwd, 'server.js');
    writeFileSync(file, `${readFileSync(file, 'utf8')}function answer(ctx, response, reply) { ${code} }\n`);
    expect(await codes(cwd)).toEqual(['STREAM_NOT_FLUSHED']);
  });

  it.each([
    ["fetch(url, { headers: { accept: 'text/event-stream' } });"],
    ["if (request.headers.accept === 'text/event-stream') more();"],
    ["const type = 'text/event-stream';"],
  ])('are not sent by %s', async (code) => {
    const cwd = copyOf('everything-right');
    const file = path.join(cwd, 'server.js');
    writeFileSync(file, `${readFileSync(file, 'utf8')}function ask(request) { ${code} }\n`);
    expect(await codes(cwd)).toEqual([]);
  });

  it('are not compressed where a <location> says so, as the rule itself advises', async () => {
    const cwd = copyOf('stream-compressed');
    const file = path.join(cwd, 'web.config');
    const location =
      '<location path="events"><system.webServer><urlCompression doDynamicCompression="false" /></system.webServer></location>';
    writeFileSync(file, readFileSync(file, 'utf8').replace('</configuration>', `${location}\n</configuration>`));
    expect(await codes(cwd)).toEqual([]);
  });
});
