import { expect, it } from 'vitest';
import { appWith } from '../doctor/trial/trial-app.js';
import { cliHere } from '../support/cli-here.js';

const crash = { 'server.js': `const nothing = undefined;\nnothing.at(0);\n` };

it('doctor starts the app in a folder, and says what happened and where', async () => {
  const { code, stdout } = await cliHere(['doctor', '.'], { cwd: appWith(crash) });
  expect(stdout).toMatch(
    /^error APP_CRASHED server\.js:2:1 \(seen in the trial run\)\n {2}server\.js ends before it listens on process\.env\.PORT: TypeError/m,
  );
  expect(stdout).toMatch(/^tried: the app was started in the embedded IIS for [\d.]+ s; it crashes$/m);
  expect(code).toBe(1);
});

it('doctor --no-run starts nothing, and says so in one line', async () => {
  const { code, stdout } = await cliHere(['doctor', '.', '--no-run'], { cwd: appWith(crash) });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing wrong in .\nnot tried: --no-run\n' });
});

it('doctor --json says what became of the app, and how each finding is known', async () => {
  const { stdout } = await cliHere(['doctor', '.', '--json'], { cwd: appWith(crash) });
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    findings: [{ rule: 'APP_CRASHED', known: 'trial', line: 2 }],
    trial: { ran: true, outcome: 'crashed', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/app\/$/) },
  });
});
