// Botkit with its web adapter, the nearest it has to a hook; each message is heard and answered in the response.
const [, , port] = process.argv;
process.env.PORT = port;
const { Botkit } = require('botkit');
const { WebAdapter } = require('botbuilder-adapter-web');

const controller = new Botkit({ webhook_uri: '/hooks/web', adapter: new WebAdapter({}) });
controller.hears('parcel', 'message', async (bot, message) => {
  await bot.reply(message, 'noted');
});
