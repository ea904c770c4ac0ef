/** The languages that the plugin speaks beside English. */
export default { config: { locales: ['zh-Hans', 'ta'] } };
