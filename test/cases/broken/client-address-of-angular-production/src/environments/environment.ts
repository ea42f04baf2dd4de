export const environment = { production: false, socketUrl: '' };
