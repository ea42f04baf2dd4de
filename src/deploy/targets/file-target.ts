/** FILE.bat, FILE.cmd or FILE.ps1: the commands for a server elsewhere. */
export const isScript = (to: string | undefined): to is string => to !== undefined && /\.(bat|cmd|ps1)$/i.test(to);

/** FILE.ps1: cmd.exe does not run it. */
export const isPowerShell = (script: string): boolean => /\.ps1$/i.test(script);

/** FILE.zip: the app itself, as a package. */
export const isZip = (to: string | undefined): to is string => to !== undefined && /\.zip$/i.test(to);

/** Is a file written, and no server changed? */
export const isFileTarget = (to: string | undefined): to is string => isScript(to) || isZip(to);
