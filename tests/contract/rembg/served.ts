import sharp from 'sharp';
import { rows, type RowName } from '../../rembg-server/rows';
import { claimedSize, picture } from './pictures';

/**
 * What every server of the Rembg API must do, by the documents alone: plain `fetch`, no client of anybody's. The emulator
 * passes it, and so does the endpoint of this plugin in a running Strapi.
 */
export interface Served {
  /** Of `POST /rmbg`. */
  rmbgUrl: string;
  /** Of `GET /api/membership-usage`. */
  usageUrl: string;
  /** One with credits and without a limit that these tests would meet. */
  key: string;
  plan: { membership: string; credits: number; prepaid: number };
  /** Whether the billing window is more than the calendar month. */
  synced: boolean;
  /** Credits that were taken so far. */
  charged(): Promise<number>;
  /** A key without credits, while `work` lasts. */
  withoutCredits(work: (key: string) => Promise<void>): Promise<void>;
  /** A key that may call so often in its window, while `work` lasts. */
  withRate(calls: number, work: (key: string) => Promise<void>): Promise<void>;
}

export const BOUNDARY = '----cutout7MA4YWxkTrZu0gW';

export interface Sent {
  file?: Buffer | null;
  name?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  /** A whole multipart body with the boundary `BOUNDARY`, in place of file and fields. */
  raw?: string | Buffer;
}

export async function post({ rmbgUrl, key }: Served, { file, name = 'photo.png', fields = {}, headers, raw }: Sent) {
  const form = new FormData();
  if (file) form.append('image', new Blob([new Uint8Array(file)]), name);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  const response = await fetch(rmbgUrl, {
    method: 'POST',
    body: raw === undefined ? form : Buffer.from(raw),
    headers: {
      ...(headers ?? { 'x-api-key': key }),
      ...(raw === undefined ? {} : { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }),
    },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

export async function refused(served: Served, sent: Sent) {
  const { response, bytes } = await post(served, sent);
  return {
    status: response.status,
    body: JSON.parse(bytes.toString()) as { error: string },
    retryAfter: response.headers.get('retry-after'),
  };
}

export async function usage({ usageUrl, key }: Served, query: string, headers?: Record<string, string>) {
  const response = await fetch(usageUrl + query, { headers: headers ?? { 'x-api-key': key } });
  return { status: response.status, body: await response.json() /* of many shapes, each checked below */ };
}

/** @param of the server that is running when a test is */
export function describeServed(of: () => Served): void {
  let png: Buffer;
  beforeAll(async () => {
    png = await picture();
  });
  const example = (row: RowName) => rows[row].example;
  const whole = (sent: Sent): Sent => ({ file: png, ...sent });

  describe('the table of errors', () => {
    const cases: [RowName, () => Sent, string?][] = [
      ['no-image', () => ({ file: null, fields: { w: '5' } })],
      // What a browser sends for a file input nobody touched.
      [
        'no-file',
        () => ({
          raw: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename=""\r\n\r\n\r\n--${BOUNDARY}--\r\n`,
        }),
      ],
      ['unsupported-type', () => ({ name: 'virus.exe' })],
      ['corrupt-image', () => ({ file: Buffer.from('no picture at all, whatever its name says') })],
      ['empty-file', () => ({ file: Buffer.alloc(0) })],
      ['too-large', () => ({ file: Buffer.alloc(55.2 * 1024 * 1024) })],
      ['too-wide', () => ({ file: claimedSize(png, 12000, 10) })],
      ['too-tall', () => ({ file: claimedSize(png, 10, 15000) })],
      ['size-not-integer', () => ({ fields: { w: 'abc' } })],
      ['size-not-integer', () => ({ fields: { h: '1.5' } }), "'h' must be an integer, got: '1.5'"],
      ['size-too-small', () => ({ fields: { w: '-5' } })],
      ['size-too-large', () => ({ fields: { w: '15000' } })],
      ['angle-not-number', () => ({ fields: { angle: 'ninety' } })],
      ['angle-out-of-range', () => ({ fields: { angle: '500' } })],
      ['bad-format', () => ({ fields: { format: 'gif' } })],
      ['bad-color', () => ({ fields: { bg_color: '#12345' } })],
      ['mask-with-color', () => ({ fields: { mask: 'true', bg_color: 'red' } })],
      ['invalid-key', () => ({ headers: { 'x-api-key': 'nobody' } })],
      ['key-and-token', () => ({ headers: { 'x-api-key': of().key, authorization: 'Bearer token' } })],
    ];
    // Always three values: Jest takes a third parameter without one for its `done`.
    const table = cases.map(([row, sent, words = example(row)]) => [row, sent, words] as const);
    it.each(table)(
      'answers %s in the words of the documents, and charges nothing',
      async (row, sent, words) => {
        const before = await of().charged();
        const { status, body } = await refused(of(), whole(sent()));
        const expected = { error: words, status: rows[row].status };
        expect({ status, body }).toEqual({ status: rows[row].status, body: expected });
        expect(await of().charged()).toBe(before);
      },
      30_000,
    );

    it('answers monthly-limit to a key without credits', () =>
      of().withoutCredits(async (key) => {
        const { status, body } = await refused(of(), whole({ headers: { 'x-api-key': key } }));
        expect({ status, body }).toEqual({ status: 429, body: { error: example('monthly-limit'), status: 429 } });
      }));

    it('answers rate-limit when a key asks too quickly', () =>
      of().withRate(2, async (key) => {
        const headers = { 'x-api-key': key };
        const statuses = [];
        for (let i = 0; i < 3; i += 1) statuses.push((await post(of(), whole({ headers }))).response.status);
        expect(statuses).toEqual([200, 200, 429]);
        const { status, body } = await refused(of(), whole({ headers }));
        expect({ status, body }).toEqual({ status: 429, body: { error: example('rate-limit'), status: 429 } });
      }));

    it('lists several problems with their fields', async () => {
      const { body } = await refused(of(), whole({ fields: { w: 'abc', angle: '500' } }));
      expect(body).toEqual({
        error: 'Multiple validation errors',
        details: [
          { field: 'w', message: "'w' must be an integer, got: 'abc'" },
          { field: 'angle', message: "'angle' must be between -360 and 360 degrees, got: 500.0" },
        ],
        status: 400,
      });
    });

    it('lists them in its own order, those of the image first', async () => {
      const fields = { mask: '1', bg_color: '#12345', format: 'gif', angle: 'x', h: '0x5', w: '10001' };
      const { body } = await refused(of(), { file: null, fields });
      const { details } = body as unknown as { details: { field: string }[] };
      expect(details.map(({ field }) => field)).toEqual(['image', 'w', 'h', 'angle', 'format', 'bg_color', 'mask']);
    });
  });

  describe('pictures', () => {
    const shape = async (fields: Record<string, string>) => {
      const { response, bytes } = await post(of(), whole({ fields }));
      const { format, width, height, channels } = await sharp(bytes).metadata();
      return { type: response.headers.get('content-type'), format, width, height, channels };
    };

    it('are WebP unless another format is asked for', async () => {
      expect(await shape({})).toMatchObject({ type: 'image/webp', format: 'webp', width: 48, height: 32, channels: 4 });
      expect(await shape({ format: 'PNG' })).toMatchObject({ type: 'image/png', format: 'png' });
      expect(await shape({ format: 'jpeg' })).toMatchObject({ type: 'image/jpeg', format: 'jpeg', channels: 3 });
      const { response, bytes } = await post(of(), whole({ fields: { format: 'bmp' } }));
      expect(response.headers.get('content-type')).toBe('image/bmp');
      expect(bytes.toString('latin1', 0, 2)).toBe('BM');
    });

    it.each(['photo.webp', 'photo.bmp', 'photo.png', 'photo.jpg', 'photo.jpeg', 'PHOTO.JPG'])(
      'are made of %s',
      async (name) => {
        const kind = name.split('.')[1]!.toLowerCase();
        const file =
          kind === 'bmp'
            ? (await post(of(), whole({ fields: { format: 'bmp' } }))).bytes
            : await picture(48, 32, kind === 'jpg' ? 'jpeg' : (kind as 'webp' | 'png' | 'jpeg'));
        const { response, bytes } = await post(of(), { file, name });
        expect(response.status).toBe(200);
        expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 48, height: 32 });
      },
    );

    it('fit inside w × h, or are exactly so', async () => {
      expect(await shape({ w: '24', h: '24' })).toMatchObject({ width: 24, height: 16 });
      expect(await shape({ w: '24', h: '24', exact_resize: '1' })).toMatchObject({ width: 24, height: 24 });
      expect(await shape({ w: '0', h: '0' })).toMatchObject({ width: 48, height: 32 });
      expect(await shape({ w: '96' })).toMatchObject({ width: 96, height: 64 });
    });

    it('turn, on a larger canvas or cropped', async () => {
      expect(await shape({ angle: '90' })).toMatchObject({ width: 32, height: 48 });
      expect(await shape({ angle: '90', expand: 'false' })).toMatchObject({ width: 48, height: 32 });
    });

    it('are a grey plane as a mask, and opaque on a colour', async () => {
      expect(await shape({ mask: 'true', format: 'png' })).toMatchObject({ channels: 1 });
      const { bytes } = await post(of(), whole({ fields: { bg_color: '#f00', format: 'png' } }));
      expect((await sharp(bytes).stats()).isOpaque).toBe(true);
    });

    it.each(['#f00', '#f00f', '#ff0000', '#ff0000ff', 'red'])('take the background %s', async (color) => {
      const { bytes } = await post(of(), whole({ fields: { bg_color: color, mask: 'false', format: 'png' } }));
      expect((await sharp(bytes).stats()).isOpaque).toBe(true);
    });

    it('take both ends of each limit', async () => {
      const ends: Record<string, string>[] = [{ angle: '360' }, { angle: '-360' }, { w: '1', h: '1' }, { w: '1' }];
      for (const fields of ends) {
        expect((await post(of(), whole({ fields }))).response.status).toBe(200);
      }
    });

    it('come raw also when base64 was asked for, and other fields mean nothing', async () => {
      expect(await shape({ return_base64: 'true', nonsense: 'x' })).toMatchObject({ type: 'image/webp' });
    });

    it('are taken without a type of their own, as Python sends them', async () => {
      const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="image.png"\r\n\r\n`;
      const raw = Buffer.concat([Buffer.from(head), png, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
      const { response, bytes } = await post(of(), { raw });
      expect(response.status).toBe(200);
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 48, height: 32 });
    });
  });

  describe('membership', () => {
    it('answers the calendar month by default and the cycle only when asked', async () => {
      const { membership, credits, prepaid } = of().plan;
      const before = (await usage(of(), '')).body.api_usage as number;
      expect((await post(of(), whole({}))).response.status).toBe(200);
      const { body } = await usage(of(), '');
      const { app_usage: app, ...rest } = body;
      expect(rest).toEqual({ membership, credits, prepaidCredits: prepaid, api_usage: before + 1 });
      const now = new Date();
      const query = `?year=${now.getUTCFullYear()}&month=${now.getUTCMonth() + 1}`;
      expect((await usage(of(), query)).body).toEqual(body);
      expect((await usage(of(), '?year=2020&month=2')).body).toMatchObject({ app_usage: 0, api_usage: 0 });
      for (const flag of [
        '?expand=billing_cycle',
        '?expand=x,billing_cycle',
        '?includeBillingCycle=1',
        '?includeBillingCycle=true',
      ]) {
        const { billingCycle, ...top } = (await usage(of(), flag)).body;
        expect(top).toEqual(body);
        expect(billingCycle).toMatchObject({
          includedCredits: credits,
          prepaidCredits: prepaid,
          usedIncludedCredits: billingCycle.appUsage + billingCycle.apiUsage,
          remainingIncludedCredits: credits - billingCycle.appUsage - billingCycle.apiUsage,
          stripeBillingSynced: of().synced,
        });
        expect(billingCycle.appUsage).toBe(app);
        expect(billingCycle.periodStartUnix).toBeLessThanOrEqual(Date.now() / 1000);
        expect(billingCycle.periodEndUnix).toBeGreaterThan(Date.now() / 1000);
      }
    });

    it('lists the cycle under way, and ignores every other parameter', async () => {
      await post(of(), whole({}));
      const { body } = await usage(of(), '?listBillingCycles=1&year=1&periodStartUnix=5');
      expect(Object.keys(body)).toEqual(['billingCycles']);
      expect((await usage(of(), '?listBillingCycles=true')).body).toEqual(body);
      const [newest] = body.billingCycles;
      expect(Object.keys(newest)).toEqual(['periodStartUnix', 'periodEndUnix', 'appUsage', 'apiUsage']);
      const again = await usage(of(), `?periodStartUnix=${newest.periodStartUnix}&expand=billing_cycle`);
      expect(again.body).toMatchObject({
        api_usage: newest.apiUsage,
        billingCycle: { periodStartUnix: newest.periodStartUnix, apiUsage: newest.apiUsage },
      });
    });

    it('refuses a cycle together with a month, impossible months, and unknown keys', async () => {
      const queries = [
        '?periodStartUnix=5&month=3',
        '?periodStartUnix=5&year=2026',
        '?month=13',
        '?month=0',
        '?month=x',
        '?year=0',
        '?year=10000',
        '?periodStartUnix=-1',
      ];
      for (const query of queries) {
        const { status, body } = await usage(of(), query);
        expect(status).toBe(400);
        expect(body).toEqual({ error: expect.any(String), status: 400 });
      }
      for (const headers of [{ 'x-api-key': 'nobody' }, {}] as Record<string, string>[]) {
        expect(await usage(of(), '', headers)).toEqual({
          status: 401,
          body: { error: 'invalid api key', status: 401 },
        });
      }
    });
  });
}
