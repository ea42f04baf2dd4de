import path from 'node:path';
import { UserError } from '../errors.js';
import { FileError, makeFolder, readIfThere, writeFileAtomic } from '../files/index.js';
import type { DeploymentRecord, DeploymentRecords } from './plan.js';
import { samePath } from './same-path.js';

const isRecordOf = (target: string, site: string, vdir: string) => (record: DeploymentRecord) =>
  record.target === target &&
  record.site.toLowerCase() === site.toLowerCase() &&
  record.path.toLowerCase() === vdir.toLowerCase();

/** The other deployments to the same target. */
export async function otherRecords(
  records: DeploymentRecords | undefined,
  { target, site, path: vdir }: Pick<DeploymentRecord, 'target' | 'site' | 'path'>,
): Promise<readonly DeploymentRecord[]> {
  const isOwn = isRecordOf(target, site, vdir);
  return ((await records?.all()) ?? []).filter((record) => record.target === target && !isOwn(record));
}

/** The record with the site that deploy has created for a folder's app. Throws UserError DEPLOY_AMBIGUOUS if it has created several. */
export async function recordOfOwnSite(
  records: DeploymentRecords,
  target: string,
  directory: string,
): Promise<DeploymentRecord | undefined> {
  const [record, ...others] = (await records.all()).filter(
    (one) => one.siteCreated === true && one.target === target && samePath(one.directory, directory),
  );
  if (record === undefined || others.length === 0) return record;
  throw new UserError('DEPLOY_AMBIGUOUS', {
    what: 'deploy has created more than one site for this app',
    why: [record, ...others].map(({ site }) => `"${site}"`).join(', '),
    next: 'choose one with --site',
  });
}

/** The vdir path that a folder's app is deployed at; undefined if it is not deployed, or at several paths. */
export async function pathOfDeployment(
  records: Pick<DeploymentRecords, 'all'>,
  directory: string,
): Promise<string | undefined> {
  const ofFolder = (await records.all()).filter((one) => samePath(one.directory, directory));
  const [only, ...others] = new Set(ofFolder.map((one) => one.path.toLowerCase()));
  return others.length === 0 ? only : undefined;
}

/**
 * The release that IIS serves in place of an app's folder; undefined: none, or several.
 * @param served The release that IIS serves, and where IIS cannot be asked, the one that the record has.
 */
export async function folderOfLiveRelease(
  records: Pick<DeploymentRecords, 'all'>,
  directory: string,
  served: (record: DeploymentRecord) => Promise<string | undefined>,
): Promise<string | undefined> {
  const named = (await records.all()).filter((one) => samePath(one.directory, directory));
  const folders = await Promise.all(
    named.map(async (record) => {
      const id = await served(record);
      return id === undefined ? undefined : path.join(record.releases?.base ?? '', 'releases', id);
    }),
  );
  const [only, ...others] = new Set(folders);
  return others.length === 0 ? only : undefined;
}

/** Records in one JSON file, deployments.json in the state directory. */
export function fileRecords(directory: string): DeploymentRecords {
  const file = path.join(directory, 'deployments.json');
  const save = async (records: readonly DeploymentRecord[]): Promise<void> => {
    makeFolder(directory, 0o700);
    await writeFileAtomic(file, `${JSON.stringify(records, null, 2)}\n`);
  };
  return {
    all: () => readRecords(file),
    find: async (target, site, vdir) => (await readRecords(file)).find(isRecordOf(target, site, vdir)),
    async save(record) {
      const same = isRecordOf(record.target, record.site, record.path);
      await save([...(await readRecords(file)).filter((other) => !same(other)), record]);
    },
    async remove(target, site, vdir) {
      const records = await readRecords(file);
      const rest = records.filter((record) => !isRecordOf(target, site, vdir)(record));
      if (rest.length < records.length) await save(rest);
    },
  };
}

/** A record is below 1 KB. */
const longestList = 8 * 1024 * 1024;

async function readRecords(file: string): Promise<readonly DeploymentRecord[]> {
  try {
    const bytes = await readIfThere(file, longestList);
    if (bytes === undefined) return [];
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(parsed)) return parsed.filter(isRecord);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  throw unreadable(file, undefined);
}

const unreadable = (file: string, cause: unknown): UserError =>
  new UserError('RECORDS_UNREADABLE', {
    what: `${file} cannot be read`,
    why: cause instanceof FileError ? cause.why : 'it is not the list of deployments that deploy writes',
    next: 'fix it, or move it away: undeploy then needs --site and --path',
    exit: 'refused',
    cause,
  });

function isRecord(value: unknown): value is DeploymentRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['target', 'site', 'path', 'pool', 'directory'].every(
      (key) => typeof (value as Record<string, unknown>)[key] === 'string',
    )
  );
}
