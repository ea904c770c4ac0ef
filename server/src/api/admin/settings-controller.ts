import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { optionsError, parseComposeOptions } from '../../options';
import { changedOptions } from '../../options/hash';
import { changeValues, forgetApiKey, removePreset, setApiKey, setPreset, setRules } from '../../settings/change';
import {
  apiKeyChange,
  presetChange,
  reachQuery,
  type ReachResponse,
  type RulesChange,
  rulesChange,
  type RuleValue,
  seenVersion,
  settingsChange,
  type SettingsResponse,
} from '../contracts';
import { answering, jsonBody, parseInput } from '../respond';
import { countImages, viewSettings } from '../settings';
import { demandBackground } from './background';
import { PAY } from './permissions';

const named = z.object({ name: z.string().max(100) });

/** What the plugin goes by; shapes in api/settings-contracts.ts. The API key goes in and never out. */
export const settingsController = ({ strapi }: { strapi: Core.Strapi }) => {
  const respond = async (ctx: Context): Promise<void> => {
    // Whatever node answers, and whoever changed it: what the page shows is in force here.
    await getApp(strapi).takeUpSettings();
    ctx.set('cache-control', 'no-store');
    ctx.body = { data: await viewSettings(strapi) } satisfies SettingsResponse;
  };

  const nameOf = (ctx: Context): string => parseInput(named, ctx.params, 'name').name;

  /** A rule that may spend credits, for as many pictures as it is about, takes the permission for that. */
  const demandPay = (ctx: Context, { everything, folders }: RulesChange): void => {
    const { rules } = getApp(strapi).config;
    const isNew = (rule: RuleValue, before: RuleValue | null | undefined) =>
      rule.engine !== 'local' && rule.engine !== before?.engine;
    const costs =
      (everything && isNew(everything, rules.everything)) ||
      Object.entries(folders).some(([folder, rule]) => isNew(rule, rules.folders[folder]));
    const ability = ctx.state.userAbility as { can(action: string): boolean };
    if (!costs || ability.can(PAY)) return;
    throw new CutoutError('asset.forbidden', `The rules may spend credits: your role lacks the permission '${PAY}'.`);
  };

  return {
    find: answering(respond),

    change: answering(async (ctx) => {
      await changeValues(strapi, parseInput(settingsChange, jsonBody(ctx), 'body'));
      await respond(ctx);
    }),

    setPreset: answering(async (ctx) => {
      const { version, options } = parseInput(presetChange, jsonBody(ctx), 'body');
      const parsed = parseComposeOptions(options);
      if (!parsed.ok) throw optionsError(parsed.issues);
      await demandBackground(strapi, ctx, parsed.options);
      await setPreset(strapi, version, nameOf(ctx), changedOptions(parsed.options));
      await respond(ctx);
    }),

    removePreset: answering(async (ctx) => {
      await removePreset(strapi, parseInput(seenVersion, ctx.query, 'query').version, nameOf(ctx));
      await respond(ctx);
    }),

    setRules: answering(async (ctx) => {
      const change = parseInput(rulesChange, jsonBody(ctx), 'body');
      demandPay(ctx, change);
      await setRules(strapi, change);
      await respond(ctx);
    }),

    reach: answering(async (ctx) => {
      const images = await countImages(strapi, parseInput(reachQuery, ctx.query, 'query').folder);
      ctx.body = { data: { images } } satisfies ReachResponse;
    }),

    setKey: answering(async (ctx) => {
      const { version, apiKey } = parseInput(apiKeyChange, jsonBody(ctx), 'body');
      await setApiKey(strapi, version, apiKey);
      await respond(ctx);
    }),

    forgetKey: answering(async (ctx) => {
      await forgetApiKey(strapi, parseInput(seenVersion, ctx.query, 'query').version);
      await respond(ctx);
    }),
  };
};
