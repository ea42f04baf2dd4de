'use client';
import { useEffect, useState } from 'react';

export default function Counter() {
  const [isAlive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  return <p>{isAlive ? 'The scripts of the page run' : 'No script yet'}</p>;
}
