const cookieName = 'iisnode.session.cookie';

/**
 * The slot in a request's cookie, undefined without a usable one (iisnode 0.2.27, cnodeprocessmanager.cpp
 * ExtractStickySessionsProcess): the first occurrence of the name anywhere in the header counts, text that is not a
 * number is 0, a slot beyond the last is taken modulo `count`.
 */
export function slotOfCookie(cookieHeader: string | undefined, count: number): number | undefined {
  const at = cookieHeader?.indexOf(cookieName) ?? -1;
  if (cookieHeader === undefined || at < 0) return undefined;
  const equals = cookieHeader.indexOf('=', at);
  if (equals < 0) return undefined;
  const end = cookieHeader.indexOf(';', equals);
  const text = cookieHeader.slice(equals + 1, end < 0 ? undefined : end);
  if (text.length >= 10) return undefined;
  const slot = Number.parseInt(text, 10) || 0;
  return slot < 0 ? undefined : slot % count;
}

/** The value of the Set-Cookie header iisnode adds: no Path, no other attribute. */
export function cookieForSlot(slot: number): string {
  return `${cookieName}=${slot}`;
}
