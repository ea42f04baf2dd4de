/** The largest numbers that a command and the library take. */
export const most = {
  viewers: 10_000_000,
  processes: 1024,
  machines: 10_000,
  processors: 1024,
  messages: 100_000,
  releases: 1000,
  minutes: 1440,
  timeScale: 100_000,
};
