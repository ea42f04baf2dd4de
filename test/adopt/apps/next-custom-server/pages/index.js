import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';

export default function Home() {
  const [hello, setHello] = useState('waiting');

  useEffect(() => {
    const socket = io();
    socket.on('hello', setHello);
    return () => socket.disconnect();
  }, []);

  return (
    <main>
      <h1>Next with sockets</h1>
      <p>hello {hello}</p>
    </main>
  );
}
