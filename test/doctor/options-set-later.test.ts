import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

async function codes(site: string, code: string, vdirPath?: string): Promise<string[]> {
  const cwd = copyOf(site);
  writeFileSync(
    path.join(cwd, 'server.js'),
    `const { Server } = require('socket.io');\nconst server = require('http').createServer();\n${code}\nserver.listen(process.env.PORT);\n`,
  );
  const { findings } = await diagnose('.', { cwd, ...(vdirPath !== undefined && { vdirPath }) });
  return findings.map(({ rule }) => rule);
}

describe('options that a server gets after it was made', () => {
  it("are not said to be missing: const io = new Server(server); io.path('/dante/socket.io');", async () => {
    const code = "const io = new Server(server); io.path('/dante/socket.io');";
    expect(await codes('everything-right', code, '/dante')).toEqual([]);
  });

  it.each([
    "const io = new Server(server, { path: '/dante/socket.io' });",
    "const io = new Server(); io.attach(server, { path: '/dante/socket.io' });",
    "const io = new Server(); io.listen(server, { path: '/dante/socket.io' });",
  ])('are read where they come with the http server, as those of the constructor: %s', async (code) => {
    expect(await codes('everything-right', code, '/dante')).toEqual(['VDIR_PATH_HARD_CODED']);
  });

  it('may let old clients in', async () => {
    const code = 'const io = new Server(); io.attach(server, { allowEIO3: true });';
    expect(await codes('eio-client-2-from-cdn', code)).toEqual([]);
  });

  it('are not there where nothing sets them', async () => {
    const code = 'const io = new Server(); io.attach(server);';
    expect(await codes('everything-right', code, '/dante')).toEqual(['SOCKET_PATH_MISMATCH_SERVER']);
    expect(await codes('eio-client-2-from-cdn', code)).toEqual(['EIO_MISMATCH']);
  });
});
