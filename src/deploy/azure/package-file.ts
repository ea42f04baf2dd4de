import { openRegularFile } from '../../files/index.js';

/** A package on this machine that can be sent more than once. */
export interface PackageFile {
  readonly file: string;
  /** In bytes. */
  readonly length: number;
  parts(): AsyncIterable<Uint8Array>;
}

const partSize = 128 * 1024;

/** @throws FileError. */
export async function packageFile(file: string): Promise<PackageFile> {
  const { handle, stats } = await openRegularFile(file);
  await handle.close();
  return { file, length: stats.size, parts: () => partsOf(file) };
}

async function* partsOf(file: string): AsyncGenerator<Uint8Array, void, void> {
  const { handle } = await openRegularFile(file);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(partSize), 0, partSize, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
