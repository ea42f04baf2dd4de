/* Socket.IO v4.8.4 */
