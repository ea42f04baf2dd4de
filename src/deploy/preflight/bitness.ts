import { quoteForCmd } from '../../quoting.js';
import { findPool } from '../steps/run-appcmd.js';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';
import { globalModules, modulesOf } from './products.js';

/** Modules that are built for one bitness; those of IIS itself are there for both. */
const built = ['iisnode', 'httpplatformhandler'];

async function look(asked: Preflight): Promise<Obstacle | undefined> {
  const { context, plan } = asked;
  // The build of iisexpress.exe decides there, and not the pool.
  if (context.target.kind === 'iisexpress') return undefined;
  const modules = await globalModules(asked);
  const pool = await findPool(context, plan.poolName);
  const is32Bit = pool?.configured('enable32BitAppOnWin64')?.toLowerCase() === 'true';
  for (const name of modulesOf(asked)) {
    const module = built.includes(name.toLowerCase()) ? modules?.get(name.toLowerCase()) : undefined;
    if (module === undefined) continue;
    const [, bits] = /\bbitness(32|64)\b/i.exec(module.preCondition) ?? [];
    // The MSI for 64 bit sets no condition, the one for 32 bit does (iis.md 1.7): without one the DLL is of 64 bit.
    const moduleIs32Bit = bits === '32' || (bits === undefined && /\(x86\)|SysWOW64/i.test(module.image));
    if (moduleIs32Bit !== is32Bit) return mismatch(name, plan.poolName, is32Bit);
  }
  return undefined;
}

const mismatch = (module: string, pool: string, poolIs32Bit: boolean): Obstacle => ({
  code: 'BITNESS_MISMATCH',
  what: `the application pool "${pool}" has worker processes of ${poolIs32Bit ? 32 : 64} bit, and ${module} is installed for ${poolIs32Bit ? 64 : 32} bit`,
  why: 'A worker process loads only modules of its own bitness: IIS would answer with 500.21, or the pool would stop.',
  next: poolIs32Bit
    ? `appcmd set apppool ${quoteForCmd(pool)} /enable32BitAppOnWin64:false, or give another pool with --pool`
    : `install ${module} for 64 bit on the server, with Node.js for 64 bit`,
});

/** symptoms.md S20. */
export const bitness: PreflightCheck = {
  id: 'bitness',
  title: 'The application pool and the modules have the same bitness',
  look,
};
