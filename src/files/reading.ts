let listener: (() => void) | undefined;

/**
 * Calls `each` with every file that is read without leaving the event loop, until the returned function is called: nothing else runs while many
 * are read.
 */
export function onRead(each: () => void): () => void {
  listener = each;
  return () => {
    if (listener === each) listener = undefined;
  };
}

/** A file is read. */
export const noteRead = (): void => listener?.();
