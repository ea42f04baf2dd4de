import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { fileLimits, readIfThereSync } from '../files/index.js';

/** Something deploy says before it starts; it deploys nevertheless. */
export interface DeployWarning {
  /** The doctor's rule. */
  readonly code: string;
  readonly message: string;
  readonly fix: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

const codes = ['POLLING_WITHOUT_STICKY_SESSIONS', 'PROCESSES_WITHOUT_ADAPTER'];

/** May there be more than one process at all? Nearly every app says 1 or nothing, and need not wait for its sources to be read. */
function mentionsProcesses(directory: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (
    Object.keys(environment).some((name) => /^IISNODE_(nodeProcessCountPerApplication|configOverrides)$/i.test(name))
  ) {
    return true;
  }
  const text = (name: string): string => {
    const file = path.join(directory, name);
    return readIfThereSync(file, fileLimits.config)?.toString('latin1') ?? '';
  };
  const webConfig = text('web.config');
  // iisnode.yml lies beside the entry point, which a handler or a rule names.
  const handled = [...webConfig.matchAll(/\b(?:path|url)\s*=\s*["']([^"'*?<>|]+)["']/g)].map(([, name = '']) =>
    path.dirname(name),
  );
  const texts = [webConfig, ...['.', ...new Set(handled)].map((folder) => text(path.join(folder, 'iisnode.yml')))];
  return /configOverrides|nodeProcessCountPerApplication["'\s]*[=:]["'\s]*(?!["'\s]|1\b)/i.test(texts.join('\n'));
}

/**
 * What IIS will refuse, and what the doctor's rules about several processes and machines say of an app; nothing where it
 * cannot be read, which deploy says itself.
 *
 * @param machines How many share the app.
 */
export async function deployWarnings(
  directory: string,
  vdirPath: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  machines = 1,
): Promise<readonly DeployWarning[]> {
  const isSpread = machines > 1 || mentionsProcesses(directory, environment);
  return [
    ...(await refused(directory)),
    ...(isSpread ? await aboutProcesses(directory, vdirPath, environment, machines) : []),
  ];
}

async function refused(directory: string): Promise<readonly DeployWarning[]> {
  if (!existsSync(path.join(directory, 'web.config'))) return [];
  const { refusalsOf } = await import('../host/facts/index.js');
  return refusalsOf(directory)
    .filter(({ kind }) => kind !== 'not-well-formed')
    .map(({ kind, text, answer, file, line }) => ({
      code: kind.startsWith('duplicate-') ? 'DUPLICATE_ENTRY' : 'CONFIG_ERROR',
      message: `${text}: ${answer}`,
      fix: `iisnode-sock doctor ${directory} shows the place`,
      file,
      line,
    }));
}

async function aboutProcesses(
  directory: string,
  vdirPath: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  machines: number,
): Promise<readonly DeployWarning[]> {
  const { gatherFacts, rules, runRules } = await import('../doctor/index.js');
  try {
    const facts = gatherFacts('.', {
      cwd: directory,
      environment,
      machines,
      ...(vdirPath !== undefined && { vdirPath }),
    });
    return runRules(rules, facts, { only: codes }).diagnoses.map(({ finding }) => ({
      code: finding.rule,
      message: finding.message,
      fix: finding.fix,
      file: finding.file,
      line: finding.line,
    }));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
