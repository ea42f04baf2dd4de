import { seed } from './support/seed.js';

/** Prints the seed of a run before it can fail. */
export default function saySeed(): void {
  console.log(`TEST_SEED=${seed}`);
}
