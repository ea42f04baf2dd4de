import Link from 'next/link';
import Counter from './counter';

export default function Page() {
  return (
    <main>
      <h1>Started by next start</h1>
      <Counter />
      <Link href="/about">About</Link>
    </main>
  );
}
