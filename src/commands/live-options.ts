import { InvalidArgumentError, Option } from 'commander';
import type { Expectation } from '../probe/index.js';

/** `--expect /health=200` */
export const expected = (): Option =>
  new Option('--expect </path=status>', 'expected status of a URL: /health=200; repeatable').argParser(expectation);

/** `--origin https://app.example.com` */
export const originOption = (): Option =>
  new Option(
    '--origin <origin>',
    'with a URL: judge it as a browser on a page of this origin: https://a.example',
  ).argParser(pageOrigin);

/** As a browser sends it in its header. @throws InvalidArgumentError */
function pageOrigin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url !== undefined && isBare && /^https?:$/.test(url.protocol)) return url.origin;
  throw new InvalidArgumentError('It must be the origin of a page, without a path: https://app.example.com.');
}

/** Reads one and adds it to those before it. @throws InvalidArgumentError */
function expectation(value: string, before: readonly Expectation[] = []): readonly Expectation[] {
  const [, path, status] = /^(\/[^\s#]*)=([2-5]\d\d)$/.exec(value) ?? [];
  if (path !== undefined && status !== undefined) return [...before, { path, status: Number(status) }];
  throw new InvalidArgumentError('It must be a path and a status: /health=200.');
}
