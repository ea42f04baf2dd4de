export type Transport = 'websocket' | 'polling';

/** How clients may connect, from a list such as "websocket,polling". Throws a RangeError for an unknown transport. */
export function transportsIn(list: string): Transport[] {
  return list
    .trim()
    .split(/[\s,]+/)
    .map((name) => {
      if (name === 'websocket' || name === 'polling') return name;
      throw new RangeError(`transports is websocket, polling, or both with a comma between; "${name}" is neither`);
    });
}
