export const environment = { production: false, socketUrl: 'http://localhost:3000' };
