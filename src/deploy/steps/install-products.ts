import { UserError } from '../../errors.js';
import { commandLine } from '../../quoting.js';
import type { DeployPlan, ProductInstall } from '../plan.js';
import { globalModules } from '../preflight/products.js';
import type { AtWork, DeployContext, DeployStep } from '../step.js';

interface SeenProducts {
  /** Those that are not installed, of the ones that were asked for. */
  readonly missing: readonly ProductInstall[];
}

async function look(context: DeployContext, { installs = [] }: DeployPlan): Promise<SeenProducts> {
  if (installs.length === 0) return { missing: [] };
  const modules = await globalModules({ context });
  return { missing: installs.filter(({ module }) => modules?.has(module.toLowerCase()) !== true) };
}

const program = 'msiexec.exe';
const quiet = ['/qn', '/norestart'] as const;
const installArguments = ({ msi, log }: ProductInstall): string[] => ['/i', msi, ...quiet, '/l*v', log];
const removeArguments = ({ msi, log }: ProductInstall): string[] => ['/x', msi, ...quiet, '/l*v', log];

/** Exit codes of msiexec ("MsiExec.exe and InstMsi.exe error messages", learn.microsoft.com): done, and done after a restart. */
const restartCodes = [3010, 1641];
const reasons: Readonly<Record<number, readonly [why: string, next: string]>> = {
  1602: ['It was cancelled.', 'run the command again'],
  1603: [
    'It failed: often a missing feature of IIS, or a former version.',
    'read the log from its end for "Return value 3"',
  ],
  1618: ['Another installation is running.', 'wait until it has ended, and run the command again'],
  1619: ['The file cannot be opened as a package.', 'download it again'],
  1625: ['A policy of the machine forbids it.', 'ask its administrator'],
  1633: ['The package is for another processor.', 'download the x64 package'],
  1925: ['It needs the rights of an administrator.', 'run it again from an elevated prompt'],
};

async function install(context: DeployContext, product: ProductInstall, atWork: AtWork): Promise<void> {
  const { exitCode } = await context.run(program, installArguments(product));
  context.appcmd.forget?.(); // it has changed the configuration of IIS
  if (restartCodes.includes(exitCode)) atWork.progress(`${product.name}: Windows asks for a restart`);
  else if (exitCode !== 0) throw refused(product, exitCode);
  const modules = await globalModules({ context });
  if (modules?.has(product.module.toLowerCase()) === true) return;
  throw new UserError('PRODUCT_NOT_INSTALLED', {
    what: `${product.msi} was installed, and IIS still has no module ${product.module}`,
    why: restartCodes.includes(exitCode)
      ? 'Windows asks for a restart first.'
      : `It may be the package of another product than ${product.name}.`,
    next: restartCodes.includes(exitCode) ? 'restart Windows, and run the command again' : `take ${product.from}`,
    exit: 'refused',
  });
}

function refused({ name, msi, log }: ProductInstall, exitCode: number): UserError {
  const [why, next] = reasons[exitCode] ?? ['Its log has the reason.', 'read the log'];
  return new UserError('INSTALL_FAILED', {
    what: `${name} was not installed: msiexec ended with ${exitCode} for ${msi}`,
    why,
    next: `${next} (the log is ${log})`,
    exit: 'refused',
  });
}

/** From packages that the user gives: deploy downloads nothing. */
export const installProducts: DeployStep<SeenProducts> = {
  id: 'install-products',
  title: 'Install what IIS lacks',
  look,
  say: ({ format = commandLine }, _plan, { missing }) =>
    missing.map((product) => format(program, installArguments(product))),
  mentioned: (_context, { installs = [] }) => installs.length > 0,
  note: () => 'it is installed',
  busy: 'this takes a minute',
  async do(context, _plan, { missing }, atWork) {
    for (const product of missing) {
      context.signal.throwIfAborted();
      await install(context, product, atWork);
    }
  },
  async undo(context, plan, { missing }) {
    const still = await look(context, plan);
    const added = missing.filter(({ module }) => !still.missing.some((one) => one.module === module));
    for (const product of added.reverse()) {
      const { exitCode } = await context.run(program, removeArguments(product));
      context.appcmd.forget?.();
      if (exitCode !== 0 && !restartCodes.includes(exitCode)) throw refused(product, exitCode);
    }
  },
  usedBy: () => ['create-site', 'create-application', 'switch-release'],
  remove: { keeps: 'other applications may use it' },
};
