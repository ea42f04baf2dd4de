/** A line of a stack as V8 writes it: the file (a path or a file: URL), its line and its column. Names of folders may have parentheses. */
export const stackFrame =
  /^\s+at (?:async )?(?:[^(]* \()?((?:file:\/\/\/?|[A-Za-z]:[\\/]|\/)(?:(?!\), ).)*):(\d+):(\d+)\)?,?(?: \{)?$/;
