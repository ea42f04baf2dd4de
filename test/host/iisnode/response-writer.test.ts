import http from 'node:http';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { ResponseWriter } from '../../../src/host/iisnode/response-writer.js';

const head = (headers: string[]) =>
  ({
    ...{ status: 200, subStatus: 0, reason: 'OK', headers, closes: false, interim: undefined },
    framing: { kind: 'chunked' },
  }) as const;

/** A response whose bytes go nowhere. */
function response(): http.ServerResponse {
  const sink = new http.ServerResponse(new http.IncomingMessage(new net.Socket()));
  sink.write = () => true;
  return sink;
}

describe('the writer of a response', () => {
  it('holds a body of single bytes in about as much memory as it has bytes', () => {
    const writer = new ResponseWriter(response(), { flushResponse: false, limit: 4_194_304 });
    writer.head(head([]));
    const source = Buffer.alloc(65_536, 'x');
    const before = process.memoryUsage();
    for (let index = 0; index < 4_000_000; index++) {
      writer.write(source.subarray(index % 65_536, (index % 65_536) + 1), false);
    }
    const after = process.memoryUsage();
    // Held one by one, four million pieces take more than 300 MB.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(100_000_000);
  });

  it('takes a header node:http refuses for a fault of the application: 500.1014', () => {
    const writer = new ResponseWriter(response(), { flushResponse: false, limit: 0 });
    writer.head(head(['Bad Name', 'x']));
    expect(() => writer.write(Buffer.from('x'), false)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ subStatus: 1014 }) }),
    );
    expect(writer.sent).toBe(false);
  });
});
