import { createHash } from 'node:crypto';
import path from 'node:path';
import { size as sizeText } from '../../amounts.js';
import { readFileSync } from '../../files/index.js';
import type { Session } from '../../ssh/index.js';
import { largestPackage, packagesOf, requireMsi } from '../preflight/installs.js';
import type { Reporter } from '../reporter.js';
import type { DeployOptions } from '../types.js';
import { compressed } from './send-app.js';
import type { RemotePackage } from './wire.js';

/** A package of this machine, which the server installs. */
export interface SentPackage extends RemotePackage {
  /** As people call it. */
  readonly product: string;
  readonly bytes: Buffer;
}

/** The packages that the options name. @throws UserError MSI_NOT_FOUND, MSI_INVALID; FileError. */
export function readPackages(options: DeployOptions): readonly SentPackage[] {
  return packagesOf(options).map(({ option, name: product, from, file }) => {
    const msi = path.resolve(file);
    requireMsi(msi, from);
    const bytes = readFileSync(msi, largestPackage);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { option, name: path.basename(msi), size: bytes.length, sha256, product, bytes };
  });
}

/** What the server has to know of them first. */
export const announced = (packages: readonly SentPackage[]): { readonly packages?: readonly RemotePackage[] } =>
  packages.length === 0
    ? {}
    : { packages: packages.map(({ option, name, size, sha256 }) => ({ option, name, size, sha256 })) };

/** Sends those whose products the server lacks, one after the other. */
export async function sendPackages(
  packages: readonly SentPackage[],
  wanted: readonly number[],
  session: Session,
  reporter: Reporter,
): Promise<void> {
  for (const index of wanted) {
    const one = packages[index];
    if (one === undefined) continue;
    reporter.note(step, 'doing', `(send ${one.name}, ${sizeText(one.size)}, for ${one.product})`);
    await session.sendData(compressed([one.bytes]));
  }
}

const step = { id: 'send-packages', title: 'Send what IIS lacks' };
