import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { UserError } from '../../src/errors.js';
import { connect, readSshAddress } from '../../src/ssh/index.js';
import { type FakeSsh, fakeSsh } from './fake-ssh.js';

const address = readSshAddress('ssh://ann@web1:2222/S/p');
/** Says what it got, and ends when the other side has. */
const program = Buffer.from(
  'exports.run = async ({ next, send, onClose }) => { onClose(() => send({ closed: true })); for (let frame; (frame = await next()) !== undefined; ) send({ kind: frame.kind, text: frame.bytes.toString() }); };',
);

async function connected(
  ssh: FakeSsh,
  others: { readonly program?: Buffer; readonly patience?: number; readonly longest?: number } = {},
) {
  const session = await connect(address, { environment: ssh.environment, program, needsWindows: false, ...others });
  onTestFinished(() => session.close());
  return session;
}

/** The program runs there, and answers. */
async function answered(session: Awaited<ReturnType<typeof connected>>): Promise<void> {
  await session.send({});
  expect(await session.receive()).toMatchObject({ kind: 'J' });
}

const refusal = (ssh: FakeSsh): Promise<unknown> =>
  connected(ssh).then(
    () => undefined,
    ({ code, what, why, next, exit }) => ({ code, exit, text: `${what} ${why} ${next}` }),
  );

describe('a connection', () => {
  it('brings the program there once, and then finds it', async () => {
    const ssh = fakeSsh('echo "Welcome!"; echo "Active code page: 850"; exec sh -c "$line"');
    const first = await connected(ssh);
    expect(first.ready).toMatchObject({ platform: process.platform, node: process.version, hasProgram: false });
    await first.send({ text: 'größe 👋' });
    await first.sendData([Buffer.from('abc')]);
    expect(await first.receive()).toEqual({ kind: 'J', text: '{"text":"größe 👋"}' });
    expect([await first.receive(), await first.receive()]).toEqual([
      { kind: 'D', text: 'abc' },
      { kind: 'E', text: '' },
    ]);
    first.finish();
    expect(await first.receive()).toEqual({ closed: true });
    await expect(first.receive()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    const second = await connected(ssh);
    expect(second.ready.hasProgram).toBe(true);
    expect(second.sent).toBeLessThan(400);
  });

  it('runs no file that someone else has put in the place of the program, and keeps no more than four', async () => {
    const ssh = fakeSsh();
    await answered(await connected(ssh));
    const folder = path.join(ssh.home, 'programs');
    const [name = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, name), 'exports.run = ({ send }) => send({ planted: true });');
    const session = await connected(ssh);
    expect(session.ready.hasProgram).toBe(false);
    await answered(session);
    expect(readFileSync(path.join(folder, name), 'utf8')).toBe(program.toString());
    for (let turn = 0; turn < 4; turn++)
      await answered(await connected(ssh, { program: Buffer.concat([program, Buffer.from(`//${turn}`)]) }));
    expect(readdirSync(folder).length).toBe(4);
  });

  it('ends when the server is silent', async () => {
    const silent = Buffer.from('exports.run = ({ onClose }) => new Promise((end) => onClose(end));');
    const session = await connected(fakeSsh(), { program: silent, patience: 1 });
    await expect(session.receive()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      why: expect.stringContaining('silent'),
    });
  });

  it('ends when the server gives signs of life alone, and says the limit; not while there is news', async () => {
    const busy = Buffer.from(
      'exports.run = ({ send, onClose }) => new Promise((end) => { const alive = setInterval(() => send({ alive: true }), 20); onClose(() => { clearInterval(alive); end(); }); });',
    );
    const session = await connected(fakeSsh(), { program: busy, longest: 1 });
    await expect(session.receive()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      why: expect.stringMatching(/signs of life for 0 min, which is the limit/),
    });
    const counting = Buffer.from(
      'exports.run = ({ send, onClose }) => new Promise((end) => { let at = 0; const each = setInterval(() => send({ at: at++ }), 200); onClose(() => { clearInterval(each); end(); }); });',
    );
    const followed = await connected(fakeSsh(), { program: counting, longest: 1_500 });
    // Longer than the limit, and there is news all the time.
    for (let at = 0; at < 15; at++) expect(await followed.receive()).toEqual({ at });
  });

  it('finds node in its usual place, by the words of the shell there', async () => {
    // Like cmd.exe without node in its PATH: 9009, of which 8 bits arrive.
    const ssh = fakeSsh(
      `case "$line" in
  echo*) echo 'C:\\Windows\\system32\\cmd.exe' ;;
  '"%ProgramFiles%'*) exec node -e "$(printf '%s' "$line" | sed 's/.*"eval/eval/; s/"$//')" ;;
  *) echo "'node' is not recognized" >&2; exit 49 ;;
esac`,
    );
    expect((await connected(ssh)).ready.node).toBe(process.version);
  });
});

describe('what can go wrong', () => {
  it.each([
    ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.', 'SSH_HOST_KEY_CHANGED'],
    [
      'No ED25519 host key is known for web1 and you have requested strict checking.\nHost key verification failed.',
      'SSH_HOST_KEY_UNKNOWN',
    ],
    ['ann@web1: Permission denied (publickey,password,keyboard-interactive).', 'SSH_PERMISSION_DENIED'],
    ['ssh: connect to host web1 port 2222: Connection refused', 'SSH_REFUSED'],
    ['ssh: connect to host web1 port 2222: Connection timed out', 'SSH_TIMED_OUT'],
    ['ssh: connect to host web1 port 22: No route to host', 'SSH_TIMED_OUT'],
    ['ssh: Could not resolve hostname web1: Name or service not known', 'SSH_HOST_UNKNOWN'],
    ['Bad configuration option: nonsense', 'SSH_FAILED'],
  ])('%s', async (said, code) => {
    const ssh = fakeSsh(`echo '${said}' >&2; exit 255`);
    expect(await refusal(ssh)).toMatchObject({ code, exit: 'refused', text: expect.stringContaining('web1') });
  });

  it.each([
    ['REMOTE HOST IDENTIFICATION HAS CHANGED', 'ann', ['ssh-keygen -R "[web1]:2222"', 'ssh -p 2222 ann@web1']],
    ['Host key verification failed', 'ann', ['ssh -p 2222 ann@web1']],
    ['Permission denied', 'CORP%5Cann', ['ssh -p 2222 "CORP\\ann@web1"']],
    ['nonsense', 'ann', ['ssh -p 2222 ann@web1']],
  ])('%s: what to type has the port and the user, and lowers no guard', async (said, user, typed) => {
    const { environment } = fakeSsh(`echo '${said}' >&2; exit 255`);
    const failed = await connect(readSshAddress(`ssh://${user}@web1:2222/`), { environment, program }).then(
      () => undefined,
      (error: UserError) => error,
    );
    for (const command of typed) expect(failed?.next).toContain(command);
    expect(failed?.next).not.toMatch(/StrictHostKeyChecking|KnownHostsFile/i);
  });

  it.each([
    ["'node' is not recognized as an internal or external command,\r\noperable program or batch file.", 49],
    ['sh: 1: node: not found', 127],
    ["node : The term 'node' is not recognized as the name of a cmdlet, function, script file", 1],
  ])('no node there, in the words of its shell: %s', async (words, exitCode) => {
    const ssh = fakeSsh(`echo 'Welcome!'; printf '%s\\n' "${words}" >&2; exit ${exitCode}`);
    const shown = words.replace('\r\n', ' ').replace(/\.$/, '');
    expect(await refusal(ssh)).toMatchObject({
      code: 'NODE_NOT_ON_SERVER',
      text: expect.stringContaining(`"${shown}"`),
    });
  });

  it('no ssh here, an old node there, no Windows, no administrator', async () => {
    const empty = { environment: { PATH: '/nowhere' }, home: '' };
    expect(await refusal(empty)).toMatchObject({ code: 'SSH_NOT_FOUND' });
    const reads = (ready: object): string => {
      const code = `process.stdin.once('data', (b) => { const m = JSON.parse(b.subarray(5)).marker; console.log(m + '[' + '${JSON.stringify(ready)}' + ']' + m); })`;
      return `exec node -e "${code.replaceAll('"', '\\"')}"`;
    };
    const good = { node: 'v20.1.0', platform: 'win32', arch: 'x64', elevated: true, hasProgram: true, computer: 'w' };
    const old = fakeSsh(reads({ ready: { ...good, node: 'v16.20.0' } }));
    expect(await refusal(old)).toMatchObject({
      code: 'NODE_TOO_OLD_ON_SERVER',
      text: expect.stringContaining('v16.20.0'),
    });
    const user = fakeSsh(reads({ ready: { ...good, elevated: false } }));
    expect(await refusal(user)).toMatchObject({ code: 'NOT_ELEVATED' });
    const linux = connect(address, { environment: fakeSsh().environment, program });
    await expect(linux).rejects.toMatchObject({ code: 'SERVER_NOT_WINDOWS' });
  });
});
