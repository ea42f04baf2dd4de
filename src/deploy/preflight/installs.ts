import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { readIfThereSync } from '../../files/index.js';
import type { ProductInstall } from '../plan.js';
import { targetNameOf } from '../targets/choose-target.js';
import type { DeployOptions } from '../types.js';
import { sources } from './sources.js';

/** A package of these products has a few megabytes. */
export const largestPackage = 256 * 1024 * 1024;
/** An MSI is a compound file ([MS-CFB] 2.2). */
const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * The packages that the user gives with `--install-iisnode` and `--install-rewrite`.
 * @throws UserError INSTALL_NOT_HERE, MSI_NOT_FOUND, MSI_INVALID, FileError.
 */
export function installsOf(options: DeployOptions): readonly ProductInstall[] {
  return packagesOf(options).map(({ flag, name, module, from, file }) => {
    if (targetNameOf(options) !== 'iis') throw notHere(flag);
    const msi = path.resolve(file);
    requireMsi(msi, from);
    const log = path.join(tmpdir(), `iisnode-sock-install-${module.toLowerCase()}.log`);
    return { name, module, from, msi, log };
  });
}

/** A package that an option names. */
export interface GivenPackage extends Pick<ProductInstall, 'name' | 'module' | 'from'> {
  readonly option: 'installIisnode' | 'installRewrite';
  readonly flag: string;
  readonly file: string;
}

/** The packages that the options name; whether they are there is not looked at. */
export function packagesOf({ installIisnode, installRewrite }: DeployOptions): readonly GivenPackage[] {
  const given = [
    { ...sources.iisnode, option: 'installIisnode', flag: '--install-iisnode', file: installIisnode },
    { ...sources.rewrite, option: 'installRewrite', flag: '--install-rewrite', file: installRewrite },
  ] as const;
  return given.flatMap(({ name, module, from, file, ...option }) =>
    file === undefined ? [] : [{ name, module, from, file, ...option }],
  );
}

/** @param from where to get it. @throws UserError MSI_NOT_FOUND, MSI_INVALID; FileError. */
export function requireMsi(msi: string, from: string): void {
  const bytes = readIfThereSync(msi, largestPackage);
  if (bytes !== undefined && /\.msi$/i.test(msi) && bytes.subarray(0, signature.length).equals(signature)) return;
  const isThere = bytes !== undefined;
  throw new UserError(isThere ? 'MSI_INVALID' : 'MSI_NOT_FOUND', {
    what: isThere ? `${msi} is no package of Windows Installer` : `there is no file ${msi}`,
    why: isThere
      ? 'It has not the content, or not the name, of an .msi file: a download may have been cut, or be a page.'
      : 'Deploy downloads nothing itself.',
    next: `get ${from}`,
  });
}

const notHere = (option: string): UserError =>
  new UserError('INSTALL_NOT_HERE', {
    what: `${option} is for IIS, of this machine or of a server`,
    why: 'The embedded IIS has both products built in, IIS Express has packages of its own, and a script installs nothing.',
    next: 'omit it, or deploy to a server: --to ssh://..., or there with --to iis',
    again: { without: [option] },
  });
