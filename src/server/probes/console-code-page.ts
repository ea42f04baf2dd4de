import { registryValue } from '../parse.js';
import type { Probe } from '../types.js';

/** The OEM code page: a console has it unless chcp was called there. */
export const consoleCodePage: Probe = {
  about: 'the code page of the console',
  ask: () => ({
    program: ['reg.exe'],
    args: ['query', 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage', '/v', 'OEMCP'],
  }),
  read: (text) => {
    const value = registryValue(text, 'OEMCP') ?? '';
    return { consoleCodePage: /^\d{3,5}$/.test(value) ? Number(value) : undefined };
  },
};
