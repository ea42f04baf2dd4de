/** Environment variables by lower-case name. */
export type Variables = ReadonlyMap<string, string>;

/** Names are compared ignoring case, as on Windows; variables without a value are ignored. */
export function variablesOf(environment: Readonly<Record<string, string | undefined>> = {}): Variables {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) variables.set(name.toLowerCase(), value);
  }
  return variables;
}

/** Replaces `%VAR%`; the name of a missing variable stays in the text (ExpandEnvironmentStrings). */
export function expand(text: string, variables: Variables): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([^%]+)%/g, (whole, name: string) => variables.get(name.toLowerCase()) ?? whole);
}
