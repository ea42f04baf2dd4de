/** Environment variables by lower-case name. */
export type Variables = ReadonlyMap<string, string>;

/** Names compare without case, as on Windows; variables without a value are none. */
export function variablesOf(environment: Readonly<Record<string, string | undefined>> = {}): Variables {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) variables.set(name.toLowerCase(), value);
  }
  return variables;
}

/** Replaces `%VAR%`; a variable that does not exist stays as it is written (ExpandEnvironmentStrings). */
export function expand(text: string, variables: Variables): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([^%]+)%/g, (whole, name: string) => variables.get(name.toLowerCase()) ?? whole);
}
