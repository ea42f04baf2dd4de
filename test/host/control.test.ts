import { randomUUID } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { askControl, type ControlReply, type ControlRequest, serveControl } from '../../src/host/background/control.js';
import { folderWith } from './harness.js';

let pipe: string;
let asked: ControlRequest[];
beforeEach(async () => {
  pipe = process.platform === 'win32' ? `\\\\.\\pipe\\control-${randomUUID()}` : path.join(folderWith(), 'c.sock');
  asked = [];
  const server = await serveControl(pipe, async (request) => {
    asked.push(request);
    if (request.command === 'recycle') throw new Error('no such pool');
    return { ok: true, pid: 7, addresses: [] };
  });
  onTestFinished(() => void server.close());
});

/** Sends bytes, ends its side or leaves it open, and gives what came until the other side ended. */
function send(bytes: string | Buffer, { end = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ path: pipe, allowHalfOpen: true });
    let text = '';
    // What is sent behind a refused line may meet a closed pipe.
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(text));
    socket.write(bytes);
    if (end) socket.end();
  });
}

const refused = async (answer: Promise<string>): Promise<string> => {
  const text = await answer;
  expect(text).toMatch(/^\{.*\}\n$/);
  const reply = JSON.parse(text) as ControlReply;
  expect(reply).toMatchObject({ ok: false, pid: process.pid, addresses: [] });
  return reply.error ?? '';
};

describe('the control pipe', () => {
  it('answers what it knows, one line for one line', async () => {
    expect(JSON.parse(await send('{"command":"status"}\n'))).toEqual({ ok: true, pid: 7, addresses: [] });
    expect(await askControl(pipe, { command: 'halt', kind: 'site', name: 'a' })).toMatchObject({ ok: true });
    expect(asked).toEqual([{ command: 'status' }, { command: 'halt', kind: 'site', name: 'a' }]);
  });

  it('hands on only what a request may have', async () => {
    await send('{"command":"stop","then":"more","__proto__":{"x":1}}\nand another line\n');
    await send('{"command":"start","kind":"apppool","name":"p","pool":"q"}\n');
    expect(asked).toEqual([{ command: 'stop' }, { command: 'start', kind: 'apppool', name: 'p' }]);
  });

  it('says why when the host cannot', async () => {
    expect(await askControl(pipe, { command: 'recycle', pool: 'x' })).toMatchObject({
      ok: false,
      error: 'no such pool',
    });
  });

  it.each([
    ['an unknown command', '{"command":"explode"}\n', 'unknown command explode'],
    ['a command of another kind', '{"command":7}\n', 'the line has no command'],
    ['a name of Object’s own', '{"command":"constructor"}\n', 'unknown command constructor'],
    ['no command', '{}\n', 'the line has no command'],
    ['a pool that is no string', '{"command":"recycle","pool":{}}\n', 'pool is not a string'],
    ['a start of nothing', '{"command":"start"}\n', 'kind is neither site nor apppool'],
    ['a start of something else', '{"command":"start","kind":"vdir","name":"x"}\n', 'kind is neither site nor apppool'],
    ['a start without a name', '{"command":"start","kind":"site"}\n', 'name is not a string'],
    ['null', 'null\n', 'the line is not a JSON object'],
    ['a number', '1\n', 'the line is not a JSON object'],
    ['an empty line', '\n', 'the line is not a JSON object'],
    ['garbage', 'GET / HTTP/1.1\r\n\r\n', 'the line is not a JSON object'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1, 10]), 'the line is not a JSON object'],
    ['a long command', `{"command":"${'x'.repeat(1000)}"}\n`, `unknown command ${'x'.repeat(100)}`],
  ])('answers %s with an error, and asks the host nothing', async (_what, line, error) => {
    expect(await refused(send(line))).toBe(error);
    expect(asked).toEqual([]);
  });

  it.each([
    ['half a line', '{"command":"sta'],
    ['a whole request without an end of line', '{"command":"stop"}'],
    ['nothing', ''],
  ])('answers %s with an error when its client ends', async (_what, text) => {
    expect(await refused(send(text, { end: true }))).toBe('the line is incomplete');
    expect(asked).toEqual([]);
  });

  it.each([
    ['without an end of line', 'x'.repeat(1_000_000)],
    ['with one', `{"command":"status","x":"${'x'.repeat(1_000_000)}"}\n`],
    ['of many pieces', `${'[]'.repeat(1_000_000)}\n`],
  ])('answers a line that is too long, %s, with an error', async (_what, text) => {
    expect(await refused(send(text))).toBe('the line is too long');
    expect(asked).toEqual([]);
  });

  it('goes on for the next client whatever one did', async () => {
    const gone = net.connect(pipe);
    gone.write('{"comm', () => gone.destroy());
    await new Promise((resolve) => gone.once('close', resolve));
    const silent = net.connect(pipe);
    onTestFinished(() => void silent.destroy());
    await new Promise((resolve) => silent.once('connect', resolve));
    expect(await askControl(pipe, { command: 'status' })).toMatchObject({ ok: true });
  });
});

describe('asking on a control pipe', () => {
  /** Something else that listens there. */
  async function other(answer: (socket: net.Socket) => void): Promise<string> {
    const place = process.platform === 'win32' ? `${pipe}-other` : path.join(folderWith(), 'o.sock');
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(place, resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return place;
  }

  it('fails without a listener', async () => {
    await expect(askControl(`${pipe}-none`, { command: 'status' })).rejects.toThrow();
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['another kind of answer', '{"ok":"yes"}\n'],
    ['nothing', ''],
  ])('fails when the answer is %s', async (_what, text) => {
    const place = await other((socket) => socket.end(text));
    await expect(askControl(place, { command: 'status' })).rejects.toThrow(/answer/);
  });

  it('fails when no answer comes in time, though bytes trickle in', async () => {
    const place = await other((socket) => {
      const timer = setInterval(() => socket.write(' '), 20);
      socket.once('close', () => clearInterval(timer));
    });
    await expect(askControl(place, { command: 'status' }, 300)).rejects.toThrow(/no answer/);
  });

  it('fails when the answer has no end', async () => {
    const place = await other((socket) => {
      const more = (): void => {
        while (socket.writable && socket.write('x'.repeat(65_536)));
        socket.once('drain', more);
      };
      more();
    });
    await expect(askControl(place, { command: 'status' })).rejects.toThrow(/too long/);
  });
});
