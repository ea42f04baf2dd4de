import type { PipeConnection } from './pipe-connection.js';

interface Idle {
  readonly connection: PipeConnection;
  readonly since: number;
}

/**
 * Idle connections of one node process, last in, first out (iisnode 0.2.27, cconnectionpool.cpp). There is no cleanup timer:
 * a connection that is too old is closed when it is next taken. Node closes idle connections after 5 s by default, iisnode
 * keeps them for 30 s: this race causes 500.1013 (https://github.com/Azure/iisnode/issues/57).
 */
export class ConnectionPool {
  readonly #idle: Idle[] = [];
  readonly #size: number;
  readonly #age: number;

  /** `size` connections at most, each for `age` ms since its last use; 0 of either: nothing is reused. */
  constructor(size: number, age: number) {
    this.#size = size;
    this.#age = age;
  }

  take(now: number = performance.now()): PipeConnection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (this.#age > 0 && now - idle.since <= this.#age) {
        idle.connection.wake();
        return idle.connection;
      }
      idle.connection.close();
    }
    return undefined;
  }

  put(connection: PipeConnection, now: number = performance.now()): void {
    if (this.#idle.length >= this.#size) {
      connection.close();
      return;
    }
    connection.rest();
    this.#idle.push({ connection, since: now });
  }

  closeAll(): void {
    for (const { connection } of this.#idle.splice(0)) connection.close();
  }
}
