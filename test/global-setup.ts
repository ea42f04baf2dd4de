import { seed } from './support/seed.js';

/** The numbers that a run has used are known before it fails. */
export default function saySeed(): void {
  console.log(`TEST_SEED=${seed}`);
}
