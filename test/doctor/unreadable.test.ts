import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { runRulesAt } from '../../src/doctor/rules-at-moment.js';
import { makePipe } from '../files/folder.js';
import { copyOf } from './expect-codes.js';

const isPosix = process.platform !== 'win32';

function put(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the doctor says of a copy of a site that is right, once a file of it is something else. */
function findingsWith(change: (folder: string) => void): { code: string; message: string; file: string }[] {
  const folder = copyOf('everything-right');
  // A page with a script, and a module of the server.
  put(folder, 'index.html', '<script src="public/main.js"></script>');
  put(folder, 'public/main.js', '');
  put(folder, 'lib/room.js', '');
  appendFileSync(path.join(folder, 'server.js'), "\nrequire('./lib/room.js');\n");
  change(folder);
  return runRules(rules, gatherFacts('.', { cwd: folder }), { skip: ['SERVER_SOURCE_EXPOSED'] }).diagnoses.map(
    ({ finding }) => ({
      code: finding.rule,
      message: finding.message,
      file: path.relative(folder, finding.file ?? ''),
    }),
  );
}

const scripts = ['package.json', 'server.js', 'index.html'];

describe.runIf(isPosix)('FILE_UNREADABLE', () => {
  it.each([...scripts, 'package-lock.json', 'public/main.js', 'lib/room.js'])(
    'is all that is said of the named pipe %s',
    (name) => {
      const found = findingsWith((folder) => {
        rmSync(path.join(folder, name), { force: true });
        makePipe(path.join(folder, name));
      });
      expect(found.filter(({ file }) => file === name)).toEqual([
        {
          code: 'FILE_UNREADABLE',
          message: `${name} cannot be read. It is a named pipe, not a regular file.`,
          file: name,
        },
      ]);
    },
  );

  it.each(scripts)('is said of a link to a device, and of one to itself, in place of %s', (name) => {
    for (const [target, why] of [
      ['/dev/zero', 'It is a device, not a regular file.'],
      [path.basename(name), 'It is a symbolic link that leads back to itself (ELOOP).'],
    ] as const) {
      const found = findingsWith((folder) => {
        rmSync(path.join(folder, name));
        symlinkSync(target, path.join(folder, name));
      });
      expect(found).toContainEqual({ code: 'FILE_UNREADABLE', message: `${name} cannot be read. ${why}`, file: name });
    }
  });

  it('is said of a manifest in node_modules', () => {
    const file = path.join('node_modules', 'socket.io', 'package.json');
    const found = findingsWith((folder) => {
      mkdirSync(path.join(folder, 'node_modules', 'socket.io'), { recursive: true });
      makePipe(path.join(folder, file));
    });
    expect(found).toEqual([
      { code: 'FILE_UNREADABLE', message: `${file} cannot be read. It is a named pipe, not a regular file.`, file },
    ]);
  });

  it('is not reported for files that are not read, links to files, and lock files of editors', () => {
    const found = findingsWith((folder) => {
      makePipe(path.join(folder, 'commands'));
      makePipe(path.join(folder, '.env'));
      symlinkSync('server.js', path.join(folder, 'link.js'));
      symlinkSync('somebody@example.1234', path.join(folder, '.#server.js'));
    });
    expect(found).toEqual([]);
  });

  it('is said once, however often the file is asked for', () => {
    const found = findingsWith((folder) => {
      rmSync(path.join(folder, 'package.json'));
      makePipe(path.join(folder, 'package.json'));
    });
    expect(found.filter(({ code }) => code === 'FILE_UNREADABLE')).toHaveLength(1);
  });
});

describe.runIf(isPosix)('a folder that this user must not list', () => {
  const isRoot = process.getuid?.() === 0;

  function asUser<Result>(run: () => Result): Result {
    if (isRoot) process.seteuid?.(65_534);
    try {
      return run();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }

  it.each(['init', 'deploy', 'serve', undefined] as const)('is named by %s (undefined: doctor)', (moment) => {
    const folder = copyOf('everything-right');
    put(folder, 'lib/room.js', '');
    put(folder, 'lib/closed/secret.js', '');
    chmodSync(path.dirname(folder), 0o755);
    const closed = path.join(folder, 'lib', 'closed');
    chmodSync(closed, 0);
    onTestFinished(() => chmodSync(closed, 0o755));
    const found = asUser(() =>
      moment === undefined
        ? runRules(rules, gatherFacts('.', { cwd: folder })).diagnoses.map(({ finding }) => finding)
        : runRulesAt(moment, readApp(folder, { vdirPath: '/' })),
    );
    expect(found.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
      [
        'FILE_UNREADABLE',
        'warning',
        `The folder ${path.join('lib', 'closed')} was not read. The system does not let this user read it (EACCES).`,
      ],
    ]);
  });
});

describe('a folder behind a link', () => {
  it('is there and is not searched, so a circle of links ends', () => {
    const folder = copyOf('everything-right');
    mkdirSync(path.join(folder, 'lib'), { recursive: true });
    symlinkSync('..', path.join(folder, 'lib', 'up'), 'junction');
    symlinkSync(path.join(folder, 'lib'), path.join(folder, 'also'), 'junction');
    const { folder: listed } = gatherFacts('.', { cwd: folder });
    expect(listed.isDirectory('lib/up')).toBe(true);
    expect(listed.isDirectory('also')).toBe(true);
    expect(listed.files).toEqual(['package.json', 'server.js', 'web.config']);
  });

  it('counts as the node_modules of the app', () => {
    const folder = copyOf('everything-right');
    mkdirSync(path.join(folder, '..', 'elsewhere'));
    symlinkSync(path.join(folder, '..', 'elsewhere'), path.join(folder, 'node_modules'), 'junction');
    expect(gatherFacts('.', { cwd: folder }).package.wasInstalled).toBe(true);
  });
});

it.runIf(isPosix)('a named pipe in place of iisnode.yml is IISNODE_YML_INVALID', () => {
  const found = findingsWith((folder) => makePipe(path.join(folder, 'iisnode.yml')));
  expect(found).toEqual([
    {
      code: 'IISNODE_YML_INVALID',
      message: 'iisnode.yml cannot be read. It is a named pipe, not a regular file.',
      file: 'iisnode.yml',
    },
  ]);
});

it.runIf(isPosix)('a named pipe in place of a file that configSource names is CONFIG_ERROR', () => {
  const folder = copyOf('everything-right');
  const file = path.join(folder, 'web.config');
  writeFileSync(
    file,
    '<configuration><appSettings configSource="settings.config" /><system.webServer><handlers>' +
      '<add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
  );
  makePipe(path.join(folder, 'settings.config'));
  const { diagnoses } = runRules(rules, gatherFacts('.', { cwd: folder }), { only: ['CONFIG_ERROR'] });
  expect(diagnoses.map(({ finding }) => `${finding.message} ${finding.why}`)).toEqual([
    expect.stringMatching(/It is a named pipe, not a regular file\./),
  ]);
});

it.runIf(isPosix)('a web.config that is a named pipe ends the examination with the reason', () => {
  const folder = copyOf('everything-right');
  rmSync(path.join(folder, 'web.config'));
  makePipe(path.join(folder, 'web.config'));
  for (const target of ['.', 'web.config']) {
    expect(() => gatherFacts(target, { cwd: folder })).toThrowError(
      expect.objectContaining({ code: 'TARGET_UNREADABLE', why: 'It is a named pipe, not a regular file.' }),
    );
  }
});

it('an entry point that is too large to be examined is mentioned, and nothing else is made of it', () => {
  const found = findingsWith((folder) => {
    put(folder, 'server.js', `${' '.repeat(4 * 1024 * 1024)}syntax error`);
  });
  expect(found).toEqual([
    {
      code: 'FILE_UNREADABLE',
      message: "server.js is too large to be examined: the limit is 4 MB of the app's own code, in a bundle of 32 MB.",
      file: 'server.js',
    },
  ]);
});

it('a web.config that is too large for IIS is CONFIG_ERROR, and nothing is made of the rest', () => {
  const found = findingsWith((folder) => appendFileSync(path.join(folder, 'web.config'), ' '.repeat(250 * 1024)));
  expect(found).toEqual([
    {
      code: 'CONFIG_ERROR',
      message: 'Cannot read configuration file because it exceeds the maximum file size.',
      file: 'web.config',
    },
  ]);
});
