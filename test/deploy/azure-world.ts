import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type DeployEvent, type DeployOptions, type DeployResult, deploy } from '../../src/deploy/index.js';
import { UserError } from '../../src/errors.js';
import { Azure, type AzureOptions } from '../support/azure.js';
import type { Kudu } from '../support/kudu.js';
import { makeApp, temporaryDirectory } from './support.js';

const server = "require('http').createServer((_, response) => response.end('page')).listen(process.env.PORT);";

/** An app with a page, and App Service to deploy it to. */
export async function azureWorld(options?: AzureOptions) {
  const azure = await new Azure(options).start();
  const directory = makeApp({ vdirPath: '/', server });
  const edit = (page: string): void => writeFileSync(path.join(directory, 'index.html'), page);
  edit('one');
  const home = temporaryDirectory();
  const events: DeployEvent[] = [];
  const run = (
    to: string,
    credentials: Record<string, string>,
    more: Partial<DeployOptions> = {},
    listener: (event: DeployEvent) => void = () => undefined,
  ): Promise<DeployResult> =>
    deploy({ directory, to, environment: { IISNODE_SOCK_HOME: home, ...credentials }, ...more }, (event) => {
      events.push(event);
      listener(event);
    });
  const fails = (...asked: Parameters<typeof run>): Promise<UserError> => failureOf(run(...asked));
  return { azure, directory, edit, home, events, run, fails };
}

export async function failureOf(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.catch((cause: unknown) => cause);
  if (error instanceof UserError) return error;
  throw new Error('it did not fail as expected', { cause: error });
}

/** What wwwroot has. */
export function pageOf({ content }: Kudu): string | undefined {
  const file = path.join(content.wwwroot, 'index.html');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export const pushesTo = ({ requests }: Kudu): readonly string[] => requests.filter((one) => one.startsWith('POST'));
