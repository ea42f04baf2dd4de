import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type DoctorReport, diagnose, type Finding } from '../../../src/doctor/index.js';

const installed = path.join(import.meta.dirname, '..', '..', '..', 'node_modules');

/** A web.config as init writes it, in short: an app in the vdir path /app. */
export const webConfig = (entry = 'server.js', more = ''): string => `<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <appSettings>
    <add key="virtualDirPath" value="/app" />
  </appSettings>
  <system.webServer>
    <webSocket enabled="false" />
    <handlers>
      <add name="iisnode" path="${entry}" verb="*" modules="iisnode" />
    </handlers>
    <rewrite>
      <rules>
        <rule name="app">
          <match url=".*" />
          <action type="Rewrite" url="${entry}" />
        </rule>
      </rules>
    </rewrite>
    ${more}
  </system.webServer>
</configuration>
`;

/** A folder with these files, the packages of this project as its own, and a web.config for server.js unless it has one. */
export function appWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trial-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(installed, path.join(folder, 'node_modules'));
  for (const [name, content] of Object.entries({ 'web.config': webConfig(), 'package.json': '{}', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** Its names, without what is installed. */
export const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => [name, ...namesBelow(folder, name)])
    .sort();

function namesBelow(folder: string, name: string): string[] {
  const whole = path.join(folder, name);
  if (!statSync(whole).isDirectory()) return [];
  return readdirSync(whole, { recursive: true, encoding: 'utf8' }).map((each) => path.join(name, each));
}

export const tryApp = (folder: string, options: Partial<Parameters<typeof diagnose>[1]> = {}): Promise<DoctorReport> =>
  diagnose(folder, {
    cwd: folder,
    run: true,
    assumeFrom: 'folder name',
    environment: process.env,
    ...options,
  });

/** What the trial found, those under a cause as well. */
export const ofTrial = ({ findings }: DoctorReport): readonly Finding[] =>
  findings.flatMap((each) => [each, ...(each.consequences ?? [])]).filter(({ known }) => known === 'trial');

/** `RULE file:line` of each. */
export const placesOf = (report: DoctorReport): readonly string[] =>
  ofTrial(report).map(({ rule, file, line }) =>
    file === undefined ? rule : `${rule} ${path.basename(file)}${line === undefined ? '' : `:${line}`}`,
  );
