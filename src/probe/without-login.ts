/** A URL as it may be shown: without a name and a password. One that has none stays as it is written. */
export function urlWithoutLogin(url: URL | string): string {
  const shown = new URL(url);
  if (shown.username === '' && shown.password === '') return String(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
