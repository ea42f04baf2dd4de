import { createApp } from 'vue';
import VueSocketIO from 'vue-3-socket.io';
import App from './App.vue';

createApp(App)
  .use(
    new VueSocketIO({
      debug: import.meta.env.DEV,
      connection: '/',
      options: { path: '/desk/socket.io' },
    }),
  )
  .mount('#app');
