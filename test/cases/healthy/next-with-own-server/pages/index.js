import { useEffect } from 'react';
import { io } from 'socket.io-client';
export default function Home() {
  useEffect(() => {
    const socket = io();
    socket.on('hello', console.log);
    return () => socket.close();
  }, []);
  return <a href="/about">about</a>;
}
