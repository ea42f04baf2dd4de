import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/**
 * Tests of pure code below the doctor's floor: they start no process, ask no server and need nothing built. They share the modules
 * that they load, mostly a third of all; those that take as long as a hundred others, or load all, are not among them.
 */
const unit = [
  'test/{pipeline,terminal}/**/*.test.ts',
  'test/support/!(kudu).test.ts',
  'test/webconfig/**/!(patch-property|faulty).test.ts',
  'test/rewrite/**/!(limits|property|*.property).test.ts',
  'test/config/**/!(large|fuzz).test.ts',
  'test/files/!(lock|nameless-file|read-file).test.ts',
  'test/source/!(code-near-entry|cold-process|compiled|linear|script).test.ts',
  'test/xml/!(memory|edit-fuzz|fuzz|size).test.ts',
  'test/scaffold/{entry-point,names,templates,write-files}.test.ts',
  'test/appcmd/{arguments,parse}.test.ts',
  'test/host/stages/**/*.test.ts',
  'test/{floors,index-files,quoting,typed-command}.test.ts',
];
/**
 * Tests that change, count or measure something of their process, or replace a module. All others share the modules that they load
 * and leave the process as it was: a process for each of them costs half a second.
 */
const alone = [
  'test/cli/odd-paths.test.ts',
  'test/deploy/{parsed-once,records-once}.test.ts',
  'test/host/hostile/{app-clients,connections,last-answers}.test.ts',
  'test/host/iisnode/response-writer.test.ts',
  'test/scaffold/listed-once.test.ts',
  'test/templates/dante/{azure,guarantee,machines,page,recovery,server,stream}.test.ts',
];
/**
 * What init, deploy and the doctor decide from files and from answers of servers, and tests that take seconds of a processor each: no
 * version of Node decides what they say. They run once, on this one, beside tests that wait. What listens, starts processes or looks
 * at a live app is not among them.
 */
const long = [
  'test/cases/files.test.ts',
  'test/cli/{azure,broken-config,deploy-*,folder-names,home,machines,pasted-hints,prompts,releases,seen,special-files,targets,zip}.test.ts',
  'test/deploy/!(build-app|embedded|interrupted|live-cases|parsed-once|records-once|released-live|undeploy-processes).test.ts',
  'test/deploy/*/**/*.test.ts',
  'test/doctor/!(live).test.ts',
  'test/doctor/!(trial)/**/*.test.ts',
  'test/doctor/trial/{cut-steps,disproved,fix,healthy,join,outcome}.test.ts',
  'test/scaffold/!(entry-point|names|templates|write-files|listed-once|terminal).test.ts',
  'test/scaffold/ci/**/*.test.ts',
  'test/source/{code-near-entry,linear}.test.ts',
  'test/trace/parity.test.ts',
  'test/xml/memory.test.ts',
];
/**
 * Deployments on the embedded IIS, trial runs, templates beside Dante's, and tests of pure code that take seconds of a processor each:
 * they run once, too, but nothing runs beside them, since they wait for processes with a limit.
 */
const once = [
  'test/appcmd/embedded-store.test.ts',
  'test/config/large.test.ts',
  'test/deploy/{build-app,embedded,interrupted,live-cases,released-live,undeploy-processes}.test.ts',
  'test/doctor/live.test.ts',
  'test/doctor/trial/{place-of-client,place-of-listen,trial,working-directory}.test.ts',
  'test/files/read-file.test.ts',
  'test/host/promoted.test.ts',
  'test/rewrite/expansion.property.test.ts',
  'test/source/{compiled,script}.test.ts',
  'test/templates/{chat,dante-faye,minimal}.test.ts',
  'test/webconfig/patch-property.test.ts',
  'test/xml/fuzz.test.ts',
];
const lanes = [
  ...['adopt', 'e2e', 'windows', 'package', 'fuzz', 'redis', 'shells'].map((lane) => `test/${lane}/**`),
  'test/cases/tried.test.ts',
];

/** A project whose tests may start the built program. */
const lane = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: ['test/global-setup.ts', 'test/build-setup.ts'],
    ...test,
  },
});

/**
 * `fast` needs Node alone: it is `unit`, `shared`, `alone`, `once` and `long` together, for a run of single files. The others need what
 * test/run.mjs provides (a browser, wine, Redis, the built package).
 */
export default defineConfig({
  resolve: {
    // Every property of a run starts with the seed that test/support/seed.ts says.
    alias: { 'fast-check': path.join(import.meta.dirname, 'test', 'support', 'fast-check.ts') },
  },
  test: {
    // For a machine that is busy with other things; what waits for something that never comes fails by its poll.
    testTimeout: 180_000,
    // Most tests wait for processes and sockets: with one worker a processor a third of the time is lost.
    maxWorkers: 2 * availableParallelism(),
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // What is compiled is kept for the next run: a third of the time of a few files.
    experimental: { fsModuleCache: true },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: unit, isolate: false, globalSetup: ['test/global-setup.ts'] },
      },
      lane('fast', { include: ['test/**/*.test.ts'], exclude: lanes }),
      lane('shared', {
        include: ['test/**/*.test.ts'],
        exclude: [...lanes, ...unit, ...alone, ...long, ...once],
        isolate: false,
      }),
      lane('alone', { include: alone }),
      lane('once', { include: once, isolate: false }),
      lane('long', { include: long, isolate: false }),
      lane('adopt', { testTimeout: 180_000 }),
      lane('fuzz', { testTimeout: 900_000 }),
      lane('cases', { include: ['test/cases/tried.test.ts'], maxConcurrency: 4 }),
      lane('package', { testTimeout: 180_000 }),
      lane('shells', {}),
      lane('redis', { testTimeout: 300_000, fileParallelism: false }),
      lane('e2e', { testTimeout: 120_000, fileParallelism: false }),
      lane('windows', {
        testTimeout: 300_000,
        fileParallelism: false,
        // Windows itself has its own appcmd and icacls, which no test replaces.
        exclude: process.platform === 'win32' ? ['test/windows/server/**'] : [],
      }),
    ],
  },
});
