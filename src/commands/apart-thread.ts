import { parentPort, workerData } from 'node:worker_threads';
import { type ReadApart, readApart } from './read-apart.js';

/** The thread of `examineApart`: one result, or an error that ends it. */
parentPort?.postMessage(await readApart(workerData as ReadApart));
