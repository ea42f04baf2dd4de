import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { Viewer } from '../templates/dante/server.js';

/** Runs the Dante app in that folder by itself and reads to the end: the stanzas that a viewer got. */
export async function readToTheEnd(app: string): Promise<Viewer['stanzas']> {
  const port = await freePort();
  const child = spawn(process.execPath, ['server-socketio.js'], {
    cwd: app,
    env: { ...process.env, PORT: `${port}`, STANZA_INTERVAL: '5' },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const viewer = new Viewer(`http://127.0.0.1:${port}`);
  onTestFinished(() => void viewer.socket.disconnect());
  await viewer.until(() => viewer.ended);
  return viewer.stanzas;
}
