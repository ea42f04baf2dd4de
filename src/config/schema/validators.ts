import { unconfirmed } from '../unconfirmed.js';
import { formatTimeSpan } from './time-span.js';
import type { Validator } from './types.js';

const badPoolCharacters = /[|<>&"/[\]+=;:,?*@\\]/;
/** Microsoft.Web.Administration, ApplicationCollection.InvalidApplicationPathCharacters. */
const badPathCharacters = /[\\?;:@&=+$,|"<>*]/;

/** Why a number (timeSpan: seconds) is invalid, in IIS's words; undefined when it is valid. */
export function violatedByNumber(validator: Validator, value: number): string | undefined {
  if (validator.kind === 'integerRange') {
    const { min, max, exclude = false } = validator;
    if ((value >= min && value <= max) !== exclude) return undefined;
    return `Integer value must ${exclude ? 'not ' : ''}be between ${min} and ${max} inclusive`;
  }
  if (validator.kind === 'timeSpanRange') {
    const { min, max, granularity } = validator;
    if (value >= min && value <= max && value % granularity === 0) return undefined;
    const bounds = `${formatTimeSpan(min)} and ${formatTimeSpan(max)}`;
    return `Timespan value must be between ${bounds} seconds inclusive, with a granularity of ${granularity} seconds`;
  }
  return undefined;
}

/** Why a text is invalid, in IIS's words; undefined when it is valid. */
export function violatedByText(validator: Validator, value: string): string | undefined {
  switch (validator.kind) {
    case 'nonEmptyString':
      return value === '' ? 'String must not be empty' : undefined;
    case 'requireTrimmedString':
      return value.trim() === value ? undefined : unconfirmed.trimmedMessage;
    case 'applicationPoolName':
      return value === '' || value.length > unconfirmed.poolNameLength || badPoolCharacters.test(value)
        ? 'Invalid application pool name'
        : undefined;
    case 'siteName':
      return value === '' || /[/\\?]/.test(value) ? 'Invalid site name' : undefined;
    case 'applicationPath':
      return isVirtualPath(value) ? undefined : 'Invalid application path';
    case 'virtualDirectoryPath':
      return isVirtualPath(value) ? undefined : 'Invalid virtual directory path';
    default:
      return undefined;
  }
}

function isVirtualPath(value: string): boolean {
  if (value === '/') return true;
  if (!value.startsWith('/') || value.endsWith('/') || badPathCharacters.test(value)) return false;
  return !value
    .split('/')
    .some((segment, index) => segment === '.' || segment === '..' || (index > 0 && segment === ''));
}
