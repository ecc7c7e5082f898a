// A device whose MQTT is mqtt.js on Node: one attempt to connect. Options and the line it prints are those of
// client.cpp; Node's errors are words, so its code is 0 and the word stands beside it, and it reports nothing.
//
// Node checks the server's certificate after the handshake: whom it does not trust sees a handshake that went well,
// and then a close.
'use strict';

const fs = require('fs');
// Debian's modules, whatever Node this is.
process.env.NODE_PATH = '/usr/share/nodejs';
require('module').Module._initPaths();
const mqtt = require('mqtt');

const options = {};
for (let i = 2; i < process.argv.length; ++i) {
  const name = process.argv[i].replace(/^--/, '');
  options[name] = name === 'plain' || name === 'silent' ? true : process.argv[++i];
}

function say(connected, error) {
  console.log(JSON.stringify({connected, code: 0, detail: 0, reported: 0, error}));
  process.exitCode = connected ? 0 : 1;
}

const read = (file) => (file ? fs.readFileSync(file) : undefined);
const client = mqtt.connect({
  protocol: options.plain ? 'mqtt' : 'mqtts',
  host: options.host,
  port: Number(options.port),
  servername: options['server-name'],
  clientId: options.id,
  username: options.user,
  password: options.password,
  ca: read(options.cafile),
  cert: read(options.cert),
  key: read(options.key),
  keepalive: Number(options.keepalive || 60),
  reconnectPeriod: 0,
  ...(options.version && {minVersion: 'TLSv' + options.version, maxVersion: 'TLSv' + options.version}),
});

let over = false;
function fail(error) {
  if (over) return;
  over = true;
  say(false, error);
  client.end(true);
}

client.on('error', (error) => fail(error.code || error.message));
client.on('close', () => fail('closed'));
client.on('connect', () => {
  over = true;
  say(true, null);
  client.publish('greeting', 'hello', {qos: 1}, () => {
    if (!options.silent) client.end();
  });
});
