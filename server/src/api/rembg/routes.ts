/**
 * `auth: false` takes Strapi's own check of `Authorization: Bearer` away, since a Rembg key comes as `x-api-key`; the
 * controller asks for it and its permission first, see access.ts. The names of the actions are what a custom token is
 * given; a read-only token has those that end in `find`.
 */
const open = { auth: false as const };

export const rembgRoutes = [
  { method: 'POST', path: '/rmbg', handler: 'rembg.remove', config: open },
  { method: 'GET', path: '/membership-usage', handler: 'rembg.find', config: open },
];
