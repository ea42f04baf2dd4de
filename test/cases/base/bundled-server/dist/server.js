var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
};

// node_modules/socket.io/dist/index.js
var require_dist = __commonJS({
  "node_modules/socket.io/dist/index.js"(exports2) {
    var path = require("path");
    var fs_1 = require("fs");
    var Server2 = class {
      sendFile(filename, req, res) {
        const readStream = (0, fs_1.createReadStream)(path.join(__dirname, "../client-dist/", filename));
        readStream.pipe(res);
      }
    };
    exports2.Server = Server2;
  }
});

// src/server.mjs
var import_http = require("http");
var import_socket = require_dist();
var server = (0, import_http.createServer)((request, response) => response.end("app"));
new import_socket.Server(server, { path: (process.env.virtualDirPath || "/").replace(/\/$/, "") + "/socket.io" });
server.listen(process.env.PORT || 3e3);
