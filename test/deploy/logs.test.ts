import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { appFacts } from '../../src/deploy/app-facts.js';
import { findLogDirectory, type LogLine, type LogOptions, readLogs } from '../../src/deploy/index.js';
import { fileRecords } from '../../src/deploy/records.js';
import { makeApp, temporaryDirectory } from './support.js';

const write = (directory: string, name: string, text: string): void => {
  mkdirSync(directory, { recursive: true });
  appendFileSync(path.join(directory, name), text);
};
async function all(options: LogOptions): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLogs(options)) lines.push(line.text);
  return lines;
}

/** A web.config for HttpPlatformHandler. */
const platform = (attributes: string): string =>
  `<configuration><system.webServer><handlers><add name="h" path="*" verb="*" modules="httpPlatformHandler" /></handlers><httpPlatform processPath="node" arguments=".\\index.js" ${attributes} /></system.webServer></configuration>`;

function platformApp(attributes: string): string {
  const directory = makeApp();
  write(directory, 'index.js', '');
  writeFileSync(path.join(directory, 'web.config'), platform(attributes));
  return directory;
}

describe('readLogs of an app of HttpPlatformHandler', () => {
  it.each([
    ['.\\logs\\node', 'logs', 'node'],
    ['%LOGS%\\out.log', 'elsewhere', 'OUT.log'],
  ])('reads the files named as %s, and no others', async (file, folder, base) => {
    const directory = platformApp(`stdoutLogEnabled="true" stdoutLogFile="${file}"`);
    const logs = path.join(directory, folder);
    const environment = { ...process.env, LOGS: path.join(directory, 'elsewhere') };
    write(logs, `${base}_12244_2021723184914.log`, 'first\r\nsecond\r\n');
    for (const other of ['other_1_2021723184914.log', `${base}_starting1-2_2021723184914.log`, `${base}.log`]) {
      write(logs, other, 'not a log of the app\n');
    }
    const lines: LogLine[] = [];
    for await (const line of readLogs({ directory, environment })) lines.push(line);
    expect(lines.map(({ pid, stream, text }) => [pid, stream, text])).toEqual([
      [12244, 'stdout', 'first'],
      [12244, 'stdout', 'second'],
    ]);
  });

  it.each([
    ['bin/www', '.\\bin\\www'],
    ['my server.js', '&quot;.\\my server.js&quot;'],
    ['server.js', '--require ./tracing.js server.js --colour red'],
    ['server.js', 'server'],
  ])('finds the script %s in the arguments %s', async (script, words) => {
    const directory = makeApp();
    write(path.dirname(path.join(directory, script)), path.basename(script), '');
    write(directory, 'tracing.js', '');
    const text = platform('stdoutLogEnabled="true" stdoutLogFile=".\\node"').replace('.\\index.js', () => words);
    writeFileSync(path.join(directory, 'web.config'), text);
    write(directory, 'node_1_2021723184914.log', 'one\n');
    expect(appFacts(readApp(directory), { directory }).entry).toBe(script);
    expect(await all({ directory })).toEqual(['one']);
  });

  it('follows a log of a process that begins', async () => {
    const directory = platformApp('stdoutLogEnabled="true" stdoutLogFile=".\\logs\\node"');
    const logs = path.join(directory, 'logs');
    write(logs, 'node_1_2021723184914.log', 'one\n');
    const texts: string[] = [];
    for await (const { text, pid } of readLogs({ directory, follow: true })) {
      texts.push(`${pid} ${text}`);
      if (pid === 1) write(logs, 'node_2_2021723184915.log', 'two\n');
      else break;
    }
    expect(texts).toEqual(['1 one', '2 two']);
  });

  it.each(['', 'stdoutLogEnabled="false"'])(
    'says that there is none with %j, and how there is one',
    async (attributes) => {
      const directory = platformApp(attributes);
      await expect(all({ directory })).rejects.toMatchObject({
        code: 'LOG_NOT_KEPT',
        exit: 'refused',
        why: expect.stringContaining(
          `stdoutLogEnabled="true" in ${path.join(directory, 'web.config')}:1, and a folder`,
        ),
        next: `npx iisnode-sock doctor ${directory}     (starts the app, and shows why it ends)`,
      });
    },
  );
});

describe('readLogs', () => {
  it("finds the app's log folder beside the entry, and merges the files by when they began", async () => {
    const directory = makeApp();
    const logs = path.join(directory, 'iisnode');
    write(logs, 'PC-20-stderr-2000.txt', 'third\r\n');
    write(logs, 'PC-10-stdout-1000.txt', 'first\r\nsecond\r\n');
    write(logs, 'index.html', 'not a log');
    write(logs, 'PC-10-other-1000.txt', 'not a log');
    expect(await all({ directory })).toEqual(['first', 'second', 'third']);
  });

  it('shows of logs that were begun before a time no line that is there already', async () => {
    const logDirectory = temporaryDirectory();
    write(logDirectory, 'PC-1-stdout-1000.txt', 'old\r\n');
    write(logDirectory, 'PC-2-stdout-2000.txt', 'new\r\n');
    const lines: string[] = [];
    for await (const { text } of readLogs({ directory: '', logDirectory, since: 1_500, follow: true })) {
      lines.push(text);
      if (text === 'new') write(logDirectory, 'PC-1-stdout-1000.txt', 'later\r\n');
      if (text === 'later') break;
    }
    expect(lines).toEqual(['new', 'later']);
  });

  it('shows of the two files of a process the one last that was written last, whichever began first', async () => {
    const logDirectory = temporaryDirectory();
    for (const [name, at] of [
      ['PC-1-stdout-1000.txt', 9000],
      ['PC-1-stderr-1001.txt', 8000],
      ['PC-2-stderr-2000.txt', 9000],
      ['PC-2-stdout-2001.txt', 8000],
    ] as const) {
      write(logDirectory, name, `${name}\r\n`);
      utimesSync(path.join(logDirectory, name), at, at);
    }
    const order = ['PC-1-stderr-1001.txt', 'PC-1-stdout-1000.txt', 'PC-2-stdout-2001.txt', 'PC-2-stderr-2000.txt'];
    expect(await all({ directory: '', logDirectory })).toEqual(order);
  });

  it('says who wrote a line', async () => {
    const logDirectory = temporaryDirectory();
    write(logDirectory, 'MY-PC-4711-stderr-1700000000000.txt', 'oh\r\n');
    for await (const line of readLogs({ directory: '', logDirectory })) {
      expect(line).toMatchObject({ text: 'oh', stream: 'stderr', pid: 4711, computer: 'MY-PC' });
    }
  });

  it('says when the last line of a file was written, and each line that is followed', async () => {
    const logDirectory = temporaryDirectory();
    const name = 'PC-1-stdout-1000.txt';
    write(logDirectory, name, 'a\r\nb\r\n');
    utimesSync(path.join(logDirectory, name), 9000, 9000);
    const times: (string | undefined)[] = [];
    const before = new Date().toISOString();
    for await (const { text, time } of readLogs({ directory: '', logDirectory, follow: true })) {
      times.push(time);
      if (text === 'b') write(logDirectory, name, 'c\r\n');
      if (text === 'c') break;
    }
    expect(times).toEqual([undefined, '1970-01-01T02:30:00.000Z', expect.any(String)]);
    expect(times[2] ?? '').toSatisfy((time: string) => time >= before);
  });

  it('undoes the doubled carriage returns, and shows a last line without an end', async () => {
    const logDirectory = temporaryDirectory();
    write(logDirectory, 'PC-1-stdout-1.txt', 'a\r\r\nb\n\r\nc');
    expect(await all({ directory: '', logDirectory })).toEqual(['a', 'b', '', 'c']);
  });

  it('gives the newest lines when asked for a number of them', async () => {
    const logDirectory = temporaryDirectory();
    write(logDirectory, 'PC-1-stdout-1.txt', 'a\r\nb\r\n');
    write(logDirectory, 'PC-2-stdout-2.txt', 'c\r\n');
    expect(await all({ directory: '', logDirectory, lines: 2 })).toEqual(['b', 'c']);
    expect(await all({ directory: '', logDirectory, lines: 0 })).toEqual([]);
  });

  it('gives nothing where nothing was written yet', async () => {
    const directory = makeApp();
    expect(await all({ directory })).toEqual([]);
    expect(findLogDirectory(readApp(directory))).toBe(path.join(directory, 'iisnode'));
  });

  it('reads web.config at the path the app is deployed at, which only the deployment knows', async () => {
    const directory = makeApp({ name: 'folder' });
    const rule = '<rule name="r"><match url=".*" /><action type="Rewrite" url="/chat/server.js" /></rule>';
    const handler = '<handlers><add name="node" path="*.js" verb="*" modules="iisnode" /></handlers>';
    const inner = `${handler}<rewrite><rules>${rule}</rules></rewrite>`;
    const file = path.join(directory, 'web.config');
    writeFileSync(file, `<configuration><system.webServer>${inner}</system.webServer></configuration>`);
    write(path.join(directory, 'iisnode'), 'PC-1-stdout-1.txt', 'hello\r\n');
    const home = temporaryDirectory();
    const environment = { IISNODE_SOCK_HOME: home };
    await expect(all({ directory, environment })).rejects.toMatchObject({ code: 'ENTRY_UNKNOWN' });
    const record = { target: 'iis', site: 'Default Web Site', pool: 'chat', poolCreated: true, hostStarted: false };
    await fileRecords(home).save({ ...record, path: '/chat', directory });
    expect(await all({ directory, environment })).toEqual(['hello']);
  });

  it.each([true, false])('says so when the folder is a file, following or not: %s', async (follow) => {
    const logDirectory = path.join(temporaryDirectory(), 'file');
    writeFileSync(logDirectory, '');
    const refused = { code: 'LOG_FOLDER_UNREADABLE', exit: 'usage', what: expect.stringContaining(logDirectory) };
    await expect(all({ directory: '', logDirectory, follow })).rejects.toMatchObject(refused);
    const below = path.join(logDirectory, 'logs');
    await expect(all({ directory: '', logDirectory: below, follow })).rejects.toMatchObject({ code: refused.code });
  });

  it('finds them also when the entry file is missing, and fails with a next step where there is no app', async () => {
    const directory = makeApp();
    write(path.join(directory, 'iisnode'), 'PC-1-stderr-1.txt', 'gone\r\n');
    rmSync(path.join(directory, 'server.js'));
    expect(await all({ directory })).toEqual(['gone']);
    await expect(all({ directory: path.join(directory, 'no') })).rejects.toMatchObject({
      code: 'DIRECTORY_NOT_FOUND',
      why: expect.stringContaining('has nothing of that name.'),
    });
  });

  it('reads the folder that iisnode.yml names', async () => {
    const directory = makeApp();
    writeFileSync(path.join(directory, 'iisnode.yml'), 'logDirectory: mine\n');
    write(path.join(directory, 'mine'), 'PC-1-stdout-1.txt', 'here\r\n');
    expect(await all({ directory })).toEqual(['here']);
  });

  it('follows: whole lines as they come, new files too, none twice, until it is stopped', async () => {
    const logDirectory = path.join(temporaryDirectory(), 'later');
    const stop = new AbortController();
    write(logDirectory, 'PC-1-stdout-1.txt', 'old\r\nhal');
    const lines: LogLine[] = [];
    const next = [
      () => write(logDirectory, 'PC-1-stdout-1.txt', 'f\r\n'),
      () => write(logDirectory, 'PC-2-stderr-2.txt', 'new file\r\n'),
      () => stop.abort(),
    ];
    for await (const line of readLogs({ directory: '', logDirectory, follow: true, signal: stop.signal })) {
      lines.push(line);
      next.shift()?.();
    }
    expect(lines.map(({ text }) => text)).toEqual(['old', 'half', 'new file']);
  });

  it('follows: each line that is written as soon as the one before was read', async () => {
    const logDirectory = temporaryDirectory();
    const stop = new AbortController();
    write(logDirectory, 'PC-1-stdout-1.txt', 'line 0\r\n');
    let count = 0;
    for await (const { text } of readLogs({ directory: '', logDirectory, follow: true, signal: stop.signal })) {
      expect(text).toBe(`line ${count}`);
      if (++count === 8) stop.abort();
      else write(logDirectory, 'PC-1-stdout-1.txt', `line ${count}\r\n`);
    }
  });

  it('follows a folder that is not there yet', async () => {
    const logDirectory = path.join(temporaryDirectory(), 'later');
    const stop = new AbortController();
    const reading = readLogs({ directory: '', logDirectory, follow: true, signal: stop.signal });
    const first = reading.next();
    write(logDirectory, 'PC-1-stdout-1.txt', 'at last\r\n');
    expect((await first).value?.text).toBe('at last');
    stop.abort();
    expect((await reading.next()).done).toBe(true);
  });
});
