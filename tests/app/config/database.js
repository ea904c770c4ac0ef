'use strict';

const path = require('node:path');

/** SQLite unless DATABASE_CLIENT names another database; `DATABASE_URL` then says where it is. */
module.exports = ({ env }) => {
  const client = env('DATABASE_CLIENT', 'sqlite');
  if (client !== 'sqlite') return { connection: { client, connection: env('DATABASE_URL') } };
  const filename = path.resolve(__dirname, '..', env('DATABASE_FILENAME', '.tmp/data.db'));
  return { connection: { client, connection: { filename }, useNullAsDefault: true } };
};
