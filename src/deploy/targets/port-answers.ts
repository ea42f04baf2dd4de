import { connect } from 'node:net';

/**
 * Does a program of this machine accept connections there?
 * @param patience ms after which none does.
 */
export function portAnswers(port: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
    socket.setTimeout(patience, () => finish(false));
  });
}
