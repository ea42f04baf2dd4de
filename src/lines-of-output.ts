/**
 * The lines of what a program wrote. LF in a string becomes CRLF on Windows, and an existing CRLF becomes CR CR LF: all CR in front of a
 * LF belong to the end of the line. Linear in the length: a match begins only at the first CR of several.
 */
export const linesOfOutput = (text: string): string[] => text.split(/(?<!\r)\r*\n/);
