let value = 0;
const listeners = new Set();

setInterval(() => {
  value += 1;
  for (const listener of listeners) listener(value);
}, 100);

export const count = () => value;

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
