export const environment = {
  production: true,
  socketUrl: 'http://localhost:3000',
};
