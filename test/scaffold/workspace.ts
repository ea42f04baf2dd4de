import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { InitEvent, InitTalk, Question } from '../../src/scaffold/types.js';

/** A fresh folder with these files in it, gone when the test ends. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'scaffold-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return folder;
}

/** All files below a folder with their texts; folders of these names, and links, are not gone into. */
export function textsIn(folder: string, except: readonly string[] = ['node_modules']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (except.includes(entry.name)) continue;
    const full = path.join(folder, entry.name);
    if (entry.isFile()) texts[entry.name] = readFileSync(full, 'utf8');
    if (!entry.isDirectory()) continue;
    for (const [file, text] of Object.entries(textsIn(full, except))) texts[`${entry.name}/${file}`] = text;
  }
  return texts;
}

export interface RecordedTalk extends InitTalk {
  readonly events: InitEvent[];
  readonly questions: Question[];
}

/** Nobody there; or somebody who gives these answers by flag. */
export function talk(answers?: Readonly<Record<string, string>>): RecordedTalk {
  const events: InitEvent[] = [];
  const questions: Question[] = [];
  return {
    events,
    questions,
    interactive: answers !== undefined,
    event: (event) => void events.push(event),
    async ask(question) {
      questions.push(question);
      const answer = answers?.[question.flag];
      if (answer === undefined) throw new Error(`not to be asked: ${question.flag}`);
      return answer;
    },
  };
}
