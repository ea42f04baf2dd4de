import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { embeddedAppcmd, fileStore, listsFromFile, rememberLists } from '../../../src/appcmd/index.js';
import { applicationHostText } from '../../../src/config/index.js';
import type { DeployContext } from '../../../src/deploy/index.js';
import { expressTarget } from '../../../src/deploy/targets/express/express.js';
import { expressAppcmd } from '../../../src/deploy/targets/express/express-appcmd.js';
import { expressHost } from '../../../src/deploy/targets/express/express-host.js';
import { freePort } from '../../support/free-port.js';
import { memoryRecords, temporaryDirectory } from '../support.js';

/** What iisexpress.exe does, as far as its host sees it: it listens on the port of the site, or says why not and ends. */
const standIn = `
const [config, site] = process.argv.slice(2).map((one) => one.slice(one.indexOf(':') + 1));
const text = require('node:fs').readFileSync(config, 'utf8');
const [, port] = new RegExp('<site name="' + site + '"[^]*?bindingInformation="[*]:(\\\\d+):').exec(text) ?? [];
if (port === undefined || text.includes('broken')) {
  console.log('Starting IIS Express ...\\nIIS Express could not find the site, or was told to fail.');
  process.exit(3);
}
const listen = () => require('node:net').createServer().listen(Number(port), '127.0.0.1', () => console.log("IIS Express is running."));
setTimeout(listen, text.includes('slow') ? 1000 : 0);
`;

/** IIS Express with two sites in an applicationhost.config of the test, and a real process for iisexpress.exe. */
export async function expressWorld({
  installed,
}: {
  installed?: Parameters<typeof applicationHostText>[0]['installed'];
} = {}) {
  const folder = temporaryDirectory();
  const schemaFolder = path.join(folder, 'schema');
  mkdirSync(schemaFolder);
  writeFileSync(path.join(schemaFolder, 'iisnode_schema.xml'), '');
  const file = path.join(folder, 'applicationhost.config');
  const ports = [await freePort(), await freePort()];
  const site = (name: string, id: number) => ({
    name,
    id,
    bindings: [{ protocol: 'http' as const, information: `*:${ports[id - 1]}:localhost` }],
    applications: [{ path: '/', physicalPath: path.join(folder, name), pool: 'Clr4IntegratedAppPool' }],
  });
  const sites = [site('WebSite1', 1), site('Other', 2)];
  writeFileSync(
    file,
    applicationHostText({ pools: ['Clr4IntegratedAppPool'], sites, ...(installed && { installed }) }),
  );
  const program = path.join(folder, 'iisexpress.cjs');
  writeFileSync(program, standIn);
  const ran: string[][] = [];
  const inner = embeddedAppcmd(fileStore(file));
  const real = {
    format: inner.format,
    run: (args: readonly string[]) => {
      ran.push([...args]);
      return inner.run(args);
    },
  };
  const host = expressHost({
    program: process.execPath,
    before: [program],
    file,
    folder: path.join(folder, 'processes'),
    portOf: async (name) => ports[name === 'Other' ? 1 : 0],
  });
  onTestFinished(async () => {
    for (const name of ['WebSite1', 'Other']) await host.stop(name);
  });
  const appcmd = rememberLists(
    listsFromFile(
      expressAppcmd(real, file, () => host.restart()),
      file,
    ),
  );
  const records = memoryRecords();
  const context: DeployContext = {
    appcmd,
    signal: new AbortController().signal,
    run: async () => ({ exitCode: 1, stdout: '' }),
    target: expressTarget(appcmd, host, { name: 'iisexpress', schemaFolder }),
    records,
  };
  return { folder, file, ports, host, ran, context, records, schemaFolder };
}
