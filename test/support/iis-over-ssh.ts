import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { applicationHostText } from '../../src/config/index.js';
import { type Home, openHome, startBackgroundHost, stopBackgroundHost } from '../../src/host/index.js';
import { freePort } from './free-port.js';
import { type Sshd, startSshd } from './sshd.js';

/**
 * A server behind a real sshd, without wine: its shell is sh, its node is this machine's and says that it is on Windows, and its IIS
 * is an embedded one of its own home (test/support/iis-over-ssh-node.ts).
 */
export interface IisOverSsh {
  readonly sshd: Sshd;
  readonly home: Home;
  /** The port of its Default Web Site. */
  readonly port: number;
  /** The folder with the releases of /dante. */
  readonly base: string;
  /** `ssh://user@127.0.0.1:port/Default%20Web%20Site/dante` */
  readonly url: string;
  /** In the next connection the server's sshd is killed before this message of the server; 1: its first. */
  cutAt(message: number): void;
  /** The same for the node there. */
  killAt(message: number): void;
  /** The same for the node there, before the first change that fits (test/support/kill-at-change.cjs). */
  killAtChange(pattern: string): void;
  /** How many messages the server has sent in the connection that ended last. */
  messages(): number;
  close(): Promise<void>;
}

const killer = path.join(import.meta.dirname, 'kill-at-change.cjs');

/**
 * Starts the server.
 * @param folder a folder of its own.
 * @param given `state`: the folder of its home; `shell`: lines of sh before each command; `serves`: false: its IIS does not run.
 */
export async function startIisOverSsh(
  folder: string,
  { state = path.join(folder, 'home'), shell = '', serves = true } = {},
): Promise<IisOverSsh> {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(state, { recursive: true });
  const [port, preload] = [await freePort(), path.join(folder, 'node-of-server.cjs')];
  const home = openHome({ ...process.env, IISNODE_SOCK_HOME: state });
  await build({
    entryPoints: [path.join(import.meta.dirname, 'iis-over-ssh-node.ts')],
    outfile: preload,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['socket.io', 'fsevents'],
    define: { BUILD_VERSION: '"0.0.0"', 'import.meta.url': '"file:///none"' },
    logLevel: 'error',
  });
  const node = `#!/bin/sh\nexec '${process.execPath}' --require '${preload}' "$@"\n`;
  writeFileSync(path.join(bin, 'node'), node, { mode: 0o755 });
  mkdirSync(home.wwwroot, { recursive: true });
  const site = {
    name: 'Default Web Site',
    id: 1,
    bindings: [{ protocol: 'http', information: `127.0.0.1:${port}:` }],
    applications: [{ path: '/', physicalPath: home.wwwroot, pool: 'DefaultAppPool' }],
  };
  writeFileSync(
    home.applicationHostFile,
    applicationHostText({ pools: ['DefaultAppPool'], installed: ['rewrite', 'iisnode'], sites: [site] }),
  );
  const fileOf = (name: string): string => path.join(folder, name);
  const [cutFile, countFile, changeFile] = [fileOf('cut-at'), fileOf('messages'), fileOf('change-at')];
  const sshd = await startSshd(
    folder,
    (commandsFile) => `#!/bin/bash
printf '%s\\0' "$SSH_ORIGINAL_COMMAND" >> '${commandsFile}'
export IISNODE_SOCK_HOME='${state}' PATH='${bin}':/usr/bin:/bin CONNECTION=$PPID CUT_AT='${cutFile}' MESSAGES='${countFile}'
if [ -f '${changeFile}' ]; then export NODE_OPTIONS='--require ${killer}' KILL_AT="$(cat '${changeFile}')"; rm '${changeFile}'; fi
${shell}
exec sh -c "$SSH_ORIGINAL_COMMAND"
`,
  );
  if (serves) await startBackgroundHost(home);
  return {
    sshd,
    home,
    port,
    base: path.join(state, 'apps', 'Default Web Site+dante'),
    url: `${sshd.url}/Default%20Web%20Site/dante`,
    cutAt: (message) => writeFileSync(cutFile, `${message}`),
    killAt: (message) => writeFileSync(cutFile, `${-message}`),
    killAtChange: (pattern) => writeFileSync(changeFile, pattern),
    messages: () => Number(readFileSync(countFile, 'utf8')),
    async close() {
      await sshd.close();
      await stopBackgroundHost(home);
    },
  };
}
