export const environment = {
  production: true,
  socketUrl: '/',
};
