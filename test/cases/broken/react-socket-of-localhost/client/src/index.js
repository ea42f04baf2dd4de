import React from 'react';
import { createRoot } from 'react-dom/client';
import { socket } from './socket';
socket.connect();
createRoot(document.getElementById('root')).render(<p>board</p>);
