// Bottender's own server with its Telegram channel; the session of each chat is in memory.
const fs = require('fs');
const [, , port, , folder] = process.argv;

fs.writeFileSync(`${folder}/index.js`, 'module.exports = async function App() {};\n');
fs.writeFileSync(
  `${folder}/bottender.config.js`,
  `module.exports = {
    session: { driver: 'memory', stores: { memory: { maxSize: 5000 } } },
    channels: { telegram: { enabled: true, path: '/hooks/telegram', accessToken: '1:bench' } },
  };\n`,
);
process.chdir(folder);
const { initializeServer } = require('bottender');
initializeServer().listen(Number(port), '127.0.0.1');
