const socket = io({ query: { token: localStorage.token } });
