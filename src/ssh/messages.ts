/** What the server says first. */
export interface Ready {
  /** process.version there. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** The user is an administrator, with all rights. */
  readonly elevated: boolean;
  /** The program was sent by an earlier connection. */
  readonly hasProgram: boolean;
  readonly computer: string;
}

/** A part of what comes over stdin: JSON, data, or the end of data. */
export interface Frame {
  readonly kind: 'J' | 'D' | 'E';
  readonly bytes: Buffer;
}

/** The connection as the program on the server has it, from bootstrap.cjs. */
export interface Channel {
  /** The next frame; undefined when the connection is closed. */
  next(): Promise<Frame | undefined>;
  /** False: the pipe is full. */
  send(message: object): boolean;
  /** Calls when the client has closed its side, or is gone. */
  onClose(act: () => void): void;
}

/** A frame's bytes. @param kind also A: a sign of life. */
export function frameOf(kind: Frame['kind'] | 'A', bytes: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(bytes.length + 1, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, bytes]);
}
