/** Names of devices, with any extension; also with the superscript digits (learn.microsoft.com "Naming Files, Paths, and Namespaces"). */
const device = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\..*)?$/i;
/** What no name of Windows contains. */
const badCharacter = /[<>:"|?*\\]/;
const longestName = 255;

/**
 * Why Windows cannot have a file or folder of this name, as the rest of a sentence; undefined when it can.
 * @param name One part of a path.
 */
export function windowsNameFault(name: string): string | undefined {
  const [bad] = badCharacter.exec(name) ?? [];
  if (bad !== undefined) return `Windows allows no ${bad} in a name`;
  if ([...name].some((character) => character < ' ')) return 'Windows allows no control characters in a name';
  if (/[. ]$/.test(name)) return `Windows removes the ${name.endsWith('.') ? 'dot' : 'space'} at the end of a name`;
  if (device.test(name)) return `${name.replace(/\..*$/s, '')} is a device of Windows`;
  return name.length > longestName ? `it is longer than ${longestName} characters` : undefined;
}

/** The same for a relative path with forward slashes; such a path leads to no place outside. */
export function windowsPathFault(path: string): string | undefined {
  if (path === '') return 'it is empty';
  const parts = path.split('/');
  if (parts.includes('')) return 'a name in it is empty';
  return parts.map(windowsNameFault).find((fault) => fault !== undefined);
}
