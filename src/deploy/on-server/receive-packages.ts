import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { inScratchFolder, makeFolder, WriteError } from '../../files/index.js';
import { windowsPathFault } from '../../pack/index.js';
import type { RemoteMessage, RemotePackage } from '../over-ssh/wire.js';
import { largestPackage } from '../preflight/installs.js';
import { globalModules } from '../preflight/products.js';
import { sources } from '../preflight/sources.js';
import type { DeployContext } from '../step.js';
import { unpacked } from './incoming.js';
import type { Work } from './work.js';

/** The options that name the packages which have come. */
type PackageOptions = Partial<Record<RemotePackage['option'], string>>;

const moduleOf = { installIisnode: sources.iisnode.module, installRewrite: sources.rewrite.module } as const;

/**
 * Takes the packages whose products IIS lacks, in a temporary folder that is there while `work` is at work; what is installed is not sent.
 * @throws UserError INTERRUPTED, PACKAGE_ARRIVED_DIFFERENT; WriteError; the errors of `work`.
 */
export async function withPackages<Result>(
  packages: readonly RemotePackage[] = [],
  context: DeployContext,
  work: Work,
  act: (options: PackageOptions) => Promise<Result>,
): Promise<Result> {
  if (packages.length === 0) return act({});
  const modules = await globalModules({ context });
  const missing = packages.flatMap(({ option }, index) =>
    modules?.has(moduleOf[option].toLowerCase()) === true ? [] : [index],
  );
  if (missing.length === 0) return act({});
  return inScratchFolder('packages', async (folder) => {
    const options: PackageOptions = {};
    work.channel.send({ packages: missing } satisfies RemoteMessage);
    for (const index of missing) {
      const one = packages[index];
      if (one !== undefined) options[one.option] = await received(one, path.join(folder, String(index)), work);
    }
    return act(options);
  });
}

/** The file of a package. */
async function received({ name, size, sha256 }: RemotePackage, folder: string, work: Work): Promise<string> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of unpacked(work.channel)) {
    length += part.length;
    if (length > largestPackage) break;
    hash.update(part);
    parts.push(part);
  }
  const isName = windowsPathFault(name) === undefined && !/[\\/]/.test(name);
  if (!isName || length !== size || hash.digest('hex') !== sha256)
    throw new UserError('PACKAGE_ARRIVED_DIFFERENT', {
      what: `${name} did not arrive as it was; nothing was changed`,
      why: 'It is another file than was announced.',
      next: 'deploy again',
      exit: 'refused',
    });
  const file = path.join(folder, name);
  makeFolder(folder);
  await writeFile(file, Buffer.concat(parts)).catch((error: unknown) => {
    throw new WriteError(file, 'file', error);
  });
  return file;
}
