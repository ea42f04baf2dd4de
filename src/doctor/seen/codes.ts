/** A status that a text has: of an error page, of iisnode's page, of a log of IIS. */
export interface Answer {
  /** '500'. */
  readonly status: string;
  /** '1013'; undefined where the text does not have it. */
  readonly sub?: string;
  /** The code that belongs to it, as `errorCode` writes it. */
  readonly error?: string;
  /** Where it is in the text. */
  readonly at: number;
}

export interface Codes {
  readonly answers: readonly Answer[];
  /** All error codes of the text, with the place of the first. */
  readonly errors: ReadonlyMap<string, number>;
}

/** One spelling of an error code: a Win32 error in an HRESULT (0x8007....) is the error itself: '0x21'. */
function errorCode(value: number): string {
  const code = value >>> 0;
  return `0x${(code >>> 16 === 0x8007 ? code & 0xffff : code).toString(16)}`;
}

/** '0x80070021' as `errorCode` writes it. */
export const canonical = (hex: string): string => errorCode(Number.parseInt(hex, 16));

type Found = { -readonly [Key in keyof Answer]: Answer[Key] };

const found = (status: string, at: number, sub?: string, error?: string): Found => ({
  status,
  at,
  ...(sub !== undefined && { sub: String(Number(sub)) }),
  ...(error !== undefined && { error }),
});

/** The four lines of iisnode's page; old versions have no sub-status (iisnode 0.2.27, cprotocolbridge.cpp SendDevError). */
const iisnodePage =
  /(?:HRESULT:\s{0,5}(0x[0-9a-f]{1,8})\s{1,12})?HTTP status:\s{0,5}(\d{3})\b(?:\s{1,12}HTTP subStatus:\s{0,5}(\d{1,5}))?/gi;
/** 'HTTP Error 500.19', 'status of 404', 'statusCode="500.1013"'. */
const named =
  /\b(?:HTTP Error|HTTP status(?: code)?|HTTP|status(?: ?code)?(?: of)?|Detailed Error -|Error)["':=\s]{1,4}([45]\d\d)(?:[.,] ?(\d{1,5}))?(?![\d.]\d|\d)/gi;
/** '500.1013' without a word beside it: only iisnode has sub-statuses of four digits. */
const iisnodeCode = /(?<![\d.$#:/-])(500|503)\.(10[01]\d)(?![\d.]\d|\d|\s?(?:ms|s|kB|KB|MB|px|%)\b)/g;
/** The data of a trace of a failed request, or of ETW. */
const traced =
  /HttpStatus["'>\s:=]{1,4}([45]\d\d)\b[\s\S]{0,300}?HttpSubStatus["'>\s:=]{1,4}(\d{1,5})\b(?:[\s\S]{0,120}?ErrorCode["'>\s:=]{1,4}(\d{1,10})\b)?/gi;
/** A text that is only a code. */
const alone = /^\s{0,9}(?:HTTP\s{1,3})?([45]\d\d)(?:\.(\d{1,5}))?\s{0,9}(?:-?\s{0,3}[A-Z][a-zA-Z ]{2,40})?\s{0,9}$/;
/** The default fields at the end of a line of the log of IIS: sc-status sc-substatus sc-win32-status time-taken. */
const logLine = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [^\n]{1,4096}? ([45]\d\d) (\d{1,5}) (\d{1,10}) \d{1,10}\s{0,2}$/;
const hex = [
  /(?:HRESULT|Error ?Code|error|win32|hr|code)["':=\s(]{1,4}(?:0x)([0-9a-f]{1,8})\b/gi,
  /\(0x([0-9a-f]{1,8})\)/gi,
  /\b(?:0x)?(8007[0-9a-f]{4})\b/gi,
  // A Win32 error as iisnode and IIS write it: eight digits, '0x000000c1'.
  /\b0x(0000[0-9a-f]{4})\b/gi,
];
/** The data of an entry of the event log: four bytes, the lowest first. */
const data = /\b([0-9a-f]{2}) ?(00) ?(0[07]) ?(00|80)\b/gi;

/** The statuses and error codes of a text. Linear in its length. */
export function readCodes(text: string): Codes {
  const answers = [...fromPages(text), ...fromLog(text)];
  const whole = text.length < 80 ? alone.exec(text) : null;
  if (whole?.[1] !== undefined) answers.push(found(whole[1], 0, whole[2]));
  const errors = new Map<string, number>();
  const add = (value: number, at: number): void => {
    const code = errorCode(value);
    if (!errors.has(code)) errors.set(code, at);
  };
  for (const pattern of hex)
    for (const { 1: digits = '', index } of text.matchAll(pattern)) add(Number.parseInt(digits, 16), index);
  for (const { 1: digits = '', index } of text.matchAll(/\bErrorCode[">=\s]{1,3}(\d{1,10})\b(?!x)/gi))
    add(Number(digits), index);
  if (/The data is the error|Module DLL|event ?log|error number/i.test(text))
    for (const { 1: low = '', 2: next = '', index } of text.matchAll(data)) add(Number.parseInt(next + low, 16), index);
  for (const { error, at } of answers) if (error !== undefined && !errors.has(error)) errors.set(error, at);
  return { answers, errors };
}

function fromPages(text: string): Found[] {
  const answers: Found[] = [];
  for (const { 0: page, 1: result, 2: status = '', 3: sub, index } of text.matchAll(iisnodePage))
    answers.push(found(status, index + lastLine(page), sub, result === undefined ? undefined : canonical(result)));
  for (const { 1: status = '', 2: sub, 3: code, index } of text.matchAll(traced))
    answers.push(found(status, index, sub, code === undefined ? undefined : errorCode(Number(code))));
  const isIisnodePage = answers.length > 0;
  for (const { 1: status = '', 2: sub, index } of text.matchAll(named)) {
    // "You are receiving this HTTP 200 response" is not matched; "HTTP status: 500" is the page above.
    if (!(isIisnodePage && sub === undefined)) answers.push(found(status, index, sub));
  }
  for (const { 1: status = '', 2: sub, index } of text.matchAll(iisnodeCode))
    if (!answers.some((answer) => answer.status === status && answer.sub === sub))
      answers.push(found(status, index, sub));
  return answers;
}

/** Where the last line of a text begins. */
const lastLine = (text: string): number => Math.max(0, text.lastIndexOf('\n') + 1);

/** W3C logs of IIS: by their #Fields line, else by the default order. Each combination once. */
function fromLog(text: string): Found[] {
  if (!/^(?:#Fields:|\d{4}-\d\d-\d\d \d\d:)/m.test(text)) return [];
  let columns: readonly string[] = [];
  const answers = new Map<string, Found>();
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('#Fields:')) columns = line.slice(8).trim().split(/\s/);
    const answer = columns.length > 0 ? byColumns(line, columns, at) : byOrder(line, at);
    if (answer !== undefined && answers.size < 100) {
      const key = `${answer.status}.${answer.sub ?? ''} ${answer.error ?? ''}`;
      if (!answers.has(key)) answers.set(key, answer);
    }
    at += line.length + 1;
  }
  return [...answers.values()];
}

function byColumns(line: string, columns: readonly string[], at: number): Found | undefined {
  if (line.startsWith('#')) return undefined;
  const values = line.slice(0, 16_384).split(' ');
  const value = (name: string): string | undefined => values[columns.indexOf(name)];
  const status = value('sc-status');
  return status !== undefined && /^[45]\d\d$/.test(status)
    ? ofLog(status, at, value('sc-substatus'), value('sc-win32-status'))
    : undefined;
}

function byOrder(line: string, at: number): Found | undefined {
  const [, status, sub, win32] = line.length < 8192 ? (logLine.exec(line) ?? []) : [];
  return status === undefined ? undefined : ofLog(status, at, sub, win32);
}

function ofLog(status: string, at: number, sub: string | undefined, win32: string | undefined): Found {
  const code = Number(win32);
  return found(
    status,
    at,
    sub !== undefined && /^\d{1,5}$/.test(sub) ? sub : undefined,
    code > 0 ? errorCode(code) : undefined,
  );
}
