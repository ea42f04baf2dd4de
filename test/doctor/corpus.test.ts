import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';

/** Real web.config files, which are not ours to hand on: a folder beside the checkout, or the one WEB_CONFIG_CORPUS names. */
const corpus = path.resolve(
  process.env.WEB_CONFIG_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus'),
);
const present = existsSync(corpus);
const files = present ? readdirSync(corpus).filter((name) => /config$/i.test(name)) : [];

/** These sites were live: each error must convince its author. */
const errors: Record<string, string> = {
  '0GiS0+socketio-chatroom-on-azure__web.config': 'MALFORMED_XML: white space is before it',
  'IliaZolas+guessing-game__server+web.config': 'MALFORMED_XML: white space is before it',
  'AndreasFurster+mini-games__server+web.config': 'MALFORMED_XML: only comments may follow',
  'Boda258+Hotel_01__server+web.config': 'MALFORMED_XML: A < is missing',
  'nirmalrayan+medibuddy-chatbot__web.config': 'MALFORMED_XML: A second root element',
  'BurhanCantCode+AzureFileOps__web.config': "CONFIG_ERROR: Unrecognized attribute 'startupTimeLimit'",
  'GiraffeSmoothie+CareDataManager1__web.config': "CONFIG_ERROR: Unrecognized attribute 'logDirectoryNameSuffix'",
  'NasirZpc+Link-GY__web.config': 'HANDLER_FOR_ENTRY_MISSING: The path "../server/index.js"',
};

describe.skipIf(!present)('web.config files as people published them', () => {
  const found = files.map((file) => ({
    file,
    findings: runRules(rules, gatherFacts(file, { cwd: corpus })).diagnoses.map(({ finding }) => finding),
  }));

  it('are all examined without a crash', () => expect(found.length).toBeGreaterThan(80));

  it('have an error only where there is one', () => {
    const wrong = found.flatMap(({ file, findings }) =>
      findings
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, message }) => ({ file, text: `${rule}: ${message}` })),
    );
    expect(wrong.map(({ file }) => file).sort()).toEqual(Object.keys(errors).sort());
    for (const { file, text } of wrong) expect(text).toContain(errors[file]?.split(': ')[1]);
  });

  it('get no word about sources that are not there', () => {
    const aboutSources = /^(ENTRY_|FIXED_PORT|SOCKET_PATH|VDIR_PATH|REMOVED_|ES_MODULE|SOCKET_REWRITE_MISSING)/;
    expect(found.flatMap(({ findings }) => findings).filter(({ rule }) => aboutSources.test(rule))).toEqual([]);
  });

  it('get findings that point at a line of the file', () => {
    for (const { findings } of found)
      for (const { line, evidence } of findings) expect([line, evidence]).not.toContain(undefined);
  });
});

describe.skipIf(present)(
  `web.config files as people published them: the folder ${corpus} is not there, skipped`,
  () => {
    it('waits for the folder', () => {});
  },
);
