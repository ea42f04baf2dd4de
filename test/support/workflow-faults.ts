import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { root } from './cli.js';

/** The part of GitHub's own parser that is used here. */
interface WorkflowParser {
  parseWorkflow(
    file: { readonly name: string; readonly content: string },
    trace: unknown,
  ): {
    readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } };
    readonly value: unknown;
  };
  NoOperationTraceWriter: new () => unknown;
}

let parser: Promise<WorkflowParser> | undefined;

/** It imports JSON without an attribute, which node refuses: bundled, there is none. */
async function load(): Promise<WorkflowParser> {
  const contents = "export { parseWorkflow, NoOperationTraceWriter } from '@actions/workflow-parser';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const module: { exports: unknown } = { exports: {} };
  const run = new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '');
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports as WorkflowParser;
}

/** What GitHub finds wrong with a workflow: fields that do not exist, values of the wrong kind, expressions. */
export async function workflowFaults(name: string, content: string): Promise<readonly string[]> {
  parser ??= load();
  const { parseWorkflow, NoOperationTraceWriter } = await parser;
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
