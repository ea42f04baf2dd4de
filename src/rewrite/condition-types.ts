export type PatternSyntax = 'ECMAScript' | 'Wildcard' | 'ExactMatch';

export interface RewriteCondition {
  readonly input: string | undefined;
  readonly matchType: 'Pattern' | 'IsFile' | 'IsDirectory';
  readonly pattern: string | undefined;
  readonly ignoreCase: boolean;
  readonly negate: boolean;
}
