import { setTimeout as sleep } from 'node:timers/promises';
import { createProduct, request } from '../../../scripts/lib/client';
import { pick, seeded } from '../../fixtures/random';
import { encodePhoto } from '../../fixtures/files';
import { makeScene } from '../../fixtures/scene';
import { distinctPicture } from '../../support/noise';
import type { Nodes } from '../../support/nodes';
import { disc } from '../../support/quick-model';
import { attempt, type Refusal } from './parts';

/** By which rules an asset gets what; its kind begins its name, so that one whose upload got no answer is known too. */
export type Kind = 'plain' | 'gallery' | 'paid';
const PAID_FOLDER = 'Paid';

export const chaosRules = {
  everything: { presets: ['default'] },
  folders: {
    '/API Uploads': { presets: ['default', 'thumb'] },
    [`/${PAID_FOLDER}`]: { presets: ['card'], engine: 'remote' },
  },
};

/** The field `gallery` has presets of its own, see tests/app. */
export const wanted: Record<Kind, string[]> = {
  plain: ['cutout', 'cutout_matte', 'cutout_thumb'],
  gallery: ['cutout', 'cutout_card', 'cutout_matte', 'cutout_thumb'],
  paid: ['cutout', 'cutout_card', 'cutout_matte'],
};

const KINDS: readonly Kind[] = ['plain', 'plain', 'plain', 'gallery', 'paid'];
const FEEDERS = 3;
/** Uploads that may be ahead of the jobs, so that both go on all the while. */
const AHEAD = 60;
const MOST_TRIES = 30;

export interface FeedOptions {
  nodes: Nodes;
  assets: number;
  seed: number;
  /** Photos for the real model; discs and noise otherwise. */
  photos: boolean;
  /** Jobs that have ended. */
  ended: () => number;
}

/** Uploads so many new pictures, each again and again until it has an answer. @returns the refusals */
export async function feed({ nodes, assets, seed, photos, ended }: FeedOptions): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  const kindOf = seeded(seed);
  const kinds = Array.from({ length: assets }, () => pick(kindOf, KINDS));
  const { data: folder } = await request(nodes.session(0).url, 'POST', '/upload/folders', {
    bearer: nodes.session(0).jwt,
    json: { name: PAID_FOLDER, parent: null },
  });
  const product = await createProduct(nodes.session(0), { title: 'Chaos' });
  const target = { folder: folder.id as number, product: product.id };
  // The first one makes Strapi's folder of API uploads; parallel first ones would race for it.
  let next = 0;
  const one = async () => {
    const at = next;
    next += 1;
    const picture = await pictureOf(kinds[at]!, seed + at, photos);
    for (let tried = 0; tried < MOST_TRIES; tried += 1) {
      if (await attempt(refusals, 'upload', () => send(nodes, kinds[at]!, at, picture, target))) return;
      await sleep(1000);
    }
    throw new Error(`An upload was refused ${MOST_TRIES} times: ${refusals.at(-1)?.text}`);
  };
  kinds[0] = 'plain';
  await one();
  const feeder = async () => {
    while (next < assets) {
      if (next > ended() + AHEAD) await sleep(200);
      else await one();
    }
  };
  await Promise.all(Array.from({ length: FEEDERS }, feeder));
  return refusals;
}

async function pictureOf(kind: Kind, seed: number, photos: boolean): Promise<{ bytes: Buffer; ext: string }> {
  if (kind === 'paid') return { bytes: await distinctPicture(seed), ext: 'png' };
  if (!photos) return { bytes: await disc(seed), ext: 'jpg' };
  return { bytes: await encodePhoto(await makeScene({ kind: 'mug', seed, width: 1200, height: 900 })), ext: 'jpg' };
}

async function send(
  nodes: Nodes,
  kind: Kind,
  at: number,
  { bytes, ext }: { bytes: Buffer; ext: string },
  { folder, product }: { folder: number; product: number },
): Promise<unknown> {
  const { url, jwt, token } = nodes.session(0);
  const form = new FormData();
  if (kind === 'paid') form.set('fileInfo', JSON.stringify({ folder }));
  if (kind === 'gallery') {
    for (const [name, value] of Object.entries({ ref: 'api::product.product', refId: product, field: 'gallery' }))
      form.set(name, String(value));
  }
  form.set(
    'files',
    new Blob([new Uint8Array(bytes)], { type: `image/${ext === 'jpg' ? 'jpeg' : ext}` }),
    `${kind}-${at}.${ext}`,
  );
  const [route, bearer] = kind === 'paid' ? ['/upload', jwt] : ['/api/upload', token];
  return request(url, 'POST', route, { bearer, form, timeoutMs: 90_000 });
}
