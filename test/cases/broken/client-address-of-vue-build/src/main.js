import { createApp } from 'vue';
import { io } from 'socket.io-client';
import App from './App.vue';
const socket = io(process.env.VUE_APP_SOCKET_URL);
createApp(App).provide('socket', socket).mount('#app');
